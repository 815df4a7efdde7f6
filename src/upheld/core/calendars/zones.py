"""
Time zones by IANA name, always from the pinned ``tzdata`` package or from rules that were kept of an earlier one.

The operating system's zone files are passed over on purpose: a calendar revision names the zone data that it was made
with, and that must not depend on the machine. Invariant: local times resolve with fold=0 (PEP 495): the first of two
equal local times, and a local time inside a gap with the offset from before it.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import hashlib
import importlib.resources
import io
import itertools
import zoneinfo
from dataclasses import dataclass
from typing import Final

import tzdata

from upheld.core.calendars.errors import CalendarError
from upheld.core.instants import UTC, Instant

TZDATA_VERSION = str(tzdata.IANA_VERSION)
"""The release of the IANA zone data in use, e.g. ``2026f``."""

_DAY: Final = 86_400
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)


@functools.cache
def zone_names() -> frozenset[str]:
    """
    Return every IANA name of the pinned zone data, links included.
    """
    listing = importlib.resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listing.split())


@functools.cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """
    Return the zone of an IANA name such as ``Europe/Brussels``.

    Raises :class:`CalendarError` ``calendar.unknown_zone`` or, where one is close, ``calendar.misspelt_zone``.
    """
    return installed_rules(name).place()


@dataclass(frozen=True, slots=True)
class ZoneRules:
    """
    A zone's rules as one release of the IANA data had them: ``tzif`` is its file (RFC 9636).
    """

    zone: str
    release: str
    tzif: bytes

    @property
    def digest(self) -> str:
        """
        Return the SHA-256 of the rules; equal digests mean equal local times for ever.
        """
        return hashlib.sha256(self.tzif).hexdigest()

    def place(self) -> zoneinfo.ZoneInfo:
        """
        Return the zone to compute with.
        """
        return _placed(self.zone, self.tzif)


@functools.lru_cache(maxsize=1024)
def _placed(name: str, tzif: bytes) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo.from_file(io.BytesIO(tzif), key=name)


@functools.cache
def installed_rules(name: str) -> ZoneRules:
    """
    Return a zone's rules as the pinned ``tzdata`` package has them.

    Raises what :func:`zone` raises.
    """
    if name not in zone_names():
        raise _unknown(name)
    file = importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    return ZoneRules(name, TZDATA_VERSION, file.read_bytes())


def _unknown(name: str) -> CalendarError:
    by_small_letters = {known.lower(): known for known in zone_names()}
    wanted = name.strip().lower().replace(" ", "_")
    close = [wanted] if wanted in by_small_letters else difflib.get_close_matches(wanted, by_small_letters, 1, 0.75)
    if not close:
        close = [low for low in sorted(by_small_letters) if low.rpartition("/")[2] == wanted][:1]
    if close:
        return CalendarError("calendar.misspelt_zone", zone=name, meant=by_small_letters[close[0]])
    return CalendarError("calendar.unknown_zone", zone=name)


def resolve(place: zoneinfo.ZoneInfo, day: dt.date, seconds: int) -> Instant:
    """
    Return the instant of a local time: ``seconds`` on the wall clock after the date's midnight, fold=0.
    """
    local = dt.datetime(day.year, day.month, day.day, tzinfo=place) + dt.timedelta(seconds=seconds)
    since = local - _EPOCH
    return since.days * _DAY + since.seconds


def steady_midnight(place: zoneinfo.ZoneInfo, ordinal: int) -> Instant | None:
    """
    Return the instant of a date's midnight where the zone's clocks stay as they are from the day before to the end of
    the third day after: there any local time is so many seconds later. Nothing near a change of the clocks.
    """
    year = dt.date.fromordinal(ordinal).year
    return _steady_midnights(place, year)[ordinal - dt.date(year, 1, 1).toordinal()]


@functools.lru_cache(maxsize=512)
def _steady_midnights(place: zoneinfo.ZoneInfo, year: int) -> tuple[Instant | None, ...]:
    """
    Return the same for each date of a year.
    """
    first, last = dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal()
    midnights = [resolve(place, dt.date.fromordinal(each), 0) for each in range(first - 1, last + 5)]
    is_whole = [later - sooner == _DAY for sooner, later in itertools.pairwise(midnights)]
    return tuple(
        midnight if all(is_whole[at : at + 5]) else None for at, midnight in enumerate(midnights[1 : last - first + 2])
    )


def exists(place: zoneinfo.ZoneInfo, day: dt.date) -> bool:
    """
    Return whether the date occurs in the zone; Pacific/Apia has no 2011-12-30.
    """
    return resolve(place, day, 0) < resolve(place, day, _DAY)
