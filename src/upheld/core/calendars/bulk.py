"""
The compiled calendar in bulk: NumPy arrays of instants in and out, equal to the second to the scalar engine.

Two tables answer in constant time. The slot table has, for each slot of time, the open seconds before it and whether
it is open, in one integer; the slot is the greatest common divisor of all openings and closings, so that no slot holds
one. Its inverse has, for each slot of open time, what to add to get the instant. A calendar without a common slot of a
minute, or with too many slots, is searched instead. Invariant: rows go through in chunks that stay in the cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.calendars.errors import CalendarError

Instants: TypeAlias = npt.NDArray[np.int64]
"""Whole seconds since the epoch, one dimension."""

CHUNK: Final = 1 << 14
"""Rows a chunk; temporaries of 128 kB stay in the second-level cache."""
SHORTEST_SLOT: Final = 60
MOST_SLOTS: Final = 1 << 22
"""Slots of a table at most (32 MB); beyond it the openings are searched."""
_ROW_BITS: Final = 34
"""Bits that an instant of 1970-2199 needs, with one to spare."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """
    Pauses of many rows: ``rows[i]`` is paused from ``starts[i]`` to ``ends[i]``; a row may have none or several, which
    may overlap.
    """

    rows: npt.NDArray[np.int64]
    starts: Instants
    ends: Instants

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.starts) == len(self.ends):
            raise CalendarError("calendar.bulk_lengths", given=[len(self.rows), len(self.starts), len(self.ends)])
        if np.any(self.ends < self.starts):
            raise CalendarError("calendar.bulk_pause_reversed", row=int(self.rows[np.argmax(self.ends < self.starts)]))


class BulkCalendar:
    """
    Questions about many instants at once to one compiled calendar.

    Every method takes one-dimensional int64 arrays of equal length and raises :class:`CalendarError`
    ``calendar.bulk_beyond_horizon`` with the first row that leaves the horizon, ``calendar.bulk_lengths`` for arrays of
    different lengths.
    """

    def __init__(self, calendar: CompiledCalendar) -> None:
        self.calendar = calendar
        self._opens = np.array(calendar.opens, dtype=np.int64)
        self._closes = np.array(calendar.closes, dtype=np.int64)
        self._before = np.array(calendar.before, dtype=np.int64)
        self._offsets = self._opens - self._before[:-1]
        self._total = calendar.before[-1]
        self._slot, self._slots = self._slot_table()
        self._step, self._steps = self._inverse_table()

    @property
    def slot(self) -> int:
        """
        Return the seconds of a slot, or 0 where the calendar is searched.
        """
        return self._slot

    def _slot_table(self) -> tuple[int, Instants]:
        calendar = self.calendar
        bounds = [bound - calendar.start for bound in (*calendar.opens, *calendar.closes, calendar.end)]
        slot = math.gcd(*bounds)
        count = (calendar.end - calendar.start) // slot + 1
        if slot < SHORTEST_SLOT or count > MOST_SLOTS:
            return 0, np.empty(0, dtype=np.int64)
        starts = calendar.start + slot * np.arange(count, dtype=np.int64)
        at = np.searchsorted(self._opens, starts, side="right") - 1
        is_open = (at >= 0) & (starts < self._closes[at])
        return slot, (self._searched(starts) << 1) | is_open

    def _inverse_table(self) -> tuple[int, Instants]:
        step = math.gcd(*self.calendar.before[1:])
        if step < SHORTEST_SLOT or self._total // step > MOST_SLOTS:
            return 0, np.empty(0, dtype=np.int64)
        firsts = step * np.arange(self._total // step, dtype=np.int64)
        return step, self._offsets[np.searchsorted(self._before, firsts, side="right") - 1]

    def _searched(self, t: Instants) -> Instants:
        """
        Return the open seconds before each instant by searching the openings.
        """
        at = np.maximum(np.searchsorted(self._opens, t, side="right") - 1, 0)
        found: Instants = np.maximum(np.minimum(t, self._closes[at]) - self._offsets[at], 0)
        return found

    def _upto(self, t: Instants) -> Instants:
        if not self._slot:
            return self._searched(t)
        since = t - self.calendar.start
        slot = since // self._slot
        since -= slot * self._slot
        packed = self._slots.take(slot)
        since *= packed & 1
        packed >>= 1
        packed += since
        return packed

    def between(self, a: Instants, b: Instants, pauses: Pauses | None = None) -> Instants:
        """
        Return the open seconds from each ``a`` to its ``b``, less those of the row's pauses that lie between the two.

        Negative where ``b`` comes first; pauses take nothing off then.
        """
        a, b = self._checked(a, b)
        spent = self._chunked(lambda one, other: self._upto(other) - self._upto(one), a, b)
        if pauses is not None and len(pauses.rows):
            rows, starts, ends = _apart(pauses, len(a))
            starts, ends = np.maximum(starts, a[rows]), np.minimum(ends, b[rows])
            held = starts < ends
            rows, starts, ends = rows[held], starts[held], ends[held]
            taken = self.between(starts, ends)
            np.subtract.at(spent, rows, taken)
        return spent

    def add(self, start: Instants, seconds: Instants, pauses: Pauses | None = None) -> Instants:
        """
        Return the instant after so many open seconds from each start, pushed on by those of the row's pauses.

        Closings, openings and zero are treated as in :meth:`CompiledCalendar.add`.
        """
        start, seconds = self._checked(start, seconds, instants=1)
        due = self._chunked(self._add_chunk, start, seconds)
        if pauses is not None and len(pauses.rows):
            rows, starts, ends = _apart(pauses, len(start))
            for which in _by_turn(rows):
                row = rows[which]
                from_, to = np.maximum(starts[which], start[row]), ends[which]
                pushing = from_ < np.minimum(to, due[row])
                row, from_, to = row[pushing], from_[pushing], to[pushing]
                held = self._of_rows(row, self.between, from_, to)
                some = held > 0
                due[row[some]] = self._of_rows(row[some], self.add, due[row[some]], held[some])
        return due

    def _add_chunk(self, start: Instants, seconds: Instants) -> Instants:
        target = self._upto(start) + seconds
        # Going on, the last open second decides (a due time stays on closing); going back or nowhere, the next one.
        second = target - (seconds > 0)
        if second.min(initial=0) < 0 or second.max(initial=0) >= self._total:
            outside = (second < 0) | (second >= self._total)
            stands = (seconds == 0) & (self._due(target - 1) == start)
            if np.any(outside & ~stands):
                raise _Outside(int(np.argmax(outside & ~stands)))
            second = np.clip(second, 0, self._total - 1)
        due = self._due_of(second, target)
        nowhere = seconds == 0
        if np.any(nowhere):
            stays = nowhere & (target > 0) & (self._due(target - 1) == start)
            due = np.where(stays, start, due)
        return due

    def _due_of(self, second: Instants, target: Instants) -> Instants:
        """
        Return the instant of ``target`` open seconds, in the open period that holds the given open second.
        """
        if self._step:
            return self._steps.take(second // self._step) + target
        return self._offsets[np.searchsorted(self._before, second, side="right") - 1] + target

    def _due(self, second: Instants) -> Instants:
        """
        Return the end of the given open second, counted from 0.
        """
        return self._due_of(np.clip(second, 0, self._total - 1), second + 1)

    def _chunked(self, work: Callable[[Instants, Instants], Instants], one: Instants, other: Instants) -> Instants:
        result = np.empty(len(one), dtype=np.int64)
        for at in range(0, len(one), CHUNK):
            try:
                result[at : at + CHUNK] = work(one[at : at + CHUNK], other[at : at + CHUNK])
            except _Outside as outside:
                raise self._beyond(at + outside.row) from None
        return result

    def _of_rows(
        self,
        rows: npt.NDArray[np.int64],
        ask: Callable[[Instants, Instants], Instants],
        one: Instants,
        other: Instants,
    ) -> Instants:
        """
        Return what a method answers about some of the rows; a refusal names the row of the whole.
        """
        try:
            return ask(one, other)
        except CalendarError as error:
            raise self._beyond(int(rows[error.params["row"]])) from None

    def _checked(self, one: Instants, other: Instants, instants: int = 2) -> tuple[Instants, Instants]:
        one, other = np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64)
        if one.shape != other.shape or one.ndim != 1:
            raise CalendarError("calendar.bulk_lengths", given=[*one.shape, *other.shape])
        for given in (one, other)[:instants]:
            if len(given) and (given.min() < self.calendar.start or given.max() > self.calendar.end):
                raise self._beyond(int(np.argmax((given < self.calendar.start) | (given > self.calendar.end))))
        return one, other

    def _beyond(self, row: int) -> CalendarError:
        revision = self.calendar.revision
        return CalendarError(
            "calendar.bulk_beyond_horizon",
            calendar=self.calendar.name,
            row=row,
            first=str(revision.first),
            last=str(revision.last),
        )


class _Outside(Exception):  # noqa: N818 - a signal inside this module
    """
    A row of a chunk whose answer lies outside the horizon.
    """

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


def _apart(pauses: Pauses, count: int) -> tuple[npt.NDArray[np.int64], Instants, Instants]:
    """
    Return the pauses so that those of one row stand together by start, and none holds what another of its row does.
    """
    rows = np.asarray(pauses.rows, dtype=np.int64)
    if len(rows) and (rows.min() < 0 or rows.max() >= count):
        raise CalendarError("calendar.bulk_pause_row", given=int(rows.max() if rows.max() >= count else rows.min()))
    starts, ends = (np.asarray(given, dtype=np.int64) for given in (pauses.starts, pauses.ends))
    if not np.all(np.bincount(rows) <= 1):
        # One key for row and start sorts several times as fast as two.
        key = (rows << _ROW_BITS) + starts
        if np.any(key[1:] < key[:-1]):
            order = np.argsort(key)
            rows, starts, ends = rows[order], starts[order], ends[order]
    # One running maximum for all rows: a row's instants are lifted above those of the row before.
    lift = rows << _ROW_BITS
    reached = np.maximum.accumulate(ends + lift) - lift
    earlier = np.concatenate(([np.iinfo(np.int64).min], reached[:-1]))
    starts = np.where(np.concatenate(([False], rows[1:] == rows[:-1])), np.maximum(starts, earlier), starts)
    some = starts < ends
    return rows[some], starts[some], ends[some]


def _by_turn(rows: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """
    Return the positions of every row's first pause, of every row's second, and so on.
    """
    if not len(rows):
        return []
    firsts = np.concatenate(([True], rows[1:] != rows[:-1]))
    begins = np.flatnonzero(firsts)
    turn = np.arange(len(rows)) - begins[np.cumsum(firsts) - 1]
    order = np.argsort(turn, kind="stable")
    return np.split(order, np.cumsum(np.bincount(turn))[:-1])
