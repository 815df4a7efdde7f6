"""
The updates of one ticket, walked in order: each change of state, severity or team becomes an event.

Invariant: an update whose number says that it came earlier than one already taken changes nothing; a ticket is resolved
once between two reopenings, and closed once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from upheld.core.events import Assigned, Closed, Event, Opened, Reopened, Resolved, SeverityAssigned, StatusChanged
from upheld.core.instants import Instant
from upheld.importers import mappings
from upheld.importers.account import Account


class Row(NamedTuple):
    """
    The cells of one update; "" where the export has none. ``line`` is where the row stands.
    """

    line: int
    ticket: str
    updated: str
    opened: str
    state: str
    severity: str
    customer: str
    team: str
    channel: str
    order: str
    reopened: str
    resolved: str
    closed: str
    active: str
    facts: tuple[str, ...]


class Step(NamedTuple):
    """
    A row at its place in time: ``order`` is the update's number, -1 where the row has none or stands before the
    opening.
    """

    at: Instant
    order: int
    line: int
    row: Row


@dataclass(slots=True)
class _Ends:
    """
    Where the last resolution and closing stand among the events.
    """

    resolved: int | None = None
    closed: int | None = None


class Walk:
    """
    Walks one ticket's rows in order and writes down an event for each change.
    """

    def __init__(
        self, mapping: mappings.Mapping, account: Account, opened: Instant, severity_of: Callable[[Row], str | None]
    ) -> None:
        self._mapping, self._account, self._severity_of = mapping, account, severity_of
        self._nulls = frozenset(mapping.nulls)
        self.opened = opened
        self.events: list[Event] = []
        self.phase = self.last_state = mappings.OPEN
        self.reopenings = 0
        self._ends = _Ends()
        self._status = mappings.status_of(mappings.OPEN)
        self._severity: str | None = None
        self._team: str | None = None
        self._highest = -1
        self._before: tuple[str, str, str] | None = None

    @property
    def resolved_at(self) -> Instant | None:
        """
        Return when the ticket was last resolved.
        """
        return None if self._ends.resolved is None else self.events[self._ends.resolved].effective_at

    def open(self, channel: str | None) -> None:
        """
        Write down the opening.
        """
        self.events.append(Opened(seq=0, effective_at=self.opened, channel=channel))

    def take(self, step: Step) -> None:
        """
        Write down what changed with this row; a row whose number says that it came earlier changes nothing, and is
        listed.
        """
        row = step.row
        if 0 <= step.order < self._highest:
            self._account.found(
                "import.out_of_order", row.line, ticket=row.ticket, given=row.order, after=self._highest
            )
            return
        self._highest = max(self._highest, step.order)
        now = (row.state, row.severity, row.team)
        if now == self._before and row.state in self._mapping.states:
            return
        self._before = now
        severity = self._severity_of(row)
        if severity is not None and severity != self._severity:
            at = self.opened if self._severity is None else step.at
            self._severity = severity
            self.events.append(SeverityAssigned(seq=len(self.events), effective_at=at, severity=severity))
        if row.team != self._team and row.team and row.team not in self._nulls:
            self._team = row.team
            self.events.append(Assigned(seq=len(self.events), effective_at=step.at, to=row.team))
        state = self._mapping.states.get(row.state)
        if state is None:
            self._account.found("import.unknown_state", row.line, ticket=row.ticket, given=row.state)
        else:
            self.last_state = state
            self._to(state, step)

    def _to(self, state: str, step: Step) -> None:
        """
        Change the phase or the status.
        """
        if state == mappings.RESOLVED:
            if self.phase == mappings.OPEN:
                self.solve(step.at)
        elif state == mappings.CLOSED:
            if self.phase == mappings.OPEN:
                self._account.found("import.closed_unresolved", step.line, ticket=step.row.ticket)
                self.solve(step.at)
            if self.phase != mappings.CLOSED:
                self.close(step.at)
        else:
            if self.phase != mappings.OPEN:
                self.reopenings += 1
                self.phase = mappings.OPEN
                self.events.append(Reopened(seq=len(self.events), effective_at=step.at))
            status = mappings.status_of(state)
            if status != self._status:
                self._status = status
                self.events.append(StatusChanged(seq=len(self.events), effective_at=step.at, status=status))

    def solve(self, at: Instant | None) -> None:
        """
        Write down a resolution.
        """
        if at is not None:
            self._ends.resolved = len(self.events)
            self.events.append(Resolved(seq=len(self.events), effective_at=at))
            self.phase = mappings.RESOLVED

    def close(self, at: Instant) -> None:
        """
        Write down the closing.
        """
        self._ends.closed = len(self.events)
        self.events.append(Closed(seq=len(self.events), effective_at=at))
        self.phase = mappings.CLOSED

    def move_resolution(self, at: Instant) -> None:
        """
        Date the last resolution by the column, but never before what came ahead of it or after the closing.
        """
        index = self._ends.resolved
        if index is None:
            return
        earliest = max((event.effective_at for event in self.events[:index]), default=at)
        latest = (
            self.events[self._ends.closed].effective_at
            if self._ends.closed is not None and self._ends.closed > index
            else at
        )
        if earliest <= at <= latest:
            self.events[index] = replace(self.events[index], effective_at=at)
