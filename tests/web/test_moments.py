"""
Lengths of time in words: what is near to the minute, what is far in days.
"""

import pytest

from tests.factories import DAY, HOUR, MINUTE, NOW
from upheld.web import moments


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "now"),
        (12 * MINUTE, "12 m ago"),
        (5 * HOUR + 5 * MINUTE, "5 h 05 m ago"),
        (6 * DAY + 23 * HOUR, "6 d 23 h ago"),
        (7 * DAY + 23 * HOUR, "7 d ago"),
        (383 * DAY + 2 * HOUR, "383 d ago"),
        (-(40 * DAY + 20 * HOUR), "in 40 d"),
    ],
)
def test_hours_are_told_for_a_week_and_days_beyond(seconds, expected):
    assert moments.relative(NOW - seconds, NOW) == expected
