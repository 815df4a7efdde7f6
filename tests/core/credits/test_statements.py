"""
Credit statements: each clock once, in its period, with its reason; figures that are those of the listed clocks.
"""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_clocks import HOUR, NOW, at, excluded, many, plan, promise, seen
from upheld.core.compliance.scopes import Part, Scope
from upheld.core.compliance.tallies import tally
from upheld.core.credits.credit import Circumstances
from upheld.core.credits.payments import CreditError
from upheld.core.credits.statements import ContractDates, credit_statement
from upheld.core.money import Money
from upheld.core.periods import Period
from upheld.core.plan.contract import Contract
from upheld.core.plan.model.compliance import CreditScheme
from upheld.core.reckoning_periods import ReckoningError

PAYING = Contract(
    customer="acme", tier="gold", contract="A-1", zone="America/Los_Angeles", fee=Money(Decimal(1000), "USD")
)
TABLE = {"< 4%": "0%", ">= 4%": "10%"}
AUTUMN, WINTER, SPRING = (at(f"{day}T20:00:00Z") for day in ("2025-11-05", "2026-02-04", "2026-05-04"))


def usd(amount):
    return Money(Decimal(str(amount)), "USD")


def scheme(**keys):
    return CreditScheme.model_validate({"per": "quarter", "of": "violation_share", "table": TABLE, **keys})


def stated(observations, *, written=None, small=None, contract=PAYING, now=NOW, **keys):
    return credit_statement(written or scheme(), small or plan(), contract, observations, now, **keys)


def of(observations):
    return [one._replace(contract=PAYING) for one in observations]


def test_each_quarter_has_its_clocks_and_its_credit():
    rows = of([*many(met=9, breached=1, opened=AUTUMN), *many(met=30, breached=1, opened=SPRING)])
    found = stated(rows)
    assert [(one.period.label, one.tally.events, one.result.amount) for one in found.periods] == [
        ("2025-Q4", 10, usd(100)),
        ("2026-Q1", 0, usd(0)),
        ("2026-Q2", 31, usd(0)),
    ]
    assert found.periods[1].result.reason.code == "credit.no_events"
    assert found.periods[2].result.reason.code == "credit.row_pays_nothing"
    assert (found.zone, found.without_period) == ("America/Los_Angeles", ())


def test_evidence_names_each_violation_with_its_times():
    rows = of([
        seen(verdict="breached", spent=6 * HOUR, ticket="T-late"),
        seen(verdict="met", ticket="T-met"),
        seen(verdict="breached", exclusion=excluded("customer_acts"), ticket="T-excluded"),
        seen(verdict="breached", promise=promise(severity="low"), ticket="T-low"),
    ])  # fmt: skip
    (period,) = stated(rows, written=scheme(severities=["high"])).periods
    assert [(one.ticket, one.standing.code, one.standing.params) for one in period.evidence] == [
        ("T-late", "standing.breached", {}),
        ("T-met", "standing.met", {}),
        ("T-excluded", "standing.excluded", {"cause": "customer_acts"}),
        ("T-low", "standing.severity_not_in_scope", {"severity": "low"}),
    ]
    (late,) = period.violations
    assert (late.ticket, late.metric, late.cycle) == ("T-late", "first_response", 1)
    assert (late.due_at, late.stopped_at, late.late_by) == (
        rows[0].clock.due_at,
        rows[0].clock.stopped_at,
        2 * HOUR,
    )
    assert (late.spent, late.allowed, late.severity) == (6 * HOUR, 4 * HOUR, "high")


@pytest.mark.requirement_part("CEL-12")
def test_events_after_the_quarters_end_count_for_the_quarter_of_the_opening():
    opened = at("2026-06-30T23:00:00-07:00")
    rows = of([seen(verdict="breached", opened=opened, spent=40 * 24 * HOUR)])
    (period,) = stated(rows, now=at("2026-09-01T00:00:00Z")).periods
    assert (period.period.label, period.tally.breached, period.result.amount) == ("2026-Q2", 1, usd(100))


def test_the_zone_that_cuts_is_the_schemes():
    opened = at("2026-07-01T01:00:00Z")
    rows = of([seen(verdict="met", opened=opened)])
    labels = {
        zone: stated(rows, written=scheme(zone=zone)).periods[0].period.label
        for zone in ("contract", "customer", "UTC", "America/Los_Angeles")
    }
    assert labels == {"contract": "2026-Q2", "customer": "2026-Q2", "UTC": "2026-Q3", "America/Los_Angeles": "2026-Q2"}


def test_clocks_without_a_period_are_listed_beside():
    rows = of([seen(verdict="pending", ticket="T-open"), seen(verdict="met", ticket="T-met")])
    found = stated(rows, written=scheme(belongs_by="ended"))
    assert [one.ticket for one in found.without_period] == ["T-open"]
    assert [one.ticket for period in found.periods for one in period.evidence] == ["T-met"]


def test_asked_periods_are_listed_also_when_empty_and_no_others():
    rows = of(many(met=1, opened=AUTUMN))
    asked = Period(at("2026-01-01T08:00:00Z"), at("2026-07-01T07:00:00Z"))
    found = stated(rows, over=asked)
    assert [(one.period.label, one.tally.total) for one in found.periods] == [("2026-Q1", 0), ("2026-Q2", 0)]
    assert stated([]).periods == ()


def test_another_contracts_clock_is_refused():
    with pytest.raises(CreditError) as caught:
        stated([seen(contract=Contract(customer="bolt", tier="gold", contract="B-1"), ticket="T-7")])
    assert (caught.value.code, caught.value.params) == ("credit.foreign_clock", {"ticket": "T-7", "contract": "A-1"})


def test_a_promise_decides_whether_a_credit_is_due():
    small = plan(
        compliance={"in_time": {"metrics": "first_response", "per": "quarter", "stages": [{"at_least": "90%"}]}}
    )
    written = scheme(compliance="in_time", table={">= 0%": "10%"})
    rows = of([*many(met=9, breached=1, opened=WINTER), *many(met=8, breached=2, opened=SPRING)])
    kept, broken = stated(rows, written=written, small=small).periods
    assert (kept.promise.outcome, kept.result.reason.code) == ("kept", "credit.promise_kept")
    assert (broken.promise.outcome, broken.result.amount) == ("broken", usd(100))
    with pytest.raises(CreditError) as caught:
        stated(rows, written=written)
    assert caught.value.code == "credit.promise_missing"


def test_a_cap_over_the_year_remembers():
    written = scheme(table={">= 0%": "10%"}, cap=[{"pays": "USD 150.00", "over": "year"}, {"pays": "100%"}])
    rows = of([one for day in (WINTER, SPRING, AUTUMN) for one in many(breached=1, opened=day)])
    later = of(many(breached=1, opened=at("2026-08-05T20:00:00Z")))
    found = stated([*rows, *later], written=written, now=at("2026-10-02T00:00:00Z"))
    assert [(one.period.label, one.result.amount) for one in found.periods] == [
        ("2025-Q4", usd(100)),
        ("2026-Q1", usd(100)),
        ("2026-Q2", usd(50)),
        ("2026-Q3", usd(0)),
    ]
    assert found.periods[-1].result.reason.code == "credit.nothing_left"
    given = stated(rows, written=written, circumstances=Circumstances(already={0: usd(120)}))
    assert [one.result.amount for one in given.periods] == [usd(30), usd(30), usd(0)]


def test_causes_are_the_tickets():
    written = scheme(of="violations", table=(), each={"unit": "violation", "pays": "USD 5.00"}, one_per_cause=True)
    rows = of([seen(verdict="breached", ticket="T-1"), seen(verdict="breached", metric="resolution", ticket="T-1")])
    (period,) = stated(rows, written=written).periods
    assert (period.result.violations, period.result.amount) == (1, usd(5))


def test_days_are_those_of_the_period():
    (period,) = stated(of(many(breached=1)), written=scheme(table={">= 0%": "9.1 days"})).periods
    assert period.result.amount == usd(100)


PARTS = {
    "whole": ("whole", 2, usd(100), None),
    "subscription days": ("subscription_days", 1, usd(100), None),
    "none": ("none", 2, usd(0), "credit.partial_period"),
}


@pytest.mark.parametrize(("partial", "events", "amount", "reason"), PARTS.values(), ids=PARTS)
def test_a_period_that_the_contract_covers_in_part(partial, events, amount, reason):
    written = scheme(per={"each": "quarter", "partial": partial}, table={">= 0%": "10%"})
    rows = of([seen(verdict="breached", opened=SPRING), seen(verdict="breached", opened=at("2026-06-20T20:00:00Z"))])
    (period,) = stated(rows, written=written, dates=ContractDates(first=dt.date(2026, 6, 1))).periods
    assert (period.tally.events, period.result.amount) == (events, amount)
    assert (period.result.reason.code if period.result.reason else None) == reason
    ended = stated(rows, written=written, dates=ContractDates(last=dt.date(2026, 6, 1))).periods[0]
    assert (ended.tally.events, ended.result.amount) == (events, amount)


def test_a_rolling_period_is_the_last_one():
    written = scheme(per={"each": "rolling", "length": "30d"})
    rows = of([*many(breached=1, opened=WINTER), *many(breached=1, opened=at("2026-06-20T20:00:00Z"))])
    found = stated(rows, written=written)
    assert [one.tally.total for one in found.periods] == [1]
    assert [one.opened_at for one in found.without_period] == [WINTER]


def test_periods_of_the_contract_need_its_start():
    written = scheme(per={"each": "quarter", "starts": "contract"})
    with pytest.raises(ReckoningError) as caught:
        stated(of(many(met=1)), written=written)
    assert caught.value.code == "reckoning.no_contract_start"
    (period,) = stated(of(many(met=1)), written=written, dates=ContractDates(first=dt.date(2026, 2, 15))).periods
    assert period.period.label == "2026-02-15 to 2026-05-14"


def test_the_customer_may_leave_after_periods_in_a_row():
    written = scheme(ends_contract=">= 4%", ends_contract_after=2)
    late, fine = many(breached=1, opened=WINTER), many(met=1, opened=WINTER)
    both = [*late, *many(breached=1, opened=SPRING)]
    assert stated(of(both), written=written).may_end_contract
    assert not stated(of([*fine, *many(breached=1, opened=SPRING)]), written=written).may_end_contract
    apart = [*many(breached=1, opened=AUTUMN), *fine, *many(breached=1, opened=SPRING)]
    assert not stated(of(apart), written=written).may_end_contract


def test_pending_clocks_keep_a_period_open():
    rows = of([seen(verdict="pending", due_at=NOW), *many(met=1)])
    assert not stated(rows).periods[0].result.is_final


DAYS = st.integers(at("2025-01-01T00:00:00Z"), at("2026-06-30T00:00:00Z"))
VERDICTS = st.sampled_from(["met", "breached", "pending", "ended", "unobservable"])
ROWS = st.lists(st.builds(lambda opened, verdict: seen(opened=opened, verdict=verdict), DAYS, VERDICTS), max_size=15)


@given(ROWS, st.sampled_from(["month", "quarter", "half_year", "year", "week"]), st.sampled_from(["opened", "ended"]))
def test_each_clock_stands_exactly_once(rows, each, by):
    rows = [one._replace(ticket=f"T-{index}") for index, one in enumerate(of(rows))]
    found = stated(rows, written=scheme(per=each, belongs_by=by))
    listed = [one.ticket for period in found.periods for one in period.evidence]
    assert sorted([*listed, *(one.ticket for one in found.without_period)]) == sorted(one.ticket for one in rows)
    assert all(period.tally.total == len(period.evidence) for period in found.periods)
    whole = tally(rows, Scope(), NOW)
    if by == "opened":
        assert sum(period.tally.breached for period in found.periods) == whole.count(Part.BREACHED)
    assert all(
        one.period.last + dt.timedelta(days=1) == two.period.first for one, two in itertools.pairwise(found.periods)
    )
