"""
The stage: people, teams, brands, published plans, customers and contracts, made through the services.

Invariant: everything stands before the first ticket is opened; the log-ins are those of the cast that can log in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from typing import Final, NamedTuple

from upheld import catalogues
from upheld.apps.channels import services as channels
from upheld.apps.contracts import services as contracts
from upheld.apps.contracts import term_changes
from upheld.apps.contracts.models import Contract, Instance, PlanVersion
from upheld.apps.contracts.term_previews import preview_cancellation
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Brand, Customer, Person, Team
from upheld.apps.work import services as work
from upheld.core.instants import Instant, to_datetime
from upheld.core.money import Money
from upheld.demo import cast

DAY: Final = 86_400
WORKER: Final = "demo"
BEFORE_FIRST_TICKET: Final = 410 * DAY
"""How long before the start the vendor set up its desk."""
_NOTICE_DAYS: Final = 90
"""How long before its end a customer who leaves cancels a contract."""
_PARTS: Final = {"manager": "customer manager", "requester": "customer user"}
OWN_PLANS: Final = ("halden-cloud", "brevik-care")
OTHER_PLANS: Final = ("celigo", "opigno")


@dataclass(frozen=True, slots=True)
class Login:
    """
    Somebody who can log in: what they do, and their address.
    """

    what: str
    name: str
    email: str


@dataclass(slots=True)
class Party:
    """
    A customer on the stage, with its people and contracts in the order of the cast.
    """

    client: cast.Client
    customer: Customer
    people: list[Person] = field(default_factory=list)
    deals: list[tuple[cast.Deal, Contract]] = field(default_factory=list)
    instance: Instance | None = None


class Seat(NamedTuple):
    """
    Whose ticket it is, and under which of their contracts.
    """

    party: Party
    deal: cast.Deal
    contract: Contract


@dataclass(slots=True)
class Stage:
    """
    All who play, and the keys of the files that were stored on the way.
    """

    staff: dict[str, Person] = field(default_factory=dict)
    brands: dict[str, Brand] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    plans: dict[str, PlanVersion] = field(default_factory=dict)
    parties: list[Party] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)

    def agents_of(self, team: str) -> list[Person]:
        """
        Return the agents who work for a team; the first has the most to do.
        """
        crews = {
            cast.DESK: ("marit", "jo", "kenji", "priya"),
            cast.FIELD: ("camille", "rafael", "marit"),
            cast.SECOND: ("priya", "rafael", "jo"),
        }
        return [self.staff[name] for name in crews[team]]

    @property
    def lead(self) -> Person:
        """
        Who decides what agents may not.
        """
        return self.staff["ingrid"]


def set_up(*, now: Instant, password: str) -> Stage:
    """
    Make the stage as it stood before the first ticket; ``now`` is the start of the demo.
    """
    then = now - BEFORE_FIRST_TICKET
    stage = Stage()
    parties.ensure_roles()
    _staff(stage, then, password)
    for name, address in cast.BRANDS:
        stage.brands[name] = parties.add_brand(name=name, mail_from=address)
    for name in cast.TEAMS:
        stage.teams[name] = parties.add_team(name=name)
    for version in _publish(stage.staff["tomasz"], then):
        stage.plans[version.plan] = version
    for client in cast.CLIENTS:
        stage.parties.append(_party(stage, client, now, then, password))
    while work.run_due(worker=WORKER, now=then):
        pass
    channels.mark_read(person=stage.staff["wanjiru"], now=then)
    return stage


def _staff(stage: Stage, then: Instant, password: str) -> None:
    for each in cast.STAFF:
        person = _person(stage, each, f"{each.mail}@{cast.VENDOR_DOMAIN}", then, password)
        parties.grant_role(person=person, role=each.role, now=then, reason="demo")
        stage.staff[each.mail] = person


def _person(stage: Stage, member: cast.Member, email: str, then: Instant, password: str) -> Person:
    if member.can_log_in:
        what = member.role.replace("_", " ")
        stage.logins.append(Login(_PARTS.get(what, what), member.name, email))
    return parties.add_person(
        email=email,
        name=member.name,
        zone=member.zone,
        language="en",
        password=password if member.can_log_in else None,
        now=then,
    )


def _publish(by: Person, then: Instant) -> Iterable[PlanVersion]:
    folder = resources.files("upheld.demo").joinpath("plans")
    for name in OWN_PLANS:
        raw = folder.joinpath(f"{name}.yaml").read_bytes()
        yield contracts.publish_plan(raw=raw, file=f"{name}.yaml", by=by, now=then)
    for name in OTHER_PLANS:
        yield contracts.publish_plan(raw=catalogues.read(name), file=f"{name}.yaml", by=by, now=then)


def _party(stage: Stage, client: cast.Client, now: Instant, then: Instant, password: str) -> Party:
    customer = parties.add_customer(
        name=client.name, zone=client.zone, regions=client.regions, language=client.language
    )
    party = Party(client, customer)
    by_mail: dict[str, Person] = {}
    for member in client.people:
        person = _person(stage, member, f"{member.mail}@{client.domain}", then, password)
        parties.add_member(person=person, customer=customer, part=member.role, now=then)
        by_mail[member.mail] = person
        party.people.append(person)
    for deal in client.deals:
        contract = _contract(stage, party, deal, now, then)
        party.deals.append((deal, contract))
        if deal.contacts is not None:
            for mail in deal.contacts[1]:
                contracts.name_contact(
                    contract=contract,
                    person=by_mail[mail],
                    contact_list=deal.contacts[0],
                    by=stage.staff["wanjiru"],
                    now=then,
                    reason="named with the contract",
                )
        if deal.instance is not None:
            name, environments = deal.instance
            party.instance = contracts.add_instance(contract=contract, name=name, environments=dict(environments))
    return party


def _contract(stage: Stage, party: Party, deal: cast.Deal, now: Instant, then: Instant) -> Contract:
    today = to_datetime(now).date()
    made = contracts.make_contract(
        customer=party.customer,
        brand=stage.brands[deal.brand],
        plan_version=stage.plans[deal.plan],
        tier=deal.tier,
        starts_on=today + dt.timedelta(days=deal.starts_in),
        ends_on=None if deal.ends_in is None else today + dt.timedelta(days=deal.ends_in),
        now=then,
        fee=Money(Decimal(deal.fee), deal.currency),
        products=deal.products,
        team=stage.teams[deal.team],
        success_manager=stage.staff["wanjiru"],
    )
    if deal.ends_in is not None:
        _cancel(made, stage.staff["wanjiru"], now + (deal.ends_in - _NOTICE_DAYS) * DAY)
    return made


def _cancel(contract: Contract, by: Person, at: Instant) -> None:
    """
    Have the customer end a contract with the term that was agreed, in time.
    """
    preview = preview_cancellation(contract=contract, received_at=at, in_writing=True)
    reason = "The customer wrote that the contract ends with its term."
    term_changes.cancel(
        contract=contract, received_at=at, in_writing=True, digest=preview.digest, reason=reason, by=by, now=at
    )
    contract.refresh_from_db()
