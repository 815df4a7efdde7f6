"""
Tiers in their order: a higher one is nowhere worse than the one below it.

Invariant: each pair of neighbours is compared in every situation that their rules tell apart; countries' holidays are
left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from upheld.core.durations import spell_seconds
from upheld.core.plan.lint.due_times import DueTimes
from upheld.core.plan.lint.found import Found, Key, warning
from upheld.core.plan.lint.situations import Situation, first_fit, fits, situations
from upheld.core.plan.lint.targets import by_severity, promise_of
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Condition
from upheld.core.plan.places import Path

_STRENGTH = {"none": 0, "best_effort": 1, "duration": 2}
"""How much a kind of target promises; what is immediate or left to the contract cannot be ranked."""


def check(plan: Plan, due_times: DueTimes) -> Iterator[Found]:
    """
    Yield where a tier is worse than the one below it.
    """
    for low, high in itertools.pairwise(plan.tiers):
        yield from _hours(plan, low, high, due_times)
        yield from _channels(plan, low, high, due_times)
        for metric in plan.tiers[low].targets:
            if metric in plan.metrics:
                yield from _targets(plan, metric, low, high, due_times)


def _situations(plan: Plan, conditions: list[Condition]) -> list[Situation]:
    """
    Return the situations that the rules of two tiers tell apart; which tier it is, is not one of them.
    """
    return situations(plan, [by_severity(plan), *conditions], fixed={"tier": None})


def _hours(plan: Plan, low: str, high: str, due_times: DueTimes) -> Iterator[Found]:
    tiers = plan.tiers[low], plan.tiers[high]
    seen = set()
    for situation in _situations(plan, [*tiers[0].hours, *tiers[1].hours]):
        rules = _fitting_hours(plan, low, situation), _fitting_hours(plan, high, situation)
        if rules[0] is None or rules[1] is None or rules in seen:
            continue
        seen.add(rules)
        one, other = tiers[0].hours[rules[0]].use, tiers[1].hours[rules[1]].use
        if seconds := due_times.uncovered(one, other):
            paths: list[Path] = [("tiers", name, "hours", rule) for name, rule in ((high, rules[1]), (low, rules[0]))]
            facts = {
                "low": low,
                "high": high,
                "low_calendar": one,
                "high_calendar": other,
                "time": spell_seconds(seconds),
            }
            yield warning("lint.higher_tier_shorter_hours", paths[0], paths[1], **facts)


def _fitting_hours(plan: Plan, tier: str, situation: Situation) -> int | None:
    return first_fit(plan.tiers[tier].hours, {**situation, "tier": tier}, plan)


def _channels(plan: Plan, low: str, high: str, due_times: DueTimes) -> Iterator[Found]:
    for channel in (name for name in plan.tiers[low].channels if name in plan.channels):
        paths: list[Path] = [("tiers", high, "channels", channel), ("tiers", low, "channels", channel)]
        facts = {"low": low, "high": high, "channel": channel}
        closed, shorter = [], []
        for severity in plan.severities:
            one, other = (_open_hours(plan, tier, channel, severity) for tier in (low, high))
            if one and not other:
                closed.append(severity)
            elif one and other and any(due_times.uncovered(each, _widest(due_times, other, each)) for each in one):
                shorter.append(severity)
        if closed:
            yield warning("lint.higher_tier_without_channel", Key(paths[0]), Key(paths[1]), **facts, severities=closed)
        if shorter:
            yield warning("lint.higher_tier_shorter_channel", paths[0], paths[1], **facts, severities=shorter)


def _widest(due_times: DueTimes, calendars: tuple[str, ...], one: str) -> str:
    """
    Return the calendar that leaves the least of ``one`` uncovered.
    """
    return min(calendars, key=lambda each: due_times.uncovered(one, each) or 0)


def _open_hours(plan: Plan, tier: str, channel: str, severity: str) -> tuple[str, ...]:
    """
    Return the calendars in which a channel is open for a severity.
    """
    found = []
    for each in plan.tiers[tier].channels.get(channel, ()):
        if not each.severities or severity in each.severities:
            situation: Situation = {"tier": tier, "severity": severity, "channel": channel}
            rule = first_fit(plan.tiers[tier].hours, situation, plan)
            support = plan.tiers[tier].hours[rule].use if rule is not None else None
            name = support if each.open == "support_hours" else each.open
            found += [name] if name else []
    return tuple(found)


def _targets(plan: Plan, metric: str, low: str, high: str, due_times: DueTimes) -> Iterator[Found]:
    """
    Yield the rows of the higher tier that promise later, or less, than the lower tier's in the same situation.
    """
    rows = [plan.tiers[tier].targets.get(metric, ()) for tier in (low, high)]
    only_if = plan.metrics[metric].only_if
    hours = [*plan.tiers[low].hours, *plan.tiers[high].hours]
    seen = set()
    for situation in _situations(plan, [only_if, *hours, *rows[0], *rows[1]]):
        both = [{**situation, "tier": tier} for tier in (low, high)]
        pair = first_fit(rows[0], both[0], plan), first_fit(rows[1], both[1], plan)
        if pair in seen or pair[0] is None or not all(fits(only_if, each, plan) for each in both):
            continue
        found = _worse(plan, metric, {low: pair[0], high: pair[1]}, situation, due_times)
        if found:
            seen.add(pair)
            yield found


def _worse(
    plan: Plan, metric: str, rows: Mapping[str, int | None], situation: Situation, due_times: DueTimes
) -> Found | None:
    """
    Return how the higher tier's row (the last of ``rows``, by tier) is worse than the lower's, if it is.
    """
    (low, one), (high, other) = rows.items()
    low_path: Path = ("tiers", low, "targets", metric, one or 0)
    high_path: Path = ("tiers", high, "targets", metric)
    facts = {"metric": metric, "low": low, "high": high, "severity": situation["severity"]}
    lower = plan.tiers[low].targets[metric][one or 0]
    if other is None:
        weaker = _STRENGTH.get(lower.kind, 0) > 0
        return warning("lint.higher_tier_without_target", Key(high_path), low_path, **facts) if weaker else None
    higher = plan.tiers[high].targets[metric][other]
    high_path = (*high_path, other)
    if lower.kind not in _STRENGTH or higher.kind not in _STRENGTH:
        return None
    if _STRENGTH[higher.kind] < _STRENGTH[lower.kind]:
        return warning("lint.higher_tier_without_target", high_path, low_path, **facts)
    promised = [
        promise_of(plan, plan.tiers[tier], metric, row, {**situation, "tier": tier})
        for tier, row in ((high, higher), (low, lower))
    ]
    if not promised[0] or not promised[1] or not (later := due_times.later(promised[0], promised[1])):
        return None
    lengths = {"high_target": str(promised[0].length), "low_target": str(promised[1].length)}
    dues = {"percent": later.percent, "start": later.start, "high_due": later.due, "low_due": later.other_due}
    return warning("lint.higher_tier_slower", high_path, low_path, **facts, **lengths, **dues)
