"""
Each submission exists once, with its raw bytes: as a ticket, or in the spool, or kept with a problem.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from upheld.apps.tickets.models import EventRow, Submission, Ticket
from upheld.apps.tickets.services.spool import MOST_ATTEMPTS
from upheld.trust.batches import TicketBatch
from upheld.trust.violations import Run, Violation, row_of


def check(keys: Sequence[int], run: Run) -> Iterator[Violation]:
    """
    Yield submissions whose bytes are not what was sent, and those that became nothing.
    """
    rows = list(Submission.objects.filter(pk__in=keys).order_by("pk"))
    owners = dict(Ticket.objects.filter(submissions__in=keys).values_list("pk", "customer_id"))
    erased = _erasures([row.ticket_id for row in rows if row.ticket_id and row.erased_at is not None])
    for row in rows:
        run.checked["submissions"] += 1
        if code := _fault(row, owners, erased):
            yield Violation(code, row_of(row), row.pk, {"key": row.key, "state": row.state})


def _erasures(tickets: list[int]) -> set[int]:
    found = EventRow.objects.filter(ticket_id__in=tickets, kind="payload_erased")
    return set(found.values_list("ticket_id", flat=True))


def _fault(row: Submission, owners: dict[int, int], erased: set[int]) -> str:
    if row.erased_at is not None:
        return "" if row.ticket_id in erased and not bytes(row.raw) else "verify.submission_erased_without_event"
    if hashlib.sha256(bytes(row.raw)).hexdigest() != row.digest:
        return "verify.submission_digest"
    if (row.state == Submission.State.TICKETED) != (row.ticket_id is not None):
        return "verify.submission_state"
    if row.ticket_id is not None and row.customer_id is not None and owners.get(row.ticket_id) != row.customer_id:
        return "verify.submission_of_another_customer"
    return _unsolved(row)


def _unsolved(row: Submission) -> str:
    is_kept = row.state in (Submission.State.HELD, Submission.State.REFUSED)
    if is_kept and not row.problem:
        return "verify.submission_without_problem"
    is_stuck = row.state == Submission.State.SPOOLED and row.attempts >= MOST_ATTEMPTS
    return "verify.submission_stuck" if is_stuck else ""


def check_tickets(batch: TicketBatch, run: Run) -> Iterator[Violation]:
    """
    Yield tickets that were made of no submission, or of several.
    """
    found: dict[int, int] = {}
    made = Submission.objects.filter(ticket_id__in=batch.keys, kind=Submission.Kind.TICKET)
    for key in made.values_list("ticket_id", flat=True):
        found[key or 0] = found.get(key or 0, 0) + 1
    for ticket in batch.tickets:
        run.checked["tickets"] += 1
        if found.get(ticket.pk, 0) != 1 and not ticket.is_imported:
            facts = {"ticket": ticket.number, "submissions": found.get(ticket.pk, 0)}
            yield Violation("verify.ticket_without_submission", row_of(ticket), ticket.pk, facts)
