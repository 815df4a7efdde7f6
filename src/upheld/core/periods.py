"""
Periods: half-open stretches of time, and their algebra.

Invariant: a period holds every instant from its start up to, but without, its end; every function that returns several
periods returns them sorted, apart (never touching) and none of them empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from upheld.core.errors import UpheldError
from upheld.core.instants import Instant


class PeriodError(UpheldError):
    """
    A period whose end lies before its start.
    """


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """
    The time from ``start`` up to, but without, ``end``; a period may end where it starts and then holds nothing.

    Raises :class:`PeriodError` ``period.reversed`` when the end lies before the start.
    """

    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise PeriodError("period.reversed", start=self.start, end=self.end)

    @property
    def seconds(self) -> int:
        """
        Return the length in seconds.
        """
        return self.end - self.start

    def __contains__(self, instant: Instant) -> bool:
        return self.start <= instant < self.end


def merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    """
    Return the time that lies in any of the periods; those that touch become one.

    >>> merged([Period(5, 9), Period(0, 5), Period(20, 20)])
    (Period(start=0, end=9),)
    """
    joined: list[Period] = []
    for period in sorted(periods):
        if period.start == period.end:
            continue
        if joined and period.start <= joined[-1].end:
            if period.end > joined[-1].end:
                joined[-1] = Period(joined[-1].start, period.end)
        else:
            joined.append(period)
    return tuple(joined)


def intersected(ones: Iterable[Period], others: Iterable[Period]) -> tuple[Period, ...]:
    """
    Return the time that lies in one of ``ones`` and also in one of ``others``.

    >>> intersected([Period(0, 10)], [Period(2, 3), Period(8, 12)])
    (Period(start=2, end=3), Period(start=8, end=10))
    """
    left, right = merged(ones), merged(others)
    shared: list[Period] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            shared.append(Period(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return tuple(shared)


def subtracted(ones: Iterable[Period], others: Iterable[Period]) -> tuple[Period, ...]:
    """
    Return the time that lies in one of ``ones`` and in none of ``others``.

    >>> subtracted([Period(0, 10)], [Period(2, 3), Period(8, 12)])
    (Period(start=0, end=2), Period(start=3, end=8))
    """
    cuts = merged(others)
    left: list[Period] = []
    j = 0
    for period in merged(ones):
        start = period.start
        while j < len(cuts) and cuts[j].end <= start:
            j += 1
        k = j
        while k < len(cuts) and cuts[k].start < period.end:
            if start < cuts[k].start:
                left.append(Period(start, cuts[k].start))
            start = cuts[k].end
            k += 1
        if start < period.end:
            left.append(Period(start, period.end))
    return tuple(left)


def clipped(periods: Iterable[Period], within: Period) -> tuple[Period, ...]:
    """
    Return the part of the periods that lies in ``within``.
    """
    return intersected(periods, (within,))


def total(periods: Iterable[Period]) -> int:
    """
    Return the seconds that the periods hold together; time that lies in two of them counts once.
    """
    return sum(period.seconds for period in merged(periods))
