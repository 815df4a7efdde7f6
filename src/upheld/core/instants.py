"""
Instants: whole seconds since 1970-01-01T00:00:00Z, the only time that the core computes with.

Invariant: an instant never lacks a zone, because it has none to lack; zones exist on calendars (to open and close them)
and at the edge (to read and to show).
"""

from __future__ import annotations

import datetime as dt
from typing import Final, TypeAlias

from upheld.core.errors import UpheldError

Instant: TypeAlias = int

UTC: Final = dt.UTC
FIRST: Final[Instant] = 0
"""1970-01-01T00:00:00Z, the first instant that Upheld handles."""
LAST: Final[Instant] = int(dt.datetime(2200, 1, 1, tzinfo=UTC).timestamp()) - 1
"""2199-12-31T23:59:59Z, the last one."""


class InstantError(UpheldError):
    """
    An instant without a zone, or outside 1970 to 2199.
    """


def to_instant(moment: dt.datetime) -> Instant:
    """
    Return the whole seconds since the epoch of an aware datetime; fractions of a second are cut off.

    Raises :class:`InstantError` ``instant.naive`` without a zone, ``instant.out_of_range`` outside 1970-2199.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InstantError("instant.naive", given=moment.isoformat())
    try:
        seconds = int(moment.timestamp() // 1)
    except (OverflowError, ValueError):
        raise InstantError("instant.out_of_range", given=str(moment)) from None
    return in_range(seconds)


def in_range(seconds: int) -> Instant:
    """
    Return the instant unchanged, or raise :class:`InstantError` ``instant.out_of_range`` if it is not in 1970-2199.
    """
    if not FIRST <= seconds <= LAST:
        raise InstantError("instant.out_of_range", given=str(seconds))
    return seconds


def to_datetime(instant: Instant, zone: dt.tzinfo = UTC) -> dt.datetime:
    """
    Return the aware datetime of an instant in ``zone`` (UTC unless told).
    """
    return dt.datetime.fromtimestamp(instant, zone)


def parse_instant(text: str) -> Instant:
    """
    Return the instant of an ISO 8601 date and time with an offset or ``Z``.

    Raises :class:`InstantError` ``instant.unreadable``, ``instant.naive`` or ``instant.out_of_range``.
    """
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise InstantError("instant.unreadable", given=text) from None
    return to_instant(moment)
