"""
Open time on both sides over the year: what is lost, what is gained, and an example of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from upheld.core.calendars import zones
from upheld.core.durations import spell_seconds
from upheld.core.instants import Instant, to_datetime
from upheld.core.periods import Period, subtracted, total
from upheld.core.plan.compare.changes import Said, Verdict


class Difference(NamedTuple):
    """
    Seconds of the year in which only the one side is open, and the first such stretch of each.
    """

    lost: int
    gained: int
    first_lost: Period | None
    first_gained: Period | None

    @property
    def verdict(self) -> Verdict:
        """
        Worse where any open time is lost, whatever is gained elsewhere.
        """
        if self.lost:
            return Verdict.WORSE
        return Verdict.BETTER if self.gained else Verdict.SAME


def difference(before: Sequence[Period], after: Sequence[Period]) -> Difference:
    """
    Return how open time differs.
    """
    lost, gained = subtracted(before, after), subtracted(after, before)
    return Difference(total(lost), total(gained), _usual(lost), _usual(gained))


def _usual(periods: Sequence[Period]) -> Period | None:
    """
    Return a stretch that shows what is meant: not one of the first days of January, which often are holidays.
    """
    return next(iter(periods[len(periods) // 3 :]), None)


def because(found: Difference, zone: str) -> Said:
    """
    Return why open time is better, the same or worse.
    """
    if found.lost and found.gained:
        facts = {"lost": hours(found.lost), "gained": hours(found.gained), "example": stretch(found.first_lost, zone)}
        return Said("compare.open_lost_and_gained", facts)
    if found.lost:
        return Said("compare.open_lost", {"lost": hours(found.lost), "example": stretch(found.first_lost, zone)})
    if found.gained:
        example = stretch(found.first_gained, zone)
        return Said("compare.open_gained", {"gained": hours(found.gained), "example": example})
    return Said("compare.open_same")


def hours(seconds: int) -> str:
    """
    Return seconds in hours and minutes, thousands apart.
    """
    whole, rest = divmod(seconds, 3_600)
    return f"{whole:,} h" + (f" {spell_seconds(rest)}" if rest else "")


def stretch(period: Period | None, zone: str) -> str:
    """
    Return a stretch in local time: ``Mon 2026-03-02 08:00-09:00``.
    """
    if period is None:
        return ""
    start, end = (to_datetime(each, zones.zone(zone)) for each in (period.start, period.end))
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%a %Y-%m-%d %H:%M}"
    return f"{start:%a %Y-%m-%d %H:%M}-{until}"


def moment(instant: Instant, zone: str) -> str:
    """
    Return an instant in local time: ``Mon 2026-03-02 09:00``.
    """
    return f"{to_datetime(instant, zones.zone(zone)):%a %Y-%m-%d %H:%M}"
