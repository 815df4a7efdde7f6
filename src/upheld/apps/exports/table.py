"""
Tables as CSV that a spreadsheet opens without running anything: UTF-8 with a mark, so that it is read as that.

Invariant: no cell begins with a character that makes a spreadsheet take it for a formula; instants are UTC; what the
plan names is called as the plan calls it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import override

from upheld.apps.contracts.selectors import plan_of
from upheld.apps.tickets.words import CHANNELS, COVERAGES, STATUSES
from upheld.core.cells import literal
from upheld.core.instants import to_datetime
from upheld.core.plan.model.base import in_language
from upheld.rendering.explanations import plain

MARK: Final = "\ufeff"
COLUMNS: Final = (
    "number", "subject", "customer", "requester", "tier", "severity", "status", "coverage", "assignee", "team",
    "channel", "opened_at", "next_promise", "due_at", "resolved_at", "closed_at",
)  # fmt: skip
READ: Final = (
    "pk", "plan_version_id", "number", "subject", "customer__name", "requester__name", "requester__email", "tier",
    "severity", "status", "coverage", "assignee__name", "assignee__email", "team__name", "channel", "opened_at",
    "next_metric", "next_due_at", "resolved_at", "closed_at",
)  # fmt: skip
"""What is read of a ticket for its line, in this order."""


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


def head(columns: Sequence[str] = COLUMNS) -> str:
    """
    Return the mark and the line of the columns.
    """
    return MARK + written([columns])


def written(rows: Iterable[Sequence[str]]) -> str:
    """
    Return rows of cells as lines.
    """
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue()


def lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """
    Return rows as lines.
    """
    return written([cell(column, row.get(column)) for column in columns] for row in rows)


def ticket_lines(rows: Iterable[Sequence[Any]], language: str) -> str:
    """
    Return tickets, read as :data:`READ`, as lines with words in a language.
    """
    with override(language):
        return lines(COLUMNS, (_row(row, language) for row in rows))


def _row(row: Sequence[Any], language: str) -> dict[str, Any]:
    found = dict(zip(READ, row, strict=True))
    plan = None if found["plan_version_id"] is None else plan_of(found["plan_version_id"])
    return {
        **{name: found[name] for name in ("number", "subject", "opened_at", "resolved_at", "closed_at")},
        "customer": found["customer__name"],
        "requester": found["requester__name"] or found["requester__email"],
        "assignee": found["assignee__name"] or found["assignee__email"],
        "team": found["team__name"],
        "tier": _called(plan.tiers if plan else {}, found["tier"], language),
        "severity": _called(plan.severities if plan else {}, found["severity"], language),
        "next_promise": _called(plan.metrics if plan else {}, found["next_metric"], language),
        "due_at": found["next_due_at"],
        "status": _said(STATUSES, found["status"]),
        "coverage": _said(COVERAGES, found["coverage"]),
        "channel": _said(CHANNELS, found["channel"]),
    }


def _called(known: Mapping[str, Any], name: str, language: str) -> str:
    rule = known.get(name)
    return in_language(rule.name if rule else None, language, plain(name)) if name else ""


def _said(words: Mapping[str, object], name: str) -> str:
    return str(words.get(name, plain(name))) if name else ""
