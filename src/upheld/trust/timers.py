"""
Timers: each took effect at most once, not before it was due, in order on its ticket.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from upheld.apps.tickets.models import Ticket, Timer
from upheld.apps.work.models import OutboxRow
from upheld.trust.batches import TicketBatch
from upheld.trust.violations import Run, Violation, row_of


def check(batch: TicketBatch, run: Run) -> Iterator[Violation]:
    """
    Yield the timers that took effect when they should not have, or did not when they should.
    """
    timers = [timer for rows in batch.timers.values() for timer in rows]
    keys = [f"timer:{timer.pk}" for timer in timers]
    effects = set(OutboxRow.objects.filter(key__in=keys).values_list("key", flat=True))
    for ticket in batch.tickets:
        for timer in batch.timers[ticket.pk]:
            run.checked["timers"] += 1
            if code := _fault(timer, ticket, has_effect=f"timer:{timer.pk}" in effects):
                facts = {"ticket": ticket.number, "kind": timer.kind, "metric": timer.metric, "due_at": timer.due_at}
                yield Violation(code, row_of(timer), ticket.pk, facts)
        yield from _order(ticket, batch.timers[ticket.pk])


def _fault(timer: Timer, ticket: Ticket, *, has_effect: bool) -> str:
    is_fired = timer.state == Timer.State.FIRED
    if is_fired and (timer.fired_at is None or timer.fired_at < timer.due_at):
        return "verify.timer_early"
    if is_fired and not has_effect:
        return "verify.timer_without_effect"
    if not is_fired and (has_effect or timer.fired_at is not None):
        return "verify.timer_effect_unfinished"
    if timer.generation > ticket.generation or (
        timer.state == Timer.State.WAITING and timer.generation != ticket.generation
    ):
        return "verify.timer_generation"
    return ""


def _order(ticket: Ticket, timers: list[Timer]) -> Iterator[Violation]:
    """
    Yield the first timer of each generation that took effect before one that was due earlier.
    """
    generations: dict[int, list[Timer]] = defaultdict(list)
    for timer in timers:
        if timer.state == Timer.State.FIRED and timer.fired_at is not None and timer.fired_at >= timer.due_at:
            generations[timer.generation].append(timer)
    for fired in generations.values():
        latest = 0
        for timer in sorted(fired, key=lambda each: each.due_at):
            if (timer.fired_at or 0) < latest:
                facts = {"ticket": ticket.number, "kind": timer.kind, "metric": timer.metric, "due_at": timer.due_at}
                yield Violation("verify.timer_order", row_of(timer), ticket.pk, facts)
                break
            latest = timer.fired_at or 0
