"""
Random calendars near the days on which zones change their clocks, and random questions to them.
"""

import datetime as dt

from hypothesis import strategies as st

from upheld.core.calendars.spec import (
    CalendarSpec,
    HolidayEffect,
    HolidayList,
    MonthDay,
    Season,
    Week,
    Window,
    parse_week,
)

CHANGES = [
    ("Europe/Brussels", "2025-03-30"),
    ("Europe/Brussels", "2025-10-26"),
    ("America/New_York", "2026-11-01"),
    ("America/Los_Angeles", "2026-03-08"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Asia/Kathmandu", "1986-01-01"),
    ("Africa/Casablanca", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Europe/Dublin", "2026-03-29"),
    ("Europe/Dublin", "2026-10-25"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Kwajalein", "1993-08-21"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/St_Johns", "2006-10-29"),
    ("America/Havana", "2026-11-01"),
    ("Africa/Cairo", "2026-04-24"),
    ("Antarctica/Troll", "2026-03-29"),
    ("UTC", "2026-06-15"),
]
HALF = 6
"""Days of the horizon on both sides of the change."""


@st.composite
def windows(draw, grid=5):
    ticks = draw(st.lists(st.integers(0, 1440 // grid), unique=True, max_size=6).map(sorted))
    made = [Window(ticks[i] * grid * 60, ticks[i + 1] * grid * 60) for i in range(0, len(ticks) - 1, 2)]
    if draw(st.booleans()):
        reached = made[-1].closes if made else 0
        opens = draw(st.integers(reached // 60, 1440))
        if opens < 1440:
            made.append(Window(opens * 60, draw(st.integers(1441, 2400)) * 60))
    return tuple(made)


@st.composite
def weeks(draw):
    kind = draw(st.sampled_from(["days", "same", "span", "always"]))
    if kind == "always":
        return parse_week("24x7")
    if kind == "span":
        days = st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
        hours = st.integers(0, 23)
        return parse_week(f"{draw(days)} {draw(hours):02}:00 - {draw(days)} {draw(hours):02}:30")
    if kind == "same":
        open_days = draw(st.sets(st.integers(0, 6), min_size=1))
        same = draw(windows())
        return Week(tuple(same if day in open_days else () for day in range(7)))
    return Week(tuple(draw(windows()) for _ in range(7)))


@st.composite
def specs(draw):
    """A calendar with the first and the last date of a horizon around a change of the clocks."""
    zone, change = draw(st.sampled_from(CHANGES))
    change = dt.date.fromisoformat(change)
    near = st.integers(-HALF, HALF).map(lambda step: change + dt.timedelta(days=step))
    lists = tuple(
        HolidayList(name, "1", "test", dict.fromkeys(draw(st.sets(near, max_size=3)), "holiday")) for name in ("a", "b")
    )
    season = Season(MonthDay(change.month, change.day), MonthDay(1, 2), draw(weeks()))
    spec = CalendarSpec(
        name="random",
        zone=zone,
        week=draw(weeks()),
        seasons=draw(st.sampled_from([(), (), (season,)])),
        dates=draw(st.dictionaries(near, windows(), max_size=2)),
        breaks=draw(st.dictionaries(near, windows(), max_size=2)),
        holidays=draw(st.sampled_from([(), lists])),
        holiday_effect=draw(st.sampled_from(list(HolidayEffect))),
        support_day=draw(st.sampled_from([{}, {6: 0}, {5: 4, 6: 0}])),
        day_seconds=8 * 3600,
    )
    return spec, change - dt.timedelta(days=HALF), change + dt.timedelta(days=HALF)


def instants(calendar):
    """Instants of a compiled calendar's horizon: any, or a bound and its neighbours."""
    bounds = sorted({*calendar.opens, *calendar.closes})
    near = st.sampled_from(bounds).flatmap(lambda bound: st.integers(bound - 1, bound + 1))
    inside = st.integers(calendar.start, calendar.end)
    return st.one_of(inside, near.filter(lambda t: calendar.start <= t <= calendar.end))
