"""
What a new ticket can be about: contracts with their plan's words, in the reader's language.

Invariant: only contracts of customers in which the person may open tickets; the words are the plan's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import contracts_for, is_in_term, plan_of
from upheld.apps.parties.models import Customer
from upheld.apps.parties.selectors import Access
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.plan.model.terms import IntakeField
from upheld.web.portal.names import called


@dataclass(frozen=True, slots=True)
class Basis:
    """
    Under what a new ticket would come: a contract (that runs or not), or none at all.
    """

    customer: Customer
    contract: Contract | None
    is_running: bool
    language: str

    @property
    def plan(self) -> Plan | None:
        """
        The contract's plan.
        """
        return plan_of(self.contract.plan_version_id) if self.contract else None

    @property
    def key(self) -> str:
        """
        What names it in an address.
        """
        return self.contract.public_id if self.contract else self.customer.public_id

    @property
    def place(self) -> str:
        """
        Where its draft is kept.
        """
        return f"portal:new:{self.key}"

    @property
    def tier(self) -> str:
        """
        What people call the contract's tier.
        """
        return called(self.plan, "tiers", self.contract.tier, self.language) if self.plan and self.contract else ""

    @property
    def title(self) -> str:
        """
        The contract in a line: plan and tier, with the instances that it is for.
        """
        if self.contract is None or self.plan is None:
            return str(self.customer)
        return f"{in_language(self.plan.name, self.language, self.plan.plan)} · {self.tier}"

    @property
    def instances(self) -> str:
        """
        The names of the contract's instances.
        """
        return ", ".join(each.name for each in self.contract.instances.all()) if self.contract else ""


def bases(access: Access, customers: Sequence[Customer], now: Instant, language: str) -> list[Basis]:
    """
    Return what new tickets can come under: each running contract; for a customer without one the last, or none.
    """
    allowed = [each for each in customers if access.may_in(each.pk, "own.create")]
    contracts = contracts_for(each.pk for each in allowed)
    found: list[Basis] = []
    for customer in allowed:
        own = [each for each in contracts if each.customer_id == customer.pk]
        running = [each for each in own if is_in_term(each, now)]
        found += [Basis(customer, each, is_running=True, language=language) for each in running]
        if not running:
            found.append(Basis(customer, own[0] if own else None, is_running=False, language=language))
    return found


@dataclass(frozen=True, slots=True)
class Urgency:
    """
    A word for how urgent it is, with the plan's text for it, and the severity that it stands for at first.
    """

    name: str
    label: str
    text: str
    severity: str | None


def urgencies(plan: Plan, language: str) -> list[Urgency]:
    """
    Return the plan's urgencies, or its severities where it has none.
    """
    if plan.urgencies:
        return [
            Urgency(
                name, called(plan, "urgencies", name, language), _text(plan, each.severity, language), each.severity
            )
            for name, each in plan.urgencies.items()
        ]
    return [
        Urgency(name, called(plan, "severities", name, language), _text(plan, name, language), name)
        for name in plan.severities
    ]


def _text(plan: Plan, severity: str | None, language: str) -> str:
    rule = plan.severities.get(severity or "")
    return in_language(rule.text, language) if rule else ""


def request_types(plan: Plan, tier: str, language: str) -> list[tuple[str, str]]:
    """
    Return the kinds of requests that a tier may ask for.
    """
    open_to = [name for name, each in plan.request_types.items() if not each.tiers or tier in each.tiers]
    return [("", _("I am not sure")), *((name, called(plan, "request_types", name, language)) for name in open_to)]


def places(basis: Basis) -> list[tuple[str, str]]:
    """
    Return where something can happen: environments of the contract's instances, or the plan's environments; the value
    is ``environment`` or ``environment@instance``.
    """
    plan, contract = basis.plan, basis.contract
    if plan is None or contract is None or not plan.environments:
        return []
    instances = list(contract.instances.all())
    found = [
        (f"{each.environment}@{instance.public_id}", _place(basis, plan, instance.name, each.environment, each.url))
        for instance in instances
        for each in instance.environments.all()
    ]
    if not found:
        found = [(name, called(plan, "environments", name, basis.language)) for name in plan.environments]
    return sorted(found, key=lambda each: not _is_production(plan, each[0]))


def _place(basis: Basis, plan: Plan, instance: str, environment: str, url: str) -> str:
    kind = called(plan, "environments", environment, basis.language)
    return f"{instance}: {kind} ({url.removeprefix('https://').rstrip('/')})"


def _is_production(plan: Plan, place: str) -> bool:
    environment = plan.environments.get(place.partition("@")[0])
    return environment is not None and environment.production


def products(basis: Basis) -> list[tuple[str, str]]:
    """
    Return the products of a contract from which one must be chosen; with one there is nothing to choose.
    """
    if basis.plan is None or basis.contract is None:
        return []
    return [(name, called(basis.plan, "products", name, basis.language)) for name in basis.contract.products]


def asked(plan: Plan | None, tier: str) -> tuple[list[IntakeField], list[IntakeField]]:
    """
    Return the plan's intake fields for a tier: those that are asked here, and secrets, which never are.
    """
    fields = [each for each in plan.intake.fields if not each.tier or tier in each.tier] if plan else []
    return [each for each in fields if each.kind != "secret"], [each for each in fields if each.kind == "secret"]
