"""
Writing about people: inviting, granting, keys.

Invariant: every change names who made it and why; secrets are stored as hashes only.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from upheld.apps.parties import placeholders
from upheld.apps.parties.models import (
    Address,
    Brand,
    Customer,
    Grant,
    Invitation,
    Key,
    Membership,
    Person,
    Role,
    Team,
    canonical_email,
)
from upheld.apps.parties.rights import CUSTOMER_RIGHTS, RIGHTS, ROLES
from upheld.apps.parties.selectors import rights_of
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant

INVITATION_SECONDS: Final = 7 * 86_400
KEY_MARK: Final = "uph"
MOST_SIGNATURE: Final = 1000


class PartyError(UpheldError):
    """
    A change of people or rights that is refused.
    """


def hashed(secret: str) -> str:
    """
    Return what is stored of a random secret: its SHA-256 (a password would need a slow hash, 160 random bits do not).
    """
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def ensure_roles() -> None:
    """
    Make the roles that a new installation has; roles that exist keep what they were given.
    """
    for name, rights in ROLES.items():
        Role.objects.get_or_create(name=name, defaults={"rights": list(rights)})


@transaction.atomic
def add_person(*, email: str, name: str, zone: str, language: str, password: str | None, now: Instant) -> Person:
    """
    Make a person.

    Raises :class:`PartyError` ``party.not_an_address`` or ``party.email_taken``.
    """
    _check_address(email)
    if Person.objects.filter(email=canonical_email(email)).exists():
        raise PartyError("party.email_taken", given=canonical_email(email))
    return Person.objects.create_user(email, password, name=name, zone=zone, language=language, created_at=now)


def _check_address(email: str) -> None:
    """
    Refuse what is not one address: two of them, or a header more, would send mail to somebody else.
    """
    try:
        validate_email(canonical_email(email))
    except ValidationError:
        raise PartyError("party.not_an_address", given=canonical_email(email)[:254]) from None


@transaction.atomic
def placeholder_of(*, customer: Customer, now: Instant) -> Person:
    """
    Return the person who stands for those of a customer whom nobody knows by name, as in an import: they cannot log in
    and are told nothing. Made at the first asking.
    """
    email = canonical_email(f"unknown-{customer.public_id}@import.invalid")
    known = Person.objects.filter(email=email).first()
    if known is not None:
        return known
    made = Person.objects.create_user(email, name=customer.name, zone=customer.zone, is_active=False, created_at=now)
    Membership.objects.create(person=made, customer=customer, part=Membership.Part.REQUESTER, since=now)
    return made


def change_preferences(
    *, person: Person, zone: str | None = None, language: str | None = None, theme: str | None = None
) -> None:
    """
    Let a person choose the zone, language and theme of their screens.
    """
    chosen = {"zone": zone, "language": language, "theme": theme}
    changed = {name: value for name, value in chosen.items() if value}
    for name, value in changed.items():
        setattr(person, name, value)
    if changed:
        person.save(update_fields=list(changed))


def set_signature(*, person: Person, text: str) -> None:
    """
    Keep what stands below a person's replies; nothing takes it away.

    Raises :class:`PartyError` ``party.signature_too_long`` or :class:`PlaceholderError` ``placeholder.unknown``.
    """
    cleaned = text.replace("\r\n", "\n").strip()
    if len(cleaned) > MOST_SIGNATURE:
        raise PartyError("party.signature_too_long", most=MOST_SIGNATURE, given=len(cleaned))
    person.signature = placeholders.check(cleaned, placeholders.OF_PERSON)
    person.save(update_fields=["signature"])


@transaction.atomic
def add_customer(
    *, name: str, zone: str, regions: Iterable[str] = (), language: str = "en", source: str = "", external_id: str = ""
) -> Customer:
    """
    Make a customer.
    """
    return Customer.objects.create(
        name=name, zone=zone, regions=list(regions), language=language, source=source, external_id=external_id
    )


def add_brand(*, name: str, mail_from: str = "") -> Brand:
    """
    Make a brand, or return the one of that name.
    """
    return Brand.objects.get_or_create(name=name, defaults={"mail_from": mail_from})[0]


def add_team(*, name: str) -> Team:
    """
    Make a team, or return the one of that name.
    """
    return Team.objects.get_or_create(name=name)[0]


@transaction.atomic
def grant_role(
    *,
    person: Person,
    role: str,
    now: Instant,
    team: Team | None = None,
    brand: Brand | None = None,
    granted_by: Person | None = None,
    reason: str = "",
) -> Grant:
    """
    Give a role to one of the vendor's people from now on; ``granted_by`` is ``None`` only for the operator's command
    line.

    Raises :class:`PartyError` ``party.unknown_role``.
    """
    found = Role.objects.filter(name=role).first()
    if found is None:
        raise PartyError("party.unknown_role", given=role, known=sorted(Role.objects.values_list("name", flat=True)))
    return Grant.objects.create(
        person=person, role=found, team=team, brand=brand, since=now, granted_by=granted_by, reason=reason
    )


@transaction.atomic
def end_grant(*, grant: Grant, now: Instant) -> None:
    """
    Take a role away, at once.
    """
    Grant.objects.filter(pk=grant.pk, until__isnull=True).update(until=now)


@transaction.atomic
def add_member(*, person: Person, customer: Customer, part: str, now: Instant) -> Membership:
    """
    Make a person a member of a customer from now on; a membership there with another part ends.
    """
    current = Membership.objects.filter(person=person, customer=customer, until__isnull=True)
    kept = current.filter(part=part).first()
    current.exclude(part=part).update(until=now)
    return kept or Membership.objects.create(person=person, customer=customer, part=part, since=now)


@transaction.atomic
def end_membership(*, membership: Membership, now: Instant) -> None:
    """
    End a membership, at once.
    """
    Membership.objects.filter(pk=membership.pk, until__isnull=True).update(until=now)


MOST_ADDRESSES: Final = 5
"""Further addresses that one person can have."""


@transaction.atomic
def add_address(*, person: Person, email: str) -> Address | None:
    """
    Note a further address of a person; it counts for nothing until it is verified. Nothing is returned, and nothing is
    said, where somebody has the address already: nobody learns that way who has an account.

    Raises :class:`PartyError` ``party.too_many_addresses`` or ``party.own_address``.
    """
    wanted = canonical_email(email)
    if wanted == person.email:
        raise PartyError("party.own_address", given=wanted)
    own = Address.objects.select_for_update().filter(person=person)
    if known := own.filter(email=wanted).first():
        return known
    if own.count() >= MOST_ADDRESSES:
        raise PartyError("party.too_many_addresses", most=MOST_ADDRESSES)
    taken = Person.objects.filter(email=wanted).exists() or Address.objects.filter(email=wanted).exists()
    return None if taken else Address.objects.create(person=person, email=wanted)


@transaction.atomic
def verify_address(*, person: Person, address_id: int, email: str, now: Instant) -> Address:
    """
    Take a further address as proved: the link that was sent to it was opened by its person.

    Raises :class:`PartyError` ``party.address_link_invalid``.
    """
    found = Address.objects.select_for_update().filter(pk=address_id, person=person, email=email).first()
    if found is None or Person.objects.filter(email=email).exists():
        raise PartyError("party.address_link_invalid")
    if found.verified_at is None:
        found.verified_at = now
        found.save(update_fields=["verified_at"])
    return found


@transaction.atomic
def remove_address(*, person: Person, address_id: int) -> None:
    """
    Take a further address away from its person.
    """
    Address.objects.filter(pk=address_id, person=person).delete()


@transaction.atomic
def make_main_address(*, person: Person, address_id: int) -> str:
    """
    Let a person log in and be written to with another verified address of theirs; the one until now becomes a further
    one. Returns the address until now.

    Raises :class:`PartyError` ``party.address_not_verified``.
    """
    locked = Person.objects.select_for_update().get(pk=person.pk)
    found = Address.objects.filter(pk=address_id, person=locked, verified_at__isnull=False).first()
    if found is None:
        raise PartyError("party.address_not_verified")
    before, locked.email = locked.email, found.email
    Address.objects.filter(pk=found.pk).update(email=before)
    locked.save(update_fields=["email"])
    person.email = locked.email
    return before


@dataclass(frozen=True, slots=True)
class Invited:
    """
    An invitation and its secret, which is shown once and stored nowhere.
    """

    invitation: Invitation
    secret: str


@transaction.atomic
def invite(
    *,
    email: str,
    invited_by: Person,
    now: Instant,
    customer: Customer | None = None,
    part: str = "",
    role: str | None = None,
) -> Invited:
    """
    Invite somebody to a customer (with a part) or to the staff (with a role); it works once, for seven days.

    Raises :class:`PartyError` ``party.not_an_address``, ``party.invitation_to_nothing`` or ``party.unknown_role``.
    """
    _check_address(email)
    if bool(customer) == bool(role):
        raise PartyError("party.invitation_to_nothing")
    found = Role.objects.filter(name=role).first() if role else None
    if role and found is None:
        raise PartyError("party.unknown_role", given=role, known=sorted(ROLES))
    secret = secrets.token_urlsafe(24)
    made = Invitation.objects.create(
        email=canonical_email(email),
        secret_hash=hashed(secret),
        customer=customer,
        part=part or (Membership.Part.REQUESTER if customer else ""),
        role=found,
        invited_by=invited_by,
        expires_at=now + INVITATION_SECONDS,
    )
    return Invited(made, secret)


@transaction.atomic
def accept_invitation(
    *, secret: str, name: str, password: str, zone: str, now: Instant, language: str = "en"
) -> Person:
    """
    Make the invited person (or find them by the invited address) and give what the invitation promised.

    Raises :class:`PartyError` ``party.invitation_invalid``: unknown, used or expired, told alike.
    """
    invitation = _open_invitation(secret, now)
    person = Person.objects.filter(email=invitation.email).first()
    if person is None:
        person = Person.objects.create_user(
            invitation.email, password, name=name, zone=zone, language=language, created_at=now
        )
    if invitation.customer is not None:
        add_member(person=person, customer=invitation.customer, part=invitation.part, now=now)
    if invitation.role is not None:
        grant_role(
            person=person, role=invitation.role.name, now=now, granted_by=invitation.invited_by, reason="invited"
        )
    return person


def _open_invitation(secret: str, now: Instant) -> Invitation:
    if not secret.strip():
        raise PartyError("party.invitation_invalid")
    found = Invitation.objects.select_for_update().filter(secret_hash=hashed(secret)).first()
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise PartyError("party.invitation_invalid")
    found.used_at = now
    found.save(update_fields=["used_at"])
    return found


@dataclass(frozen=True, slots=True)
class MadeKey:
    """
    A key and its whole text, which is shown once.
    """

    key: Key
    text: str


@transaction.atomic
def make_key(
    *, owner: Person, name: str, scopes: Iterable[str], now: Instant, expires_at: Instant | None = None
) -> MadeKey:
    """
    Make a key for the API whose scopes are a part of its owner's rights.

    Raises :class:`PartyError` ``party.scope_unknown`` or ``party.scope_too_wide``.
    """
    wanted = sorted(set(scopes))
    known = {*RIGHTS, *(right for rights in CUSTOMER_RIGHTS.values() for right in rights)}
    if unknown := [scope for scope in wanted if scope not in known]:
        raise PartyError("party.scope_unknown", given=unknown[0], known=sorted(known))
    owned = rights_of(owner, now)
    if too_wide := [scope for scope in wanted if scope not in owned]:
        raise PartyError("party.scope_too_wide", given=too_wide[0])
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(30)
    key = Key.objects.create(
        owner=owner,
        name=name,
        prefix=prefix,
        secret_hash=hashed(secret),
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    return MadeKey(key, f"{KEY_MARK}_{prefix}_{secret}")


def revoke_key(*, key: Key, now: Instant) -> None:
    """
    End a key, at once.
    """
    Key.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now)


KEY_USE_SECONDS: Final = 60
"""How exactly the last use of a key is known."""


def note_key_use(*, key: Key, now: Instant) -> None:
    """
    Remember that a key was used, at most once a minute.
    """
    if key.last_used_at is None or now - key.last_used_at >= KEY_USE_SECONDS:
        Key.objects.filter(pk=key.pk).update(last_used_at=now)


def mail_refused(*, person: Person, because: str, now: Instant) -> None:
    """
    Keep that a mail server just refused a person's address for good, and what it said. One query.
    """
    Person.objects.filter(pk=person.pk).update(
        mail_refused_at=now, mail_refused_for=person.email, mail_refused_because=because[:200]
    )


def mail_taken(*, person: Person) -> None:
    """
    Forget that a person's address was refused. One query, none where it was not.
    """
    if person.mail_refused_at is not None:
        Person.objects.filter(pk=person.pk).update(mail_refused_at=None, mail_refused_for="", mail_refused_because="")
