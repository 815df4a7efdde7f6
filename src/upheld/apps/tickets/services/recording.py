"""
Recording: the one place that appends events and writes what follows from them.

Invariant: events, texts, read model, clocks, timers and the outbox rows of one change are committed together or not
at all, and the chain of a ticket has no gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from upheld.apps.parties.models import Person, Team
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import ClockRow, EventRow, Message, Payload, Submission, Ticket, Timer
from upheld.apps.tickets.readmodel import ReadModel, read_model
from upheld.apps.tickets.rulings import rules_for
from upheld.apps.work.faults import fault
from upheld.apps.work.services import Due, enqueue_all, outbox_rows
from upheld.apps.work.statements import Statement, change, insert, insert_together
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
) -> Ticket:
    """
    Append facts to a ticket's chain and write everything that follows; return the ticket as it is then.

    Raises :class:`TicketError` ``ticket.changed_meanwhile`` where ``expected_version`` is not the ticket's any more,
    and ``ticket.merged`` for a ticket that went into another one.
    """
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if expected_version is not None and locked.version != expected_version:
        raise TicketError("ticket.changed_meanwhile", expected=expected_version, found=locked.version)
    if locked.status == "merged":
        raise TicketError("ticket.merged", number=locked.number)
    events = events_of(locked)
    if events:
        facts, now = _not_before(events[-1], facts, now)
    added = _chained(locked, facts, first_seq=len(events) + 1, now=now)
    _append(added)
    fault("events.appended")
    rebuild(locked, [*events, *added.events], now)
    fault("events.recomputed")
    if not locked.is_imported:
        enqueue_all(_dues(locked, told, added.events[-1].seq, now), now=now)
    return locked


def record_opening(
    *,
    ticket: Ticket,
    facts: Sequence[Fact],
    rules: Rules | None,
    now: Instant,
    told: Sequence[Told],
    submission: Submission,
) -> None:
    """
    Write a ticket that has no row yet, with its first facts and everything that follows from them: nothing of it need
    be locked, read or written a second time. Its submission becomes the ticket's. Three queries on PostgreSQL, up to
    nine elsewhere.

    MUST be called inside the transaction of the cause.
    """
    added = _chained(ticket, facts, first_seq=1, now=now)
    model = read_model(added.events, rules, now)
    _set_fields(ticket, model, now)
    insert([ticket])
    fault("intake.ticket_written")
    rows: tuple[EventRow | Payload | Message, ...] = (*added.rows, *added.payloads, *added.messages)
    for row in rows:
        row.ticket = ticket
    _write_payloads(added)
    insert_together(
        [added.messages, added.rows, _clocks(ticket, model.clocks)],
        unless_there=[_timers(ticket, model), outbox_rows(_dues(ticket, told, added.events[-1].seq, now), now=now)],
        also=[_ticketed(submission, ticket)],
    )
    fault("events.appended")
    fault("events.recomputed")


def _ticketed(submission: Submission, ticket: Ticket) -> Statement:
    submission.ticket, submission.state = ticket, Submission.State.TICKETED
    return change(submission, ("ticket", "state"))


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


@dataclass(slots=True)
class _Added:
    """
    What is appended to a chain: the events, and their rows with those of their texts, none of them written yet.
    """

    events: list[ev.Event] = field(default_factory=list)
    rows: list[EventRow] = field(default_factory=list)
    payloads: list[Payload] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def _chained(ticket: Ticket, facts: Sequence[Fact], *, first_seq: int, now: Instant) -> _Added:
    """
    Return facts as events with their rows, and move the head of the ticket's chain.
    """
    added = _Added()
    for seq, fact in enumerate(facts, first_seq):
        event = replace(fact.event, seq=seq, recorded_at=now)
        payload = _payload(ticket, seq, fact.text) if fact.text is not None else None
        digests = fact.files if payload is None else (payload.digest, *fact.files)
        if digests:
            event = replace(event, payloads=digests)
        record_bytes = codec.encode(event)
        ticket.head_hash = codec.link(ticket.head_hash, record_bytes)
        added.rows.append(_row(ticket, event, record_bytes, ticket.head_hash, now))
        added.events.append(event)
        if payload is not None:
            added.payloads.append(payload)
            if isinstance(event, ev.Opened | ev.MessageReceived | ev.MessageSent):
                added.messages.append(message_of(ticket, event, payload, fact.author))
    return added


def _append(added: _Added) -> None:
    """
    Write the rows of events, texts and messages, up to three queries.
    """
    _write_payloads(added)
    insert(added.messages)
    insert(added.rows)


def _write_payloads(added: _Added) -> None:
    insert(added.payloads)
    for message in added.messages:
        message.payload = message.payload  # its primary key is known by now


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
    return Payload(
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


def rebuild(ticket: Ticket, events: Sequence[ev.Event], now: Instant) -> ReadModel:
    """
    Write ticket, clocks and timers as they follow from ``events``; the ticket's row must be locked.
    """
    stored = list(ClockRow.objects.filter(ticket=ticket))
    # A worker whose clock is ahead has told a breach already: it stays one, also by a clock that is behind.
    told = [row.breached_at + 1 for row in stored if row.breached_at is not None]
    model = read_model(events, rules_for(ticket, events), max(now, *told) if told else now)
    _set_fields(ticket, model, now)
    ticket.save()
    _write_clocks(ticket, model, stored)
    # One that took effect is never made again.
    Timer.objects.filter(ticket=ticket, state=Timer.State.WAITING).delete()
    insert(_timers(ticket, model), unless_there=True)
    return model


def _set_fields(ticket: Ticket, model: ReadModel, now: Instant) -> None:
    """
    Set the fields of a ticket that follow from its events. A query where somebody else or another team is
    assigned.
    """
    fields = dict(model.ticket)
    ref = fields.pop("assignee_ref")
    if ref is None:
        ticket.assignee = None
    elif ticket.assignee is None or ticket.assignee.public_id != ref:
        ticket.assignee = Person.objects.filter(public_id=ref).first()
    team = fields.pop("team_ref")
    if team is not None and (ticket.team is None or ticket.team.public_id != team):
        # A team of another desk, in an imported history, is none of ours.
        ticket.team = Team.objects.filter(public_id=team).first() or ticket.team
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.version += 1
    ticket.generation += 1
    ticket.changed_at = max(now, ticket.changed_at)


def _write_clocks(ticket: Ticket, model: ReadModel, stored: Sequence[ClockRow]) -> None:
    known = {(row.metric, row.cycle): row for row in stored}
    fresh: list[dict[str, Any]] = []
    for fields in model.clocks:
        row = known.pop((fields["metric"], fields["cycle"]), None)
        if row is None:
            fresh.append(fields)
        elif changed := {name: value for name, value in fields.items() if getattr(row, name) != value}:
            # One or two clocks change with an event; updating them in one statement took ten times as long.
            ClockRow.objects.filter(pk=row.pk).update(**changed)
    insert(_clocks(ticket, fresh))
    if known:
        ClockRow.objects.filter(pk__in=[row.pk for row in known.values()]).delete()


def _clocks(ticket: Ticket, clocks: Iterable[dict[str, Any]]) -> list[ClockRow]:
    return [ClockRow(customer_id=ticket.customer_id, ticket=ticket, **fields) for fields in clocks]


def _timers(ticket: Ticket, model: ReadModel) -> list[Timer]:
    """
    Return the timers that follow, not yet written; those of imported history take no effect.
    """
    if ticket.is_imported:
        return []
    head = {"customer_id": ticket.customer_id, "ticket": ticket, "generation": ticket.generation}
    return [Timer(**head, **fields) for fields in model.timers]


def _dues(ticket: Ticket, told: Sequence[Told], seq: int, now: Instant) -> list[Due]:
    return [
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
    ]
