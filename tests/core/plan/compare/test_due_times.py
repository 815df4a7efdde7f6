"""
Due times of two promises over a stretch: nothing that any minute would show is missed.
"""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upheld.core.calendars import zones
from upheld.core.calendars.compiled import compile_calendar
from upheld.core.calendars.spec import CalendarSpec, parse_week
from upheld.core.durations import DayMode, parse_duration
from upheld.core.periods import Period
from upheld.core.plan.compare.due_times import Promised, lateness

FIRST, LAST = dt.date(2025, 12, 1), dt.date(2027, 6, 30)
WEEKS = ["mon-fri 09:00-17:00", "mon-fri 08:00-18:00", "mon-fri 09:00-12:00, 13:30-18:15", "sun 16:00 - fri 17:00",
         "24x7", "mon-sat 07:45-13:15", "mon-fri 22:00-06:00 next day"]  # fmt: skip
LENGTHS = ["4h", "8h", "10h", "45min", "24h elapsed", "1d", "2d same_time", "1d end_of_day", "3d end_of_day"]
PLACE = zones.zone("Europe/Zurich")
SPAN = Period(zones.resolve(PLACE, dt.date(2026, 1, 1), 0), zones.resolve(PLACE, dt.date(2027, 1, 1), 0))


def promised(week, length):
    spec = CalendarSpec("c", "Europe/Zurich", parse_week(week), day_seconds=8 * 3600)
    return Promised(parse_duration(length).with_mode(DayMode.HOURS), compile_calendar(spec, FIRST, LAST))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(WEEKS), st.sampled_from(LENGTHS), st.sampled_from(WEEKS), st.sampled_from(LENGTHS))
def test_no_start_is_later_or_earlier_than_what_was_found(week, length, other_week, other_length):
    before, after = promised(week, length), promised(other_week, other_length)
    found = lateness(before, after, SPAN)
    # The fortnight around the change of the clocks in March, at uneven minutes.
    start = zones.resolve(PLACE, dt.date(2026, 3, 20), 0)
    differences = [after.due(at) - before.due(at) for at in range(start, start + 14 * 86_400, 17 * 60 + 13)]
    assert max(differences) <= found.most or max(differences) <= 0
    assert (found.later is not None) >= (max(differences) > 0)
    assert (found.earlier is not None) >= (min(differences) < 0)


def test_a_difference_of_one_second_at_one_start_is_found():
    # Only what starts within the last minute of Friday is later: it needs two more minutes.
    found = lateness(promised("mon-fri 09:00-17:00", "1min"), promised("mon-fri 09:00-17:00", "2min"), SPAN)
    assert found.percent == 100
    assert found.most == 64 * 3600 + 3600 + 60  # over the weekend on which the clocks go back


def test_examples_are_full_hours_of_a_usual_week():
    found = lateness(promised("mon-fri 09:00-17:00", "8h"), promised("mon-fri 08:00-18:00", "10h"), SPAN)
    told = [
        tuple(dt.datetime.fromtimestamp(at, PLACE).strftime("%a %H:%M") for at in sample)
        for sample in (found.later, found.equal)
    ]
    assert told == [("Mon 09:00", "Mon 17:00", "Tue 09:00"), ("Mon 10:00", "Tue 10:00", "Tue 10:00")]


@pytest.mark.parametrize("length", ["2d"])
def test_days_without_a_meaning_cannot_be_compared(length):
    plain = promised("mon-fri 09:00-17:00", "1h")
    unclear = Promised(parse_duration(length), plain.calendar)
    assert lateness(plain, unclear, SPAN) is None
