"""
Metrics: chains that end, targets that exist, and what happens when a severity changes or a ticket says too little.
"""

from __future__ import annotations

from collections.abc import Iterator

from upheld.core.plan.lint.found import Found, Key, error, note, warning
from upheld.core.plan.model import Plan
from upheld.core.plan.model.metrics import AFTER


def check(plan: Plan) -> Iterator[Found]:
    """
    Yield metrics that wait for each other or that nobody promises, and rules that the plan leaves to a default.
    """
    yield from _cycles(plan)
    promised = {metric for tier in plan.tiers.values() for metric in tier.targets}
    for name in plan.metrics:
        if name not in promised:
            yield warning("lint.metric_without_target", Key(("metrics", name)), metric=name)
        metric = plan.metrics[name]
        if metric.after is not None and set(metric.starts_on) == {"opened"}:
            place = ("metrics", name, "after")
            yield error("lint.starts_before_gate", place, Key(("metrics", name)), metric=name, after=metric.after)
    yield from _severity_changes(plan)
    yield from _moves(plan)
    required = [index for index, field in enumerate(plan.intake.fields) if field.required]
    if required and plan.intake.missing is None:
        first = ("intake", "fields", required[0])
        yield warning("lint.intake_missing_silent", Key(("intake",)), first, count=len(required))


def _cycles(plan: Plan) -> Iterator[Found]:
    """
    Yield each ring of metrics that start after one another, once.
    """
    waits = {name: _awaited(plan, name) for name in plan.metrics}
    seen: set[frozenset[str]] = set()
    for name in plan.metrics:
        ring = _ring(waits, name)
        if ring and frozenset(ring) not in seen:
            seen.add(frozenset(ring))
            keys = [Key(("metrics", each)) for each in ring]
            yield error("lint.metric_cycle", keys[0], *keys[1:], metrics=[*ring, ring[0]])


def _awaited(plan: Plan, name: str) -> set[str]:
    """
    Return the metrics that must all have ended before this one can start.
    """
    metric = plan.metrics[name]
    awaited = {metric.after} if metric.after else set()
    after = {word.removeprefix(AFTER) for word in metric.starts_on if word.startswith(AFTER)}
    # Another start would do instead, so a ring through several starts is none.
    return awaited | (after if len(after) == len(metric.starts_on) else set())


def _ring(waits: dict[str, set[str]], start: str) -> tuple[str, ...]:
    """
    Return the metrics on a way from ``start`` back to itself, nothing where there is none.
    """
    ways: list[tuple[str, ...]] = [(start,)]
    reached: set[str] = set()
    while ways:
        way = ways.pop()
        for following in sorted(waits.get(way[-1], ())):
            if following == start:
                return way
            if following not in reached:
                reached.add(following)
                ways.append((*way, following))
    return ()


def _severity_changes(plan: Plan) -> Iterator[Found]:
    """
    Yield that the plan does not say from when a target counts after the severity has changed.
    """
    if len(plan.severities) == 1:
        return
    for key, default in (("raised", "from_change"), ("lowered", "from_start")):
        silent = [name for name, metric in plan.metrics.items() if getattr(metric, key) is None]
        if getattr(plan.severity_process, key) is None and silent:
            path = ("severity_process", key)
            yield note("lint.severity_change_silent", Key(path), change=key, default=default, metrics=silent)


def _moves(plan: Plan) -> Iterator[Found]:
    """
    Yield that the plan speaks of changes in a running term, and does not say from when its targets count for clocks
    that are moved to it from another version.
    """
    terms = plan.terms
    speaks = bool(terms.model_fields_set & {"vendor_changes", "change_notice"}) and terms.vendor_changes != "never"
    if speaks and terms.moved_clocks is None:
        yield note("lint.moved_clocks_silent", Key(("terms", "moved_clocks")))
