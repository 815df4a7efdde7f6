"""
By whose rules a ticket runs: its contract under the plan versions and calendar editions that ruled it, one after
another.

Invariant: what ruled follows from the ticket's own events and row; rules that were compiled once are shared by all
tickets that they rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from upheld.apps.contracts.selectors import rules_of, rules_over_time
from upheld.apps.tickets.models import Ticket
from upheld.core import events as ev
from upheld.core.clocks.rules import Rules


def rules_for(ticket: Ticket, events: Sequence[ev.Event]) -> Rules | None:
    """
    Return the rules that hold for a ticket with these events, or nothing where it comes under no contract (yet).

    Raises :class:`~upheld.apps.contracts.selectors.EditionError` where an event names what is not there.
    """
    if ticket.contract is None or not ticket.is_entitled or ticket.plan_version_id is None:
        return None
    moves = moves_of(events)
    if moves:
        return rules_over_time(ticket.contract, ticket.plan_version_id, moves)
    return rules_of(ticket.contract, ticket.plan_version_id, ticket.edition_id)


def moves_of(events: Sequence[ev.Event]) -> list[ev.PlanMoved | ev.CalendarMoved]:
    """
    Return the moves of a ticket that stand, in the order in which they happened.
    """
    if not any(isinstance(each, ev.PlanMoved | ev.CalendarMoved) for each in events):
        return []
    return [each for each in ev.in_order(events) if isinstance(each, ev.PlanMoved | ev.CalendarMoved)]
