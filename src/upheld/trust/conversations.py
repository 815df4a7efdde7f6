"""
No orphans: each message of the conversation is an event's, each event with words has its message, each file is named
by an event.
"""

from __future__ import annotations

from collections.abc import Iterator

from upheld.apps.tickets.models import Message, Ticket
from upheld.core import events as ev
from upheld.trust.batches import TicketBatch
from upheld.trust.violations import Run, Violation, row_of


def check(batch: TicketBatch, run: Run) -> Iterator[Violation]:
    """
    Yield messages without event, events without message, messages that say other things than their event, and files
    that no event names.
    """
    for ticket in batch.whole():
        events = {event.seq: event for event in batch.events[ticket.pk]}
        messages = {message.seq: message for message in batch.messages[ticket.pk]}
        run.checked["messages"] += len(messages)
        for seq, message in messages.items():
            if code := _fault(message, events.get(seq)):
                yield Violation(code, row_of(message), ticket.pk, {"ticket": ticket.number, "seq": seq})
        texts = {payload.seq for payload in batch.payloads[ticket.pk]}
        for seq, event in events.items():
            if _is_said(event) and seq in texts and seq not in messages:
                facts = {"ticket": ticket.number, "seq": seq}
                yield Violation("verify.message_missing", row_of(ticket), ticket.pk, facts)
        yield from _files(ticket, batch)


def _is_said(event: ev.Event) -> bool:
    return isinstance(event, ev.Opened | ev.MessageReceived | ev.MessageSent)


def _fault(message: Message, event: ev.Event | None) -> str:
    if not isinstance(event, ev.Opened | ev.MessageReceived | ev.MessageSent):
        return "verify.message_without_event"
    said = {
        "is_public": isinstance(event, ev.Opened) or event.public,
        "by_customer": not isinstance(event, ev.MessageSent),
        "sent_at": event.effective_at,
        "channel": event.channel or "",
    }
    differs = any(getattr(message, name) != value for name, value in said.items())
    return "verify.message_differs" if differs else ""


def _files(ticket: Ticket, batch: TicketBatch) -> Iterator[Violation]:
    named = {digest for event in batch.events[ticket.pk] for digest in event.payloads}
    for attachment in batch.attachments[ticket.pk]:
        if attachment.mark not in named:
            facts = {"ticket": ticket.number, "name": attachment.name}
            yield Violation("verify.file_unknown", row_of(attachment), ticket.pk, facts)
