"""
A customer's message: kept raw first, recorded once, and what it answers of the plan's intake.
"""

import json

import pytest
from django.db import IntegrityError

from tests import factories
from upheld.apps.contracts import services as contract_services
from upheld.apps.tickets.models import EventRow, Message, Submission
from upheld.apps.tickets.services import conversation, erasing, posting
from upheld.apps.tickets.services.recording import TicketError

NOW, MINUTE = factories.NOW, factories.MINUTE


@pytest.fixture
def world(db):
    return factories.World()


def kept(world, ticket, text="Still down", *, seen=1, now=NOW + MINUTE, **more):
    return posting.keep(ticket=ticket, by=world.contact, text=text, seen=seen, now=now, **more)


def kinds(ticket):
    return list(EventRow.objects.filter(ticket=ticket).order_by("seq").values_list("kind", flat=True))


def test_a_message_is_kept_before_it_is_recorded(world):
    ticket = world.ticket()
    submission = kept(world, ticket)
    assert Message.objects.filter(ticket=ticket).count() == 1
    assert (submission.kind, submission.state, submission.ticket) == ("message", "spooled", None)
    assert json.loads(bytes(submission.raw))["text"] == "Still down"
    posting.post(submission=submission, now=NOW + MINUTE)
    submission.refresh_from_db()
    message = Message.objects.filter(ticket=ticket).latest("seq")
    assert (submission.state, submission.ticket_id, submission.seq) == ("ticketed", ticket.pk, message.seq)


def test_the_same_sending_makes_one_message(world):
    ticket = world.ticket()
    for _click in range(2):
        posting.post(submission=kept(world, ticket), now=NOW + MINUTE)
    assert Message.objects.filter(ticket=ticket).count() == 2
    posting.post(submission=kept(world, ticket, seen=2), now=NOW + MINUTE)
    assert Message.objects.filter(ticket=ticket).count() == 3


def test_what_an_error_of_ours_left_behind_is_recorded_as_of_when_it_came(world, monkeypatch):
    ticket = world.ticket()
    submission = kept(world, ticket)

    def broken(**_given):
        raise IntegrityError

    with monkeypatch.context() as patch:
        patch.setattr(conversation, "customer_message", broken)
        with pytest.raises(IntegrityError):
            posting.post(submission=submission, now=NOW + MINUTE)
    assert Message.objects.filter(ticket=ticket).count() == 1
    assert posting.post_spooled(now=NOW + MINUTE + 4) == 0
    assert posting.post_spooled(now=NOW + 10 * MINUTE) == 1
    assert posting.post_spooled(now=NOW + 10 * MINUTE) == 0
    assert Message.objects.filter(ticket=ticket).latest("seq").sent_at == NOW + MINUTE


def test_a_refused_message_is_kept_with_the_reason(world):
    ticket = world.ticket()
    submission = kept(world, ticket, text="  ")
    with pytest.raises(TicketError, match=r"message\.empty"):
        posting.post(submission=submission, now=NOW + MINUTE)
    submission.refresh_from_db()
    assert (submission.state, submission.problem) == ("refused", {"code": "message.empty"})
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_erasing_a_message_erases_what_was_sent(world):
    ticket = world.ticket()
    submission = kept(world, ticket, text="My telephone is 555")
    posting.post(submission=submission, now=NOW + MINUTE)
    submission.refresh_from_db()
    erasing.erase_text(ticket=ticket, seq=submission.seq, by=world.lead, reason="asked", now=NOW + 2 * MINUTE)
    submission.refresh_from_db()
    assert (bytes(submission.raw), submission.erased_at) == (b"", NOW + 2 * MINUTE)
    opening = Submission.objects.get(ticket=ticket, kind="ticket")
    assert opening.erased_at is None
    assert bytes(opening.raw)


def test_answers_complete_the_intake_one_after_the_other(world):
    ticket = world.ticket()
    asked = conversation.missing_items(ticket)
    assert len(asked) > 1
    first, *rest = asked
    posting.post(submission=kept(world, ticket, text="", fields={first: "Open the flow"}), now=NOW + MINUTE)
    assert conversation.missing_items(ticket) == tuple(rest)
    assert kinds(ticket)[-2:] == ["message_received", "intake_requested"]
    answers = dict.fromkeys(rest, "https://shop.example/1")
    posting.post(submission=kept(world, ticket, text="", seen=2, fields=answers), now=NOW + 2 * MINUTE)
    assert conversation.missing_items(ticket) == ()
    assert kinds(ticket)[-2:] == ["message_received", "intake_completed"]
    said = Message.objects.filter(ticket=ticket).latest("seq").payload.text
    assert "https://shop.example/1" in said


def test_a_message_without_answers_leaves_the_intake_open(world):
    ticket = world.ticket()
    asked = conversation.missing_items(ticket)
    posting.post(submission=kept(world, ticket), now=NOW + MINUTE)
    assert conversation.missing_items(ticket) == asked
    assert kinds(ticket)[-1] == "message_received"


@pytest.mark.requirement_part("OPT-9")
def test_only_named_contacts_write_where_the_plan_says_so(world, monkeypatch):
    colleague = factories.member(world.customer, "col@northwind.test", name="Col Eague", part="viewer")
    ticket = world.ticket()
    rule = {"writers": contact_rule(may=("open_tickets",), at_most=2)}
    monkeypatch.setattr("upheld.apps.contracts.selectors.plan_of", with_contacts(world, rule))
    monkeypatch.setattr("upheld.apps.contracts.services.plan_of", with_contacts(world, rule))
    contract_services.name_contact(
        contract=world.contract, person=world.contact, contact_list="writers", by=world.contact, now=NOW
    )
    posting.post(submission=kept(world, ticket), now=NOW + MINUTE)
    before = Message.objects.count()
    given = {"ticket": ticket, "by": colleague, "text": "Do as I say", "seen": 1, "now": NOW + MINUTE}
    refused = posting.keep(**given)
    with pytest.raises(TicketError) as error:
        posting.post(submission=refused, now=NOW + MINUTE)
    assert (error.value.code, error.value.params) == ("intake.not_a_contact", {"people": ["Dana Whitfield"]})
    refused.refresh_from_db()
    assert refused.state == "refused"
    assert json.loads(bytes(refused.raw))["text"] == "Do as I say"
    with pytest.raises(TicketError, match=r"intake\.not_a_contact"):
        factories.ticket(colleague, world.customer, now=NOW + MINUTE)
    assert Message.objects.count() == before


def contact_rule(**given):
    from upheld.core.plan.model.terms import ContactList  # noqa: PLC0415

    return ContactList(**given)


def with_contacts(world, contacts):
    """The plan of the world with other contact lists."""
    from upheld.apps.contracts import selectors  # noqa: PLC0415

    plan = selectors.plan_of(world.version.pk).model_copy(update={"contacts": contacts})
    return lambda _version: plan
