"""
Tickets that belong together: one goes into another, a part of one becomes another, one is linked to another.

Invariant: no promise is lost: of two tickets that become one, the one whose promise ends first goes on; events stay
where they were recorded; and both tickets of a pair belong to one customer.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import Message, Submission, Ticket
from upheld.apps.tickets.services import intake
from upheld.apps.tickets.services.recording import Fact, TicketError, Told, actor_of, events_of, record
from upheld.apps.tickets.services.spool import spool
from upheld.core import events as ev
from upheld.core.instants import Instant

LINKED_MOST: Final = 50
"""Tickets that one ticket can be linked to."""


def _head(by: Person, now: Instant, reason: str = "") -> dict[str, Any]:
    actor = actor_of(by, of_customer=False)
    return {"seq": 0, "effective_at": now, "actor": actor, "reason": reason.strip() or None}


def check_pair(ticket: Ticket, other: Ticket) -> None:
    """
    Refuse two tickets that cannot belong together.

    Raises :class:`TicketError` ``ticket.same_ticket`` or ``ticket.foreign_ticket``.
    """
    if ticket.pk == other.pk:
        raise TicketError("ticket.same_ticket", number=ticket.number)
    if ticket.customer_id != other.customer_id:
        raise TicketError("ticket.foreign_ticket", number=other.number)


def check_merge(ticket: Ticket, into: Ticket) -> None:
    """
    Refuse a merge that would lose something.

    Raises :class:`TicketError` as :func:`check_pair` does, ``ticket.merged`` where either went into another one,
    ``ticket.not_open`` where the other is closed, ``ticket.other_contract``, and ``ticket.merge_other_way`` where the
    promise that ends first is this one's.
    """
    check_pair(ticket, into)
    for each in (ticket, into):
        if each.status == "merged":
            raise TicketError("ticket.merged", number=each.number)
    if not into.is_open:
        raise TicketError("ticket.not_open", number=into.number)
    if ticket.contract_id != into.contract_id:
        raise TicketError("ticket.other_contract", number=into.number)
    mine, theirs = ticket.next_due_at, into.next_due_at
    if mine is not None and (theirs is None or mine < theirs):
        raise TicketError("ticket.merge_other_way", number=ticket.number, into=into.number)


@transaction.atomic
def merge(
    *, ticket: Ticket, into: Ticket, by: Person, reason: str, now: Instant, expected_version: int | None = None
) -> Ticket:
    """
    Let a ticket go into another one of the customer's: its clocks end as merged and count nowhere, its conversation
    stays to be read, and work goes on in the other, which says so. Returns the ticket that ended.

    Raises :class:`TicketError` as :func:`check_merge` does, and ``ticket.reason_missing``.
    """
    if not reason.strip():
        raise TicketError("ticket.reason_missing")
    source, target = _locked(ticket, into)
    check_merge(source, target)
    head = _head(by, now, reason)
    told = [Told("ticket.merged", "requester", {"number": target.number})]
    done = record(
        ticket=source,
        facts=[Fact(ev.Merged(**head, into=target.public_id))],
        now=now,
        told=told,
        expected_version=expected_version,
    )
    record(ticket=target, facts=[Fact(ev.Linked(**head, to=source.public_id))], now=now)
    return done


@transaction.atomic
def link(
    *, ticket: Ticket, to: Ticket, by: Person, now: Instant, reason: str = "", expected_version: int | None = None
) -> Ticket:
    """
    Say that another ticket of the customer's belongs to this one; both show it.

    Raises :class:`TicketError` as :func:`check_pair` does, ``ticket.linked_already`` or ``ticket.too_many_links``.
    """
    one, other = _locked(ticket, to)
    check_pair(one, other)
    linked = [each.to for each in ev.in_order(events_of(one)) if isinstance(each, ev.Linked)]
    if other.public_id in linked:
        raise TicketError("ticket.linked_already", number=other.number)
    if len(linked) >= LINKED_MOST:
        raise TicketError("ticket.too_many_links", most=LINKED_MOST)
    head = _head(by, now, reason)
    done = record(
        ticket=one,
        facts=[Fact(ev.Linked(**head, to=other.public_id))],
        now=now,
        expected_version=expected_version,
    )
    if other.status != "merged":
        record(ticket=other, facts=[Fact(ev.Linked(**head, to=one.public_id))], now=now)
    return done


def _locked(one: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """
    Lock two tickets in the order of their keys, so that two who do the same from both sides wait and do not block.
    """
    rows = Ticket.objects.select_for_update().filter(pk__in=[one.pk, other.pk]).order_by("pk")
    found = {each.pk: each for each in rows}
    return found[one.pk], found[other.pk]


@transaction.atomic
def split(
    *,
    ticket: Ticket,
    message: Message,
    subject: str,
    by: Person,
    reason: str,
    now: Instant,
    urgency: str | None = None,
    expected_version: int | None = None,
) -> Ticket:
    """
    Make a ticket of its own from a message of the customer's, and return it. It comes under the same contract and
    counts from when the customer wrote, for nobody must wait longer because two matters stood in one letter; the
    message stays where it is, too.

    Raises :class:`TicketError` ``ticket.not_a_customer_message``, ``ticket.split_already``, ``ticket.merged``,
    ``ticket.reason_missing``, and what the intake refuses.
    """
    if not reason.strip():
        raise TicketError("ticket.reason_missing")
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    is_theirs = message.ticket_id == locked.pk and message.by_customer and message.is_public
    if not is_theirs or message.author is None or message.payload.erased_at is not None:
        raise TicketError("ticket.not_a_customer_message")
    if locked.status == "merged":
        raise TicketError("ticket.merged", number=locked.number)
    if Submission.objects.filter(key=_key(message)).exists():
        raise TicketError("ticket.split_already")
    content = _content(locked, message) | {"subject": subject, "by": by.public_id, "reason": reason.strip()}
    if urgency:
        content["urgency"] = urgency
    kept = spool(
        key=_key(message),
        channel=message.channel or locked.channel,
        person=message.author,
        customer=locked.customer,
        content=content,
        now=message.sent_at,
    )
    made = intake.submit(submission=kept, now=now)
    head = _head(by, now, reason)
    record(
        ticket=locked,
        facts=[Fact(ev.Split(**head, into=made.public_id))],
        now=now,
        expected_version=expected_version,
    )
    return record(ticket=made, facts=[Fact(ev.Linked(**head, to=locked.public_id))], now=now)


def _key(message: Message) -> str:
    return f"split:{message.public_id}"


def _content(ticket: Ticket, message: Message) -> dict[str, Any]:
    """
    Return what the new ticket has from the old one and from the message that it is made of.
    """
    return {
        "text": message.payload.text,
        "urgency": ticket.urgency or None,
        "request_type": ticket.request_type or None,
        "environment": ticket.environment or None,
        "instance": ticket.instance.public_id if ticket.instance else None,
        "contract": ticket.contract.public_id if ticket.contract else None,
        "by_staff": True,
        "opened_at": message.sent_at,
    }
