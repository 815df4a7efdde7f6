"""
The table of hours: one week of support hours as clocks in other places show them.

A row converts each window by itself, so a week in which a place changes its clocks is right in that place: the row
then has two abbreviations. Holidays are left out of the hours and listed beside them; dates with windows of their own
are in. Invariant: all rows tell the same instants.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from upheld.core.calendars.compiled import FIRST_DATE, LAST_DATE, compile_calendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import CalendarSpec, HolidayEffect
from upheld.core.calendars.windows import DAY
from upheld.core.calendars.zones import resolve
from upheld.core.calendars.zones import zone as zone_of
from upheld.core.periods import Period, clipped

_WEEK: Final = 7 * DAY
_AROUND: Final = dt.timedelta(days=15)
_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class HoursWindow:
    """
    One unbroken stretch of support in one zone: local times with their abbreviations there and then.
    """

    opens: dt.datetime
    closes: dt.datetime

    @property
    def abbreviations(self) -> tuple[str, str]:
        """
        Return the zone's abbreviations at opening and at closing.
        """
        return self.opens.tzname() or "", self.closes.tzname() or ""

    @property
    def days_apart(self) -> int:
        """
        Return how many dates lie between opening and closing; 1 is the next day.
        """
        return (self.closes.date() - self.opens.date()).days


@dataclass(frozen=True, slots=True)
class HoursRow:
    """
    The week in one zone; ``always`` where it has no opening and no closing, and then no windows.
    """

    zone: str
    windows: tuple[HoursWindow, ...]
    always: bool = False

    @property
    def abbreviations(self) -> tuple[str, ...]:
        """
        Return the abbreviations that the windows use, in order of appearance.
        """
        return tuple(dict.fromkeys(name for window in self.windows for name in window.abbreviations))

    def short(self) -> str:
        """
        Return the week in one line: the first and the last window, or the one unbroken stretch.

        ``Mon 08:00-Mon 17:00 ... Fri 08:00-Fri 17:00 PST``; ``Sun 16:00 - Fri 17:00 PDT``; ``24x7``; ``closed``. Where
        the clocks change between, each time carries its own abbreviation.
        """
        if not self.windows:
            return "24x7" if self.always else "closed"
        if len(self.windows) == 1:
            return self._text(self.windows, " - ", "")
        return self._text((self.windows[0], self.windows[-1]), "-", " ... " if self.windows[1:-1] else ", ")

    def full(self) -> tuple[str, ...]:
        """
        Return every window as a line of text, each with its abbreviation.
        """
        return tuple(_window_text(window, "-", each=True) for window in self.windows)

    def _text(self, windows: tuple[HoursWindow, ...], dash: str, gap: str) -> str:
        names = {name for window in windows for name in window.abbreviations}
        each = len(names) > 1
        text = gap.join(_window_text(window, dash, each=each) for window in windows)
        return text if each else f"{text} {names.pop()}"


def _window_text(window: HoursWindow, dash: str, *, each: bool) -> str:
    opens, closes = (f"{_NAMES[time.weekday()]} {time:%H:%M}" for time in (window.opens, window.closes))
    if not each:
        return f"{opens}{dash}{closes}"
    first, last = window.abbreviations
    return f"{opens}{dash}{closes} {last}" if first == last else f"{opens} {first}{dash}{closes} {last}"


@dataclass(frozen=True, slots=True)
class HoursTable:
    """
    A calendar's week, from the Sunday ``first`` to the Saturday ``last`` of its own zone, in several zones.

    ``holidays`` are the week's holidays, left out of the hours: date, name and effect. ``special`` are the dates of the
    week that have windows of their own.
    """

    calendar: str
    zone: str
    first: dt.date
    last: dt.date
    rows: tuple[HoursRow, ...]
    holidays: tuple[tuple[dt.date, str, HolidayEffect], ...]
    special: tuple[dt.date, ...]


def hours_table(spec: CalendarSpec, zones: Iterable[str], on: dt.date) -> HoursTable:
    """
    Return the hours of the week (Sunday to Saturday) that contains a date, in each of the zones.

    Raises :class:`CalendarError` ``calendar.table_out_of_range`` near the ends of 1970-2199, or for an unknown zone.
    """
    if not FIRST_DATE + 2 * _AROUND < on < LAST_DATE - 2 * _AROUND:
        raise CalendarError("calendar.table_out_of_range", given=str(on))
    names = tuple(zone_of(name).key for name in zones)
    first = on - dt.timedelta(days=on.isoweekday() % 7)
    days = tuple(first + dt.timedelta(days=step) for step in range(7))
    periods, is_always = _week_periods(replace(spec, holidays=(), holiday_effects={}), days)
    rows = tuple(HoursRow(name, () if is_always else _local(periods, name), is_always) for name in names)
    holidays = tuple((day, *found) for day in days if (found := spec.holiday_on(day)))
    special = tuple(day for day in days if day in spec.dates or day in spec.breaks)
    return HoursTable(spec.name, spec.zone, days[0], days[-1], rows, holidays, special)


def _week_periods(spec: CalendarSpec, days: tuple[dt.date, ...]) -> tuple[tuple[Period, ...], bool]:
    """
    Return the stretches that open in the week, each whole, and whether the week is open from end to end.

    A stretch of a week and longer is cut off at the week's ends: it has no opening to show.
    """
    place = spec.place()
    week = Period(resolve(place, days[0], 0), resolve(place, days[-1], DAY))
    try:
        calendar = compile_calendar(spec, days[0] - _AROUND, days[-1] + _AROUND)
    except CalendarError as error:
        if error.code == "calendar.never_opens":
            return (), False
        raise
    shown: list[Period] = []
    for period in calendar.open_periods(calendar.start, calendar.end):
        if period.seconds >= _WEEK:
            shown += clipped((period,), week)
        elif period.start in week:
            shown.append(period)
    return tuple(shown), shown == [week]


def _local(periods: tuple[Period, ...], zone: str) -> tuple[HoursWindow, ...]:
    place = zone_of(zone)
    return tuple(
        HoursWindow(dt.datetime.fromtimestamp(one.start, place), dt.datetime.fromtimestamp(one.end, place))
        for one in periods
    )
