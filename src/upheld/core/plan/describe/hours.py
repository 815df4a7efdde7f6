"""
When support is there and how it is reached: calendars in words and in other zones, holidays, channels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.hours_table import hours_table
from upheld.core.calendars.windows import WEEKDAYS
from upheld.core.plan.contract import Contract
from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import DASH, Cell, Facts, Line, Said, Section, Table, plain
from upheld.core.plan.describe.telling import details
from upheld.core.plan.describe.values import Words
from upheld.core.plan.describe.weeks import is_always
from upheld.core.plan.lint.references import VALUES, table_entry
from upheld.core.plan.lint.walk import fields_of, names_in, parts
from upheld.core.plan.model.base import Part
from upheld.core.plan.model.calendars import CalendarRule, HolidayList, SeasonRule
from upheld.core.plan.model.tiers import ChannelHours, Tier
from upheld.core.plan.places import Path
from upheld.core.plan.support_hours import SupportHours

_CUSTOMERS = ("customer", "contract")
"""Zones of calendars that stand on the customer's own clock."""


def hours(words: Words, tiers: Mapping[str, Tier], zones: Sequence[str], on: dt.date) -> Section:
    """
    Return which calendar rules in each tier, every calendar in words, and a usual week in other zones.
    """
    used = _used(words, tiers)
    blocks = [_by_tier(words, tiers), _calendars(words, used)]
    if zones:
        # What is open at all times is so everywhere, and hours on each customer's own clock stand on no other.
        rules = {name: words.plan.calendars[name] for name in used}
        told = [name for name, rule in rules.items() if not is_always(rule.week) and rule.zone not in _CUSTOMERS]
        blocks += [found for name in told if (found := _in_zones(words, name, zones, on))]
    return Section(key="hours", blocks=tuple(blocks))


def _used(words: Words, tiers: Mapping[str, Tier]) -> list[str]:
    """
    Return the calendars that anything on the page names, in the order of the plan.
    """
    named = {each.open for tier in tiers.values() for openings in tier.channels.values() for each in openings}
    for part, path in parts(words.plan):
        if path[:1] != ("tiers",) or path[1:2] == () or path[1] in tiers:
            named.update(_calendars_in(part))
    return [name for name in words.plan.calendars if name in named]


def _calendars_in(part: Part) -> Iterator[str]:
    for key, value in fields_of(part):
        kind = table_entry(VALUES, part, key)
        if kind is not None and "calendars" in kind.sections:
            yield from (name for name, _ in names_in(value, ()))


def _by_tier(words: Words, tiers: Mapping[str, Tier]) -> Table:
    rows = []
    for name, tier in tiers.items():
        cell: list[Line] = []
        for at, rule in enumerate(tier.hours):
            path: Path = ("tiers", name, "hours", at)
            found = words.condition(rule, without=("tier",))
            calendar = words.called("calendars", rule.use)
            code = "policy.calendar_if" if found else ("policy.calendar_else" if at else "policy.calendar")
            cell.append(Line(Said(code, {"calendar": calendar, "condition": found or ""}), (path,)))
        rows.append(((Line(plain(words.called("tiers", name))),), tuple(cell)))
    headings = (Said("policy.head_tier"), Said("policy.head_hours"))
    return Table(title=Said("policy.title_hours_by_tier"), headings=headings, rows=tuple(rows))


def _calendars(words: Words, names: Sequence[str]) -> Table:
    rows = []
    for name in names:
        rule = words.plan.calendars[name]
        path: Path = ("calendars", name)
        week = tuple(Line(each, ((*path, "week"),) if not at else ()) for at, each in enumerate(values.week(rule.week)))
        others = (*(_season(each, (*path, "seasons")) for each in rule.seasons), *_single_days(rule, path))
        zone = Line(_zone(rule), ((*path, "zone"),))
        day = Line(values.length(rule.day), ((*path, "day"),)) if rule.day else DASH
        held = _holidays(words, rule, (*path, "holidays")) or (Line(Said("policy.no_holidays")),)
        rows.append(((Line(plain(words.called("calendars", name))),), week + others, (zone,), (day,), held))
    keys = ("calendar", "hours", "zone", "day", "holidays")
    headings = tuple(Said(f"policy.head_{key}") for key in keys)
    return Table(title=Said("policy.title_calendars"), headings=headings, rows=tuple(rows))


def _season(season: SeasonRule, path: Path) -> Line:
    facts = {"from": values.day_of_year(season.from_), "until": values.day_of_year(season.until)}
    parts = values.week(season.week)
    return Line(Said("policy.season", {**facts, "hours": Said("policy.joined", {"parts": parts})}), (path,))


def _single_days(rule: CalendarRule, path: Path) -> Iterator[Line]:
    for day, windows in rule.dates.items():
        facts = {"day": day, "hours": values.windows(windows)}
        yield Line(Said("policy.single_day", facts), ((*path, "dates"),))
    for day, windows in rule.breaks.items():
        facts = {"day": day, "hours": values.windows(windows)}
        yield Line(Said("policy.break", facts), ((*path, "breaks"),))
    for weekday, counted in rule.support_day.items():
        facts = {"weekday": _weekday(WEEKDAYS.index(weekday)), "counted": _weekday(WEEKDAYS.index(counted))}
        yield Line(Said("policy.support_day", facts), ((*path, "support_day"),), is_quiet=True)


def _zone(rule: CalendarRule) -> Said:
    return Said("policy.customers_zone") if rule.zone in _CUSTOMERS else plain(rule.zone)


def _holidays(words: Words, rule: CalendarRule, path: Path) -> Cell:
    found = []
    for name, each in rule.holidays.items():
        listed = words.plan.holiday_lists.get(name)
        country = "-".join(filter(None, (listed.country, listed.subdivision))) if listed else ""
        told = (words.names("severities", each.severities), words.names("channels", each.channels))
        where = Said("policy.customers_country") if name == "customer" else country or name
        facts = {"list": where, "served": ", ".join(filter(None, told))}
        served = "_for" if each.effect == "limited" and (each.severities or each.channels) else ""
        found.append(Line(Said(f"policy.holiday_{each.effect}{served}", facts), ((*path, name),)))
    return tuple(found)


def _in_zones(words: Words, name: str, zones: Sequence[str], on: dt.date) -> Table | None:
    try:
        spec = _hours(words, on).spec(name, _somebody(words))
        table = hours_table(spec, zones, on)
    except CalendarError:
        return None
    rows = tuple(
        ((Line(plain(row.zone)),), tuple(Line(plain(each)) for each in (row.full() or (row.short(),))))
        for row in table.rows
    )
    title = Said(
        "policy.title_zones", {"calendar": words.called("calendars", name), "first": table.first, "last": table.last}
    )
    return Table(title=title, headings=(Said("policy.head_zone"), Said("policy.head_hours")), rows=rows)


def _hours(words: Words, on: dt.date) -> SupportHours:
    return SupportHours(words.plan, dt.date(on.year - 1, 1, 1), dt.date(on.year + 2, 12, 31))


def _somebody(words: Words) -> Contract:
    return Contract(customer="", tier=next(iter(words.plan.tiers)), zone=words.plan.zone or "UTC")


def holidays(words: Words, tiers: Mapping[str, Tier], on: dt.date) -> Section:
    """
    Return the holidays of the next twelve months that any of the calendars observes, with what they do.
    """
    until = dt.date(on.year + 1, on.month, 28 if (on.month, on.day) == (2, 29) else on.day)
    days: dict[dt.date, dict[tuple[str, str], list[str]]] = {}
    for name in _used(words, tiers):
        for day, title, effect in _holidays_of(words, name, on, until):
            days.setdefault(day, {}).setdefault((title, effect), []).append(words.called("calendars", name))
    rows = tuple(
        ((Line(Said("policy.date", {"day": _weekday(day.weekday()), "date": day})),), tuple(_held(each)))
        for day, each in sorted(days.items())
    )
    headings = (Said("policy.head_date"), Said("policy.head_holiday"))
    title_ = Said("policy.title_holidays", {"from": on})
    table = [Table(title=title_, headings=headings, rows=rows)] if rows else []
    return Section(key="holidays", blocks=(*table, *_holiday_lists(words, tiers)))


def _holiday_lists(words: Words, tiers: Mapping[str, Tier]) -> Iterator[Facts]:
    """
    Yield where the dates of the lists come from that the calendars of the page observe.
    """
    observed = {name for each in _used(words, tiers) for name in words.plan.calendars[each].holidays}
    rows = tuple(
        (plain(name.replace("_", " ")), tuple(_listed(rule, ("holiday_lists", name))))
        for name, rule in words.plan.holiday_lists.items()
        if name in observed
    )
    if rows:
        yield Facts(title=Said("policy.title_holiday_lists"), rows=rows)


def _listed(rule: HolidayList, path: Path) -> Iterator[Line]:
    if rule.country:
        country = "-".join(filter(None, (rule.country, rule.subdivision)))
        yield Line(Said("policy.list_of_country", {"country": country}), ((*path, "country"), (*path, "subdivision")))
    if rule.customer:
        yield Line(Said("policy.list_customers_own"), ((*path, "customer"),))
    if rule.categories:
        kinds = ", ".join(rule.categories).replace("_", " ")
        yield Line(Said("policy.list_categories", {"kinds": kinds}), ((*path, "categories"),))
    if rule.dates:
        days = "; ".join(f"{day} {name}" for day, name in rule.dates.items())
        yield Line(Said("policy.list_dates", {"days": days}), ((*path, "dates"),))
    if rule.feed:
        yield Line(Said("policy.list_feed", {"feed": rule.feed}), ((*path, "feed"),))
    if rule.without:
        yield Line(Said("policy.list_without", {"days": ", ".join(rule.without)}), ((*path, "without"),))


def _holidays_of(words: Words, name: str, on: dt.date, until: dt.date) -> Iterator[tuple[dt.date, str, str]]:
    """
    Yield the holidays of a calendar on days that would be open without them.
    """
    try:
        spec = _hours(words, on).spec(name, _somebody(words))
    except CalendarError:
        return
    for step in range((until - on).days):
        day = on + dt.timedelta(days=step)
        found = spec.holiday_on(day)
        if found and spec.week.days[day.weekday()]:
            yield day, found[0], str(found[1])


def _held(found: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[Line]:
    for (title, effect), calendars in found.items():
        yield Line(Said(f"policy.day_{effect}", {"name": title}))
        yield Line(plain("; ".join(calendars)), is_quiet=True)


def _weekday(number: int) -> Said:
    return Said(f"policy.weekday_{number}")


def channels(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return when each channel is open in each tier, and for whom.
    """
    rows = []
    for channel in words.plan.channels:
        cells = [
            tuple(
                _opening(words, each, ("tiers", name, "channels", channel)) for each in tier.channels.get(channel, ())
            )
            for name, tier in tiers.items()
        ]
        if any(cells):
            rows.append((_channel(words, channel), *(cell or (DASH,) for cell in cells)))
    if not rows:
        return Section(key="channels", blocks=())
    headings = (Said("policy.head_channel"), *(plain(words.called("tiers", each)) for each in tiers))
    table = Table(title=Said("policy.title_channels"), headings=headings, rows=tuple(rows))
    return Section(key="channels", blocks=(table,))


def _channel(words: Words, name: str) -> Cell:
    rule, path = words.plan.channels[name], ("channels", name)
    called = words.called("channels", name)
    lines = [Line(plain(called), (path,))]
    if called.casefold() != rule.kind:
        lines.append(Line(Said(f"policy.kind_{rule.kind}"), ((*path, "kind"),), is_quiet=True))
    return (*lines, *details(words, rule, path, "channel", ("at_most_per",), is_quiet=True))


def _opening(words: Words, opening: ChannelHours, path: Path) -> Line:
    hours_ = (
        Said("policy.support_hours")
        if opening.open == "support_hours"
        else plain(words.called("calendars", opening.open))
    )
    parts: list[Said] = [hours_]
    if opening.severities:
        parts.append(Said("policy.if_severity", {"values": words.names("severities", opening.severities)}))
    if opening.contacts == "designated":
        parts.append(Said("policy.designated_only"))
    return Line(Said("policy.joined", {"parts": parts}), (path,))
