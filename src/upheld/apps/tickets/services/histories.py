"""
Histories: tickets whose whole past is known, written many at a time.

Invariant: what is written for a ticket is what :mod:`upheld.apps.tickets.services.recording` would have written event
by event: the same chain, texts, read model and clocks. No timer and no notice comes of it, so a ticket whose clocks
still run is written here only if it was imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import newest_editions, rules_of
from upheld.apps.parties.models import Person
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import ClockRow, EventRow, Message, Payload, Submission, Ticket
from upheld.apps.tickets.readmodel import read_model
from upheld.apps.tickets.services.intake import FIRST_NUMBER, MOST_SUBJECT
from upheld.apps.tickets.services.recording import message_of
from upheld.core import events as ev
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant


@dataclass(frozen=True, slots=True)
class Happening:
    """
    One event of a history, with the text that belongs to it and who wrote it.
    """

    event: ev.Event
    text: str | None = None
    author: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """
    One ticket as it is to be written. ``key`` and ``raw`` are those of its submission; ``happenings`` are in the order
    of recording, the first is the opening; ``recorded_at`` is when all were written down (``None``: as they happened).
    """

    key: str
    raw: bytes
    requester: Person
    customer_id: int
    contract: Contract | None
    subject: str
    happenings: Sequence[Happening]
    recorded_at: Instant | None = None
    is_imported: bool = False
    source: str = ""
    external_id: str = ""
    people: Mapping[str, Person] = field(default_factory=dict)


@dataclass(slots=True)
class _Written:
    """
    The rows of one batch as they come together; messages wait for the keys of their payloads.
    """

    events: list[EventRow] = field(default_factory=list)
    payloads: list[Payload] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    clocks: list[ClockRow] = field(default_factory=list)


def write(histories: Sequence[History], *, now: Instant) -> list[Ticket]:
    """
    Write a batch of tickets with all that follows from their events, as it stands at ``now``, in one transaction; it is
    computed before the transaction begins.

    Raises what the fold raises for events that the plan cannot judge; nothing is written then.
    """
    if not histories:
        return []
    rules = _rules(histories)
    whole = [_chained(each) for each in histories]
    made = [_ticket(history, links, rules, now) for history, links in zip(histories, whole, strict=True)]
    _insert(histories, whole, made)
    return [ticket for ticket, _ in made]


@transaction.atomic
def _insert(
    histories: Sequence[History],
    whole: Sequence[Sequence[_Link]],
    made: Sequence[tuple[Ticket, tuple[dict[str, Any], ...]]],
) -> None:
    submissions = Submission.objects.bulk_create([_submission(each) for each in histories])
    for (ticket, _), submission in zip(made, submissions, strict=True):
        ticket.number = FIRST_NUMBER + submission.pk
    Ticket.objects.bulk_create([ticket for ticket, _ in made])
    written = _Written()
    for (ticket, clocks), links, history in zip(made, whole, histories, strict=True):
        _rows(written, ticket, links, history)
        written.clocks += [ClockRow(customer_id=ticket.customer_id, ticket=ticket, **fields) for fields in clocks]
    EventRow.objects.bulk_create(written.events)
    Payload.objects.bulk_create(written.payloads)
    Message.objects.bulk_create(written.messages)
    ClockRow.objects.bulk_create(written.clocks)
    of_number = Ticket.objects.filter(number=OuterRef("pk") + FIRST_NUMBER).values("pk")[:1]
    Submission.objects.filter(pk__in=[each.pk for each in submissions]).update(ticket=Subquery(of_number))


def _submission(history: History) -> Submission:
    opening = history.happenings[0].event
    channel = opening.channel if isinstance(opening, ev.Opened) else None
    return Submission(
        key=history.key,
        channel=channel or ("import" if history.is_imported else ""),
        person=history.requester,
        customer_id=history.customer_id,
        raw=history.raw,
        digest=hashlib.sha256(history.raw).hexdigest(),
        received_at=history.recorded_at if history.recorded_at is not None else opening.effective_at,
        state=Submission.State.TICKETED,
    )


def _rules(histories: Iterable[History]) -> dict[int, tuple[Rules, int]]:
    """
    Return the rules of the contracts that occur with their calendar editions, by primary key. One query.
    """
    contracts = {each.contract.pk: each.contract for each in histories if each.contract is not None}
    editions = newest_editions(each.plan_version_id for each in contracts.values())
    return {
        key: (rules_of(each, edition_id=(edition := editions[each.plan_version_id])), edition)
        for key, each in contracts.items()
    }


@dataclass(frozen=True, slots=True)
class _Link:
    """
    One event as it is stored: its bytes, the head of the chain after it, and its text with salt and digest.
    """

    event: ev.Event
    record: bytes
    head: str
    text: str | None
    salt: str
    author: Person | None


def _chained(history: History) -> list[_Link]:
    links: list[_Link] = []
    head = codec.FIRST
    for seq, each in enumerate(history.happenings, 1):
        at = history.recorded_at if history.recorded_at is not None else each.event.effective_at
        event = replace(each.event, seq=seq, recorded_at=at)
        salt = ""
        if each.text is not None:
            salt = codec.new_salt()
            event = replace(event, payloads=(codec.salted_digest(salt, each.text.encode()),))
        record = codec.encode(event)
        head = codec.link(head, record)
        links.append(_Link(event, record, head, each.text, salt, each.author))
    return links


def _ticket(
    history: History, links: Sequence[_Link], known: Mapping[int, tuple[Rules, int]], now: Instant
) -> tuple[Ticket, tuple[dict[str, Any], ...]]:
    """
    Return the ticket's row and the fields of its clocks.
    """
    contract, opened = history.contract, links[0].event
    rules, edition = known[contract.pk] if contract else (None, None)
    model = read_model([each.event for each in links], rules, now)
    fields = dict(model.ticket)
    assignee = history.people.get(fields.pop("assignee_ref") or "")
    fields.pop("team_ref")
    words = opened if isinstance(opened, ev.Opened) else None
    ticket = Ticket(
        customer_id=history.customer_id,
        contract=contract,
        plan_version_id=contract.plan_version_id if contract else None,
        edition_id=edition,
        tier=contract.tier if contract else "",
        requester=history.requester,
        assignee=assignee,
        team_id=contract.team_id if contract else None,
        subject=history.subject[:MOST_SUBJECT],
        channel=(words.channel or "") if words else "",
        request_type=(words.request_type or "") if words else "",
        environment=(words.environment or "") if words else "",
        is_entitled=contract is not None,
        held_reason="" if contract is not None else "no_contract",
        opened_at=opened.effective_at,
        changed_at=max(each.event.effective_at for each in links),
        version=1,
        generation=1,
        head_hash=links[-1].head,
        source=history.source,
        external_id=history.external_id,
        is_imported=history.is_imported,
        **fields,
    )
    return ticket, model.clocks


def _rows(written: _Written, ticket: Ticket, links: Sequence[_Link], history: History) -> None:
    for each in links:
        event = each.event
        written.events.append(
            EventRow(
                customer_id=ticket.customer_id,
                ticket=ticket,
                seq=event.seq,
                kind=event.kind,
                effective_at=event.effective_at,
                recorded_at=event.recorded_at or event.effective_at,
                record=each.record,
                hash=each.head,
            )
        )
        if each.text is None:
            continue
        payload = Payload(
            customer_id=ticket.customer_id,
            ticket=ticket,
            seq=event.seq,
            salt=each.salt,
            digest=event.payloads[0],
            text=each.text,
        )
        written.payloads.append(payload)
        if isinstance(event, ev.Opened | ev.MessageReceived | ev.MessageSent):
            written.messages.append(message_of(ticket, event, payload, each.author or history.requester))
