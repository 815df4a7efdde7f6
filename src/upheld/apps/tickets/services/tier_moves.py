"""
Open tickets follow their contract to another tier: each gets the event, and its clocks from then on.

Invariant: a ticket follows once; which tickets are left shows in their own rows, so that a process that is killed loses
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from upheld.apps.contracts.models import ContractChange
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.services.recording import Fact, actor_of, record
from upheld.apps.work.handlers import handler
from upheld.apps.work.services import enqueue
from upheld.core import events as ev
from upheld.core.instants import Instant

BATCH: Final = 60
"""Tickets in one transaction, as when clocks are recomputed."""


@handler("tickets.follow_tier")
def follow_tier(arguments: Mapping[str, Any], now: Instant) -> None:
    """
    Let a batch of a contract's open tickets follow it to its tier, and have the rest done after that.
    """
    found = ContractChange.objects.select_related("contract", "by")
    change = found.get(pk=arguments["change"])
    contract, batch = change.contract, arguments.get("batch", 0)
    left = Ticket.objects.filter(is_open=True, is_entitled=True, contract=contract).exclude(tier=contract.tier)
    tickets = list(left.order_by("pk")[: BATCH + 1])
    for ticket in tickets[:BATCH]:
        _follow(ticket, change, now)
    if len(tickets) > BATCH:
        key = f"follow-tier:{change.pk}:{batch + 1}"
        enqueue(key=key, handler="tickets.follow_tier", arguments={**arguments, "batch": batch + 1}, now=now)


def _follow(ticket: Ticket, change: ContractChange, now: Instant) -> None:
    contract = change.contract
    Ticket.objects.filter(pk=ticket.pk).update(tier=contract.tier)
    event = ev.ContractBound(
        seq=0,
        effective_at=now,
        actor=actor_of(change.by, of_customer=False),
        reason=change.reason,
        contract=contract.public_id,
        tier=contract.tier,
    )
    record(ticket=ticket, facts=[Fact(event)], now=now)
