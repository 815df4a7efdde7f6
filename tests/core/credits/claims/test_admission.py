"""
Whether a claim is admitted, and the rule that decided; with the worked examples by id.
"""

import datetime as dt
from decimal import Decimal

import pytest

from tests.core.made_clocks import at
from upheld import catalogues
from upheld.core.credits.claims.admission import Admitted, Claimant, Filed, Invoice, admission
from upheld.core.credits.claims.draft import ClaimLine, ClockKey
from upheld.core.credits.claims.window import claim_window
from upheld.core.money import Money
from upheld.core.plan.contract import Contract
from upheld.core.plan.loading import load
from upheld.core.plan.support_hours import SupportHours
from upheld.core.reckoning_periods import period_of

CELIGO = load(catalogues.read("celigo"), "celigo.yaml").plan
WARRANTY = CELIGO.credits["warranty"]
FEE = Money(Decimal(12_000), "USD")
BUSINESS = SupportHours(CELIGO, dt.date(2026, 1, 1), dt.date(2026, 12, 31)).calendar(
    "business_days", Contract(customer="acme", tier="preferred")
)
QUARTER = period_of(WARRANTY.per, WARRANTY.zone, at("2026-05-04T10:00:00Z"))
WINDOW = claim_window(WARRANTY.claim, QUARTER.span.end, WARRANTY.zone, BUSINESS)
KEY = ClockKey("T-1", "first_response", 1)
LINE = ClaimLine(key=KEY, date=dt.date(2026, 5, 4), time=dt.time(14), duration=3600)
IN_TIME = at("2026-07-06T16:00:00Z")
LAST_SECOND = at("2026-07-09T06:59:59Z")
TOO_LATE = at("2026-07-09T07:00:00Z")


def judged(scheme=WARRANTY, *, tier="preferred", fee=FEE, received=IN_TIME, now=None, invoices=(), **filed):
    claim = Filed(
        received_at=received,
        period_ended_at=QUARTER.span.end,
        **{"in_writing": True, "lines": (LINE,), **filed},
    )
    claimant = Claimant(tier=tier, fee=fee, invoices=invoices, zone=WARRANTY.zone)
    found = admission(scheme, claimant, claim, WINDOW, now if now is not None else received)
    return found.outcome, found.rule.code, found.place


def scheme(**claim):
    return WARRANTY.model_copy(update={"claim": WARRANTY.claim.model_copy(update=claim)})


OVERDUE = Invoice(number="2026-17", due_on=dt.date(2026, 6, 30))
PAID = Invoice(number="2026-17", due_on=dt.date(2026, 6, 30), paid_at=at("2026-07-07T10:00:00Z"))
PAID_LATE = Invoice(number="2026-17", due_on=dt.date(2026, 6, 30), paid_at=at("2026-07-20T10:00:00Z"))
CLAIM = "claim.paying_heals"


@pytest.mark.requirement_part("CEL-13")
@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param({}, (Admitted.ADMITTED, "claim.admitted", "claim"), id="CEL-13 in time and complete"),
        pytest.param(
            {"received": LAST_SECOND}, (Admitted.ADMITTED, "claim.admitted", "claim"), id="CEL-13-Q2 last second"
        ),
        pytest.param(
            {"received": TOO_LATE}, (Admitted.FORFEITED, "claim.forfeited", "claim.within"), id="CEL-13-Q2 too late"
        ),
        pytest.param(
            {"tier": "essential"}, (Admitted.REFUSED, "claim.tier_excluded", "tiers"), id="CEL-13-tier essential"
        ),
        pytest.param({"fee": None}, (Admitted.REFUSED, "claim.no_fee", "share_of"), id="CEL-13 no fee"),
        pytest.param(
            {"fee": Money(Decimal(0), "USD")}, (Admitted.REFUSED, "claim.no_fee", "share_of"), id="CEL-13 a fee of 0"
        ),
        pytest.param(
            {"in_writing": False}, (Admitted.REFUSED, "claim.not_in_writing", "claim.in_writing"), id="by telephone"
        ),
        pytest.param(
            {"received": at("2026-06-30T12:00:00Z")},
            (Admitted.REFUSED, "claim.too_early", "claim.counted_from"),
            id="before the quarter is over",
        ),
        pytest.param({"earlier": 1}, (Admitted.REFUSED, "claim.one_too_many", "claim.at_most"), id="a second claim"),
        pytest.param(
            {"lines": ()}, (Admitted.REFUSED, "claim.names_no_violation", "claim.must_state"), id="no violation named"
        ),
        pytest.param(
            {"lines": (LINE, ClaimLine(key=KEY, date=dt.date(2026, 5, 4)))},
            (Admitted.WAITS, "claim.incomplete", "claim.must_state"),
            id="incomplete while the window is open",
        ),
        pytest.param(
            {"lines": (ClaimLine(key=KEY),), "now": TOO_LATE},
            (Admitted.REFUSED, "claim.incomplete", "claim.must_state"),
            id="incomplete when it has closed",
        ),
        pytest.param(
            {"invoices": (OVERDUE,)}, (Admitted.WAITS, "claim.overdue_can_heal", CLAIM), id="CEL-13-pay overdue"
        ),
        pytest.param(
            {"invoices": (PAID,), "now": LAST_SECOND},
            (Admitted.ADMITTED, "claim.admitted", "claim"),
            id="CEL-13-pay paid within the window",
        ),
        pytest.param(
            {"invoices": (PAID,)},
            (Admitted.WAITS, "claim.overdue_can_heal", CLAIM),
            id="CEL-13-pay a payment to come heals nothing yet",
        ),
        pytest.param(
            {"invoices": (PAID_LATE,), "now": at("2026-07-21T10:00:00Z")},
            (Admitted.REFUSED, "claim.overdue", CLAIM),
            id="CEL-13-pay paid after the window",
        ),
        pytest.param(
            {"scheme": scheme(paying_heals=None), "invoices": (PAID,), "now": LAST_SECOND},
            (Admitted.DECIDED_BY_PERSON, "claim.healing_silent", CLAIM),
            id="CEL-13-pay the plan is silent",
        ),
        pytest.param(
            {"scheme": scheme(paying_heals=False), "invoices": (PAID,), "now": LAST_SECOND},
            (Admitted.REFUSED, "claim.overdue", "claim.current_on_payments"),
            id="CEL-13-pay paying does not heal",
        ),
        pytest.param(
            {"scheme": scheme(late="decided"), "received": TOO_LATE},
            (Admitted.DECIDED_BY_PERSON, "claim.late", "claim.late"),
            id="late, and the plan leaves it to a person",
        ),
        pytest.param(
            {"scheme": scheme(automatic=True)},
            (Admitted.REFUSED, "claim.not_needed", "claim.automatic"),
            id="no claim is needed",
        ),
    ],
)
def test_the_first_rule_that_stands_in_the_way_decides(keys, expected):
    assert judged(**keys) == expected


@pytest.mark.parametrize(
    ("due", "overdue"), [(dt.date(2026, 7, 5), True), (dt.date(2026, 7, 6), False), (dt.date(2026, 8, 1), False)]
)
def test_an_invoice_is_overdue_from_the_day_after_its_last_day(due, overdue):
    outcome, _, _ = judged(invoices=(Invoice(number="1", due_on=due),))
    assert (outcome is Admitted.WAITS) is overdue


def test_what_stands_in_the_way_is_named():
    claimant = Claimant(tier="preferred", fee=FEE, invoices=(OVERDUE,), zone=WARRANTY.zone)
    filed = Filed(received_at=IN_TIME, period_ended_at=QUARTER.span.end, in_writing=True, lines=(LINE,))
    found = admission(WARRANTY, claimant, filed, WINDOW, IN_TIME)
    assert found.rule.params == {"invoices": ["2026-17"]}
    assert found.window == WINDOW
