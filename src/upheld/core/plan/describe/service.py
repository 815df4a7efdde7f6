"""
How the service itself runs: availability and measured values, maintenance, incidents, recovery, fixes, deliveries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from upheld.core.durations import spell_seconds
from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import DASH, Block, Cell, Facts, Items, Line, Said, Section, Table, plain
from upheld.core.plan.describe.recurrence import recurring
from upheld.core.plan.describe.telling import always, details, labelled
from upheld.core.plan.describe.values import Words
from upheld.core.plan.model.availability import AvailabilityTarget, MaintenanceKind, MaintenanceWindow, MeasuredTarget
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.places import Path

_MONTH_MINUTES = 30 * 24 * 60
_DOWNTIME = ("counts", "at_least", "failed_checks", "slower_than", "starts", "partial")
_RECOVERY = ("may_lose", "may_take", "severities", "needs_decision", "notice", "snapshots_every", "kept_for")


def availability(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return the availability and the measured values that are promised, with the downtime that is left in a month of
    thirty days, and what counts as down.
    """
    rows = [_availability(words, name, each, tiers) for name, each in words.plan.availability.items()]
    rows += [_measured(words, name, each, tiers) for name, each in words.plan.measured.items()]
    headings = (Said("policy.head_service"), Said("policy.head_promise"), Said("policy.head_counts"))
    table = Table(title=Said("policy.title_availability"), headings=headings, rows=tuple(rows))
    return Section(key="availability", blocks=(table,) if rows else ())


def _availability(words: Words, name: str, each: AvailabilityTarget, tiers: Mapping[str, Tier]) -> tuple[Cell, ...]:
    path: Path = ("availability", name)
    title = words.called("components", each.component) if each.component else name.replace("_", " ")
    promised = _by_tier(words, tiers, {tier: tuple(_available(each, tier, path)) for tier in tiers})
    counted = [Line(values.period(each.per), ((*path, "per"),))]
    counted += details(words, each, path, "availability", ("total", "formula", "zone"), is_quiet=True)
    counted += details(words, each.downtime, (*path, "downtime"), "down", _DOWNTIME, is_quiet=True)
    for excluded in each.exclusions:
        rule = words.plan.exclusions.get(excluded)
        text = words.text(rule.text) if rule else excluded.replace("_", " ")
        counted.append(Line(Said("policy.down_without", {"what": text}), ((*path, "exclusions"),), is_quiet=True))
    counted += details(words, each, path, "availability", ("needs",), is_quiet=True)
    return (Line(plain(title), (path,)),), promised, tuple(counted)


def _measured(words: Words, name: str, each: MeasuredTarget, tiers: Mapping[str, Tier]) -> tuple[Cell, ...]:
    path: Path = ("measured", name)
    cells: dict[str, Cell] = {
        tier: (Line(plain(f"{each.by_tier.get(tier, each.promise)} {each.unit}"), ((*path, "promise"),)),)
        for tier in tiers
    }
    counted = [Line(values.period(each.per), ((*path, "per"),))] if each.per else []
    counted.append(Line(always(words, each, "measured", "statistic"), ((*path, "statistic"),), is_quiet=True))
    counted += details(words, each, path, "measured", ("percentile", "over"), is_quiet=True)
    return (Line(plain(words.called("measured", name)), (path,)),), _by_tier(words, tiers, cells), tuple(counted)


def _by_tier(words: Words, tiers: Mapping[str, Tier], cells: Mapping[str, Cell]) -> Cell:
    """
    Return what is promised, once where it is the same for all tiers, else for each tier by its name.
    """
    first = next(iter(cells.values()))
    if all(cell == first for cell in cells.values()):
        return first
    return tuple(
        Line(Said("policy.for_tier", {"tier": words.called("tiers", tier), "what": line.said}), line.paths)
        for tier in tiers
        for line in cells[tier] or (DASH,)
    )


def _available(each: AvailabilityTarget, tier: str, path: Path) -> Iterator[Line]:
    share = each.by_tier.get(tier, each.target)
    if share is not None:
        down = Fraction(_MONTH_MINUTES * 60) * (100 - Fraction(share)) / 100
        facts = {"share": f"{share:f}", "down": spell_seconds(int(down))}
        yield Line(Said("policy.available", facts), ((*path, "target"), (*path, "by_tier")))
    if each.at_most_down is not None:
        yield Line(
            Said("policy.at_most_down", {"length": values.length(each.at_most_down)}), ((*path, "at_most_down"),)
        )


def maintenance(words: Words) -> Section:
    """
    Return when maintenance may be, how it is announced, and whether it counts as downtime.
    """
    rows = []
    for name, kind in words.plan.maintenance.items():
        rows.append(((Line(plain(words.called("maintenance", name)), (("maintenance", name),)),),
                     tuple(_maintained(words, name, kind))))  # fmt: skip
    headings = (Said("policy.head_kind"), Said("policy.head_rules"))
    table = Table(title=Said("policy.title_maintenance"), headings=headings, rows=tuple(rows))
    return Section(key="maintenance", blocks=(table,) if rows else ())


def _maintained(words: Words, name: str, kind: MaintenanceKind) -> Iterator[Line]:
    path: Path = ("maintenance", name)
    for window in kind.windows:
        yield from _window(window, (*path, "windows"))
    if kind.outside:
        calendar = words.called("calendars", kind.outside)
        yield Line(Said("policy.maintenance_outside", {"calendar": calendar}), ((*path, "outside"),))
    yield from details(words, kind, path, "maintenance", ("immediate_threat",))
    if kind.notice:
        notice = values.length(kind.notice)
        if kind.notice_days:
            notice = Said("policy.days_of", {"length": notice, "calendar": words.called("calendars", kind.notice_days)})
        yield Line(Said("policy.maintenance_notice", {"notice": notice}), ((*path, "notice"),))
    yield from details(words, kind, path, "maintenance", ("short_notice_if", "notified", "late_notice_becomes"))
    if kind.at_most and kind.per:
        facts_ = {"count": kind.at_most, "every": values.period(kind.per)}
        yield Line(Said("policy.maintenance_at_most", facts_), ((*path, "at_most"),))
    if kind.longest:
        code = "policy.maintenance_longest_per" if kind.per else "policy.maintenance_longest"
        facts_ = {"length": values.length(kind.longest), "every": values.period(kind.per)}
        yield Line(Said(code, facts_), ((*path, "longest"),))
    if kind.counts_as != "undefined":
        yield Line(Said(f"policy.maintenance_{kind.counts_as}"), ((*path, "counts_as"),))


def _window(window: MaintenanceWindow, path: Path) -> Iterator[Line]:
    zone = Said("policy.customers_zone") if window.zone in ("customer", "contract") else plain(window.zone)
    facts = {"days": recurring(window.rule) if window.rule else "", "hours": window.hours, "zone": zone}
    yield Line(Said("policy.maintenance_days" if window.rule else "policy.maintenance_window", facts), (path,))
    if window.region:
        facts = {"regions": ", ".join(window.region).replace("_", " ")}
        yield Line(Said("policy.window_region", facts), (path,), is_quiet=True)
    if window.customer_may_move:
        yield Line(Said("policy.window_movable"), (path,), is_quiet=True)


def incidents(words: Words) -> Section:
    """
    Return what happens when something goes wrong: who is told what and when, what a recovery may lose, how fast
    vulnerabilities are fixed.
    """
    plan = words.plan
    told = []
    for name, each in plan.notices.items():
        path: Path = ("notices", name)
        facts = {"what": Said(f"policy.notice_of_{each.what}"), "length": values.length(each.within)}
        lines = [Line(Said("policy.told_within", facts), (path,))]
        lines += details(words, each, path, "notice", ("every",), is_quiet=True)
        told.append(tuple(lines))
    blocks: list[Block] = [Items(title=Said("policy.title_notices"), items=tuple(told))] if told else []
    if plan.recovery:
        rows = tuple(labelled(words, plan.recovery, ("recovery",), "recovery", _RECOVERY))
        blocks += [Facts(title=Said("policy.title_recovery"), rows=rows)] if rows else []
    for name, fix in plan.security_fixes.items():
        path = ("security_fixes", name)
        releases = Line(Said(f"policy.fix_releases_{fix.releases}"), ((*path, "releases"),))
        rows = tuple(
            (plain(score.replace("_", " ")), (Line(Said("policy.within", {"length": values.length(length)}), (path,)),))
            for score, length in fix.within.items()
        )
        title = Said("policy.title_security_fixes", {"scale": fix.scale.replace("_", " ")})
        blocks.append(Facts(title=title, rows=(*rows, (Said("policy.label_fix_releases"), (releases,)))))
    return Section(key="incidents", blocks=tuple(blocks))


def provisioning(words: Words) -> Section:
    """
    Return how long it takes to deliver what is ordered, and what it costs.
    """
    rows = tuple(
        (
            plain(name.replace("_", " ")),
            (
                Line(Said("policy.delivered", {"length": values.length(each.within)}), (("provisioning", name),)),
                *details(words, each, ("provisioning", name), "provisioning", ("fee",), is_quiet=True),
            ),
        )
        for name, each in words.plan.provisioning.items()
    )
    blocks = (Facts(title=Said("policy.title_provisioning"), rows=rows),) if rows else ()
    return Section(key="provisioning", blocks=blocks)
