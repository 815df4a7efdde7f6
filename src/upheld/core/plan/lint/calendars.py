"""
Calendars and holiday lists: used, open at some time, with effects and lists that say enough.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from upheld.core.calendars.compiled import compile_calendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.holiday_lists import english_of
from upheld.core.calendars.review import review_calendar
from upheld.core.calendars.spec import CalendarSpec
from upheld.core.calendars.windows import ALL_DAY, WEEKDAYS, Week
from upheld.core.calendars.zones import zone
from upheld.core.instants import to_datetime
from upheld.core.periods import Period, subtracted, total
from upheld.core.plan.lint.due_times import DueTimes, sample_year
from upheld.core.plan.lint.found import Found, Key, error, misnamed, note, warning
from upheld.core.plan.lint.references import used
from upheld.core.plan.model import Plan
from upheld.core.plan.model.calendars import CalendarRule, HolidayList, looks_like_country
from upheld.core.plan.places import Path


def check(plan: Plan, due_times: DueTimes) -> Iterator[Found]:
    """
    Yield what is odd about calendars and holiday lists.
    """
    yield from _unused(plan)
    for name, rule in plan.calendars.items():
        path: Path = ("calendars", name)
        yield from _compiled(name, due_times, path)
        yield from _holidays(plan, rule, path)
        if "holidays" not in rule.model_fields_set and not _is_always_open(rule):
            yield note("lint.holidays_silent", Key((*path, "holidays")), calendar=name)
        for place, week in rule.printed.items():
            yield from _printed(plan, due_times, name, place, week)
    for name, each in plan.holiday_lists.items():
        yield from _list(plan, each, ("holiday_lists", name))


def _unused(plan: Plan) -> Iterator[Found]:
    used_calendars = used(plan, "calendars")
    for name in (name for name in plan.calendars if name not in used_calendars):
        yield note("lint.calendar_unused", Key(("calendars", name)), calendar=name)
    named = {name for rule in plan.calendars.values() for name in rule.holidays}
    for name in (name for name in plan.holiday_lists if name not in named):
        yield note("lint.holiday_list_unused", Key(("holiday_lists", name)), list=name)


def _compiled(name: str, due_times: DueTimes, path: Path) -> Iterator[Found]:
    """
    Yield why a calendar cannot be computed, or what is odd about it: contradictions, closed always or for long.
    """
    calendar = due_times.compiled(name)
    if isinstance(calendar, CalendarError):
        yield error(calendar.code, Key(path), **calendar.params)
    else:
        for each in review_calendar(calendar):
            yield warning(each.code, Key(path), **each.params)


def _holidays(plan: Plan, rule: CalendarRule, path: Path) -> Iterator[Found]:
    for name, each in rule.holidays.items():
        where = (*path, "holidays", name)
        if each.effect == "limited" and not each.severities and not each.channels:
            yield warning("lint.limited_without_effect", where, calendar=path[1], list=name)
        if name in plan.holiday_lists or name == "customer":
            continue
        if looks_like_country(name):
            country, _, subdivision = name.partition("-")
            yield from _country(plan, country, subdivision, ("public",), where)
        else:
            code, params = misnamed("lint.unknown_name", name, (*plan.holiday_lists, "customer"))
            yield error(code, Key(where), section="holiday_lists", **params)


def _list(plan: Plan, each: HolidayList, path: Path) -> Iterator[Found]:
    if each.country:
        yield from _country(plan, each.country, each.subdivision or "", each.categories or ("public",), path)


def _country(plan: Plan, country: str, subdivision: str, categories: tuple[str, ...], path: Path) -> Iterator[Found]:
    """
    Yield that nobody knows the country, the subdivision or the kind of holidays, or that the list is not whole.
    """
    import holidays  # noqa: PLC0415 - 0.1 s, and most plans never need it
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - as above

    if country not in {codes[1] for codes in COUNTRIES.values()}:
        yield error("lint.unknown_country", path, given=country)
        return
    known: Any = getattr(holidays, country)
    if subdivision and subdivision not in known.subdivisions:
        code, params = misnamed("lint.unknown_subdivision", subdivision, known.subdivisions)
        yield error(code, path, country=country, **params)
        return
    for kind in categories:
        if kind not in known.supported_categories:
            code, params = misnamed("lint.unknown_category", kind, known.supported_categories)
            yield error(code, path, country=country, **params)
            return
    if not subdivision:
        yield from _not_whole(sample_year(plan), country, categories, path)


def _not_whole(year: int, country: str, categories: tuple[str, ...], path: Path) -> Iterator[Found]:
    """
    Yield that some subdivision has holidays which the country's list lacks, with an example.
    """
    import holidays  # noqa: PLC0415 - as above

    def days(part: str | None) -> dict[dt.date, str]:
        found = holidays.country_holidays(
            country, subdiv=part, years=year, categories=categories, language=english_of(country)
        )
        return dict(found)

    everywhere = days(None)
    for part in getattr(holidays, country).subdivisions:
        more = sorted((day, title) for day, title in days(part).items() if day not in everywhere)
        if more:
            example = f"{more[0][0]} {more[0][1]}"
            code = "lint.country_without_subdivision"
            yield warning(code, path, country=country, subdivision=f"{country}-{part}", example=example)
            return


def _is_always_open(rule: CalendarRule) -> bool:
    return rule.week.days == ((ALL_DAY,),) * len(WEEKDAYS)


def _printed(plan: Plan, due_times: DueTimes, name: str, place: str, week: Week) -> Iterator[Found]:
    """
    Yield that the hours which the source prints in a zone are not those of the calendar, in winter or in summer.
    """
    calendar = due_times.compiled(name)
    year = sample_year(plan)
    if isinstance(calendar, CalendarError) or plan.calendars[name].is_customers_own:
        return
    printed = compile_calendar(CalendarSpec(name, place, week), dt.date(year, 1, 1), dt.date(year + 1, 12, 31))
    for each in due_times.fortnights:
        told = printed.open_periods(each.start, each.end)
        found = calendar.open_periods(each.start, each.end)
        wrong = total(subtracted(told, found)) + total(subtracted(found, told))
        if wrong:
            facts = {"calendar": name, "zone": place, "given": _first(told, place), "found": _first(found, place)}
            where: Path = ("calendars", name, "printed", place)
            yield warning("lint.printed_hours_differ", where, **facts, month=f"{to_datetime(each.start):%B}")


def _first(periods: Sequence[Period], place: str) -> str:
    """
    Return the first whole opening of a fortnight that begins on a Monday, as people of a zone read it.
    """
    if not periods:
        return "never open"
    whole = periods[1] if len(periods) > 1 else periods[0]
    start, end = (to_datetime(each, zone(place)) for each in (whole.start, whole.end))
    return f"{start:%a %H:%M} to {end:%a %H:%M}"
