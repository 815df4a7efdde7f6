"""
What a contract's page shows beside the plan's tables: whether support is open now, instances with their environments,
products, add-ons, allowances.

Invariant: every figure is the contract's or the plan's; nothing is reckoned here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from upheld.apps.contracts.models import Contract, Instance
from upheld.apps.contracts.selectors import (
    ChannelNow,
    HoursNow,
    channels_now,
    core_contract,
    hours_now,
    is_in_term,
    rules_of,
)
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.rendering.explanations import Reader as PlanReader
from upheld.web.desk import labels


@dataclass(frozen=True, slots=True)
class ContractNow:
    """
    Whether the support hours of a contract run now, until when, and which channels are open.
    """

    hours: HoursNow
    calendar: str
    channels: list[tuple[str, ChannelNow, str]]
    """Each with the severities for which it is open, in words, where it is open for some alone."""


def facts_of(contract: Contract, plan: Plan, words: PlanReader, now: Instant) -> dict[str, Any]:
    """
    Return what the page's template shows. One query where the contract runs.
    """
    language = labels.language()
    return {
        "now_open": _now(contract, words, now) if is_in_term(contract, now) else None,
        "instances": _instances(contract, plan),
        "products": [labels.text_of(plan.products.get(each), each, language) for each in contract.products],
        "add_ons": [labels.text_of(plan.add_ons.get(each), each, language) for each in contract.add_ons],
        "allowances": [
            labels.text_of(each.name, name, language)
            for name, each in plan.allowances.items()
            if not each.tiers or contract.tier in each.tiers
        ],
        "fee": str(core_contract(contract).fee or ""),
    }


def _now(contract: Contract, words: PlanReader, now: Instant) -> ContractNow:
    rules = rules_of(contract)
    hours = hours_now(rules, now)
    channels = [
        (labels.text_of(each.channel.name, each.name, labels.language()), each, _only_for(each, words))
        for each in channels_now(rules, now, is_designated=True)
    ]
    return ContractNow(hours, words.calendar_name(hours.calendar), channels)


def _only_for(found: ChannelNow, words: PlanReader) -> str:
    if len(found.open_for) == len(words.plan.severities):
        return ""
    return ", ".join(words.severity(each) for each in found.open_for)


def _instances(contract: Contract, plan: Plan) -> list[tuple[Instance, list[tuple[str, str]]]]:
    """
    Return each instance with its environments: what the plan calls it, and its address.
    """
    known = plan.environments

    def called(name: str) -> str:
        return labels.text_of(known[name].name if name in known else None, name, labels.language())

    return [
        (instance, [(called(each.environment), each.url) for each in instance.environments.all()])
        for instance in contract.instances.all()
    ]
