"""
Tickets that belong together: no promise is lost, nothing leaves its ticket, nobody else's is touched.
"""

import pytest

from tests import factories
from tests.factories import DAY, HOUR, MINUTE, NOW
from upheld.apps.contracts.models import Contract
from upheld.apps.tickets.models import ClockRow, EventRow, Message, Ticket
from upheld.apps.tickets.services import conversation, handling, merging, progress
from upheld.apps.tickets.services.recording import TicketError

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


@pytest.fixture
def world():
    return factories.World()


def kinds(ticket):
    return list(EventRow.objects.filter(ticket=ticket).order_by("seq").values_list("kind", flat=True))


def refused(code, service, **given):
    before = EventRow.objects.count(), Ticket.objects.count()
    with pytest.raises(TicketError) as error:
        service(**given)
    assert error.value.code == code
    assert (EventRow.objects.count(), Ticket.objects.count()) == before


def test_the_ticket_whose_promise_ends_first_goes_on_and_the_others_clocks_end_as_merged(world):
    first, second = world.ticket(), world.ticket(now=NOW + 10 * MINUTE, subject="The same again")
    due = first.next_due_at
    done = merging.merge(ticket=second, into=first, by=world.agent, reason="One matter", now=NOW + 20 * MINUTE)
    assert (done.status, done.is_open, done.next_due_at) == ("merged", False, None)
    clock = ClockRow.objects.get(ticket=second)
    assert (clock.verdict, clock.ended_because, clock.breached_at) == ("ended", "merged", None)
    first.refresh_from_db()
    assert (first.next_due_at, first.status) == (due, "waiting_on_support")
    assert kinds(first)[-1] == "linked"
    assert kinds(second)[-1] == "merged"
    assert Message.objects.filter(ticket=second).count() == 1


def test_a_merge_that_would_lose_the_earlier_promise_is_refused(world):
    first, second = world.ticket(), world.ticket(now=NOW + 10 * MINUTE)
    facts = {"by": world.agent, "reason": "One matter", "now": NOW + 20 * MINUTE}
    refused("ticket.merge_other_way", merging.merge, ticket=first, into=second, **facts)


def test_what_was_broken_before_the_merge_stays_broken(world):
    first, second = world.ticket(), world.ticket(now=NOW + 10 * MINUTE)
    merging.merge(ticket=second, into=first, by=world.agent, reason="One matter", now=NOW + 3 * HOUR)
    clock = ClockRow.objects.get(ticket=second)
    assert (clock.verdict, clock.breached_at) == ("breached", NOW + 2 * HOUR + 10 * MINUTE)


def test_a_merge_needs_a_reason_an_open_ticket_and_one_customer_and_contract(world):
    first, second = world.ticket(), world.ticket()
    lead = {"by": world.lead, "now": NOW + HOUR}
    refused("ticket.reason_missing", merging.merge, ticket=second, into=first, reason=" ", **lead)
    refused("ticket.same_ticket", merging.merge, ticket=first, into=first, reason="x", **lead)
    other = factories.customer("Globex")
    writer = factories.member(other, "g@globex.test", name="Gil")
    factories.contract(other, world.version)
    foreign = factories.ticket(writer, other)
    refused("ticket.foreign_ticket", merging.merge, ticket=second, into=foreign, reason="x", **lead)
    refused("ticket.foreign_ticket", merging.link, ticket=second, to=foreign, **lead)
    handling.change_status(ticket=first, status="closed", by=world.lead, now=NOW + MINUTE)
    refused("ticket.not_open", merging.merge, ticket=second, into=first, reason="x", **lead)


def test_a_ticket_under_another_contract_is_linked_not_merged(world):
    factories.contract(world.customer, world.version, tier="essential", products=())
    chosen = {each.tier: each.public_id for each in Contract.objects.filter(customer=world.customer)}
    one, other = (world.ticket(contract=chosen[tier]) for tier in ("preferred", "essential"))
    lead = {"by": world.lead, "now": NOW + MINUTE}
    refused("ticket.other_contract", merging.merge, ticket=other, into=one, reason="x", **lead)
    merging.link(ticket=other, to=one, **lead)
    assert kinds(one)[-1] == kinds(other)[-1] == "linked"


def test_nobody_writes_on_a_merged_ticket_any_more(world):
    first, second = world.ticket(), world.ticket(now=NOW + MINUTE)
    merging.merge(ticket=second, into=first, by=world.agent, reason="One", now=NOW + HOUR)
    refused("ticket.merged", conversation.reply, ticket=second, by=world.agent, text="x", now=NOW + HOUR)
    refused("ticket.merged", merging.merge, ticket=second, into=first, by=world.agent, reason="x", now=NOW + HOUR)


def test_a_stale_page_merges_nothing(world):
    first, second = world.ticket(), world.ticket(now=NOW + MINUTE)
    facts = {"by": world.agent, "reason": "One", "now": NOW + HOUR, "expected_version": second.version - 1}
    refused("ticket.changed_meanwhile", merging.merge, ticket=second, into=first, **facts)


def test_a_message_becomes_a_ticket_that_counts_from_when_it_was_written(world):
    ticket = world.ticket()
    conversation.customer_message(ticket=ticket, by=world.contact, text="And the labels are wrong", now=NOW + HOUR)
    message = Message.objects.filter(ticket=ticket).latest("seq")
    made = merging.split(
        ticket=ticket, message=message, subject="Labels", by=world.agent, reason="A second matter", now=NOW + 2 * HOUR
    )
    assert (made.opened_at, made.requester, made.contract) == (NOW + HOUR, world.contact, world.contract)
    assert made.next_due_at == NOW + 3 * HOUR  # two hours from when Dana wrote it
    assert Message.objects.get(ticket=made).payload.text == "And the labels are wrong"
    assert kinds(ticket)[-1] == "split"
    assert kinds(made)[-1] == "linked"
    again = {"by": world.agent, "reason": "Again", "now": NOW + 2 * HOUR, "subject": "Labels"}
    refused("ticket.split_already", merging.split, ticket=ticket, message=message, **again)


def test_only_a_message_of_the_customers_is_split_off(world):
    ticket, other = world.ticket(), world.ticket()
    conversation.reply(ticket=ticket, by=world.agent, text="Ours", now=NOW + MINUTE)
    ours = Message.objects.filter(ticket=ticket).latest("seq")
    theirs = Message.objects.get(ticket=other)
    for message in (ours, theirs):
        facts = {"by": world.agent, "reason": "x", "now": NOW + HOUR, "subject": "x"}
        refused("ticket.not_a_customer_message", merging.split, ticket=ticket, message=message, **facts)


def test_a_link_is_made_once_and_taken_back_on_both_sides(world):
    one, other = world.ticket(), world.ticket()
    lead = {"by": world.lead, "now": NOW + MINUTE}
    done = merging.link(ticket=one, to=other, **lead)
    refused("ticket.linked_already", merging.link, ticket=one, to=other, **lead)
    seq = EventRow.objects.filter(ticket=done).latest("seq").seq
    progress.correct(ticket=done, seq=seq, reason="Not the same", **lead)
    assert kinds(one)[-1] == kinds(other)[-1] == "corrected"
    merging.link(ticket=one, to=other, **lead)


def test_the_proof_accepts_what_was_merged_split_moved_and_taken_back(world):
    from upheld.apps.parties import services as parties  # noqa: PLC0415
    from upheld.trust import verification  # noqa: PLC0415

    first, second = world.ticket(), world.ticket(now=NOW + MINUTE)
    message = Message.objects.get(ticket=first)
    merging.split(ticket=first, message=message, subject="x", by=world.agent, reason="x", now=NOW + HOUR)
    merging.merge(ticket=second, into=first, by=world.agent, reason="x", now=NOW + HOUR)
    team = parties.add_team(name="Billing")
    handling.move_to_team(ticket=first, team=team, by=world.lead, reason="Theirs", now=NOW + HOUR)
    first.refresh_from_db()
    assert (first.team, first.assignee) == (team, None)
    found = verification.verify(now=NOW + DAY)
    assert [each.code for each in found.violations] == []
