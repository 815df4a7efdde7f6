"""
Reckoning periods: each instant in exactly one, cut at local midnight, without drift at the ends of months.
"""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_clocks import at
from upheld.core.calendars import zones
from upheld.core.dates import months_later
from upheld.core.durations import parse_duration
from upheld.core.errors import UpheldError
from upheld.core.instants import LAST, InstantError
from upheld.core.plan.model.compliance import Period as PeriodRule
from upheld.core.reckoning_periods import period_of, reckoning

EACH = ("month", "quarter", "half_year", "year", "week")
ZONES = (
    "UTC",
    "America/Los_Angeles",
    "Europe/Zurich",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "America/Havana",
    "Africa/Casablanca",
)


def rule(each, **keys):
    return PeriodRule.model_validate({"each": each, **keys})


NAMED = {
    "month": ("month", {}, "UTC", "2026-02-28T23:59:59Z", ["2026-02", "2026-02-01", "2026-02-28"]),
    "quarter": ("quarter", {}, "UTC", "2026-07-01T00:00:00Z", ["2026-Q3", "2026-07-01", "2026-09-30"]),
    "half year": ("half_year", {}, "UTC", "2026-12-31T23:59:59Z", ["2026-H2", "2026-07-01", "2026-12-31"]),
    "year": ("year", {}, "UTC", "2024-02-29T12:00:00Z", ["2024", "2024-01-01", "2024-12-31"]),
    "BI-CD-023 ISO week 53": ("week", {}, "UTC", "2027-01-03T23:59:59Z", ["2026-W53", "2026-12-28", "2027-01-03"]),
    "week from Sunday": (
        "week",
        {"starts": "sun"},
        "UTC",
        "2026-07-04T12:00:00Z",
        ["2026-06-28 to 2026-07-04", "2026-06-28", "2026-07-04"],
    ),
    "fiscal year from February": (
        "year",
        {"starts": "02-01"},
        "UTC",
        "2026-01-31T12:00:00Z",
        ["2025-02-01 to 2026-01-31", "2025-02-01", "2026-01-31"],
    ),
    "fiscal quarter from February": (
        "quarter",
        {"starts": "02-01"},
        "UTC",
        "2026-07-01T00:00:00Z",
        ["2026-05-01 to 2026-07-31", "2026-05-01", "2026-07-31"],
    ),
    "BI-CD-011 00:30 on 1 April in Zurich is the second quarter": (
        "quarter",
        {},
        "Europe/Zurich",
        "2026-04-01T00:30:00+02:00",
        ["2026-Q2", "2026-04-01", "2026-06-30"],
    ),
    "BI-CD-011 the same instant in UTC is the first": (
        "quarter",
        {},
        "UTC",
        "2026-04-01T00:30:00+02:00",
        ["2026-Q1", "2026-01-01", "2026-03-31"],
    ),
    "BI-CD-011 23:30 on 31 March in Los Angeles is the first": (
        "quarter",
        {},
        "America/Los_Angeles",
        "2026-04-01T06:30:00Z",
        ["2026-Q1", "2026-01-01", "2026-03-31"],
    ),
    "month from the 31st": (
        "month",
        {"starts": "01-31"},
        "UTC",
        "2026-03-01T00:00:00Z",
        ["2026-02-28 to 2026-03-30", "2026-02-28", "2026-03-30"],
    ),
}


@pytest.mark.parametrize(("each", "keys", "zone", "moment", "expected"), NAMED.values(), ids=NAMED)
def test_period_of(each, keys, zone, moment, expected):
    found = period_of(rule(each, **keys), zone, at(moment))
    assert [found.label, str(found.first), str(found.last)] == expected
    assert at(moment) in found.span


def test_a_quarter_is_cut_in_its_zone_over_daylight_saving():
    quarter = period_of(rule("quarter"), "America/Los_Angeles", at("2026-03-08T12:00:00Z"))
    assert quarter.span.start == at("2026-01-01T08:00:00Z")
    assert quarter.span.end == at("2026-04-01T07:00:00Z")
    assert quarter.span.seconds == 90 * 86_400 - 3_600


CONTRACTS = {
    "BI-CD-010 from 29 February, yearly": (
        "2024-02-29",
        "year",
        None,
        [
            "2024-02-29",
            "2025-02-28",
            "2026-02-28",
            "2027-02-28",
            "2028-02-29",
            "2029-02-28",
            "2030-02-28",
            "2031-02-28",
            "2032-02-29",
            "2033-02-28",
            "2034-02-28",
        ],
    ),
    "BI-CD-010 from the 31st, monthly": (
        "2025-08-31",
        "month",
        None,
        [
            "2025-08-31",
            "2025-09-30",
            "2025-10-31",
            "2025-11-30",
            "2025-12-31",
            "2026-01-31",
            "2026-02-28",
            "2026-03-31",
        ],
    ),
    "OPI-3-4 term from 31 August": ("2025-08-31", "term", "1 year", ["2025-08-31", "2026-08-31", "2027-08-31"]),
    "OPI-3-2 term from 31 March": ("2025-03-31", "term", "12 months", ["2025-03-31", "2026-03-31", "2027-03-31"]),
    "term of days": ("2025-12-15", "term", "30d", ["2025-12-15", "2026-01-14", "2026-02-13"]),
    "term of elapsed weeks": ("2025-12-15", "term", "4 elapsed weeks", ["2025-12-15", "2026-01-12"]),
    "weeks from a Wednesday": ("2026-07-01", "week", None, ["2026-07-01", "2026-07-08"]),
}


@pytest.mark.parametrize(("start", "each", "term", "firsts"), CONTRACTS.values(), ids=CONTRACTS)
def test_periods_from_the_contracts_start(start, each, term, firsts):
    keys = {} if each == "term" else {"starts": "contract"}
    cut = reckoning(
        rule(each, **keys),
        "Europe/Zurich",
        contract_start=dt.date.fromisoformat(start),
        term=parse_duration(term) if term else None,
    )
    last = zones.resolve(zones.zone("Europe/Zurich"), dt.date.fromisoformat(firsts[-1]), 0) + 1
    found = list(cut.between(at(f"{start}T12:00:00Z"), last))
    assert [str(period.first) for period in found] == firsts
    assert all(str(one.last + dt.timedelta(days=1)) == str(two.first) for one, two in itertools.pairwise(found))


def test_instants_before_the_contracts_start_have_a_period_too():
    found = period_of(
        rule("year", starts="contract"), "UTC", at("2020-01-01T00:00:00Z"), contract_start=dt.date(2024, 2, 29)
    )
    assert (str(found.first), str(found.last)) == ("2019-02-28", "2020-02-28")


LEAPS = {
    "month end to February": ("2026-01-31", 1, "2026-02-28"),
    "month end to leap February": ("2028-01-31", 1, "2028-02-29"),
    "back over new year": ("2026-01-31", -2, "2025-11-30"),
    "leap day to a common year": ("2024-02-29", 12, "2025-02-28"),
    "leap day to a leap year": ("2024-02-29", 48, "2028-02-29"),
    "OPI-3-1 a month before the end": ("2026-03-31", -1, "2026-02-28"),
    "none": ("2026-03-31", 0, "2026-03-31"),
}


@pytest.mark.parametrize(("day", "months", "expected"), LEAPS.values(), ids=LEAPS)
def test_months_later(day, months, expected):
    assert str(months_later(dt.date.fromisoformat(day), months)) == expected


ROLLING = {
    "elapsed": ("720h elapsed", "2026-03-30T12:00:00+02:00", "2026-02-28T11:00:01+01:00"),
    "days over daylight saving": ("30d", "2026-03-30T11:59:59+02:00", "2026-02-28T12:00:00+01:00"),
    "months": ("12 months", "2026-02-28T11:59:59+01:00", "2025-02-28T12:00:00+01:00"),
    "years to a shorter month": ("1 year", "2024-02-29T11:59:59+01:00", "2023-02-28T12:00:00+01:00"),
}


@pytest.mark.parametrize(("length", "moment", "start"), ROLLING.values(), ids=ROLLING)
def test_a_rolling_period_ends_with_the_instant(length, moment, start):
    found = period_of(rule("rolling", length=length), "Europe/Zurich", at(moment))
    assert found.span.end == at(moment) + 1
    assert found.span.start == at(start)


REFUSED = {
    "for each incident": (rule("incident"), {}, "reckoning.not_a_stretch"),
    "for each violation": (rule("violation"), {}, "reckoning.not_a_stretch"),
    "no such day": (rule("year", starts="02-30"), {}, "reckoning.bad_start"),
    "no such month": (rule("year", starts="13-01"), {}, "reckoning.bad_start"),
    "words": (rule("quarter", starts="spring"), {}, "reckoning.bad_start"),
    "a week from a date": (rule("week", starts="02-01"), {}, "reckoning.bad_start"),
    "no contract start": (rule("month", starts="contract"), {}, "reckoning.no_contract_start"),
    "no contract start for weeks": (rule("week", starts="contract"), {}, "reckoning.no_contract_start"),
    "no contract start for terms": (rule("term"), {"term": parse_duration("1 year")}, "reckoning.no_contract_start"),
    "no term": (rule("term"), {"contract_start": dt.date(2026, 1, 1)}, "reckoning.no_term"),
    "a term of hours": (
        rule("term"),
        {"contract_start": dt.date(2026, 1, 1), "term": parse_duration("25h elapsed")},
        "reckoning.no_term",
    ),
}


@pytest.mark.parametrize(("period", "keys", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(period, keys, code):
    with pytest.raises(UpheldError) as caught:
        reckoning(period, "UTC", **keys)
    assert caught.value.code == code


def test_unknown_zone_is_refused():
    with pytest.raises(UpheldError) as caught:
        reckoning(rule("month"), "Mars/Olympus")
    assert caught.value.code == "calendar.unknown_zone"


@pytest.mark.parametrize("each", ["month", "week"])
def test_instants_out_of_range_are_refused(each):
    for instant in (-1, LAST + 1):
        with pytest.raises(InstantError):
            period_of(rule(each), "UTC", instant)
    assert period_of(rule(each), "Pacific/Kiritimati", LAST).span.start <= LAST


def test_rolling_periods_do_not_follow_each_other():
    with pytest.raises(UpheldError) as caught:
        list(reckoning(rule("rolling", length="30d"), "UTC").between(0, 86_400))
    assert caught.value.code == "reckoning.not_a_stretch"


def test_a_date_that_comes_twice_is_cut_at_its_first_midnight():
    """St John's went back from 00:01 on 1 November 2009 to 23:01 on 31 October."""
    cut = reckoning(rule("month"), "America/St_Johns")
    midnight = at("2009-11-01T00:00:00-02:30")
    assert cut.period_of(midnight - 1).label == "2009-10"
    assert cut.period_of(midnight).label == "2009-11"
    assert cut.period_of(at("2009-10-31T23:30:00-03:30")).label == "2009-11"


def test_a_midnight_that_does_not_come_is_cut_where_the_day_begins():
    """Sao Paulo went from 23:59:59 on 3 November 2018 to 01:00 on the 4th."""
    cut = reckoning(rule("month", starts="01-04"), "America/Sao_Paulo")
    assert cut.period_of(at("2018-11-04T01:00:00-02:00")).first == dt.date(2018, 11, 4)
    assert cut.period_of(at("2018-11-04T01:00:00-02:00") - 1).first == dt.date(2018, 10, 4)


STARTS = st.sampled_from([None, "02-01", "01-31", "02-29", "04-30", "12-31", "contract"])
INSTANTS = st.integers(0, LAST)


@given(
    st.sampled_from(EACH),
    STARTS,
    st.sampled_from(ZONES),
    st.lists(INSTANTS, min_size=1, max_size=6),
    st.dates(dt.date(2000, 1, 1), dt.date(2040, 12, 31)),
)
def test_every_instant_lies_in_exactly_one_period(each, starts, zone, instants, contract_start):
    if each == "week" and starts not in (None, "contract"):
        starts = "thu"
    cut = reckoning(rule(each, starts=starts), zone, contract_start=contract_start)
    for instant in instants:
        found = cut.period_of(instant)
        assert instant in found.span
        assert found == cut.period_of(max(0, found.span.start)) == cut.period_of(min(LAST, found.span.end - 1))
        # What the periods before and after hold begins and ends where this one does.
        if found.span.end <= LAST:
            assert cut.period_of(found.span.end).span.start == found.span.end
        if found.span.start > 0:
            assert cut.period_of(found.span.start - 1).span.end == found.span.start
        fresh = reckoning(rule(each, starts=starts), zone, contract_start=contract_start)
        assert fresh.period_of(instant) == found


@given(st.dates(dt.date(1999, 1, 1), dt.date(2040, 12, 31)), st.integers(1, 12))
def test_no_drift_over_ten_years(start, step):
    days = [months_later(start, step * index) for index in range(120 // step + 1)]
    assert all(day.day == start.day or (day + dt.timedelta(days=1)).day == 1 for day in days)
    assert [day.year * 12 + day.month for day in days] == [
        start.year * 12 + start.month + step * index for index in range(len(days))
    ]
