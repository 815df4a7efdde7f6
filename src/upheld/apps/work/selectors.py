"""
Reading how the work stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import Error
from django.db.models import Count, Min

from upheld.apps.work.models import HOLD_OUTBOX, OutboxRow, Switch
from upheld.core.instants import Instant


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    Due work of one handler in one state: how many rows, and when the oldest became due.
    """

    handler: str
    state: str
    count: int
    oldest_due_at: Instant


def waiting(now: Instant) -> list[Waiting]:
    """
    Return the work that is due or parked, by handler and state. One query.
    """
    rows = OutboxRow.objects.exclude(state=OutboxRow.State.DONE).filter(due_at__lte=now)
    found = rows.order_by("handler", "state").values_list("handler", "state").annotate(Count("pk"), Min("due_at"))
    return [Waiting(*row) for row in found]


def hold() -> Switch | None:
    """
    Return the switch that holds the outbox, where it is on. One query.
    """
    return Switch.objects.filter(name=HOLD_OUTBOX, is_on=True).first()


def is_held() -> bool:
    """
    Return whether the outbox is held, as it is after a restore until a person releases it.
    """
    return hold() is not None


def lateness(now: Instant, others_due_at: Iterable[Instant] = ()) -> int:
    """
    Return by how many seconds the oldest due work is late; ``others_due_at`` is when the oldest work of other kinds
    became due. What failed and is to be tried again does not count, nor what is held. Two queries.
    """
    free = OutboxRow.objects.filter(state=OutboxRow.State.WAITING, attempts=0)
    oldest = None if is_held() else free.order_by("due_at").values_list("due_at", flat=True).first()
    dues = [due for due in (oldest, *others_due_at) if due is not None]
    return max(0, now - min(dues)) if dues else 0


def is_database_ready() -> bool:
    """
    Return whether the database answers and has our tables. One query.
    """
    try:
        Switch.objects.exists()
    except Error:
        return False
    return True
