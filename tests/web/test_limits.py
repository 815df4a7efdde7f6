"""
Requests larger than allowed: refused by name of the limit, with nothing done.
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

LOGIN = "/accounts/login/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        pytest.param({f"field{number}": "x" for number in range(1_001)}, "500 fields", id="BI-WF-015"),
        pytest.param({"text": "x" * (10 * 2**20)}, "5 MB of text", id="BI-WF-002-form"),
        pytest.param(
            {f"file{number}": SimpleUploadedFile(f"{number}.txt", b"x") for number in range(30)},
            "20 files",
            id="BI-UP-010-form",
        ),
    ],
)
def test_the_limit_is_named(client, sent, told):
    answer = client.post(LOGIN, sent)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert "kept as a draft" in answer.content.decode()
