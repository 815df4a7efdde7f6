"""
Calendars against their peers: the same work in one run, medians and ratios, printed and written to docs/benchmarks.md.

The work: Monday to Friday 09:00-17:00 in Brussels with Belgian holidays, starts uniform over 2025 and 2026, ends up to
ten days later, amounts up to 40 support hours. A peer gets whole hours where it cannot do better, and local times where
it knows no zones: the conversion is not charged to it. Every peer's answers are compared with ours. Nothing is asserted
here.
"""

from __future__ import annotations

import datetime as dt
import importlib
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from upheld.core.calendars import zones
from upheld.core.calendars.bulk import BulkCalendar, Pauses
from upheld.core.calendars.compiled import compile_calendar
from upheld.core.calendars.holiday_lists import from_library
from upheld.core.calendars.spec import CalendarSpec, always, parse_week

warnings.simplefilter("ignore")

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- calendars: begin -->", "<!-- calendars: end -->"
BRUSSELS = zones.zone("Europe/Brussels")
FIRST, LAST = dt.date(2024, 1, 1), dt.date(2028, 12, 31)
PAIRS = 1_000_000
RUNS = 7
HOUR = 3600


@dataclass(frozen=True)
class Row:
    what: str
    who: str
    rate: float
    spread: tuple[float, float]
    equal: str


def peer(name: str) -> Any:
    """The module, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def measured(what: str, who: str, work: Callable[[], Any], calls: int, equal: str = "") -> Row:
    """Median, lowest and highest rate of several runs, calls a second."""
    work()
    rates = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        rates.append(calls / (time.perf_counter() - began))
    row = Row(what, who, statistics.median(rates), (min(rates), max(rates)), equal)
    print(f"{row.what:28} {row.who:48} {shown(row.rate):>10}/s  {row.equal}", flush=True)
    return row


def shown(rate: float) -> str:
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if rate >= size:
            return f"{rate / size:.3g} {unit}"
    return f"{rate:.3g}"


def agreement(theirs: list[Any], ours: list[Any]) -> str:
    return f"{sum(one == other for one, other in zip(theirs, ours, strict=True))} of {len(ours)} equal"


class Work:
    """The instants, and everything that every engine needs, made once."""

    def __init__(self) -> None:
        self.holidays = from_library("BE", years=range(FIRST.year, LAST.year + 1))
        spec = CalendarSpec(
            "office",
            "Europe/Brussels",
            parse_week("mon-fri 09:00-17:00"),
            holidays=(self.holidays,),
            day_seconds=8 * HOUR,
        )
        self.spec = spec
        self.calendar = compile_calendar(spec, FIRST, LAST)
        self.bulk = BulkCalendar(self.calendar)
        rng = np.random.default_rng(2026)
        start = int(dt.datetime(2025, 1, 1, tzinfo=dt.UTC).timestamp())
        self.a = rng.integers(start, start + 730 * 86400, PAIRS)
        self.b = self.a + rng.integers(0, 10 * 86400, PAIRS)
        self.seconds = rng.integers(1, 40 * HOUR, PAIRS)
        self.hours = [int(hours) for hours in rng.integers(1, 41, 2000)]

    def some(self, count: int, zone: dt.tzinfo = dt.UTC) -> tuple[list[dt.datetime], list[dt.datetime], list[int]]:
        a, b = ([dt.datetime.fromtimestamp(t, zone) for t in given[:count].tolist()] for given in (self.a, self.b))
        return a, b, self.seconds[:count].tolist()


def single(work: Work) -> list[Row]:
    count = 50_000
    calendar, rows = work.calendar, []
    ints = list(zip(*(given[:count].tolist() for given in (work.a, work.b, work.seconds)), strict=True))
    rows.append(
        measured("between, single", "upheld, integers", lambda: [calendar.between(a, b) for a, b, _ in ints], count)
    )
    rows.append(measured("add, single", "upheld, integers", lambda: [calendar.add(a, s) for a, _, s in ints], count))
    for name, zone in (("UTC", dt.UTC), ("Brussels", BRUSSELS)):
        for title, engine in (("", calendar), (" 24x7", compile_calendar(always(), FIRST, LAST))):
            a, b, s = work.some(count, zone)
            who = f"upheld{title}, aware datetimes ({name})"
            rows.append(measured("between, single", who, lambda: list(map(engine.seconds_between, a, b)), count))  # noqa: B023
            rows.append(measured("add, single", who, lambda: list(map(engine.add_to, a, s)), count))  # noqa: B023
    return rows


def in_bulk(work: Work) -> list[Row]:
    rows = []
    rng = np.random.default_rng(7)
    some = rng.integers(0, PAIRS, PAIRS // 2)
    begins = work.a[some] + rng.integers(0, 86400, len(some))
    pauses = Pauses(some, begins, begins + rng.integers(0, 86400, len(some)))
    engine = work.bulk
    rows.append(measured("between, bulk", "upheld, NumPy", lambda: engine.between(work.a, work.b), PAIRS))
    rows.append(measured("add, bulk", "upheld, NumPy", lambda: engine.add(work.a, work.seconds), PAIRS))
    with_pauses = lambda: engine.between(work.a, work.b, pauses)  # noqa: E731
    rows.append(measured("between, bulk", "upheld, NumPy, half a million pauses", with_pauses, PAIRS))
    searched = BulkCalendar(work.calendar)
    searched._slot = searched._step = 0
    rows.append(
        measured(
            "between, bulk", "upheld, NumPy, searched (no common slot)", lambda: searched.between(work.a, work.b), PAIRS
        )
    )
    rows += busday_recipe(work)
    return rows


def busday_recipe(work: Work) -> list[Row]:
    """Whole days times eight hours, and clipped times of day; right where no window holds a change of the clocks."""
    days = np.array(sorted(work.holidays.days), dtype="datetime64[D]")
    calendar = np.busdaycalendar(holidays=days)
    changes = np.arange(int(work.a.min()) - 86400, int(work.b.max()) + 86400, 86400)
    offsets = np.array([int(dt.datetime.fromtimestamp(int(t), BRUSSELS).utcoffset().total_seconds()) for t in changes])
    kept = np.concatenate(([True], offsets[1:] != offsets[:-1]))
    changes, offsets = changes[kept], offsets[kept]
    # The exact instants of the changes: 01:00 UTC on that day or the one before.
    changes[1:] = [next(t for t in range(int(c) - 86400, int(c) + 1, 3600)
                        if dt.datetime.fromtimestamp(t, BRUSSELS).utcoffset().total_seconds() == o)
                   for c, o in zip(changes[1:], offsets[1:], strict=True)]  # fmt: skip

    def local(t: Any) -> Any:
        return t + offsets[np.searchsorted(changes, t, side="right") - 1]

    def upto(t: Any) -> tuple[Any, Any]:
        day = t // 86400
        date = day.astype("datetime64[D]")
        inside = np.clip(t - day * 86400, 9 * HOUR, 17 * HOUR) - 9 * HOUR
        return date, np.where(np.is_busday(date, busdaycal=calendar), inside, 0)

    def recipe(a: Any, b: Any) -> Any:
        (first, start), (last, end) = upto(a), upto(b)
        return np.busday_count(first, last, busdaycal=calendar) * 8 * HOUR + end - start

    a, b = local(work.a), local(work.b)
    ours = work.bulk.between(work.a, work.b)
    equal = f"{int((recipe(a, b) == ours).sum())} of {PAIRS} equal"
    return [
        measured(
            "between, bulk", "NumPy busday recipe, from UTC", lambda: recipe(local(work.a), local(work.b)), PAIRS, equal
        ),
        measured("between, bulk", "NumPy busday recipe, from local times", lambda: recipe(a, b), PAIRS, equal),
    ]


def pandas_rows(work: Work, pandas: Any) -> list[Row]:
    count = 500
    a, b, _ = work.some(count, BRUSSELS)
    stamps, ends = ([pandas.Timestamp(t.replace(tzinfo=None)) for t in given] for given in (a, b))
    offset = pandas.offsets.CustomBusinessHour(start="09:00", end="17:00", holidays=sorted(work.holidays.days))
    hours = work.hours[:count]
    theirs = [(stamp + offset * n).to_pydatetime() for stamp, n in zip(stamps, hours, strict=True)]
    due = [work.calendar.add_to(start, n * HOUR) for start, n in zip(a, hours, strict=True)]
    # Theirs moves from closing to the next opening: as right an answer, if no support time lies between the two.
    same = [
        not work.calendar.seconds_between(one, other.replace(tzinfo=BRUSSELS))
        for one, other in zip(due, theirs, strict=True)
    ]
    rows = [
        measured(
            "add, single",
            "pandas CustomBusinessHour, whole hours, local",
            lambda: [stamp + offset * n for stamp, n in zip(stamps, hours, strict=True)],
            count,
            f"{sum(same)} of {count} equal (closing or next opening)",
        )
    ]
    few = 200
    counted = [
        len(pandas.date_range(s, e, freq=offset, inclusive="right"))
        for s, e in zip(stamps[:few], ends[:few], strict=True)
    ]
    exact = [work.calendar.seconds_between(s, e) / HOUR for s, e in zip(a[:few], b[:few], strict=True)]
    work_of = lambda: [len(pandas.date_range(s, e, freq=offset)) for s, e in zip(stamps[:few], ends[:few], strict=True)]  # noqa: E731
    rows.append(
        measured("between, single", "pandas date_range, whole hours, local", work_of, few, agreement(counted, exact))
    )
    index = pandas.DatetimeIndex(stamps)
    rows.append(measured("add, bulk", "pandas DatetimeIndex + CustomBusinessHour", lambda: index + offset * 4, count))
    return rows


def business_duration_rows(work: Work, module: Any) -> list[Row]:
    count = 1000
    a, b, _ = work.some(count, BRUSSELS)
    pairs = [(s.replace(tzinfo=None), e.replace(tzinfo=None)) for s, e in zip(a, b, strict=True)]
    options = {"starttime": dt.time(9), "endtime": dt.time(17), "holidaylist": dict(work.holidays.days), "unit": "sec"}
    ask = lambda: [module.businessDuration(s, e, **options) for s, e in pairs]  # noqa: E731
    ours = [work.calendar.seconds_between(s, e) for s, e in zip(a, b, strict=True)]
    return [measured("between, single", "business-duration, local times", ask, count, agreement(ask(), ours))]


def businesstimedelta_rows(work: Work, module: Any) -> list[Row]:
    count = 300
    a, b, s = work.some(count, BRUSSELS)
    pytz = importlib.import_module("pytz").timezone("Europe/Brussels")
    day = module.WorkDayRule(start_time=dt.time(9), end_time=dt.time(17), working_days=[0, 1, 2, 3, 4], tz=pytz)
    rules = module.Rules([day, module.HolidayRule(dict(work.holidays.days), tz=pytz)])

    def between() -> list[int]:
        return [int(rules.difference(one, other).timedelta.total_seconds()) for one, other in zip(a, b, strict=True)]

    def add() -> list[dt.datetime]:
        return [one + module.BusinessTimeDelta(rules, seconds=n) for one, n in zip(a, s, strict=True)]

    counted = [work.calendar.seconds_between(one, other) for one, other in zip(a, b, strict=True)]
    due = [work.calendar.add_to(one, n) for one, n in zip(a, s, strict=True)]
    return [
        measured("between, single", "businesstimedelta", between, count, agreement(between(), counted)),
        measured("add, single", "businesstimedelta", add, count, agreement(add(), due)),
    ]


def peers(work: Work) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    absent = []
    for name, rows_of in (
        ("pandas", pandas_rows),
        ("business_duration", business_duration_rows),
        ("businesstimedelta", businesstimedelta_rows),
    ):
        module = peer(name)
        if module is None:
            absent.append(name)
            continue
        try:
            rows += rows_of(work, module)
        except Exception as error:  # noqa: BLE001 - a peer that breaks is part of the report
            absent.append(f"{name} ({type(error).__name__}: {error})")
    return rows, absent


def traps() -> list[str]:
    """Questions on which a peer that agrees above is wrong: what it says, and the hours that truly pass."""
    naive, lines = dt.datetime, []
    if module := peer("business_duration"):
        start, end = naive(2025, 3, 29, 20), naive(2025, 3, 30, 8)
        said = module.businessDuration(start, end, weekendlist=[], unit="hour")
        true = compile_calendar(always("Europe/Brussels"), FIRST, LAST).seconds_between(
            start.replace(tzinfo=BRUSSELS), end.replace(tzinfo=BRUSSELS)
        )
        lines.append(
            f"- business-duration, 24x7 over the clock change of 2025-03-30: {said:.4g} h, true {true // HOUR} h."
        )
    if module := peer("businesstimedelta"):
        pytz = importlib.import_module("pytz").utc
        night = module.WorkDayRule(start_time=dt.time(22), end_time=dt.time(6), working_days=[0, 1, 2, 3, 4], tz=pytz)
        start, end = (naive(2025, 6, day, hour, tzinfo=dt.UTC) for day, hour in ((2, 23), (3, 5)))
        said = module.Rules([night]).difference(start, end).timedelta.total_seconds() / HOUR
        spec = CalendarSpec("night", "UTC", parse_week("mon-fri 22:00-06:00 next day"))
        true = compile_calendar(spec, FIRST, LAST).seconds_between(start, end)
        lines.append(
            f"- businesstimedelta, shift 22:00-06:00, Mon 23:00 to Tue 05:00: {said:.4g} h, true {true // HOUR} h."
        )
    return lines


def compile_rows(work: Work) -> list[Row]:
    years = (LAST.year - FIRST.year) + 1
    return [
        measured(f"compile, {years} years", "upheld", lambda: compile_calendar(work.spec, FIRST, LAST), 1),
        measured("tables for bulk", "upheld", lambda: BulkCalendar(work.calendar), 1),
    ]


def report(rows: list[Row], absent: list[str]) -> str:
    versions = ", ".join(
        f"{name} {module.__version__}" for name in ("numpy", "pandas") if (module := peer(name)) is not None
    )
    today = dt.date.today().isoformat()  # noqa: DTZ011 - the day on the wall
    lines = [
        BEGIN,
        f"Measured {today}, Python {platform.python_version()}, {versions}, one process; medians of {RUNS} runs.",
        "Calls, or rows, a second. *Times ours* divides our engine for the same question (single: aware datetimes in",
        "Brussels; bulk: NumPy) by the row.",
        "",
        "| work | engine | a second | lowest - highest | times ours | answers equal to ours |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    ours = {
        row.what: row.rate
        for row in reversed(rows)
        if row.who in {"upheld, aware datetimes (Brussels)", "upheld, NumPy"}
    }
    for row in sorted(rows, key=lambda row: (row.what, -row.rate)):
        ratio = "" if row.who.startswith("upheld") or row.what not in ours else f"{ours[row.what] / row.rate:,.3g}"
        low, high = (shown(rate) for rate in row.spread)
        lines.append(f"| {row.what} | {row.who} | {shown(row.rate)} | {low} - {high} | {ratio} | {row.equal} |")
    lines += ["", "Equal answers to this work do not make a peer right elsewhere:", "", *traps()]
    lines += ["", f"Not measured: {', '.join(absent)}." if absent else "Every peer was measured.", END]
    return "\n".join(lines)


def main() -> None:
    work = Work()
    rows = single(work) + in_bulk(work) + compile_rows(work)
    found, absent = peers(work)
    text = report(rows + found, absent)
    print(text)
    if "--no-write" in sys.argv or BEGIN not in (page := REPORT.read_text(encoding="utf-8")):
        return
    before, _, rest = page.partition(BEGIN)
    REPORT.write_text(before + text + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
