"""
What is odd about a calendar, though it can be computed: long closures, and holiday lists that end too soon.

Invariant: a finding here never changes what the calendar answers; it asks a person to look.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Final

from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.errors import Finding, Weight

LONG_CLOSURE: Final = 21
"""Whole days in a row without support that are worth a question; a shop's summer closing lasts three weeks."""


def review_calendar(calendar: CompiledCalendar) -> tuple[Finding, ...]:
    """
    Return the findings of a calendar over its horizon: ``calendar.long_closure``, ``calendar.holidays_end``.
    """
    return (*_closures(calendar), *_lists_that_end(calendar))


def _closures(calendar: CompiledCalendar) -> list[Finding]:
    place = calendar.spec.place()
    bounds = [calendar.start, *itertools.chain(*zip(calendar.opens, calendar.closes, strict=True)), calendar.end]
    found = []
    for closes, opens in zip(bounds[::2], bounds[1::2], strict=True):
        first, last = (dt.datetime.fromtimestamp(t, place) for t in (closes, opens))
        days = (last.date() - first.date()).days - (first.time() > dt.time.min)
        if days > LONG_CLOSURE:
            start = first.date() + dt.timedelta(days=first.time() > dt.time.min)
            params = {
                "calendar": calendar.name,
                "days": days,
                "first": str(start),
                "last": str(start + dt.timedelta(days=days - 1)),
            }
            found.append(Finding("calendar.long_closure", Weight.WARNING, params=params))
    return found


def _lists_that_end(calendar: CompiledCalendar) -> list[Finding]:
    horizon = range(calendar.revision.first.year, calendar.revision.last.year + 1)
    found = []
    for one in calendar.spec.holidays:
        missing = [str(year) for year in horizon if year not in one.years] if one.years else []
        if missing:
            params = {"calendar": calendar.name, "list": one.name, "years": missing}
            found.append(Finding("calendar.holidays_end", Weight.WARNING, params=params))
    return found
