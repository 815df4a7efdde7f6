"""
The policy of a plan version on paper, from the desk.
"""

import io

import pypdf
import pytest

from upheld.rendering import policy_pdf

pytestmark = pytest.mark.django_db


def text_of(answer):
    return " ".join(" ".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(answer.content)).pages).split())


@pytest.mark.requirement_part("B-2")
def test_the_page_of_a_plan_offers_its_policy_with_all_tiers(desk):
    version = desk.world.version
    address = f"/desk/plans/{version.public_id}/policy.pdf"
    assert f'href="{address}"' in desk.client.get(f"/desk/plans/{version.public_id}/").content.decode()
    answer = desk.client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    text = text_of(answer)
    assert "Essential Preferred Premier" in text
    assert version.digest in text.replace(" ", "").replace("\u200b", "")


def test_where_pdfs_cannot_be_made_the_page_offers_none(desk, monkeypatch):
    monkeypatch.setattr(policy_pdf, "NEEDS", ("no_such_typesetter",))
    page = f"/desk/plans/{desk.world.version.public_id}/"
    assert "policy.pdf" not in desk.client.get(page).content.decode()
    assert desk.client.get(f"{page}policy.pdf").status_code == 404
