"""
Circumstances: what rules ask of a ticket and its contract, and whether a condition of the plan holds in them.

Invariant: every key of a condition that is given must fit, by any of its values; a fact that nobody knows fits none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """
    What is asked for, by whom and under what; ``None`` and empty are what is not known or not there.

    ``regions`` are the codes of the customer's country and subdivision; ``reached`` are milestones; ``answers`` those
    to the severity questions, by the names of the plan; ``open_calendars`` those that were open when the ticket came.
    """

    tier: str | None
    severity: str | None = None
    channel: str | None = None
    phoned: bool = False
    request_type: str | None = None
    environment: str | None = None
    product: str | None = None
    component: str | None = None
    reached: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    language: str = "en"
    add_ons: frozenset[str] = frozenset()
    answers: tuple[tuple[str, str], ...] = ()
    open_calendars: frozenset[str] = frozenset()


def fits(condition: Condition, found: Circumstances, plan: Plan) -> bool:
    """
    Return whether every key of a condition fits; one without keys always does.
    """
    if not condition.model_fields_set:
        return True
    own = (
        (condition.severity, found.severity),
        (condition.channel, found.channel),
        (condition.request_type, found.request_type),
        (condition.environment, found.environment),
        (condition.product, found.product),
        (condition.component, found.component),
        (condition.tier, found.tier),
    )
    if any(wanted and given not in wanted for wanted, given in own):
        return False
    if condition.phoned is not None and condition.phoned != found.phoned:
        return False
    if condition.reached and not set(condition.reached) & set(found.reached):
        return False
    return _fits_contract(condition, found, plan.regions) and _fits_opening(condition, found)


def _fits_contract(condition: Condition, found: Circumstances, named: Mapping[str, tuple[str, ...]]) -> bool:
    if condition.region and not _in_regions(condition.region, found.regions, named):
        return False
    if condition.language and found.language not in condition.language:
        return False
    if condition.add_on and not found.add_ons & set(condition.add_on):
        return False
    return not found.add_ons & set(condition.without_add_on)


def _in_regions(wanted: tuple[str, ...], codes: tuple[str, ...], named: Mapping[str, tuple[str, ...]]) -> bool:
    own = set(codes)
    return any(region in own or own & set(named.get(region, ())) for region in wanted)


def _fits_opening(condition: Condition, found: Circumstances) -> bool:
    if condition.inside and not found.open_calendars & set(condition.inside):
        return False
    if condition.outside and found.open_calendars & set(condition.outside):
        return False
    given = dict(found.answers)
    return all(given.get(question) in wanted for question, wanted in condition.answers.items())
