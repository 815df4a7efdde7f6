"""
The last day of notice, at the ends of months and years.
"""

import datetime as dt

import pytest

from upheld.core.durations import Duration, Unit
from upheld.core.plan.notice import last_day_of_notice


@pytest.mark.parametrize(
    ("ends", "count", "unit", "last"),
    [
        ("2026-12-31", 1, Unit.MONTHS, "2026-11-30"),
        ("2026-03-31", 1, Unit.MONTHS, "2026-02-28"),
        ("2026-02-28", 1, Unit.MONTHS, "2026-01-31"),
        ("2026-06-30", 3, Unit.MONTHS, "2026-03-31"),
        ("2026-12-31", 30, Unit.DAYS, "2026-12-01"),
        ("2026-06-29", 3, Unit.MONTHS, "2026-03-29"),
        ("2028-02-29", 1, Unit.YEARS, "2027-02-28"),
    ],
)
def test_the_last_day_of_notice_is_the_latest_from_which_the_notice_ends_within_the_term(ends, count, unit, last):
    found = last_day_of_notice(dt.date.fromisoformat(ends), Duration(count, unit))
    assert found == dt.date.fromisoformat(last)
