"""
Saved views, teams, and the search over people, customers and contracts.
"""

from __future__ import annotations

from typing import Any, Final

from ninja import Query, Router

from upheld.api.callers import Caller
from upheld.api.gate import JSON, ApiRequest, Rule, operation
from upheld.api.problems import missing
from upheld.api.shapes.contracts import contract_out
from upheld.api.shapes.parties import customer_out, person_out
from upheld.api.shapes.tickets import ref
from upheld.api.shapes.views import Found, NewView, SearchQuery, Teams, ViewOut, Views, view_out
from upheld.api.sides import checked_id, forbidden
from upheld.apps.contracts.selectors import contracts_found
from upheld.apps.parties.models import Team
from upheld.apps.parties.selectors import customers_found, people_found, teams
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import SavedView
from upheld.apps.tickets.services import views

router = Router(tags=["views"])
STAFF: Final = ("tickets.read", "tickets.read_assigned")
MOST_FOUND: Final = 25


@operation(router, "GET", "/teams", Rule(rights=STAFF), answer=Teams)
def list_teams(request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001  (every operation has one)
    """
    List the teams by name.
    """
    return {"items": [ref(each) for each in teams()]}


@operation(router, "GET", "/views", Rule(rights=STAFF), answer=Views)
def list_views(request: ApiRequest) -> dict[str, Any]:
    """
    List the saved views that one sees: one's own, those of one's teams, those for everybody.
    """
    return {"items": [view_out(each) for each in selectors.views_of(request.caller.access)]}


@operation(router, "POST", "/views", Rule(rights=STAFF, takes=JSON), answer=ViewOut, status=201)
def save_view(request: ApiRequest, body: NewView) -> dict[str, Any]:
    """
    Keep a list with its filters under a name; sharing it needs the right `views.share`.
    """
    team = _team(request.caller, body)
    made = views.save_view(
        owner=request.caller.person,
        name=body.name,
        query=body.query,
        now=request.caller.now,
        team=team,
        is_shared=body.audience == "all",
    )
    return view_out(made)


def _team(caller: Caller, body: NewView) -> Team | None:
    """
    Return the team that a view is for, where it is for one; refuse whoever may not share.
    """
    if body.audience == "self":
        return None
    if not caller.access.may("views.share"):
        raise forbidden("views.share")
    if body.audience == "all":
        return None
    found = next((each for each in teams() if each.public_id == body.team), None)
    if found is None:
        raise missing()
    return found


def _view(caller: Caller, public_id: str) -> SavedView:
    found = selectors.find_view(caller.access, checked_id(public_id))
    if found is None:
        raise missing()
    return found


@operation(router, "PUT", "/views/{view}", Rule(rights=STAFF, takes=JSON), answer=ViewOut)
def change_view(request: ApiRequest, view: str, body: NewView) -> dict[str, Any]:
    """
    Change a view of one's own: its name, its list, who sees it.
    """
    caller = request.caller
    found = _view(caller, view)
    changed = views.change_view(
        view=found,
        by=caller.person,
        now=caller.now,
        name=body.name,
        query=body.query,
        team=_team(caller, body),
        is_shared=body.audience == "all",
    )
    return view_out(changed)


@operation(router, "DELETE", "/views/{view}", Rule(rights=STAFF), answer=ViewOut)
def delete_view(request: ApiRequest, view: str) -> dict[str, Any]:
    """
    Delete a view of one's own, or, with the right `views.share`, a shared one; returns what it was.
    """
    caller = request.caller
    found = _view(caller, view)
    shown = view_out(found)
    views.delete_view(view=found, by=caller.person, may_share=caller.access.may("views.share"))
    return shown


@operation(router, "GET", "/search", Rule(rights=("customers.read",)), answer=Found)
def search_directory(request: ApiRequest, query: Query[SearchQuery]) -> dict[str, Any]:
    """
    Find people, customers and contracts by words; tickets are found by `text` of `/tickets`.
    """
    caller = request.caller
    people = people_found(caller.access, query.text, caller.now, most=MOST_FOUND)
    customers = customers_found(caller.access, query.text, most=MOST_FOUND)
    contracts = contracts_found(caller.access, query.text, most=MOST_FOUND)
    return {
        "people": [{"person": person_out(each.person), "customer": ref(each.customer)} for each in people],
        "customers": [customer_out(each) for each in customers],
        "contracts": [contract_out(each, caller.now) for each in contracts],
    }
