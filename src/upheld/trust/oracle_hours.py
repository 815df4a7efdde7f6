"""
Slow support hours: days listed one by one, walked from one end to the other.

Invariant: no code is shared with :mod:`upheld.core.calendars`: local times are resolved by the standard library, there
are no sums kept beforehand; only the plan's own words (windows, seasons, dates) are read.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib.resources
import io
import zoneinfo
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from upheld.core.instants import Instant
from upheld.core.plan.model.calendars import CalendarRule, SeasonRule

DAY: Final = 86_400
MARGIN: Final = dt.timedelta(days=14)
FURTHEST: Final = dt.timedelta(days=4 * 366)
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class NotUnderstoodError(Exception):
    """
    Something in a plan or a ticket that the oracle does not know; it then says nothing at all.
    """


class Piece(NamedTuple):
    """
    An open stretch, half-open, with the support day that it belongs to.
    """

    opens: Instant
    closes: Instant
    owner: dt.date


@functools.lru_cache(maxsize=512)
def zone_named(name: str, kept: bytes | None = None) -> zoneinfo.ZoneInfo:
    """
    Return a zone from rules that were kept, else from the packaged data; never from the machine's.
    """
    if kept is not None:
        return zoneinfo.ZoneInfo.from_file(io.BytesIO(kept), key=name)
    with importlib.resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return zoneinfo.ZoneInfo.from_file(file, key=name)


@dataclass(slots=True)
class SlowHours:
    """
    One calendar of a plan in one zone; ``closed`` are the holidays that close it, ``kept`` the zone's rules where they
    are not the packaged ones.
    """

    rule: CalendarRule | None
    zone: str
    closed: frozenset[dt.date] = frozenset()
    kept: bytes | None = None
    _first: dt.date | None = None
    _last: dt.date | None = None
    _pieces: list[Piece] = field(default_factory=list)

    def pieces(self, around: Instant, until: Instant | None = None) -> list[Piece]:
        """
        Return the open stretches of the days listed so far, after listing enough of them.
        """
        first = self._date(around) - MARGIN
        last = self._date(around if until is None else until) + MARGIN
        if self._first is None or self._last is None or first < self._first or last > self._last:
            self._first = min(first, self._first or first)
            self._last = max(last + 4 * MARGIN, self._last or last)
            self._pieces = list(self._listed(self._first, self._last))
        return self._pieces

    def _date(self, at: Instant) -> dt.date:
        return dt.datetime.fromtimestamp(at, zone_named(self.zone, self.kept)).date()

    def at(self, day: dt.date, seconds: int) -> Instant:
        """
        Return the instant of a wall clock; the first one where it comes twice, by the offset before a gap.
        """
        wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)
        return int(wall.replace(tzinfo=zone_named(self.zone, self.kept), fold=0).timestamp())

    def _listed(self, first: dt.date, last: dt.date) -> Iterator[Piece]:
        days = [first + dt.timedelta(days=each) for each in range((last - first).days + 1)]
        days = [day for day in days if self._date(self.at(day, DAY // 2)) == day]
        found: list[Piece] = []
        for day in days:
            owner = self._owner(day)
            for opens, closes in self._windows(day):
                piece = Piece(self.at(day, opens), self.at(day, closes), owner)
                if piece.opens < piece.closes:
                    found.append(piece)
        cuts = [(self.at(day, opens), self.at(day, closes)) for day in days for opens, closes in self._cuts(day)]
        apart = [piece for piece in _without(_apart(sorted(found)), cuts) if piece.opens < piece.closes]
        support_days = sorted({piece.owner for piece in apart if not self._is_closed(piece.owner)})
        for piece in apart:
            later = [day for day in support_days if day >= piece.owner][:1] or support_days[-1:]
            yield piece._replace(owner=later[0]) if self._is_closed(piece.owner) and later else piece

    def _windows(self, day: dt.date) -> Iterable[tuple[int, int]]:
        if self.rule is None:
            return [(0, DAY)]
        if day in self.rule.dates:
            return [(each.opens, each.closes) for each in self.rule.dates[day]]
        if self._is_closed(day):
            return []
        season = next((each for each in self.rule.seasons if _holds(each, day)), None)
        week = season.week if season else self.rule.week
        return [(each.opens, each.closes) for each in week.days[day.weekday()]]

    def _cuts(self, day: dt.date) -> Iterable[tuple[int, int]]:
        breaks = self.rule.breaks.get(day, ()) if self.rule else ()
        return [(each.opens, each.closes) for each in breaks] + ([(0, DAY)] if self._is_closed(day) else [])

    def _is_closed(self, day: dt.date) -> bool:
        return day in self.closed and not (self.rule and day in self.rule.dates)

    def _owner(self, day: dt.date) -> dt.date:
        moved = self.rule.support_day.get(_WEEKDAYS[day.weekday()]) if self.rule else None
        near = [day + dt.timedelta(days=step) for step in (0, 1, -1, 2, -2, 3, -3)]
        return day if moved is None else next(each for each in near if _WEEKDAYS[each.weekday()] == moved)

    def walk(self, since: Instant) -> Iterator[Piece]:
        """
        Yield the open stretches after an instant, the first cut off at it, for years.
        """
        told = since
        for days in range(60, FURTHEST.days, 180):
            horizon = since + days * DAY
            pieces = self.pieces(since, horizon)
            first = max(bisect_right(pieces, since, key=lambda each: each.opens) - 1, 0)
            for piece in pieces[first:]:
                if piece.opens >= horizon:
                    break
                if piece.closes > told:
                    yield piece._replace(opens=max(piece.opens, told))
                    told = piece.closes
        raise NotUnderstoodError("a calendar that does not open for years")

    def seconds(self, a: Instant, b: Instant) -> int:
        """
        Return the open seconds from one instant to a later one.
        """
        total = 0
        for piece in self.walk(a):
            if piece.opens >= b:
                break
            total += min(piece.closes, b) - piece.opens
        return total

    def stands(self, t: Instant) -> bool:
        """
        Return whether a due time may stay: while open, or exactly on closing.
        """
        return any(piece.opens <= t <= piece.closes for piece in self.pieces(t))

    def is_open(self, t: Instant) -> bool:
        """
        Return whether the instant lies in support hours.
        """
        return any(piece.opens <= t < piece.closes for piece in self.pieces(t))

    def after(self, start: Instant, seconds: int) -> Instant:
        """
        Return when so many open seconds have passed; with none, the start itself or the next opening.
        """
        if seconds <= 0 and self.stands(start):
            return start
        for piece in self.walk(start):
            if seconds <= piece.closes - piece.opens:
                return piece.opens + max(seconds, 0)
            seconds -= piece.closes - piece.opens
        raise AssertionError("the walk ends with an error of its own")

    def days_after(self, start: Instant, days: int, mode: str) -> Instant:
        """
        Return the instant so many support days on: ``same_time`` or ``end_of_day``.
        """
        pieces = self.pieces(start, start + days * 3 * DAY + 30 * DAY)
        support_days = sorted({piece.owner for piece in pieces})
        here = next((piece.owner for piece in pieces if piece.opens <= start < piece.closes), None)
        if mode == "end_of_day":
            first = here or next(piece.owner for piece in pieces if piece.opens >= start)
            target = [day for day in support_days if day >= first][days]
            return max(piece.closes for piece in pieces if piece.owner == target)
        wall = dt.datetime.fromtimestamp(start, zone_named(self.zone, self.kept))
        base = here or wall.date()
        target = [day for day in support_days if day > base][days - 1]
        shifted = target + (wall.date() - base)
        t = self.at(shifted, wall.hour * 3600 + wall.minute * 60 + wall.second)
        return t if self.stands(t) else min(piece.opens for piece in pieces if piece.opens >= t)


def _holds(season: SeasonRule, day: dt.date) -> bool:
    first, last = season.from_, season.until
    if isinstance(first, dt.date) or isinstance(last, dt.date):
        return isinstance(first, dt.date) and isinstance(last, dt.date) and first <= day <= last
    here, start, end = (day.month, day.day), (first.month, first.day), (last.month, last.day)
    return start <= here <= end if start <= end else not end < here < start


def _apart(pieces: Iterable[Piece]) -> list[Piece]:
    """
    Return sorted stretches without what an earlier one covers already.
    """
    told: list[Piece] = []
    covered: Instant | None = None
    for piece in pieces:
        opens = piece.opens if covered is None else max(piece.opens, covered)
        if opens < piece.closes:
            told.append(piece._replace(opens=opens))
            covered = piece.closes
    return told


def _without(pieces: Iterable[Piece], cuts: Iterable[tuple[Instant, Instant]]) -> list[Piece]:
    """
    Return the stretches with the cuts taken out.
    """
    left = list(pieces)
    for opens, closes in cuts:
        if opens >= closes:
            continue
        cut: list[Piece] = []
        for piece in left:
            if piece.closes <= opens or piece.opens >= closes:
                cut.append(piece)
                continue
            cut += [piece._replace(closes=opens)] if piece.opens < opens else []
            cut += [piece._replace(opens=closes)] if piece.closes > closes else []
        left = cut
    return left


def closing_days(
    rule: CalendarRule,
    lists: Mapping[str, frozenset[dt.date]],
    severity: str | None,
    channel: str | None,
) -> frozenset[dt.date]:
    """
    Return the holidays that close a calendar for a severity and a channel; a limited one closes for those it does not
    name.

    Raises :class:`NotUnderstoodError` for a list whose dates are not written down.
    """
    days: set[dt.date] = set()
    for name, holiday in rule.holidays.items():
        if name not in lists:
            raise NotUnderstoodError(f"the holiday list {name}, which is not written down")
        is_served = (not holiday.severities or severity in holiday.severities) and (
            not holiday.channels or channel in holiday.channels
        )
        if holiday.effect == "closed" or (holiday.effect == "limited" and not is_served):
            days |= lists[name]
    return frozenset(days)
