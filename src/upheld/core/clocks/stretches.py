"""
The stretches of a clock's time: what counted, what did not, and what is still to come.

Invariant: stretches follow one another without a gap while a promise ruled, and those that counted add up to what the
clock says was spent.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Final, NamedTuple

from upheld.core.clocks.clock import Clock, Leg
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant

MOST_STRETCHES: Final = 400
"""More stretches than this are joined into one sum; nobody reads them."""


class StretchKind(enum.StrEnum):
    """
    What a stretch of time was for the clock. ``set_aside``: counted for a promise that no longer rules; ``to_come``:
    will count, if nothing changes.
    """

    COUNTED = "counted"
    CLOSED = "closed"
    PAUSED = "paused"
    SET_ASIDE = "set_aside"
    TO_COME = "to_come"


class Stretch(NamedTuple):
    """
    A half-open stretch of time: its kind, the calendar that ruled, the support seconds in it, and what paused it.
    """

    since: Instant
    until: Instant
    kind: StretchKind
    calendar: str
    seconds: int
    paused_by: tuple[str, ...] = ()


def stretches(clock: Clock, rules: Rules, channel: str | None, now: Instant) -> list[Stretch]:
    """
    Return all stretches of a clock in order, up to its end, its due time or ``now``, whichever is last.
    """
    found: list[Stretch] = []
    room = MOST_STRETCHES
    for leg, is_to_come in _parts(clock, now):
        pieces = list(_pieces(leg, rules, channel, _kind(clock, leg, is_to_come=is_to_come)))
        if len(pieces) > room:
            pieces = [_joined(pieces)]
        room -= len(pieces)
        found.extend(pieces)
    return _run_together(found)


def _parts(clock: Clock, now: Instant) -> Iterator[tuple[Leg, bool]]:
    """
    Yield the legs with their ends known, those of an open clock cut at ``now``, and whether each is still to come.
    """
    if not clock.legs:
        return
    last = clock.legs[-1]
    end = clock.stopped_at if clock.stopped_at is not None else clock.ended_at
    horizon = end if end is not None else max(clock.due_at or now, now, last.since)
    for leg in clock.legs:
        until = leg.until if leg.until is not None else horizon
        cut = max(min(now, until), leg.since) if clock.is_open else until
        if cut > leg.since:
            yield leg._replace(until=cut), False
        if until > cut:
            yield leg._replace(since=cut, until=until), True


def _kind(clock: Clock, leg: Leg, *, is_to_come: bool) -> StretchKind:
    if leg.paused_by:
        return StretchKind.PAUSED
    if leg.counted_from != clock.legs[-1].counted_from:
        return StretchKind.SET_ASIDE
    return StretchKind.TO_COME if is_to_come else StretchKind.COUNTED


def _run_together(pieces: list[Stretch]) -> list[Stretch]:
    """
    Return the stretches with neighbours of one kind, calendar and cause made one.
    """
    made: list[Stretch] = []
    for each in pieces:
        last = made[-1] if made else None
        same = last and (last.until, last.kind, last.calendar, last.paused_by) == (
            each.since,
            each.kind,
            each.calendar,
            each.paused_by,
        )
        if last and same:
            made[-1] = last._replace(until=each.until, seconds=last.seconds + each.seconds)
        else:
            made.append(each)
    return made


def _pieces(leg: Leg, rules: Rules, channel: str | None, kind: StretchKind) -> Iterator[Stretch]:
    name, until = leg.promise.calendar, leg.until
    if until is None:
        raise AssertionError("a stretch is drawn only once its end is known")
    calendar = rules.ruling(leg.ruling).calendar(name, leg.promise.severity, channel)
    if kind is StretchKind.PAUSED:
        yield Stretch(leg.since, until, kind, name, calendar.between(leg.since, until), leg.paused_by)
        return
    at = leg.since
    for period in calendar.open_periods(leg.since, until):
        if period.start > at:
            yield Stretch(at, period.start, StretchKind.CLOSED, name, 0)
        yield Stretch(period.start, period.end, kind, name, period.end - period.start)
        at = period.end
    if until > at:
        yield Stretch(at, until, StretchKind.CLOSED, name, 0)


def _joined(pieces: list[Stretch]) -> Stretch:
    counted = [each for each in pieces if each.kind is not StretchKind.CLOSED]
    kind = counted[0].kind if counted else StretchKind.CLOSED
    return Stretch(pieces[0].since, pieces[-1].until, kind, pieces[0].calendar, sum(each.seconds for each in pieces))
