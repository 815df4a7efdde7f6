"""
The compiled calendar: open periods as sorted instants with prefix sums, and everything that is asked of them.

Invariant: with ``upto(t)`` the open seconds from the horizon's start to ``t``, ``between(a, b) = upto(b) - upto(a)``,
and ``add`` is its inverse. The semantics are those of DESIGN, Time: half-open windows; a due time that falls on closing
stays there; elapsed time over a change of the clocks; a start outside hours rolls to the next opening.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NoReturn

from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.intervals import joined, open_pieces
from upheld.core.calendars.spec import CalendarSpec, HolidayEffect
from upheld.core.calendars.support_days import SupportDays, support_days_of
from upheld.core.calendars.windows import DAY
from upheld.core.calendars.zones import TZDATA_VERSION, resolve
from upheld.core.durations import DayMode
from upheld.core.instants import FIRST, LAST, UTC, Instant, InstantError, in_range
from upheld.core.periods import Period, clipped, merged

FIRST_DATE: Final = dt.date(1970, 1, 1)
LAST_DATE: Final = dt.date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class CalendarRevision:
    """
    What a compiled calendar was made of: zone data release, holiday lists as (name, revision, source), how limited days
    were taken, and the SHA-256 of its horizon and open periods. Equal digests mean equal answers.
    """

    calendar: str
    zone: str
    first: dt.date
    last: dt.date
    limited_open: bool
    tzdata: str
    holiday_lists: tuple[tuple[str, str, str], ...]
    digest: str


@dataclass(frozen=True, slots=True, eq=False)
class CompiledCalendar:
    """
    Open periods between two dates, ready to compute; instants in and out, except where datetimes are named.

    ``opens[i]`` and ``closes[i]`` bound the i-th open period, ``before[i]`` is the open seconds before it; ``before``
    has one more, the sum. Built by :func:`compile_calendar`. Every question outside ``horizon`` raises
    :class:`CalendarError` ``calendar.beyond_horizon``; to its very end can be counted, but not asked if that is open.
    """

    spec: CalendarSpec
    revision: CalendarRevision
    horizon: Period
    opens: tuple[Instant, ...]
    closes: tuple[Instant, ...]
    before: tuple[int, ...]
    days: SupportDays
    start: Instant
    end: Instant

    @property
    def name(self) -> str:
        """
        Return the calendar's name, as the plan has it.
        """
        return self.spec.name

    def between(self, a: Instant, b: Instant) -> int:
        """
        Return the open seconds from ``a`` to ``b``; negative when ``b`` comes first.
        """
        if not self.start <= a <= self.end:
            self._refuse(a)
        if not self.start <= b <= self.end:
            self._refuse(b)
        opens, closes, before = self.opens, self.closes, self.before
        i, j = bisect_right(opens, a) - 1, bisect_right(opens, b) - 1
        if i < 0 or j < 0:
            return self._upto(b) - self._upto(a)
        # No min(), and no _upto() twice: calls would cost more than the question.
        last, first = closes[j], closes[i]
        done = before[i] + (a if a < first else first) - opens[i]  # noqa: FURB136
        return before[j] + (b if b < last else last) - opens[j] - done  # noqa: FURB136

    def _upto(self, t: Instant) -> int:
        i = bisect_right(self.opens, t) - 1
        if i < 0:
            return 0
        closes = self.closes[i]
        # No min(): a call would cost a third of the whole question.
        return self.before[i] + (t if t < closes else closes) - self.opens[i]  # noqa: FURB136

    def add(self, start: Instant, seconds: int) -> Instant:
        """
        Return the instant after (before, where negative) so many open seconds from ``start``.

        A result that falls on closing stays there; walking back, one that falls on an opening does. Zero changes
        nothing while open or exactly on closing, and otherwise leads to the next opening.
        """
        if not self.start <= start <= self.end:
            self._refuse(start)
        if not seconds:
            return start if self._stands(start) else self.next_open(start)
        i = bisect_right(self.opens, start) - 1
        target = seconds
        if i >= 0:
            last = self.closes[i]
            target += self.before[i] + (start if start < last else last) - self.opens[i]  # noqa: FURB136
        if seconds > 0:
            i = bisect_left(self.before, target) - 1
            if i == len(self.opens):
                self._refuse(self.end + 1)
        else:
            i = bisect_right(self.before, target) - 1
            if i < 0:
                self._refuse(self.start - 1)
        return self.opens[i] + target - self.before[i]

    def _stands(self, t: Instant) -> bool:
        """
        Return whether a due time may stay where it is: while open, or exactly on closing.
        """
        i = bisect_right(self.opens, t) - 1
        return i >= 0 and t <= self.closes[i]

    def is_open(self, t: Instant) -> bool:
        """
        Return whether support is given at the instant; at the closing it is not.
        """
        if not self.start <= t < self.end:
            self._refuse(t)
        i = bisect_right(self.opens, t) - 1
        return i >= 0 and t < self.closes[i]

    def next_open(self, t: Instant) -> Instant:
        """
        Return the instant itself while open, and otherwise the next opening.
        """
        if self.is_open(t):
            return t
        i = bisect_left(self.opens, t)
        if i == len(self.opens):
            self._refuse(self.end + 1)
        return self.opens[i]

    def next_close(self, t: Instant) -> Instant:
        """
        Return the closing of the open period that holds the instant, or of the next one while closed.

        A calendar that does not close again within its horizon refuses with ``calendar.beyond_horizon``.
        """
        if not self.start <= t <= self.end:
            self._refuse(t)
        i = bisect_right(self.closes, t)
        if i == len(self.closes) or self.closes[i] == self.end:
            self._refuse(self.end + 1)
        return self.closes[i]

    def open_periods(self, a: Instant, b: Instant) -> tuple[Period, ...]:
        """
        Return the open periods from ``a`` to ``b``, cut off at both.
        """
        for t in (a, b):
            if not self.start <= t <= self.end:
                self._refuse(t)
        first, past = bisect_right(self.closes, a), bisect_left(self.opens, b)
        return tuple(Period(max(self.opens[i], a), min(self.closes[i], b)) for i in range(first, past))

    def spend(self, start: Instant, until: Instant, paused: Iterable[Period] = ()) -> int:
        """
        Return the open seconds from ``start`` to ``until`` that lie in no pause; pauses may overlap and reach outside.
        """
        spent = self.between(start, until)
        if start < until:
            for pause in clipped(paused, Period(start, until)):
                spent -= self.between(pause.start, pause.end)
        return spent

    def add_paused(self, start: Instant, seconds: int, paused: Iterable[Period] = ()) -> Instant:
        """
        Return when ``seconds`` (none negative) are spent: each pause pushes on by its open seconds, one outside hours
        by nothing.
        """
        return self.pushed(self.add(start, seconds), start, paused)

    def pushed(self, due: Instant, start: Instant, paused: Iterable[Period]) -> Instant:
        """
        Return a due time that was computed from ``start``, pushed on by the open seconds of the pauses before it.
        """
        for pause in merged(paused):
            begins = max(pause.start, start)
            if begins < min(pause.end, due):
                held = self.between(begins, pause.end)
                due = self.add(due, held) if held else due
        return due

    def add_days(self, start: Instant, days: int, mode: DayMode) -> Instant:
        """
        Return the instant so many support days after ``start`` (before, where negative).

        ``hours``: days times the declared day length, which must be there (``calendar.no_day_length``).
        ``same_time``: the same local time so many support days after the start's own (a start while closed counts from
        its date: Saturday and 1 is Monday), rolled to the next opening if closed, backwards to the closing before it.
        ``end_of_day``: the closing of the support day that lies so many after that of the rolled start.
        """
        if not self.start <= start < self.end:
            self._refuse(start)
        if mode is DayMode.HOURS:
            if self.spec.day_seconds is None:
                raise CalendarError("calendar.no_day_length", calendar=self.name)
            return self.add(start, days * self.spec.day_seconds)
        return self._same_time(start, days) if mode is DayMode.SAME_TIME else self._end_of_day(start, days)

    def _same_time(self, start: Instant, days: int) -> Instant:
        local = dt.datetime.fromtimestamp(start, self.spec.place())
        own = local.toordinal()
        # The tail of a night shift counts with its shift: Tuesday 02:00 is Monday's, a day on is Wednesday 02:00.
        day = self.days.day_at(start)
        target = own
        if days:
            found = self.days.counted(own if day is None else day, days)
            target = self._known(found, days) + (0 if day is None else own - day)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        t = resolve(self.spec.place(), dt.date.fromordinal(target), seconds) if days else start
        if not self.start <= t <= self.end:
            self._refuse(t)
        if self._stands(t):
            return t
        return self.next_open(t) if days >= 0 else self._last_close(t)

    def _known(self, found: int | None, days: int) -> int:
        if found is None:
            self._refuse(self.end + 1 if days > 0 else self.start - 1)
        return self.days.ordinals[found]

    def _last_close(self, t: Instant) -> Instant:
        i = bisect_right(self.closes, t) - 1
        if i < 0:
            self._refuse(self.start - 1)
        return self.closes[i]

    def _end_of_day(self, start: Instant, days: int) -> Instant:
        day = self.days.day_at(start)
        if day is None:
            day = self.days.day_at(self.next_open(start)) if days >= 0 else self.days.day_until(start)
        found = None if day is None else self.days.counted(day, days)
        if found is None or not self.start <= self.days.closings[found] <= self.end:
            self._refuse(self.end + 1 if days >= 0 else self.start - 1)
        return self.days.closings[found]

    def support_day_of(self, t: Instant) -> dt.date | None:
        """
        Return the support day that the instant belongs to, or nothing while closed.
        """
        if not self.start <= t < self.end:
            self._refuse(t)
        day = self.days.day_at(t)
        return None if day is None else dt.date.fromordinal(day)

    def is_support_day(self, day: dt.date) -> bool:
        """
        Return whether open hours belong to the date.
        """
        self._check_date(day)
        return self.days.counted(day.toordinal(), 0) is not None

    def shift_date(self, day: dt.date, days: int) -> dt.date:
        """
        Return the support day so many after (before, where negative) a date, which itself does not count; 0 is the
        date.
        """
        self._check_date(day)
        if not days:
            return day
        shifted = dt.date.fromordinal(self._known(self.days.counted(day.toordinal(), days), days))
        self._check_date(shifted)
        return shifted

    def support_days_between(self, first: dt.date, last: dt.date) -> int:
        """
        Return the number of support days after ``first`` up to and with ``last``; negative when ``last`` comes first.
        """
        self._check_date(first)
        self._check_date(last)
        ordinals = self.days.ordinals
        return bisect_right(ordinals, last.toordinal()) - bisect_right(ordinals, first.toordinal())

    def hours_of(self, day: dt.date) -> Period | None:
        """
        Return the first opening and the last closing of a support day, or nothing where the date is none.
        """
        self._check_date(day)
        found = self.days.counted(day.toordinal(), 0)
        return None if found is None else Period(self.days.openings[found], self.days.closings[found])

    def holiday_at(self, t: Instant) -> tuple[str, HolidayEffect] | None:
        """
        Return name and effect of the holiday on the instant's local date, or nothing.
        """
        in_range(t)
        return self.spec.holiday_on(dt.datetime.fromtimestamp(t, self.spec.place()).date())

    def seconds_between(self, a: dt.datetime, b: dt.datetime) -> int:
        """
        Return the open seconds between two aware datetimes; fractions of a second are cut off at both.
        """
        if a.tzinfo is None or b.tzinfo is None:
            raise InstantError("instant.naive", given=(b if a.tzinfo else a).isoformat())
        return self.between(int(a.timestamp()), int(b.timestamp()))

    def add_to(self, start: dt.datetime, seconds: int) -> dt.datetime:
        """
        Return the UTC datetime after so many open seconds from an aware datetime; fractions are cut off.
        """
        if start.tzinfo is None:
            raise InstantError("instant.naive", given=start.isoformat())
        return dt.datetime.fromtimestamp(self.add(int(start.timestamp()), seconds), UTC)

    def _check_date(self, day: dt.date) -> None:
        if not self.revision.first <= day <= self.revision.last:
            self._beyond()

    def _refuse(self, t: Instant) -> NoReturn:
        """
        Raise ``instant.out_of_range`` for what no calendar handles, and ``calendar.beyond_horizon`` otherwise.
        """
        if t < FIRST - DAY or t > LAST + DAY:
            in_range(t)
        self._beyond()

    def _beyond(self) -> NoReturn:
        first, last = self.revision.first, self.revision.last
        raise CalendarError("calendar.beyond_horizon", calendar=self.name, first=str(first), last=str(last))


def compile_calendar(
    spec: CalendarSpec, first: dt.date, last: dt.date, *, limited_open: bool = True
) -> CompiledCalendar:
    """
    Return the calendar compiled from the start of ``first`` to the end of ``last``, dates in its own zone.

    Limited holidays are open unless ``limited_open`` is false. Raises :class:`CalendarError`
    ``calendar.horizon_backwards``, ``calendar.horizon_too_wide`` (outside 1970-2199), or ``calendar.never_opens``.
    """
    if last < first:
        raise CalendarError("calendar.horizon_backwards", calendar=spec.name, first=str(first), last=str(last))
    if first < FIRST_DATE or last > LAST_DATE:
        raise CalendarError("calendar.horizon_too_wide", calendar=spec.name, first=str(first), last=str(last))
    place = spec.place()
    horizon = Period(max(FIRST, resolve(place, first, 0)), min(LAST + 1, resolve(place, last, DAY)))
    pieces = open_pieces(spec, first, last, limited_open=limited_open)
    periods = joined(pieces, horizon.start, horizon.end)
    if not periods:
        raise CalendarError("calendar.never_opens", calendar=spec.name, start=str(first), end=str(last))
    before = [0]
    for opens, closes in periods:
        before.append(before[-1] + closes - opens)
    bounds = [horizon.start, horizon.end, *(bound for period in periods for bound in period)]
    return CompiledCalendar(
        spec=spec,
        revision=_revision(spec, (first, last), limited_open=limited_open, bounds=bounds),
        horizon=horizon,
        opens=tuple(opens for opens, _ in periods),
        closes=tuple(closes for _, closes in periods),
        before=tuple(before),
        days=support_days_of(pieces),
        start=horizon.start,
        end=horizon.end,
    )


def _revision(
    spec: CalendarSpec, dates: tuple[dt.date, dt.date], *, limited_open: bool, bounds: list[Instant]
) -> CalendarRevision:
    return CalendarRevision(
        calendar=spec.name,
        zone=spec.zone,
        first=dates[0],
        last=dates[1],
        limited_open=limited_open,
        tzdata=TZDATA_VERSION if spec.zone_rules is None else spec.zone_rules.release,
        holiday_lists=tuple((one.name, one.revision, one.source) for one in spec.holidays),
        digest=hashlib.sha256(struct.pack(f"<{len(bounds)}q", *bounds)).hexdigest(),
    )
