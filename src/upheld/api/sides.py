"""
From which side somebody handles a ticket, and what they may do there.

Invariant: what is not visible is missing; what is visible and not permitted is refused without a hint of more.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from upheld.api.callers import Caller
from upheld.api.problems import ApiError, missing
from upheld.api.shapes.base import PUBLIC_ID
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import Ticket

_ID: Final = re.compile(PUBLIC_ID)
READ: Final = ("tickets.read", "tickets.read_assigned", "own.read")
"""Whoever holds one of these may ask for tickets; selectors decide which."""


def checked_id(public_id: str) -> str:
    """
    Return an id of a path, or answer 404 to what cannot be one.
    """
    if not _ID.fullmatch(public_id):
        raise missing()
    return public_id


def find_ticket(caller: Caller, public_id: str) -> Ticket:
    """
    Return a ticket that the caller may see, or answer 404. One query.
    """
    found = selectors.find(caller.access, checked_id(public_id))
    if found is None:
        raise missing()
    return found


def staff_ticket(caller: Caller, public_id: str, right: str) -> Ticket:
    """
    Return a ticket that the caller handles for the vendor with a right, or answer 404 or 403. One query.
    """
    ticket = find_ticket(caller, public_id)
    check_staff(caller, ticket, right)
    return ticket


def check_staff(caller: Caller, ticket: Ticket, right: str) -> None:
    """
    Refuse whoever does not handle a ticket for the vendor with a right.

    Raises :class:`ApiError` 403 ``auth.right_missing``.
    """
    if not (caller.access.may(right) and selectors.is_staff_side(caller.access, ticket)):
        raise forbidden(right)


def check_customer(caller: Caller, ticket: Ticket) -> None:
    """
    Refuse whoever may not write on a ticket as its customer: requesters on their own, managers on all.

    Raises :class:`ApiError` 403 ``auth.right_missing``.
    """
    right = "own.reply" if ticket.requester_id == caller.person.pk else "customer.reply"
    if not caller.access.may_in(ticket.customer_id, right):
        raise forbidden(right)


def forbidden(*rights: str) -> ApiError:
    """
    Return the answer 403.
    """
    return ApiError("auth.right_missing", HTTPStatus.FORBIDDEN, rights=list(rights))
