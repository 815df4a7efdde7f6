"""
From events to a credit: tickets folded by the plan document that ships, stated for a quarter.
"""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.core.made_clocks import at
from upheld import catalogues
from upheld.core import events as ev
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.compliance.observations import observations_of
from upheld.core.credits.statements import credit_statement
from upheld.core.money import Money
from upheld.core.plan.contract import Contract
from upheld.core.plan.loading import load
from upheld.core.plan.support_hours import SupportHours
from upheld.wording import say

CELIGO = load(catalogues.read("celigo"), "celigo.yaml").plan
FEE = Money(Decimal(12000), "USD")
ACME = Contract(customer="acme", tier="preferred", contract="A-1", zone="America/New_York", fee=FEE)
HOURS = SupportHours(CELIGO, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
VENDOR = ev.Actor(ev.Side.VENDOR)


def ticket(name, severity, opened, replied, *, channel="portal", cause=None, contract=ACME):
    """The observations of a ticket that was opened, assigned a severity, and answered and resolved (or not yet)."""
    told = [
        ev.Opened(seq=1, effective_at=at(opened), channel=channel),
        ev.SeverityAssigned(seq=2, effective_at=at(opened), severity=severity, actor=VENDOR),
    ]
    if replied:
        told.append(ev.MessageSent(seq=3, effective_at=at(replied), public=True, actor=VENDOR))
        told.append(ev.Resolved(seq=5, effective_at=at(replied) + 60, actor=VENDOR))
    if cause:
        told.append(ev.ExclusionDecided(seq=4, effective_at=at(replied), cause=cause, actor=VENDOR))
    return list(observations_of(name, contract, fold(told, Rules(HOURS, contract))))


def stated(rows, now="2026-07-01T07:00:00Z", contract=ACME):
    return credit_statement(CELIGO.credits["warranty"], CELIGO, contract, rows, at(now))


def codes(statement):
    return {
        one.ticket: one.standing.code
        for period in statement.periods
        for one in period.evidence
        if one.metric == "first_response"
    }


@pytest.mark.requirement_part("CEL-11")
def test_warranty_of_a_quarter():
    rows = [
        *ticket("in-time", "high", "2026-04-15T10:00:00-07:00", "2026-04-15T11:00:00-07:00"),
        *ticket("late", "normal", "2026-04-15T10:00:00-07:00", "2026-04-28T10:00:00-07:00"),
        *ticket("low", "low", "2026-04-15T10:00:00-07:00", "2026-04-28T10:00:00-07:00"),
        *ticket("CEL-11-a Saturday", "normal", "2026-04-18T12:00:00-07:00", "2026-04-28T10:00:00-07:00"),
        *ticket("firewall", "high", "2026-04-15T10:00:00-07:00", "2026-04-28T10:00:00-07:00", cause="customer_acts"),
    ]
    found = stated(rows)
    assert codes(found) == {
        "in-time": "standing.met",
        "late": "standing.breached",
        "low": "standing.severity_not_in_scope",
        "CEL-11-a Saturday": "standing.opened_outside_support_hours",
        "firewall": "standing.excluded",
    }
    (quarter,) = found.periods
    assert (quarter.period.label, found.zone) == ("2026-Q2", "America/Los_Angeles")
    assert [(one.ticket, one.metric) for one in quarter.violations] == [("late", "first_response")]
    assert all(one.late_by > 0 for one in quarter.violations)


def test_a_ticket_that_nobody_answered_is_a_violation_at_the_quarters_end():
    rows = ticket("silence", "urgent", "2026-06-30T10:00:00-07:00", None)
    early = stated(rows, now="2026-06-30T18:00:00Z")
    assert codes(early) == {"silence": "standing.pending"}
    assert not early.periods[0].result.is_final
    late = stated(rows)
    assert codes(late) == {"silence": "standing.breached"}
    (quarter,) = late.periods
    assert (quarter.result.row, quarter.result.amount) == (5, Money(Decimal(3600), "USD"))


def test_the_excluded_tier_has_no_credit():
    essential = Contract(customer="acme", tier="essential", contract="A-2")
    rows = ticket("t", "urgent", "2026-04-15T10:00:00-07:00", "2026-04-28T10:00:00-07:00", contract=essential)
    (quarter,) = stated(rows, contract=essential).periods
    assert (quarter.result.amount, quarter.result.reason.code) == (None, "credit.tier_not_in_scheme")
    assert quarter.tally.events == 0


@pytest.mark.requirement("CEL-12")
@pytest.mark.parametrize(
    ("late", "of", "row", "percent", "owed"),
    [
        pytest.param(0, 7, 0, "0", "0.00", id="none"),
        pytest.param(39, 977, 0, "0", "0.00", id="under-4-percent-though-it-prints-as-4.0"),
        pytest.param(1, 25, 1, "10", "1200.00", id="exactly-4"),
        pytest.param(3, 50, 2, "15", "1800.00", id="exactly-6"),
        pytest.param(2, 25, 3, "20", "2400.00", id="exactly-8"),
        pytest.param(1, 10, 4, "25", "3000.00", id="exactly-10"),
        pytest.param(101, 1000, 4, "25", "3000.00", id="exactly-10.1-the-assumption"),
        pytest.param(51, 500, 5, "30", "3600.00", id="above-10.1"),
    ],
)
def test_a_quarter_from_its_tickets_to_its_credit(late, of, row, percent, owed):
    """
    Every ticket was opened in the quarter as California's calendar cuts it; the late ones were answered in the next.
    """
    kept = ticket("kept", "normal", "2026-04-15T10:00:00-07:00", "2026-04-15T11:00:00-07:00")
    broken = ticket("broken", "normal", "2026-06-30T16:00:00-07:00", "2026-07-20T10:00:00-07:00")
    before = ticket("before", "normal", "2026-03-31T16:00:00-07:00", "2026-04-20T10:00:00-07:00")
    after = ticket("after", "normal", "2026-07-01T08:00:00-07:00", "2026-07-20T10:00:00-07:00")
    rows = [
        *(one._replace(ticket=f"kept-{number}") for number in range(of - late) for one in kept),
        *(one._replace(ticket=f"broken-{number}") for number in range(late) for one in broken),
        *before,
        *after,
    ]
    found = stated(rows, now="2026-10-01T07:00:00Z")
    assert [each.period.label for each in found.periods] == ["2026-Q1", "2026-Q2", "2026-Q3"]
    quarter = found.periods[1]
    assert (found.zone, quarter.tally.breached, quarter.tally.events) == ("America/Los_Angeles", late, of)
    assert quarter.result.number == Fraction(100 * late, of)
    assert (quarter.result.row, quarter.result.amount) == (row, Money(Decimal(owed), "USD"))
    assert CELIGO.credits["warranty"].table[row].pays.share == Decimal(percent)
    assert len(quarter.violations) == late
    sentences = [say(step.code, step.params) for step in quarter.result.steps]
    assert any("10.1" in each for each in sentences) == (row in {4, 5})


@pytest.mark.requirement("CEL-12")
def test_a_quarter_without_events_has_no_credit():
    low = ticket("low", "low", "2026-04-15T10:00:00-07:00", "2026-06-28T10:00:00-07:00")
    (quarter,) = stated(low).periods
    assert (quarter.tally.events, quarter.result.amount) == (0, Money(Decimal(0), "USD"))
    assert quarter.result.reason.code == "credit.no_events"
    assert any("10.1" in each.text for each in CELIGO.assumptions)
