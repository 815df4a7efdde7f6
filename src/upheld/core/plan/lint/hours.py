"""
Rules of which the first that fits decides: support hours, coverage, rates. None is unreachable, and hours always end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from upheld.core.plan.lint.found import Found, Key, error, note, warning
from upheld.core.plan.lint.situations import Situation, situations, unreachable
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import CONDITION_KEYS, Condition
from upheld.core.plan.places import Path


def check(plan: Plan) -> Iterator[Found]:
    """
    Yield rules that never decide, and support hours that some ticket has none of.
    """
    for name, tier in plan.tiers.items():
        path: Path = ("tiers", name, "hours")
        yield from _last(tier.hours, path)
        yield from never_deciding(plan, tier.hours, path, tier=name)
        for metric, rows in tier.targets.items():
            yield from never_deciding(plan, rows, ("tiers", name, "targets", metric), tier=name)
    # A rule with grounds is chosen by a person, so it takes nothing from those after it.
    ruled = [(index, rule) for index, rule in enumerate(plan.coverage) if not rule.grounds]
    yield from _never_deciding(plan, [rule for _, rule in ruled], [("coverage", index) for index, _ in ruled], None)
    for name, allowance in plan.allowances.items():
        bands = [(index, band) for index, band in enumerate(allowance.rates) if band.hours is None]
        paths: list[Path] = [("allowances", name, "rates", index) for index, _ in bands]
        yield from _never_deciding(plan, [band for _, band in bands], paths, None)


def is_unconditional(condition: Condition) -> bool:
    """
    Return whether a rule fits every ticket.
    """
    return not any(getattr(condition, key) not in ((), {}, None) for key in CONDITION_KEYS)


def _last(rules: Sequence[Condition], path: Path) -> Iterator[Found]:
    if not rules:
        yield error("lint.hours_missing", Key(path), tier=path[1])
    elif not is_unconditional(rules[-1]):
        yield error("lint.hours_last_rule_conditional", (*path, len(rules) - 1), tier=path[1])


def never_deciding(plan: Plan, rules: Sequence[Condition], path: Path, *, tier: str | None = None) -> Iterator[Found]:
    """
    Yield the rules of a list that earlier ones leave nothing to.
    """
    yield from _never_deciding(plan, rules, [(*path, index) for index in range(len(rules))], tier)


def _never_deciding(plan: Plan, rules: Sequence[Condition], paths: Sequence[Path], tier: str | None) -> Iterator[Found]:
    fixed: Situation = {"tier": tier} if tier else {}
    if len(rules) > 1 and not situations(plan, rules, fixed=fixed, with_unknown=True):
        yield note("lint.rules_not_tried", paths[0], count=len(rules))
    for index, takers in unreachable(plan, rules, fixed=fixed).items():
        yield warning("lint.rule_unreachable", paths[index], *(paths[taker] for taker in takers), rule=index + 1)
