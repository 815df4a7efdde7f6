"""
A slow calendar that shares nothing with the engine: it lists every minute of a horizon and walks over them.

It resolves local times by trying offsets, not by arithmetic on aware datetimes; it has no sums and no searching. It
reads the fields of a spec, and every window must begin and end on a whole minute.
"""
# ruff: noqa: DTZ001 - a wall clock is a datetime without a zone here

import calendar
import datetime as dt
import functools
import importlib.resources
import zoneinfo

HOUR = 3600
EPOCH = dt.datetime(1970, 1, 1)


@functools.cache
def zone(name):
    with importlib.resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return zoneinfo.ZoneInfo.from_file(file, key=name)


def local(name, instant):
    """The wall clock in a zone, without its zone."""
    return dt.datetime.fromtimestamp(instant, zone(name)).replace(tzinfo=None, fold=0)


@functools.cache
def resolve(name, wall):
    """The first instant with this wall clock; in a gap, the instant by the offset that held before it."""
    guess = calendar.timegm(wall.timetuple())
    offsets = {
        (local(name, guess + step * HOUR) - EPOCH).total_seconds() - guess - step * HOUR for step in range(-40, 41, 4)
    }
    matching = [guess - int(offset) for offset in offsets if local(name, guess - int(offset)) == wall]
    if matching:
        return min(matching)
    minute = guess - 40 * HOUR
    while local(name, minute) < wall:
        minute += 60
    before = minute - 60
    return guess - (calendar.timegm(local(name, before).timetuple()) - before)


@functools.cache
def occurs(name, day):
    noon = calendar.timegm(dt.datetime(day.year, day.month, day.day, 12).timetuple())
    return any(local(name, noon + step * HOUR).date() == day for step in range(-30, 31))


class Oracle:
    """Every minute from the start of ``first`` to the end of ``last``: the support day it belongs to, or None."""

    def __init__(self, spec, first, last):
        self.spec = spec
        self.zone = spec.zone
        self.start, self.end = self._at(first, 0), self._at(last, 86400)
        self.minutes = {}
        self._fill([first + dt.timedelta(days=step) for step in range(-6, (last - first).days + 7)])

    def _at(self, day, seconds):
        return resolve(self.zone, dt.datetime(day.year, day.month, day.day) + dt.timedelta(seconds=seconds))

    def is_closed(self, day):
        effects = [
            str(self.spec.holiday_effects.get(one.name, self.spec.holiday_effect))
            for one in self.spec.holidays
            if day in one.days
        ]
        return "closed" in effects and day not in self.spec.dates

    def _windows(self, day):
        if day in self.spec.dates:
            return self.spec.dates[day]
        if self.is_closed(day):
            return ()
        week = self.spec.week
        for season in self.spec.seasons:
            first, last = season.from_month_day, season.until_month_day
            if isinstance(first, dt.date):
                held = first <= day <= last
            else:
                here, first, last = (day.month, day.day), (first.month, first.day), (last.month, last.day)
                held = first <= here <= last if first <= last else not last < here < first
            if held:
                week = season.week
                break
        return week.days[day.weekday()]

    def _fill(self, days):
        days = [day for day in days if occurs(self.zone, day)]
        stretches = []
        for day in days:
            owner = day
            if day.weekday() in self.spec.support_day:
                near = [day + dt.timedelta(days=step) for step in range(-3, 4)]
                owner = next(one for one in near if one.weekday() == self.spec.support_day[day.weekday()])
            stretches += [(self._at(day, one.opens), self._at(day, one.closes), owner) for one in self._windows(day)]
        for opens, closes, owner in sorted(stretches):
            for minute in range(opens, closes, 60):
                self.minutes.setdefault(minute, owner)
        for day in days:
            cuts = [(window.opens, window.closes) for window in self.spec.breaks.get(day, ())]
            for opens, closes in [*cuts, *([(0, 86400)] if self.is_closed(day) else [])]:
                for minute in range(self._at(day, opens), self._at(day, closes), 60):
                    self.minutes.pop(minute, None)
        self.support_days = sorted({owner for owner in self.minutes.values() if not self.is_closed(owner)})
        for minute, owner in self.minutes.items():
            if self.is_closed(owner) and self.support_days:
                later = [day for day in self.support_days if day >= owner]
                self.minutes[minute] = later[0] if later else self.support_days[-1]

    def owner(self, t):
        return self.minutes.get(t - t % 60) if self.start <= t < self.end else None

    def between(self, a, b, pauses=()):
        if b < a:
            return -self.between(b, a)
        return sum(
            min(b, minute + 60) - max(a, minute) for minute in range(a - a % 60, b, 60) if minute in self.minutes
        ) - self._paused(a, b, pauses)

    def _paused(self, a, b, pauses):
        held = {t for start, end in pauses for t in range(max(a, start), min(b, end))}
        return sum(t - t % 60 in self.minutes for t in held)

    def add(self, start, seconds, pauses=()):
        """The instant, or None where the walk leaves the horizon."""
        held = {t for from_, to in pauses for t in range(from_, to)}
        if seconds < 0:
            return self._back(start, -seconds)
        t = start
        if seconds == 0:
            while t < self.end and not self._stands(t):
                t += 60 - t % 60
            return t if self._stands(t) else None
        while seconds and t < self.end:
            minute = t - t % 60
            if not held and minute not in self.minutes:
                t = minute + 60
                continue
            if not held and seconds >= minute + 60 - t:
                seconds -= minute + 60 - t
                t = minute + 60
                continue
            seconds -= minute in self.minutes and t not in held
            t += 1
        return None if seconds or t > self.end else t

    def _back(self, start, seconds):
        t = start
        while seconds and t > self.start:
            minute = (t - 1) - (t - 1) % 60
            if minute not in self.minutes:
                t = minute
                continue
            step = min(seconds, t - minute)
            t, seconds = t - step, seconds - step
        return None if seconds or t < self.start else t

    def _stands(self, t):
        return self.owner(t) is not None or self.owner(t - 1) is not None

    def same_time(self, start, days):
        wall = local(self.zone, start)
        if days:
            day = shift = self.owner(start) or wall.date()
            for _ in range(abs(days)):
                day = self._next_day(day, 1 if days > 0 else -1)
                if day is None:
                    return None
            shift = wall.date() - shift
            t = resolve(self.zone, dt.datetime.combine(day + shift, wall.time()))
        else:
            t = start
        while self.start <= t <= self.end and not self._stands(t):
            t += (60 - t % 60) if days >= 0 else -(t % 60 or 60)
        return t if self.start <= t <= self.end else None

    def end_of_day(self, start, days):
        t = start
        step = 1 if days >= 0 else -1
        while self.start <= t <= self.end and self.owner(t) is None:
            t += (60 - t % 60) if days >= 0 else -(t % 60 or 1)
        day = self.owner(t)
        for _ in range(abs(days)):
            day = day and self._next_day(day, step)
        if day is None:
            return None
        closing = max(minute for minute, owner in self.minutes.items() if owner == day) + 60
        return closing if self.start <= closing <= self.end else None

    def _next_day(self, day, step):
        limit = self.support_days[-1 if step > 0 else 0] if self.support_days else day
        while (day < limit) if step > 0 else (day > limit):
            day += dt.timedelta(days=step)
            if day in self.support_days:
                return day
        return None
