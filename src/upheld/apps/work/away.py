"""
The other side is away: a server that does not answer is the trouble of all rows of a handler, not of one.

Invariant: while it is away the rows wait together in their order, and one of them tries for all, another one each time;
when one gets through, all are due. None is parked before :data:`PATIENCE_SECONDS`.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable
from typing import Final

from django.db.models import Min, Q, QuerySet

from upheld.apps.work.models import OutboxRow
from upheld.core.instants import Instant

SHORTEST_SECONDS: Final = 5
LONGEST_SECONDS: Final = 480
"""The longest pause before its jitter: with it, all goes on less than ten minutes after the other side is back."""
PART_OF_ABSENCE: Final = 4
"""A pause is this part of how long the other side has been away already, and its jitter up to a fifth of the pause."""
PART_OF_PAUSE: Final = 5
PATIENCE_SECONDS: Final = 3 * 86_400
ALARM_SECONDS: Final = 900
"""Another side that has been away for longer is an alarm."""
log = logging.getLogger("upheld.work")


class AwayError(Exception):
    """
    What a handler raises when the other side does not answer, or sends everybody away.
    """


def _waiting(handler: str) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(handler=handler, state=OutboxRow.State.WAITING)


def longest(now: Instant) -> tuple[str, int] | None:
    """
    Return the handler whose other side has been away longest, and for how many seconds; or nothing. One query.
    """
    rows = OutboxRow.objects.filter(state=OutboxRow.State.WAITING, away_since__isnull=False)
    found = rows.order_by("away_since").first()
    return None if found is None or found.away_since is None else (found.handler, now - found.away_since)


def waiting_still(handlers: Iterable[str], worker: str, now: Instant) -> set[str]:
    """
    Return for which of the handlers nobody tries yet; what came meanwhile waits with the others. One query, and one
    more for each of them; none without handlers.
    """
    names = set(handlers)
    if not names:
        return set()
    rows = OutboxRow.objects.filter(handler__in=names, state=OutboxRow.State.WAITING, away_since__isnull=False)
    found = rows.order_by("handler").values_list("handler").annotate(Min("due_at"), Min("away_since"))
    waits = [each for each in found if each[1] > now]
    for handler, due_at, began in waits:
        _put_off(handler, worker, due_at, began, now)
    return {handler for handler, _, _ in waits}


def _put_off(handler: str, worker: str, due_at: Instant, began: Instant, now: Instant) -> None:
    """
    Let all rows of a handler wait, but for those that another worker has.
    """
    ours = Q(leased_by__in=["", worker]) | Q(leased_until__lt=now)
    _waiting(handler).filter(ours, due_at__lte=due_at).update(
        due_at=due_at, away_since=began, leased_until=None, leased_by=""
    )


def failed(row: OutboxRow, worker: str, error: str, now: Instant) -> None:
    """
    Let all rows of a row's handler wait. The row comes after the others, so that one that no server would take keeps
    nobody back; where it has been tried for days, it is parked. Three queries.
    """
    began = _waiting(row.handler).aggregate(since=Min("away_since"))["since"] or now
    pause = min(max((now - began) // PART_OF_ABSENCE, SHORTEST_SECONDS), LONGEST_SECONDS)
    again = now + pause + random.randrange(pause // PART_OF_PAUSE + 1)  # noqa: S311  (no secret)
    _put_off(row.handler, worker, again, began, now)
    is_over = now - row.created_at >= PATIENCE_SECONDS
    _waiting(row.handler).filter(pk=row.pk).update(
        due_at=again + 1,
        away_since=began,
        last_error=error[:2000],
        state=OutboxRow.State.PARKED if is_over else OutboxRow.State.WAITING,
        leased_until=None,
        leased_by="",
    )


def is_back(handler: str, now: Instant) -> None:
    """
    Let all rows that waited be due now, in their order. One query.
    """
    count = _waiting(handler).filter(away_since__isnull=False).update(due_at=now, away_since=None)
    log.info("the other side of %s is back; %s more are due", handler, count)
