"""
The last day on which a contract can be cancelled before its end.

Invariant: the last day is the latest from which the notice still ends within the term (the reading that the plans'
assumptions name for "at least one month before the end").
"""

from __future__ import annotations

import datetime as dt

from upheld.core.dates import ONE_DAY, months_later
from upheld.core.durations import Duration, Unit


def last_day_of_notice(ends_on: dt.date, notice: Duration) -> dt.date:
    """
    Return the last day of notice for a contract whose last day is ``ends_on``; lengths in hours count whole days.

    >>> last_day_of_notice(dt.date(2026, 12, 31), Duration(1, Unit.MONTHS))
    datetime.date(2026, 11, 30)
    >>> last_day_of_notice(dt.date(2026, 12, 31), Duration(30, Unit.DAYS))
    datetime.date(2026, 12, 1)
    """
    if notice.unit is Unit.DAYS:
        return ends_on - dt.timedelta(days=notice.count)
    if notice.unit is Unit.SECONDS:
        return ends_on - dt.timedelta(seconds=notice.count)
    months = notice.count * (12 if notice.unit is Unit.YEARS else 1)
    day = months_later(ends_on, -months)
    while months_later(day + ONE_DAY, months) <= ends_on:
        day += ONE_DAY
    return day
