"""
What becomes of a fault: each is an event, a refusal changes nothing, and what was taken back counts no more.
"""

import pytest

from tests import factories
from tests.factories import DAY, HOUR, MINUTE, NOW
from upheld.apps.parties import services as parties
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import ClockRow, EventRow
from upheld.apps.tickets.services import changing, conversation, handling, progress
from upheld.apps.tickets.services.recording import TicketError

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


@pytest.fixture
def world():
    return factories.World()


def last(ticket):
    return codec.decode(EventRow.objects.filter(ticket=ticket).latest("seq").record)


def refused(code, service, **given):
    before = EventRow.objects.count()
    with pytest.raises(TicketError) as error:
        service(**given)
    assert error.value.code == code
    assert EventRow.objects.count() == before


def test_each_step_is_an_event_with_its_words(world):
    ticket = world.ticket()
    facts = {"ticket": ticket, "by": world.agent, "now": NOW + MINUTE}
    progress.record_reproduction(**facts, outcome="reproduced", text="On our machine")
    event = last(ticket)
    assert (event.kind, event.outcome, event.actor.ref) == (
        "reproduction_recorded",
        "reproduced",
        world.agent.public_id,
    )
    assert len(event.payloads) == 1
    progress.record_workaround(**facts, text="Export by hand")
    assert last(ticket).kind == "workaround_given"
    progress.plan_remediation(**facts, promised_for=NOW + 3 * DAY)
    assert last(ticket).promised_for == NOW + 3 * DAY


def test_what_makes_no_sense_is_refused(world):
    ticket = world.ticket()
    facts = {"ticket": ticket, "by": world.agent, "now": NOW + MINUTE}
    refused("ticket.unknown_outcome", progress.record_reproduction, **facts, outcome="maybe")
    refused("ticket.promised_in_past", progress.plan_remediation, **facts, promised_for=NOW)
    refused("ticket.unknown_milestone", progress.reach_milestone, **facts, milestone="moon")
    refused("event.unknown", progress.correct, **facts, seq=99, reason="x")
    refused("event.cannot_be_corrected", progress.correct, **facts, seq=1, reason="x")
    refused("ticket.changed_meanwhile", progress.record_workaround, **facts, expected_version=ticket.version + 1)


def test_a_back_dated_call_that_is_taken_back_moves_the_due_time_back(world):
    saturday = NOW + 36 * HOUR  # after Friday 17:00 Pacific: closed until Sunday 16:00
    ticket = world.ticket(now=saturday)
    due = ticket.next_due_at
    called = conversation.log_call(ticket=ticket, by=world.lead, inbound=True, now=saturday + HOUR)
    assert called.next_due_at == saturday + 3 * HOUR
    seq = last(ticket).seq
    facts = {"ticket": called, "seq": seq, "by": world.lead, "now": saturday + 2 * HOUR}
    refused("ticket.reason_missing", progress.correct, **facts, reason=" ")
    done = progress.correct(**facts, reason="Another customer called")
    assert done.next_due_at == due
    refused("event.corrected_already", progress.correct, **facts, reason="Again")
    assert ClockRow.objects.get(ticket=ticket).verdict == "pending"


def test_another_team_has_the_ticket_and_nobody_there_yet(world):
    ticket, team = world.ticket(), parties.add_team(name="Billing")
    handling.assign(ticket=ticket, to=world.agent, by=world.agent, now=NOW)
    facts = {"team": team, "by": world.lead, "now": NOW + MINUTE}
    refused("ticket.reason_missing", handling.move_to_team, ticket=ticket, reason="", **facts)
    done = handling.move_to_team(ticket=ticket, reason="An invoice", **facts)
    assert (done.team, done.assignee, done.next_due_at) == (team, None, ticket.next_due_at)
    event = last(ticket)
    assert (event.kind, event.to, event.reason) == ("assigned", f"team:{team.public_id}", "An invoice")
    refused("ticket.same_team", handling.move_to_team, ticket=done, reason="Again", **facts)


def test_several_changes_in_one_step_move_the_team_first(world):
    ticket, team = world.ticket(), parties.add_team(name="Billing")
    wanted = changing.Change(ticket, team=team, is_assigned=True, assignee=world.agent, reason="Theirs")
    done = changing.change(wanted=wanted, by=world.lead, now=NOW)
    assert (done.team, done.assignee) == (team, world.agent)


def test_the_customer_resolves_only_what_they_saw(world):
    ticket = world.ticket()
    facts = {"ticket": ticket, "by": world.contact, "now": NOW + HOUR}
    refused("ticket.changed_meanwhile", conversation.customer_resolves, **facts, expected_version=ticket.version - 1)
    assert conversation.customer_resolves(**facts, expected_version=ticket.version).status == "resolved"
