"""
Saved answers.
"""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

from upheld.api.shapes.base import At, Body, Id, Ref
from upheld.api.shapes.tickets import ref
from upheld.api.shapes.views import Audience
from upheld.apps.parties.placeholders import KNOWN
from upheld.apps.tickets.models import SavedAnswer
from upheld.apps.tickets.services.saved_answers import MOST_ANSWER, MOST_TITLE


class NewAnswer(Body):
    """
    A text for replies. It may hold placeholders, which the desk fills in; any other is refused.
    """

    title: Annotated[str, StringConstraints(min_length=1, max_length=MOST_TITLE)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_ANSWER)] = Field(
        description="Placeholders: " + ", ".join(f"`{{{name}}}`" for name in KNOWN) + "."
    )
    audience: Audience = "self"
    team: Id | None = Field(None, description="Needed where `audience` is `team`.")


class AnswerOut(Schema):
    """
    A saved answer, with its placeholders as they are.
    """

    id: str
    title: str
    text: str
    owner: Ref
    audience: Audience
    team: Ref | None
    made_at: At
    changed_at: At


class Answers(Schema):
    """
    Saved answers by title.
    """

    items: list[AnswerOut]


def answer_out(answer: SavedAnswer) -> dict[str, Any]:
    """
    Return a saved answer as it is sent.
    """
    names = ("title", "text", "audience", "made_at", "changed_at")
    return {
        "id": answer.public_id,
        **{name: getattr(answer, name) for name in names},
        "owner": ref(answer.owner),
        "team": ref(answer.team),
    }
