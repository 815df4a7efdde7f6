"""
Periods: half-open, and an algebra that agrees with sets of seconds.
"""

import itertools

import hypothesis
import pytest
from hypothesis import strategies as st

from upheld.core import periods
from upheld.core.periods import Period, PeriodError

some = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)).map(lambda p: Period(p[0], p[0] + p[1])), max_size=6)


def seconds(given):
    return {t for period in given for t in range(period.start, period.end)}


def is_tidy(given):
    return all(one.start < one.end for one in given) and all(
        one.end < other.start for one, other in itertools.pairwise(given)
    )


@hypothesis.given(some, some)
def test_algebra_agrees_with_sets(ones, others):
    for result, expected in [
        (periods.merged(ones), seconds(ones)),
        (periods.intersected(ones, others), seconds(ones) & seconds(others)),
        (periods.subtracted(ones, others), seconds(ones) - seconds(others)),
        (periods.clipped(ones, Period(5, 30)), seconds(ones) & set(range(5, 30))),
    ]:
        assert seconds(result) == expected
        assert is_tidy(result)
    assert periods.total(ones) == len(seconds(ones))


def test_a_period_is_half_open():
    period = Period(10, 20)
    assert (9 in period, 10 in period, 19 in period, 20 in period) == (False, True, True, False)
    assert period.seconds == 10
    assert 5 not in Period(5, 5)


def test_a_reversed_period_is_refused():
    with pytest.raises(PeriodError, match=r"period\.reversed"):
        Period(2, 1)
