"""
Dates in words, in a language.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from upheld.wording import word

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def dated(local: dt.date, form: str, language: str) -> str:
    """
    Return a date in a language; ``form`` is its English order of ``{weekday}``, ``{day}``, ``{month}`` and ``{year}``.
    """
    return word(form, language).format(
        weekday=word(WEEKDAYS[local.weekday()], language),
        day=local.day,
        month=word(MONTHS[local.month - 1], language),
        year=local.year,
    )
