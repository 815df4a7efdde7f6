"""
The conversation: replies, notes, the customer's messages, calls.

Invariant: nothing that was typed is lost: a refusal changes nothing, and drafts are kept until what they held was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from upheld.apps.contracts.selectors import plan_of
from upheld.apps.parties.models import Person
from upheld.apps.tickets.codec import decode
from upheld.apps.tickets.models import Attachment, Draft, EventRow, Message, Ticket
from upheld.apps.tickets.services.intake import MOST_TEXT, with_answers
from upheld.apps.tickets.services.recording import Fact, TicketError, Told, actor_of, record
from upheld.core import events as ev
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan


def check_text(text: str, *, may_be_empty: bool = False) -> str:
    """
    Return a message's text, or refuse it.

    Raises :class:`TicketError` ``message.empty`` or ``message.too_long``.
    """
    if not text.strip() and not may_be_empty:
        raise TicketError("message.empty")
    if len(text) > MOST_TEXT:
        raise TicketError("message.too_long", most=MOST_TEXT, given=len(text))
    return text


def _happened(ticket: Ticket, at: Instant | None, now: Instant, reason: str) -> Instant:
    """
    Return when something happened: now, or earlier with a reason.
    """
    if at is None or at == now:
        return now
    if at > now:
        raise TicketError("event.in_future", given=at)
    if at < ticket.opened_at:
        raise TicketError("event.before_opening", given=at)
    if not reason.strip():
        raise TicketError("event.backdated_without_reason")
    return at


@transaction.atomic
def reply(
    *,
    ticket: Ticket,
    by: Person,
    text: str,
    now: Instant,
    expected_version: int | None = None,
    then_status: str | None = None,
    channel: str = "portal",
    files: tuple[Mapping[str, Any], ...] = (),
) -> Ticket:
    """
    Send a public reply by an agent, and set the status in the same step where one is given (``waiting_on_customer`` or
    ``resolved``).

    Raises :class:`TicketError` ``message.empty``, ``message.too_long``, ``ticket.changed_meanwhile``,
    ``ticket.unknown_status``.
    """
    check_text(text)
    head: dict[str, Any] = {"seq": 0, "effective_at": now, "actor": actor_of(by, of_customer=False)}
    facts = [Fact(ev.MessageSent(**head, channel=channel), text=text, author=by, files=_marks(files))]
    if then_status is not None:
        facts.append(Fact(_status_event(then_status, head)))
    changed = record(
        ticket=ticket,
        facts=facts,
        now=now,
        told=[Told("ticket.replied", "requester", {"by": by.name})],
        expected_version=expected_version,
    )
    _attach(changed, by, files, is_public=True, now=now)
    forget_draft(person=by, place=f"ticket:{ticket.public_id}")
    return changed


def _status_event(status: str, head: dict[str, Any]) -> ev.Event:
    if status == "resolved":
        return ev.Resolved(**head)
    if status not in set(ev.Status):
        raise TicketError("ticket.unknown_status", given=status, known=[*map(str, ev.Status), "resolved"])
    return ev.StatusChanged(**head, status=status)


@transaction.atomic
def note(
    *,
    ticket: Ticket,
    by: Person,
    text: str,
    now: Instant,
    files: tuple[Mapping[str, Any], ...] = (),
    expected_version: int | None = None,
) -> Ticket:
    """
    Write an internal note, which no customer ever sees and which stops no clock.
    """
    check_text(text)
    event = ev.MessageSent(seq=0, effective_at=now, actor=actor_of(by, of_customer=False), public=False)
    changed = record(
        ticket=ticket,
        facts=[Fact(event, text=text, author=by, files=_marks(files))],
        now=now,
        expected_version=expected_version,
    )
    _attach(changed, by, files, is_public=False, now=now)
    forget_draft(person=by, place=f"ticket:{ticket.public_id}")
    return changed


@transaction.atomic
def customer_message(
    *,
    ticket: Ticket,
    by: Person,
    text: str,
    now: Instant,
    channel: str = "portal",
    files: tuple[Mapping[str, Any], ...] = (),
    expected_version: int | None = None,
    fields: Mapping[str, str] | None = None,
    received_at: Instant | None = None,
) -> Ticket:
    """
    Take a customer's message; on a resolved ticket it reopens it.

    ``fields`` answer what the plan's intake still asks for; once all of it is there, that is recorded. ``received_at``
    is when the message arrived, where it is recorded later.
    """
    check_text(text, may_be_empty=bool(files) or any(answer.strip() for answer in (fields or {}).values()))
    at = now if received_at is None else min(received_at, now)
    head: dict[str, Any] = {"seq": 0, "effective_at": at, "actor": actor_of(by, of_customer=True)}
    plan = plan_of(ticket.plan_version_id) if ticket.plan_version_id else None
    facts = []
    if ticket.status in ("resolved", "closed"):
        facts.append(Fact(ev.Reopened(**head, reason="the customer wrote")))
    words = with_answers(text, fields or {}, plan)
    facts.append(Fact(ev.MessageReceived(**head, channel=channel), text=words, author=by, files=_marks(files)))
    facts += _answered(ticket, plan, fields or {}, files, head)
    changed = record(
        ticket=ticket,
        facts=facts,
        now=now,
        told=[Told("ticket.customer_wrote", "assignee", {"by": str(by)})],
        expected_version=expected_version,
    )
    _attach(changed, by, files, is_public=True, now=now)
    forget_draft(person=by, place=f"ticket:{ticket.public_id}")
    return changed


def _answered(
    ticket: Ticket,
    plan: Plan | None,
    fields: Mapping[str, str],
    files: tuple[Mapping[str, Any], ...],
    head: dict[str, Any],
) -> list[Fact]:
    """
    Return what answers make of the intake: complete, or what is still missing; nothing where they answer none of it.
    One query where there is an answer.
    """
    given = {name for name, answer in fields.items() if answer.strip()}
    given |= {each.field for each in plan.intake.fields if each.kind == "file" and files} if plan else set()
    missing = missing_items(ticket) if given else ()
    rest = tuple(name for name in missing if name not in given)
    if len(rest) == len(missing):
        return []
    at = head["effective_at"]
    return [Fact(ev.IntakeRequested(seq=0, effective_at=at, items=rest) if rest else ev.IntakeCompleted(**head))]


def missing_items(ticket: Ticket) -> tuple[str, ...]:
    """
    Return the names of the intake fields that a ticket was asked for and that are not there yet. One query.
    """
    told = EventRow.objects.filter(ticket=ticket, kind__in=[ev.IntakeRequested.kind, ev.IntakeCompleted.kind])
    last = told.order_by("-effective_at", "-seq").values_list("record", flat=True).first()
    event = decode(last) if last is not None else None
    return event.items if isinstance(event, ev.IntakeRequested) else ()


@transaction.atomic
def customer_resolves(*, ticket: Ticket, by: Person, now: Instant, expected_version: int | None = None) -> Ticket:
    """
    Take it from the customer that it works again.

    Raises :class:`TicketError` ``ticket.same_status`` where it is resolved or closed already.
    """
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if locked.resolved_at is not None or not locked.is_open:
        raise TicketError("ticket.same_status", given="resolved")
    event = ev.Resolved(seq=0, effective_at=now, actor=actor_of(by, of_customer=True))
    told = [Told("ticket.customer_resolved", "assignee", {"by": str(by)})]
    return record(ticket=locked, facts=[Fact(event)], now=now, told=told, expected_version=expected_version)


@transaction.atomic
def customer_confirms(*, ticket: Ticket, by: Person, now: Instant) -> Ticket:
    """
    Take it from the customer that what support did has solved it: the resolved ticket is closed.

    Raises :class:`TicketError` ``ticket.same_status`` where it is closed already, ``ticket.not_resolved`` where it is
    not resolved.
    """
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if locked.closed_at is not None:
        raise TicketError("ticket.same_status", given="closed")
    if locked.resolved_at is None:
        raise TicketError("ticket.not_resolved")
    event = ev.Closed(seq=0, effective_at=now, actor=actor_of(by, of_customer=True))
    told = [Told("ticket.customer_confirmed", "assignee", {"by": str(by)})]
    return record(ticket=locked, facts=[Fact(event)], now=now, told=told)


@transaction.atomic
def log_call(
    *,
    ticket: Ticket,
    by: Person,
    inbound: bool,
    now: Instant,
    at: Instant | None = None,
    seconds: int | None = None,
    text: str = "",
    reason: str = "",
    expected_version: int | None = None,
) -> Ticket:
    """
    Log a telephone call, dated by when it was made; an earlier one needs a reason.

    Raises :class:`TicketError` ``event.in_future``, ``event.before_opening``, ``event.backdated_without_reason``.
    """
    made_at = _happened(ticket, at, now, reason)
    actor = actor_of(by, of_customer=False)
    call = ev.CallLogged(
        seq=0, effective_at=made_at, actor=actor, reason=reason or None, inbound=inbound, seconds=seconds
    )
    return record(
        ticket=ticket, facts=[Fact(call, text=text or None, author=by)], now=now, expected_version=expected_version
    )


def _marks(files: tuple[Mapping[str, Any], ...]) -> tuple[str, ...]:
    return tuple(str(each["mark"]) for each in files)


def _attach(ticket: Ticket, by: Person, files: tuple[Mapping[str, Any], ...], *, is_public: bool, now: Instant) -> None:
    if not files:
        return
    message = Message.objects.filter(ticket=ticket).order_by("-seq").first()
    for each in files:
        Attachment.objects.create(
            customer_id=ticket.customer_id,
            ticket=ticket,
            message=message,
            uploader=by,
            name=each["name"],
            storage_key=each["storage_key"],
            size=each["size"],
            digest=each["digest"],
            salt=each["salt"],
            mark=each["mark"],
            content_type=each["content_type"],
            is_public=is_public,
            uploaded_at=now,
        )


def save_draft(*, person: Person, place: str, fields: Mapping[str, str], now: Instant) -> None:
    """
    Keep what somebody has typed so far.
    """
    kept = {str(name)[:100]: str(value)[:MOST_TEXT] for name, value in fields.items()}
    Draft.objects.update_or_create(person=person, place=place[:100], defaults={"fields": kept, "saved_at": now})


def forget_draft(*, person: Person, place: str) -> None:
    """
    Drop a draft whose words were sent.
    """
    Draft.objects.filter(person=person, place=place).delete()
