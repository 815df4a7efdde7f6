"""
What an importer returns: one history of core events for each ticket, and an account of how they were come by.

Invariant: every event of a history was in the export or follows from it by a rule that stands in ``assumptions``; a
kind of event that is not in ``observed`` could not have been seen, so its absence proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from upheld.core.errors import Finding, UpheldError
from upheld.core.events import Event
from upheld.core.instants import Instant

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the work done and the whole work, in the same unit."""


class ImportRefusedError(UpheldError):
    """
    A file that cannot be read as an export: nothing of it was used.
    """


@dataclass(frozen=True, slots=True)
class TicketHistory:
    """
    What one export says about one ticket.

    ``customer`` is "" where the export names none; ``line`` is where the ticket first stands in the file; ``facts`` are
    cells kept for comparison (e.g. the other desk's own verdict), never used to compute.
    """

    ticket: str
    customer: str
    events: tuple[Event, ...]
    line: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """
    How often a derived fact agrees with a column of the export that was not used to derive it; ``lines`` are the first
    places where it does not.
    """

    code: str
    agree: int
    differ: int
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLog:
    """
    A whole export: its histories in the order of the file, and the account.

    ``observed`` are the kinds of events that such a log can show; ``last`` is the latest instant that it mentions;
    ``rows`` counts the rows of data, ``unused_rows`` those of them that could not be used (each has a finding).
    """

    source: str
    rows: int
    histories: Sequence[TicketHistory]
    observed: frozenset[str]
    last: Instant
    zone: str
    findings: tuple[Finding, ...] = ()
    assumptions: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    unused_rows: int = 0
