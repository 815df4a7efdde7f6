"""
Each invariant, broken directly in the database, is found as exactly that; a sound installation gives nothing.

Several rows are planted by SQL's own means (``update``), never by a service: that is what a tamperer or a torn disk
does.
"""

import hashlib
import json
import shutil

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import override_settings

from tests import factories
from upheld import wording
from upheld.apps.channels.models import Mail, Notice
from upheld.apps.contracts.models import Contract
from upheld.apps.parties.models import Membership
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import (
    Attachment,
    ClockRow,
    EventRow,
    Message,
    Payload,
    Root,
    Submission,
    Ticket,
    Timer,
)
from upheld.apps.tickets.services import conversation, erasing, files, handling, spool
from upheld.apps.work import relay
from upheld.apps.work.models import OutboxRow
from upheld.trust import seals
from upheld.trust.verification import verify

NOW, HOUR, DAY = factories.NOW, factories.HOUR, factories.DAY


def sent(text=b"a log", name="export.log"):
    return files.store(sent=SimpleUploadedFile(name, text))


@pytest.fixture(scope="module")
def told_once(django_db_setup, django_db_blocker, tmp_path_factory):
    """The story below, told once for all tests of this module, each of which undoes what it planted."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
    ):
        yield tell(factories.World())
        transaction.set_rollback(True)


@pytest.fixture
def story(told_once, db, settings, tmp_path):
    """The story, with files that may be spoiled."""
    shutil.copytree(settings.MEDIA_ROOT, tmp_path, dirs_exist_ok=True)
    settings.MEDIA_ROOT = tmp_path
    return told_once


def tell(world):
    """A ticket to which nearly everything happened; its timers took effect, people were told."""
    ticket = world.ticket(files=[sent()])
    relay.run_until_idle("worker", NOW + 60)
    ticket = conversation.reply(ticket=ticket, by=world.agent, text="On it", now=NOW + 600, files=(sent(b"a patch"),))
    ticket = conversation.note(ticket=ticket, by=world.agent, text="Looks like the token", now=NOW + 700)
    ticket = conversation.customer_message(ticket=ticket, by=world.contact, text="Still down", now=NOW + HOUR)
    ticket = handling.assign(ticket=ticket, to=world.agent, by=world.lead, now=NOW + HOUR + 1)
    ticket = handling.assign_severity(ticket=ticket, severity="high", by=world.agent, reason="", now=NOW + HOUR + 2)
    ticket = handling.assign_severity(
        ticket=ticket, severity="urgent", by=world.lead, reason="down", now=NOW + HOUR + 3
    )
    relay.run_until_idle("worker", NOW + HOUR + 60)
    relay.run_until_idle("worker", NOW + 20 * DAY)
    world.story = Ticket.objects.get(pk=ticket.pk)
    return world


def event(seq=None, kind=None):
    rows = EventRow.objects.filter(seq=seq) if seq else EventRow.objects.filter(kind=kind)
    return rows.order_by("pk").first()


def rechained(ticket):
    """Give a ticket's rows the hashes of their bytes, as a tamperer who knows the house would."""
    head = codec.FIRST
    for row in EventRow.objects.filter(ticket=ticket).order_by("seq"):
        head = codec.link(head, bytes(row.record))
        EventRow.objects.filter(pk=row.pk).update(hash=head)
    Ticket.objects.filter(pk=ticket.pk).update(head_hash=head)


def rewritten(row, **fields):
    record = {**json.loads(bytes(row.record)), **fields}
    record = {name: value for name, value in record.items() if value is not None}
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    EventRow.objects.filter(pk=row.pk).update(record=text)
    rechained(row.ticket)


def test_a_sound_installation_gives_nothing(story, found):
    report = verify(now=NOW + 20 * DAY)
    assert report.violations == ()
    checked = report.run.checked
    for name in ("events", "replays", "clocks_by_oracle", "timers", "payloads", "messages", "actors", "files", "mails"):
        assert checked[name] > 0, name
    assert (checked["tickets"], checked["submissions"]) == (1, 1)
    assert Timer.objects.filter(state="fired").count() > 0


# name: (what is planted, the code that is found)
PLANTED = {
    "AT-MO-004 bytes of an event": (
        lambda _: EventRow.objects.filter(seq=3).update(record=bytes(event(3).record).replace(b"urgent", b"normal")),
        ["verify.event_hash"],
    ),
    "AT-MO-004 instant of an event": (
        lambda _: EventRow.objects.filter(pk=event(4).pk).update(effective_at=NOW - 1),
        ["verify.event_columns"],
    ),
    "hash of an event": (lambda _: EventRow.objects.filter(seq=2).update(hash="0" * 64), ["verify.event_hash"]),
    "FA-LE-008 an event removed": (
        lambda _: Message.objects.filter(seq=5).exists() and EventRow.objects.filter(seq=5).delete(),
        ["verify.event_gap"],
    ),
    "FA-LE-008 two events swapped": (
        lambda world: swap(world.story, 5, 6),
        ["verify.event_hash"],
    ),
    "FA-LE-008 an event doubled": (
        lambda _: EventRow.objects.create(
            **{**values(event(6)), "seq": EventRow.objects.count() + 1}
        ),
        ["verify.event_hash"],
    ),
    "head of a chain": (lambda _: Ticket.objects.update(head_hash="0" * 64), ["verify.event_head"]),
    "cut tail": (lambda _: EventRow.objects.order_by("-seq").first().delete(), ["verify.event_head"]),
    "bytes that are no event": (lambda _: rewritten(event(6), kind="invented"), ["verify.event_columns"]),
    "all events": (lambda _: EventRow.objects.all().delete(), ["verify.no_events"]),
    "status of a ticket": (lambda _: Ticket.objects.update(status="on_hold"), ["verify.ticket_differs"]),
    "assignee of a ticket": (lambda world: Ticket.objects.update(assignee=world.lead), ["verify.ticket_differs"]),
    "next promise of a ticket": (lambda _: Ticket.objects.update(next_due_at=1), ["verify.ticket_differs"]),
    "tier of a ticket": (lambda _: Ticket.objects.update(tier="premier"), ["verify.ticket_differs"]),
    "rule of a clock": (lambda _: ClockRow.objects.filter(cycle=1).update(rule="x"), ["verify.clock_differs"] * 2),
    "a clock gone": (
        lambda _: ClockRow.objects.filter(metric="first_response").delete(),
        ["verify.clock_missing", "verify.clock_against_oracle"],
    ),
    "a clock too many": (
        lambda _: ClockRow.objects.create(**{**values(ClockRow.objects.first()), "cycle": 9}),
        ["verify.clock_unexpected", "verify.clock_against_oracle"],
    ),
    "a timer fired early": (
        lambda _: Timer.objects.filter(pk=fired().pk).update(fired_at=fired().due_at - 1),
        ["verify.timer_early"],
    ),
    "a timer whose effect is gone": (
        lambda _: OutboxRow.objects.filter(key=f"timer:{fired().pk}").delete(),
        ["verify.timer_without_effect", "verify.notice_without_cause"],
    ),
    "a timer with effect that waits": (
        lambda _: Timer.objects.filter(pk=fired().pk).update(state="waiting", fired_at=None),
        ["verify.timer_effect_unfinished"],
    ),
    "a timer of a coming generation": (
        lambda _: Timer.objects.filter(pk=fired().pk).update(generation=99),
        ["verify.timer_generation"],
    ),
    "timers out of order": (
        lambda _: Timer.objects.filter(pk=fired().pk).update(fired_at=NOW + 25 * DAY),
        ["verify.timer_order"],
    ),
    "a timer gone": (lambda _: fired("breach").delete(), ["verify.timer_missing"]),
    "words of a message": (lambda _: Payload.objects.filter(seq=1).update(text="other"), ["verify.payload_digest"]),
    "a payload gone": (
        lambda _: Attachment.objects.update(message=None) and Message.objects.filter(seq=1).delete()
        and Payload.objects.filter(seq=1).delete(),
        ["verify.payload_missing"],
    ),
    "a payload erased in silence": (
        lambda _: Payload.objects.filter(seq=1).update(text="", erased_at=NOW),
        ["verify.payload_erased_without_event"],
    ),
    "a payload of nobody": (
        lambda world: Payload.objects.create(
            customer=world.customer, ticket=world.story, seq=3, salt="s", digest="d", text="t"
        ),
        ["verify.payload_unknown"],
    ),
    "a message gone": (
        lambda _: Message.objects.filter(is_public=False).delete(),
        ["verify.message_missing"],
    ),
    "a note made public": (lambda _: Message.objects.update(is_public=True), ["verify.message_differs"]),
    "a message of no event": (
        lambda _: Message.objects.create(**{**values(Message.objects.first()), "seq": 3, "public_id": "x"}),
        ["verify.message_without_event"],
    ),
    "bytes of a submission": (lambda _: Submission.objects.update(raw=b"{}"), ["verify.submission_digest"]),
    "a submission respooled": (lambda _: Submission.objects.update(state="spooled"), ["verify.submission_state"]),
    "a submission gone": (lambda _: Submission.objects.all().delete(), ["verify.ticket_without_submission"]),
    "a submission refused without a word": (
        lambda world: spooled(world, state="refused"),
        ["verify.submission_without_problem"],
    ),
    "a submission that is stuck": (
        lambda world: spooled(world, attempts=spool.MOST_ATTEMPTS),
        ["verify.submission_stuck"],
    ),
    "a submission erased in silence": (
        lambda _: Submission.objects.update(raw=b"", erased_at=NOW),
        ["verify.submission_erased_without_event"],
    ),
    "a notice out of nothing": (
        lambda _: Notice.objects.create(**{**values(Notice.objects.first()), "key": "x", "public_id": "x"}),
        ["verify.notice_without_cause"],
    ),
    "id of a mail": (lambda _: Mail.objects.filter(pk=a_mail().pk).update(message_id="<x@y>"), ["verify.mail_id"]),
    "a mail that nobody sends": (
        lambda _: OutboxRow.objects.filter(key=f"mail:{a_mail().pk}").delete(),
        ["verify.mail_without_work"],
    ),
    "a mail sent without an instant": (
        lambda _: Mail.objects.filter(pk=a_mail().pk).update(sent_at=None),
        ["verify.mail_state"],
    ),
    "FA-ST-006 a file gone": (lambda _: place().unlink(), ["verify.file_missing"]),
    "FA-ST-006 a file corrupt": (lambda _: place().write_bytes(b"b log"), ["verify.file_digest"]),
    "a file put in the place of another": (
        lambda _: place().write_bytes(b"other")
        and Attachment.objects.filter(pk=a_file().pk).update(digest=hashlib.sha256(b"other").hexdigest(), size=5),
        ["verify.file_mark"],
    ),
    "traces of an erased file": (
        lambda _: place().unlink() or Attachment.objects.filter(pk=a_file().pk).update(erased_at=NOW),
        ["verify.file_traces", "verify.payload_erased_without_event"],
    ),
    "a file erased in silence": (
        lambda _: place().unlink()
        or Attachment.objects.filter(pk=a_file().pk).update(erased_at=NOW, digest="", salt=""),
        ["verify.payload_erased_without_event"],
    ),
    "a file of no event": (
        lambda _: Attachment.objects.create(
            **{**values(a_file()), "digest": (digest := hashlib.sha256(b"x").hexdigest()), "size": 1, "public_id": "x",
               "storage_key": stray(b"x"), "mark": codec.file_mark(a_file().salt, digest)}
        ),
        ["verify.file_unknown"],
    ),
    "an event of nobody": (
        lambda _: rewritten(event(4), actor={"side": "vendor", "ref": "nobody", "automatic": False}),
        ["verify.actor_missing"],
    ),
    "a severity changed without a reason": (
        lambda _: rewritten(EventRow.objects.filter(kind="severity_assigned").last(), reason=None),
        ["verify.reason_missing"],
    ),
    "a contract of another customer": (
        lambda world: Contract.objects.filter(pk=world.contract.pk).update(customer=factories.customer("Globex")),
        ["verify.event_crosses_customers", "verify.reference_crosses_customers"],
    ),
    "a message of another customer": (
        lambda _: Message.objects.filter(seq=1).update(customer=factories.customer("Globex")),
        ["verify.reference_crosses_customers"] * 3 + ["verify.person_of_another_customer"],
    ),
    "a requester of another customer": (
        lambda _: Membership.objects.update(customer=factories.customer("Globex")),
        ["verify.person_of_another_customer"] * 3,
    ),
    "a submission of another customer": (
        lambda _: Submission.objects.update(customer=factories.customer("Globex")),
        ["verify.submission_of_another_customer", "verify.reference_crosses_customers"],
    ),
}  # fmt: skip


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def swap(ticket, one, other):
    rows = {row.seq: row for row in EventRow.objects.filter(ticket=ticket, seq__in=(one, other))}
    EventRow.objects.filter(pk=rows[one].pk).update(seq=999)
    EventRow.objects.filter(pk=rows[other].pk).update(seq=one)
    EventRow.objects.filter(pk=rows[one].pk).update(seq=other)


def fired(kind="at_risk"):
    return Timer.objects.filter(state="fired", kind=kind).order_by("due_at", "pk").first()


def a_mail():
    return Mail.objects.order_by("pk").first()


def a_file():
    return Attachment.objects.order_by("pk").first()


def place():
    return files.place_of(a_file().storage_key)


def stray(content):
    return sent(content)["storage_key"]


def spooled(world, **fields):
    raw = b"{}"
    Submission.objects.create(
        key="k", channel="portal", person=world.contact, customer=world.customer, raw=raw,
        digest=hashlib.sha256(raw).hexdigest(), received_at=NOW, **fields,
    )  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found_and_nothing_else(story, found, name):
    plant, expected = PLANTED[name]
    plant(story)
    assert sorted(found(NOW + 30 * DAY)) == sorted(expected)


def test_a_tail_that_was_cut_off_with_care_shows_by_the_seal(story, found):
    seals.seal(now=NOW + 21 * DAY)
    assert found() == []
    last = EventRow.objects.order_by("-seq").first()
    rest = EventRow.objects.filter(seq=last.seq - 1).get()
    last.delete()
    Ticket.objects.update(head_hash=rest.hash)
    assert "verify.sealed_event_gone" in found()
    assert "verify.event_head" not in found()


def test_a_root_that_was_changed_or_taken_out_shows(story, found):
    first = seals.seal(now=NOW + 21 * DAY)
    conversation.note(ticket=story.story, by=story.agent, text="More", now=NOW + 22 * DAY)
    second = seals.seal(now=NOW + 23 * DAY)
    seals.seal(now=NOW + 24 * DAY)
    assert second.previous == first.digest
    assert found() == []
    Root.objects.filter(pk=second.pk).delete()
    assert found() == ["verify.root_changed"]


def test_a_root_holds_what_is_new(story):
    seals.seal(now=NOW + 21 * DAY)
    again = seals.seal(now=NOW + 60 * DAY)
    assert seals._text(again).splitlines() == [str(story.story.pk)]
    made = story.ticket(now=NOW + 60 * DAY)
    third = seals.seal(now=NOW + 60 * DAY + 1)
    assert [line.split()[0] for line in seals._text(third).splitlines()[1:]] == [str(made.pk)]


def test_what_was_erased_with_an_event_is_sound(story, found):
    erasing.erase_text(ticket=story.story, seq=1, by=story.lead, reason="asked for by the customer", now=NOW + 21 * DAY)
    erasing.erase_file(attachment=a_file(), by=story.lead, reason="holds a password", now=NOW + 21 * DAY)
    assert found() == []
    relay.run_until_idle("worker", NOW + 22 * DAY)
    assert not place().exists()
    assert found() == []
    Payload.objects.filter(seq=1).update(text="not gone")
    assert found() == ["verify.payload_text_left"]


def test_an_erased_file_that_is_still_there_is_found(story, found):
    erasing.erase_file(attachment=a_file(), by=story.lead, reason="holds a password", now=NOW + 21 * DAY)
    relay.run_until_idle("worker", NOW + 22 * DAY)
    place().write_bytes(b"a log")
    assert found() == ["verify.file_left"]


def test_a_file_without_a_row_is_found_once_the_sweep_must_have_come(story, found):
    import os  # noqa: PLC0415

    path = files.place_of(stray(b"left"))
    os.utime(path, (NOW + 20 * DAY, NOW + 20 * DAY))
    assert found(NOW + 21 * DAY) == []
    assert found(NOW + 23 * DAY) == ["verify.file_without_row"]
    path.unlink()


def test_a_file_of_what_waits_or_was_refused_is_kept_and_is_no_finding(story, found):
    import os  # noqa: PLC0415

    kept = files.store(sent=SimpleUploadedFile("log.txt", b"the log"))
    content = {"subject": "Down", "text": "Since 9", "files": [kept]}
    sent = spool.spool(
        key="stuck", channel="portal", person=story.contact, customer=story.customer, content=content, now=NOW + 9 * DAY
    )
    path = files.place_of(kept["storage_key"])
    os.utime(path, (NOW + 9 * DAY, NOW + 9 * DAY))
    for state, attempts, problem, codes in (
        ("spooled", spool.MOST_ATTEMPTS, {}, ["verify.submission_stuck"]),
        ("refused", 0, {"code": "intake.no_customer"}, []),
    ):
        type(sent).objects.filter(pk=sent.pk).update(state=state, attempts=attempts, problem=problem)
        assert files.sweep_orphans(now=NOW + 30 * DAY) == 0
        assert path.exists()
        assert found() == codes
    type(sent).objects.filter(pk=sent.pk).delete()
    assert found() == ["verify.file_without_row"]
    assert files.sweep_orphans(now=NOW + 30 * DAY) == 1
    assert found() == []


def test_only_what_changed_since_is_looked_at(story, found):
    Ticket.objects.update(head_hash="0" * 64)
    assert found(since=NOW + 40 * DAY) == []
    assert found(since=NOW) == ["verify.event_head"]


def test_the_sample_follows_from_the_seed(story):
    for _ in range(9):
        story.ticket()
    some = [verify(now=NOW, seed=seed, share=0.3).run.oracle_seen for seed in (1, 1, 2)]
    assert some[0] == some[1] != some[2]
    assert 0 < len(some[0]) < 10


def test_every_finding_says_where_and_what_to_do(story):
    for name, (_, codes) in PLANTED.items():
        for code in codes:
            text = wording.messages()[code]
            assert "{row}" in text, name
    Ticket.objects.update(head_hash="0" * 64)
    violation = verify(now=NOW).violations[0]
    said = wording.say(violation.code, {"row": violation.row, **violation.params})
    assert said.startswith(f"tickets.Ticket {story.story.pk}: ")
    assert "{" not in said
