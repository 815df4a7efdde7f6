"""
The bulk engine equals the scalar one to the second.
"""

import datetime as dt

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from tests.core.calendars import specs
from tests.core.calendars.test_against_oracle import answer
from upheld.core.calendars import bulk
from upheld.core.calendars.bulk import BulkCalendar, Pauses
from upheld.core.calendars.compiled import compile_calendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import CalendarSpec, always, parse_week
from upheld.core.periods import Period

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
OFFICE = CalendarSpec("office", "Europe/Brussels", parse_week("mon-fri 09:00-17:00"))


def compiled(drawn):
    try:
        return compile_calendar(*drawn)
    except CalendarError:
        hypothesis.reject()


def int64(values):
    return np.array(values, dtype=np.int64)


@hypothesis.given(specs.specs(), st.data(), st.booleans())
def test_bulk_equals_scalar(drawn, data, searched):
    calendar = compiled(drawn)
    engine = BulkCalendar(calendar)
    if searched:
        engine._slot = engine._step = 0
    rows = data.draw(
        st.lists(
            st.tuples(specs.instants(calendar), specs.instants(calendar), st.integers(-50_000, 50_000)), max_size=6
        )
    )
    a, b, seconds = (int64([row[i] for row in rows]) for i in range(3))
    assert engine.between(a, b).tolist() == [calendar.between(one, other) for one, other, _ in rows]
    seconds[::3] = 0
    due = [answer(calendar.add, int(one), int(step)) for one, step in zip(a, seconds, strict=True)]
    reached = int64([one is not None for one in due]).astype(bool)
    assert engine.add(a[reached], seconds[reached]).tolist() == [one for one in due if one is not None]
    if not reached.all():
        with pytest.raises(CalendarError) as refused:
            engine.add(a, seconds)
        assert refused.value.params["row"] == due.index(None)


@hypothesis.given(specs.specs(), st.data())
def test_pauses_equal_scalar(drawn, data):
    calendar = compiled(drawn)
    engine = BulkCalendar(calendar)
    middle = (calendar.start + calendar.end) // 2
    starts = data.draw(st.lists(st.integers(calendar.start, middle), min_size=1, max_size=4))
    pause = st.tuples(st.integers(0, len(starts) - 1), st.integers(calendar.start, middle), st.integers(0, 90_000))
    pauses = [(row, at, min(at + long, calendar.end)) for row, at, long in data.draw(st.lists(pause, max_size=8))]
    given = Pauses(*(int64([one[i] for one in pauses]) for i in range(3)))
    ends = [data.draw(st.integers(calendar.start, calendar.end)) for _ in starts]
    of_row = [[Period(at, to) for row, at, to in pauses if row == mine] for mine in range(len(starts))]
    expected = [calendar.spend(a, b, mine) for a, b, mine in zip(starts, ends, of_row, strict=True)]
    assert engine.between(int64(starts), int64(ends), given).tolist() == expected
    seconds = [data.draw(st.integers(0, 40_000)) for _ in starts]
    due = [answer(calendar.add_paused, *each) for each in zip(starts, seconds, of_row, strict=True)]
    hypothesis.assume(None not in due)
    assert engine.add(int64(starts), int64(seconds), given).tolist() == due


@pytest.mark.parametrize(
    ("spec", "slot"),
    [
        (OFFICE, 3600),
        (CalendarSpec("lunch", "Europe/Brussels", parse_week("mon-fri 09:00-12:15, 13:00-17:30")), 900),
        (CalendarSpec("odd", "Europe/Brussels", parse_week("mon-fri 09:00:07-17:00")), 0),
    ],
)
def test_the_slot_is_the_common_divisor(spec, slot):
    assert BulkCalendar(compile_calendar(spec, FIRST, LAST)).slot == slot


@pytest.mark.parametrize("spec", [OFFICE, always(), CalendarSpec("odd", "UTC", parse_week("mon-fri 09:00:07-17:00"))])
def test_more_rows_than_a_chunk(spec):
    calendar = compile_calendar(spec, FIRST, LAST)
    engine = BulkCalendar(calendar)
    a = np.arange(bulk.CHUNK * 2 + 5, dtype=np.int64) * 700 + calendar.start
    b = a[::-1].copy()
    assert engine.between(a, b).tolist() == [calendar.between(int(x), int(y)) for x, y in zip(a, b, strict=True)]
    some = engine.add(a[:20_000], np.full(20_000, 5000, dtype=np.int64))
    assert some.tolist() == [calendar.add(int(x), 5000) for x in a[:20_000]]


def test_a_row_beyond_the_horizon_is_named():
    calendar = compile_calendar(OFFICE, FIRST, LAST)
    engine = BulkCalendar(calendar)
    inside, outside = calendar.start + 5, calendar.end + 1
    with pytest.raises(CalendarError, match="beyond_horizon") as refused:
        engine.between(int64([inside] * 3 + [outside]), int64([inside] * 4))
    assert refused.value.params["row"] == 3
    with pytest.raises(CalendarError, match="beyond_horizon") as refused:
        engine.add(int64([inside] * bulk.CHUNK + [calendar.end]), int64([5] * (bulk.CHUNK + 1)))
    assert refused.value.params["row"] == bulk.CHUNK


@pytest.mark.parametrize(
    ("pauses", "code"),
    [
        (([5], [0], [1]), "bulk_pause_row"),
        (([-1], [0], [1]), "bulk_pause_row"),
        (([0], [2], [1]), "bulk_pause_reversed"),
        (([0], [2, 3], [4]), "bulk_lengths"),
    ],
)
def test_pauses_that_are_refused(pauses, code):
    calendar = compile_calendar(OFFICE, FIRST, LAST)
    start = int64([calendar.start])
    with pytest.raises(CalendarError, match=code):
        BulkCalendar(calendar).between(start, start, Pauses(*map(int64, pauses)))


def test_arrays_of_different_lengths_are_refused():
    calendar = compile_calendar(OFFICE, FIRST, LAST)
    with pytest.raises(CalendarError, match="bulk_lengths"):
        BulkCalendar(calendar).between(int64([calendar.start]), int64([]))
