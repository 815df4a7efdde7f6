"""
Erasing on the desk: a file or a text of this ticket goes for good, by those who may, with a reason in the event log.
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.cases import of_row
from tests.web.desk.pages import words
from upheld.apps.tickets.models import Attachment, EventRow, Message
from upheld.apps.tickets.services import conversation, erasing, files
from upheld.apps.work import relay
from upheld.trust import verification

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def erin(desk):
    return desk.as_(factories.person("erin@upheld.test", name="Erin Alm", role="admin"))


def with_file(desk, name="password.txt"):
    """A ticket with a file in an answer of ours."""
    ticket = desk.world.ticket()
    stored = files.store(sent=SimpleUploadedFile(name, b"hunter2"))
    conversation.reply(ticket=ticket, by=desk.world.agent, text="Here: hunter2", now=desk.now, files=(stored,))
    desk.now += 60
    return ticket, Attachment.objects.get(ticket=ticket)


def on_disk(place):
    return [each for each in place.rglob("*") if each.is_file()]


def kept():
    return [list(table.objects.order_by("pk").values_list()) for table in (Attachment, EventRow, Message)]


def test_a_file_is_erased_with_who_when_and_why(desk, erin, place):
    ticket, file = with_file(desk)
    assert f"/erase/?file={file.public_id}" in desk.page(ticket, erin).content.decode()
    shown = words(erin.get(f"/desk/tickets/{ticket.public_id}/erase/?file={file.public_id}"))
    assert "password.txt" in shown
    assert "Nobody can bring it back" in shown
    answer = desk.post(ticket, "erase", {"file": file.public_id, "reason": "A password was in it"}, erin)
    assert answer.status_code == 302
    relay.run_until_idle("test", desk.now + 1)
    page = desk.page(ticket, erin)
    assert "erased file" in words(page)
    assert "Erin Alm · something was erased for good: “A password was in it”" in words(page)
    assert b"password.txt" not in page.content
    assert on_disk(place) == []
    assert erin.get(f"/desk/files/{file.public_id}/").status_code == 404
    assert desk.post(ticket, "erase", {"file": file.public_id, "reason": "Again"}, erin).status_code == 404
    assert [each.code for each in verification.verify(now=desk.now + 2).violations] == []


def test_a_text_is_erased_and_its_file_stays(desk, erin):
    ticket, _file = with_file(desk)
    message = Message.objects.get(ticket=ticket, by_customer=False)
    shown = words(erin.get(f"/desk/tickets/{ticket.public_id}/erase/?message={message.public_id}"))
    assert "Here: hunter2" in shown
    desk.post(ticket, "erase", {"message": message.public_id, "reason": "A password"}, erin)
    page = words(desk.page(ticket, erin))
    assert "This text was erased." in page
    assert "hunter2" not in page
    assert "password.txt" in page


@pytest.mark.parametrize("missing", ["of another ticket", "of nobody", "nothing named"])
@of_row("BI-UP-017")
def test_what_is_not_of_this_ticket_is_missing_and_nothing_is_erased(desk, erin, place, missing):
    ticket = desk.world.ticket()
    _other, file = with_file(desk)
    theirs = Message.objects.filter(ticket=file.ticket).first()
    before, bytes_before = kept(), on_disk(place)
    for given in (
        {
            "of another ticket": {"file": file.public_id},
            "of nobody": {"file": "z" * 16},
            "nothing named": {},
        }[missing],
        {"message": theirs.public_id if missing == "of another ticket" else "z" * 16},
    ):
        asked = erin.get(f"/desk/tickets/{ticket.public_id}/erase/", given)
        sent = desk.post(ticket, "erase", {**given, "reason": "x"}, erin)
        assert (asked.status_code, sent.status_code) == (404, 404)
    assert kept() == before
    assert on_disk(place) == bytes_before


def test_without_the_right_there_is_no_link_and_no_page(desk):
    ticket, file = with_file(desk)
    before = kept()
    assert b"/erase/" not in desk.page(ticket).content
    assert desk.client.get(f"/desk/tickets/{ticket.public_id}/erase/?file={file.public_id}").status_code == 403
    assert desk.post(ticket, "erase", {"file": file.public_id, "reason": "x"}).status_code == 403
    assert kept() == before


@pytest.mark.parametrize("why", ["no reason", "legal hold"])
def test_a_refusal_says_why_and_erases_nothing(desk, erin, place, why):
    ticket, file = with_file(desk)
    if why == "legal hold":
        erasing.hold(ticket=ticket, reason="case 7")
    before = kept()
    reason = "x" if why == "legal hold" else " "
    answer = desk.post(ticket, "erase", {"file": file.public_id, "reason": reason}, erin)
    assert answer.status_code == 422
    assert ("under legal hold (case 7)" if why == "legal hold" else "reason is needed") in words(answer)
    assert kept() == before
    assert len(on_disk(place)) == 1


@of_row("BI-UP-017")
def test_a_file_taken_out_of_a_refused_reply_is_not_sent_and_a_strangers_is_not_put_in(desk, monkeypatch):
    """What a form kept can be left out again; a reference that is forged or of another ticket does nothing."""
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    ticket, other = desk.world.ticket(), desk.world.ticket()

    def refused(of):
        sent = [SimpleUploadedFile(name, name.encode()) for name in ("one.txt", "two.txt")]
        big = SimpleUploadedFile("big.txt", b"x" * 101)
        page = desk.post(of, "say", {"as": "reply", "text": "See", "files": [*sent, big]})
        assert page.status_code == 422
        return [sealed for _name, sealed in page.context["refused"].kept]

    (one, _two), (foreign, _) = refused(ticket), refused(other)
    answer = desk.post(ticket, "say", {"as": "reply", "text": "See", "kept": [one, foreign, one[:-4] + "AAAA"]})
    assert answer.status_code == 302
    assert [each.name for each in Attachment.objects.filter(ticket=ticket)] == ["one.txt"]
    assert not Attachment.objects.filter(ticket=other).exists()
