"""
Cancelling a contract and changing its tier: shown first, then done as it was shown.
"""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from upheld.api.callers import Caller
from upheld.api.gate import JSON, ApiRequest, Rule, operation
from upheld.api.problems import missing
from upheld.api.shapes.contracts import (
    CancellationOut,
    CancellationQuery,
    ChangeOut,
    NewCancellation,
    NewTier,
    TierPreviewOut,
    TierQuery,
)
from upheld.api.sides import checked_id
from upheld.apps.contracts import selectors, term_changes, term_previews
from upheld.apps.contracts.models import Contract, ContractChange
from upheld.apps.tickets.previews import tier_rows
from upheld.rendering.comparison_data import differences

router = Router(tags=["contracts"])
WRITE = ("contracts.write",)
CANCELLATION = "/contracts/{contract}/cancellation"
TIER = "/contracts/{contract}/tier"


@operation(router, "GET", CANCELLATION, Rule(rights=WRITE), answer=CancellationOut)
def preview_cancellation(request: ApiRequest, contract: str, query: Query[CancellationQuery]) -> dict[str, Any]:
    """
    Show what a notice would do to a contract.
    """
    received_at = request.caller.now if query.received_at is None else query.received_at
    found = term_previews.preview_cancellation(
        contract=_contract(request.caller, contract), received_at=received_at, in_writing=query.in_writing
    )
    return {"digest": found.digest, **found.facts}


@operation(router, "POST", CANCELLATION, Rule(rights=WRITE, takes=JSON), answer=ChangeOut, status=201)
def cancel_contract(request: ApiRequest, contract: str, body: NewCancellation) -> dict[str, Any]:
    """
    Cancel a contract as it was shown.
    """
    caller = request.caller
    made = term_changes.cancel(
        contract=_contract(caller, contract),
        received_at=body.received_at,
        in_writing=body.in_writing,
        digest=body.digest,
        reason=body.reason,
        by=caller.person,
        now=caller.now,
    )
    return _change(made)


@operation(router, "GET", TIER, Rule(rights=WRITE), answer=TierPreviewOut)
def preview_tier(request: ApiRequest, contract: str, query: Query[TierQuery]) -> dict[str, Any]:
    """
    Show what a change of a contract's tier would mean.
    """
    caller = request.caller
    found_contract = _contract(caller, contract)
    today = term_changes.today(found_contract, caller.now)
    found = term_previews.preview_tier(contract=found_contract, tier=query.tier, on=query.on or today, today=today)
    moves = tier_rows(found_contract, query.tier, caller.now) if found.found.open_tickets_move else []
    clocks = [
        {"ticket": row.ticket.public_id, "number": row.ticket.number, "metric": row.metric, "before": row.before,
         "after": row.after, "effect": row.effect}
        for row in moves
    ]  # fmt: skip
    return {"digest": found.digest, **found.facts, "promises": differences(found.comparison), "clocks": clocks}


@operation(router, "POST", TIER, Rule(rights=WRITE, takes=JSON), answer=ChangeOut, status=201)
def change_tier(request: ApiRequest, contract: str, body: NewTier) -> dict[str, Any]:
    """
    Change a contract's tier as it was shown, at once or on a later day.
    """
    caller = request.caller
    made = term_changes.change_tier(
        contract=_contract(caller, contract),
        tier=body.tier,
        on=body.on,
        digest=body.digest,
        reason=body.reason,
        by=caller.person,
        now=caller.now,
    )
    return _change(made)


def _contract(caller: Caller, public_id: str) -> Contract:
    found = selectors.find_contract(caller.access, checked_id(public_id))
    if found is None:
        raise missing()
    return found


def _change(made: ContractChange) -> dict[str, Any]:
    names = ("kind", "effective_on", "reason", "recorded_at", "applied_at")
    return {"id": made.public_id, **{name: getattr(made, name) for name in names}}
