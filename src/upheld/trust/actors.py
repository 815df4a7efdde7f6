"""
Each change has its actor, and a reason where a person decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from upheld.apps.parties.models import Person
from upheld.core import events as ev
from upheld.trust.batches import TicketBatch
from upheld.trust.violations import Run, Violation, row_of

DECISIONS: Final = (ev.ExclusionDecided, ev.Reopened, ev.PayloadErased, ev.Corrected, ev.ChargeDecided)
"""Kinds that always need a reason when a person made them."""


def check(batch: TicketBatch, run: Run) -> Iterator[Violation]:
    """
    Yield events without an actor that there is, and decisions without a reason.
    """
    whole = [ticket for ticket in batch.whole() if not ticket.is_imported]
    refs = {event.actor.ref for ticket in whole for event in batch.events[ticket.pk] if event.actor.ref}
    known = set(Person.objects.filter(public_id__in=refs).values_list("public_id", flat=True))
    for ticket in whole:
        events = batch.events[ticket.pk]
        run.checked["actors"] += len(events)
        opened_at = next((event.effective_at for event in events if isinstance(event, ev.Opened)), 0)
        has_severity = False
        for event, row in zip(events, batch.rows[ticket.pk], strict=True):
            facts = {"ticket": ticket.number, "seq": event.seq, "kind": event.kind}
            if not _has_actor(event, known):
                yield Violation("verify.actor_missing", row_of(row), ticket.pk, facts)
            elif not event.reason and _needs_reason(event, opened_at, has_severity=has_severity):
                yield Violation("verify.reason_missing", row_of(row), ticket.pk, facts)
            has_severity = has_severity or isinstance(event, ev.SeverityAssigned | ev.SeverityConfirmed)


def _has_actor(event: ev.Event, known: set[str]) -> bool:
    actor = event.actor
    if actor.side is ev.Side.SYSTEM:
        return actor.automatic
    return actor.ref in known


def _needs_reason(event: ev.Event, opened_at: int, *, has_severity: bool) -> bool:
    """
    Return whether somebody decided something that must be explained: changing a severity, taking something out of the
    promise, dating something back.
    """
    if event.actor.side is ev.Side.SYSTEM:
        return False
    if isinstance(event, ev.SeverityAssigned):
        return has_severity
    if isinstance(event, ev.CoverageDecided):
        return event.coverage is not ev.Coverage.COVERED
    is_dated_back = opened_at != event.effective_at < (event.recorded_at or event.effective_at)
    return isinstance(event, DECISIONS) or is_dated_back
