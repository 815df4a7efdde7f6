"""
How promises are kept: a contract's running period, and the overview of everybody's work.
"""

from __future__ import annotations

from typing import Any, Final

from ninja import Query, Router

from upheld.api.gate import ApiRequest, Rule, operation
from upheld.api.operations.contracts import CONTRACTS
from upheld.api.problems import missing
from upheld.api.shapes.base import written
from upheld.api.shapes.reports import (
    BreachesOut,
    Compliance,
    Overview,
    OverviewQuery,
    breach_out,
    kept_out,
    load_out,
    scheme_out,
)
from upheld.api.sides import checked_id
from upheld.apps.contracts.selectors import find_contract
from upheld.apps.tickets import overview
from upheld.apps.tickets.compliance import schemes_now

router = Router(tags=["reports"])
REPORTS: Final = Rule(rights=("reports.read",))
DAY: Final = 86_400


@operation(router, "GET", "/contracts/{contract}/compliance", Rule(rights=CONTRACTS), answer=Compliance)
def read_compliance(request: ApiRequest, contract: str) -> dict[str, Any]:
    """
    Read how the promises that count for credits stand in the period that runs: the denominator, the row that holds,
    what is owed now, and what one more violation would make owed.
    """
    found = find_contract(request.caller.access, checked_id(contract))
    if found is None:
        raise missing()
    return {
        "contract": found.public_id,
        "schemes": [scheme_out(each) for each in schemes_now(found, request.caller.now)],
    }


@operation(router, "GET", "/overview", REPORTS, answer=Overview)
def read_overview(request: ApiRequest, query: Query[OverviewQuery]) -> dict[str, Any]:
    """
    Read what everybody has to do now, how promises of tickets opened in the last days were kept, and why some broke.
    """
    caller = request.caller
    since = caller.now - query.days * DAY
    total, groups = overview.kept_since(caller.access, since, caller.now)
    breaches = overview.breaches_since(caller.access, since, caller.now)
    return {
        "since": written(since),
        "total": kept_out(total),
        "metrics": [kept_out(each) for each in groups],
        "people": [load_out(each) for each in overview.loads_of_people(caller.access, caller.now)],
        "teams": [load_out(each) for each in overview.loads_of_teams(caller.access, caller.now)],
        "causes": dict(overview.causes_of(breaches)),
    }


@operation(router, "GET", "/overview/breaches", REPORTS, answer=BreachesOut)
def list_breaches(request: ApiRequest, query: Query[OverviewQuery]) -> dict[str, Any]:
    """
    List the broken promises of tickets opened in the last days with their causes, the latest due first, up to 2,000.
    """
    caller = request.caller
    found = overview.breaches_since(caller.access, caller.now - query.days * DAY, caller.now)
    return {"items": [breach_out(each) for each in found]}
