"""
Runs: one cycle of a metric while the fold looks for it, what it belongs to, and what it comes to.

Invariant: a run holds only what happened; everything that is counted is made by :mod:`upheld.core.clocks.measure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from upheld.core.clocks.clock import Change, Leg, Promise
from upheld.core.clocks.rules import CALENDAR, Move
from upheld.core.clocks.story import Story
from upheld.core.clocks.subjects import Subject
from upheld.core.instants import Instant


@dataclass(slots=True)
class Run:
    """
    One cycle while it is found: when and by what it started, stopped or ended; ``is_broken`` where a breach is known
    that nothing takes back. ``kept`` is the ruling that a run keeps which was broken when its ticket moved.
    """

    cycle: int
    started_at: Instant
    started_by: str
    start_seq: int
    is_broken: bool = False
    kept: int | None = None
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


class Subjects(NamedTuple):
    """
    A metric on one ticket with its story, under all rules that ever held for it: ``each`` has one entry more than
    ``moves``.
    """

    story: Story
    each: tuple[Subject, ...]
    moves: tuple[Move, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """
        Return every word that can start, stop or end a cycle under any of the rules.
        """
        first, *others = self.each
        return first.words.union(*(other.words for other in others)) if others else first.words

    def first_of(self, run: Run) -> int:
        """
        Return how many moves lie before the start of a run.
        """
        began = (run.started_at, run.start_seq)
        return sum([(move.at, move.seq) < began for move in self.moves])

    def last_of(self, end: Instant | None) -> int:
        """
        Return how many moves lie before the end of a run; what ends in the second of a move has ended before it.
        """
        return len(self.moves) if end is None else sum([move.at < end for move in self.moves])

    def latest(self, index: int, upto: int) -> int:
        """
        Return the last ruling up to ``upto`` that has the plan version of the one at ``index``.
        """
        while index < upto and self.moves[index].kind == CALENDAR:
            index += 1
        return index


class Measured(NamedTuple):
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
    ruling: int
