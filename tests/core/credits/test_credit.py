"""
The credit of one period: the worked table, its edges, money to the smallest coin, limits, and reasons for nothing.
"""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_clocks import NOW, many, seen
from upheld import catalogues
from upheld.core.compliance.scopes import BREACHED, MET, Scope
from upheld.core.compliance.stages import Outcome
from upheld.core.compliance.tallies import Tally, tally
from upheld.core.credits.credit import Circumstances, credit
from upheld.core.credits.payments import CreditError
from upheld.core.errors import UpheldError
from upheld.core.money import Money, MoneyError
from upheld.core.plan.loading import load
from upheld.core.plan.model.bands import parse_band
from upheld.core.plan.model.compliance import CreditScheme
from upheld.wording import messages, say

CELIGO = load(catalogues.read("celigo"), "celigo.yaml").plan
WARRANTY = next(iter(CELIGO.credits.values()))


def usd(amount):
    return Money(Decimal(str(amount)), "USD")


def counted(violations, events):
    return Tally({BREACHED: violations, MET: events - violations})


def scheme(**keys):
    return CreditScheme.model_validate({"per": "quarter", "of": "violation_share", **keys})


def words(result):
    steps = [*result.steps, *([result.reason] if result.reason else [])]
    return " ".join(say(step.code, step.params) for step in steps)


EDGES = {
    "0 of 1000": (0, 1000, 0, 0),
    "39 of 1000": (39, 1000, 0, 0),
    "3999999 of 10^8": (3_999_999, 10**8, 0, 0),
    "exactly 4%": (40, 1000, 1, 1200),
    "just under 6%": (59_999, 10**6, 1, 1200),
    "exactly 6%": (60, 1000, 2, 1800),
    "exactly 8%": (80, 1000, 3, 2400),
    "just under 10%": (99_999, 10**6, 3, 2400),
    "exactly 10%": (100, 1000, 4, 3000),
    "exactly 10.1%": (101, 1000, 4, 3000),
    "just above 10.1%": (10_100_001, 10**8, 5, 3600),
    "all": (1, 1, 5, 3600),
}


@pytest.mark.parametrize(("violations", "events", "row", "amount"), EDGES.values(), ids=EDGES)
def test_edges_of_the_table(violations, events, row, amount):
    found = credit(WARRANTY, counted(violations, events), usd(12000))
    assert (found.row, found.amount) == (row, usd(amount))
    shown = re.search(r"= ([\d.]+) %\.", words(found))[1]
    assert Fraction(shown) in WARRANTY.table[row].band, "the number as printed lies in the row that applied"


FIVE_AND_A_HALF = "11 violations of 200 events = 5.5 %. 5.5 % falls under >= 4% and < 6% (row 2). "
SENTENCES = {
    "CEL-12-1": (
        counted(39, 977),
        usd(12000),
        (
            "39 violations of 977 events = 3.991812 %. 3.991812 % falls under < 4% (row 1). "
            "0 % of USD 12,000.00 = USD 0.00. The row that applies gives no credit."
        ),
    ),
    "CEL-12-3": (counted(11, 200), usd(12000), f"{FIVE_AND_A_HALF}10 % of USD 12,000.00 = USD 1,200.00."),
    "no fee": (
        counted(11, 200),
        None,
        f"{FIVE_AND_A_HALF}No credit: it would be a part of the fee, and the contract has none.",
    ),
    "no events": (counted(0, 0), usd(12000), "No events: no credit."),
}


@pytest.mark.parametrize(("found", "fee", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_the_reckoning_in_words(found, fee, sentence):
    assert words(credit(WARRANTY, found, fee)) == sentence


COINS = {
    "USD rounds half up to the cent": (usd("333.35"), "10%", usd("33.34")),
    "BI-MN-006 JPY has none": (Money(Decimal(12345), "JPY"), "10%", Money(Decimal(1235), "JPY")),
    "BI-MN-006 KWD has three digits": (Money(Decimal("10.005"), "KWD"), "10%", Money(Decimal("1.001"), "KWD")),
    "BI-MN-001 a third of a cent": (usd("0.03"), "11%", usd("0.00")),
    "BI-MN-001 a share without an end": (usd("0.30"), "33.333333333333%", usd("0.10")),
    "BI-MN-001 ten to the twelfth": (usd(10**12), "0.0000000001%", usd(1)),
}


@pytest.mark.parametrize(("fee", "share", "amount"), COINS.values(), ids=COINS)
def test_money_is_exact_to_the_smallest_coin(fee, share, amount):
    found = credit(scheme(table={">= 0%": share}), counted(1, 2), fee)
    assert found.amount == amount
    assert str(found.amount) == str(amount)


PAID = {
    "a sum": ({"table": {">= 0%": "USD 150.00"}}, usd(150), None),
    "days of the fee": ({"table": {">= 0%": "3 days"}}, usd("36.00"), 3),
    "share of the service fee": ({"table": {">= 0%": "10%"}, "share_of": "service_fee"}, usd(50), None),
    "share of the contract's value": ({"table": {">= 0%": "1%"}, "share_of": "contract_value"}, usd(48), None),
    "ten times the fee for the time lost": ({"table": {">= 0%": "10x"}}, usd(70), None),
    "each violation a share": ({"of": "violations", "each": {"unit": "violation", "pays": "10%"}}, usd(324), None),
    "each violation a sum": ({"of": "violations", "each": {"unit": "violation", "pays": "USD 5.00"}}, usd(15), None),
    "each violation beyond two": (
        {"of": "violations", "each": {"unit": "violation", "beyond": "2", "pays": "USD 5.00"}},
        usd(5),
        None,
    ),
    "each violation a day": ({"of": "violations", "each": {"unit": "violation", "pays": "1 day"}}, usd(36), 3),
    "by number": ({"of": "violations", "table": {"<= 2": "0%", "> 2": "10%"}}, usd(108), None),
    "one for each cause": (
        {"of": "violations", "one_per_cause": True, "each": {"unit": "violation", "pays": "USD 5.00"}},
        usd(10),
        None,
    ),
    "by compliance": ({"of": "compliance", "table": {"< 95%": "20%", ">= 95%": "0%"}}, usd(216), None),
    "each percent point under a share": (
        {"of": "compliance", "each": {"unit": "percent_point", "beyond": "95%", "pays": "1%"}},
        usd("108.00"),
        None,
    ),
    "each percent point over a share": (
        {"each": {"unit": "percent_point", "beyond": "5.5%", "pays": "1%"}},
        usd("97.20"),
        None,
    ),
}
PERIOD = Circumstances(
    others={"service_fee": usd(500), "contract_value": usd(4800), "downtime_fee": usd(7)}, days_in_period=90, causes=2
)


@pytest.mark.parametrize(("keys", "amount", "days"), PAID.values(), ids=PAID)
def test_what_is_paid(keys, amount, days):
    """Three violations of twenty (15%), a fee of 1,080.00 over 90 days."""
    found = credit(scheme(**keys), counted(3, 20), usd(1080), PERIOD)
    assert (found.amount, found.days, found.reason) == (amount, days, None)
    assert "credit." not in words(found)


def test_days_without_a_fee_are_days():
    found = credit(scheme(table={">= 0%": "3 days"}), counted(1, 2), None, PERIOD)
    assert (found.amount, found.days, found.is_owed) == (None, 3, True)


CAPS = {
    "BI-MN-007 more than the fee": ("100%", "150%", usd(1080), None),
    "under the cap": ("50%", "30%", usd(324), None),
    "at the cap": ("30%", "30%", usd(324), None),
    "a sum": ("USD 100.00", "30%", usd(100), None),
    "days of the fee": ("15 days", "30%", usd(180), None),
    "several, the lowest holds": (["100%", "20%", "USD 500.00"], "30%", usd(216), None),
    "several, the last is lowest": (["100%", "20%", "USD 10.00"], "30%", usd(10), None),
    "over the year": ({"pays": "10%", "over": "year"}, "50%", usd(432), None),
    "for each violation": ({"pays": "USD 7.00", "over": "violation"}, "50%", usd(21), None),
    "days of service": ("15 days", "20 days", usd(180), 15),
    "days of service under a share": ("10%", "20 days", usd(108), 9),
}


@pytest.mark.parametrize(("cap", "pays", "amount", "days"), CAPS.values(), ids=CAPS)
def test_limits(cap, pays, amount, days):
    found = credit(scheme(table={">= 0%": pays}, cap=cap), counted(3, 20), usd(1080), PERIOD)
    assert (found.amount, found.days) == (amount, days)
    lines = [step for step in found.steps if step.code.startswith("credit.capped")]
    assert bool(lines) == (found.before_caps != found.amount), "a limit that takes something away is a line"
    assert "credit." not in words(found)


def test_the_cap_is_a_visible_line():
    found = credit(scheme(table={">= 0%": "150%"}, cap="100%"), counted(1, 2), usd(12000))
    assert found.before_caps == usd(18000)
    assert words(found).endswith(
        "150 % of USD 12,000.00 = USD 18,000.00. Limit 1 is USD 12,000.00: USD 18,000.00 becomes USD 12,000.00."
    )


GIVEN = {
    "half used": (usd(70), usd(30), None),
    "used up": (usd(100), usd(0), "credit.nothing_left"),
    "more than used up": (usd(110), usd(0), "credit.nothing_left"),
}


@pytest.mark.parametrize(("already", "amount", "reason"), GIVEN.values(), ids=GIVEN)
def test_a_limit_over_several_credits(already, amount, reason):
    limited = scheme(table={">= 0%": "10%"}, cap={"pays": "USD 100.00", "over": "year", "across": "contract"})
    found = credit(limited, counted(1, 2), usd(1000), Circumstances(already={0: already}))
    assert found.amount == amount
    assert (found.reason.code if found.reason else None) == reason


def test_days_without_a_fee_under_a_share_of_the_period():
    found = credit(scheme(table={">= 0%": "60 days"}, cap="50%"), counted(1, 2), None, PERIOD)
    assert (found.amount, found.days) == (None, 45)


NOTHING = {
    "CEL-13-tier": (WARRANTY, usd(1000), {"tier": "essential"}, "credit.tier_not_in_scheme"),
    "CEL-13 a tier without a fee": (WARRANTY, None, {"tier": "premier"}, "credit.no_fee"),
    "a fee of nothing": (WARRANTY, usd(0), {}, "credit.no_fee"),
    "a need that is not met": (
        scheme(table={">= 0%": "10%"}, needs={"multi_zone": True}),
        usd(1000),
        {"facts": {"multi_zone": "false"}},
        "credit.need_unmet",
    ),
    "a need that is not known": (
        scheme(table={">= 0%": "10%"}, needs={"multi_zone": True}),
        usd(1000),
        {},
        "credit.need_unmet",
    ),
    "under the minimum": (scheme(table={">= 0%": "10%"}, minimum="USD 1.00"), usd("9.90"), {}, "credit.below_minimum"),
    "a promise that was kept": (
        scheme(table={">= 0%": "10%"}, compliance="p"),
        usd(1000),
        {"promise": Outcome.KEPT},
        "credit.promise_kept",
    ),
    "a promise that was not judged": (
        scheme(table={">= 0%": "10%"}, compliance="p"),
        usd(1000),
        {"promise": Outcome.NOT_JUDGED},
        "credit.promise_not_judged",
    ),
    "a period in part": (
        scheme(table={">= 0%": "10%"}, per={"each": "month", "partial": "none"}),
        usd(1000),
        {"is_partial": True},
        "credit.partial_period",
    ),
    "too few violations": (
        scheme(of="violations", each={"unit": "violation", "beyond": "30", "pays": "10%"}),
        usd(1000),
        {},
        "credit.no_unit_reached",
    ),
    "no basis": (scheme(table={">= 0%": "10%"}, share_of="charge"), usd(1000), {}, "credit.no_fee"),
}


@pytest.mark.parametrize(("asked", "fee", "known", "reason"), NOTHING.values(), ids=NOTHING)
def test_nothing_is_owed_for_one_reason(asked, fee, known, reason):
    found = credit(asked, counted(30, 100), fee, Circumstances(**known))
    assert (found.reason.code, found.is_owed, found.days) == (reason, False, None)
    assert found.amount == (None if fee is None else usd(0))
    assert say(found.reason.code, found.reason.params) != reason
    assert "credit." not in words(found)


def test_the_minimum_itself_is_paid():
    found = credit(scheme(table={">= 0%": "10%"}, minimum="USD 1.00"), counted(1, 2), usd(10))
    assert (found.amount, found.reason) == (usd(1), None)


def test_a_broken_promise_pays():
    found = credit(
        scheme(table={">= 0%": "10%"}, compliance="p"), counted(1, 2), usd(10), Circumstances(promise=Outcome.BROKEN)
    )
    assert found.amount == usd(1)


def test_pending_clocks_keep_a_result_open():
    known = tally([*many(met=1), seen(verdict="pending", due_at=NOW)], Scope(), NOW)
    assert not credit(WARRANTY, known, usd(10)).is_final
    assert credit(WARRANTY, counted(1, 2), usd(10)).is_final


def test_the_customer_may_end_the_contract():
    leaving = scheme(table={">= 0%": "0%"}, ends_contract="> 20%")
    assert credit(leaving, counted(21, 100), usd(10)).may_end_contract
    assert not credit(leaving, counted(20, 100), usd(10)).may_end_contract
    assert not credit(leaving, counted(0, 0), usd(10)).may_end_contract


UNITS = {"unit": "hour", "pays": "10%"}
REFUSED = {
    "availability": ({"of": "availability", "table": {">= 0%": "0%"}}, {}, "credit.measure_not_computed"),
    "downtime": ({"of": "downtime", "table": {">= 0": "0%"}}, {}, "credit.measure_not_computed"),
    "a measured value": ({"of": "metric_value", "table": {">= 0": "0%"}}, {}, "credit.measure_not_computed"),
    "hours": ({"each": UNITS}, {}, "credit.unit_not_computed"),
    "percent points from nowhere": ({"each": {**UNITS, "unit": "percent_point"}}, {}, "credit.unit_not_computed"),
    "percent points of a number": (
        {"of": "violations", "each": {"unit": "percent_point", "beyond": "4%", "pays": "1%"}},
        {},
        "credit.unit_not_computed",
    ),
    "beyond no number": (
        {"each": {"unit": "percent_point", "beyond": "4h", "pays": "1%"}},
        {},
        "credit.beyond_unreadable",
    ),
    "no row": ({"table": {"< 4%": "0%"}}, {}, "credit.no_row"),
    "a row of nothing": ({"table": [{"band": ">= 0%", "pays": {}}]}, {}, "credit.pays_nothing_named"),
    "a promise nobody judged": ({"table": {">= 0%": "1%"}, "compliance": "p"}, {}, "credit.promise_missing"),
    "causes nobody counted": (
        {"of": "violations", "table": {">= 0": "1%"}, "one_per_cause": True},
        {},
        "credit.causes_missing",
    ),
    "a limit for each incident": (
        {"table": {">= 0%": "1%"}, "cap": {"pays": "1%", "over": "incident"}},
        {},
        "credit.cap_not_computed",
    ),
    "a limit of a term": (
        {"table": {">= 0%": "1%"}, "cap": {"pays": "1%", "over": "term"}},
        {},
        "credit.cap_not_computed",
    ),
    "a sum as limit of days": ({"table": {">= 0%": "9 days"}, "cap": "USD 1.00"}, {}, "credit.cap_not_computed"),
}


@pytest.mark.parametrize(("keys", "known", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(keys, known, code):
    fee = None if keys.get("cap") == "USD 1.00" else usd(10)
    with pytest.raises(UpheldError) as caught:
        credit(scheme(**keys), counted(30, 100), fee, Circumstances(**known))
    assert (caught.value.code, isinstance(caught.value, CreditError)) == (code, True)
    assert not say(code, caught.value.params).startswith(code)


def test_no_row_names_the_number():
    with pytest.raises(CreditError) as caught:
        credit(scheme(table={"< 4%": "0%"}), counted(4, 100), usd(10))
    assert caught.value.params == {"number": "4"}


MIXED = {
    "BI-MN-006 a sum": ({"table": {">= 0%": "EUR 5.00"}}, {}),
    "BI-MN-006 a limit": ({"table": {">= 0%": "10%"}, "cap": "EUR 5.00"}, {}),
    "BI-MN-006 a minimum": ({"table": {">= 0%": "10%"}, "minimum": "EUR 5.00"}, {}),
    "BI-MN-006 given before": (
        {"table": {">= 0%": "10%"}, "cap": "USD 5.00"},
        {"already": {0: Money(Decimal(1), "EUR")}},
    ),
    "BI-MN-006 another basis": (
        {"table": {">= 0%": "10%"}, "share_of": "charge"},
        {"others": {"charge": Money(Decimal(1), "EUR")}},
    ),
}


@pytest.mark.parametrize(("keys", "known"), MIXED.values(), ids=MIXED)
def test_currencies_never_mix(keys, known):
    with pytest.raises(MoneyError) as caught:
        credit(scheme(**keys), counted(1, 2), usd(1000), Circumstances(**known))
    assert caught.value.code == "money.mixed_currencies"


SHARES = st.integers(0, 20_000).map(lambda hundredths: f"{Decimal(hundredths) / 100}%")


COUNTS = st.tuples(st.integers(0, 500), st.integers(1, 500))
UNITS_OF_MONEY = st.integers(0, 10**9)


@given(UNITS_OF_MONEY, st.sampled_from(["USD", "JPY", "KWD"]), COUNTS, st.lists(SHARES, min_size=1, max_size=3), SHARES)
def test_a_credit_never_exceeds_a_cap_and_is_exact(units, currency, counts, caps, pays):
    digits = {"USD": 2, "JPY": 0, "KWD": 3}[currency]
    fee = Money(Decimal(units).scaleb(-digits), currency)
    found = credit(scheme(table={">= 0%": pays}, cap=caps), counted(counts[0], sum(counts)), fee)
    coin = Fraction(1, 10**digits)
    exact = Fraction(fee.amount) * min(map(Fraction, (text.rstrip("%") for text in (pays, *caps)))) / 100
    assert abs(Fraction(found.amount.amount) - exact) <= coin / 2
    assert all(found.amount.amount <= fee.share(Fraction(cap.rstrip("%")) / 100).amount for cap in caps)
    assert (Fraction(found.amount.amount) / coin).denominator == 1
    assert found.amount.currency == currency


@given(st.integers(0, 2_000), st.integers(1, 2_000))
def test_exactly_one_row_applies_and_it_holds_the_ratio(violations, rest):
    found = credit(WARRANTY, counted(violations, violations + rest), usd(12000))
    ratio = Fraction(violations * 100, violations + rest)
    assert [index for index, row in enumerate(WARRANTY.table) if ratio in row.band] == [found.row]
    assert ratio in parse_band(found.band)


def test_sentences_exist_for_every_code_here():
    codes = {row[3] for row in NOTHING.values()} | {row[2] for row in REFUSED.values()}
    assert codes <= set(messages())
