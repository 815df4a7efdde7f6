"""
A scale of time: where an instant lies in a picture, and the ticks that people read below it.

Invariant: places are exact shares of the whole; ticks lie on the wall clock of the reader's zone, also across a change
to daylight saving.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from functools import total_ordering
from typing import Final, NamedTuple

from upheld.core.calendars.zones import resolve, zone
from upheld.core.durations import DAY, MINUTE
from upheld.core.instants import Instant, to_datetime
from upheld.rendering.dates import dated

EDGE: Final = Fraction(3, 1000)
"""What stays free on each side, so that a line at the very end can be seen."""
_MINUTES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAYS: Final = (1, 2, 7, 14)
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120)
_WEEK: Final = 7
_MONTH_DAYS: Final = 30
_LONG: Final = 300 * DAY


@total_ordering
class Share(NamedTuple):
    """
    A place as a share of the width.
    """

    part: Fraction

    @property
    def percent(self) -> str:
        """
        Return it as SVG wants it: ``12.5%``.
        """
        return f"{float(self.part * 100):.3f}".rstrip("0").rstrip(".") + "%"

    def less(self, other: Share) -> Share:
        """
        Return the distance from another place.
        """
        return Share(self.part - other.part)

    def pixels(self, wide: int) -> float:
        """
        Return it in pixels of a picture that is ``wide`` pixels wide.
        """
        return float(self.part * wide)


class Scale(NamedTuple):
    """
    The instants between which a picture lies.
    """

    first: Instant
    last: Instant

    def share(self, at: Instant) -> Share:
        """
        Return where an instant lies.
        """
        return Share(EDGE + (1 - 2 * EDGE) * Fraction(at - self.first, self.last - self.first))


class Tick(NamedTuple):
    """
    An instant below the line and what stands there.
    """

    at: Instant
    words: str


def short_moment(at: Instant, scale: Scale, zone_name: str, language: str = "en") -> str:
    """
    Return an instant as shortly as the picture's span allows: ``16:30``, ``Fri 16:30``, ``17 Apr 16:30`` or
    ``17 Apr 2026``.
    """
    place = zone(zone_name)
    local = to_datetime(at, place)
    first, last = to_datetime(scale.first, place).date(), to_datetime(scale.last, place).date()
    if first == last:
        return local.strftime("%H:%M")
    if last - first < dt.timedelta(days=_WEEK):
        return f"{dated(local, '{weekday}', language)} {local:%H:%M}"
    if scale.last - scale.first > _LONG:
        return dated(local, "{day} {month} {year}", language)
    return f"{dated(local, '{day} {month}', language)} {local:%H:%M}"


def ticks(scale: Scale, zone_name: str, *, most: int, language: str = "en") -> list[Tick]:
    """
    Return ticks at full hours, days, weeks or months, at most about ``most``.
    """
    span = scale.last - scale.first
    minutes = next((step for step in _MINUTES if span <= step * MINUTE * most), None)
    if minutes is not None:
        found = _by_minutes(scale, zone_name, minutes, language)
    else:
        days = next((step for step in _DAYS if span <= step * DAY * most), None)
        months = next((step for step in _MONTHS if span <= step * _MONTH_DAYS * DAY * most), _MONTHS[-1])
        found = _by_days(scale, zone_name, (days, months), language)
    return [tick for tick in found if scale.first < tick.at < scale.last]


def _dates(scale: Scale, zone_name: str) -> Iterator[dt.date]:
    place = zone(zone_name)
    day, last = to_datetime(scale.first, place).date(), to_datetime(scale.last, place).date()
    while day <= last:
        yield day
        day += dt.timedelta(days=1)


def _by_minutes(scale: Scale, zone_name: str, step: int, language: str) -> Iterator[Tick]:
    for day in _dates(scale, zone_name):
        for minute in range(0, 24 * 60, step):
            at = resolve(zone(zone_name), day, minute * MINUTE)
            words = f"{minute // 60:02}:{minute % 60:02}" if minute else dated(day, "{weekday} {day}", language)
            yield Tick(at, words)


def _by_days(scale: Scale, zone_name: str, steps: tuple[int | None, int], language: str) -> Iterator[Tick]:
    days, months = steps
    for day in _dates(scale, zone_name):
        words = _day_words(day, days, language) if days is not None else _month_words(day, months, language)
        if words:
            yield Tick(resolve(zone(zone_name), day, 0), words)


def _day_words(day: dt.date, step: int, language: str) -> str:
    """
    Return what stands at a day's beginning; weeks begin on Mondays.
    """
    if step < _WEEK:
        return dated(day, "{weekday} {day}", language) if day.toordinal() % step == 0 else ""
    # Ordinal 1 was a Monday.
    return dated(day, "{day} {month}", language) if (day.toordinal() - 1) % step == 0 else ""


def _month_words(day: dt.date, step: int, language: str) -> str:
    months = day.year * 12 + day.month - 1
    if day.day != 1 or months % step:
        return ""
    return str(day.year) if day.month == 1 else dated(day, "{month}", language)
