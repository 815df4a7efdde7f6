"""
Change of tier: money to the coin, allowances kept, and what plans forbid.
"""

import datetime as dt
from decimal import Decimal

import pytest

from tests.core.clocks.tickets import document
from tests.core.terms.test_successive import day
from upheld.core.money import Money
from upheld.core.plan.model import Plan
from upheld.core.terms.proration import fee_for, fee_period, prorated
from upheld.core.terms.successive import Agreed, TermError
from upheld.core.terms.tier_change import Lot, tier_change

TRAINING = {"name": "Training", "tiers": ["advisor", "alliance"], "gives": "3h", "every": "half_year",
            "anchored": "contract", "valid_for": "6 months"}  # fmt: skip
WORKSHOP = {"name": "Workshop", "tiers": "alliance", "gives": 1, "every": {"each": "year", "starts": "contract"}}


def chf(text):
    return Money(Decimal(text), "CHF")


def plan(**terms):
    data = document(targets={"first_response": "4h"})
    tier = next(iter(data["tiers"].values()))
    data["tiers"] = {
        "essential": {**tier, "fee": "CHF 1,200"},
        "advisor": {**tier, "fee": "CHF 2,400"},
        "alliance": {**tier, "fee": "CHF 4,800"},
    }
    data["allowances"] = {"training": TRAINING, "workshop": WORKSHOP}
    data["terms"] = {"length": "1 year", "notice": "1 month", **terms}
    return Plan.model_validate(data)


def change(before, after, on, *, starts="2026-01-31", fee="600", lots=(), new_fee=None, cancelled=None, **terms):
    made = plan(**terms)
    agreed = Agreed(
        starts_on=day(starts),
        ends_on=None,
        rules=made.terms,
        zone="Europe/Brussels",
        cancelled_to=day(cancelled) if cancelled else None,
    )
    known = {"fee": chf(fee) if fee else None, "new_fee": chf(new_fee) if new_fee else None}
    return tier_change(made, agreed, before, after, day(on), lots=lots, **known)


@pytest.mark.requirement_part("CAP-7")
@pytest.mark.parametrize("case", [pytest.param(None, id="CAP-7-a")])
def test_a_training_hour_stays_a_workshop_is_granted_and_no_sum_is_invented(case):
    held = Lot(allowance="training", granted_on=day("2026-01-31"), left="1h", lapses_on=day("2026-07-31"))
    found = change("advisor", "alliance", "2026-04-15", lots=[held])
    assert found.is_upgrade
    assert found.open_tickets_move
    training, workshop = found.allowances
    assert (training.kind, training.lots) == ("same", (held,))
    assert (workshop.kind, workshop.counts_from, workshop.after.count) == ("gained", day("2026-04-15"), 1)
    assert (found.fees.rule, found.fees.lines, found.fees.due) == ("undefined", (), None)
    assert (found.fees.before, found.fees.after) == (chf("600"), chf("1200"))


def lines(found):
    return [(each.kind, each.part.days, each.part.of_days, each.amount.amount) for each in found.fees.lines]


def test_a_prorated_upgrade_credits_the_rest_of_the_old_fee_and_charges_the_new():
    # The second quarter from 31 January begins on 30 April and has 92 days; from 16 June 45 of them are left.
    found = change("advisor", "alliance", "2026-06-16", tier_change_fee="prorated")
    assert lines(found) == [("credit", 45, 92, Decimal("-293.48")), ("charge", 45, 92, Decimal("586.96"))]
    assert found.fees.due == chf("293.48")


def test_a_period_that_starts_anew_is_charged_whole():
    found = change("advisor", "alliance", "2026-06-16", tier_change_fee="prorated", tier_change_restarts=True)
    assert lines(found) == [("credit", 45, 92, Decimal("-293.48")), ("charge", 92, 92, Decimal("1200.00"))]


def test_full_charges_the_new_fee_and_gives_nothing_back():
    found = change("advisor", "alliance", "2026-06-16", tier_change_fee="full")
    assert lines(found) == [("charge", 92, 92, Decimal("1200.00"))]


def test_next_term_changes_the_fee_with_the_next_term():
    found = change("advisor", "alliance", "2026-06-16", tier_change_fee="next_term")
    assert (found.fees.counts_from, found.fees.lines, found.fees.due) == (day("2027-01-31"), (), None)


def test_a_downgrade_gives_back_and_takes_no_grant_away():
    held = Lot(allowance="training", granted_on=day("2026-01-31"), left="3h", lapses_on=day("2026-07-31"))
    found = change("advisor", "essential", "2026-06-16", tier_change_fee="prorated", lots=[held])
    assert found.fees.due == chf("-146.74")
    assert not found.is_upgrade
    assert [(each.allowance, each.kind, each.lots) for each in found.allowances] == [("training", "lost", (held,))]


def test_a_fee_that_is_not_known_is_said_to_be_so():
    assert change("advisor", "alliance", "2026-06-16", tier_change_fee="prorated", fee=None).fees.rule == "unknown"
    agreed_on = change("advisor", "alliance", "2026-06-16", tier_change_fee="full", new_fee="999.95")
    assert agreed_on.fees.due == chf("999.95")


@pytest.mark.parametrize(
    ("arguments", "terms", "code", "first_day"),
    [
        (("advisor", "essential", "2026-06-16"), {"tier_change": "upgrade_any_time"},
         "terms.tier_change_at_renewal", "2027-01-31"),
        (("advisor", "alliance", "2026-06-16"), {"tier_change": "at_renewal"},
         "terms.tier_change_at_renewal", "2027-01-31"),
        (("advisor", "alliance", "2026-06-16"), {"tier_change": "at_renewal", "renews": "not"},
         "terms.tier_change_no_renewal", None),
        (("advisor", "alliance", "2026-06-16"), {"tier_change": "never"}, "terms.tier_change_never", None),
        (("advisor", "gold", "2026-06-16"), {}, "terms.unknown_tier", None),
        (("advisor", "advisor", "2026-06-16"), {}, "terms.same_tier", None),
        (("advisor", "alliance", "2025-06-15"), {}, "terms.outside_contract", None),
        (("advisor", "alliance", "2028-06-15"), {"renews": "not"}, "terms.outside_contract", None),
    ],
)  # fmt: skip
def test_what_is_refused(arguments, terms, code, first_day):
    with pytest.raises(TermError) as refused:
        change(*arguments, **terms)
    assert refused.value.code == code
    assert refused.value.params.get("first_day") == first_day


def test_a_downgrade_is_possible_on_the_first_day_of_a_term():
    found = change("advisor", "essential", "2027-01-31", tier_change="upgrade_any_time", tier_change_fee="next_term")
    assert found.fees.counts_from == day("2027-01-31")


def test_periods_of_a_fee_begin_on_the_contracts_day():
    found = fee_period("month", day("2026-01-31"), day("2026-03-01"), "Europe/Brussels")
    assert (found.first, found.last) == (day("2026-02-28"), day("2026-03-30"))
    with pytest.raises(TermError) as refused:
        fee_period("fortnight", day("2026-01-31"), day("2026-03-01"), "Europe/Brussels")
    assert refused.value.code == "terms.unknown_fee_period"


@pytest.mark.parametrize(
    ("fee", "since", "days", "amount"),
    [
        ("CHF 100.00", "2024-02-01", 29, "100.00"),
        ("CHF 100.00", "2024-02-29", 1, "3.45"),
        ("CHF 0.01", "2024-02-15", 15, "0.01"),
        ("JPY 1000", "2024-02-16", 14, "483"),
        ("KWD 10.000", "2024-02-28", 2, "0.690"),
    ],
)
def test_a_part_is_rounded_once_half_up_to_the_smallest_coin(fee, since, days, amount):
    currency, number = fee.split()
    found = prorated(Money(Decimal(number), currency), day("2024-02-01"), day("2024-02-29"), since=day(since))
    assert (found.days, found.of_days, found.amount) == (days, 29, Money(Decimal(amount), currency))


def test_a_day_outside_the_period_is_refused():
    with pytest.raises(TermError) as refused:
        prorated(chf("1"), day("2024-02-01"), day("2024-02-29"), since=dt.date(2024, 3, 1))
    assert refused.value.code == "terms.day_outside_period"


def test_a_list_price_for_a_term_becomes_the_fee_of_a_period():
    assert fee_for("quarter", chf("1000"), 12) == chf("250")
    assert fee_for("month", chf("1000"), 12) == chf("83.33")
    assert fee_for("quarter", None, 12) is None
    assert fee_for("quarter", chf("1000"), None) is None
