"""
What a check finds: a code, the row concerned, and the facts; never prose.

Invariant: a violation is reported only after it was seen twice, the second time in one snapshot, so that a service
that goes on working while it is verified raises no false alarm.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from upheld.core.instants import Instant


@dataclass(frozen=True, slots=True)
class Violation:
    """
    Something that must not be: ``row`` names the row (table and primary key), ``key`` is that of the subject checked.
    """

    code: str
    row: str
    key: int
    params: dict[str, Any] = field(default_factory=dict)


def row_of(row: Model) -> str:
    """
    Return how a row is named: ``tickets.EventRow 12``.
    """
    return f"{row._meta.app_label}.{type(row).__name__} {row.pk}"  # noqa: SLF001  (Django's own name for it)


@dataclass(slots=True)
class Run:
    """
    What holds for one verification: the instant it is, how many tickets the oracle takes, and what it has counted.

    ``share`` of 1 gives every ticket to the oracle; the sample of a smaller one follows from ``seed``.
    """

    now: Instant
    seed: int = 0
    share: float = 1.0
    checked: Counter[str] = field(default_factory=Counter)
    not_understood: Counter[str] = field(default_factory=Counter)
    oracle_seen: set[int] = field(default_factory=set)
