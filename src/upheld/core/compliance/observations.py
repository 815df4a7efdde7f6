"""
Observations: a clock together with what a promise about many clocks asks of its ticket and its contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from upheld.core.clocks.clock import Clock, TicketClocks
from upheld.core.instants import Instant
from upheld.core.plan.contract import Contract

BelongsBy: TypeAlias = Literal["opened", "due", "ended"]
"""What puts a clock into a period."""


class Observation(NamedTuple):
    """
    One clock of a ticket under a contract; ``facts`` are those of the ticket's opening.
    """

    ticket: str
    contract: Contract
    facts: TicketClocks
    clock: Clock

    @property
    def severity(self) -> str | None:
        """
        Return the severity whose target ruled the clock; without a target, that of the ticket.
        """
        promise = self.clock.promise
        return promise.severity if promise and promise.severity else self.facts.severity

    @property
    def due_at(self) -> Instant | None:
        """
        Return the last instant that kept the promise (or would have), or nothing while there is none.
        """
        return self.clock.due_at if self.clock.breached_at is None else self.clock.breached_at

    def belongs_at(self, by: BelongsBy) -> Instant | None:
        """
        Return the instant that puts the clock into a period; nothing while it is not due, or has not ended.
        """
        if by == "opened":
            return self.facts.opened_at
        if by == "due":
            return self.due_at
        return self.clock.ended_at if self.clock.stopped_at is None else self.clock.stopped_at

    def late_by(self, now: Instant) -> int | None:
        """
        Return the elapsed seconds from the due time to the stop (or to ``now``), or nothing where it was not late.
        """
        due = self.due_at
        if due is None or not self.clock.is_breached_at(now):
            return None
        end = self.belongs_at("ended")
        return max(0, (now if end is None else end) - due)


def observations_of(ticket: str, contract: Contract, facts: TicketClocks) -> Iterator[Observation]:
    """
    Return an observation for each clock of a ticket.
    """
    return (Observation(ticket, contract, facts, clock) for clock in facts.clocks)
