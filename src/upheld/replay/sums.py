"""
Sums over judged clocks: by severity, month and customer, how they spread, and how the other desk judged them.

Invariant: groups and standings come in the order in which the log first has them, whichever way clocks were judged;
adding up parts of a log in their order gives the same as the whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from upheld.core.calendars import zones
from upheld.core.clocks.columns import Seconds
from upheld.core.compliance.scopes import Standing
from upheld.core.compliance.tallies import Tally
from upheld.core.instants import to_datetime
from upheld.core.plan.model.compliance import Period as PeriodRule
from upheld.core.reckoning_periods import Reckoning, ReckoningPeriod, reckoning
from upheld.replay.results import BINS, LATE_EDGES, TENTHS, Spread
from upheld.replay.table import Rows

Group = tuple[str, str | None]
"""A metric, and the group's name."""
_MONTH: Final = PeriodRule(each="month")
_HOUR: Final = 3_600
_DAY: Final = 24
_THURSDAY: Final = 3
"""The weekday of 1970-01-01, Monday being 0."""
OWN_KEPT, OWN_LATE, OWN_UNKNOWN = 0, 1, 2
"""What the other desk says of a ticket."""
_NO_VERDICT: Final = -1
_OWN: Final = {(OWN_KEPT, False): 0, (OWN_LATE, True): 1, (OWN_LATE, False): 2, (OWN_KEPT, True): 3}
"""Positions in :class:`~upheld.replay.results.OwnVerdict`, by the other desk's verdict and whether ours is late."""


@dataclass(slots=True)
class Counts:
    """
    Clocks by standing, in groups that are made as they are met.
    """

    groups: dict[Group, dict[Standing, int]] = field(default_factory=dict)

    def add(self, metric: str, group: str | None, standing: Standing, number: int = 1) -> None:
        """
        Count clocks of a group.
        """
        counts = self.groups.setdefault((metric, group), {})
        counts[standing] = counts.get(standing, 0) + number

    def merge(self, other: Counts) -> None:
        """
        Add what others counted.
        """
        for (metric, group), counts in other.groups.items():
            for standing, number in counts.items():
                self.add(metric, group, standing, number)

    def tallies(self) -> dict[Group, Tally]:
        """
        Return the tallies of the groups.
        """
        return {name: Tally(counts) for name, counts in self.groups.items()}


@dataclass(slots=True)
class Sums:
    """
    All sums of a replay.
    """

    by_severity: Counts = field(default_factory=Counts)
    by_month: Counts = field(default_factory=Counts)
    by_customer: Counts = field(default_factory=Counts)
    spreads: dict[str, Spread] = field(default_factory=dict)
    own: dict[str, list[int]] = field(default_factory=dict)

    def merge(self, other: Sums) -> None:
        """
        Add the sums of what comes later in the log.
        """
        self.by_severity.merge(other.by_severity)
        self.by_month.merge(other.by_month)
        self.by_customer.merge(other.by_customer)
        for metric, spread in other.spreads.items():
            self.spreads.setdefault(metric, Spread()).merge(spread)
        for metric, counts in other.own.items():
            mine = self.own.setdefault(metric, [0] * len(counts))
            mine[:] = map(sum, zip(mine, counts, strict=True))

    def add(self, rows: Rows, customers: Sequence[str], customer: Seconds, zone: Sequence[str], own: Seconds) -> None:
        """
        Add the rows of a table. ``customer`` gives for each row the position of its customer among ``customers``,
        ``zone`` the zone of each of these, ``own`` for each row what the other desk says.
        """
        for what, number in first_met(rows.what):
            each = rows.whats[what]
            self.by_severity.add(each.metric, each.severity, each.standing, number)
        for code, number in first_met(rows.what * len(customers) + customer):
            each = rows.whats[code // len(customers)]
            self.by_customer.add(each.metric, customers[code % len(customers)], each.standing, number)
        self._add_months(rows, customer, zone)
        self._add_spreads(rows, customer, zone)
        self._add_own(rows, own)

    def _add_months(self, rows: Rows, customer: Seconds, zone: Sequence[str]) -> None:
        labels: dict[str, int] = {}
        month = np.empty(len(rows), dtype=np.int64)
        for name, there in _by_zone(customer, zone):
            periods, at = periods_of(rows.opened[there], reckoning(_MONTH, name))
            known = np.array([labels.setdefault(each.label, len(labels)) for each in periods])
            month[there] = known[at]
        names = list(labels)
        for code, number in first_met(rows.what * len(names) + month):
            each = rows.whats[code // len(names)]
            self.by_month.add(each.metric, names[code % len(names)], each.standing, number)

    def _add_spreads(self, rows: Rows, customer: Seconds, zone: Sequence[str]) -> None:
        hour = np.empty(len(rows), dtype=np.int64)
        for name, there in _by_zone(customer, zone):
            hour[there] = hours_of_week(rows.opened[there], name)
        late = rows.of([each.is_late is True for each in rows.whats])
        for metric, mine in _by_metric(rows):
            spread, is_late = self.spreads.setdefault(metric, Spread()), late[mine]
            found = np.bincount(_bins(rows.spent[mine], rows.allowed[mine], is_late), minlength=BINS + 1)
            spread.merge(
                Spread(found[:BINS].tolist(), _week(hour[mine][is_late]), _week(hour[mine])),
            )

    def _add_own(self, rows: Rows, own: Seconds) -> None:
        if np.all(own == OWN_UNKNOWN):
            return
        late = rows.of([each.is_late is True for each in rows.whats])
        for metric, mine in _by_metric(rows, own != OWN_UNKNOWN):
            counts = self.own.setdefault(metric, [0, 0, 0, 0])
            for (theirs, ours), place in _OWN.items():
                counts[place] += int(np.count_nonzero((own[mine] == theirs) & (late[mine] == ours)))


def first_met(codes: Seconds) -> Iterator[tuple[int, int]]:
    """
    Yield each code with how often it is there, in the order in which they first come.
    """
    found, first, number = np.unique(codes, return_index=True, return_counts=True)
    order = np.argsort(first)
    yield from zip(found[order].tolist(), number[order].tolist(), strict=True)


def periods_of(instants: Seconds, cut: Reckoning) -> tuple[list[ReckoningPeriod], Seconds]:
    """
    Return the periods from the first to the last of some instants, and for each instant the position of its own.
    """
    if not len(instants):
        return [], instants
    periods = list(cut.between(int(instants.min()), int(instants.max()) + 1))
    starts = np.array([each.span.start for each in periods])
    return periods, np.searchsorted(starts, instants, side="right") - 1


def hours_of_week(instants: Seconds, zone: str) -> Seconds:
    """
    Return the hour of the week of each instant in a zone, 0 being Monday from 00:00 to 01:00.
    """
    place = zones.zone(zone)
    slots, slot_of = np.unique(instants // _HOUR, return_inverse=True)
    firsts = [_offset(slot * _HOUR, place) for slot in slots.tolist()]
    lasts = [_offset(slot * _HOUR + _HOUR - 1, place) for slot in slots.tolist()]
    offsets = np.array(firsts)[slot_of]
    moving = np.flatnonzero((np.array(firsts) != np.array(lasts))[slot_of])
    # Within such an hour the clock was changed.
    offsets[moving] = [_offset(at, place) for at in instants[moving].tolist()]
    local = instants + offsets
    hours: Seconds = (local // _HOUR + _THURSDAY * _DAY) % (7 * _DAY)
    return hours


def _offset(at: int, place: dt.tzinfo) -> int:
    away = to_datetime(at, place).utcoffset()
    return 0 if away is None else away.days * _DAY * _HOUR + away.seconds


def _by_zone(customer: Seconds, zone: Sequence[str]) -> Iterator[tuple[str, Seconds]]:
    """
    Yield each zone with the rows of its customers.
    """
    names = list(dict.fromkeys(zone))
    number = np.array([names.index(each) for each in zone])[customer]
    for index, name in enumerate(names):
        yield name, np.flatnonzero(number == index)


def _by_metric(rows: Rows, among: np.typing.NDArray[np.bool_] | None = None) -> Iterator[tuple[str, Seconds]]:
    """
    Yield each metric with its rows that have a verdict, in the order in which the log first has one.
    """
    metrics = list(dict.fromkeys(each.metric for each in rows.whats))
    number = rows.of([_NO_VERDICT if each.is_late is None else metrics.index(each.metric) for each in rows.whats])
    if among is not None:
        number = np.where(among, number, _NO_VERDICT)
    for index, _ in first_met(number):
        if index != _NO_VERDICT:
            yield metrics[index], np.flatnonzero(number == index)


def _bins(spent: Seconds, allowed: Seconds, late: np.typing.NDArray[np.bool_]) -> Seconds:
    """
    Return the bin of each clock, :data:`BINS` where the target has no length in hours; the verdict decides on which
    side of the due time a clock lies, also at its very edge.
    """
    in_time = np.minimum(spent * TENTHS // np.maximum(allowed, 1), TENTHS - 1)
    beyond = sum((spent * edge.denominator > edge.numerator * allowed).astype(np.int64) for edge in LATE_EDGES)
    return np.where(allowed == 0, BINS, np.where(late, TENTHS + beyond, in_time))


def _week(hours: Seconds) -> list[list[int]]:
    return [list(each) for each in np.bincount(hours, minlength=7 * _DAY).reshape(7, _DAY).tolist()]
