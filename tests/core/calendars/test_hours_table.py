"""
The table of hours, in every zone and on every date.
"""

import datetime as dt

import pytest

from tests.shared_files import shared_rows
from upheld.core.calendars import holiday_lists
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.hours_table import hours_table
from upheld.core.calendars.spec import CalendarSpec, HolidayEffect, always, parse_week, parse_windows

PACIFIC = "America/Los_Angeles"
WEEKS = {
    "Essential": "mon-fri 08:00-17:00",
    "Preferred": "sun 16:00 - fri 17:00",
    "CloudExtend": "mon-fri 03:00-17:00",
}


def spec(week, zone=PACIFIC, **fields):
    return CalendarSpec("hours", zone, parse_week(week), **fields)


def rows():
    found = [row for row in shared_rows("cases/worked_examples.jsonl") if "-table-" in row["id"]]
    return [pytest.param(row, id=row["id"]) for row in found]


@pytest.mark.requirement_part("CEL-2", "CLX-1")
@pytest.mark.parametrize("row", rows())
def test_worked_example(row):
    week = WEEKS[row["given"].split()[0]]
    us = holiday_lists.from_library("US", years=[2026])
    table = hours_table(spec(week, holidays=(us,)), row["expect"], dt.date.fromisoformat(row["when"].split()[-1]))
    assert {each.zone: each.short() for each in table.rows} == row["expect"]


@pytest.mark.parametrize(
    ("week", "on", "zone", "expected"),
    [
        # The clocks go forward in Pacific time on the first day of this week, during a window ...
        ("mon-sun 01:00-04:00", "2026-03-08", PACIFIC, "Sun 01:00 PST-Sun 04:00 PDT ... Sat 01:00-Sat 04:00 PDT"),
        ("mon-sun 01:00-04:00", "2026-03-08", "UTC", "Sun 09:00-Sun 11:00 ... Sat 08:00-Sat 11:00 UTC"),
        # ... and back in Brussels between the two windows of this one, which Pacific time has on other dates.
        ("sun, sat 20:00-22:00", "2026-10-24", "Europe/Brussels", "Mon 05:00-Mon 07:00 CEST, Sun 04:00-Sun 06:00 CET"),
        ("sun 16:00 - fri 17:00", "2026-10-25", "Europe/Brussels", "Mon 00:00 - Sat 01:00 CET"),
        ("sun 16:00 - fri 17:00", "2026-10-25", "America/New_York", "Sun 19:00 - Fri 20:00 EDT"),
        ("fri 16:00 - tue 17:00", "2026-10-30", PACIFIC, "Fri 16:00 PDT - Tue 17:00 PST"),
        ("sat 12:00 - tue 10:00", "2026-06-17", "UTC", "Sat 19:00 - Tue 17:00 UTC"),
        ("24x7", "2026-06-17", "UTC", "24x7"),
        ("24x7", "2026-03-08", PACIFIC, "24x7"),
        ("mon closed", "2026-06-17", "UTC", "closed"),
        ("fri-sat 22:00-06:00 next day", "2026-06-17", PACIFIC, "Fri 22:00-Sat 06:00, Sat 22:00-Sun 06:00 PDT"),
        ("wed 08:00-12:00", "2026-06-17", PACIFIC, "Wed 08:00 - Wed 12:00 PDT"),
        ("wed 08:00-12:00, 12:00-13:00", "2026-06-17", PACIFIC, "Wed 08:00 - Wed 13:00 PDT"),
    ],
)
def test_short_form(week, on, zone, expected):
    (row,) = hours_table(spec(week), [zone], dt.date.fromisoformat(on)).rows
    assert row.short() == expected


def test_every_window_is_listed():
    (row,) = hours_table(spec("mon, wed 08:00-12:00, 13:00-17:00"), ["Asia/Kolkata"], dt.date(2026, 1, 14)).rows
    assert row.full() == (
        "Mon 21:30-Tue 01:30 IST",
        "Tue 02:30-Tue 06:30 IST",
        "Wed 21:30-Thu 01:30 IST",
        "Thu 02:30-Thu 06:30 IST",
    )
    assert row.abbreviations == ("IST",)


def test_all_rows_tell_the_same_instants():
    zones = [PACIFIC, "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Dublin", "Pacific/Apia"]
    for week in WEEKS.values():
        for on in ("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"):
            table = hours_table(spec(week), zones, dt.date.fromisoformat(on))
            told = {tuple((one.opens.timestamp(), one.closes.timestamp()) for one in row.windows) for row in table.rows}
            assert len(told) == 1


def test_holidays_are_listed_apart():
    us = holiday_lists.from_library("US", years=[2026])
    essential = spec(WEEKS["Essential"], holidays=(us,), holiday_effect=HolidayEffect.LIMITED)
    table = hours_table(essential, [PACIFIC], dt.date(2026, 11, 26))
    assert (table.first, table.last) == (dt.date(2026, 11, 22), dt.date(2026, 11, 28))
    assert table.holidays == ((dt.date(2026, 11, 26), "Thanksgiving Day", HolidayEffect.LIMITED),)
    assert table.rows[0].short() == "Mon 08:00-Mon 17:00 ... Fri 08:00-Fri 17:00 PST"


def test_special_dates_are_in_the_hours():
    wednesday = dt.date(2026, 6, 17)
    table = hours_table(
        spec("mon, wed 08:00-17:00", dates={wednesday: parse_windows("10:00-12:00")}), ["UTC"], wednesday
    )
    assert table.special == (wednesday,)
    assert table.rows[0].short() == "Mon 15:00-Tue 00:00, Wed 17:00-Wed 19:00 UTC"
    closed_once = hours_table(spec("24x7", dates={wednesday: ()}), [PACIFIC], wednesday)
    assert closed_once.rows[0].short() == "Sun 00:00-Wed 00:00, Thu 00:00-Sun 00:00 PDT"


def test_an_unknown_zone_and_a_date_too_far_are_refused():
    with pytest.raises(CalendarError, match=r"calendar\.misspelt_zone"):
        hours_table(always(), ["Europe/Lodnon"], dt.date(2026, 1, 1))
    for year in (1970, 2199):
        with pytest.raises(CalendarError, match=r"calendar\.table_out_of_range"):
            hours_table(always(), ["UTC"], dt.date(year, 1 if year == 1970 else 12, 25))
