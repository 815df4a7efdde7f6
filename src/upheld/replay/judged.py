"""
What is counted while contracts are judged, and who hears of it.

Invariant: merging what was counted in the order of the log gives what judging all of it at once does.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from upheld.core.clocks.columns import Seconds
from upheld.core.compliance.observations import Observation
from upheld.core.errors import Finding
from upheld.core.plan.contract import Contract
from upheld.importers.histories import TicketHistory
from upheld.replay.results import Breach, CreditLine
from upheld.replay.sums import Sums

WORST: Final = 10
"""Breaches kept for each metric."""

Work: TypeAlias = tuple[Contract, Seconds]
"""A contract, and which histories are its tickets'."""
Ear: TypeAlias = Callable[[int], None]
"""Told how many tickets more were judged."""


class Sink(Protocol):
    """
    What wants to know of each clock. ``row`` makes what it wants, wherever the clock is judged; ``take`` is given
    these, contract by contract, in the order of the log. A clock that was judged in columns has no legs and no changes.
    """

    def row(self, one: Observation, history: TicketHistory) -> Any:
        """
        Return what is wanted of a clock; ``None`` is not handed on.
        """

    def take(self, rows: Sequence[Any]) -> None:
        """
        Take what was made of the clocks of a contract.
        """


class Late(NamedTuple):
    """
    A breach that may be among the worst, and its rank: by time used, by how late, the earlier ticket first.
    """

    used: Fraction
    late_by: int
    before: int
    breach: Breach

    @property
    def rank(self) -> tuple[Fraction, int, int]:
        """
        Return what breaches are compared by.
        """
        return self[:3]


@dataclass(slots=True)
class Judged:
    """
    What was counted while contracts were judged, one after another. ``in_columns`` of the ``tickets`` were judged so.
    """

    tickets: int = 0
    in_columns: int = 0
    sums: Sums = field(default_factory=Sums)
    findings: list[Finding] = field(default_factory=list)
    worst: dict[str, list[Late]] = field(default_factory=dict)
    credits: list[CreditLine] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)

    def merge(self, other: Judged) -> None:
        """
        Add what was counted of the contracts after these.
        """
        self.tickets += other.tickets
        self.in_columns += other.in_columns
        self.sums.merge(other.sums)
        self.findings += other.findings
        self.credits += other.credits
        self.rows += other.rows
        for metric, found in other.worst.items():
            both = [*self.worst.get(metric, ()), *found]
            self.worst[metric] = heapq.nlargest(WORST, both, key=_rank)


def _rank(late: Late) -> tuple[Fraction, int, int]:
    return late.rank
