"""
Timers: what becomes true at an instant takes effect, once, in order, also when nobody was there at that instant.

Invariant: effect and completion are one transaction, in which the ticket is locked first, as everywhere; a timer of an
older generation of its ticket has no effect. One that fails is tried again later, holds back only its own ticket, and
is parked after the last try.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet

from upheld.apps.tickets.models import ClockRow, Ticket, Timer
from upheld.apps.work.faults import fault
from upheld.apps.work.locks import can_skip
from upheld.apps.work.services import LATE_SECONDS, RESTORED, Due, enqueue_all, turned_on_at
from upheld.core.instants import Instant

BATCH: Final = 100
MOST_ATTEMPTS: Final = 5
BACKOFF_SECONDS: Final = (5, 30, 120, 600)
log = logging.getLogger("upheld.timers")


def fire_due(*, now: Instant, most: int = BATCH) -> int:
    """
    Let the due timers of up to ``most`` tickets take effect, in the order in which they became due, and return how
    many timers that were.

    Where one of them fails, each is tried by itself, so that the others take effect; only the database's own failures
    are raised.
    """
    keys = list(dict.fromkeys(_due(now).values_list("ticket_id", flat=True)[: 4 * most]))
    if not keys:
        return 0
    try:
        return _fire(keys, now, most=most)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a batch of timers failed; each is tried by itself")
        return sum(_fire_alone(key, now) for key in keys)


def _due(now: Instant) -> QuerySet[Timer]:
    """
    Return the timers that are due, but for those of tickets on which one that failed is to be tried again later.
    """
    waiting = Timer.objects.filter(state=Timer.State.WAITING)
    held_back = waiting.filter(retry_at__gt=now).values("ticket_id")
    return waiting.filter(due_at__lte=now).exclude(ticket_id__in=held_back).order_by("due_at", "ticket_id", "pk")


@transaction.atomic
def _claim(keys: Sequence[int], most: int) -> dict[int, Ticket]:
    found = Ticket.objects.select_for_update(skip_locked=can_skip())
    return {ticket.pk: ticket for ticket in found.filter(pk__in=keys).order_by("pk")[:most]}


def _fire(keys: Sequence[int], now: Instant, *, most: int) -> int:
    with transaction.atomic():
        tickets = _claim(keys, most)
        due = list(_due(now).filter(ticket_id__in=tickets))
        fault("timers.claimed")
        _let(due, tickets, now)
        fault("timers.effect_written")
    fault("timers.committed")
    return len(due)


def _let(due: Sequence[Timer], tickets: dict[int, Ticket], now: Instant) -> None:
    """
    Drop what is stale, and let the others take effect.
    """
    live = [timer for timer in due if timer.generation == tickets[timer.ticket_id].generation]
    stale = {timer.pk for timer in due} - {timer.pk for timer in live}
    if stale:
        Timer.objects.filter(pk__in=stale).delete()
    _take_effect(live, tickets, now)


def _fire_alone(key: int, now: Instant) -> int:
    """
    Let a ticket's timers take effect one by one, up to the first that fails.
    """
    done = 0
    for timer_key in list(_due(now).filter(ticket_id=key).values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                tickets = _claim([key], 1)
                due = list(_due(now).filter(pk=timer_key, ticket_id__in=tickets))
                _let(due, tickets, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("timer %s failed", timer_key)
            _set_back(timer_key, f"{type(error).__name__}: {error}", now)
            break
        done += len(due)
    return done


def _set_back(key: int, error: str, now: Instant) -> None:
    """
    Note a failure: try again later, or park the timer after its last try.
    """
    with transaction.atomic():
        timer = Timer.objects.select_for_update().filter(pk=key, state=Timer.State.WAITING).first()
        if timer is None:
            return
        timer.attempts += 1
        timer.last_error = error[:2000]
        if timer.attempts >= MOST_ATTEMPTS:
            timer.state, timer.retry_at = Timer.State.PARKED, None
            log.error("timer %s is parked after %s tries: %s", key, timer.attempts, error)
        else:
            timer.retry_at = now + BACKOFF_SECONDS[timer.attempts - 1]
        timer.save(update_fields=["attempts", "last_error", "state", "retry_at"])


def _take_effect(timers: Sequence[Timer], tickets: dict[int, Ticket], now: Instant) -> None:
    """
    Mark the clocks that broke, tell those concerned, and complete the timers. Up to five queries, however many timers.
    """
    if not timers:
        return
    clocks = _clocks(timers)
    broken = [clocks[key] for timer in timers if timer.kind == Timer.Kind.BREACH and (key := _key(timer)) in clocks]
    pending = ClockRow.objects.filter(pk__in=[clock.pk for clock in broken], verdict="pending")
    pending.update(verdict="breached", breached_at=F("due_at"))
    _show_broken([clock for clock in broken if clock.verdict in {"pending", "breached"}], tickets)
    restored_at = _restored_at(timers, now)
    enqueue_all([_told(timer, clocks.get(_key(timer)), restored_at) for timer in timers], now=now)
    done = Timer.objects.filter(pk__in=[timer.pk for timer in timers])
    done.update(state=Timer.State.FIRED, fired_at=now, retry_at=None)


def _key(row: Timer | ClockRow) -> tuple[int, str, int]:
    return row.ticket_id, row.metric, row.cycle


def _clocks(timers: Sequence[Timer]) -> dict[tuple[int, str, int], ClockRow]:
    """
    Return the clocks of the tickets of timers. One query.
    """
    rows = ClockRow.objects.filter(ticket_id__in={timer.ticket_id for timer in timers})
    return {_key(row): row for row in rows}


def _show_broken(clocks: Sequence[ClockRow], tickets: dict[int, Ticket]) -> None:
    """
    Show on the tickets that their next promise is broken, where it is one of these clocks. Which promise is next stays
    the same, and so does the ticket's version, for nothing happened to it.
    """
    shown = [
        clock.ticket_id
        for clock in clocks
        if (clock.metric, clock.due_at) == (tickets[clock.ticket_id].next_metric, tickets[clock.ticket_id].next_due_at)
    ]
    if shown:
        Ticket.objects.filter(pk__in=shown).update(next_state="breached")


def _restored_at(timers: Sequence[Timer], now: Instant) -> Instant:
    """
    Return when the installation was restored from a backup, or 0. One query where a timer is late.
    """
    is_late = any(now - timer.due_at > LATE_SECONDS for timer in timers)
    return (turned_on_at(RESTORED) or 0) if is_late else 0


def _told(timer: Timer, clock: ClockRow | None, restored_at: Instant) -> Due:
    """
    Return what is told: when the clock is due, for a warning comes earlier and a breach a second later; and that it is
    told after a restore, where the timer was due when a backup was brought back.
    """
    due_at = clock.due_at if clock is not None else None
    return Due(
        key=f"timer:{timer.pk}",
        handler="channels.tell",
        arguments={
            "key": f"timer:{timer.pk}",
            "ticket": timer.ticket_id,
            "code": f"clock.{timer.kind}",
            "audience": "assignee",
            "at": timer.due_at,
            "params": {
                "metric": timer.metric,
                "cycle": timer.cycle,
                "due_at": due_at if due_at is not None else timer.due_at,
                **({"after_restore": True} if timer.due_at <= restored_at else {}),
            },
        },
    )


def earliest_due(*, now: Instant) -> Instant | None:
    """
    Return when the next waiting timer is due, or nothing where none waits; those on a ticket on which one that failed
    is to be tried again later do not count. One query.
    """
    waiting = Timer.objects.filter(state=Timer.State.WAITING)
    held_back = waiting.filter(retry_at__gt=now).values("ticket_id")
    return waiting.exclude(ticket_id__in=held_back).order_by("due_at").values_list("due_at", flat=True).first()
