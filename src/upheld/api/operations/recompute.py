"""
Other holidays, zone data and plan versions for clocks that run: previewed, decided by the preview's digest, and done by
the relay in batches.
"""

from __future__ import annotations

from typing import Any

from ninja import Router

from upheld.api.callers import Caller
from upheld.api.gate import JSON, ApiRequest, Rule, operation
from upheld.api.problems import missing
from upheld.api.shapes.recompute import (
    HolidaysDecided,
    HolidaysIn,
    HolidaysOut,
    MoveDecided,
    MoveIn,
    PreviewOut,
    RecomputeOut,
    holidays_out,
    recompute_out,
    wanted_of,
)
from upheld.api.sides import checked_id
from upheld.apps.contracts import editions
from upheld.apps.contracts.models import PlanVersion
from upheld.apps.contracts.selectors import find_contract, find_plan
from upheld.apps.tickets.models import Recompute
from upheld.apps.tickets.previews import Wanted, as_record, last_recompute, preview
from upheld.apps.tickets.services import recomputing

router = Router(tags=["recompute"])
READ = ("plans.read", "clocks.recompute")
MOVE = ("clocks.recompute",)


def _plan(caller: Caller, public_id: str) -> PlanVersion:
    found = find_plan(caller.access, checked_id(public_id))
    if found is None:
        raise missing()
    return found


def _move(caller: Caller, contract: str, plan: str) -> Wanted:
    found, target = find_contract(caller.access, checked_id(contract)), find_plan(caller.access, plan)
    if found is None or target is None:
        raise missing()
    return Wanted(found.plan_version, contract=found, target=target)


def _decided(caller: Caller, wanted: Wanted, digest: str, reason: str) -> Recompute:
    return recomputing.apply(wanted=wanted, digest=digest, reason=reason, by=caller.person, now=caller.now)


@operation(router, "GET", "/plans/{plan}/holidays", Rule(rights=READ), answer=HolidaysOut)
def read_holidays(request: ApiRequest, plan: str) -> dict[str, Any]:
    """
    Read the holiday lists of a plan version.
    """
    edition = editions.current(_plan(request.caller, plan))
    return holidays_out(edition, editions.lists_of(edition))


@operation(router, "POST", "/plans/{plan}/holidays/preview", Rule(rights=MOVE, takes=JSON), answer=PreviewOut)
def preview_holidays(request: ApiRequest, plan: str, body: HolidaysIn) -> dict[str, Any]:
    """
    Preview what a change of holidays does to the clocks that run.
    """
    wanted = wanted_of(_plan(request.caller, plan), body)
    return as_record(preview(wanted, request.caller.now))


@operation(router, "POST", "/plans/{plan}/holidays", Rule(rights=MOVE, takes=JSON), answer=RecomputeOut, status=202)
def change_holidays(request: ApiRequest, plan: str, body: HolidaysDecided) -> dict[str, Any]:
    """
    Change holidays as previewed; open tickets are moved after the answer.
    """
    wanted = wanted_of(_plan(request.caller, plan), body)
    return recompute_out(_decided(request.caller, wanted, body.digest, body.reason))


@operation(router, "GET", "/plans/{plan}/recompute", Rule(rights=READ), answer=RecomputeOut)
def read_recompute(request: ApiRequest, plan: str) -> dict[str, Any]:
    """
    Read how far the last change of a plan version's clocks is.
    """
    found = last_recompute(_plan(request.caller, plan))
    if found is None:
        raise missing()
    return recompute_out(found)


@operation(router, "POST", "/contracts/{contract}/move/preview", Rule(rights=MOVE, takes=JSON), answer=PreviewOut)
def preview_move(request: ApiRequest, contract: str, body: MoveIn) -> dict[str, Any]:
    """
    Preview what another plan version does to the clocks that run under a contract.
    """
    return as_record(preview(_move(request.caller, contract, body.plan), request.caller.now))


@operation(router, "POST", "/contracts/{contract}/move", Rule(rights=MOVE, takes=JSON), answer=RecomputeOut, status=202)
def move_contract(request: ApiRequest, contract: str, body: MoveDecided) -> dict[str, Any]:
    """
    Move a contract to another plan version as previewed; open tickets are moved after the answer.
    """
    wanted = _move(request.caller, contract, body.plan)
    return recompute_out(_decided(request.caller, wanted, body.digest, body.reason))
