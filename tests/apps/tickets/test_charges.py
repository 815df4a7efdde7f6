"""
Charges, reviews, reasons and channels: what the plan demands before work is done or a severity is confirmed.
"""

import pytest

from tests import factories
from upheld.apps.contracts.selectors import rules_of
from upheld.apps.contracts.services import name_contact
from upheld.apps.tickets.judgements import judgements
from upheld.apps.tickets.models import EventRow, Payload, Ticket
from upheld.apps.tickets.services import handling
from upheld.apps.tickets.services.charges import decide_charge, propose_charge
from upheld.apps.tickets.services.progress import record_reproduction
from upheld.apps.tickets.services.recording import Fact, TicketError, actor_of, events_of, record
from upheld.apps.work.models import OutboxRow
from upheld.core import events as ev
from upheld.core.clocks.fold import fold
from upheld.core.instants import parse_instant

NOW, HOUR = factories.NOW, factories.HOUR


@pytest.fixture
def world(db):
    return factories.World()


def refused(code, act, ticket):
    before = (Ticket.objects.values().get(pk=ticket.pk), EventRow.objects.count(), OutboxRow.objects.count())
    with pytest.raises(TicketError) as caught:
        act()
    assert caught.value.code == code
    assert (Ticket.objects.values().get(pk=ticket.pk), EventRow.objects.count(), OutboxRow.objects.count()) == before
    return caught.value.params


def found(ticket):
    return judgements(events_of(ticket), rules_of(ticket.contract, ticket.plan_version_id, ticket.edition_id))


def resolve(world, ticket, now=NOW + 9 * HOUR):
    return handling.change_status(ticket=ticket, status="resolved", by=world.agent, now=now)


def propose(world, ticket, now=NOW + HOUR, **more):
    facts = {"amount": "450", "currency": "usd", "reason": "Custom code for the field", **more}
    return propose_charge(ticket=ticket, by=world.agent, now=now, **facts)


@pytest.mark.requirement_part("CEL-8")
def test_a_mapping_that_costs_is_approved_before_it_is_done(world):
    ticket = world.ticket(request_type="field_mapping")
    assert (found(ticket).coverage.coverage, found(ticket).waits) == ("covered", None)
    choice = found(ticket).coverage.choices[0]
    ticket = handling.decide_coverage(
        ticket=ticket, coverage="chargeable", by=world.agent, reason="Needs custom code", now=NOW + 60,
        rule=choice.rule, ground="custom_code_needed",
    )  # fmt: skip
    refused("coverage.charge_missing", lambda: resolve(world, ticket), ticket)
    ticket = propose(world, ticket)
    assert (ticket.status, found(ticket).charge[:3]) == ("waiting_on_customer", ("proposed", "450.00", "USD"))
    facts = refused("coverage.charge_waits", lambda: resolve(world, ticket), ticket)
    assert facts == {"amount": "450.00", "currency": "USD"}
    ticket = decide_charge(ticket=ticket, approved=True, by=world.contact, now=NOW + 2 * HOUR)
    assert (ticket.status, found(ticket).waits) == ("waiting_on_support", None)
    assert resolve(world, ticket).resolved_at is not None
    decided = [each for each in events_of(ticket) if isinstance(each, ev.ChargeDecided)]
    assert [(each.approved, each.actor.side, each.reason) for each in decided] == [(True, "customer", "450.00 USD")]


@pytest.mark.requirement_part("CEL-8")
@pytest.mark.parametrize("name", ["CEL-8-c"])
def test_a_charge_that_was_declined_ends_the_ticket_until_it_is_approved(world, name):
    ticket = propose(world, world.ticket(request_type="field_mapping"))
    ticket = decide_charge(ticket=ticket, approved=False, by=world.contact, now=NOW + 2 * HOUR, reason="Too dear")
    refused("coverage.charge_declined", lambda: resolve(world, ticket), ticket)
    ticket = handling.change_status(ticket=ticket, status="closed", by=world.agent, now=NOW + 3 * HOUR)
    assert ticket.closed_at is not None
    ticket = decide_charge(ticket=ticket, approved=True, by=world.contact, now=NOW + 4 * HOUR)
    assert (ticket.closed_at, found(ticket).waits) == (None, None)


@pytest.mark.requirement_part("CEL-8", "CEL-9")
@pytest.mark.parametrize("kind", ["enhancement", "new_flow", "other_custom_code"])
def test_what_must_be_reviewed_is_not_done_before(world, kind):
    ticket = world.ticket(request_type=kind)
    refused("coverage.review_missing", lambda: resolve(world, ticket), ticket)
    verdict = "best_effort" if kind == "other_custom_code" else "chargeable"
    ticket = handling.decide_coverage(ticket=ticket, coverage=verdict, by=world.agent, reason="Small", now=NOW + 60)
    assert found(ticket).waits == (None if verdict == "best_effort" else "coverage.charge_missing")


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("coverage.bad_amount", {"amount": "0"}),
        ("coverage.bad_amount", {"amount": "-3"}),
        ("coverage.bad_amount", {"amount": "much"}),
        ("coverage.bad_amount", {"amount": "NaN"}),
        ("coverage.bad_amount", {"amount": "1.005"}),
        ("coverage.bad_amount", {"amount": "1e30"}),
        ("coverage.bad_currency", {"currency": "dollars"}),
        ("ticket.reason_missing", {"reason": " "}),
    ],
)
def test_a_charge_that_cannot_be_is_refused(world, code, facts):
    ticket = world.ticket(request_type="field_mapping")
    refused(code, lambda: propose(world, ticket, **facts), ticket)


def test_a_charge_is_decided_once(world):
    ticket = world.ticket(request_type="field_mapping")

    def decide(approved, **more):
        return decide_charge(ticket=ticket, approved=approved, by=world.contact, now=NOW + 3 * HOUR, **more)

    refused("coverage.nothing_proposed", lambda: decide(approved=True), ticket)
    ticket = propose(world, ticket)
    refused("ticket.reason_missing", lambda: decide(approved=True, of_customer=False), ticket)
    ticket = decide(approved=True)
    refused("coverage.decided_already", lambda: decide(approved=False), ticket)
    ticket = propose(world, ticket, now=NOW + 4 * HOUR, amount="20")
    assert found(ticket).waits == "coverage.charge_waits", "a new proposal is decided anew"


def test_a_decision_that_contradicts_its_rule_is_refused(world):
    ticket = world.ticket(request_type="defect")

    def decide(**more):
        facts = {"coverage": "chargeable", "reason": "x", "rule": "coverage[1]", "ground": "not_subscribed", **more}
        return handling.decide_coverage(ticket=ticket, by=world.agent, now=NOW + 60, **facts)

    refused("coverage.unknown_ground", lambda: decide(ground=None), ticket)
    refused("coverage.other_verdict", lambda: decide(rule="coverage[2]"), ticket)
    refused("coverage.unknown_rule", lambda: decide(rule="coverage[77]"), ticket)
    decided = found(decide()).decided
    assert (decided.coverage, decided.rule) == ("chargeable", "coverage[1]")


@pytest.mark.requirement_part("CPI-2", "CPI-3")
@pytest.mark.parametrize("name", ["CPI-2-a"])
def test_level_1_is_confirmed_only_when_the_client_has_called_too(db, name):
    world = factories.World(plan="cpi", tier="standard")
    ticket = world.ticket(urgency="level_1", environment="production", answers={"work": "stopped"})
    assert (found(ticket).suggestion.severity, found(ticket).unreported) == ("level_1", ("phone",))

    def confirm(now=NOW + 1560):
        return handling.confirm_severity(ticket=ticket, by=world.agent, now=now)

    facts = refused("ticket.severity_unreported", confirm, ticket)
    assert facts["channels"] == ["CPI's Customer Service"]
    actor = actor_of(world.agent, of_customer=False)
    call = ev.CallLogged(seq=0, effective_at=NOW + 1500, actor=actor, channel="phone")
    ticket = record(ticket=ticket, facts=[Fact(call)], now=NOW + 1500)
    assert found(ticket).unreported == ()
    ticket = confirm()
    assert (ticket.severity, ticket.is_severity_assigned) == ("level_1", True)
    assert ticket.clocks.get(metric="first_response").due_at == NOW + 2 * HOUR, "it counts from the portal"


@pytest.mark.requirement_part("CPI-2")
def test_a_level_1_that_is_none_is_lowered_with_a_reason(db):
    world = factories.World(plan="cpi", tier="standard")
    ticket = world.ticket(urgency="level_1", environment="test", answers={"work": "stopped"})
    assert found(ticket).suggestion.severity == "level_3"
    ticket = handling.assign_severity(
        ticket=ticket, severity="level_3", by=world.agent, reason="A test system", now=NOW + 60
    )
    assigned = next(each for each in events_of(ticket) if isinstance(each, ev.SeverityAssigned))
    assert (ticket.severity, assigned.reason) == ("level_3", "A test system")


@pytest.mark.requirement("CAP-9")
def test_every_priority_has_a_reason_where_the_plan_says_so(db):
    world = factories.World(plan="connecta", tier="essential")
    answers = {"impact": "hindered", "relevance": "depends"}
    ticket = world.ticket(urgency="high", request_type="troubleshooting", answers=answers)
    suggestion = found(ticket).suggestion
    assert (suggestion.severity, suggestion.rule) == ("high", "severity_matrix.cells.hindered.depends")

    def assign(reason):
        return handling.assign_severity(ticket=ticket, severity="high", by=world.agent, reason=reason, now=NOW + 60)

    refused("ticket.reason_missing", lambda: assign(" "), ticket)
    assert ticket.clocks.get(metric="priority_assignment").verdict == "pending"
    ticket = assign("Orders are hindered, and they depend on it")
    assert ticket.clocks.get(metric="priority_assignment").verdict == "met"


@pytest.mark.requirement("OPI-7")
def test_an_error_that_cannot_be_reproduced_ends_as_such(db):
    world = factories.World(plan="opigno", tier="corporate")
    ticket = world.ticket(urgency="critical", request_type="defect")

    def tried(outcome, text=""):
        return record_reproduction(ticket=ticket, outcome=outcome, by=world.agent, now=NOW + HOUR, text=text)

    refused("ticket.reason_missing", lambda: tried("not_reproducible"), ticket)
    for outcome in ("waiting_for_customer", "reproduced"):
        ticket = tried(outcome, "On our own platform")
    assert ticket.closed_at is None
    tracked = [each.outcome for each in events_of(ticket) if isinstance(each, ev.ReproductionRecorded)]
    assert tracked == ["waiting_for_customer", "reproduced"]
    ticket = tried("not_reproducible", "Linux, MySQL and Nginx: it works")
    closed = next(each for each in events_of(ticket) if isinstance(each, ev.Closed))
    assert (ticket.closed_at is not None, closed.reason) == (True, "Linux, MySQL and Nginx: it works")
    clock = rules_of(ticket.contract, ticket.plan_version_id, ticket.edition_id)
    (first,) = fold(events_of(ticket), clock).clocks
    assert first.exclusion.cause == "not_reproducible"


@pytest.fixture
def optimy(db):
    world = factories.World(plan="optimy", tier="standard")
    name_contact(contract=world.contract, person=world.contact, contact_list="help_desk", by=world.lead, now=NOW - 9)
    return world


@pytest.mark.requirement_part("OPT-10")
@pytest.mark.parametrize("name", ["OPT-10-2"])
def test_a_late_report_is_kept_and_marked(optimy, name):
    # 9 July 23:30 and 10 July 00:30 in Toronto.
    in_time, late = parse_instant("2026-07-10T03:30:00Z"), parse_instant("2026-07-10T04:30:00Z")
    for now, is_late in ((in_time, False), (late, True)):
        fields = {"happened": "2026-06-09", "form": "Grants 2026"}
        ticket = optimy.ticket(urgency="high", request_type="issue", fields=fields, now=now)
        reported = found(ticket).reported
        assert (str(reported.last_day), reported.is_late) == ("2026-07-09", is_late)
        assert ticket.is_open
    assert found(optimy.ticket(urgency="high", request_type="question")).reported is None


@pytest.mark.requirement_part("OPT-9")
def test_an_instruction_from_anybody_else_is_kept_and_refused(optimy):
    ticket = optimy.ticket(urgency="low", request_type="instruction", text="Delete the data of 2019.")
    decided = found(ticket).decided
    assert (decided.coverage, decided.rule) == ("not_covered", "request_types.instruction.act")
    assert ticket.messages.count() == 1
    name_contact(contract=optimy.contract, person=optimy.contact, contact_list="instruct", by=optimy.lead, now=NOW)
    again = optimy.ticket(urgency="low", request_type="instruction", now=NOW + HOUR)
    assert (found(again).decided, again.coverage) == (None, "undecided")


@pytest.mark.requirement_part("OPT-12")
def test_what_was_answered_stands_in_the_message_with_its_question(optimy):
    ticket = optimy.ticket(urgency="low", request_type="question", text="How?", fields={"form": "Grants 2026"})
    asked = next(each for each in events_of(ticket) if isinstance(each, ev.IntakeRequested))
    assert asked.items == ("project", "owner", "owner_mail", "impact")
    assert Payload.objects.get(ticket=ticket, seq=1).text == "How?\n\nName of the form\nGrants 2026"
