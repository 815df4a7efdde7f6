"""
Due times of targets over a sample of starts, to compare promises that run on different hours.

Two fortnights are tried, one in January and one in July, so that both clocks of the year are met. Holidays of
countries are left out: two calendars are compared by their hours. Invariant: nothing is claimed where a due time cannot
be computed.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import HolidayList
from upheld.core.durations import DAY, HOUR, Duration, Unit
from upheld.core.instants import UTC, Instant, to_datetime
from upheld.core.periods import Period, subtracted, total
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.support_hours import ELAPSED, SupportHours

SAMPLE_CONTRACT: Final = Contract(customer="", tier="")
"""A customer of whom nothing is known; calendars in the customer's zone are taken in UTC."""
_USUAL_YEAR: Final = 2026
_FORTNIGHT: Final = 14 * DAY
_STEP: Final = 2 * HOUR + 30 * 60
"""Distance of sample starts: over a fortnight it meets all hours, full and half."""


def sample_year(plan: Plan) -> int:
    """
    Return the year whose days are tried: that of the plan's first day, where calendars can be compiled for it.
    """
    year = plan.effective.year if plan.effective else _USUAL_YEAR
    return min(max(year, 1971), 2190)


def support_hours(plan: Plan) -> SupportHours:
    """
    Return the plan's calendars over two years, with the holidays that the plan itself gives dates for.
    """
    year = sample_year(plan)
    named = {name for rule in plan.calendars.values() for name in rule.holidays}
    dates = {name: rule.dates for name, rule in plan.holiday_lists.items()}
    lists = {name: HolidayList(name, "", "", dates.get(name, {})) for name in named}
    return SupportHours(plan, dt.date(year, 1, 1), dt.date(year + 1, 12, 31), lists)


class Promise(NamedTuple):
    """
    What is compared: a length with its day mode, and the calendar on which it runs.
    """

    length: Duration
    calendar: str


class Later(NamedTuple):
    """
    How one promise is later than another: the share of the sample starts, and one of them with both due times.
    """

    always: bool
    percent: int
    start: str
    due: str
    other_due: str


@dataclass(frozen=True)
class DueTimes:
    """
    Computes due times for one plan; each pair of promises is compared once.
    """

    plan: Plan

    @functools.cached_property
    def _hours(self) -> SupportHours:
        return support_hours(self.plan)

    @functools.cached_property
    def _calendars(self) -> dict[str, CompiledCalendar | CalendarError]:
        return {}

    @functools.cached_property
    def _seen(self) -> dict[tuple[Promise, Promise], Later | None]:
        return {}

    @functools.cached_property
    def fortnights(self) -> tuple[Period, ...]:
        """
        The two sample fortnights, from a Monday in January and one in July.
        """
        return tuple(Period(start, start + _FORTNIGHT) for start in map(_monday, ((self._year, 1), (self._year, 7))))

    @property
    def _year(self) -> int:
        return sample_year(self.plan)

    def calendar(self, name: str) -> CompiledCalendar | None:
        """
        Return a calendar of the plan, or nothing where it cannot be compiled.
        """
        rule = self.plan.calendars.get(name)
        if rule and rule.day and rule.day.unit is not Unit.SECONDS:
            return None
        found = self.compiled(name)
        return None if isinstance(found, CalendarError) else found

    def compiled(self, name: str) -> CompiledCalendar | CalendarError:
        """
        Return a calendar of the plan, or why it cannot be compiled.
        """
        if name not in self._calendars:
            try:
                self._calendars[name] = self._hours.calendar(name, SAMPLE_CONTRACT)
            except CalendarError as refused:
                self._calendars[name] = refused
        return self._calendars[name]

    def are_comparable(self, one: str, other: str) -> bool:
        """
        Return whether two calendars can be held against each other: both in given zones, both in the customer's, or the
        same.
        """
        rules = self.plan.calendars
        if ELAPSED in (one, other):
            return True
        if one not in rules or other not in rules:
            return False
        own = {rules[name].zone in ("customer", "contract") for name in (one, other)}
        return len(own) == 1 or any(self._never_closes(name) for name in (one, other))

    def _never_closes(self, name: str) -> bool:
        calendar = self.calendar(name)
        return calendar is not None and len(calendar.opens) == 1

    def later(self, one: Promise, other: Promise) -> Later | None:
        """
        Return how ``one`` is due later than ``other``, or nothing where it never is or they cannot be compared.
        """
        if (one, other) not in self._seen:
            self._seen[one, other] = self._compared(one, other)
        return self._seen[one, other]

    def _compared(self, one: Promise, other: Promise) -> Later | None:
        if one == other or not self.are_comparable(one.calendar, other.calendar):
            return None
        if _is_never_later(one, other):
            return None
        pairs = list(self._pairs(one, other))
        late = [pair for pair in pairs if pair[1] > pair[2]]
        if not late:
            return None
        shown = max(late, key=lambda pair: pair[1] - pair[2])
        percent = max(1, len(late) * 100 // len(pairs))
        return Later(len(late) == len(pairs), percent, *(_text(each) for each in shown))

    def _pairs(self, one: Promise, other: Promise) -> Iterator[tuple[Instant, Instant, Instant]]:
        for fortnight in self.fortnights:
            for start in range(fortnight.start, fortnight.end, _STEP):
                dues = self.due(one, start), self.due(other, start)
                if dues[0] is not None and dues[1] is not None:
                    yield start, dues[0], dues[1]

    def due(self, promise: Promise, start: Instant) -> Instant | None:
        """
        Return when a promise is due that starts at ``start``, or nothing where that cannot be computed.
        """
        length, calendar = promise.length, self.calendar(promise.calendar)
        if length.elapsed:
            return start + length.count
        if calendar is None or length.unit not in (Unit.SECONDS, Unit.DAYS):
            return None
        try:
            if length.unit is Unit.SECONDS:
                return calendar.add(start, length.count)
            return calendar.add_days(start, length.count, length.mode) if length.mode else None
        except CalendarError:
            return None

    def uncovered(self, one: str, other: str) -> int | None:
        """
        Return the seconds of the sample in which calendar ``one`` is open and ``other`` is not, or nothing where they
        cannot be compared.
        """
        calendars = self.calendar(one), self.calendar(other)
        if calendars[0] is None or calendars[1] is None or not self.are_comparable(one, other):
            return None
        seconds = 0
        for each in self.fortnights:
            ones, others = (calendar.open_periods(each.start, each.end) for calendar in calendars if calendar)
            seconds += total(subtracted(ones, others))
        return seconds


def _is_never_later(one: Promise, other: Promise) -> bool:
    """
    Return whether two lengths of one kind on one calendar say it without computing.
    """
    alike = replace(one.length, count=other.length.count) == other.length
    return alike and one.calendar == other.calendar and one.length.count <= other.length.count


def _text(instant: Instant) -> str:
    return f"{to_datetime(instant):%a %Y-%m-%d %H:%M} UTC"


def _monday(year_and_month: tuple[int, int]) -> Instant:
    year, month = year_and_month
    first = dt.datetime(year, month, 7, tzinfo=UTC)
    return int((first - dt.timedelta(days=first.weekday())).timestamp())
