"""
The engine and the slow oracle give the same answer to every question about random calendars.
"""

import itertools

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.core.calendars import specs
from tests.core.calendars.oracle import Oracle
from upheld.core.calendars.compiled import compile_calendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.durations import DayMode
from upheld.core.periods import Period

LONG = 5 * 86400


def compiled(drawn):
    spec, first, last = drawn
    slow = Oracle(spec, first, last)
    if any(slow.start <= t < slow.end for t in slow.minutes):
        return compile_calendar(spec, first, last), slow
    with pytest.raises(CalendarError, match=r"calendar\.never_opens"):
        compile_calendar(spec, first, last)
    return hypothesis.reject()


def answer(ask, *given):
    """The answer, or None where it lies beyond the horizon."""
    try:
        return ask(*given)
    except CalendarError as error:
        if error.code != "calendar.beyond_horizon":
            raise
        return None


@hypothesis.given(specs.specs(), st.data())
def test_open_periods(drawn, data):
    engine, oracle = compiled(drawn)
    minutes = sorted(t for t in oracle.minutes if oracle.start <= t < oracle.end)
    starts = [t for t in minutes if t - 60 not in oracle.minutes or t == oracle.start]
    ends = [t + 60 for t in minutes if t + 60 not in oracle.minutes or t + 60 == oracle.end]
    assert (list(engine.opens), list(engine.closes)) == (starts, ends)
    assert all(one < other for one, other in itertools.pairwise(engine.opens))


@hypothesis.given(specs.specs(), st.data())
def test_between_with_and_without_pauses(drawn, data):
    engine, oracle = compiled(drawn)
    a, b = data.draw(specs.instants(engine)), data.draw(specs.instants(engine))
    assert engine.between(a, b) == oracle.between(a, b) == -engine.between(b, a)
    inside = st.tuples(specs.instants(engine), st.integers(0, 4000)).map(lambda p: (p[0], min(p[0] + p[1], engine.end)))
    pauses = data.draw(st.lists(inside, max_size=3))
    a, b = sorted((a, b))
    assert engine.spend(a, b, [Period(*pause) for pause in pauses]) == oracle.between(a, b, pauses)


@hypothesis.given(specs.specs(), st.data())
def test_add(drawn, data):
    engine, oracle = compiled(drawn)
    start, seconds = data.draw(specs.instants(engine)), data.draw(st.integers(-LONG, LONG) | st.just(0))
    due = answer(engine.add, start, seconds)
    assert due == oracle.add(start, seconds)
    if due is not None and seconds:
        assert engine.between(start, due) == seconds


@hypothesis.given(specs.specs(), st.data())
def test_add_to_a_bound_stays_there(drawn, data):
    engine, oracle = compiled(drawn)
    start, end = sorted(data.draw(st.tuples(specs.instants(engine), st.sampled_from(engine.closes + engine.opens))))
    seconds = engine.between(start, end)
    assert answer(engine.add, start, seconds) == oracle.add(start, seconds)
    assert answer(engine.add, end, -seconds) == oracle.add(end, -seconds)


@hypothesis.given(specs.specs(), st.data())
def test_add_with_pauses(drawn, data):
    engine, oracle = compiled(drawn)
    start, seconds = data.draw(specs.instants(engine)), data.draw(st.integers(1, 100_000))
    inside = st.tuples(specs.instants(engine), st.integers(0, 4000)).map(lambda p: (p[0], min(p[0] + p[1], engine.end)))
    pauses = data.draw(st.lists(inside, min_size=1, max_size=3))
    due = answer(engine.add_paused, start, seconds, [Period(*pause) for pause in pauses])
    walked = oracle.add(start, seconds, pauses)
    # The oracle stops at the first second by which all is spent; a pause that begins there changes nothing.
    assert due == walked
    if due is not None:
        assert engine.spend(start, due, [Period(*pause) for pause in pauses]) == seconds


@pytest.mark.parametrize("mode", [DayMode.SAME_TIME, DayMode.END_OF_DAY])
@hypothesis.given(drawn=specs.specs(), data=st.data())
def test_add_days(mode, drawn, data):
    engine, oracle = compiled(drawn)
    start = data.draw(specs.instants(engine).filter(lambda t: t < engine.end))
    days = data.draw(st.integers(-3, 3))
    walked = oracle.same_time(start, days) if mode is DayMode.SAME_TIME else oracle.end_of_day(start, days)
    assert answer(engine.add_days, start, days, mode) == walked


@hypothesis.given(specs.specs(), st.data())
def test_support_days(drawn, data):
    engine, oracle = compiled(drawn)
    t = data.draw(specs.instants(engine).filter(lambda t: t < engine.end))
    assert engine.support_day_of(t) == oracle.owner(t)
    assert engine.is_open(t) == (oracle.owner(t) is not None)


@hypothesis.given(specs.specs(), st.data())
def test_algebra(drawn, data):
    engine, _ = compiled(drawn)
    a, b, c = sorted(data.draw(st.tuples(*[specs.instants(engine)] * 3)))
    assert engine.between(a, b) + engine.between(b, c) == engine.between(a, c)
    assert 0 <= engine.between(a, b) <= b - a
    assert sum(period.seconds for period in engine.open_periods(a, c)) == engine.between(a, c)
    one, more = sorted(data.draw(st.tuples(*[st.integers(0, LONG)] * 2)))
    near, far = answer(engine.add, a, one), answer(engine.add, a, more)
    assert far is None or near <= far
    later = answer(engine.add, b, one)
    assert later is None or near <= later
