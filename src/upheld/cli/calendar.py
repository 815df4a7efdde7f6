"""
``upheld calendar``: check the engine against cases, show hours in many zones, add to a start, count between two.

A calendar comes from a plan document (``--plan`` with ``--calendar`` or ``--tier``) or from options (``--zone``,
``--week``, ``--holidays``). A start without an offset is read on the calendar's own clock.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer
from rich.console import Console

from upheld.core.errors import UpheldError
from upheld.core.instants import UTC, Instant, to_instant

if TYPE_CHECKING:
    from upheld.core.calendars.cases import Outcome
    from upheld.core.calendars.compiled import CompiledCalendar
    from upheld.core.calendars.spec import CalendarSpec, HolidayList
    from upheld.core.plan.model import Plan

app = typer.Typer(no_args_is_help=True, help="Support hours: check, show, and count in them.")

SPANS: Final = (2, 10, 60, 230)
"""Years around the question that a calendar is compiled for, one after the other until the answer lies inside."""
MOST_LINES: Final = 12
"""Counted stretches that are shown."""
Answer = TypeVar("Answer")

PlanOption = Annotated[str | None, typer.Option("--plan", help="Plan document, or the name of one that ships.")]
CalendarOption = Annotated[str | None, typer.Option("--calendar", help="Calendar of the plan.")]
TierOption = Annotated[str | None, typer.Option("--tier", help="Tier of the plan, for its standard hours.")]
ZoneOption = Annotated[str | None, typer.Option("--zone", help="IANA zone of the hours, or of the plan's customer.")]
WeekOption = Annotated[str | None, typer.Option("--week", help="Hours, such as 'mon-fri 09:00-17:00'.")]
HolidaysOption = Annotated[str | None, typer.Option("--holidays", help="Countries, such as US or CA-ON,US.")]
FeedOption = Annotated[Path | None, typer.Option("--feed", help="iCalendar file with holidays.")]


class Form(enum.StrEnum):
    """
    Forms of the table of hours.
    """

    TEXT = "text"
    JSON = "json"
    HTML = "html"


class CalendarCommandError(UpheldError):
    """
    Options that name no calendar, or two.
    """


@dataclass(frozen=True, slots=True)
class Source:
    """
    Where a calendar comes from, as the options say.

    Raises :class:`CalendarCommandError` ``cli.calendar_not_named``, ``cli.calendar_named_twice``.
    """

    plan: str | None
    calendar: str | None
    tier: str | None
    zone: str | None
    week: str | None
    holidays: str | None
    feed: Path | None

    def __post_init__(self) -> None:
        if self.plan is None and self.week is None:
            raise CalendarCommandError("cli.calendar_not_named")
        if self.plan is not None and (self.week or self.holidays or self.feed or (self.calendar and self.tier)):
            raise CalendarCommandError("cli.calendar_named_twice")

    def spec(self, first: dt.date, last: dt.date) -> CalendarSpec:
        """
        Return the calendar as it is written, with the holidays of the years from ``first`` to ``last``.
        """
        if self.plan is not None:
            return spec_of_plan(self.plan, self.calendar, self.tier, self.zone, (first, last))
        from upheld.core.calendars.spec import CalendarSpec, parse_week  # noqa: PLC0415  help needs no calendars

        years = range(first.year, last.year + 1)
        return CalendarSpec("hours", self.zone or "UTC", parse_week(self.week or ""), holidays=self._lists(years))

    def _lists(self, years: range) -> tuple[HolidayList, ...]:
        from upheld.core.calendars.holiday_lists import from_library  # noqa: PLC0415  as above

        lists = []
        for place in filter(None, (self.holidays or "").replace(" ", "").split(",")):
            country, _, part = place.partition("-")
            lists.append(from_library(country, part or None, years=years, name=place))
        if self.feed is not None:
            from upheld.importers.holiday_feeds import from_icalendar  # noqa: PLC0415  as above

            text = self.feed.read_bytes().decode("utf-8", errors="replace")
            lists.append(from_icalendar(text, self.feed.name, years, source=self.feed.name))
        return tuple(lists)

    def compiled(self, around: Instant, years: int) -> CompiledCalendar:
        """
        Return the calendar compiled for so many years on both sides of an instant.
        """
        from upheld.core.calendars.compiled import FIRST_DATE, LAST_DATE, compile_calendar  # noqa: PLC0415  as above

        year = dt.datetime.fromtimestamp(around, UTC).year
        first = max(FIRST_DATE, dt.date(max(year - years, FIRST_DATE.year), 1, 1))
        last = min(LAST_DATE, dt.date(min(year + years, LAST_DATE.year), 12, 31))
        return compile_calendar(self.spec(first, last), first, last)

    def answer(self, around: Instant, ask: Callable[[CompiledCalendar], Answer]) -> tuple[CompiledCalendar, Answer]:
        """
        Return what a calendar answers, and the calendar, compiled as wide as it takes.
        """
        for years in SPANS:
            try:
                calendar = self.compiled(around, years)
                return calendar, ask(calendar)
            except UpheldError as error:
                if error.code != "calendar.beyond_horizon" or years == SPANS[-1]:
                    raise
        raise AssertionError


def spec_of_plan(
    plan: str, calendar: str | None, tier: str | None, zone: str | None, dates: tuple[dt.date, dt.date]
) -> CalendarSpec:
    """
    Return a calendar of a plan: by its name, or the standard hours of a tier, those that fit when no other rule does.

    Raises :class:`CalendarCommandError` ``cli.unknown_tier``, ``cli.unknown_calendar``.
    """
    from upheld.core.plan.contract import Contract  # noqa: PLC0415  only plans need plans
    from upheld.core.plan.support_hours import SupportHours  # noqa: PLC0415  as above

    loaded = loaded_plan(plan)
    if calendar is None:
        name = tier or next(iter(loaded.tiers))
        if name not in loaded.tiers:
            raise CalendarCommandError("cli.unknown_tier", given=name, plan=plan, known=list(loaded.tiers))
        calendar = loaded.tiers[name].hours[-1].use
    if calendar not in loaded.calendars:
        raise CalendarCommandError("cli.unknown_calendar", given=calendar, plan=plan, known=list(loaded.calendars))
    contract = Contract(customer="", tier=tier or next(iter(loaded.tiers)), zone=zone or "UTC")
    return SupportHours(loaded, *dates).spec(calendar, contract)


@functools.cache
def loaded_plan(plan: str) -> Plan:
    """
    Return the plan of a file, or of the catalogue where no file has the name.
    """
    from upheld.cli.plan_documents import plan_document  # noqa: PLC0415  only plans need plans
    from upheld.core.plan.loading import load_usable  # noqa: PLC0415  as above

    return load_usable(*plan_document(plan)).plan


@app.command()
def check(files: Annotated[list[Path], typer.Argument(help="Cases, one JSON object a line.")]) -> None:
    """
    Run calendar cases and show every disagreement.

    Exit code 0 when none failed, 1 otherwise.
    """
    from upheld.core.calendars.cases import Verdict, check_cases  # noqa: PLC0415  as above

    counts: Counter[Verdict] = Counter()
    for file in files:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for outcome in check_cases(lines):
                counts[outcome.verdict] += 1
                if outcome.verdict in {Verdict.FAILED, Verdict.UNREADABLE}:
                    typer.echo(f"{file}:{outcome.line}: {_disagreement(outcome)}")
    failed = counts[Verdict.FAILED] + counts[Verdict.UNREADABLE]
    typer.echo(f"{counts[Verdict.PASSED]} passed, {failed} failed, {counts[Verdict.DISPUTED]} disputed")
    if failed:
        raise typer.Exit(1)


def _disagreement(outcome: Outcome) -> str:
    from upheld.wording import say  # noqa: PLC0415  words are needed only for errors

    said = say(outcome.error.code, outcome.error.params) if outcome.error else f"got {outcome.got}"
    if not outcome.question:
        return said
    return f"case {outcome.case}: {outcome.question}: expected {outcome.expected}, {said}"


@app.command()
def hours(
    plan: Annotated[str | None, typer.Argument(help="Plan document, or the name of one that ships.")] = None,
    tier: TierOption = None,
    calendar: CalendarOption = None,
    zones: Annotated[
        str | None, typer.Option(help="Zones to show, commas between; the calendar's own if none.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="A date of the week to show, such as 2026-07-01; today if none.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="text, json, or html for a page.")] = Form.TEXT,
    full: Annotated[bool, typer.Option("--full", help="Show every window.")] = False,
    zone: ZoneOption = None,
    week: WeekOption = None,
    holidays: HolidaysOption = None,
    feed: FeedOption = None,
) -> None:
    """
    Show the support hours of a week in any zones.
    """
    from upheld.core.calendars.hours_table import hours_table  # noqa: PLC0415  as above
    from upheld.rendering.hours import hours_as_data, hours_page, print_hours  # noqa: PLC0415  as above

    day = _date(date)
    spec = Source(plan, calendar, tier, zone, week, holidays, feed).spec(
        day - dt.timedelta(days=7), day + dt.timedelta(days=7)
    )
    wanted = [name.strip() for name in (zones or spec.zone).split(",") if name.strip()]
    table = hours_table(spec, wanted, day)
    if form is Form.JSON:
        typer.echo(json.dumps(hours_as_data(table), ensure_ascii=False, indent=2))
    elif form is Form.HTML:
        typer.echo(hours_page(table), nl=False)
    else:
        print_hours(Console(highlight=False, markup=False), table, every_window=full)


def _date(text: str | None) -> dt.date:
    if text is None:
        return dt.datetime.now(UTC).date()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise CalendarCommandError("cli.date_unreadable", given=text) from None
    if not dt.MINYEAR < day.year < dt.MAXYEAR:
        raise CalendarCommandError("cli.date_unreadable", given=text)
    return day


def _instant(text: str, zone: str) -> Instant:
    """
    Return the instant of a text; one without an offset is read on the zone's clock, fold=0.
    """
    from upheld.core.calendars import zones  # noqa: PLC0415  as above

    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise CalendarCommandError("cli.start_unreadable", given=text) from None
    return to_instant(moment if moment.tzinfo else moment.replace(tzinfo=zones.zone(zone)))


@app.command(context_settings={"ignore_unknown_options": True})
def add(
    start: Annotated[str, typer.Argument(help="Start, such as 2026-07-01T16:45 or with an offset.")],
    amount: Annotated[str, typer.Argument(help="How much: 4h, 90min, '2d same_time', -1h to walk back.")],
    plan: PlanOption = None,
    calendar: CalendarOption = None,
    tier: TierOption = None,
    zone: ZoneOption = None,
    week: WeekOption = None,
    holidays: HolidaysOption = None,
    feed: FeedOption = None,
) -> None:
    """
    Say when so much support time after a start is over, and show the stretches that count.
    """
    source = Source(plan, calendar, tier, zone, week, holidays, feed)
    begins = _instant(start, _zone_of(source))
    compiled, due = source.answer(begins, functools.partial(_due, start=begins, amount=amount))
    place = compiled.spec.zone
    typer.echo(f"start {_shown(begins, place)}")
    _print_counted(compiled, min(begins, due), max(begins, due))
    typer.echo(f"due   {_shown(due, place)}")


def _zone_of(source: Source) -> str:
    if source.plan is None:
        return source.zone or "UTC"
    this_year = dt.datetime.now(UTC).date()
    return source.spec(this_year, this_year).zone


def _due(calendar: CompiledCalendar, start: Instant, amount: str) -> Instant:
    from upheld.core.durations import DayMode, Unit, parse_duration  # noqa: PLC0415  as above

    sign = -1 if amount.strip().startswith("-") else 1
    duration = parse_duration(amount.strip().lstrip("-"))
    if duration.unit is Unit.DAYS:
        mode = duration.mode or (DayMode.HOURS if calendar.spec.day_seconds else DayMode.SAME_TIME)
        return calendar.add_days(start, sign * duration.count, mode)
    if duration.unit is not Unit.SECONDS or duration.elapsed:
        raise CalendarCommandError("cli.amount_not_support_time", given=amount)
    return calendar.add(start, sign * duration.count)


@app.command()
def between(
    a: Annotated[str, typer.Argument(help="From, such as 2026-07-01T16:45 or with an offset.")],
    b: Annotated[str, typer.Argument(help="Until.")],
    plan: PlanOption = None,
    calendar: CalendarOption = None,
    tier: TierOption = None,
    zone: ZoneOption = None,
    week: WeekOption = None,
    holidays: HolidaysOption = None,
    feed: FeedOption = None,
) -> None:
    """
    Count the support time between two instants, and show the stretches that count.
    """
    source = Source(plan, calendar, tier, zone, week, holidays, feed)
    place = _zone_of(source)
    one, other = _instant(a, place), _instant(b, place)
    compiled, seconds = source.answer(one, lambda calendar: calendar.between(one, other))
    typer.echo(f"from  {_shown(one, place)}")
    _print_counted(compiled, min(one, other), max(one, other))
    typer.echo(f"until {_shown(other, place)}")
    typer.echo(f"{_length(seconds)} ({seconds} seconds)")


def _print_counted(calendar: CompiledCalendar, first: Instant, last: Instant) -> None:
    periods = calendar.open_periods(first, last)
    place = calendar.spec.zone
    for period in periods[:MOST_LINES]:
        opens, closes = (_local(t, place) for t in (period.start, period.end))
        typer.echo(f"      {opens:%a %Y-%m-%d %H:%M:%S} - {closes:%a %H:%M:%S}  {_length(period.seconds)}")
    if len(periods) > MOST_LINES:
        typer.echo(f"      ... and {len(periods) - MOST_LINES} more")


def _local(instant: Instant, place: str) -> dt.datetime:
    from upheld.core.calendars import zones  # noqa: PLC0415  as above

    return dt.datetime.fromtimestamp(instant, zones.zone(place))


def _shown(instant: Instant, place: str) -> str:
    local = _local(instant, place)
    utc = dt.datetime.fromtimestamp(instant, UTC)
    return f"{local:%a} {local.isoformat()} {local:%Z} ({utc:%Y-%m-%dT%H:%M:%SZ})"


def _length(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{minutes // 60}h{minutes % 60:02}" + (f":{rest:02}" if rest else "")
    return f"-{text}" if seconds < 0 else text
