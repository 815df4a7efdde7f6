"""
Claims: until when a credit can be claimed.

Invariant: a window ends at a local midnight, or, where it is counted in hours, with the second after the last one that
is still in time; what is received before that counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from upheld.core.calendars import zones
from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.credits.payments import CreditError
from upheld.core.dates import ONE_DAY, months_later
from upheld.core.durations import Duration, Unit
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.model.compliance import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWindow:
    """
    The last day on which a claim counts (a date in ``zone``), and the instant from which it is too late.
    """

    last_day: dt.date
    too_late_from: Instant
    zone: str

    def is_in_time(self, received_at: Instant) -> bool:
        """
        Return whether a claim received then counts.
        """
        return received_at < self.too_late_from


def claim_window(
    claim: Claim, ended_at: Instant, zone: str, calendar: CompiledCalendar | None = None
) -> ClaimWindow | None:
    """
    Return until when a credit can be claimed, or nothing where it is never too late.

    ``ended_at`` is the end of the period (the first instant after it), or the instant of the incident's end or the
    failure where the claim is counted from there. Days are counted from the day after that day: support days of
    ``calendar``, or calendar days without one. Months end with the last day of as many whole months; a day that its
    month lacks becomes the month's last.

    Raises :class:`CreditError` ``credit.claim_calendar_missing`` where the claim names a calendar and none is given,
    and :class:`~upheld.core.calendars.errors.CalendarError` for days beyond the calendar's horizon.
    """
    if claim.within is None:
        return None
    if claim.business_days is not None and calendar is None:
        raise CreditError("credit.claim_calendar_missing", calendar=claim.business_days)
    if claim.business_days is None:
        calendar = None
    if claim.within.unit is Unit.SECONDS:
        return _by_hours(claim.within, ended_at, zone, calendar)
    place = zones.zone(zone)
    before = ended_at - 1 if claim.counted_from == "period_end" else ended_at
    last = _last_day(claim.within, to_datetime(before, place).date(), calendar)
    return ClaimWindow(last_day=last, too_late_from=zones.resolve(place, last + ONE_DAY, 0), zone=zone)


def _by_hours(within: Duration, ended_at: Instant, zone: str, calendar: CompiledCalendar | None) -> ClaimWindow:
    runs_on = calendar if calendar and not within.elapsed else None
    last = runs_on.add(ended_at, within.count) if runs_on else ended_at + within.count
    last_day = to_datetime(last, zones.zone(zone)).date()
    return ClaimWindow(last_day=last_day, too_late_from=last + 1, zone=zone)


def _last_day(within: Duration, day: dt.date, calendar: CompiledCalendar | None) -> dt.date:
    """
    Return the last day of a window that begins with the day after ``day``.
    """
    if within.unit is Unit.DAYS:
        return calendar.shift_date(day, within.count) if calendar else day + ONE_DAY * within.count
    months = within.count * (12 if within.unit is Unit.YEARS else 1)
    # Neither reading of a month is the longer everywhere: 30 June + 1 is 31 July, 30 January + 1 is 28 February.
    return max(months_later(day, months), months_later(day + ONE_DAY, months) - ONE_DAY)
