"""
Recording: the one place that appends events and writes what follows from them.

Invariant: events, texts, read model, clocks, timers and the outbox rows of one change are committed together or not
at all, and the chain of a ticket has no gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from upheld.apps.contracts.selectors import rules_of
from upheld.apps.parties.models import Person
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import ClockRow, EventRow, Message, Payload, Ticket, Timer
from upheld.apps.tickets.readmodel import ReadModel, read_model
from upheld.apps.work.faults import fault
from upheld.apps.work.services import Due, enqueue_all
from upheld.core import events as ev
from upheld.core.clocks.rules import Rules
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant


class TicketError(UpheldError):
    """
    A change of a ticket that is refused; nothing has changed.
    """


@dataclass(frozen=True, slots=True)
class Fact:
    """
    Something to record: an event (its ``seq`` is given when it is recorded), and the text that belongs to it.
    """

    event: ev.Event
    text: str | None = None
    author: Person | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """
    Somebody to be told about what was recorded: ``audience`` is ``requester``, ``assignee`` or ``team``.
    """

    code: str
    audience: str
    params: dict[str, Any] = field(default_factory=dict)


def actor_of(person: Person | None, *, of_customer: bool) -> ev.Actor:
    """
    Return a person as the actor of events.
    """
    if person is None:
        return ev.Actor(ev.Side.SYSTEM, "", automatic=True)
    side = ev.Side.CUSTOMER if of_customer else ev.Side.VENDOR
    return ev.Actor(side, person.public_id, automatic=person.is_automatic)


@transaction.atomic
def record(
    *,
    ticket: Ticket,
    facts: Sequence[Fact],
    now: Instant,
    told: Sequence[Told] = (),
    expected_version: int | None = None,
    is_fresh: bool = False,
) -> Ticket:
    """
    Append facts to a ticket's chain and write everything that follows; return the ticket as it is then.

    ``is_fresh`` says that the ticket's row was made in this transaction, so that there is nothing to lock or to read.

    Raises :class:`TicketError` ``ticket.changed_meanwhile`` where ``expected_version`` is not the ticket's any more,
    and ``ticket.merged`` for a ticket that went into another one.
    """
    locked = ticket if is_fresh else Ticket.objects.select_for_update().get(pk=ticket.pk)
    if expected_version is not None and locked.version != expected_version:
        raise TicketError("ticket.changed_meanwhile", expected=expected_version, found=locked.version)
    if locked.status == "merged":
        raise TicketError("ticket.merged", number=locked.number)
    events = [] if is_fresh else events_of(locked)
    if events:
        facts, now = _not_before(events[-1], facts, now)
    added = _append(locked, facts, first_seq=len(events) + 1, now=now)
    fault("events.appended")
    rebuild(locked, [*events, *added], now, is_fresh=is_fresh)
    fault("events.recomputed")
    if not locked.is_imported:
        _tell(locked, told, added[-1].seq, now)
    return locked


def _not_before(last: ev.Event, facts: Sequence[Fact], now: Instant) -> tuple[Sequence[Fact], Instant]:
    """
    Return facts and instant so that nothing is recorded before what was recorded already: where the machine's clock was
    set back, what happens now counts as of the last event, and no clock runs backwards.
    """
    floor = last.recorded_at if last.recorded_at is not None else now
    if floor <= now:
        return facts, now
    moved = [
        replace(each, event=replace(each.event, effective_at=floor)) if each.event.effective_at == now else each
        for each in facts
    ]
    return moved, floor


def events_of(ticket: Ticket) -> list[ev.Event]:
    """
    Return all events of a ticket in the order of recording. One query.
    """
    rows = EventRow.objects.filter(ticket=ticket).order_by("seq").values_list("record", flat=True)
    return [codec.decode(each) for each in rows]


def _append(ticket: Ticket, facts: Sequence[Fact], *, first_seq: int, now: Instant) -> list[ev.Event]:
    """
    Write the event rows with their texts and messages, and move the head of the chain.
    """
    added: list[ev.Event] = []
    rows: list[EventRow] = []
    head = ticket.head_hash
    for seq, fact in enumerate(facts, first_seq):
        event = replace(fact.event, seq=seq, recorded_at=now)
        payload = None
        digests = fact.files
        if fact.text is not None:
            payload = _payload(ticket, seq, fact.text)
            digests = (payload.digest, *digests)
        if digests:
            event = replace(event, payloads=digests)
        record_bytes = codec.encode(event)
        head = codec.link(head, record_bytes)
        rows.append(_row(ticket, event, record_bytes, head, now))
        added.append(event)
        if payload is not None and isinstance(event, ev.Opened | ev.MessageReceived | ev.MessageSent):
            message_of(ticket, event, payload, fact.author).save(force_insert=True)
    EventRow.objects.bulk_create(rows)
    ticket.head_hash = head
    return added


def _row(ticket: Ticket, event: ev.Event, record_bytes: bytes, head: str, now: Instant) -> EventRow:
    return EventRow(
        customer_id=ticket.customer_id,
        ticket=ticket,
        seq=event.seq,
        kind=event.kind,
        effective_at=event.effective_at,
        recorded_at=now,
        record=record_bytes,
        hash=head,
    )


def _payload(ticket: Ticket, seq: int, text: str) -> Payload:
    salt = codec.new_salt()
    return Payload.objects.create(
        customer_id=ticket.customer_id,
        ticket=ticket,
        seq=seq,
        salt=salt,
        digest=codec.salted_digest(salt, text.encode()),
        text=text,
    )


def message_of(
    ticket: Ticket, event: ev.Opened | ev.MessageReceived | ev.MessageSent, payload: Payload, author: Person | None
) -> Message:
    """
    Return the message that an event with a text makes in the conversation, not yet saved.
    """
    return Message(
        customer_id=ticket.customer_id,
        ticket=ticket,
        seq=event.seq,
        author=author,
        by_customer=isinstance(event, ev.Opened | ev.MessageReceived),
        is_public=isinstance(event, ev.Opened) or event.public,
        is_automatic=not isinstance(event, ev.Opened) and event.automatic,
        channel=event.channel or "",
        payload=payload,
        sent_at=event.effective_at,
    )


def rules_for(ticket: Ticket) -> Rules | None:
    """
    Return the rules that hold for a ticket, or nothing where it comes under no contract (yet).
    """
    if ticket.contract is None or not ticket.is_entitled:
        return None
    return rules_of(ticket.contract, ticket.plan_version_id)


def rebuild(ticket: Ticket, events: Sequence[ev.Event], now: Instant, *, is_fresh: bool = False) -> ReadModel:
    """
    Write ticket, clocks and timers as they follow from ``events``; the ticket's row must be locked.
    """
    stored = [] if is_fresh else list(ClockRow.objects.filter(ticket=ticket))
    # A worker whose clock is ahead has told a breach already: it stays one, also by a clock that is behind.
    told = [row.breached_at + 1 for row in stored if row.breached_at is not None]
    model = read_model(events, rules_for(ticket), max(now, *told) if told else now)
    _write_ticket(ticket, model, now)
    _write_clocks(ticket, model, stored)
    _write_timers(ticket, model, is_fresh=is_fresh)
    return model


def _write_ticket(ticket: Ticket, model: ReadModel, now: Instant) -> None:
    fields = dict(model.ticket)
    ref = fields.pop("assignee_ref")
    if ref is None:
        ticket.assignee = None
    elif ticket.assignee is None or ticket.assignee.public_id != ref:
        ticket.assignee = Person.objects.filter(public_id=ref).first()
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.version += 1
    ticket.generation += 1
    ticket.changed_at = max(now, ticket.changed_at)
    ticket.save()


def _write_clocks(ticket: Ticket, model: ReadModel, stored: Sequence[ClockRow]) -> None:
    known = {(row.metric, row.cycle): row for row in stored}
    fresh: list[ClockRow] = []
    for fields in model.clocks:
        row = known.pop((fields["metric"], fields["cycle"]), None)
        if row is None:
            fresh.append(ClockRow(customer_id=ticket.customer_id, ticket=ticket, **fields))
        elif changed := {name: value for name, value in fields.items() if getattr(row, name) != value}:
            # One or two clocks change with an event; updating them in one statement took ten times as long.
            ClockRow.objects.filter(pk=row.pk).update(**changed)
    ClockRow.objects.bulk_create(fresh)
    if known:
        ClockRow.objects.filter(pk__in=[row.pk for row in known.values()]).delete()


def _write_timers(ticket: Ticket, model: ReadModel, *, is_fresh: bool) -> None:
    """
    Replace the waiting timers by those that follow now; one that took effect is never made again.
    """
    if not is_fresh:
        Timer.objects.filter(ticket=ticket, state=Timer.State.WAITING).delete()
    if ticket.is_imported:
        return
    made = [
        Timer(customer_id=ticket.customer_id, ticket=ticket, generation=ticket.generation, **fields)
        for fields in model.timers
    ]
    Timer.objects.bulk_create(made, ignore_conflicts=True)


def _tell(ticket: Ticket, told: Sequence[Told], seq: int, now: Instant) -> None:
    enqueue_all(
        [
            Due(
                key=(key := f"tell:{ticket.public_id}:{seq}:{index}"),
                handler="channels.tell",
                arguments={
                    "key": key,
                    "ticket": ticket.pk,
                    "code": each.code,
                    "audience": each.audience,
                    "at": now,
                    "params": each.params,
                },
            )
            for index, each in enumerate(told)
        ],
        now=now,
    )
