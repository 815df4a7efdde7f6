"""
Reckoning periods: the months, quarters, half years, years, terms and weeks over which a plan counts, cut in one zone.

They start at local midnight of a date that is always reckoned from the first one (its *anchor*), never from the one
before: a start on the 31st is the last day of a shorter month, and the 31st again in the month after. Invariant: every
instant lies in exactly one period of a rule, and the periods follow each other without a gap; a rolling period, which
ends at the instant that is asked about, is the exception.
"""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from upheld.core.calendars import zones
from upheld.core.calendars.windows import WEEKDAYS
from upheld.core.dates import MONTHS, ONE_DAY, months_later
from upheld.core.durations import DAY, Duration, Unit
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, in_range, to_datetime
from upheld.core.periods import Period
from upheld.core.plan.model.compliance import Period as PeriodRule

_NEW_YEAR: Final = dt.date(2000, 1, 1)
_MONDAY: Final = dt.date(2001, 1, 1)
_MONTH_DAY: Final = re.compile(r"(\d{2})-(\d{2})")


class ReckoningError(UpheldError):
    """
    A rule that cuts no periods, or that lacks the contract's start or term to cut them.
    """


@dataclass(frozen=True, slots=True)
class ReckoningPeriod:
    """
    One period: its name, its first and last day in the zone (both in it), and the same as instants.

    The name is ``2026-07``, ``2026-Q3``, ``2026-H2``, ``2026`` or ``2026-W27`` where the period is that of the
    calendar, and otherwise its days: ``2026-02-01 to 2026-04-30``.
    """

    label: str
    first: dt.date
    last: dt.date
    span: Period

    def __hash__(self) -> int:
        # A period is the key of many clocks: its start tells enough.
        return hash(self.span.start)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """
    A rule made ready: periods of ``months`` (or of ``days``, where ``months`` is 0) from ``anchor`` on, in ``zone``.

    Make it with :func:`reckoning`. A rolling rule has neither, and ``rolling`` in their place.
    """

    each: str
    zone: str
    anchor: dt.date
    months: int = 0
    days: int = 0
    rolling: Duration | None = None
    _starts: list[Instant] = field(default_factory=list, repr=False, compare=False)
    _known: list[ReckoningPeriod] = field(default_factory=list, repr=False, compare=False)

    def period_of(self, instant: Instant) -> ReckoningPeriod:
        """
        Return the period that the instant lies in; of a rolling rule, the one that ends with it.

        Raises :class:`~upheld.core.instants.InstantError` ``instant.out_of_range``.
        """
        place = bisect.bisect_right(self._starts, instant) - 1
        if place >= 0 and instant < self._known[place].span.end:
            return self._known[place]
        if self.rolling:
            return self._until(in_range(instant) + 1, self.rolling)
        found = self._found(in_range(instant))
        self._starts.insert(place + 1, found.span.start)
        self._known.insert(place + 1, found)
        return found

    def between(self, start: Instant, end: Instant) -> Iterator[ReckoningPeriod]:
        """
        Return every period that has time between two instants (the second not in it), in order.

        Raises :class:`ReckoningError` ``reckoning.not_a_stretch`` for a rolling rule.
        """
        if self.rolling:
            raise ReckoningError("reckoning.not_a_stretch", each=self.each)
        at = start
        while at < end:
            period = self.period_of(at)
            yield period
            at = period.span.end

    def _found(self, instant: Instant) -> ReckoningPeriod:
        index = self._index(to_datetime(instant, zones.zone(self.zone)).date())
        # Where a clock goes back over midnight, a date comes twice: the first midnight cuts (St John's, 2009-11-01).
        while instant >= self._midnight(self._first(index + 1)):
            index += 1
        while instant < self._midnight(self._first(index)):
            index -= 1
        return self._cut(self._first(index), self._first(index + 1))

    def _index(self, day: dt.date) -> int:
        if not self.months:
            return (day - self.anchor).days // self.days
        apart = (day.year - self.anchor.year) * 12 + day.month - self.anchor.month
        index = apart // self.months
        return index - 1 if self._first(index) > day else index

    def _first(self, index: int) -> dt.date:
        if self.months:
            return months_later(self.anchor, index * self.months)
        return self.anchor + ONE_DAY * (index * self.days)

    def _cut(self, first: dt.date, following: dt.date) -> ReckoningPeriod:
        last = following - ONE_DAY
        return ReckoningPeriod(
            self._label(first, last), first, last, Period(self._midnight(first), self._midnight(following))
        )

    def _midnight(self, day: dt.date) -> Instant:
        return zones.resolve(zones.zone(self.zone), day, 0)

    def _label(self, first: dt.date, last: dt.date) -> str:
        if self.each == "month" and first.day == 1:
            return f"{first:%Y-%m}"
        if self.each == "week" and first.weekday() == 0:
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02}"
        if (self.anchor.month, self.anchor.day) == (1, 1) and self.each in _NAMES:
            return _NAMES[self.each].format(year=first.year, number=(first.month - 1) // self.months + 1)
        return f"{first} to {last}"

    def _until(self, end: Instant, length: Duration) -> ReckoningPeriod:
        """
        Return the rolling period before ``end``; in days, months and years it starts at the same local time.
        """
        place = zones.zone(self.zone)
        local = to_datetime(end, place)
        if length.unit is Unit.SECONDS:
            start = end - length.count
        else:
            seconds = local.hour * 3600 + local.minute * 60 + local.second
            start = zones.resolve(place, _earlier(local.date(), length), seconds)
        first, last = (to_datetime(at, place).date() for at in (start, end - 1))
        return ReckoningPeriod(f"{first} to {last}", first, last, Period(start, end))


_NAMES: Final = {"quarter": "{year}-Q{number}", "half_year": "{year}-H{number}", "year": "{year}"}


def _earlier(day: dt.date, length: Duration) -> dt.date:
    if length.unit is Unit.DAYS:
        return day - ONE_DAY * length.count
    return months_later(day, -length.count * (12 if length.unit is Unit.YEARS else 1))


def reckoning(
    rule: PeriodRule, zone: str, *, contract_start: dt.date | None = None, term: Duration | None = None
) -> Reckoning:
    """
    Return the rule made ready for a zone (an IANA name), a contract's first day, and the length of its term.

    Raises :class:`ReckoningError` ``reckoning.not_a_stretch`` (limits for each incident or violation),
    ``reckoning.bad_start``, ``reckoning.no_contract_start``, ``reckoning.no_term``, or what an unknown zone raises.
    """
    zones.zone(zone)
    if rule.each == "rolling":
        return Reckoning(rule.each, zone, _NEW_YEAR, rolling=rule.length)
    if rule.each == "term":
        if term is None:
            raise ReckoningError("reckoning.no_term")
        return _terms(zone, _contract(rule, contract_start), term)
    if rule.each == "week":
        return Reckoning(rule.each, zone, _week_start(rule, contract_start), days=7)
    if rule.each not in MONTHS:
        raise ReckoningError("reckoning.not_a_stretch", each=rule.each)
    return Reckoning(rule.each, zone, _month_start(rule, contract_start), months=MONTHS[rule.each])


def period_of(
    rule: PeriodRule,
    zone: str,
    instant: Instant,
    *,
    contract_start: dt.date | None = None,
    term: Duration | None = None,
) -> ReckoningPeriod:
    """
    Return the one period of a rule that an instant lies in. For many instants, keep the :func:`reckoning`.
    """
    return reckoning(rule, zone, contract_start=contract_start, term=term).period_of(instant)


def _terms(zone: str, anchor: dt.date, term: Duration) -> Reckoning:
    match term.unit:
        case Unit.MONTHS | Unit.YEARS:
            return Reckoning("term", zone, anchor, months=term.count * (12 if term.unit is Unit.YEARS else 1))
        case Unit.DAYS:
            return Reckoning("term", zone, anchor, days=term.count)
        case _:
            if term.count % DAY:
                raise ReckoningError("reckoning.no_term")
            return Reckoning("term", zone, anchor, days=term.count // DAY)


def _contract(rule: PeriodRule, contract_start: dt.date | None) -> dt.date:
    if contract_start is None:
        raise ReckoningError("reckoning.no_contract_start", each=rule.each)
    return contract_start


def _week_start(rule: PeriodRule, contract_start: dt.date | None) -> dt.date:
    if rule.starts == "contract":
        return _contract(rule, contract_start)
    day = (rule.starts or "mon").lower()[:3]
    if day not in WEEKDAYS:
        raise ReckoningError("reckoning.bad_start", each=rule.each, given=str(rule.starts))
    return _MONDAY + ONE_DAY * WEEKDAYS.index(day)


def _month_start(rule: PeriodRule, contract_start: dt.date | None) -> dt.date:
    if rule.starts == "contract":
        return _contract(rule, contract_start)
    if rule.starts is None:
        return _NEW_YEAR
    found = _MONTH_DAY.fullmatch(rule.starts)
    try:
        # The year of the anchor is a leap year, so that 29 February can be one.
        return dt.date(_NEW_YEAR.year, int(found[1]), int(found[2])) if found else dt.date.fromisoformat(rule.starts)
    except ValueError:
        raise ReckoningError("reckoning.bad_start", each=rule.each, given=rule.starts) from None
