"""
Erasing: a text or a file goes for good, and the chain says who did it and why.

Invariant: the event stays with its salted digest, the words do not, nor the salt by which they could be guessed; while
a ticket is under legal hold nothing of it is erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import Attachment, EventRow, Payload, Submission, Ticket
from upheld.apps.tickets.services.files import place_of
from upheld.apps.tickets.services.recording import Fact, TicketError, actor_of, events_of, record
from upheld.apps.work.handlers import handler
from upheld.apps.work.services import enqueue
from upheld.core import events as ev
from upheld.core.instants import Instant

ERASED: Final = "…"
"""What stands in place of an erased subject or file name."""


@transaction.atomic
def erase_text(*, ticket: Ticket, seq: int, by: Person, reason: str, now: Instant) -> Ticket:
    """
    Erase the text of an event; with the opening's go the subject and the submission as it was sent.

    Raises :class:`TicketError` ``ticket.reason_missing``, ``ticket.legal_hold`` or ``ticket.nothing_to_erase``.
    """
    locked = _erasable(ticket, reason)
    payloads = Payload.objects.filter(ticket=locked, seq=seq, erased_at__isnull=True)
    if not payloads.update(text="", salt="", erased_at=now):
        raise TicketError("ticket.nothing_to_erase", number=locked.number, seq=seq)
    if EventRow.objects.filter(ticket=locked, seq=seq, kind=ev.Opened.kind).exists():
        Ticket.objects.filter(pk=locked.pk).update(subject=ERASED)
        facts = {"ticket": locked.pk, "number": locked.number}
        enqueue(key=f"exports:{locked.pk}:{seq}", handler="exports.forget_ticket", arguments=facts, now=now)
        _forget(Submission.objects.filter(ticket=locked, kind=Submission.Kind.TICKET), now)
    _forget(Submission.objects.filter(ticket=locked, kind=Submission.Kind.MESSAGE, seq=seq), now)
    return _recorded(locked, seq, by, reason, now)


def _forget(submissions: QuerySet[Submission], now: Instant) -> None:
    """
    Erase what was sent, as it was sent.
    """
    submissions.update(raw=b"", digest="", problem={}, erased_at=now)


@transaction.atomic
def erase_file(*, attachment: Attachment, by: Person, reason: str, now: Instant) -> Ticket:
    """
    Erase a file with its name, salt and digest, and what was sent with it as it was sent; its bytes go as due work
    right after the commit.

    Raises :class:`TicketError` ``ticket.reason_missing``, ``ticket.legal_hold`` or ``ticket.nothing_to_erase``.
    """
    locked = _erasable(attachment.ticket, reason)
    seq = next((event.seq for event in events_of(locked) if attachment.mark in event.payloads), 0)
    rows = Attachment.objects.filter(pk=attachment.pk, erased_at__isnull=True)
    if not seq or not rows.update(name=ERASED, salt="", digest="", erased_at=now):
        raise TicketError("ticket.nothing_to_erase", number=locked.number, seq=seq)
    kind = Submission.Kind.TICKET if seq == 1 else Submission.Kind.MESSAGE
    sent = Submission.objects.filter(ticket=locked, kind=kind)
    _forget(sent if seq == 1 else sent.filter(seq=seq), now)
    changed = _recorded(locked, seq, by, reason, now)
    arguments = {"storage_key": attachment.storage_key}
    enqueue(key=f"erase:{attachment.pk}", handler="tickets.delete_file", arguments=arguments, now=now)
    return changed


def _erasable(ticket: Ticket, reason: str) -> Ticket:
    """
    Return the ticket, locked, if something of it may be erased.
    """
    if not reason.strip():
        raise TicketError("ticket.reason_missing")
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if locked.legal_hold:
        raise TicketError("ticket.legal_hold", number=locked.number, reason=locked.legal_hold)
    return locked


def _recorded(ticket: Ticket, seq: int, by: Person, reason: str, now: Instant) -> Ticket:
    actor = actor_of(by, of_customer=False)
    event = ev.PayloadErased(seq=0, effective_at=now, actor=actor, reason=reason.strip(), erased_seq=seq)
    return record(ticket=ticket, facts=[Fact(event)], now=now)


@handler("tickets.delete_file", is_outside=True)
def delete_file(arguments: Mapping[str, Any], _now: Instant) -> None:
    """
    Delete the bytes of an erased file; again does nothing.
    """
    place_of(arguments["storage_key"]).unlink(missing_ok=True)


@transaction.atomic
def hold(*, ticket: Ticket, reason: str) -> None:
    """
    Put a ticket under legal hold: nothing of it is erased until :func:`lift_hold`.

    Raises :class:`TicketError` ``ticket.reason_missing``.
    """
    if not reason.strip():
        raise TicketError("ticket.reason_missing")
    Ticket.objects.filter(pk=ticket.pk).update(legal_hold=reason.strip()[:500])


@transaction.atomic
def lift_hold(*, ticket: Ticket) -> None:
    """
    Lift a ticket's legal hold.
    """
    Ticket.objects.filter(pk=ticket.pk).update(legal_hold="")
