"""
From windows on the wall clock to stretches of open time.

The order matters (DESIGN, Time): both ends of a window resolve with fold=0, windows that come out empty or negative
are dropped, holidays and breaks are cut out, overlaps are trimmed; only then may anybody sum. Invariant: the pieces of
:func:`open_pieces` are sorted, never overlap, are never empty, and each knows its support day.
"""

from __future__ import annotations

import bisect
import datetime as dt
import functools
from collections.abc import Callable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from upheld.core.calendars.spec import CalendarSpec
from upheld.core.calendars.windows import DAY
from upheld.core.calendars.zones import exists, resolve, steady_midnight
from upheld.core.instants import Instant
from upheld.core.periods import Period, subtracted

_MARGIN = 4
"""Days looked at beyond each end: a window may close two days on, and its support day may lie three days off."""


class Piece(NamedTuple):
    """
    An open stretch and the ordinal (``date.toordinal``) of the support day that it belongs to.
    """

    opens: Instant
    closes: Instant
    day: int


def open_pieces(spec: CalendarSpec, first: dt.date, last: dt.date, *, limited_open: bool) -> list[Piece]:
    """
    Return the open stretches of all dates from ``first`` to ``last`` and of some days around, for the edges.
    """
    place = spec.place()
    closed = spec.closed_dates(limited_open=limited_open)
    cuts = _cuts(spec, place, closed)
    owners = {day: (owner - day + 3) % 7 - 3 for day, owner in spec.support_day.items()}
    pieces: list[Piece] = []
    for ordinal in range(first.toordinal() - _MARGIN, last.toordinal() + _MARGIN + 1):
        day = dt.date.fromordinal(ordinal)
        midnight = steady_midnight(place, ordinal)
        if day in closed or (midnight is None and not exists(place, day)):
            continue
        owner = ordinal + owners.get(day.weekday(), 0)
        near = [cut for other in range(ordinal - 2, ordinal + 4) for cut in cuts.get(other, ())] if cuts else []
        pieces += [Piece(start, end, owner) for start, end in _windows_on(spec, day, _on(place, day, midnight), near)]
    return _owned(_trimmed(pieces), {day.toordinal() for day in closed})


def _on(place: ZoneInfo, day: dt.date, midnight: Instant | None) -> Callable[[int], Instant]:
    """
    Return what gives the instant of seconds after a date's midnight on the wall clock.
    """
    return functools.partial(resolve, place, day) if midnight is None else midnight.__add__


def _windows_on(
    spec: CalendarSpec, day: dt.date, on: Callable[[int], Instant], cuts: list[Period]
) -> Iterator[tuple[Instant, Instant]]:
    windows = spec.dates.get(day)
    for window in spec.week_on(day).days[day.weekday()] if windows is None else windows:
        opens, closes = on(window.opens), on(window.closes)
        if closes <= opens:
            continue
        if cuts:
            yield from ((left.start, left.end) for left in subtracted((Period(opens, closes),), cuts))
        else:
            yield opens, closes


def _cuts(spec: CalendarSpec, place: ZoneInfo, closed: frozenset[dt.date]) -> dict[int, list[Period]]:
    """
    Return what is cut out, by the ordinal of its date: closed holidays from midnight to midnight, and breaks.
    """
    cuts: dict[int, list[Period]] = {}
    bounds = [(day, 0, DAY) for day in closed]
    bounds += [(day, window.opens, window.closes) for day, windows in spec.breaks.items() for window in windows]
    for day, opens, closes in bounds:
        start, end = resolve(place, day, opens), resolve(place, day, closes)
        if start < end and exists(place, day):
            cuts.setdefault(day.toordinal(), []).append(Period(start, end))
    return cuts


def _trimmed(pieces: list[Piece]) -> list[Piece]:
    """
    Return the pieces sorted, each later one without what an earlier one holds already.
    """
    trimmed: list[Piece] = []
    reached: Instant | None = None
    for piece in sorted(pieces):
        opens = piece.opens if reached is None else max(piece.opens, reached)
        if opens < piece.closes:
            trimmed.append(Piece(opens, piece.closes, piece.day))
            reached = piece.closes
    return trimmed


def _owned(pieces: list[Piece], closed: set[int]) -> list[Piece]:
    """
    Return the pieces with those of a closed holiday given to the next support day.

    Sunday evening belongs to Monday; where Monday is closed, no support day passes on it, and the evening is Tuesday's.
    """
    days = sorted({piece.day for piece in pieces} - closed)
    if not closed or not days:
        return pieces
    return [
        piece
        if piece.day not in closed
        else piece._replace(day=days[min(bisect.bisect_left(days, piece.day), len(days) - 1)])
        for piece in pieces
    ]


def joined(pieces: list[Piece], start: Instant, end: Instant) -> list[tuple[Instant, Instant]]:
    """
    Return the open periods between two instants: pieces that touch made one, and cut off at both ends.
    """
    periods: list[tuple[Instant, Instant]] = []
    for piece in pieces:
        opens, closes = max(piece.opens, start), min(piece.closes, end)
        if opens >= closes:
            continue
        if periods and periods[-1][1] == opens:
            periods[-1] = (periods[-1][0], closes)
        else:
            periods.append((opens, closes))
    return periods
