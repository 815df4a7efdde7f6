"""
Payloads: what an event names is there with the digest that it names, or was erased and an event says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from upheld.apps.tickets import codec
from upheld.apps.tickets.models import Payload, Ticket
from upheld.core import events as ev
from upheld.trust.batches import TicketBatch
from upheld.trust.violations import Run, Violation, row_of


def check(batch: TicketBatch, run: Run) -> Iterator[Violation]:
    """
    Yield texts that are not what their events say, or are gone without a word.
    """
    for ticket in batch.whole():
        events = batch.events[ticket.pk]
        erased = {event.erased_seq for event in events if isinstance(event, ev.PayloadErased)}
        named = {(event.seq, digest) for event in events for digest in event.payloads}
        payloads = batch.payloads[ticket.pk]
        run.checked["payloads"] += len(payloads)
        for payload in payloads:
            if code := _fault(payload, named, erased):
                facts = {"ticket": ticket.number, "seq": payload.seq}
                yield Violation(code, row_of(payload), ticket.pk, facts)
        yield from _missing(ticket, batch, named)
        for attachment in batch.attachments[ticket.pk]:
            seqs = {seq for seq, digest in named if digest == attachment.mark}
            if attachment.erased_at is not None and not seqs & erased:
                facts = {"ticket": ticket.number, "seq": min(seqs, default=0)}
                yield Violation("verify.payload_erased_without_event", row_of(attachment), ticket.pk, facts)


def _fault(payload: Payload, named: set[tuple[int, str]], erased: set[int]) -> str:
    if (payload.seq, payload.digest) not in named:
        return "verify.payload_unknown"
    if payload.erased_at is not None:
        if payload.seq not in erased:
            return "verify.payload_erased_without_event"
        return "verify.payload_text_left" if payload.text else ""
    if codec.salted_digest(payload.salt, payload.text.encode()) != payload.digest:
        return "verify.payload_digest"
    return ""


def _missing(ticket: Ticket, batch: TicketBatch, named: set[tuple[int, str]]) -> Iterator[Violation]:
    there = {(payload.seq, payload.digest) for payload in batch.payloads[ticket.pk]}
    files = {attachment.mark for attachment in batch.attachments[ticket.pk]}
    for seq, digest in sorted(named - there):
        if digest not in files:
            facts = {"ticket": ticket.number, "seq": seq}
            yield Violation("verify.payload_missing", row_of(ticket), ticket.pk, facts)
