"""
Refusals in the words of a plan: where an error names a tier, a severity or a contact list by its id, a person reads
what the plan calls it.

Invariant: what the plan does not have is said as it was given; ids stay ids for machines, which read the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from upheld.core.errors import UpheldError
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.rendering.findings import visible
from upheld.web.words import say

EVERYWHERE: Final = {"tier": "tiers", "tiers": "tiers", "severity": "severities"}
"""What parameters of these names hold, whatever the code."""
BY_CODE: Final[Mapping[str, Mapping[str, str]]] = {
    "contract.list_full": {"given": "contacts"},
    "contract.list_not_in_tier": {"given": "contacts"},
    "contract.list_too_short": {"given": "contacts"},
    "contract.successor_missing": {"given": "contacts"},
    "contract.unknown_tier": {"known": "tiers"},
    "terms.tier_change_at_renewal": {"before": "tiers", "after": "tiers"},
    "terms.tier_change_never": {"before": "tiers", "after": "tiers"},
    "terms.tier_change_no_renewal": {"before": "tiers", "after": "tiers"},
    "terms.unknown_tier": {"known": "tiers"},
    "ticket.same_severity": {"given": "severities"},
    "ticket.unknown_severity": {"known": "severities"},
}


def refusal(error: UpheldError, plan: Plan | None, language: str) -> str:
    """
    Return the sentence of a refusal with what the plan calls what it names.
    """
    return told(error.code, error.params, plan, language)


def told(code: str, params: Mapping[str, Any], plan: Plan | None, language: str) -> str:
    """
    Return the sentence of a code with what the plan calls what its parameters name.
    """
    if plan is None:
        return say(code, params)
    kinds = {**EVERYWHERE, **BY_CODE.get(code, {})}
    return say(code, {name: _called(plan, kinds.get(name), value, language) for name, value in params.items()})


def _called(plan: Plan, kind: str | None, value: Any, language: str) -> Any:
    if kind is None:
        return value
    if isinstance(value, list | tuple):
        return [_called(plan, kind, each, language) for each in value]
    rule = getattr(plan, kind).get(value)
    return value if rule is None else visible(in_language(rule.name, language, str(value)))
