"""
Due times of two promises over a year, at every start at which they can begin to differ.

A due time grows with its start, in step with it or not at all; it changes its step only where a calendar opens or
closes, or where the due time itself meets such an edge. So two promises are compared exactly by trying the seconds
around those starts; for days, also the local times of the edges and midnight on every day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from upheld.core.calendars import zones
from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.durations import DAY, HOUR, DayMode, Duration, Unit
from upheld.core.instants import Instant, to_datetime
from upheld.core.periods import Period

_STEP: Final = 2 * HOUR + 30 * 60
"""Distance of the starts from which a share is told."""
_WEEK: Final = 7 * DAY


@dataclass(frozen=True, slots=True)
class Promised:
    """
    A length on a calendar; ``is_exclusive`` where its last instant is late.
    """

    length: Duration
    calendar: CompiledCalendar
    is_exclusive: bool = False

    def due(self, start: Instant) -> Instant | None:
        """
        Return when it is due for a start, or nothing where that cannot be computed.
        """
        try:
            if self.length.elapsed:
                return start + self.length.count
            if self.length.unit is Unit.SECONDS:
                return self.calendar.add(start, self.length.count)
            if self.length.unit is Unit.DAYS and self.length.mode is not None:
                return self.calendar.add_days(start, self.length.count, self.length.mode)
        except CalendarError:
            return None
        return None

    def seconds(self) -> int | None:
        """
        Return the support seconds of the length, or nothing for days that are no hours.
        """
        if self.length.unit is Unit.SECONDS:
            return self.length.count
        if self.length.mode is DayMode.HOURS and self.calendar.spec.day_seconds:
            return self.length.count * self.calendar.spec.day_seconds
        return None


class Sample(NamedTuple):
    """
    A start with both due times.
    """

    start: Instant
    before: Instant
    after: Instant


class Lateness(NamedTuple):
    """
    How the second promise is due beside the first: a start of a usual week at which it is later, earlier and the same
    (nothing where there is none), the latest by which it is later, and the share of starts at which it is, in percent.
    """

    later: Sample | None
    earlier: Sample | None
    equal: Sample | None
    most: int
    percent: int


def lateness(before: Promised, after: Promised, span: Period) -> Lateness | None:
    """
    Return how two promises are due over a year, or nothing where that cannot be computed.
    """
    tried = [_sample(before, after, start) for start in sorted(_starts(before, after, span))]
    samples = [each for each in tried if each is not None]
    if len(samples) != len(tried) or not samples:
        return None
    week = _usual_week(before.calendar, after.calendar, span)
    shown = [each for start in _hours_of(week, before) if (each := _sample(before, after, start))]
    later = [each for each in samples if each.after > each.before]
    return Lateness(
        later=_first(shown, 1) or _extreme(later),
        earlier=_first(shown, -1) or _extreme([each for each in samples if each.after < each.before]),
        equal=_first(shown, 0),
        most=max((each.after - each.before for each in later), default=0),
        percent=_percent(before, after, span) if later else 0,
    )


def _sample(before: Promised, after: Promised, start: Instant) -> Sample | None:
    one, other = before.due(start), after.due(start)
    return None if one is None or other is None else Sample(start, one, other)


def _first(samples: Iterable[Sample], sign: int) -> Sample | None:
    return next((each for each in samples if _sign(each.after - each.before) == sign), None)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _extreme(samples: list[Sample]) -> Sample | None:
    return max(samples, key=lambda each: abs(each.after - each.before), default=None)


def _starts(before: Promised, after: Promised, span: Period) -> set[Instant]:
    """
    Return the seconds around every start at which one of the due times changes its step.
    """
    found = {span.start}
    for each in (before, after):
        if each.length.elapsed:
            continue
        edges = list(_edges(each.calendar, span))
        seconds = each.seconds()
        found.update(edges)
        if seconds is not None:
            found.update(_reaching(each.calendar, edges, seconds))
        else:
            found.update(_local_times(each.calendar, edges, span))
    around = {start + step for start in found for step in (-1, 0, 1)}
    return {start for start in around if start in span}


def _edges(calendar: CompiledCalendar, span: Period) -> Iterator[Instant]:
    for period in calendar.open_periods(span.start, span.end):
        yield from (period.start, period.end)


def _reaching(calendar: CompiledCalendar, edges: Iterable[Instant], seconds: int) -> Iterator[Instant]:
    """
    Yield the starts whose due time falls on an edge.
    """
    for edge in edges:
        try:
            yield calendar.add(edge, -seconds)
        except CalendarError:
            continue


def _local_times(calendar: CompiledCalendar, edges: list[Instant], span: Period) -> Iterator[Instant]:
    place = zones.zone(calendar.spec.zone)
    times = {_second_of_day(edge, calendar) for edge in edges} | {0}
    day, last = (to_datetime(each, place).date() for each in (span.start, span.end))
    while day <= last:
        yield from (zones.resolve(place, day, time) for time in times)
        day += dt.timedelta(days=1)


def _second_of_day(instant: Instant, calendar: CompiledCalendar) -> int:
    local = to_datetime(instant, zones.zone(calendar.spec.zone))
    return local.hour * HOUR + local.minute * 60 + local.second


def _usual_week(one: CompiledCalendar, other: CompiledCalendar, span: Period) -> Period:
    """
    Return the first week from March on that has as much open time as any: one without holidays.
    """
    place = zones.zone(one.spec.zone)
    day = dt.date(to_datetime(span.start, place).year, 3, 1)
    day += dt.timedelta(days=(7 - day.weekday()) % 7)
    weeks = []
    for number in range(40):
        monday = day + dt.timedelta(days=7 * number)
        start, end = (zones.resolve(place, each, 0) for each in (monday, monday + dt.timedelta(days=7)))
        if end - start == _WEEK:
            weeks.append(Period(start, end))
    return max(weeks, key=lambda week: sum(each.between(week.start, week.end) for each in (one, other)))


def _hours_of(week: Period, promised: Promised) -> list[Instant]:
    """
    Return the full hours of a week at which the first calendar is open.
    """
    return [start for start in range(week.start, week.end, HOUR) if promised.calendar.is_open(start)]


def _percent(before: Promised, after: Promised, span: Period) -> int:
    starts = [start for start in range(span.start, span.end, _STEP) if before.calendar.is_open(start)]
    samples = [each for start in starts if (each := _sample(before, after, start))]
    later = sum(each.after > each.before for each in samples)
    return max(1, later * 100 // len(samples)) if samples else 1
