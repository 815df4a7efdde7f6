"""
Every service of tickets: what it writes exactly, how many queries it takes, and that a refusal changes nothing.
"""

import hashlib

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import (
    Attachment,
    Draft,
    EventRow,
    Message,
    Payload,
    Submission,
    Ticket,
    Timer,
)
from upheld.apps.tickets.services import conversation, erasing, files, handling, intake, spool
from upheld.apps.work.models import OutboxRow
from upheld.core.errors import UpheldError
from upheld.trust.verification import verify

NOW, HOUR, DAY = factories.NOW, factories.HOUR, factories.DAY


@pytest.fixture
def world(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return factories.World()


@pytest.fixture
def ticket(world):
    return world.ticket()


def dump():
    """Every row of every table of the house."""
    return {
        model.__name__: sorted(str(row) for row in model._default_manager.values_list())
        for model in apps.get_models()
        if model.__module__.startswith("upheld.")
    }


def kinds(ticket, since=0):
    return list(EventRow.objects.filter(ticket=ticket, seq__gt=since).order_by("seq").values_list("kind", flat=True))


def last(ticket):
    return codec.decode(EventRow.objects.filter(ticket=ticket).order_by("-seq").first().record)


def test_spooling_keeps_the_bytes_once(world):
    given = {"key": "k", "channel": "portal", "person": world.contact, "customer": world.customer}
    first = spool.spool(**given, content={"subject": "x"}, now=NOW)
    again = spool.spool(**given, content={"subject": "another"}, now=NOW + 1)
    assert first.pk == again.pk
    assert bytes(Submission.objects.get().raw) == b'{"subject": "x"}'
    assert Submission.objects.get().digest == hashlib.sha256(b'{"subject": "x"}').hexdigest()


def test_a_submission_becomes_one_ticket(world):
    world.ticket()
    kept = spool.spool(
        key="k", channel="portal", person=world.contact, customer=world.customer,
        content={"subject": "Down", "text": "No order", "urgency": "urgent"}, now=NOW,
    )  # fmt: skip
    made = intake.submit(submission=kept, now=NOW + 1)
    assert intake.submit(submission=kept, now=NOW + 9).pk == made.pk
    assert kinds(made)[:3] == ["opened", "contract_bound", "urgency_stated"]
    assert (made.number, made.status, made.urgency, made.severity, made.next_metric) == (
        intake.FIRST_NUMBER + kept.pk, "waiting_on_support", "urgent", "urgent", "first_response",
    )  # fmt: skip
    assert (made.opened_at, made.changed_at) == (NOW, NOW + 1)
    kept.refresh_from_db()
    assert (kept.state, kept.ticket_id) == ("ticketed", made.pk)
    assert Message.objects.get(ticket=made).payload.text == "No order"
    assert set(Timer.objects.filter(ticket=made).values_list("kind", "state")) == {
        ("at_risk", "waiting"), ("breach", "waiting"),
    }  # fmt: skip
    told = OutboxRow.objects.filter(key__startswith=f"tell:{made.public_id}:").order_by("key")
    assert [row.arguments["code"] for row in told] == ["ticket.opened", "ticket.opened_staff"]


REFUSED_SUBMISSIONS = {
    "intake.no_subject": {"subject": "  "},
    "intake.subject_too_long": {"subject": "x" * 251},
    "intake.text_too_long": {"subject": "x", "text": "x" * 100_001},
    "intake.unknown_word": {"subject": "x", "urgency": "apocalyptic"},
    "intake.unknown_contract": {"subject": "x", "contract": "nobody's"},
    "intake.unknown_instance": {"subject": "x", "instance": "nobody's"},
}


@pytest.mark.parametrize("code", REFUSED_SUBMISSIONS)
def test_a_refused_submission_is_kept_with_its_problem(world, code):
    kept = spool.spool(
        key="k",
        channel="portal",
        person=world.contact,
        customer=world.customer,
        content=REFUSED_SUBMISSIONS[code],
        now=NOW,
    )
    before = dump()
    with pytest.raises(UpheldError) as caught:
        intake.submit(submission=kept, now=NOW)
    assert caught.value.code == code
    kept.refresh_from_db()
    assert (kept.state, kept.problem["code"], kept.ticket_id) == ("refused", code, None)
    after = dump()
    del before["Submission"], after["Submission"]
    assert after == before


# name: (what is done to a ticket, its events, what the ticket then says)
ACTS = {
    "reply": (
        lambda w, t: conversation.reply(ticket=t, by=w.agent, text="On it", now=NOW + 600),
        ["message_sent"], {"messages_count": 2, "last_message_by_customer": False, "next_metric": "follow_up"},
    ),
    "reply and wait": (
        lambda w, t: conversation.reply(
            ticket=t, by=w.agent, text="Which?", now=NOW + 600, then_status="waiting_on_customer"
        ),
        ["message_sent", "status_changed"], {"status": "waiting_on_customer", "next_metric": ""},
    ),
    "reply and resolve": (
        lambda w, t: conversation.reply(ticket=t, by=w.agent, text="Done", now=NOW + 600, then_status="resolved"),
        ["message_sent", "resolved"], {"status": "resolved", "resolved_at": NOW + 600, "is_open": True},
    ),
    "note": (
        lambda w, t: conversation.note(ticket=t, by=w.agent, text="Token?", now=NOW + 600),
        ["message_sent"], {"messages_count": 1, "next_metric": "first_response"},
    ),
    "customer's message": (
        lambda w, t: conversation.customer_message(ticket=t, by=w.contact, text="Hello?", now=NOW + 600),
        ["message_received"], {"messages_count": 2, "last_message_by_customer": True},
    ),
    "a call back": (
        lambda w, t: conversation.log_call(ticket=t, by=w.agent, inbound=False, now=NOW + 600, seconds=90),
        ["call_logged"], {"next_metric": ""},
    ),
    "severity": (
        lambda w, t: handling.assign_severity(ticket=t, severity="high", by=w.agent, reason="", now=NOW + 600),
        ["severity_assigned"], {"severity": "high", "is_severity_assigned": True},
    ),
    "confirmed severity": (
        lambda w, t: handling.confirm_severity(ticket=t, by=w.agent, now=NOW + 600),
        ["severity_confirmed"], {"severity": "urgent", "is_severity_assigned": True},
    ),
    "status": (
        lambda w, t: handling.change_status(ticket=t, status="on_hold", by=w.agent, now=NOW + 600),
        ["status_changed"], {"status": "on_hold"},
    ),
    "closing": (
        lambda w, t: handling.change_status(ticket=t, status="closed", by=w.agent, now=NOW + 600),
        ["closed"], {"status": "closed", "is_open": False, "closed_at": NOW + 600, "next_metric": ""},
    ),
    "coverage": (
        lambda w, t: handling.decide_coverage(
            ticket=t, coverage="not_covered", by=w.agent, reason="a question of SQL", now=NOW + 600
        ),
        ["coverage_decided"], {"coverage": "not_covered"},
    ),
    "intake": (
        lambda w, t: handling.complete_intake(ticket=t, by=w.agent, now=NOW + 600), ["intake_completed"], {},
    ),
    "erasing": (
        lambda w, t: erasing.erase_text(ticket=t, seq=1, by=w.lead, reason="asked for", now=NOW + 600),
        ["payload_erased"], {"subject": "…"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_an_act_writes_exactly_its_events(world, ticket, name):
    act, expected, says = ACTS[name]
    before = len(kinds(ticket))
    changed = act(world, ticket)
    assert kinds(ticket, before) == expected
    stored = Ticket.objects.get(pk=ticket.pk)
    assert {key: getattr(stored, key) for key in says} == says
    assert (stored.version, stored.generation) == (ticket.version + 1, ticket.generation + 1)
    assert (changed.pk, stored.head_hash) == (ticket.pk, EventRow.objects.filter(ticket=ticket).last().hash)
    assert set(Timer.objects.filter(ticket=ticket, state="waiting").values_list("generation", flat=True)) <= {
        stored.generation
    }


def test_who_did_it_and_why_stands_in_the_event(world, ticket):
    handling.assign_severity(ticket=ticket, severity="high", by=world.agent, reason=" looked at ", now=NOW + 600)
    event = last(ticket)
    assert (event.actor.ref, event.actor.side, event.reason) == (world.agent.public_id, "vendor", "looked at")
    assert (event.effective_at, event.recorded_at) == (NOW + 600, NOW + 600)


def test_a_reply_that_is_sent_twice_from_one_page_is_refused_the_second_time(world, ticket):
    conversation.reply(ticket=ticket, by=world.agent, text="On it", now=NOW + 600, expected_version=ticket.version)
    before = dump()
    with pytest.raises(UpheldError) as caught:
        conversation.reply(ticket=ticket, by=world.agent, text="On it", now=NOW + 601, expected_version=ticket.version)
    assert caught.value.code == "ticket.changed_meanwhile"
    assert dump() == before


def test_the_customers_word_on_a_resolved_ticket_reopens_it(world, ticket):
    resolved = handling.change_status(ticket=ticket, status="resolved", by=world.agent, now=NOW + 600)
    conversation.customer_message(ticket=resolved, by=world.contact, text="It is not", now=NOW + HOUR)
    assert kinds(ticket)[-2:] == ["reopened", "message_received"]
    assert Ticket.objects.get(pk=ticket.pk).status == "waiting_on_support"


def refusals():
    """code: an act that is refused with it."""
    reply, call, status = conversation.reply, conversation.log_call, handling.change_status
    at = {"now": NOW + 600}
    return {
        "message.empty": lambda w, t: reply(ticket=t, by=w.agent, text=" \n", **at),
        "message.too_long": lambda w, t: reply(ticket=t, by=w.agent, text="x" * 100_001, **at),
        "ticket.unknown_status": lambda w, t: status(ticket=t, status="asleep", by=w.agent, **at),
        "ticket.same_status": lambda w, t: status(ticket=t, status="waiting_on_support", by=w.agent, **at),
        "ticket.not_resolved": lambda w, t: status(ticket=t, status="reopened", by=w.agent, reason="r", **at),
        "ticket.unknown_severity": lambda w, t: handling.assign_severity(
            ticket=t, severity="worst", by=w.agent, reason="r", **at
        ),
        "ticket.unknown_coverage": lambda w, t: handling.decide_coverage(
            ticket=t, coverage="maybe", by=w.agent, reason="r", **at
        ),
        "ticket.reason_missing": lambda w, t: handling.decide_coverage(
            ticket=t, coverage="not_covered", by=w.agent, reason=" ", **at
        ),
        "ticket.unknown_cause": lambda w, t: handling.decide_exclusion(
            ticket=t, cause="weather", excluded=True, by=w.agent, reason="r", **at
        ),
        "ticket.not_held": lambda w, t: handling.release(ticket=t, contract=w.contract, by=w.agent, reason="r", **at),
        "event.in_future": lambda w, t: call(ticket=t, by=w.agent, inbound=True, at=NOW + 601, reason="r", **at),
        "event.before_opening": lambda w, t: call(ticket=t, by=w.agent, inbound=True, at=NOW - 1, reason="r", **at),
        "event.backdated_without_reason": lambda w, t: call(ticket=t, by=w.agent, inbound=True, at=NOW + 1, **at),
        "ticket.nothing_to_erase": lambda w, t: erasing.erase_text(ticket=t, seq=2, by=w.lead, reason="r", **at),
    }


@pytest.mark.parametrize("code", refusals())
def test_a_refusal_changes_nothing(world, ticket, code):
    before = dump()
    with pytest.raises(UpheldError) as caught:
        refusals()[code](world, ticket)
    assert caught.value.code == code
    assert dump() == before


def test_under_legal_hold_nothing_is_erased(world, ticket):
    erasing.hold(ticket=ticket, reason="a claim is pending")
    before = dump()
    for act in (
        lambda: erasing.erase_text(ticket=ticket, seq=1, by=world.lead, reason="asked for", now=NOW + 600),
        lambda: erasing.erase_file(
            attachment=Attachment(ticket=ticket, digest="x"), by=world.lead, reason="asked for", now=NOW + 600
        ),
    ):
        with pytest.raises(UpheldError) as caught:
            act()
        assert caught.value.code == "ticket.legal_hold"
    assert dump() == before
    erasing.lift_hold(ticket=ticket)
    erasing.erase_text(ticket=ticket, seq=1, by=world.lead, reason="asked for", now=NOW + 600)


def test_what_is_erased_is_nowhere_any_more(world):
    file = files.store(sent=SimpleUploadedFile("secret-name.txt", b"SECRETFILE"))
    ticket = world.ticket(subject="SECRETSUBJECT", text="SECRETTEXT", files=[file])
    erasing.erase_text(ticket=ticket, seq=1, by=world.lead, reason="data protection", now=NOW + 600)
    erasing.erase_file(attachment=Attachment.objects.get(), by=world.lead, reason="data protection", now=NOW + 601)
    rest = str(dump())
    for secret in ("SECRETSUBJECT", "SECRETTEXT", "secret-name", Payload.objects.get(seq=1).salt or "no salt left"):
        assert secret not in rest
    rows = [bytes(row.record) for row in EventRow.objects.all()] + [bytes(row.raw) for row in Submission.objects.all()]
    assert b"SECRET" not in b"".join(rows)
    assert OutboxRow.objects.get(handler="tickets.delete_file").arguments == {"storage_key": file["storage_key"]}


def test_whoever_still_has_an_erased_file_cannot_tell_that_it_was_here(world):
    sent = [files.store(sent=SimpleUploadedFile("log.txt", b"the log")) for _ in range(2)]
    digest = hashlib.sha256(b"the log").hexdigest()
    assert [each["digest"] for each in sent] == [digest, digest]
    assert sent[0]["mark"] != sent[1]["mark"]
    ticket = world.ticket(files=sent[:1])
    conversation.reply(ticket=ticket, by=world.agent, text="See there", files=(sent[1],), now=NOW + 60)
    chain = b"".join(bytes(row.record) for row in EventRow.objects.all()).decode()
    assert digest not in chain
    assert all(each["mark"] in chain for each in sent)
    for attachment in Attachment.objects.all():
        erasing.erase_file(attachment=attachment, by=world.lead, reason="data protection", now=NOW + 600)
    rest = str(dump()) + str([bytes(row.raw) for row in Submission.objects.all()])
    assert not [word for each in sent for word in (digest, each["salt"], "log.txt") if word in rest]
    assert verify(now=NOW + 601).violations == ()


def test_a_draft_is_kept_until_its_words_are_sent(world, ticket):
    place = f"ticket:{ticket.public_id}"
    conversation.save_draft(person=world.agent, place=place, fields={"text": "On"}, now=NOW)
    conversation.save_draft(person=world.agent, place=place, fields={"text": "On it"}, now=NOW + 1)
    assert Draft.objects.get().fields == {"text": "On it"}
    conversation.reply(ticket=ticket, by=world.agent, text="On it", now=NOW + 600)
    assert not Draft.objects.exists()


MOST_QUERIES = 22


@pytest.mark.parametrize("name", ["reply", "note", "severity", "status"])
def test_the_number_of_queries_does_not_grow_with_the_ticket(world, name):
    counts = []
    for notes in (1, 6):
        ticket = world.ticket()
        for index in range(notes):
            conversation.note(ticket=ticket, by=world.lead, text=f"note {index}", now=NOW + index)
        ticket = Ticket.objects.get(pk=ticket.pk)
        with CaptureQueriesContext(connection) as queries:
            ACTS[name][0](world, ticket)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES
