"""
Writing and running due work.

Invariant: :func:`enqueue` is called inside the transaction of its cause; a row is finished in one transaction with
the effect of its handler, or, for handlers that talk to the world, after it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet

from upheld.apps.work import away
from upheld.apps.work.faults import fault
from upheld.apps.work.handlers import LaterError, find, is_outside
from upheld.apps.work.locks import can_skip
from upheld.apps.work.models import HOLD_OUTBOX, Heartbeat, OutboxRow, Switch
from upheld.apps.work.selectors import is_held
from upheld.apps.work.statements import insert
from upheld.core.instants import Instant

LEASE_SECONDS: Final = 60
ROUND_SECONDS: Final = 10
"""After so long a round gives back what it has not begun, so that timers do not wait for slow mail."""
MOST_ATTEMPTS: Final = 8
BACKOFF_SECONDS: Final = (1, 5, 30, 120, 600, 1800, 3600)
RESTORED: Final = "restored"
"""The switch that says when the installation was restored from a backup."""
LATE_SECONDS: Final = 60
"""Due work that is later than this is an alarm."""
log = logging.getLogger("upheld.work")


def enqueue(
    *, key: str, handler: str, arguments: Mapping[str, Any], now: Instant, due_at: Instant | None = None
) -> bool:
    """
    Write an outbox row unless its key is there already; tell whether it was new.

    MUST be called inside the transaction of the cause.
    """
    _, is_new = OutboxRow.objects.get_or_create(
        key=key,
        defaults={
            "handler": handler,
            "arguments": dict(arguments),
            "due_at": now if due_at is None else due_at,
            "created_at": now,
        },
    )
    return is_new


@dataclass(frozen=True, slots=True)
class Due:
    """
    Work to be written: its key, the handler's name and its arguments.
    """

    key: str
    handler: str
    arguments: Mapping[str, Any]


def enqueue_all(dues: Iterable[Due], *, now: Instant) -> None:
    """
    Write outbox rows that are due now, but for those whose keys are there already. One query.

    MUST be called inside the transaction of the cause.
    """
    insert(outbox_rows(dues, now=now), unless_there=True)


def outbox_rows(dues: Iterable[Due], *, now: Instant) -> list[OutboxRow]:
    """
    Return outbox rows that are due now, not yet written: with those of their cause they are, unless their keys are
    there already.
    """
    return [
        OutboxRow(key=each.key, handler=each.handler, arguments=dict(each.arguments), due_at=now, created_at=now)
        for each in dues
    ]


def run_due(*, worker: str, now: Instant, most: int = 50) -> int:
    """
    Lease up to ``most`` due rows, run each while the round has time, and return how many were finished.
    """
    if is_held():
        return 0
    done, over = 0, time.monotonic() + ROUND_SECONDS
    rows = _lease(worker, now, most)
    new = (row.handler for row in rows if row.away_since is None and is_outside(row.handler))
    turn = _Round(worker, now, away.waiting_still(new, worker, now))
    for row in rows:
        if time.monotonic() > over:
            give_back(worker=worker)
            break
        if row.handler not in turn.away:
            done += turn.run(row)
    return done


@dataclass(slots=True)
class _Round:
    """
    A round of a worker, with the handlers whose other side is away, so that their rows wait by now, or is back.
    """

    worker: str
    now: Instant
    away: set[str]
    back: set[str] = field(default_factory=set)

    def run(self, row: OutboxRow) -> bool:
        """
        Run one row that was leased, and tell whether it was finished.
        """
        try:
            is_done = _run(row, self.worker, self.now)
        except away.AwayError as error:
            away.failed(row, self.worker, str(error), self.now)
            self.away.add(row.handler)
            return False
        if is_done and row.away_since is not None and row.handler not in self.back:
            away.is_back(row.handler, self.now)
            self.back.add(row.handler)
        return is_done


def _lease(worker: str, now: Instant, most: int) -> list[OutboxRow]:
    with transaction.atomic():
        free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
        found = OutboxRow.objects.filter(free, state=OutboxRow.State.WAITING, due_at__lte=now).order_by("due_at", "id")
        rows = list(found.select_for_update(skip_locked=can_skip())[:most])
        ids = [row.pk for row in rows]
        OutboxRow.objects.filter(pk__in=ids).update(leased_until=now + LEASE_SECONDS, leased_by=worker)
    fault("outbox.leased")
    return rows


def _run(row: OutboxRow, worker: str, now: Instant) -> bool:
    """
    Run one row that was leased; where the lease has gone to another worker meanwhile, leave it to that one.

    Raises :class:`~upheld.apps.work.away.AwayError` where its other side is away.
    """
    try:
        handler = find(row.handler)
        if handler.is_outside:
            if not _leased(row, worker).exists():
                return False
            handler.handle(row.arguments, now)
            fault("outbox.handled")
            _finish(row, now)
        else:
            with transaction.atomic():
                if _leased(row, worker).select_for_update().first() is None:
                    return False
                handler.handle(row.arguments, now)
                fault("outbox.handled")
                _finish(row, now)
    except LaterError as later:
        _put_off(row, later.until)
        return False
    except away.AwayError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever a handler does, the other rows go on)
        _failed(row, f"{type(error).__name__}: {error}", now)
        return False
    fault("outbox.done")
    return True


def _leased(row: OutboxRow, worker: str) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(pk=row.pk, state=OutboxRow.State.WAITING, leased_by=worker)


def _finish(row: OutboxRow, now: Instant) -> None:
    OutboxRow.objects.filter(pk=row.pk, state=OutboxRow.State.WAITING).update(
        state=OutboxRow.State.DONE, done_at=now, away_since=None, leased_until=None, leased_by=""
    )


def _put_off(row: OutboxRow, until: Instant) -> None:
    OutboxRow.objects.filter(pk=row.pk, state=OutboxRow.State.WAITING).update(
        due_at=until, away_since=None, leased_until=None, leased_by=""
    )


def _failed(row: OutboxRow, error: str, now: Instant) -> None:
    attempts = row.attempts + 1
    is_over = attempts >= MOST_ATTEMPTS
    pause = BACKOFF_SECONDS[min(attempts, len(BACKOFF_SECONDS)) - 1]
    OutboxRow.objects.filter(pk=row.pk, state=OutboxRow.State.WAITING).update(
        attempts=attempts,
        last_error=error[:2000],
        state=OutboxRow.State.PARKED if is_over else OutboxRow.State.WAITING,
        due_at=now + pause,
        away_since=None,
        leased_until=None,
        leased_by="",
    )


def give_back(*, worker: str) -> int:
    """
    Give back what a worker leased and did not do, so that another one need not wait for the leases to end.
    """
    leased = OutboxRow.objects.filter(state=OutboxRow.State.WAITING, leased_by=worker)
    return leased.update(leased_until=None, leased_by="")


def hold_outbox(*, reason: str, actor: str, now: Instant) -> None:
    """
    Hold everything that would go out, until :func:`release_outbox`.
    """
    turn(name=HOLD_OUTBOX, is_on=True, reason=reason, actor=actor, now=now)


def release_outbox(*, reason: str, actor: str, now: Instant) -> None:
    """
    Let the outbox go on.
    """
    turn(name=HOLD_OUTBOX, is_on=False, reason=reason, actor=actor, now=now)


def turn(*, name: str, is_on: bool, reason: str, actor: str, now: Instant) -> None:
    """
    Turn a switch of the whole installation on or off.
    """
    Switch.objects.update_or_create(
        name=name, defaults={"is_on": is_on, "reason": reason, "changed_by": actor, "changed_at": now}
    )


def turned_on_at(name: str) -> Instant | None:
    """
    Return since when a switch is on, or nothing where it is off or was never turned.
    """
    return Switch.objects.filter(name=name, is_on=True).values_list("changed_at", flat=True).first()


def beat(*, worker: str, now: Instant, lateness: int = 0) -> None:
    """
    Say that the worker is there, and by how many seconds the oldest due work is late; beyond a minute the log says so,
    and where another side has been away for a quarter of an hour.
    """
    Heartbeat.objects.update_or_create(worker=worker, defaults={"at": now, "lateness_seconds": lateness})
    if lateness > LATE_SECONDS:
        log.error("due work is %s s late", lateness)
    absent = away.longest(now)
    if absent is not None and absent[1] > away.ALARM_SECONDS:
        log.error("%s: the other side has been away for %s s", *absent)


def try_again(*, now: Instant) -> int:
    """
    Let parked work be tried again from the start, and return how much that was.
    """
    parked = OutboxRow.objects.filter(state=OutboxRow.State.PARKED)
    return parked.update(state=OutboxRow.State.WAITING, attempts=0, away_since=None, due_at=now)
