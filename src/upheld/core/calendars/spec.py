"""
Calendars as they are written: windows of a week, seasons, dates, breaks and holiday lists, in one zone.

Everything is validated where it is built. Invariant: two equal specs compile to equal calendars, given equal zone data.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.windows import (
    ALL_DAY,
    DAY,
    WEEKDAYS,
    Week,
    Window,
    Windows,
    ordered,
    parse_days,
    parse_week,
    parse_windows,
)
from upheld.core.calendars.zones import ZoneRules
from upheld.core.calendars.zones import zone as zone_of

__all__ = [
    "CalendarSpec",
    "HolidayEffect",
    "HolidayList",
    "MonthDay",
    "Season",
    "Week",
    "Window",
    "always",
    "parse_days",
    "parse_season_day",
    "parse_week",
    "parse_windows",
]

_LEAP_YEAR: Final = 2000


class HolidayEffect(enum.StrEnum):
    """
    What a holiday does: closed; open as on any day; or limited, open only for what the plan names.
    """

    CLOSED = "closed"
    OPEN = "open"
    LIMITED = "limited"


_STRICTEST_FIRST: Final = (HolidayEffect.CLOSED, HolidayEffect.LIMITED, HolidayEffect.OPEN)


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """
    A day of every year; 29 February lies in no common year, but a season that runs over it holds in all.

    Raises :class:`CalendarError` ``calendar.month_day_unreadable`` for a day that no year has.
    """

    month: int
    day: int

    def __post_init__(self) -> None:
        try:
            dt.date(_LEAP_YEAR, self.month, self.day)
        except ValueError:
            raise CalendarError("calendar.month_day_unreadable", given=str(self)) from None

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"


def parse_season_day(text: str) -> MonthDay | dt.date:
    """
    Return where a season starts or ends: ``11-01`` of every year, or the one date ``2026-11-01``.

    Raises :class:`CalendarError` ``calendar.month_day_unreadable``.
    """
    text = text.strip()
    if re.fullmatch(r"\d{2}-\d{2}", text, re.ASCII):
        return MonthDay(int(text[:2]), int(text[3:]))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise CalendarError("calendar.month_day_unreadable", given=text) from None
    raise CalendarError("calendar.month_day_unreadable", given=text)


@dataclass(frozen=True, slots=True)
class Season:
    """
    Another week for a part of the year, both ends inclusive; month and day may run over the year's end.

    Raises :class:`CalendarError` ``calendar.season_mixed`` for a date at one end and a day of every year at the other,
    ``calendar.season_backwards`` for dates in the wrong order.
    """

    from_month_day: MonthDay | dt.date
    until_month_day: MonthDay | dt.date
    week: Week

    def __post_init__(self) -> None:
        first, last = self.from_month_day, self.until_month_day
        if isinstance(first, MonthDay) != isinstance(last, MonthDay):
            raise CalendarError("calendar.season_mixed", first=str(first), last=str(last))
        if isinstance(first, dt.date) and isinstance(last, dt.date) and last < first:
            raise CalendarError("calendar.season_backwards", first=str(first), last=str(last))

    def holds(self, day: dt.date) -> bool:
        """
        Return whether the season's week rules on a date.
        """
        first, last = self.from_month_day, self.until_month_day
        if isinstance(first, MonthDay) and isinstance(last, MonthDay):
            here = MonthDay(day.month, day.day)
            return first <= here <= last if first <= last else here >= first or here <= last
        return isinstance(first, dt.date) and isinstance(last, dt.date) and first <= day <= last


@dataclass(frozen=True, slots=True)
class HolidayList:
    """
    One revision of a holiday list: dates with their names; where they come from; the years that it claims to know.

    ``years`` empty means that the list makes no claim: a date that it lacks is then simply no holiday.
    """

    name: str
    revision: str
    source: str
    days: Mapping[dt.date, str]
    years: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", dict(sorted(self.days.items())))

    def __hash__(self) -> int:
        return hash((self.name, self.revision, self.source, tuple(self.days.items()), self.years))


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """
    Support hours as a plan writes them, on the wall clock of ``zone`` (an IANA name).

    A date of ``dates`` has these windows in place of its own, and is no holiday then; ``breaks`` are cut out of
    whatever is open on that date. The first season that holds a date gives its week, ``week`` rules otherwise.
    ``holiday_effect`` rules for every list but those named in ``holiday_effects``; of two effects the stricter holds.
    ``support_day`` (Monday is 0) gives one weekday's windows to another's support day, the nearest such date.
    ``day_seconds`` is the declared length of a support day for :attr:`~upheld.core.durations.DayMode.HOURS`.
    ``zone_rules`` are those of another release of the zone data than the installed one, where they differ.

    Raises :class:`CalendarError` ``calendar.unknown_zone``, ``calendar.misspelt_zone``, ``calendar.windows_overlap``,
    ``calendar.day_length``, ``calendar.support_day`` or ``calendar.unknown_list``.
    """

    name: str
    zone: str
    week: Week
    seasons: tuple[Season, ...] = ()
    dates: Mapping[dt.date, Windows] = field(default_factory=dict)
    breaks: Mapping[dt.date, Windows] = field(default_factory=dict)
    holidays: tuple[HolidayList, ...] = ()
    holiday_effect: HolidayEffect = HolidayEffect.CLOSED
    holiday_effects: Mapping[str, HolidayEffect] = field(default_factory=dict)
    support_day: Mapping[int, int] = field(default_factory=dict)
    day_seconds: int | None = None
    zone_rules: ZoneRules | None = None

    def __post_init__(self) -> None:
        zone_of(self.zone)
        for name in ("dates", "breaks"):
            windows = {day: ordered(given) for day, given in sorted(getattr(self, name).items())}
            object.__setattr__(self, name, windows)
        object.__setattr__(self, "support_day", dict(sorted(self.support_day.items())))
        object.__setattr__(self, "holiday_effects", dict(sorted(self.holiday_effects.items())))
        self._check()

    def _check(self) -> None:
        if self.day_seconds is not None and not 0 < self.day_seconds <= DAY:
            raise CalendarError("calendar.day_length", calendar=self.name, given=self.day_seconds)
        for given, owner in self.support_day.items():
            if given not in range(7) or owner not in range(7) or owner in self.support_day:
                names = [WEEKDAYS[day] if day in range(7) else str(day) for day in (given, owner)]
                raise CalendarError("calendar.support_day", calendar=self.name, day=names[0], owner=names[1])
        for name in self.holiday_effects:
            if name not in {one.name for one in self.holidays}:
                raise CalendarError("calendar.unknown_list", calendar=self.name, given=name)

    def __hash__(self) -> int:
        mappings = (self.dates, self.breaks, self.holiday_effects, self.support_day)
        return hash(
            (
                self.name,
                self.zone,
                self.week,
                self.seasons,
                self.holidays,
                self.holiday_effect,
                self.day_seconds,
                self.zone_rules,
                *(tuple(mapping.items()) for mapping in mappings),
            )
        )

    def place(self) -> zoneinfo.ZoneInfo:
        """
        Return the zone to compute with: by the installed zone data, or by rules that were kept.
        """
        return zone_of(self.zone) if self.zone_rules is None else self.zone_rules.place()

    def week_on(self, day: dt.date) -> Week:
        """
        Return the week that rules on a date.
        """
        return next((season.week for season in self.seasons if season.holds(day)), self.week)

    def holiday_on(self, day: dt.date) -> tuple[str, HolidayEffect] | None:
        """
        Return the name of the holiday on a date and its effect, or nothing where it is none or has windows of its own.
        """
        if day in self.dates:
            return None
        found = [
            (self.holiday_effects.get(one.name, self.holiday_effect), one.days[day])
            for one in self.holidays
            if day in one.days
        ]
        if not found:
            return None
        effect, name = min(found, key=lambda pair: _STRICTEST_FIRST.index(pair[0]))
        return name, effect

    def closed_dates(self, *, limited_open: bool) -> frozenset[dt.date]:
        """
        Return the holidays that close the calendar; ``limited`` ones are among them unless ``limited_open``.
        """
        closing = {HolidayEffect.CLOSED} if limited_open else {HolidayEffect.CLOSED, HolidayEffect.LIMITED}
        dates = {day for one in self.holidays for day in one.days}
        return frozenset(day for day in dates if (found := self.holiday_on(day)) and found[1] in closing)


def always(zone: str = "UTC", *, name: str = "24x7", day_seconds: int | None = DAY) -> CalendarSpec:
    """
    Return the calendar that never closes; its dates are those of ``zone``.
    """
    return CalendarSpec(name=name, zone=zone, week=Week(((ALL_DAY,),) * 7), day_seconds=day_seconds)
