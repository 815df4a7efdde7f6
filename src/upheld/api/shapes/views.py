"""
Saved views, teams, and what a search finds.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from upheld.api.shapes.base import At, Body, Id, Ref
from upheld.api.shapes.contracts import ContractOut
from upheld.api.shapes.parties import CustomerOut, PersonOut
from upheld.api.shapes.tickets import ref
from upheld.apps.tickets.models import SavedView
from upheld.apps.tickets.services.views import MOST_NAME, MOST_QUERY

Audience = Literal["self", "team", "all"]


class NewView(Body):
    """
    A view. `query` is the part of the desk's address behind the question mark: `queue=open&severity=urgent`.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=MOST_NAME)]
    query: Annotated[str, StringConstraints(max_length=MOST_QUERY)] = ""
    audience: Audience = "self"
    team: Id | None = Field(None, description="Needed where `audience` is `team`.")


class ViewOut(Schema):
    """
    A saved view.
    """

    id: str
    name: str
    query: str
    owner: Ref
    audience: Audience
    team: Ref | None
    made_at: At
    changed_at: At


class Views(Schema):
    """
    Saved views by name.
    """

    items: list[ViewOut]


class Teams(Schema):
    """
    Teams by name.
    """

    items: list[Ref]


class SearchQuery(Schema):
    """
    What is looked for.
    """

    text: str = Field(min_length=1, max_length=200)


class FoundPerson(Schema):
    """
    Somebody of a customer.
    """

    person: PersonOut
    customer: Ref


class Found(Schema):
    """
    What a search found beside tickets, up to 25 of each.
    """

    people: list[FoundPerson]
    customers: list[CustomerOut]
    contracts: list[ContractOut]


def view_out(view: SavedView) -> dict[str, Any]:
    """
    Return a saved view as it is sent.
    """
    names = ("name", "query", "audience", "made_at", "changed_at")
    return {
        "id": view.public_id,
        **{name: getattr(view, name) for name in names},
        "owner": ref(view.owner),
        "team": ref(view.team),
    }
