"""
From evidence to draft, from draft to decision: line by line, to the coin, never backwards.
"""

import datetime as dt
from decimal import Decimal

import pytest

from tests.core.made_clocks import ACME, HOUR, at, many, plan, seen
from upheld.core.credits.claims.decision import LineDecision, decide, inspect
from upheld.core.credits.claims.draft import ClaimLine, ClockKey, as_text, draft
from upheld.core.credits.credit import Circumstances
from upheld.core.credits.payments import CreditError
from upheld.core.credits.statements import credit_statement
from upheld.core.money import Money
from upheld.core.plan.model.terms import Terms
from upheld.core.terms.successive import Agreed

NOW = at("2026-07-02T00:00:00Z")
FEE = Money(Decimal(12_000), "USD")
TABLE = {"< 4%": 0, ">= 4% and < 6%": "10%", ">= 6% and < 50%": "15%", ">= 50%": "150%"}
YES, NO = LineDecision(agrees=True), LineDecision(agrees=False, reason="The firewall blocked the answer.")
AGREED = Agreed(
    starts_on=dt.date(2026, 1, 1), ends_on=None, rules=Terms.model_validate({"length": "1 year"}), zone="UTC"
)


def warranty(**keys):
    data = {"per": "quarter", "of": "violation_share", "table": TABLE, "cap": "100%",
            "claim": {"must_state": ["date", "time", "duration"]}, **keys}  # fmt: skip
    return plan(credits={"warranty": data})


def statement(observations, **keys):
    made = warranty(**keys)
    found = credit_statement(made.credits["warranty"], made, ACME, observations, NOW)
    return made.credits["warranty"], found.periods[0]


def decided(
    observations, decisions, *, lines=None, agreed=AGREED, fee_per="quarter", at_="2026-07-10T12:00:00Z", **keys
):
    scheme, period = statement(observations, **keys)
    inspected = inspect(draft(period, "UTC") if lines is None else lines, period, "UTC")
    return decide(
        scheme, period, inspected, dict(enumerate(decisions)), fee=FEE, circumstances=Circumstances(tier="gold"),
        agreed=AGREED, fee_per=fee_per, decided_at=at(at_),
    )  # fmt: skip


@pytest.mark.requirement_part("CEL-13")
def test_a_draft_states_date_time_and_duration_of_each_violation():
    late = [
        seen(verdict="breached", ticket="T-2", opened=at("2026-05-05T10:00:00Z")),
        seen(verdict="breached", ticket="T-1", spent=6 * HOUR),
        seen(verdict="met", ticket="T-3"),
    ]
    _, period = statement(late)
    lines = draft(period, "Europe/Zurich")
    assert [(each.key.ticket, str(each.date), str(each.time), each.duration) for each in lines] == [
        ("T-1", "2026-05-04", "16:00:00", 2 * HOUR),
        ("T-2", "2026-05-05", "16:00:00", HOUR),
    ]
    assert as_text(lines, "Europe/Zurich")[0] == "T-1 first_response: 2026-05-04 16:00 (Europe/Zurich), late by 2h"


def test_what_the_evidence_cannot_state_the_customer_writes():
    claim = warranty(claim={"must_state": ["date", "description"]}).credits["warranty"].claim
    line = ClaimLine(key=ClockKey("T-1", "first_response", 1), date=dt.date(2026, 5, 4))
    assert line.lacks(claim) == ("description",)
    assert ClaimLine(key=line.key, date=line.date, more={"description": "no answer"}).lacks(claim) == ()


def test_each_line_is_held_against_the_evidence():
    _, period = statement(many(met=3, breached=1))
    (mine,) = draft(period, "UTC")
    other = ClaimLine(key=mine.key, date=mine.date, time=mine.time, duration=1)
    met = ClaimLine(key=ClockKey("T-1", "first_response", 1))
    unknown = ClaimLine(key=ClockKey("X-9", "first_response", 1))
    found = inspect([other, mine, met, unknown], period, "UTC")
    assert [(each.proposed, each.because.code, each.differs) for each in found] == [
        ("agreed", "standing.breached", ("duration",)),
        ("disputed", "claim.line_twice", ()),
        ("disputed", "standing.met", ()),
        ("disputed", "claim.line_unknown", ()),
    ]


@pytest.mark.requirement_part("CEL-13")
def test_agreed_lines_alone_are_violations_and_the_events_stay():
    found = decided(many(met=95, breached=5), [YES] * 4 + [NO])
    assert (found.result.number, found.result.violations, found.result.events) == (4, 4, 100)
    assert found.amount == Money(Decimal(1_200), "USD")
    assert len(found.agreed) == 4
    assert [key.ticket for key in found.disputed] == ["T-4"]


def test_a_claim_that_falls_under_the_first_paying_row_gives_nothing():
    found = decided(many(met=95, breached=5), [YES] * 3 + [NO] * 2)
    assert (found.amount, found.applied_on, found.result.reason.code) == (None, None, "credit.row_pays_nothing")


@pytest.mark.requirement_part("CEL-13")
@pytest.mark.parametrize("cap", [["100%"], []], ids=["a limit in the plan", "none in the plan"])
def test_a_credit_never_exceeds_the_fee_of_its_period(cap):
    assert decided(many(breached=2), [YES, YES], cap=cap).amount == FEE


@pytest.mark.requirement_part("CEL-13")
@pytest.mark.parametrize(
    ("keys", "applied"),
    [
        pytest.param({}, "2026-10-01", id="the next quarter"),
        pytest.param({"fee_per": "month"}, "2026-08-01", id="the next month"),
        pytest.param({"at_": "2026-10-01T00:00:00Z"}, "2027-01-01", id="decided on the first day of a cycle"),
        pytest.param({"applied": "renewal"}, "2027-01-01", id="the next term"),
        pytest.param({"applied": "at_once"}, "2026-07-10", id="at once"),
    ],
)
def test_it_is_applied_after_the_decision_never_backwards(keys, applied):
    assert decided(many(breached=2), [YES, YES], **keys).applied_on == dt.date.fromisoformat(applied)


@pytest.mark.parametrize(
    ("decisions", "lines", "code"),
    [
        pytest.param([YES], None, "claim.line_undecided", id="a line left out"),
        pytest.param([YES, LineDecision(agrees=False)], None, "claim.dispute_without_reason", id="no reason"),
        pytest.param([YES, YES], ["T-0", "X-9"], "claim.agreed_unknown", id="not in the evidence"),
        pytest.param([YES, YES], ["T-0", "T-0"], "claim.agreed_twice", id="twice"),
    ],
)
def test_what_cannot_be_decided(decisions, lines, code):
    made = lines and [ClaimLine(key=ClockKey(ticket, "first_response", 1)) for ticket in lines]
    with pytest.raises(CreditError) as refused:
        decided(many(breached=2), decisions, lines=made)
    assert refused.value.code == code
