"""
Coverage: every kind of request that the plan names has a rule that decides it, and acts have people who may do them.
"""

from __future__ import annotations

from collections.abc import Iterator

from upheld.core.plan.lint.found import Found, Key, warning
from upheld.core.plan.lint.situations import first_fit, shown, situations
from upheld.core.plan.lint.targets import SAMPLES
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Condition


def check(plan: Plan) -> Iterator[Found]:
    """
    Yield request types that no coverage rule decides, and acts that no list of people may do.
    """
    yield from _gaps(plan)
    allowed = {act for each in plan.contacts.values() for act in each.may}
    for name, each in plan.request_types.items():
        if each.act is not None and each.act not in allowed:
            yield warning("lint.act_of_nobody", ("request_types", name, "act"), given=each.act, request_type=name)


def _gaps(plan: Plan) -> Iterator[Found]:
    ruled = [rule for rule in plan.coverage if not rule.grounds]
    if not plan.coverage or not plan.request_types:
        return
    every = Condition(request_type=tuple(plan.request_types), tier=tuple(plan.tiers))
    left_out = [
        each
        for each in situations(plan, (every, *ruled), fixed={})
        if _may_ask(plan, str(each["request_type"]), str(each["tier"])) and first_fit(ruled, each, plan) is None
    ]
    if left_out:
        samples = [f"({shown(each)})" for each in left_out[:SAMPLES]]
        yield warning("lint.coverage_gap", Key(("coverage",)), count=len(left_out), samples=samples)


def _may_ask(plan: Plan, request_type: str, tier: str) -> bool:
    tiers = plan.request_types[request_type].tiers
    return not tiers or tier in tiers
