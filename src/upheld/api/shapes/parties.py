"""
People, customers, keys and notices as they are sent and received.
"""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

from upheld.api.cursors import PageQuery
from upheld.api.shapes.base import At, Body, Moment, Ref
from upheld.apps.channels.models import Notice
from upheld.apps.channels.words import notice_words
from upheld.apps.parties.models import Customer, Key, Person


class CustomerOut(Schema):
    """
    An organisation that has contracts.
    """

    id: str
    name: str
    zone: str
    regions: list[str]
    language: str


class PersonOut(Schema):
    """
    Somebody of a customer.
    """

    id: str
    name: str
    email: str


class People(Schema):
    """
    The people of a customer, by name.
    """

    items: list[PersonOut]


class Member(Schema):
    """
    A part in a customer.
    """

    customer: Ref
    part: str


class Me(Schema):
    """
    Who calls: the person, and what this key or session may do.
    """

    id: str
    name: str
    email: str
    zone: str
    language: str
    is_staff: bool
    rights: list[str] = Field(description="Of the vendor's side, narrowed to the key's scopes.")
    customers: list[Member]
    key: str | None = Field(description="The id of the key that calls; null for a session.")


class KeyOut(Schema):
    """
    A key, without its secret.
    """

    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: At
    expires_at: At | None
    revoked_at: At | None
    last_used_at: At | None = Field(description="Exact to a minute.")


class Keys(Schema):
    """
    One's keys, the newest first.
    """

    items: list[KeyOut]


class NewKey(Body):
    """
    A key to make; its scopes are a part of its owner's rights.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    scopes: list[Annotated[str, StringConstraints(max_length=50)]] = Field(min_length=1, max_length=50)
    expires_at: Moment | None = None


class MadeKeyOut(KeyOut):
    """
    A new key; `text` is shown in this answer only.
    """

    text: str | None


class NoticeQuery(PageQuery):
    """
    Which notices.
    """

    is_unread: bool = Field(default=False, description="Only those that were not read.")


class NoticeOut(Schema):
    """
    Something one was told, as a code with parameters and in words.
    """

    id: str
    code: str
    params: dict[str, Any]
    words: str
    ticket: str | None
    made_at: At
    read_at: At | None


class Marked(Schema):
    """
    How many notices were marked as read.
    """

    marked: int


def customer_out(customer: Customer) -> dict[str, Any]:
    """
    Return a customer.
    """
    names = ("name", "zone", "regions", "language")
    return {"id": customer.public_id, **{name: getattr(customer, name) for name in names}}


def person_out(person: Person) -> dict[str, Any]:
    """
    Return somebody of a customer.
    """
    return {"id": person.public_id, "name": person.name, "email": person.email}


def key_out(key: Key) -> dict[str, Any]:
    """
    Return a key without its secret.
    """
    names = ("name", "prefix", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")
    return {"id": key.public_id, **{name: getattr(key, name) for name in names}}


def notice_out(notice: Notice, person: Person) -> dict[str, Any]:
    """
    Return a notice in the words of its reader.
    """
    return {
        "id": notice.public_id,
        "code": notice.code,
        "params": notice.params,
        "words": notice_words(notice, person.zone, person.language),
        "ticket": notice.ticket.public_id if notice.ticket else None,
        "made_at": notice.made_at,
        "read_at": notice.read_at,
    }
