"""
The story of one ticket as it is written down: each change of state, severity or team becomes an event.

Invariant: a ticket is resolved once between two reopenings, and closed once; what does not change makes no event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from upheld.core.events import (
    Actor,
    Assigned,
    Closed,
    Event,
    MessageReceived,
    MessageSent,
    Opened,
    Reopened,
    Resolved,
    SeverityAssigned,
    Side,
    StatusChanged,
)
from upheld.core.instants import Instant
from upheld.importers import mappings
from upheld.importers.account import Account

_VENDOR, _CUSTOMER = Actor(Side.VENDOR), Actor(Side.CUSTOMER)


@dataclass(slots=True)
class _Ends:
    """
    Where the last resolution and closing stand among the events.
    """

    resolved: int | None = None
    closed: int | None = None


class StoryOfStates:
    """
    Writes down the events of one ticket. ``phase`` is open, resolved or closed; ``last_state`` the mapping's last word.
    """

    def __init__(self, account: Account, opened: Instant) -> None:
        self._account = account
        self.opened = opened
        self.events: list[Event] = []
        self.phase = self.last_state = mappings.OPEN
        self.reopenings = 0
        self._ends = _Ends()
        self._status = mappings.status_of(mappings.OPEN)
        self._severity: str | None = None
        self._team: str | None = None

    @property
    def resolved_at(self) -> Instant | None:
        """
        Return when the ticket was last resolved.
        """
        return None if self._ends.resolved is None else self.events[self._ends.resolved].effective_at

    def open(self, channel: str | None, observed: frozenset[str] | None = None) -> None:
        """
        Write down the opening; ``observed`` are the kinds of events that can be known of this ticket.
        """
        shown = None if observed is None else tuple(sorted(observed))
        self.events.append(Opened(seq=0, effective_at=self.opened, channel=channel, observed=shown))

    def assign_severity(self, severity: str | None, at: Instant) -> None:
        """
        Write down a severity, the first from the opening on.
        """
        if severity is not None and severity != self._severity:
            at = self.opened if self._severity is None else at
            self._severity = severity
            self.events.append(SeverityAssigned(seq=len(self.events), effective_at=at, severity=severity))

    def assign_team(self, team: str, at: Instant) -> None:
        """
        Write down a team.
        """
        if team and team != self._team:
            self._team = team
            self.events.append(Assigned(seq=len(self.events), effective_at=at, to=team))

    def message(self, at: Instant, channel: str | None, *, by_vendor: bool, is_public: bool = True) -> None:
        """
        Write down a message of the vendor or of the customer.
        """
        made = MessageSent if by_vendor else MessageReceived
        actor = _VENDOR if by_vendor else _CUSTOMER
        seq = len(self.events)
        self.events.append(made(seq=seq, effective_at=at, channel=channel, actor=actor, public=is_public))

    def change_state(self, state: str, at: Instant, line: int, ticket: str) -> None:
        """
        Write down a state (a word of the mapping's ``states``); a closing without a resolution is listed.
        """
        self.last_state = state
        if state == mappings.RESOLVED:
            if self.phase == mappings.OPEN:
                self.solve(at)
        elif state == mappings.CLOSED:
            if self.phase == mappings.OPEN:
                self._account.found("import.closed_unresolved", line, ticket=ticket)
                self.solve(at)
            if self.phase != mappings.CLOSED:
                self.close(at)
        else:
            if self.phase != mappings.OPEN:
                self.reopenings += 1
                self.phase = mappings.OPEN
                self.events.append(Reopened(seq=len(self.events), effective_at=at))
            status = mappings.status_of(state)
            if status != self._status:
                self._status = status
                self.events.append(StatusChanged(seq=len(self.events), effective_at=at, status=status))

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
