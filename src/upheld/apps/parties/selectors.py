"""
Reading about people: who may do what, now.

Invariant: rights are looked up at the instant of asking; a grant that has ended counts no more on the next request.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from upheld.apps.parties.models import (
    Address,
    Brand,
    Customer,
    Grant,
    Invitation,
    Key,
    Membership,
    Person,
    Team,
    canonical_email,
)
from upheld.apps.parties.rights import CUSTOMER_RIGHTS, RIGHTS
from upheld.apps.work.statements import Reading
from upheld.core.instants import Instant


@dataclass(frozen=True, slots=True)
class Access:
    """
    What one person (or one key) may do at one instant.

    ``rights`` are of the vendor's side; ``teams`` limits what is read to these teams (``None``: all); ``parts`` gives
    the part in each customer by its primary key; ``scopes`` narrows the rights of a customer's side to those of a key
    (``None``: all), while ``rights`` are narrowed already. ``customers`` are those of ``parts``.
    """

    person: Person
    rights: frozenset[str] = frozenset()
    teams: frozenset[int] | None = frozenset()
    parts: dict[int, str] = field(default_factory=dict)
    scopes: frozenset[str] | None = None
    customers: tuple[Customer, ...] = ()

    @property
    def is_staff(self) -> bool:
        """
        Whether the person works for the vendor.
        """
        return bool(self.rights)

    def may(self, right: str) -> bool:
        """
        Return whether a right of the vendor's side is held.
        """
        return right in self.rights

    def may_in(self, customer_id: int, right: str) -> bool:
        """
        Return whether a right of a customer's side is held in one customer.
        """
        part = self.parts.get(customer_id)
        if part is None or (self.scopes is not None and right not in self.scopes):
            return False
        return right in CUSTOMER_RIGHTS[part]

    def holds(self, right: str) -> bool:
        """
        Return whether a right is held at all: on the vendor's side, or in some customer.
        """
        return self.may(right) or any(self.may_in(customer, right) for customer in self.parts)

    def customers_with(self, right: str) -> list[int]:
        """
        Return the primary keys of the customers in which a right of a customer's side is held.
        """
        return [customer for customer in self.parts if self.may_in(customer, right)]


def _current(now: Instant) -> Q:
    return Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))


def access_of(person: Person, now: Instant, scopes: frozenset[str] | None = None) -> Access:
    """
    Return what a person may do now, or what a key of theirs with these scopes may. Two queries; one with scopes none of
    which is the vendor's.
    """
    if not person.is_active:
        return Access(person)
    rights: set[str] = set()
    teams: set[int] | None = set()
    for grant in _grants(person.pk, now) if scopes is None or scopes & RIGHTS.keys() else ():
        rights |= set(grant.role.rights)
        if grant.team_id is None:
            teams = None
        elif teams is not None:
            teams.add(grant.team_id)
    joined = {member.customer_id: member for member in _memberships(person.pk, now)}
    return Access(
        person,
        frozenset(rights) if scopes is None else scopes & rights,
        None if teams is None else frozenset(teams),
        {customer: member.part for customer, member in joined.items()},
        scopes,
        tuple(member.customer for member in joined.values()),
    )


@Reading
def _grants(person: int, now: int) -> QuerySet[Grant]:
    return Grant.objects.filter(_current(now), person_id=person).select_related("role")


@Reading
def _memberships(person: int, now: int) -> QuerySet[Membership]:
    found = Membership.objects.filter(_current(now), person_id=person, customer__archived_at__isnull=True)
    return found.select_related("customer")


def rights_of(person: Person, now: Instant) -> frozenset[str]:
    """
    Return every right of a person, of either side.
    """
    access = access_of(person, now)
    own = {right for part in access.parts.values() for right in CUSTOMER_RIGHTS[part]}
    return access.rights | own


def person_of_key(text: str, now: Instant) -> tuple[Person, frozenset[str], Key] | None:
    """
    Return the owner and scopes of an API key, or nothing if it is unknown, expired or revoked. One query.
    """
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "uph":  # noqa: PLR2004  (mark, prefix, secret)
        return None
    key = next(iter(_keys(parts[1])), None)
    digest = hashlib.sha256(parts[2].encode()).hexdigest()
    if key is None or not hmac.compare_digest(key.secret_hash, digest) or not key.owner.is_active:
        return None
    if key.expires_at is not None and key.expires_at <= now:
        return None
    return key.owner, frozenset(key.scopes), key


@Reading
def _keys(prefix: str) -> QuerySet[Key]:
    return Key.objects.filter(prefix=prefix, revoked_at__isnull=True).select_related("owner")


def customers_of(access: Access) -> QuerySet[Customer]:
    """
    Return the customers that somebody may see: all for staff with the right, else those they belong to.
    """
    if access.may("customers.read"):
        return Customer.objects.filter(archived_at__isnull=True).order_by("name", "pk")
    return Customer.objects.filter(pk__in=access.customers_with("own.read")).order_by("name", "pk")


def customers_joined(access: Access) -> list[Customer]:
    """
    Return the customers that somebody belongs to, by name. One query.
    """
    return list(Customer.objects.filter(pk__in=list(access.parts)).order_by("name", "pk"))


def find_customer(access: Access, public_id: str) -> Customer | None:
    """
    Return a customer that somebody may see by its public id, or nothing. One query.
    """
    return customers_of(access).filter(public_id=public_id).first()


def customers_page(access: Access, *, after: tuple[str, int] | None = None, size: int = 50) -> list[Customer]:
    """
    Return up to one more than ``size`` customers that somebody may see, by name, from behind ``after`` on. One query.
    """
    found = customers_of(access)
    if after is not None:
        name, key = after
        found = found.filter(Q(name__gt=name) | Q(name=name, pk__gt=key))
    return list(found[: size + 1])


def member_of(customer_id: int, public_id: str, now: Instant) -> Person | None:
    """
    Return an active person who is a member of a customer now, by their public id, or nothing. One query.
    """
    current = Membership.objects.filter(_current(now), customer_id=customer_id, person__public_id=public_id)
    found = current.filter(person__is_active=True).select_related("person").first()
    return found.person if found else None


def members_of(customer_id: int, now: Instant) -> list[Person]:
    """
    Return the active people who are members of a customer now, by name. One query.
    """
    current = Membership.objects.filter(_current(now), customer_id=customer_id, person__is_active=True)
    return sorted({each.person for each in current.select_related("person")}, key=lambda one: (one.name, one.pk))


def keys_of(person: Person) -> list[Key]:
    """
    Return all keys of a person, the newest first. One query.
    """
    return list(Key.objects.filter(owner=person).order_by("-created_at", "-pk"))


def find_key(person: Person, public_id: str) -> Key | None:
    """
    Return a key of a person, or nothing. One query.
    """
    return Key.objects.filter(owner=person, public_id=public_id).first()


def brand_named(public_id: str) -> Brand | None:
    """
    Return a brand by its public id, or nothing. One query.
    """
    return Brand.objects.filter(public_id=public_id).first()


def brands() -> list[Brand]:
    """
    Return all brands by name. One query.
    """
    return list(Brand.objects.order_by("name"))


def staff_with(right: str, now: Instant, *, team: int | None = None) -> list[Person]:
    """
    Return the people of the vendor who hold a right, for all teams or for the one given.
    """
    for_team = Q(team__isnull=True) | Q(team_id=team) if team is not None else Q()
    grants = Grant.objects.filter(_current(now), for_team, person__is_active=True).select_related("person", "role")
    found = {grant.person_id: grant.person for grant in grants if right in grant.role.rights}
    return sorted(found.values(), key=lambda person: (person.name, person.pk))


def people_of(customer_id: int, now: Instant) -> list[Person]:
    """
    Return the people who belong to a customer now, by name. One query.
    """
    members = Membership.objects.filter(_current(now), customer_id=customer_id, person__is_active=True)
    found = {member.person_id: member.person for member in members.select_related("person")}
    return sorted(found.values(), key=lambda person: (person.name, person.pk))


def person_with_address(email: str) -> Person | None:
    """
    Return the active person of an address, or nothing. One query.
    """
    return Person.objects.filter(email=canonical_email(email), is_active=True).first()


def open_invitation(secret: str, now: Instant) -> tuple[Invitation, bool] | None:
    """
    Return the invitation of a secret while it can be accepted, and whether the invited person is known already. Two
    queries at most.
    """
    digest = hashlib.sha256(secret.encode()).hexdigest()
    related = ("customer", "invited_by")
    found = (
        Invitation.objects.select_related(*related).filter(secret_hash=digest, used_at=None, expires_at__gt=now).first()
    )
    return None if found is None else (found, Person.objects.filter(email=found.email).exists())


def addresses_of(person: Person) -> list[Address]:
    """
    Return the further addresses of a person, by name. One query.
    """
    return list(Address.objects.filter(person=person).order_by("email"))


def teams() -> list[Team]:
    """
    Return all teams by name. One query.
    """
    return list(Team.objects.order_by("name", "pk"))


def customers_found(access: Access, text: str, *, most: int) -> list[Customer]:
    """
    Return customers whose name has a text in it, for somebody who reads customers. One query.
    """
    return list(customers_of(access).filter(name__icontains=text.strip())[:most]) if text.strip() else []


def people_found(access: Access, text: str, now: Instant, *, most: int) -> list[Membership]:
    """
    Return the memberships of people of customers whose name or address fits a text, every word of it, for somebody who
    reads customers; a customer's own name finds its people too. One query.
    """
    words = text.split()[:8]
    found = Membership.objects.filter(_current(now), person__is_active=True, customer__in=customers_of(access))
    for word in words:
        fits = Q(person__name__icontains=word) | Q(person__email__icontains=word) | Q(customer__name__icontains=word)
        found = found.filter(fits)
    if not words:
        return []
    return list(found.select_related("person", "customer").order_by("person__name", "customer__name", "pk")[:most])
