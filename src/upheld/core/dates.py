"""
Arithmetic of dates by the calendar.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Final

ONE_DAY: Final = dt.timedelta(days=1)
MONTHS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""Months in a period of calendar months."""


def months_later(day: dt.date, months: int) -> dt.date:
    """
    Return the date so many months later (earlier, where negative); a day that its month lacks becomes the month's last.

    >>> months_later(dt.date(2024, 2, 29), 12), months_later(dt.date(2026, 1, 31), 1)
    (datetime.date(2025, 2, 28), datetime.date(2026, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
