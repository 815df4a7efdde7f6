"""
Calendars as written: what is refused where it is built, seasons, and what a holiday does.
"""

import datetime as dt
import pickle

import pytest

from upheld.core.calendars import zones
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import (
    CalendarSpec,
    HolidayEffect,
    HolidayList,
    MonthDay,
    Season,
    always,
    parse_season_day,
    parse_week,
    parse_windows,
)

OFFICE = parse_week("mon-fri 09:00-17:00")
SUMMER = parse_week("mon-fri 08:00-14:00")
XMAS = dt.date(2026, 12, 25)


def listed(name, *days):
    return HolidayList(name, "1", "test", dict.fromkeys(days, f"{name} day"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"zone": "Mars/Olympus"}, "calendar.unknown_zone"),
        ({"zone": "PST"}, "calendar.unknown_zone"),
        ({"zone": "../../etc/passwd"}, "calendar.unknown_zone"),
        ({"zone": "Europe/Brusels"}, "calendar.misspelt_zone"),
        ({"zone": "europe/brussels"}, "calendar.misspelt_zone"),
        ({"zone": "brussels"}, "calendar.misspelt_zone"),
        ({"day_seconds": 0}, "calendar.day_length"),
        ({"day_seconds": 86401}, "calendar.day_length"),
        ({"support_day": {6: 7}}, "calendar.support_day"),
        ({"support_day": {6: 0, 0: 1}}, "calendar.support_day"),
        ({"holiday_effects": {"XX": HolidayEffect.OPEN}}, "calendar.unknown_list"),
        ({"dates": {XMAS: parse_windows("08:00-12:00") + parse_windows("11:00-13:00")}}, "calendar.windows_overlap"),
    ],
)
def test_a_spec_is_validated_where_it_is_built(fields, code):
    with pytest.raises(CalendarError) as refused:
        CalendarSpec(**{"name": "office", "zone": "UTC", "week": OFFICE, **fields})
    assert refused.value.code == code


def test_a_misspelt_zone_is_suggested():
    with pytest.raises(CalendarError) as refused:
        zones.zone("Europe/Brusels")
    assert refused.value.params["meant"] == "Europe/Brussels"


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [
        ("07-01", "08-31", ["2026-07-01", "2027-08-31"], ["2026-06-30", "2026-09-01"]),
        ("12-20", "01-05", ["2026-12-20", "2026-12-31", "2027-01-05"], ["2026-12-19", "2027-01-06"]),
        ("02-29", "02-29", ["2028-02-29"], ["2027-02-28", "2027-03-01"]),
        ("02-20", "02-29", ["2027-02-28", "2028-02-29"], ["2027-03-01"]),
        ("2026-07-01", "2026-07-31", ["2026-07-31"], ["2027-07-15"]),
    ],
)
def test_a_season_holds_both_its_ends(first, last, inside, outside):
    season = Season(parse_season_day(first), parse_season_day(last), SUMMER)
    spec = CalendarSpec("office", "UTC", OFFICE, seasons=(season,))
    assert [spec.week_on(dt.date.fromisoformat(day)) for day in inside] == [SUMMER] * len(inside)
    assert [spec.week_on(dt.date.fromisoformat(day)) for day in outside] == [OFFICE] * len(outside)


def test_the_first_season_that_matches_wins():
    other = parse_week("24x7")
    seasons = (Season(MonthDay(7, 1), MonthDay(7, 31), SUMMER), Season(MonthDay(1, 1), MonthDay(12, 31), other))
    spec = CalendarSpec("office", "UTC", OFFICE, seasons=seasons)
    assert (spec.week_on(dt.date(2026, 7, 4)), spec.week_on(dt.date(2026, 8, 4))) == (SUMMER, other)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("07-01", "2026-08-01", "season_mixed"),
        ("2026-08-01", "2026-07-01", "season_backwards"),
        ("02-30", "03-01", "month_day_unreadable"),
        ("2026-02-29", "2026-03-01", "month_day_unreadable"),
        ("7-1", "8-1", "month_day_unreadable"),
    ],
)
def test_seasons_that_are_refused(first, last, code):
    with pytest.raises(CalendarError, match=rf"calendar\.{code}"):
        Season(parse_season_day(first), parse_season_day(last), SUMMER)


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ({}, ("A day", HolidayEffect.CLOSED)),
        ({"A": HolidayEffect.LIMITED}, ("B day", HolidayEffect.CLOSED)),
        ({"A": HolidayEffect.LIMITED, "B": HolidayEffect.OPEN}, ("A day", HolidayEffect.LIMITED)),
    ],
)
def test_of_two_effects_the_stricter_holds(effects, expected):
    spec = CalendarSpec("o", "UTC", OFFICE, holidays=(listed("A", XMAS), listed("B", XMAS)), holiday_effects=effects)
    assert spec.holiday_on(XMAS) == expected


def test_a_date_with_windows_of_its_own_is_no_holiday():
    spec = CalendarSpec("o", "UTC", OFFICE, holidays=(listed("A", XMAS),), dates={XMAS: parse_windows("09:00-12:00")})
    assert spec.holiday_on(XMAS) is None
    assert spec.closed_dates(limited_open=True) == frozenset()


def test_limited_dates_close_only_where_asked():
    spec = CalendarSpec("o", "UTC", OFFICE, holidays=(listed("A", XMAS),), holiday_effect=HolidayEffect.LIMITED)
    assert spec.closed_dates(limited_open=True) == frozenset()
    assert spec.closed_dates(limited_open=False) == {XMAS}


def test_specs_are_values():
    one, other = (CalendarSpec("o", "UTC", OFFICE, holidays=(listed("A", XMAS),)) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301
    assert always("Europe/Zurich").zone == "Europe/Zurich"
