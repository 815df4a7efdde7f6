"""
Files on the desk: limits with figures, types by content, nothing lost, always a download.
"""

import errno
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cases import of_row
from tests.factories import DAY
from tests.web.desk.pages import field, words
from upheld.apps.tickets.models import Attachment, Message
from upheld.apps.tickets.services import files

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
LIMIT = 1000


@pytest.fixture(autouse=True)
def place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(files, "MOST_BYTES", LIMIT)
    return settings.MEDIA_ROOT


def send(desk, ticket, *sent, **more):
    return desk.post(ticket, "say", {"as": "reply", "text": "See the file", "files": list(sent), **more})


def upload(name="a.txt", content=b"text", content_type="text/plain"):
    return SimpleUploadedFile(name, content, content_type)


def download(desk, attachment):
    answer = desk.client.get(f"/desk/files/{attachment.public_id}/")
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def stored(place):
    return sorted(each for each in place.rglob("*") if each.is_file()) if place.exists() else []


def test_a_file_comes_back_as_it_went(desk):
    ticket = desk.world.ticket()
    send(desk, ticket, upload("log.txt", b"line"))
    attachment = Attachment.objects.get(ticket=ticket)
    assert attachment.message == Message.objects.get(ticket=ticket, by_customer=False)
    assert download(desk, attachment).body == b"line"
    assert "log.txt" in words(desk.page(ticket))


@pytest.mark.parametrize("size", [0, LIMIT])
@of_row("BI-UP-001")
def test_empty_and_limit_are_taken(desk, size):
    ticket = desk.world.ticket()
    assert send(desk, ticket, upload("a.bin", b"x" * size)).status_code == 302
    assert Attachment.objects.get(ticket=ticket).size == size


@of_row("BI-UP-001")
def test_one_more_is_refused_with_the_figure_and_the_others_are_kept(desk, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 2**20)
    ticket = desk.world.ticket()
    answer = send(desk, ticket, upload("good.txt"), upload("big.bin", b"x" * (2**20 + 1)))
    assert answer.status_code == 422
    assert "“big.bin”" in words(answer)
    assert "up to 1 MB" in words(answer)
    assert "See the file" in answer.content.decode()
    assert not Attachment.objects.exists()
    again = send(desk, ticket, kept=field(answer, "kept"))
    assert again.status_code == 302
    assert Attachment.objects.get(ticket=ticket).name == "good.txt"


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.png", b"MZ\x90\x00 not a picture", "application/vnd.microsoft.portable-executable"),
        ("a.gif", b"GIF89a/*<script>*/", "image/gif"),
        ("a.pdf", b"%PDF-1.7 /JavaScript", "application/pdf"),
        ("a.txt", b"<!DOCTYPE html><script>", "text/html"),
        ("a.svg", b"  <svg onload=alert(1)>", "image/svg+xml"),
        ("a.png", b"\xff\xfe\x00\x01", "application/octet-stream"),
        ("a.exe", "größe".encode(), "text/plain"),
        ("none", b"", "application/x-empty"),
    ],
)
@of_row("BI-UP-002")
def test_the_type_is_that_of_the_content(desk, name, content, found):
    ticket = desk.world.ticket()
    send(desk, ticket, upload(name, content, "text/html; charset=utf-7"))  # BI-UP-016: what a client says is ignored
    assert Attachment.objects.get(ticket=ticket).content_type == found


@pytest.mark.parametrize(
    "name",
    ["a.html", "a.xhtml", "a.xml", "a.mhtml", "a.pht", "a.phtml", ".htaccess", "\u200b.htaccess", "a.svg", "a.pdf"],
)
@of_row("BI-UP-004", "AT-XS-003")
def test_every_file_is_only_ever_downloaded(desk, place, name):
    ticket = desk.world.ticket()
    send(desk, ticket, upload(name, b"<svg onload=alert(1)>"))
    answer = download(desk, Attachment.objects.get(ticket=ticket))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    (kept,) = stored(place)
    assert kept.name.isalnum()
    assert oct(kept.stat().st_mode & 0o777) == "0o600"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/cron.d/x", "x"),
        ("C:\\x", "x"),
        ("x\x00.png", "x.png"),
        ("a\r\nSet-Cookie: b.txt", "aSet-Cookie: b.txt"),
        ("\u202etxt.exe", "txt.exe"),
        ("..", "file"),
        ("", "file"),
        ("e\u0301.txt", "e\u0301.txt"),
        ("é" * 300 + ".txt", "é" * 251 + ".txt"),
    ],
    ids=range(9),
)
@of_row("BI-UP-005", "BI-UP-014")
def test_a_name_is_only_a_name(name, shown):
    assert files.shown_name(name) == shown


@of_row("BI-UP-014")
def test_a_name_of_many_bytes_comes_back(desk):
    ticket = desk.world.ticket()
    name = "ß" * 251 + ".txt"
    kept = files.store(sent=upload(name))
    assert kept["name"] == name
    send(desk, ticket, upload("Größe.txt"))
    header = download(desk, Attachment.objects.get(ticket=ticket)).headers["Content-Disposition"]
    assert header == "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.txt"


@of_row("BI-UP-010")
def test_too_many_files_say_the_limit_and_what_is_kept(desk):
    ticket = desk.world.ticket()
    answer = send(desk, ticket, *[upload(f"{each}.txt") for each in range(12)])
    assert answer.status_code == 422
    assert "up to 10 files, and 10 are kept" in words(answer)
    assert answer.content.decode().count('name="kept"') == 10
    assert "See the file" in answer.content.decode()


@of_row("BI-UP-010")
def test_the_customers_quota(desk, monkeypatch):
    ticket = desk.world.ticket()
    send(desk, ticket, upload("a.txt", b"x" * 900))
    monkeypatch.setattr(files, "MOST_CUSTOMER_BYTES", LIMIT)
    answer = send(desk, ticket, upload("b.txt", b"x" * 101))
    assert answer.status_code == 422
    assert "“b.txt” was left out: the files of this customer" in words(answer)


@of_row("BI-UP-011")
def test_equal_files_are_two(desk, place):
    ticket = desk.world.ticket()
    send(desk, ticket, upload("a.txt"), upload("a.txt"))
    assert Attachment.objects.filter(ticket=ticket).count() == 2
    assert len(stored(place)) == 2


@of_row("BI-UP-013")
def test_a_full_disk_is_told_and_leaves_nothing(desk, place, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "full")

    ticket = desk.world.ticket()
    monkeypatch.setattr(os, "fsync", full)
    answer = send(desk, ticket, upload())
    assert answer.status_code == 507
    assert "our disk is full" in words(answer)
    assert "See the file" in answer.content.decode()
    assert not Attachment.objects.exists()
    assert stored(place) == []


@pytest.mark.parametrize("kept", ["", "forged", "a:b:c"])
def test_a_forged_seal_brings_no_file(desk, kept):
    ticket = desk.world.ticket()
    assert send(desk, ticket, kept=kept).status_code == 302
    assert not Attachment.objects.exists()


def test_a_seal_works_for_its_person_and_place_alone(desk):
    kept = files.store(sent=upload())
    sealed = files.seal(stored=kept, person=desk.world.agent, place="ticket:a")
    assert files.unseal(sealed=[sealed], person=desk.world.lead, place="ticket:a") == []
    assert files.unseal(sealed=[sealed], person=desk.world.agent, place="ticket:b") == []
    assert files.unseal(sealed=[sealed], person=desk.world.agent, place="ticket:a") == [kept]


def test_files_of_nobody_are_swept_after_a_day(desk, place):
    ticket = desk.world.ticket()
    send(desk, ticket, upload("kept.txt"))
    files.store(sent=upload("lost.txt"))
    for each in stored(place):
        os.utime(each, (desk.now, desk.now))
    assert files.sweep_orphans(now=desk.now + DAY) == 0
    assert files.sweep_orphans(now=desk.now + DAY + 1) == 1
    (left,) = stored(place)
    assert left == files.place_of(Attachment.objects.get().storage_key)


def test_a_missing_file_is_not_found(desk, place):
    ticket = desk.world.ticket()
    send(desk, ticket, upload())
    stored(place)[0].unlink()
    assert download(desk, Attachment.objects.get()).status_code == 404


@pytest.mark.parametrize("key", ["../../etc/passwd", "ab/../x", "ab/cd", "", "ab/ab/cd"])
def test_a_key_that_is_none_of_ours_leads_nowhere(key):
    with pytest.raises(files.FileError, match="bad_key"):
        files.place_of(key)


@pytest.mark.parametrize("claimed", ["text/html; charset=utf-7", "image/svg+xml", "text/html", "x" * 300, ""])
@of_row("BI-UP-016")
def test_the_type_that_a_client_claims_is_ignored(desk, claimed):
    """Neither kept nor sent back: the type is what the bytes show, and the download has none that a browser runs."""
    content = b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"
    ticket = desk.world.ticket()
    send(desk, ticket, upload("note.txt", content, claimed))
    attachment = Attachment.objects.get(ticket=ticket)
    assert attachment.content_type == "text/plain"
    answer = download(desk, attachment)
    assert answer.body == content
    shown = {name: answer.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")}
    assert shown == {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": 'attachment; filename="note.txt"',
        "X-Content-Type-Options": "nosniff",
    }
    assert "sandbox" in answer.headers["Content-Security-Policy"]
