"""
Erasing over the API: a file or a text of this ticket, by those who may, with a reason; what a client claims of a file.
"""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.conftest import BASE, problem
from tests.cases import of_row
from upheld.apps.tickets.models import Attachment, EventRow, Message, Payload
from upheld.apps.tickets.services import erasing

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def admin_api(cast):
    return cast.api(cast.admin)


def upload(api, ticket, content=b"hello", claimed="text/plain", name="log.txt"):
    answer = api.client.post(
        f"{BASE}/tickets/{ticket.public_id}/attachments",
        {"file": SimpleUploadedFile(name, content, claimed)},
        headers=api.headers,
    )
    return json.loads(answer.content)["attachments"][0]


def kept():
    tables = (Attachment, EventRow, Message, Payload)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


@of_row("BI-UP-016")
def test_the_claimed_type_is_ignored(cast, contact_api):
    file = upload(contact_api, cast.mine, b"+ADw-script+AD4-", "text/html; charset=utf-7")
    assert file["content_type"] == "text/plain"
    answer = contact_api.get(f"/tickets/{cast.mine.public_id}/attachments/{file['id']}/content")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"+ADw-script+AD4-"


def test_a_file_and_a_text_are_erased_with_a_reason(cast, admin_api, contact_api):
    file = upload(contact_api, cast.mine)
    base = f"/tickets/{cast.mine.public_id}"
    answer = admin_api.post(f"{base}/attachments/{file['id']}/erasure", {"reason": "A password"})
    assert (answer.status_code, json.loads(answer.content)["id"]) == (200, cast.mine.public_id)
    assert json.loads(admin_api.get(f"{base}/attachments").content)["items"] == []
    problem(admin_api.get(f"{base}/attachments/{file['id']}/content"), 404, "request.not_found")
    problem(admin_api.post(f"{base}/attachments/{file['id']}/erasure", {"reason": "Again"}), 404, "request.not_found")
    message = json.loads(contact_api.post(f"{base}/messages", {"text": "hunter2"}).content)
    assert admin_api.post(f"{base}/messages/{message['id']}/erasure", {"reason": "A password"}).status_code == 200
    shown = json.loads(admin_api.get(f"{base}/messages").content)["items"]
    assert next(each for each in shown if each["id"] == message["id"])["text"] is None
    told = EventRow.objects.filter(ticket=cast.mine, kind="payload_erased")
    assert [(b"A password" in each.record, cast.admin.public_id.encode() in each.record) for each in told] == [
        (True, True)
    ] * 2


@of_row("BI-UP-017")
def test_what_is_not_of_this_ticket_is_missing_and_nothing_is_erased(cast, admin_api, contact_api):
    theirs = upload(cast.api(cast.agent), cast.foreign)
    message = Message.objects.filter(ticket=cast.foreign).first().public_id
    base, before = f"/tickets/{cast.mine.public_id}", kept()
    missing = admin_api.post(f"{base}/attachments/{'z' * 16}/erasure", {"reason": "x"})
    for path in (f"attachments/{theirs['id']}", f"messages/{message}", f"messages/{'z' * 16}", "attachments/%2e%2e"):
        answer = admin_api.post(f"{base}/{path}/erasure", {"reason": "x"})
        problem(answer, 404, "request.not_found")
        assert answer.content == missing.content
    assert kept() == before


@pytest.mark.parametrize("who", ["contact", "requester", "agent", "lead", "contractor", "auditor"])
def test_only_who_has_the_right_erases(cast, who):
    file = upload(cast.api(cast.agent), cast.mine)
    before = kept()
    answer = cast.api(getattr(cast, who)).post(
        f"/tickets/{cast.mine.public_id}/attachments/{file['id']}/erasure", {"reason": "x"}
    )
    problem(answer, 403, "auth.right_missing")
    assert kept() == before


@pytest.mark.parametrize(
    ("reason", "status", "code"), [("", 400, "request.too_short"), ("x", 409, "ticket.legal_hold")]
)
def test_a_refusal_erases_nothing(cast, admin_api, reason, status, code):
    file = upload(cast.api(cast.agent), cast.mine)
    erasing.hold(ticket=cast.mine, reason="case 7")
    before = kept()
    answer = admin_api.post(f"/tickets/{cast.mine.public_id}/attachments/{file['id']}/erasure", {"reason": reason})
    problem(answer, status, code)
    assert kept() == before
