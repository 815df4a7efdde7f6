"""
The event chain is unbroken: numbers without a gap, every hash over the one before it and the bytes that are kept.

Invariant: the first bad row of a ticket is told, and only that one; whatever lies behind it cannot be judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from upheld.apps.tickets import codec
from upheld.apps.tickets.models import EventRow, Ticket
from upheld.trust.violations import Run, Violation, row_of

if TYPE_CHECKING:
    from upheld.trust.batches import TicketBatch


def check(batch: TicketBatch, run: Run) -> Iterator[Violation]:
    """
    Yield the first fault of each ticket's chain.
    """
    for ticket in batch.tickets:
        run.checked["events"] += len(batch.rows[ticket.pk])
        if ticket.pk in batch.faults:
            yield batch.faults[ticket.pk]


def faults_of(ticket: Ticket, batch: TicketBatch) -> Iterator[Violation]:
    """
    Yield the faults of one ticket's chain, the first one first.
    """
    rows = batch.rows[ticket.pk]
    if not rows:
        yield Violation("verify.no_events", row_of(ticket), ticket.pk, {"ticket": ticket.number})
    head = codec.FIRST
    for seq, row in enumerate(rows, 1):
        facts = {"ticket": ticket.number, "seq": row.seq}
        if row.seq != seq:
            yield Violation("verify.event_gap", row_of(row), ticket.pk, {**facts, "expected": seq})
        head = codec.link(head, bytes(row.record))
        if row.hash != head:
            yield Violation("verify.event_hash", row_of(row), ticket.pk, facts)
        if wrong := _wrong_column(row, ticket, batch):
            yield Violation("verify.event_columns", row_of(row), ticket.pk, {**facts, "column": wrong})
    if ticket.head_hash != head:
        facts = {"ticket": ticket.number, "events": len(rows)}
        yield Violation("verify.event_head", row_of(ticket), ticket.pk, facts)


def _wrong_column(row: EventRow, ticket: Ticket, batch: TicketBatch) -> str:
    """
    Return the column of an event's row that does not say what its bytes say, or nothing.
    """
    events = batch.events.get(ticket.pk)
    if events is None:
        return "record"
    event = events[row.seq - 1]
    said = {
        "seq": event.seq,
        "kind": event.kind,
        "effective_at": event.effective_at,
        "recorded_at": event.recorded_at,
        "customer_id": ticket.customer_id,
    }
    return next((name for name, value in said.items() if getattr(row, name) != value), "")
