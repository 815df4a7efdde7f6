"""
Columns: the fold itself, run once for many tickets that lie alike.

Tickets lie alike when the same events happened to them in the same order, at whatever instants. To the fold a
:class:`Column` of instants is an instant: it adds, subtracts and compares all of them at once. Wherever the fold has to
decide and the tickets do not agree, :class:`ApartError` leaves it, and :func:`in_parts` folds both parts again, each by
itself. Invariant: there is no second reading of the rules; what is decided for a column was decided by the fold, and
equally for each of its tickets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt

from upheld.core.calendars.bulk import BulkCalendar
from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.calendars.spec import CalendarSpec
from upheld.core.durations import DayMode
from upheld.core.errors import UpheldError
from upheld.core.plan.contract import Contract
from upheld.core.plan.support_hours import SupportHours

Seconds: TypeAlias = npt.NDArray[np.int64]
Lanes: TypeAlias = npt.NDArray[np.int64]
"""Positions of tickets in a group of those that lie alike."""
Which: TypeAlias = npt.NDArray[np.bool_]
Found = TypeVar("Found")


class ApartError(Exception):
    """
    The tickets of a column do not agree: ``which`` of them say yes.
    """

    def __init__(self, which: Which) -> None:
        super().__init__()
        self.which = which


class NotInColumnsError(Exception):
    """
    A question that is answered for one ticket at a time.
    """


def _agreed(which: Which) -> bool:
    """
    Return what all tickets say, or part them.
    """
    yes = int(np.count_nonzero(which))
    if yes not in (0, len(which)):
        raise ApartError(which)
    return yes > 0


class Column:
    """
    A number of each ticket (seconds, instants), as one number. ``rank`` is that of the instants of events, which are in
    the same order in all tickets: two of them are compared by it alone.
    """

    __slots__ = ("rank", "values")
    __hash__ = None  # type: ignore[assignment]  # a column is no key

    def __init__(self, values: Seconds, rank: int | None = None) -> None:
        self.values = values
        self.rank = rank

    def __add__(self, other: Column | int) -> Column:
        return Column(self.values + _raw(other))

    __radd__ = __add__

    def __sub__(self, other: Column | int) -> Column:
        return Column(self.values - _raw(other))

    def __rsub__(self, other: int) -> Column:
        return Column(other - self.values)

    def __bool__(self) -> bool:
        return _agreed(self.values != 0)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Column | int):
            return NotImplemented
        ranks = self._ranks(other)
        return ranks[0] == ranks[1] if ranks else _agreed(self.values == _raw(other))

    def __lt__(self, other: Column | int) -> bool:
        ranks = self._ranks(other)
        return ranks[0] < ranks[1] if ranks else _agreed(self.values < _raw(other))

    def __le__(self, other: Column | int) -> bool:
        ranks = self._ranks(other)
        return ranks[0] <= ranks[1] if ranks else _agreed(self.values <= _raw(other))

    def __gt__(self, other: Column | int) -> bool:
        return not self <= other

    def __ge__(self, other: Column | int) -> bool:
        return not self < other

    def _ranks(self, other: Column | int) -> tuple[int, int] | None:
        if isinstance(other, int) or self.rank is None or other.rank is None:
            return None
        return self.rank, other.rank


def _raw(number: Column | int) -> Any:
    return number.values if isinstance(number, Column) else number


def spread(number: Column | int | None, count: int, missing: int = -1) -> Seconds:
    """
    Return the number of each ticket; what the fold gives for all of them stands once for each.
    """
    if isinstance(number, Column):
        return number.values
    return np.full(count, missing if number is None else number, dtype=np.int64)


class ColumnCalendar:
    """
    A compiled calendar that answers for columns what :class:`CompiledCalendar` answers for one instant.
    """

    def __init__(self, calendar: CompiledCalendar) -> None:
        self.calendar = calendar
        self._bulk = BulkCalendar(calendar)
        self._opens = np.array(calendar.opens, dtype=np.int64)
        self._closes = np.array(calendar.closes, dtype=np.int64)

    @property
    def spec(self) -> CalendarSpec:
        """
        Return what the calendar was compiled from.
        """
        return self.calendar.spec

    @property
    def name(self) -> str:
        """
        Return the calendar's name, as the plan has it.
        """
        return self.calendar.name

    def between(self, a: Column | int, b: Column | int) -> Column | int:
        """
        Return the open seconds from each ``a`` to its ``b``.
        """
        if isinstance(a, int) and isinstance(b, int):
            return self.calendar.between(a, b)
        count = _count(a, b)
        return Column(self._bulk.between(spread(a, count), spread(b, count)))

    def add(self, start: Column | int, seconds: Column | int) -> Column | int:
        """
        Return the instant after so many open seconds from each start.
        """
        if isinstance(start, int) and isinstance(seconds, int):
            return self.calendar.add(start, seconds)
        count = _count(start, seconds)
        return Column(self._bulk.add(spread(start, count), spread(seconds, count)))

    def add_days(self, start: Column, days: int, mode: DayMode) -> Column:
        """
        Return the instant so many support days after each start, asked one by one.
        """
        answers = (self.calendar.add_days(each, days, mode) for each in start.values.tolist())
        return Column(np.fromiter(answers, dtype=np.int64, count=len(start.values)))

    def is_open(self, at: Column | int) -> bool:
        """
        Return whether support is given at each instant.
        """
        if isinstance(at, int):
            return self.calendar.is_open(at)
        for outermost in (at.values.min(), at.values.max()):
            self.calendar.is_open(int(outermost))  # refuses what lies beyond the horizon
        period = np.searchsorted(self._opens, at.values, side="right") - 1
        return _agreed((period >= 0) & (at.values < self._closes[np.maximum(period, 0)]))

    def pushed(self, *_: Any) -> Column:
        """
        Refuse: the early end of a range in days is asked of one ticket at a time.
        """
        raise NotInColumnsError


def _count(*numbers: Column | int) -> int:
    return next(len(each.values) for each in numbers if isinstance(each, Column))


@dataclass(frozen=True, slots=True)
class HoursInColumns(SupportHours):
    """
    The calendars of a plan, each answering for columns; ``hours`` are those that answer for one instant.
    """

    hours: SupportHours = field(kw_only=True)
    _columns: dict[CompiledCalendar, ColumnCalendar] = field(default_factory=dict, repr=False)

    def calendar(
        self, name: str, contract: Contract, *, severity: str | None = None, channel: str | None = None
    ) -> CompiledCalendar:
        """
        Return the calendar as :meth:`SupportHours.calendar` does, answering for columns.
        """
        found = self.hours.calendar(name, contract, severity=severity, channel=channel)
        if found not in self._columns:
            self._columns[found] = ColumnCalendar(found)
        # To the fold a column is an instant, and a calendar of columns a calendar.
        return cast("CompiledCalendar", self._columns[found])


def hours_in_columns(hours: SupportHours) -> HoursInColumns:
    """
    Return the calendars of a plan as they answer for columns.
    """
    return HoursInColumns(hours.plan, hours.first, hours.last, hours.lists, hours.zones, hours=hours)


def in_parts(judge: Callable[[Lanes], Found], count: int, fewest: int) -> tuple[list[tuple[Lanes, Found]], list[Lanes]]:
    """
    Return what ``judge`` finds for tickets that lie alike, in as many parts as they have to be taken apart into, and
    the tickets that are left to the fold: those of parts with fewer than ``fewest``, and those that it refuses.
    """
    found: list[tuple[Lanes, Found]] = []
    left: list[Lanes] = []
    parts = [np.arange(count)]
    while parts:
        lanes = parts.pop()
        if len(lanes) < fewest:
            left.append(lanes)
            continue
        try:
            found.append((lanes, judge(lanes)))
        except ApartError as apart:
            parts += [lanes[apart.which], lanes[~apart.which]]
        except NotInColumnsError:
            left.append(lanes)
        except UpheldError as refused:
            # One ticket beyond the compiled calendars must not take all others with it.
            if refused.code in _BEYOND and len(lanes) > 1:
                parts += np.array_split(lanes, 2)
            else:
                left.append(lanes)
    return found, [lanes for lanes in left if len(lanes)]


_BEYOND: Final = frozenset({"calendar.bulk_beyond_horizon", "calendar.beyond_horizon"})
