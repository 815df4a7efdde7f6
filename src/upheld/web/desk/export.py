"""
Tables as CSV files that a spreadsheet opens without running anything.

Invariant: no cell begins with a character that makes a spreadsheet take it for a formula; instants are UTC.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import Ticket
from upheld.core.cells import literal
from upheld.core.instants import to_datetime
from upheld.web.desk import labels, queues
from upheld.web.desk.permission import READ, access_to, needs, reader_of

MOST_ROWS: Final = 5000
COLUMNS: Final = (
    "number", "subject", "customer", "requester", "tier", "severity", "status", "coverage", "assignee", "team",
    "channel", "opened_at", "next_promise", "due_at", "resolved_at", "closed_at",
)  # fmt: skip


def cell(name: str, value: Any) -> str:
    """
    Return a value as a cell: instants (columns that end in ``_at``) as UTC, dangerous text behind an apostrophe.
    """
    if value is None:
        return ""
    if isinstance(value, int):
        is_instant = name.endswith("_at")
        return to_datetime(value).strftime("%Y-%m-%dT%H:%M:%SZ") if is_instant else str(value)
    return literal(value)


def csv_answer(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, name: str) -> HttpResponse:
    """
    Return rows as a CSV file to download (UTF-8 with a mark, so that spreadsheets read it as that).
    """
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(column, row.get(column)) for column in columns])
    response = HttpResponse("\ufeff" + made.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
@needs(*READ)
def tickets_file(request: HttpRequest) -> HttpResponse:
    """
    Export the list that the address asks for, whole, as CSV; up to :data:`MOST_ROWS` tickets.
    """
    reader, access = reader_of(request), access_to(request)
    wanted = queues.wanted(request.GET, access.person)
    filters, end = wanted.from_start().filters, queues.end_of_day(reader)
    page = selectors.desk_list(access, filters, reader.now, end_of_day=end, size=MOST_ROWS)
    rows = (_row(each) for each in page.tickets)
    return csv_answer(COLUMNS, rows, name=f"tickets-{wanted.queue.name}.csv")


def _row(ticket: Ticket) -> dict[str, Any]:
    names = ("number", "subject", "tier", "severity", "channel", "opened_at", "resolved_at", "closed_at")
    return {
        **{name: getattr(ticket, name) for name in names},
        "customer": ticket.customer.name,
        "requester": str(ticket.requester),
        "status": labels.status(ticket.status),
        "coverage": ticket.coverage,
        "assignee": str(ticket.assignee or ""),
        "team": str(ticket.team or ""),
        "next_promise": ticket.next_metric,
        "due_at": ticket.next_due_at,
    }
