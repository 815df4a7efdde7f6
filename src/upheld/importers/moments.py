"""
Local dates and times without a zone, as exports write them, into instants.

Invariant: a pattern is read exactly (day and month are never guessed from the values), and each text is read once: the
same text is always the same instant.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from upheld.core.calendars import zones
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, InstantError, in_range, parse_instant

_TOKENS: Final = {
    "yyyy": "Y",
    "yy": "y",
    "mm": "m",
    "m": "m",
    "dd": "d",
    "d": "d",
    "HH": "H",
    "H": "H",
    "hh": "h",
    "h": "h",
    "MM": "M",
    "SS": "S",
    "AM": "p",
}
_SPLIT: Final = re.compile("|".join(sorted(_TOKENS, key=len, reverse=True)))
_GROUPS: Final = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{1,2})",
    "h": r"(?P<h>\d{1,2})",
    "M": r"(?P<M>\d{2})",
    "S": r"(?P<S>\d{2})(?:\.\d+)?",
    "p": r"(?P<p>[AaPp][Mm])",
}
_NOON: Final = 12


class DatePatternError(UpheldError):
    """
    A pattern that names no whole date.
    """


class MomentReader:
    """
    Reads texts like ``29/2/2016 01:16`` by a pattern (``d/m/yyyy HH:MM``; or ``iso``) as local times of a zone.

    Hours are ``HH`` (0-23) or ``hh`` with ``AM``; seconds ``SS`` are optional in the pattern. A time that the zone
    skips or has twice is read with fold=0 and counted in ``skipped`` and ``doubled``. Raises
    :class:`DatePatternError` ``dates.bad_pattern``, and what :func:`upheld.core.calendars.zones.zone` raises.
    """

    def __init__(self, pattern: str, zone: str) -> None:
        self._zone = zones.zone(zone)
        self._pattern = None if pattern == "iso" else _compiled(pattern)
        self._known: dict[str, Instant | None] = {}
        self._even_days: dict[dt.date, Instant | None] = {}
        self.has_read_local = False
        self.skipped: set[str] = set()
        self.doubled: set[str] = set()

    def read(self, text: str) -> Instant | None:
        """
        Return the instant, or ``None`` where the text is no moment of the pattern (the caller lists it).
        """
        try:
            return self._known[text]
        except KeyError:
            moment = self._known[text] = self._read(text.strip())
            return moment

    def _read(self, text: str) -> Instant | None:
        try:
            if self._pattern is None:
                return self._iso(text)
            self.has_read_local = True
            found = self._pattern.fullmatch(text)
            return None if found is None else self._quick(found.groupdict(), text)
        except (ValueError, OverflowError, InstantError):
            return None

    def _iso(self, text: str) -> Instant:
        """
        Return an ISO 8601 moment: by its own offset where it has one, else in the zone.
        """
        moment = dt.datetime.fromisoformat(text)
        self.has_read_local |= moment.tzinfo is None
        return parse_instant(text) if moment.tzinfo is not None else self._instant(moment, text)

    def _quick(self, parts: dict[str, str], text: str) -> Instant:
        """
        Return the instant: by counting from midnight where the zone's offset rests that day, else with care.
        """
        year = int(parts["Y"]) if "Y" in parts else 2000 + int(parts["y"])
        date, clock = dt.date(year, int(parts["m"]), int(parts["d"])), _clock(parts)
        if date not in self._even_days:
            self._even_days[date] = self._midnight(date)
        midnight = self._even_days[date]
        if midnight is None:
            return self._instant(dt.datetime.combine(date, clock), text)
        return in_range(midnight + clock.hour * 3600 + clock.minute * 60 + clock.second)

    def _midnight(self, date: dt.date) -> Instant | None:
        """
        Return the instant of local midnight, or ``None`` where the zone changes its offset on that date.
        """
        noon, start = dt.time(12), dt.datetime.combine(date, dt.time())
        moments = [start, dt.datetime.combine(date, noon), start + dt.timedelta(days=1)]
        zoned = [each.replace(tzinfo=self._zone, fold=fold) for each in moments for fold in (0, 1)]
        return int(zoned[0].timestamp()) if len({each.utcoffset() for each in zoned}) == 1 else None

    def _instant(self, local: dt.datetime, text: str) -> Instant:
        early, late = (local.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        if early.utcoffset() != late.utcoffset():
            gap = (early.utcoffset() or dt.timedelta()) < (late.utcoffset() or dt.timedelta())
            (self.skipped if gap else self.doubled).add(text)
        return in_range(int(early.timestamp() // 1))


def _compiled(pattern: str) -> re.Pattern[str]:
    """
    Return the regular expression of a pattern; everything but its tokens stands for itself.
    """
    parts, at, seen = [], 0, set()
    for token in _SPLIT.finditer(pattern):
        letter = _TOKENS[token.group()]
        if letter in seen:
            raise DatePatternError("dates.bad_pattern", given=pattern)
        seen.add(letter)
        parts += [re.escape(pattern[at : token.start()]), _GROUPS[letter]]
        at = token.end()
    if not ({"Y", "y"} & seen and {"m", "d"} <= seen) or ("h" in seen) != ("p" in seen):
        raise DatePatternError("dates.bad_pattern", given=pattern)
    return re.compile("".join(parts) + re.escape(pattern[at:]))


def _clock(parts: dict[str, str]) -> dt.time:
    """
    Return the time of day. Raises ``ValueError`` for one that no clock shows.
    """
    hour = int(parts.get("H") or 0)
    if "h" in parts:
        if not 1 <= int(parts["h"]) <= _NOON:
            raise ValueError(parts["h"])
        hour = int(parts["h"]) % _NOON + (_NOON if parts["p"].lower() == "pm" else 0)
    return dt.time(hour, int(parts.get("M") or 0), int(parts.get("S") or 0))
