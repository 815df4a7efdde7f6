"""
Reading about contracts: which plan rules whom, and the rules that follow.

Invariant: compiled plans and rules are kept only by the keys of things that never change (a plan version, a holiday
revision), so that no cache can be stale.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from upheld.apps.contracts.kept_zones import zones_under
from upheld.apps.contracts.models import (
    CalendarEdition,
    Contract,
    ContractChange,
    DesignatedContact,
    HolidayRevision,
    PlanVersion,
)
from upheld.apps.parties.selectors import Access
from upheld.apps.work.statements import Reading
from upheld.core import events as ev
from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import HolidayList
from upheld.core.clocks.rules import MoveKind, Rules, moved
from upheld.core.clocks.story import Situation
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, to_datetime
from upheld.core.money import Money
from upheld.core.plan.contract import Contract as CoreContract
from upheld.core.plan.loading import plan_in
from upheld.core.plan.model import Plan
from upheld.core.plan.model.tiers import Channel, ChannelHours
from upheld.core.plan.support_hours import SupportHours

MOST_RULES: Final = 512


class EditionError(UpheldError):
    """
    A plan version or a calendar edition that is named and is not there.
    """


@functools.lru_cache(maxsize=64)
def plan_of(plan_version_id: int) -> Plan:
    """
    Return the plan of a published version.
    """
    version = PlanVersion.objects.only("document", "plan", "version").get(pk=plan_version_id)
    return plan_in(bytes(version.document), f"{version.plan} {version.version}")


class Basis(NamedTuple):
    """
    What a calendar edition is made of: the primary keys of its holiday revisions, and a release of the zone data.
    """

    revisions: tuple[int, ...]
    zone_release: str


@functools.lru_cache(maxsize=64)
def _hours(plan_version_id: int, basis: Basis) -> SupportHours:
    rows = list(HolidayRevision.objects.filter(pk__in=basis.revisions))
    lists = {
        row.name: HolidayList(
            row.name,
            row.revision,
            row.source,
            {dt.date.fromisoformat(day): title for day, title in row.days.items()},
            tuple(range(row.first_year, row.last_year + 1)),
        )
        for row in rows
    }
    return hours_with(plan_version_id, lists, basis.zone_release)


def hours_with(plan_version_id: int, lists: Mapping[str, HolidayList], zone_release: str) -> SupportHours:
    """
    Return the support hours of a plan version as they would be with these holiday lists and zone data.
    """
    published = to_datetime(PlanVersion.objects.values_list("published_at", flat=True).get(pk=plan_version_id)).year
    years = [year for each in lists.values() for year in (each.years[0], each.years[-1])]
    first, last = min(years, default=published - 11), max(years, default=published + 5)
    start, end = dt.date(first, 1, 1), dt.date(last, 12, 31)
    return SupportHours(plan_of(plan_version_id), start, end, lists, zones_under(zone_release))


@functools.lru_cache(maxsize=MOST_RULES)
def basis_of(edition_id: int) -> Basis:
    """
    Return what a calendar edition is made of.
    """
    revisions, release = CalendarEdition.objects.values_list("revisions", "zone_release").get(pk=edition_id)
    return Basis(tuple(sorted(revisions)), release)


def newest_edition(plan_version_id: int) -> int:
    """
    Return the primary key of the calendar edition by which new tickets of a plan version run. One query.
    """
    found = CalendarEdition.objects.filter(plan_version_id=plan_version_id).order_by("-number")
    return found.values_list("pk", flat=True)[:1].get()


def newest_editions(plan_version_ids: Iterable[int]) -> dict[int, int]:
    """
    Return the newest calendar editions of several plan versions. One query.
    """
    found = CalendarEdition.objects.filter(plan_version_id__in=set(plan_version_ids)).order_by("number")
    return dict(found.values_list("plan_version_id", "pk"))


@functools.lru_cache(maxsize=MOST_RULES)
def edition_named(plan_version_id: int, name: str) -> int:
    """
    Return the primary key of an edition by the name that events give it.

    Raises :class:`EditionError` ``edition.unknown``.
    """
    found = CalendarEdition.objects.filter(plan_version_id=plan_version_id, name=name).values_list("pk", flat=True)
    key = found.first()
    if key is None:
        raise EditionError("edition.unknown", given=name)
    return key


@functools.lru_cache(maxsize=MOST_RULES)
def version_named(like_id: int, version: str) -> int:
    """
    Return the primary key of the version of the plan that the version ``like_id`` is of.

    Raises :class:`EditionError` ``edition.unknown_version``.
    """
    plan = PlanVersion.objects.filter(pk=like_id).values("plan")
    key = PlanVersion.objects.filter(plan__in=plan, version=version).values_list("pk", flat=True).first()
    if key is None:
        raise EditionError("edition.unknown_version", given=version)
    return key


@functools.lru_cache(maxsize=MOST_RULES)
def _rules(plan_version_id: int, basis: Basis, contract: CoreContract) -> Rules:
    return Rules(_hours(plan_version_id, basis), contract)


def rules_of(contract: Contract, plan_version_id: int | None = None, edition_id: int | None = None) -> Rules:
    """
    Return the rules of a contract, under its own plan version or another, by the newest calendar edition unless told.
    No query where both are told and known already.
    """
    version = plan_version_id or contract.plan_version_id
    basis = basis_of(newest_edition(version) if edition_id is None else edition_id)
    return _rules(version, basis, core_contract(contract))


def rules_over_time(
    contract: Contract, plan_version_id: int, moves: Sequence[ev.PlanMoved | ev.CalendarMoved]
) -> Rules:
    """
    Return the rules of a ticket that was moved, in the order of the moves; ``plan_version_id`` is any version of its
    plan.

    Raises :class:`EditionError` where a move names what is not there.
    """
    before = next((each.before for each in moves if isinstance(each, ev.PlanMoved)), None)
    version = plan_version_id if before is None else version_named(plan_version_id, before)
    name = moves[0].before_revision if isinstance(moves[0], ev.PlanMoved) else moves[0].before
    first = rules_of(contract, version, edition_named(version, name))
    steps: list[tuple[Instant, int, MoveKind, Rules]] = []
    for move in moves:
        version = version_named(version, move.version) if isinstance(move, ev.PlanMoved) else version
        ruling = rules_of(contract, version, edition_named(version, move.revision))
        kind: MoveKind = "plan" if isinstance(move, ev.PlanMoved) else "calendar"
        steps.append((move.effective_at, move.seq, kind, ruling))
    return moved(first, steps)


def core_contract(contract: Contract) -> CoreContract:
    """
    Return what the core must know of a contract.
    """
    fee = Money(contract.fee_amount, contract.fee_currency) if contract.fee_amount is not None else None
    return CoreContract(
        customer=str(contract.customer_id),
        tier=contract.tier,
        contract=contract.public_id,
        zone=contract.zone,
        regions=tuple(contract.customer.regions),
        language=contract.customer.language,
        add_ons=frozenset(contract.add_ons),
        fee=fee,
        facts=tuple(sorted((str(key), str(value)) for key, value in contract.facts.items())),
    )


def is_in_term(contract: Contract, now: Instant) -> bool:
    """
    Return whether a contract runs at an instant; its days are those of its own zone.
    """
    today = to_datetime(now, ZoneInfo(contract.zone)).date()
    return contract.starts_on <= today and (contract.ends_on is None or today <= contract.ends_on)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """
    Which contract a request comes under, or why none: ``not_entitled`` (none runs), ``choose`` (several fit).
    """

    contract: Contract | None
    problem: str = ""
    choices: tuple[Contract, ...] = ()

    def rules(self) -> Rules | None:
        """
        Return the rules of the contract, or nothing where the request comes under none. No query once they are known.
        """
        if self.contract is None or self.problem:
            return None
        return rules_of(self.contract, self.contract.plan_version_id, self.edition())

    def edition(self) -> int | None:
        """
        Return the calendar edition by which a ticket that is opened now runs.
        """
        return self.contract.edition_id if self.contract else None  # type: ignore[attr-defined]  # see `entitlement`


def entitlement(
    customer_id: int, now: Instant, *, product: str | None = None, chosen: str | None = None
) -> Entitlement:
    """
    Return the contract under which a customer's request comes: the chosen one, or the only one that runs and fits the
    product; never the first of several (CEL-1, CEL-15). One query.
    """
    contracts = _contracts_with_editions(customer_id)
    running = [each for each in contracts if is_in_term(each, now)]
    if chosen:
        picked = next((each for each in contracts if each.public_id == chosen), None)
        if picked is None:
            return Entitlement(None, "unknown_contract")
        return Entitlement(picked, "" if picked in running else "not_entitled")
    fitting = [each for each in running if not product or not each.products or product in each.products]
    if len(fitting) == 1:
        return Entitlement(fitting[0])
    if fitting:
        return Entitlement(None, "choose", tuple(fitting))
    lapsed = [each for each in contracts if not product or not each.products or product in each.products]
    return Entitlement(lapsed[-1] if lapsed else None, "not_entitled")


@Reading
def _contracts_with_editions(customer: int) -> QuerySet[Contract]:
    editions = CalendarEdition.objects.filter(plan_version=OuterRef("plan_version")).order_by("-number")
    found = Contract.objects.filter(customer_id=customer).select_related("customer", "plan_version")
    return found.defer("plan_version__document").annotate(edition_id=Subquery(editions.values("pk")[:1])).order_by("pk")


def contacts_on(contract: Contract, contact_list: str, now: Instant) -> list[DesignatedContact]:
    """
    Return who is on a contact list of a contract now, longest first.
    """
    current = Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))
    found = DesignatedContact.objects.filter(current, contract=contract, contact_list=contact_list)
    return list(found.select_related("person").order_by("since", "pk"))


def designations_of(person_id: int, contract: Contract, now: Instant) -> frozenset[str]:
    """
    Return the contact lists of a contract on which a person is now.
    """
    current = Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))
    found = DesignatedContact.objects.filter(current, contract=contract, person_id=person_id)
    return frozenset(found.values_list("contact_list", flat=True))


WRITERS: Final = frozenset({"open_tickets", "instruct"})
"""What a contact list gives to those who alone may write to support."""


def only_writers(contract: Contract, person_id: int, now: Instant) -> tuple[str, ...]:
    """
    Return who alone may write to support under a contract, where the plan reserves that and the person is not among
    them (OPT-9); nothing where the person may write. As long as nobody is named, there is nobody to ask and all may.
    One query where the plan has such a list, else none.
    """
    rules = plan_of(contract.plan_version_id).contacts
    lists = [
        name
        for name, rule in rules.items()
        if WRITERS & set(rule.may) and (not rule.tiers or contract.tier in rule.tiers)
    ]
    if not lists:
        return ()
    current = Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))
    found = DesignatedContact.objects.filter(current, contract=contract, contact_list__in=lists)
    people = {each.person_id: each.person for each in found.select_related("person").order_by("since", "pk")}
    return () if person_id in people else tuple(each.name for each in people.values() if each.name)


def former_contacts(contract: Contract) -> list[DesignatedContact]:
    """
    Return who was on a contact list of a contract and is not any more, the last first, with who followed. One query.
    """
    found = DesignatedContact.objects.filter(contract=contract, until__isnull=False)
    return list(found.select_related("person", "successor__person", "named_by").order_by("-until", "-pk")[:50])


def changes_of(contract: Contract) -> list[ContractChange]:
    """
    Return what was decided about a contract, the newest first. One query.
    """
    found = ContractChange.objects.select_related("by").filter(contract=contract)
    return list(found.order_by("-recorded_at", "-pk"))


def contracts_of_customer(customer_id: int) -> list[Contract]:
    """
    Return all contracts of a customer, the newest first.
    """
    found = Contract.objects.filter(customer_id=customer_id).select_related("plan_version", "customer", "brand")
    return list(found.order_by("-starts_on", "-pk"))


def running_contracts(customers: Iterable[int], now: Instant) -> dict[int, list[Contract]]:
    """
    Return the contracts of some customers that run now, by the customers' keys, the newest first. One query.
    """
    found = Contract.objects.filter(customer_id__in=list(customers)).select_related("plan_version")
    running: dict[int, list[Contract]] = {}
    for each in found.defer("plan_version__document").order_by("-starts_on", "-pk"):
        if is_in_term(each, now):
            running.setdefault(each.customer_id, []).append(each)
    return running


def published_plans() -> list[PlanVersion]:
    """
    Return all published plan versions, the newest first.
    """
    return list(PlanVersion.objects.defer("document").order_by("-published_at", "-pk"))


def visible_contracts(access: Access) -> QuerySet[Contract]:
    """
    Return the contracts that somebody may see: all for staff with the right, else those of customers in which their
    part may read them.
    """
    found = Contract.objects.select_related("customer", "brand", "plan_version", "team").defer("plan_version__document")
    if access.may("customers.read"):
        return found
    return found.filter(customer_id__in=access.customers_with("contract.read"))


def find_contract(access: Access, public_id: str) -> Contract | None:
    """
    Return a contract that somebody may see with its instances, or nothing. Three queries.
    """
    found = visible_contracts(access).prefetch_related("instances__environments")
    return found.filter(public_id=public_id).first()


def contracts_page(
    access: Access, *, customer: str = "", before: tuple[str, int] | None = None, size: int = 50
) -> list[Contract]:
    """
    Return up to one more than ``size`` contracts that somebody may see, the last begun first, from behind ``before``
    (first day, primary key) on. Three queries.
    """
    found = visible_contracts(access).prefetch_related("instances__environments")
    if customer:
        found = found.filter(customer__public_id=customer)
    if before is not None:
        day, key = before
        found = found.filter(Q(starts_on__lt=day) | Q(starts_on=day, pk__lt=key))
    return list(found.order_by("-starts_on", "-pk")[: size + 1])


def contracts_of_version(access: Access, version: PlanVersion, *, most: int = 200) -> list[Contract]:
    """
    Return the contracts under a plan version that somebody may see, by the customer's name. One query.
    """
    return list(visible_contracts(access).filter(plan_version=version).order_by("customer__name", "pk")[:most])


def other_versions(access: Access, version: PlanVersion) -> list[PlanVersion]:
    """
    Return the other published versions of a plan, the newest first. One query.
    """
    found = visible_plans(access).filter(plan=version.plan).exclude(pk=version.pk)
    return list(found.order_by("-published_at", "-pk"))


def visible_plans(access: Access) -> QuerySet[PlanVersion]:
    """
    Return the plan versions that somebody may see: all for staff with the right, else those of contracts that they may
    see. The documents' bytes are not loaded until asked for.
    """
    found = PlanVersion.objects.defer("document").select_related("published_by")
    if access.may("plans.read"):
        return found
    return found.filter(contracts__customer_id__in=access.customers_with("contract.read")).distinct()


def find_plan(access: Access, public_id: str) -> PlanVersion | None:
    """
    Return a plan version that somebody may see, or nothing. One query.
    """
    return visible_plans(access).filter(public_id=public_id).first()


def plans_page(
    access: Access, *, plan: str = "", before: tuple[int, int] | None = None, size: int = 50
) -> list[PlanVersion]:
    """
    Return up to one more than ``size`` plan versions that somebody may see, the newest first, from behind ``before``
    (instant of publication, primary key) on. One query.
    """
    found = visible_plans(access)
    if plan:
        found = found.filter(plan=plan)
    if before is not None:
        at, key = before
        found = found.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=key))
    return list(found.order_by("-published_at", "-pk")[: size + 1])


@dataclass(frozen=True, slots=True)
class HoursNow:
    """
    Whether support hours run at an instant, and when that changes (``None``: not within the calendar's horizon).
    """

    calendar: str
    is_open: bool
    changes_at: Instant | None
    is_open_to_calls: bool = False
    """Whether a telephone call now would make the time count at once."""


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """
    A channel of a tier at an instant: for which severities it is open, and when it opens for those for which it is not.

    ``address`` is empty unless the person may use the channel at that very instant (CEL-18).
    """

    name: str
    channel: Channel
    openings: tuple[ChannelHours, ...]
    open_for: tuple[str, ...]
    opens_at: Instant | None
    is_open_to_person: bool
    address: str = ""


def _situation(rules: Rules, severity: str | None, *, phoned: bool = False) -> Situation:
    return Situation(severity, rules.contract.tier, phoned, (), frozenset())


def calendar_now(
    rules: Rules, now: Instant, *, severity: str | None, channel: str | None, phoned: bool = False
) -> CompiledCalendar:
    """
    Return the support hours that a ticket opened now on a channel would have, also after a telephone call.
    """
    facts = rules.facts(ev.Opened(seq=1, effective_at=now, channel=channel))
    name = rules.calendar_rule(facts, _situation(rules, severity, phoned=phoned))[1]
    return rules.calendar(name, severity, channel)


def hours_now(rules: Rules, now: Instant, *, severity: str | None = None, channel: str | None = None) -> HoursNow:
    """
    Return whether support hours run now, and until when.
    """
    calendar = calendar_now(rules, now, severity=severity, channel=channel)
    phoned = calendar_now(rules, now, severity=severity, channel=channel, phoned=True)
    return HoursNow(calendar.name, calendar.is_open(now), change_of(calendar, now), phoned.is_open(now))


def open_severities(rules: Rules, now: Instant) -> tuple[str, ...]:
    """
    Return the severities for which support hours run now, for what comes through the portal; none where that is all.
    """
    plan = rules.hours.plan
    channel = portal_channel(plan)
    found = [each for each in plan.severities if calendar_now(rules, now, severity=each, channel=channel).is_open(now)]
    return () if len(found) == len(plan.severities) else tuple(found)


def change_of(calendar: CompiledCalendar, now: Instant) -> Instant | None:
    """
    Return when a calendar next opens or closes, or nothing where it does not within its horizon.
    """
    try:
        return calendar.next_close(now) if calendar.is_open(now) else calendar.next_open(now)
    except CalendarError:
        return None


def channels_now(rules: Rules, now: Instant, *, is_designated: bool, may_use: bool = True) -> list[ChannelNow]:
    """
    Return the channels of a contract's tier as they are at an instant, for one person of the customer.

    ``may_use`` is whether the person may use any of them: a contract that has ended opens none.
    """
    plan = rules.hours.plan
    found = []
    for name, openings in plan.tiers[rules.contract.tier].channels.items():
        own = tuple(each for each in openings if is_designated or each.contacts == "all")
        open_for = tuple(each for each in plan.severities if may_use and _is_open(rules, own, name, each, now))
        opens = [at for each in own if may_use and (at := _opens_at(rules, each, name, now)) is not None]
        channel = plan.channels[name]
        address = (channel.address or "") if open_for else ""
        found.append(ChannelNow(name, channel, openings, open_for, min(opens, default=None), bool(own), address))
    return found


def _is_open(rules: Rules, openings: Iterable[ChannelHours], channel: str, severity: str, now: Instant) -> bool:
    fitting = [each for each in openings if not each.severities or severity in each.severities]
    return any(_calendar_of(rules, each, channel, severity, now).is_open(now) for each in fitting)


def _opens_at(rules: Rules, opening: ChannelHours, channel: str, now: Instant) -> Instant | None:
    severity = opening.severities[0] if opening.severities else next(iter(rules.hours.plan.severities))
    calendar = _calendar_of(rules, opening, channel, severity, now)
    return None if calendar.is_open(now) else change_of(calendar, now)


def _calendar_of(rules: Rules, opening: ChannelHours, channel: str, severity: str, now: Instant) -> CompiledCalendar:
    if opening.open == "support_hours":
        return calendar_now(rules, now, severity=severity, channel=channel)
    return rules.calendar(opening.open, severity, channel)


def portal_channel(plan: Plan) -> str:
    """
    Return the plan's name of the channel that the portal is.
    """
    return next((name for name, each in plan.channels.items() if each.kind == "portal"), "portal")


def contracts_for(customer_ids: Iterable[int]) -> list[Contract]:
    """
    Return all contracts of some customers with their instances and environments, the newest first. Three queries.
    """
    found = Contract.objects.filter(customer_id__in=list(customer_ids))
    found = found.select_related("customer", "brand", "plan_version").defer("plan_version__document")
    return list(found.prefetch_related("instances__environments").order_by("-starts_on", "-pk"))


def contacts_of(contract: Contract, now: Instant) -> list[DesignatedContact]:
    """
    Return everybody who is on any contact list of a contract now, longest first. One query.
    """
    current = Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))
    found = DesignatedContact.objects.filter(current, contract=contract).select_related("person", "contract")
    return list(found.order_by("contact_list", "since", "pk"))


def contracts_found(access: Access, text: str, *, most: int) -> list[Contract]:
    """
    Return contracts that a text finds by customer, tier, plan, instance or address of an environment, for somebody who
    may see them; those that begin last come first. One query.
    """
    text = text.strip()
    if not text:
        return []
    by_instance = Q(instances__name__icontains=text) | Q(instances__environments__url__icontains=text)
    by_name = Q(customer__name__icontains=text) | Q(tier__iexact=text) | Q(plan_version__plan__iexact=text)
    found = visible_contracts(access).prefetch_related("instances__environments")
    found = found.filter(by_instance | by_name | Q(public_id=text[:16]))
    return list(found.distinct().order_by("-starts_on", "-pk")[:most])
