"""
Targets: a row for every ticket, days that say how they count, and an order of metrics that can be kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from upheld.core.durations import DayMode, Duration, Unit
from upheld.core.plan.lint.due_times import DueTimes, Promise
from upheld.core.plan.lint.found import Found, Key, error, note, warning
from upheld.core.plan.lint.situations import Situation, first_fit, fits, shown, situations
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import CONDITION_KEYS, Condition
from upheld.core.plan.model.metrics import Metric, Target
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.places import Path
from upheld.core.plan.support_hours import ELAPSED

SAMPLES: Final = 5
"""Situations that a finding names, at most."""
_STAGES: Final = (
    frozenset({"reply", "acknowledgement", "call_back"}),
    frozenset({"workaround"}),
    frozenset({"resolved", "closed"}),
)
"""What ends a metric, in the order in which a ticket goes through it: answered, worked around, resolved."""


def check(plan: Plan, due_times: DueTimes) -> Iterator[Found]:
    """
    Yield what is missing or contradictory in targets.
    """
    for name, tier in plan.tiers.items():
        for metric, rows in tier.targets.items():
            path: Path = ("tiers", name, "targets", metric)
            for index, row in enumerate(rows):
                yield from _row(row, (*path, index))
            if metric in plan.metrics:
                yield from _without_row(plan, metric, name, path)
        yield from _order(plan, name, due_times)
    yield from _days(plan)


def _row(row: Target, path: Path) -> Iterator[Found]:
    if row.kind == "missing":
        yield warning("lint.target_from_contract", path, metric=path[3], tier=path[1])
    if row.kind == "immediate":
        yield warning("lint.immediate_without_figure", path, metric=path[3], tier=path[1])
    if row.early and row.within and row.early.unit is row.within.unit and row.early.count >= row.within.count:
        yield error("lint.range_backward", path, early=str(row.early), late=str(row.within))
    elif row.early and row.within:
        facts = {"early": str(row.early), "late": str(row.within)}
        yield note("lint.range_due_at_end", path, metric=path[3], tier=path[1], **facts)


def _without_row(plan: Plan, metric: str, tier: str, path: Path) -> Iterator[Found]:
    """
    Yield the severities, then the other tickets, for which no row of a metric fits.
    """
    rows = plan.tiers[tier].targets[metric]
    gaps: dict[str, list[Situation]] = {}
    covered: set[str] = set()
    for situation in _situations(plan, tier, (*rows, plan.metrics[metric].only_if)):
        if not fits(plan.metrics[metric].only_if, situation, plan):
            continue
        severity = str(situation["severity"])
        if first_fit(rows, situation, plan) is None:
            gaps.setdefault(severity, []).append(situation)
        else:
            covered.add(severity)
    for severity in gaps.keys() - covered:
        where = Key(("severities", severity))
        yield error("lint.target_missing", Key(path), where, severity=severity, metric=metric, tier=tier)
    partly = [each for severity in gaps if severity in covered for each in gaps[severity]]
    if partly:
        samples = [f"({shown(each, without=('tier',))})" for each in partly[:SAMPLES]]
        yield warning("lint.target_gap", Key(path), metric=metric, tier=tier, count=len(partly), samples=samples)


def _situations(plan: Plan, tier: str, conditions: Sequence[Condition]) -> list[Situation]:
    """
    Return the situations of a tier; severities are told apart even where no rule asks for one.
    """
    return situations(plan, (by_severity(plan), *conditions), fixed={"tier": tier})


def by_severity(plan: Plan) -> Condition:
    """
    Return a condition that tells all severities apart.
    """
    return Condition(severity=tuple(plan.severities))


def promise_of(plan: Plan, tier: Tier, metric: str, row: Target, situation: Situation) -> Promise | None:
    """
    Return what a row promises in a situation and on which calendar, or nothing where it gives no time.
    """
    if row.kind != "duration" or row.within is None:
        return None
    hours = first_fit(tier.hours, situation, plan)
    length = row.within.with_mode(plan.metrics[metric].days or plan.days)
    calendar = row.use or (tier.hours[hours].use if hours is not None else None)
    if length.elapsed:
        calendar = ELAPSED
    return Promise(length, calendar) if calendar else None


def promises(plan: Plan, tier: str, metrics: Sequence[str]) -> Iterator[tuple[Situation, tuple[int | None, ...]]]:
    """
    Yield every situation in which a ticket of the tier has all of ``metrics``, with the row of each that decides.
    """
    rules = plan.tiers[tier]
    only_if = [plan.metrics[name].only_if for name in metrics]
    conditions = [*only_if, *rules.hours, *(row for name in metrics for row in rules.targets.get(name, ()))]
    for situation in _situations(plan, tier, conditions):
        if all(fits(each, situation, plan) for each in only_if):
            yield situation, tuple(first_fit(rules.targets.get(name, ()), situation, plan) for name in metrics)


def _order(plan: Plan, tier: str, due_times: DueTimes) -> Iterator[Found]:
    """
    Yield targets of an early metric (an answer) that are due after those of a later one (the solution).
    """
    names = [
        name for name in plan.tiers[tier].targets if name in plan.metrics and _stage(plan.metrics[name]) is not None
    ]
    for early, late in itertools.permutations(names, 2):
        one, other = plan.metrics[early], plan.metrics[late]
        if (_stage(one) or 0) < (_stage(other) or 0) and set(one.starts_on) == set(other.starts_on):
            yield from _pair_order(plan, tier, (early, late), due_times)


def _stage(metric: Metric) -> int | None:
    """
    Return how far a ticket is when the metric's clock stops: the first of the stages that stops it.
    """
    if metric.repeats or metric.after:
        return None
    return next((index for index, stops in enumerate(_STAGES) if stops & set(metric.stops_on)), None)


def _pair_order(plan: Plan, tier: str, metrics: tuple[str, str], due_times: DueTimes) -> Iterator[Found]:
    seen = set()
    for situation, rows in promises(plan, tier, metrics):
        if rows in seen or None in rows:
            continue
        targets = [plan.tiers[tier].targets[name][row or 0] for name, row in zip(metrics, rows, strict=True)]
        found = [
            promise_of(plan, plan.tiers[tier], name, row, situation) for name, row in zip(metrics, targets, strict=True)
        ]
        if found[0] is None or found[1] is None or not (later := due_times.later(found[0], found[1])):
            continue
        seen.add(rows)
        paths: list[Path] = [
            ("tiers", tier, "targets", name, row or 0) for name, row in zip(metrics, rows, strict=True)
        ]
        facts = {
            "early": metrics[0],
            "early_target": str(found[0].length),
            "late": metrics[1],
            "late_target": str(found[1].length),
        }
        if later.always:
            yield error("lint.targets_out_of_order", paths[0], paths[1], **facts)
        else:
            dues = {"percent": later.percent, "start": later.start, "early_due": later.due, "late_due": later.other_due}
            yield warning("lint.targets_sometimes_out_of_order", paths[0], paths[1], **facts, **dues)


def _days(plan: Plan) -> Iterator[Found]:
    """
    Yield lengths in days that do not say how they count, and calendars that must say how long a day is.
    """
    wanting: dict[str, list[Path]] = {}
    for name, tier in plan.tiers.items():
        for metric, rows in tier.targets.items():
            if metric not in plan.metrics:
                continue
            default = plan.metrics[metric].days
            for index, row in enumerate(rows):
                path: Path = ("tiers", name, "targets", metric, index)
                for length, key in ((row.within, "within"), (row.early, "early")):
                    if length:
                        yield from _mode(plan, length, default, (*path, key))
                if row.within and _mode_of(plan, row.within, default) is DayMode.HOURS:
                    for calendar in _calendars(tier, row):
                        wanting.setdefault(calendar, []).append(path)
    yield from _days_elsewhere(plan)
    for calendar, paths in wanting.items():
        if calendar in plan.calendars and plan.calendars[calendar].day is None:
            where: Path = ("calendars", calendar)
            yield error("lint.day_length_missing", Key(where), *paths[:SAMPLES], calendar=calendar, count=len(paths))


def _days_elsewhere(plan: Plan) -> Iterator[Found]:
    for name, promise in plan.compliance.items():
        modes = [plan.metrics[metric].days for metric in promise.metrics if metric in plan.metrics]
        for index, stage in enumerate(promise.stages):
            if stage.within:
                default = modes[0] if modes and all(modes) else None
                yield from _mode(plan, stage.within, default, ("compliance", name, "stages", index, "within"))
    for name, steps in plan.escalations.items():
        for index, step in enumerate(steps):
            default = plan.metrics[step.metric].days if step.metric in plan.metrics else None
            for key in ("after", "acknowledged_within", "repeats_every"):
                if length := getattr(step, key):
                    yield from _mode(plan, length, default, ("escalations", name, index, key))


def _mode_of(plan: Plan, length: Duration, default: DayMode | None) -> DayMode | None:
    return length.with_mode(default or plan.days).mode


def _mode(plan: Plan, length: Duration, default: DayMode | None, path: Path) -> Iterator[Found]:
    if length.unit is Unit.DAYS and not length.elapsed and _mode_of(plan, length, default) is None:
        yield error("lint.day_mode_missing", path, given=str(length))


def _calendars(tier: Tier, row: Target) -> Iterator[str]:
    """
    Yield the calendars that can rule a row's clock.
    """
    if row.use:
        yield row.use
        return
    yield from dict.fromkeys(rule.use for rule in tier.hours if not _exclude_each_other(rule, row))


def _exclude_each_other(one: Condition, other: Condition) -> bool:
    """
    Return whether no ticket fits both conditions, judged by each key for itself.
    """
    for key in CONDITION_KEYS - {"answers", "add_on", "without_add_on", "reached", "inside", "outside", "region"}:
        ones, others = getattr(one, key), getattr(other, key)
        if key == "phoned":
            if ones is not None and others is not None and ones != others:
                return True
        elif ones and others and not set(ones) & set(others):
            return True
    return False
