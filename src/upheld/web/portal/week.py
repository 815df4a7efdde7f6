"""
The coming seven days of support hours, day by day in the reader's zone.

Invariant: the windows are the calendar's own, only cut at the reader's midnights.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.instants import Instant, to_datetime, to_instant

DAYS: Final = 7
STEP: Final = 3_600


@dataclass(frozen=True, slots=True)
class Day:
    """
    One day of the reader: its windows in words, and the holidays that touch it with what they mean.
    """

    date: dt.date
    windows: str
    is_today: bool
    holiday: str = ""


def coming_week(calendar: CompiledCalendar, zone: ZoneInfo, now: Instant, week: int = 0) -> list[Day]:
    """
    Return seven days from today on, or from so many weeks later; none beyond the calendar's horizon.
    """
    return list(_days(calendar, zone, to_datetime(now, zone).date(), week))


def holidays_ahead(calendar: CompiledCalendar, now: Instant, weeks: int) -> list[tuple[dt.date, str]]:
    """
    Return the holidays of a calendar from now on, with their dates in its zone; those it works through do not count.
    """
    zone = ZoneInfo(calendar.spec.zone)
    today = to_datetime(now, zone).date()
    found = []
    for step in range(DAYS * (weeks + 1)):
        date = today + dt.timedelta(days=step)
        noon = to_instant(dt.datetime.combine(date, dt.time(12), tzinfo=zone))
        holiday = calendar.holiday_at(noon)
        if holiday is not None:
            found.append((date, holiday[0]))
    return found


def _days(calendar: CompiledCalendar, zone: ZoneInfo, today: dt.date, week: int) -> Iterator[Day]:
    for step in range(DAYS * week, DAYS * (week + 1)):
        date = today + dt.timedelta(days=step)
        start, end = (_midnight(date + dt.timedelta(days=each), zone) for each in (0, 1))
        try:
            periods = calendar.open_periods(start, end)
        except CalendarError:
            return
        if len(periods) == 1 and (periods[0].start, periods[0].end) == (start, end):
            words = _("all day")
        else:
            words = ", ".join(f"{_clock(each.start, zone, end)}-{_clock(each.end, zone, end)}" for each in periods)
        yield Day(date, words or _("closed"), step == 0, _holiday(calendar, start, end))


def _midnight(date: dt.date, zone: ZoneInfo) -> Instant:
    return to_instant(dt.datetime.combine(date, dt.time(), tzinfo=zone))


def _clock(at: Instant, zone: ZoneInfo, end: Instant) -> str:
    return "24:00" if at == end else to_datetime(at, zone).strftime("%H:%M")


def _holiday(calendar: CompiledCalendar, start: Instant, end: Instant) -> str:
    """
    Return the holidays of the calendar's zone that fall into a day of the reader's.
    """
    found: dict[str, None] = {}
    for at in range(start, end, STEP):
        holiday = calendar.holiday_at(at)
        if holiday is not None:
            found[holiday[0]] = None
    return ", ".join(found)


def date_words(date: dt.date) -> str:
    """
    Return a date as a day of the week reads: ``Mon 16 Mar``.
    """
    return formats.date_format(date, _("D j M"))
