"""
How a severity must be reported: some count only when they came through several channels, each of them.

Invariant: pure; what was used follows from the ticket's events alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from upheld.core import events as ev
from upheld.core.plan.model import Plan


def channels_used(events: Iterable[ev.Event], plan: Plan) -> frozenset[str]:
    """
    Return the channels through which the customer has written or called about a ticket; a logged call without one
    counts as the plan's telephone.
    """
    telephones = {name for name, channel in plan.channels.items() if channel.kind == "telephone"}
    used: set[str] = set()
    for event in ev.in_order(events):
        if isinstance(event, ev.CallLogged) and event.inbound:
            used |= {event.channel} if event.channel else telephones
        elif isinstance(event, ev.Opened | ev.MessageReceived) and event.channel:
            used.add(event.channel)
    return frozenset(used)


def unreported(plan: Plan, severity: str, used: Iterable[str]) -> tuple[str, ...]:
    """
    Return the channels through which a severity must still be reported before it can be confirmed.
    """
    rule = plan.severities.get(severity)
    done = set(used)
    return tuple(channel for channel in (rule.reported_by if rule else ()) if channel not in done)
