"""
The sections that clocks go by: tiers, targets, hours, holidays, channels, severities, coverage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.hours_table import hours_table
from upheld.core.plan.contract import Contract
from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import Cell, Facts, Items, Line, Said, Section, Table, plain
from upheld.core.plan.describe.values import Words
from upheld.core.plan.describe.weeks import is_always
from upheld.core.plan.model.calendars import CalendarRule, SeasonRule
from upheld.core.plan.model.metrics import Metric, Target
from upheld.core.plan.model.terms import CoverageRule
from upheld.core.plan.model.tiers import ChannelHours, Tier
from upheld.core.plan.places import Path
from upheld.core.plan.support_hours import SupportHours

DASH = Line(Said("policy.dash"))


def targets(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return a table of severities by tiers for each metric, and what starts and stops it.
    """
    blocks: list[Table] = []
    for name, metric in words.plan.metrics.items():
        if any(name in tier.targets for tier in tiers.values()):
            blocks.append(_targets(words, tiers, name, metric))
    return Section(key="targets", blocks=tuple(blocks))


def _targets(words: Words, tiers: Mapping[str, Tier], name: str, metric: Metric) -> Table:
    rows = []
    for severity in (*words.plan.severities, ""):
        cells = [_promises(words, tier_name, tier, name, severity) for tier_name, tier in tiers.items()]
        if any(cells):
            title = plain(words.called("severities", severity)) if severity else Said("policy.all_others")
            rows.append(((Line(title),), *(cell or (DASH,) for cell in cells)))
    return Table(
        title=plain(words.called("metrics", name)),
        headings=(Said("policy.head_severity"), *(plain(words.called("tiers", each)) for each in tiers)),
        rows=tuple(rows),
        notes=tuple(_clock(words, name, metric)),
    )


def _promises(words: Words, tier: str, rules: Tier, metric: str, severity: str) -> Cell:
    default = words.plan.metrics[metric].days or words.plan.days
    cell: list[Line] = []
    for at, row in enumerate(rules.targets.get(metric, ())):
        if (severity in row.severity) if severity else not row.severity:
            path: Path = ("tiers", tier, "targets", metric, at)
            cell.append(Line(values.target(row, default), (path,)))
            cell += [Line(each, is_quiet=True) for each in _details(words, row)]
    return tuple(cell)


def _details(words: Words, row: Target) -> Iterator[Said]:
    if found := words.condition(row, without=("severity", "tier")):
        yield Said("policy.when", {"condition": found})
    if row.use:
        yield Said("policy.on_calendar", {"calendar": words.called("calendars", row.use)})
    if row.or_agreed:
        yield Said("policy.or_agreed")
    if row.or_met_by:
        yield Said("policy.or_met_by", {"events": _events(words, row.or_met_by)})


def _clock(words: Words, name: str, metric: Metric) -> Iterator[Line]:
    path: Path = ("metrics", name)
    yield Line(Said("policy.in_support_hours"))
    facts = {"starts": _starts(words, metric.starts_on), "stops": _events(words, metric.stops_on)}
    yield Line(Said("policy.clock", facts), ((*path, "starts_on"), (*path, "stops_on")))
    if metric.repeats:
        yield Line(Said("policy.repeats"), ((*path, "repeats"),))
    if metric.pauses_while:
        paused = ", ".join(each.replace("_", " ") for each in metric.pauses_while)
        yield Line(Said("policy.pauses", {"while": paused}), ((*path, "pauses_while"),))


def _starts(words: Words, events: Sequence[str]) -> Said:
    return Said("policy.or", {"parts": [_event(words, each, "start") for each in events]})


def _events(words: Words, events: Sequence[str]) -> Said:
    return Said("policy.or", {"parts": [_event(words, each, "stop") for each in events]})


def _event(words: Words, event: str, kind: str) -> Said:
    prefix, _, name = event.partition(":")
    if prefix == "milestone":
        return plain(words.called("milestones", name))
    if prefix == "after":
        return Said("policy.after_metric", {"metric": words.called("metrics", name)})
    return Said(f"policy.{kind}_{event}")


def hours(words: Words, tiers: Mapping[str, Tier], zones: Sequence[str], on: dt.date) -> Section:
    """
    Return which calendar rules in each tier, every calendar in words, and a usual week in other zones.
    """
    used = _used(words, tiers)
    blocks = [_by_tier(words, tiers), _calendars(words, used)]
    if zones:
        told = [name for name in used if not is_always(words.plan.calendars[name].week)]
        blocks += [found for name in told if (found := _in_zones(words, name, zones, on))]
    return Section(key="hours", blocks=tuple(blocks))


def _used(words: Words, tiers: Mapping[str, Tier]) -> list[str]:
    """
    Return the calendars that the tiers' hours, channels and targets name, in the order of the plan.
    """
    named: set[str] = set()
    for tier in tiers.values():
        named |= {rule.use for rule in tier.hours}
        named |= {each.open for openings in tier.channels.values() for each in openings}
        named |= {row.use for rows in tier.targets.values() for row in rows if row.use}
    return [name for name in words.plan.calendars if name in named]


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
        seasons = tuple(_season(each, (*path, "seasons")) for each in rule.seasons)
        zone = Line(_zone(rule), ((*path, "zone"),))
        day = Line(values.length(rule.day), ((*path, "day"),)) if rule.day else DASH
        held = _holidays(words, rule, (*path, "holidays")) or (Line(Said("policy.no_holidays")),)
        rows.append(((Line(plain(words.called("calendars", name))),), week + seasons, (zone,), (day,), held))
    keys = ("calendar", "hours", "zone", "day", "holidays")
    headings = tuple(Said(f"policy.head_{key}") for key in keys)
    return Table(title=Said("policy.title_calendars"), headings=headings, rows=tuple(rows))


def _season(season: SeasonRule, path: Path) -> Line:
    facts = {"from": season.from_, "until": season.until}
    parts = values.week(season.week)
    return Line(Said("policy.season", {**facts, "hours": Said("policy.joined", {"parts": parts})}), (path,))


def _zone(rule: CalendarRule) -> Said:
    return Said("policy.customers_zone") if rule.zone in ("customer", "contract") else plain(rule.zone)


def _holidays(words: Words, rule: CalendarRule, path: Path) -> Cell:
    found = []
    for name, each in rule.holidays.items():
        listed = words.plan.holiday_lists.get(name)
        country = "-".join(filter(None, (listed.country, listed.subdivision))) if listed else ""
        facts = {"list": country or name, "severities": words.names("severities", each.severities),
                 "channels": words.names("channels", each.channels)}  # fmt: skip
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
        ((Line(Said("policy.date", {"day": _weekday(day), "date": day})),), tuple(_held(each)))
        for day, each in sorted(days.items())
    )
    if not rows:
        return Section(key="holidays", blocks=())
    headings = (Said("policy.head_date"), Said("policy.head_holiday"))
    title_ = Said("policy.title_holidays", {"from": on})
    return Section(key="holidays", blocks=(Table(title=title_, headings=headings, rows=rows),))


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


def _weekday(day: dt.date) -> Said:
    return Said(f"policy.weekday_{day.weekday()}")


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
            rows.append(((Line(plain(words.called("channels", channel)), (("channels", channel),)),),
                         *(cell or (DASH,) for cell in cells)))  # fmt: skip
    if not rows:
        return Section(key="channels", blocks=())
    headings = (Said("policy.head_channel"), *(plain(words.called("tiers", each)) for each in tiers))
    table = Table(title=Said("policy.title_channels"), headings=headings, rows=tuple(rows))
    return Section(key="channels", blocks=(table,))


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


def severities(words: Words) -> Section:
    """
    Return the severities with the policy's words, the gravest first.
    """
    rows = tuple(
        (plain(words.called("severities", name)), (Line(plain(words.text(rule.text, "")), (("severities", name),)),))
        for name, rule in words.plan.severities.items()
        if rule.text
    )
    return Section(key="severities", blocks=(Facts(title=Said("policy.title_severities"), rows=rows),) if rows else ())


def coverage(words: Words) -> Section:
    """
    Return what is covered and what is not, with the policy's words.
    """
    blocks: list[Items] = []
    for verdict in ("covered", "best_effort", "chargeable", "not_covered"):
        items = [
            _covered(words, rule, ("coverage", at))
            for at, rule in enumerate(words.plan.coverage)
            if rule.coverage == verdict
        ]
        if items:
            blocks.append(Items(title=Said(f"policy.coverage_{verdict}"), items=tuple(items)))
    return Section(key="coverage", blocks=tuple(blocks))


def _covered(words: Words, rule: CoverageRule, path: Path) -> Cell:
    types = words.names("request_types", rule.request_type)
    found = words.condition(rule, without=("request_type",))
    name = plain(types) if types else Said("policy.everything_else")
    head = Said("policy.covered_if", {"what": name, "condition": found}) if found else name
    lines = [Line(head, (path,))]
    if text := words.text(rule.rule):
        lines.append(Line(plain(text), is_quiet=True))
    if rule.grounds:
        grounds = ", ".join(each.replace("_", " ") for each in rule.grounds)
        lines.append(Line(Said("policy.on_grounds", {"grounds": grounds}), is_quiet=True))
    if rule.needs_approval:
        lines.append(Line(Said("policy.needs_approval"), is_quiet=True))
    return tuple(lines)
