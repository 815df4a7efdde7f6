"""
Writing about contracts: publishing plan versions, making contracts, naming contacts.

Invariant: what is published is usable (the linter found no error) and never changes afterwards.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction

from upheld.apps.contracts import editions
from upheld.apps.contracts.books import check_beginning
from upheld.apps.contracts.kept_zones import keep
from upheld.apps.contracts.models import (
    Contract,
    DesignatedContact,
    HolidayRevision,
    Instance,
    InstanceEnvironment,
    PlanVersion,
)
from upheld.apps.contracts.selectors import contacts_on, plan_of
from upheld.apps.parties.models import Brand, Customer, Person, Team
from upheld.apps.work.services import enqueue
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, to_datetime
from upheld.core.money import Money
from upheld.core.plan.contract import Contract as CoreContract
from upheld.core.plan.loading import load_usable
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.plan.support_hours import SupportHours
from upheld.core.terms.successive import Agreed

YEARS_BEFORE: Final = 11
YEARS_AFTER: Final = 5
"""For which years before and after its publication a plan version's holiday lists are written down."""


class ContractError(UpheldError):
    """
    A change of plans or contracts that is refused.
    """


@transaction.atomic
def publish_plan(*, raw: bytes, file: str, by: Person, now: Instant) -> PlanVersion:
    """
    Publish a plan document as an immutable version, with the holiday lists as they are known now.

    The same bytes again give the same version. Raises :class:`~upheld.core.plan.places.DocumentError` with the
    findings of a document that cannot be used, :class:`ContractError` ``contract.version_taken`` for other bytes
    under a version's name, :class:`~upheld.apps.contracts.books.BooksError` ``books.period_closed`` for one that
    begins in a period whose books are closed.
    """
    loaded = load_usable(raw, file)
    digest = hashlib.sha256(raw).hexdigest()
    plan = loaded.plan
    known = PlanVersion.objects.filter(plan=plan.plan, version=plan.version).first()
    if known is not None:
        if known.digest != digest:
            raise ContractError("contract.version_taken", plan=plan.plan, version=plan.version)
        return known
    check_beginning(plan, now)
    version = PlanVersion.objects.create(
        plan=plan.plan,
        version=plan.version,
        name=in_language(plan.name, "en", plan.plan),
        document=raw,
        digest=digest,
        published_at=now,
        published_by=by,
    )
    _write_holidays(version, plan, by, now)
    keep(editions.zones_of(version), now)
    return version


def _write_holidays(version: PlanVersion, plan: Plan, by: Person, now: Instant) -> None:
    """
    Write down every holiday list that does not depend on the customer, as a first revision, and the first edition of
    the calendars, which takes them.
    """
    year = to_datetime(now).year
    hours = SupportHours(plan, dt.date(year - YEARS_BEFORE, 1, 1), dt.date(year + YEARS_AFTER, 12, 31))
    somebody = CoreContract(customer="", tier=next(iter(plan.tiers)), zone=plan.zone or "UTC")
    written: dict[str, HolidayRevision] = {}
    for name, rule in plan.calendars.items():
        if rule.is_customers_own:
            continue
        for one in hours.spec(name, somebody).holidays:
            if one.name not in written:
                span = (hours.first.year, hours.last.year)
                written[one.name] = editions.write_revision(version=version, listed=one, span=span, now=now)
    editions.write_edition(version=version, revisions=written.values(), by=by, now=now)


@transaction.atomic
def make_contract(
    *,
    customer: Customer,
    brand: Brand,
    plan_version: PlanVersion,
    tier: str,
    starts_on: dt.date,
    ends_on: dt.date | None,
    now: Instant,
    zone: str | None = None,
    fee: Money | None = None,
    fee_per: str = "quarter",
    products: Iterable[str] = (),
    add_ons: Iterable[str] = (),
    facts: Mapping[str, Any] | None = None,
    team: Team | None = None,
    success_manager: Person | None = None,
) -> Contract:
    """
    Make a contract of a customer for a tier of a published plan version; ``ends_on`` is the last day of its first term,
    after which it goes on where the plan says so.

    Raises :class:`ContractError` ``contract.unknown_tier``, ``contract.unknown_add_on``, ``contract.unknown_product``
    or ``contract.term_backwards``.
    """
    plan = plan_of(plan_version.pk)
    if tier not in plan.tiers:
        raise ContractError("contract.unknown_tier", given=tier, known=list(plan.tiers))
    _check_known("contract.unknown_add_on", add_ons, plan.add_ons)
    _check_known("contract.unknown_product", products, plan.products)
    if ends_on is not None and ends_on < starts_on:
        raise ContractError("contract.term_backwards", starts=str(starts_on), ends=str(ends_on))
    agreed = Agreed(starts_on=starts_on, ends_on=ends_on, rules=plan.terms, zone=zone or customer.zone)
    keep([zone or customer.zone], now)
    return Contract.objects.create(
        customer=customer,
        brand=brand,
        plan_version=plan_version,
        tier=tier,
        zone=zone or customer.zone,
        starts_on=starts_on,
        first_ends_on=ends_on,
        ends_on=None if agreed.renews else ends_on,
        fee_amount=fee.amount if fee else None,
        fee_currency=fee.currency if fee else "",
        fee_per=fee_per,
        products=list(products),
        add_ons=list(add_ons),
        facts=dict(facts or {}),
        team=team,
        success_manager=success_manager,
        created_at=now,
    )


def _check_known(code: str, given: Iterable[str], known: Mapping[str, Any]) -> None:
    for name in given:
        if name not in known:
            raise ContractError(code, given=name, known=sorted(known))


@transaction.atomic
def add_instance(*, contract: Contract, name: str, environments: Mapping[str, str]) -> Instance:
    """
    Add an instance to a contract with the URL of each of its environments (OPI-1).

    Raises :class:`ContractError` ``contract.unknown_environment``.
    """
    plan = plan_of(contract.plan_version_id)
    _check_known("contract.unknown_environment", environments, plan.environments)
    instance = Instance.objects.create(customer_id=contract.customer_id, contract=contract, name=name)
    for kind, url in environments.items():
        InstanceEnvironment.objects.create(
            customer_id=contract.customer_id, instance=instance, environment=kind, url=url
        )
    return instance


@transaction.atomic
def name_contact(
    *, contract: Contract, person: Person, contact_list: str, by: Person, now: Instant, reason: str = ""
) -> DesignatedContact:
    """
    Put a person on one of the plan's contact lists from now on (OPI-5, OPT-9).

    Raises :class:`ContractError` ``contract.unknown_list``, ``contract.list_not_in_tier``, ``contract.list_full`` or
    ``contract.already_listed``.
    """
    locked = Contract.objects.select_for_update().get(pk=contract.pk)
    rule = plan_of(locked.plan_version_id).contacts.get(contact_list)
    if rule is None:
        raise ContractError("contract.unknown_list", given=contact_list)
    if rule.tiers and locked.tier not in rule.tiers:
        raise ContractError("contract.list_not_in_tier", given=contact_list, tier=locked.tier)
    current = contacts_on(locked, contact_list, now)
    if any(each.person_id == person.pk for each in current):
        raise ContractError("contract.already_listed", person=str(person))
    most = rule.by_tier.get(locked.tier, rule.at_most) if rule.by_tier else rule.at_most
    if most is not None and len(current) >= most:
        raise ContractError("contract.list_full", given=contact_list, most=most)
    made = DesignatedContact.objects.create(
        customer_id=locked.customer_id,
        contract=locked,
        person=person,
        contact_list=contact_list,
        since=now,
        named_by=by,
        reason=reason,
    )
    tell_vendor(locked, "contact.named", f"contact:{made.pk}", now, person=person.name, list=contact_list)
    return made


def tell_vendor(contract: Contract, code: str, key: str, now: Instant, **facts: str) -> None:
    """
    Let the vendor be told what a customer's people did about a contract (OPI-5); once for a ``key``.
    """
    params = {"customer": contract.customer.name, **facts}
    # A notice carries the key of the row that caused it, so that its cause can be proved.
    arguments = {"key": (cause := f"tell:{key}"), "contract": contract.pk, "code": code, "params": params}
    enqueue(key=cause, handler="channels.tell_vendor", arguments=arguments, now=now)


@transaction.atomic
def end_contact(
    *, contact: DesignatedContact, by: Person, now: Instant, successor: Person | None = None, reason: str = ""
) -> DesignatedContact | None:
    """
    Take a person off a contact list, with a successor in the same step where one is named, and return the successor's
    entry.

    Raises :class:`ContractError` ``contract.list_too_short`` where the list would have fewer than the plan demands,
    ``contract.successor_missing`` where the plan wants one named (OPI-22); nothing changes then.
    """
    contract = Contract.objects.select_for_update().get(pk=contact.contract_id)
    rule = plan_of(contract.plan_version_id).contacts.get(contact.contact_list)
    current = contacts_on(contract, contact.contact_list, now)
    if rule and successor is None and len(current) - 1 < rule.at_least:
        raise ContractError("contract.list_too_short", given=contact.contact_list, least=rule.at_least)
    if rule and rule.transfer_names_successor and successor is None:
        raise ContractError("contract.successor_missing", given=contact.contact_list)
    DesignatedContact.objects.filter(pk=contact.pk, until__isnull=True).update(until=now)
    leaving, listed, key = contact.person.name, contact.contact_list, f"contact-end:{contact.pk}"
    if successor is None:
        tell_vendor(contract, "contact.ended", key, now, leaving=leaving, list=listed)
        return None
    made = name_contact(
        contract=contract, person=successor, contact_list=contact.contact_list, by=by, now=now, reason=reason
    )
    DesignatedContact.objects.filter(pk=contact.pk).update(successor=made)
    facts = {"leaving": leaving, "person": successor.name, "list": listed}
    tell_vendor(contract, "contact.transferred", key, now, **facts)
    return made
