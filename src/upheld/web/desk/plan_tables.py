"""
A plan as tables for a page: targets by severity and tier, hours, channels.

Invariant: values are shown as the plan holds them; nothing is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from upheld.core.plan.model import Plan
from upheld.core.plan.model.metrics import Target
from upheld.core.plan.places import Document
from upheld.core.plan.reading import read_document
from upheld.rendering.explanations import Reader as PlanReader
from upheld.rendering.explanations import plain
from upheld.rendering.findings import visible

_DAYS: Final = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)\b")
NOTHING = "\N{EN DASH}"
"""Stands in a cell where a plan says nothing."""


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table: its heading, the heads of its columns, and rows of a head with cells.
    """

    title: str
    heads: list[str]
    rows: list[tuple[str, list[str]]]


def tables_of(raw: bytes, plan: Plan, reader: PlanReader, tier: str = "") -> list[Table]:
    """
    Return the tables of a plan, or of one tier of it.
    """
    tiers = [name for name in plan.tiers if tier in ("", name)]
    document = read_document(raw, plan.plan)
    targets = (
        [_promised(plan, tier, reader)] if tier else [_targets(plan, each, tiers, reader) for each in plan.metrics]
    )
    found = [*targets, _hours(plan, tiers, reader), _calendars(plan, document, reader), _channels(plan, tiers, reader)]
    return [table for table in found if table.rows]


def _targets(plan: Plan, metric: str, tiers: Sequence[str], reader: PlanReader) -> Table:
    rows = []
    for severity in (*plan.severities, ""):
        cells = [_promises(plan.tiers[name].targets.get(metric, ()), severity, reader) for name in tiers]
        if any(cells):
            rows.append(
                (reader.severity(severity) if severity else _("all others"), [cell or NOTHING for cell in cells])
            )
    return Table(reader.metric(metric), [_("Severity"), *map(reader.tier, tiers)], rows)


def _promised(plan: Plan, tier: str, reader: PlanReader) -> Table:
    """
    Return all that a tier is promised: a row for each severity, a column for each metric that it has.
    """
    metrics = [each for each in plan.metrics if plan.tiers[tier].targets.get(each)]
    rows = []
    for severity in plan.severities or ("",):
        found = [plan.tiers[tier].targets[each] for each in metrics]
        cells = [_promises(each, severity, reader) or _promises(each, "", reader) or NOTHING for each in found]
        rows.append((reader.severity(severity) if severity else _("all"), cells))
    return Table(_("What is promised"), [_("Severity"), *map(reader.metric, metrics)], rows if metrics else [])


def _promises(targets: Sequence[Target], severity: str, reader: PlanReader) -> str:
    fitting = [each for each in targets if (severity in each.severity if severity else not each.severity)]
    return ", ".join(_promise(each, reader) for each in fitting)


def _promise(target: Target, reader: PlanReader) -> str:
    words = {
        "best_effort": _("best effort"),
        "none": _("no target"),
        "immediate": _("at once"),
        "agreed": _("as agreed"),
    }
    if target.within is None:
        return words.get(target.kind, plain(target.kind).lower())
    length = reader.length(target.within)
    if target.early is not None:
        length = f"{reader.length(target.early)} {NOTHING} {length}"
    return _("less than {length}").format(length=length) if target.bound == "exclusive" else length


def _hours(plan: Plan, tiers: Sequence[str], reader: PlanReader) -> Table:
    rows = []
    for name in tiers:
        calendars = [
            visible(reader.named(plan.calendars[rule.use].name, plain(rule.use))) for rule in plan.tiers[name].hours
        ]
        rows.append((reader.tier(name), [_(", otherwise ").join(dict.fromkeys(calendars))]))
    return Table(_("Support hours"), [_("Tier"), _("Calendar")], rows)


def _calendars(plan: Plan, document: Document, reader: PlanReader) -> Table:
    rows = []
    for name, rule in plan.calendars.items():
        week = document.at(("calendars", name, "week")) or document.at(("calendars", name))
        holidays = ", ".join(f"{plain(each)} ({holiday.effect})" for each, holiday in rule.holidays.items())
        rows.append(
            (visible(reader.named(rule.name, plain(name))), [_zone(rule.zone), _as_written(week), holidays or NOTHING])
        )
    return Table(_("Calendars"), [_("Calendar"), _("Zone"), _("Hours"), _("Holidays")], rows)


def _zone(zone: object) -> str:
    return _("the customer's") if str(zone) == "customer" else str(zone)


def _as_written(value: Any) -> str:
    """
    Return hours as the plan's author wrote them, with the names of days as names.
    """
    if isinstance(value, Mapping):
        parts = [(str(key), _as_written(each)) for key, each in value.items() if key not in ("name", "zone")]
        return "; ".join(f"{_DAYS.sub(lambda found: found[0].capitalize(), key)} {told}" for key, told in parts)
    told = visible(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    return _DAYS.sub(lambda found: found[0].capitalize(), told)


def _channels(plan: Plan, tiers: Sequence[str], reader: PlanReader) -> Table:
    rows = []
    for channel, rule in plan.channels.items():
        cells = []
        for name in tiers:
            openings = plan.tiers[name].channels.get(channel, ())
            words = [
                " ".join([plain(each.open).lower(), *(f"({reader.severity(word)})" for word in each.severities)])
                for each in openings
            ]
            cells.append(", ".join(words) or NOTHING)
        if any(cell != NOTHING for cell in cells):
            rows.append((visible(reader.named(rule.name, plain(channel))), cells))
    return Table(_("Channels"), [_("Channel"), *map(reader.tier, tiers)], rows)
