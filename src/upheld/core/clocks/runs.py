"""
Runs: one cycle of a metric while the fold looks for it, what it belongs to, and what it comes to.

Invariant: a run holds only what happened; everything that is counted is made by :mod:`upheld.core.clocks.measure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from upheld.core.clocks.clock import Change, Leg, Promise
from upheld.core.clocks.rules import Facts, Rules
from upheld.core.clocks.story import Story
from upheld.core.instants import Instant
from upheld.core.plan.model.metrics import Metric


@dataclass(slots=True)
class Run:
    """
    One cycle while it is found: when and by what it started, stopped or ended; ``is_broken`` where a breach is known
    that nothing takes back.
    """

    cycle: int
    started_at: Instant
    started_by: str
    start_seq: int
    is_broken: bool = False
    stopped_at: Instant | None = None
    stopped_by: str | None = None
    stop_seq: int | None = None
    ended_at: Instant | None = None
    ended_because: str | None = None

    @property
    def is_running(self) -> bool:
        """
        Whether neither a stop nor an end is known.
        """
        return self.stopped_at is None and self.ended_at is None


class Subject(NamedTuple):
    """
    What is measured: a metric on one ticket, with the ticket's story and facts and the rules that hold for it.
    """

    name: str
    metric: Metric
    story: Story
    facts: Facts
    rules: Rules


@dataclass(frozen=True, slots=True)
class Measured:
    """
    What :func:`measure` found; see :class:`~upheld.core.clocks.clock.Clock` for the fields.
    """

    promise: Promise
    legs: tuple[Leg, ...]
    due_at: Instant | None
    early_at: Instant | None
    breached_at: Instant | None
    spent: int
    allowed: int | None
    is_timed: bool
    changes: tuple[Change, ...]
    is_agreed: bool
