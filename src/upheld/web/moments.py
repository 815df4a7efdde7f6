"""
Instants and lengths of time in words, in the reader's zone and language.

Invariant: a length is never rounded up to something that has not passed: 119 s left are "1 m", not "2 m".
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Final

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from upheld.core.instants import Instant, to_datetime

MINUTE, HOUR, DAY = 60, 3600, 86_400
FAR_SECONDS = 7 * DAY
"""From so far on, hours tell nobody anything: "40 d ago"."""
NEAR_DAYS = 6
"""Within so many days the name of the weekday is clear."""
MOST_KEPT: Final = 8192
"""Moments whose words are kept; the same ones are shown again and again, and Django's formats are slow."""


def length(seconds: int) -> str:
    """
    Return a length in its two largest units: ``"45 s"``, ``"12 m"``, ``"1 h 05 m"``, ``"3 d 4 h"``.
    """
    seconds = abs(seconds)
    if seconds < MINUTE:
        return _("%(seconds)d s") % {"seconds": seconds}
    if seconds < HOUR:
        return _("%(minutes)d m") % {"minutes": seconds // MINUTE}
    if seconds < DAY:
        hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
        text = _("%(hours)d h %(minutes)02d m") if minutes else _("%(hours)d h")
        return text % {"hours": hours, "minutes": minutes}
    days, hours = seconds // DAY, seconds % DAY // HOUR
    text = _("%(days)d d %(hours)d h") if hours else _("%(days)d d")
    return text % {"days": days, "hours": hours}


def relative(instant: Instant, now: Instant) -> str:
    """
    Return how long ago or ahead an instant is; in whole days where it is a week or more.
    """
    apart = abs(instant - now)
    if apart < MINUTE:
        return _("now")
    if apart >= FAR_SECONDS:
        apart -= apart % DAY
    text = _("in %(length)s") if instant > now else _("%(length)s ago")
    return text % {"length": length(apart)}


def local(instant: Instant) -> dt.datetime:
    """
    Return the instant in the zone that is active for this request.
    """
    return timezone.localtime(to_datetime(instant))


def short(instant: Instant, now: Instant) -> str:
    """
    Return a moment as short as is clear from ``now``: ``"18:18"`` today, ``"Sun 18:18"`` this week, else with the date.
    """
    return _short(instant, local(now).date(), timezone.get_current_timezone(), get_language())


@functools.lru_cache(maxsize=MOST_KEPT)
def _short(instant: Instant, today: dt.date, _zone: dt.tzinfo, _language: str | None) -> str:
    """
    Return :func:`short` on a day, in the zone and language that are active.
    """
    moment = local(instant)
    clock = formats.date_format(moment, "H:i")
    if moment.date() == today:
        return clock
    if abs((moment.date() - today).days) <= NEAR_DAYS:
        return f"{formats.date_format(moment, 'D')} {clock}"
    return formats.date_format(moment, _("j M H:i") if moment.year == today.year else _("j M Y H:i"))


def full(instant: Instant) -> str:
    """
    Return a moment with everything: weekday, date, time, zone and its distance from UTC.
    """
    return _full(instant, timezone.get_current_timezone(), get_language())


@functools.lru_cache(maxsize=MOST_KEPT)
def _full(instant: Instant, _zone: dt.tzinfo, _language: str | None) -> str:
    """
    Return :func:`full` in the zone and language that are active.
    """
    moment = local(instant)
    zone = timezone.get_current_timezone_name().rsplit("/", 1)[-1].replace("_", " ")
    offset = formats.date_format(moment, "O")
    place = f"{zone}, UTC{offset[:3]}:{offset[3:]}" if moment.utcoffset() else "UTC"
    words = formats.date_format(moment, _("l j F Y, H:i:s"))
    return f"{words} ({place})"
