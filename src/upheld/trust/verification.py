"""
Verifying an installation: every invariant of the house, in batches, each violation seen twice before it is told.

Invariant: reading only, and no transaction longer than one batch, so that the service goes on meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.db import connection, transaction
from django.db.models import QuerySet

from upheld.apps.channels.models import Mail, Notice
from upheld.apps.exports.models import Export
from upheld.apps.tickets.models import Attachment, Submission, Ticket
from upheld.core.instants import Instant
from upheld.trust import (
    actors,
    chains,
    clocks,
    conversations,
    exports,
    files,
    notices,
    payloads,
    references,
    replays,
    seals,
    submissions,
    timers,
)
from upheld.trust.batches import TicketBatch
from upheld.trust.violations import Run, Violation

BATCH: Final = 200
MOST_VIOLATIONS: Final = 10_000

Ear: TypeAlias = Callable[[str, int, int], None]
"""Hears how far a part is: its name, how many rows are done, of how many."""

OF_TICKETS: Final[dict[str, Callable[[TicketBatch, Run], Iterator[Violation]]]] = {
    "submissions": submissions.check_tickets,
    "chains": chains.check,
    "replays": replays.check,
    "clocks": clocks.check,
    "timers": timers.check,
    "payloads": payloads.check,
    "conversations": conversations.check,
    "actors": actors.check,
    "references": references.check_events,
}
"""What is checked of each ticket."""

OF_ROWS: Final[dict[str, tuple[type[Any], str, Callable[[Sequence[int], Run], Iterator[Violation]]]]] = {
    "submissions": (Submission, "received_at", submissions.check),
    "notices": (Notice, "made_at", notices.check_notices),
    "mails": (Mail, "queued_at", notices.check_mails),
    "files": (Attachment, "uploaded_at", files.check),
    "exports": (Export, "asked_at", exports.check),
}
"""What is checked of each row of a table, with the column that says when it came."""


@dataclass(frozen=True, slots=True)
class Report:
    """
    What a verification found and how much it looked at.
    """

    violations: tuple[Violation, ...]
    run: Run
    seconds: float

    @property
    def is_sound(self) -> bool:
        """
        Whether nothing was found.
        """
        return not self.violations


def verify(
    *, now: Instant, since: Instant | None = None, seed: int = 0, share: float = 1.0, on_progress: Ear | None = None
) -> Report:
    """
    Check every invariant; ``since`` leaves out what has not changed since an instant, ``share`` is the part of the
    tickets whose clocks the oracle reckons again.
    """
    begun = time.monotonic()
    run = Run(now, seed, share)
    ear = on_progress or (lambda _part, _done, _of: None)
    found: list[Violation] = []
    for violation in _all(run, since, ear):
        found.append(violation)
        if len(found) >= MOST_VIOLATIONS:
            break
    return Report(tuple(found), run, time.monotonic() - begun)


def _all(run: Run, since: Instant | None, ear: Ear) -> Iterator[Violation]:
    for part, (model, column, check) in OF_ROWS.items():
        rows = model._default_manager.all()  # noqa: SLF001  (the table's own manager)
        rows = rows if since is None else rows.filter(**{f"{column}__gte": since})
        for keys in _batches(rows, part, ear):
            yield from _twice(keys, run, check)
    tickets = Ticket.objects.all() if since is None else Ticket.objects.filter(changed_at__gte=since)
    for keys in _batches(tickets, "tickets", ear):
        yield from _twice(keys, run, _of_tickets)
    yield from seals.check(run)
    yield from files.check_strays(run)
    yield from exports.check_strays(run)
    yield from _references(run, ear)


def _of_tickets(keys: Sequence[int], run: Run) -> Iterator[Violation]:
    batch = TicketBatch(keys)
    for check in OF_TICKETS.values():
        yield from check(batch, run)


def _batches(rows: QuerySet[Any], part: str, ear: Ear) -> Iterator[list[int]]:
    """
    Yield primary keys in their order, some at a time, each found by the one before it.
    """
    total, done, last = rows.count(), 0, 0
    ear(part, 0, total)
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield keys
        last = keys[-1]
        done += len(keys)
        ear(part, done, max(total, done))


def _twice(
    keys: Sequence[int], run: Run, check: Callable[[Sequence[int], Run], Iterator[Violation]]
) -> Iterable[Violation]:
    """
    Return what is found also in one snapshot of those rows in which something was found: between two queries the
    service may have gone on.
    """
    suspects = sorted({violation.key for violation in check(keys, run)})
    if not suspects:
        return ()
    with _snapshot():
        return list(check(suspects, Run(run.now, run.seed, run.share)))


@contextmanager
def _snapshot() -> Iterator[None]:
    """
    Hold what is read still: one snapshot on PostgreSQL, the write lock for a moment on SQLite.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _references(run: Run, ear: Ear) -> Iterator[Violation]:
    fields = [(model, field) for model in references.tables() for field in references.references_of(model)]
    for done, (model, field) in enumerate(fields, 1):
        yield from references.dangling(model, field, run)
        yield from references.crossing(model, field, run)
        ear("references", done, len(fields))
    yield from references.strangers(run)
