"""
The shape of a clock: one measurement of one metric on one ticket (one cycle of it, where the metric repeats).

Invariant: a clock is a value; a change of the ticket makes new clocks from all events, it never edits one.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple

from upheld.core.durations import Duration
from upheld.core.instants import Instant


class Verdict(enum.StrEnum):
    """
    How it ended: in time, late, not yet, without a verdict, or with one that the facts cannot give.
    """

    PENDING = "pending"
    MET = "met"
    BREACHED = "breached"
    ENDED = "ended"
    UNOBSERVABLE = "unobservable"


class State(enum.StrEnum):
    """
    What a person sees at a given moment.
    """

    RUNNING = "running"
    PAUSED = "paused"
    OUTSIDE_HOURS = "outside_hours"
    NOT_DUE = "not_due"
    MET = "met"
    BREACHED = "breached"
    ENDED = "ended"
    UNOBSERVABLE = "unobservable"


class Promise(NamedTuple):
    """
    The target that ruled a stretch of a clock: its place in the plan (``tiers.preferred.targets.first_response[0]``),
    length, early end of a range, bound, kind, and the severity and calendar for which it was chosen.
    """

    rule: str
    severity: str | None
    kind: str
    length: Duration | None
    early: Duration | None
    is_exclusive: bool
    calendar: str
    hours_rule: str
    or_met_by: tuple[str, ...] = ()
    or_agreed: bool = False


class Leg(NamedTuple):
    """
    A stretch of a clock's life, half-open, over which nothing changed: the promise that ruled, from when it counted,
    and the conditions that paused it (none: it counted in support hours). ``until`` is ``None`` for what is still to
    come. ``ruling`` says whose calendars it was counted on: those after so many moves of the ticket.
    """

    since: Instant
    until: Instant | None
    promise: Promise
    counted_from: Instant
    paused_by: tuple[str, ...]
    ruling: int = 0


class Change(NamedTuple):
    """
    Another promise took over at ``at``. ``how`` it counts: ``from_change`` (anew), ``from_start`` (everything again,
    by the new one), ``go_on`` (what was counted stays), ``reconsider`` (from the start, and a breach before it is
    taken back).

    ``moved`` is ``plan`` or ``calendar`` where the ticket moved to another plan version or to other calendars; then
    ``due_before`` and ``due_after`` are the due times just before and after it (``None`` while paused or not timed).
    """

    at: Instant
    how: str
    before: Promise | None
    after: Promise | None
    moved: str = ""
    due_before: Instant | None = None
    due_after: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """
    Why a clock stands outside the promise: the code of the cause, and where it was decided (``seq`` of the event).
    """

    cause: str
    seq: int


class Clock(NamedTuple):
    """
    One measurement. Instants are UTC seconds; lengths are seconds that counted.

    ``due_at`` is ``None`` without a timed target, or while it is paused; ``early_at`` is the early end of a promised
    range. ``breached_at`` is the last instant that would have kept the promise, where it was not kept before the last
    event known. ``spent`` and ``allowed`` are support seconds (``allowed`` is ``None`` for targets in days that are
    not counted in hours). ``ended_because`` says why a clock ended without being stopped.
    ``is_agreed`` says that ``due_at`` is a date agreed with the customer, and not what counting gives. ``ruling`` says
    by whose rules it stands: those after so many moves of the ticket to another plan version or other calendars.
    """

    metric: str
    cycle: int
    started_at: Instant
    started_by: str
    start_seq: int
    promise: Promise | None
    legs: tuple[Leg, ...]
    due_at: Instant | None
    early_at: Instant | None
    stopped_at: Instant | None
    stopped_by: str | None
    stop_seq: int | None
    breached_at: Instant | None
    ended_at: Instant | None
    ended_because: str | None
    spent: int
    allowed: int | None
    verdict: Verdict
    exclusion: Exclusion | None = None
    changes: tuple[Change, ...] = ()
    is_agreed: bool = False
    ruling: int = 0

    @property
    def is_open(self) -> bool:
        """
        Whether it still runs or pauses.
        """
        return self.stopped_at is None and self.ended_at is None

    def is_breached_at(self, now: Instant) -> bool:
        """
        Return whether the promise is broken at ``now``, also where no event has happened since.
        """
        if self.verdict is not Verdict.PENDING:
            return self.verdict is Verdict.BREACHED
        if self.due_at is None or self.promise is None:
            return False
        return now >= self.due_at if self.promise.is_exclusive else now > self.due_at

    def verdict_at(self, now: Instant) -> Verdict:
        """
        Return the verdict as it stands at ``now``, which must not lie before the last event.
        """
        return Verdict.BREACHED if self.is_breached_at(now) else self.verdict


class TicketClocks(NamedTuple):
    """
    All clocks of a ticket, with the facts of its opening that promises about many clocks ask for.

    ``channel_open`` and ``in_support_hours`` say whether the ticket came through a channel of its tier while that was
    open, and while the support hours that ruled it ran; ``None`` where the channel is not known.
    """

    opened_at: Instant
    tier: str
    channel: str | None
    severity: str | None
    request_type: str | None
    environment: str | None
    component: str | None
    channel_open: bool | None
    in_support_hours: bool
    clocks: tuple[Clock, ...]
