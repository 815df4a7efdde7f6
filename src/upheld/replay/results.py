"""
What a replay returns: counts with their reasons, exact shares, the worst failures, what is owed, and an account.

Invariant: every count is of clocks, and every share has its denominator beside it; nothing here is rounded or worded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from upheld.core.clocks.rules import Rules
from upheld.core.compliance.observations import Observation
from upheld.core.compliance.tallies import Tally
from upheld.core.credits.credit import CreditResult
from upheld.core.errors import Finding
from upheld.core.instants import Instant
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.importers.histories import ImportedLog, TicketHistory

TENTHS: Final = 10
LATE_EDGES: Final = (Fraction(5, 4), Fraction(3, 2), Fraction(2), Fraction(3))
"""Shares of the time allowed at which the bins after the due time end; one more holds the rest."""
BINS: Final = TENTHS + len(LATE_EDGES) + 1


@dataclass(frozen=True, slots=True)
class Breach:
    """
    A broken promise: the clock with its ticket and rules (to explain it), and the time used over the time allowed.
    """

    observation: Observation
    history: TicketHistory
    rules: Rules
    used: Fraction | None
    late_by: int


@dataclass(slots=True)
class Spread:
    """
    How the clocks of one metric spread: by share of the time allowed (``bins``), and by the hour of the week in
    which their tickets were opened, in the contract's zone (``late`` and ``of``, seven rows of 24, Monday first).
    """

    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    late: list[list[int]] = field(default_factory=lambda: [[0] * 24 for _ in range(7)])
    of: list[list[int]] = field(default_factory=lambda: [[0] * 24 for _ in range(7)])

    def merge(self, other: Spread) -> None:
        """
        Add what others counted.
        """
        rows = zip((self.bins, *self.late, *self.of), (other.bins, *other.late, *other.of), strict=True)
        for mine, others in rows:
            mine[:] = map(sum, zip(mine, others, strict=True))


@dataclass(frozen=True, slots=True)
class OwnVerdict:
    """
    The other desk's own verdict on a ticket (its ``made_sla``) against ours on a metric: how many tickets each way.
    """

    both_kept: int
    both_late: int
    only_they_late: int
    only_we_late: int


@dataclass(frozen=True, slots=True)
class CreditLine:
    """
    What one scheme of the plan owes under one contract for one period.
    """

    scheme: str
    contract: Contract
    period: str
    tally: Tally
    result: CreditResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """
    A whole replay. Tallies are by metric; by metric and severity, month (``2016-03``, cut in the contract's zone by the
    ticket's opening) or customer.

    ``tickets`` were judged, ``in_columns`` of them together with those that lie alike; ``without_contract`` gives the
    tickets left out by customer. ``first`` and ``last_opened`` are when the first and the last ticket of the log began.
    ``credits`` holds a line for every scheme, contract and period with clocks;
    ``credits_not_computed`` names the schemes that a ticket log cannot answer.
    """

    plan: Plan
    log: ImportedLog
    now: Instant
    tickets: int
    in_columns: int
    first: Instant
    last_opened: Instant
    overall: Mapping[str, Tally]
    by_severity: Mapping[tuple[str, str | None], Tally]
    by_month: Mapping[tuple[str, str | None], Tally]
    by_customer: Mapping[tuple[str, str | None], Tally]
    spreads: Mapping[str, Spread]
    worst: Mapping[str, tuple[Breach, ...]]
    credits: tuple[CreditLine, ...]
    credits_not_computed: tuple[str, ...]
    own_verdicts: Mapping[str, OwnVerdict]
    without_contract: Mapping[str, int]
    assumptions: tuple[Finding, ...]
    findings: tuple[Finding, ...]
