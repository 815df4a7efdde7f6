"""
The updates of one ticket, walked in order: each change of state, severity or team becomes an event.

Invariant: an update whose number says that it came earlier than one already taken changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from upheld.core.instants import Instant
from upheld.importers import mappings
from upheld.importers.account import Account
from upheld.importers.story_of_states import StoryOfStates


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


class Walk(StoryOfStates):
    """
    Walks one ticket's rows in order and writes down an event for each change.
    """

    def __init__(
        self, mapping: mappings.Mapping, account: Account, opened: Instant, severity_of: Callable[[Row], str | None]
    ) -> None:
        super().__init__(account, opened)
        self._mapping, self._severity_of = mapping, severity_of
        self._nulls = frozenset(mapping.nulls)
        self._highest = -1
        self._before: tuple[str, str, str] | None = None

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
        self.assign_severity(self._severity_of(row), step.at)
        if row.team not in self._nulls:
            self.assign_team(row.team, step.at)
        state = self._mapping.states.get(row.state)
        if state is None:
            self._account.found("import.unknown_state", row.line, ticket=row.ticket, given=row.state)
        else:
            self.change_state(state, step.at, row.line, row.ticket)
