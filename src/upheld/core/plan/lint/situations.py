"""
Which of several rules fits first, tried on every kind of ticket that the rules tell apart.

A *situation* gives a value to each thing that some rule asks for (severity, channel, whether it was phoned ...).
Invariant: what the rules ask for takes every value that the plan declares, so that gaps and unreachable rules are found
exactly; where that would be too many situations, nothing is claimed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Condition

Situation: TypeAlias = Mapping[str, str | bool | None]
"""Value by variable; ``None`` is a fact that nobody knows or that is none of those the plan names."""

MOST: Final = 5_000
"""More situations than this are not tried: no published policy comes near, and linting stays under half a second."""
MOST_TRIES: Final = 150_000
"""Nor are so many pairs of a situation and a rule."""

SECTIONS: Final = {
    "severity": "severities",
    "channel": "channels",
    "request_type": "request_types",
    "environment": "environments",
    "product": "products",
    "component": "components",
    "tier": "tiers",
}
_SETS: Final = (
    ("add_on", "add_on"),
    ("without_add_on", "add_on"),
    ("reached", "reached"),
    ("inside", "open"),
    ("outside", "open"),
)


def situations(
    plan: Plan, conditions: Iterable[Condition], *, fixed: Situation, with_unknown: bool = False
) -> list[Situation]:
    """
    Return all situations that ``conditions`` tell apart, those of ``fixed`` held; none where they are too many.

    ``with_unknown`` adds, for facts that a ticket may lack, that it lacks them.
    """
    rules = list(conditions)
    domains = _domains(plan, rules, with_unknown=with_unknown)
    domains = {name: values for name, values in domains.items() if name not in fixed}
    count = math.prod(len(values) for values in domains.values())
    if count > MOST or count * len(rules) > MOST_TRIES:
        return []
    return [{**fixed, **dict(zip(domains, values, strict=True))} for values in itertools.product(*domains.values())]


def _domains(
    plan: Plan, conditions: Sequence[Condition], *, with_unknown: bool
) -> dict[str, tuple[str | bool | None, ...]]:
    unknown: tuple[None, ...] = (None,) if with_unknown else ()
    domains: dict[str, tuple[str | bool | None, ...]] = {}
    for key, section in SECTIONS.items():
        if mentioned := [name for each in conditions for name in getattr(each, key)]:
            domains[key] = (*(getattr(plan, section) or dict.fromkeys(mentioned)), *unknown)
    if any(each.phoned is not None for each in conditions):
        domains["phoned"] = (False, True)
    if regions := [name for each in conditions for name in each.region]:
        codes = dict.fromkeys(code for name in regions for code in plan.regions.get(name, (name,)))
        domains["region"] = (*codes, None)
    if languages := dict.fromkeys(name for each in conditions for name in each.language):
        domains["language"] = (*languages, None)
    for key, variable in _SETS:
        for name in dict.fromkeys(name for each in conditions for name in getattr(each, key)):
            domains[f"{variable}:{name}"] = (False, True)
    for question in dict.fromkeys(name for each in conditions for name in each.answers):
        if question in plan.severity_questions:
            domains[f"answer:{question}"] = (*plan.severity_questions[question].answers, *unknown)
    return domains


def fits(condition: Condition, situation: Situation, plan: Plan) -> bool:
    """
    Return whether a condition holds in a situation: every key that is given, by any of its values.
    """
    if any((wanted := getattr(condition, key)) and situation.get(key) not in wanted for key in SECTIONS):
        return False
    if condition.phoned is not None and situation.get("phoned", False) != condition.phoned:
        return False
    if condition.region and not _regions_of(situation.get("region"), plan) & set(condition.region):
        return False
    if condition.language and situation.get("language") not in condition.language:
        return False
    return _sets_fit(condition, situation)


def _sets_fit(condition: Condition, situation: Situation) -> bool:
    def some(variable: str, names: Iterable[str], *, wanted: bool = True) -> bool:
        return any(bool(situation.get(f"{variable}:{name}")) is wanted for name in names)

    return (
        (not condition.add_on or some("add_on", condition.add_on))
        and not some("add_on", condition.without_add_on)
        and (not condition.reached or some("reached", condition.reached))
        and (not condition.inside or some("open", condition.inside))
        and (not condition.outside or some("open", condition.outside, wanted=False))
        and all(situation.get(f"answer:{question}") in answers for question, answers in condition.answers.items())
    )


def _regions_of(code: object, plan: Plan) -> set[str]:
    """
    Return everything that a place is called: its code, its country, the plan's names for either.
    """
    if not isinstance(code, str):
        return set()
    codes = {code, code.partition("-")[0]}
    return codes | {name for name, members in plan.regions.items() if codes & set(members)}


def first_fit(rules: Sequence[Condition], situation: Situation, plan: Plan) -> int | None:
    """
    Return the position of the first rule that fits, if one does.
    """
    return next((index for index, each in enumerate(rules) if fits(each, situation, plan)), None)


def unreachable(plan: Plan, rules: Sequence[Condition], *, fixed: Situation) -> dict[int, tuple[int, ...]]:
    """
    Return the rules that never decide, each with the earlier ones that take all of its tickets.
    """
    tried = situations(plan, rules, fixed=fixed, with_unknown=True)
    takers: dict[int, set[int]] = {}
    deciding: set[int] = set()
    for situation in tried:
        first = first_fit(rules, situation, plan)
        if first is None:
            continue
        deciding.add(first)
        for index in range(first + 1, len(rules)):
            if index not in deciding and fits(rules[index], situation, plan):
                takers.setdefault(index, set()).add(first)
    return {index: tuple(sorted(first)) for index, first in sorted(takers.items()) if index not in deciding}


def shown(situation: Situation, *, without: Iterable[str] = ()) -> str:
    """
    Return a situation as facts that people read: ``severity: urgent, channel: phone``.
    """
    words = {True: "true", False: "false", None: "other"}
    hidden = set(without)
    return ", ".join(
        f"{name}: {value if isinstance(value, str) else words[value]}"
        for name, value in situation.items()
        if name not in hidden
    )
