"""
Saved answers: texts for replies, of one's own or shared.
"""

from __future__ import annotations

from typing import Any, Final

from ninja import Router

from upheld.api.callers import Caller
from upheld.api.gate import JSON, ApiRequest, Rule, operation
from upheld.api.problems import missing
from upheld.api.shapes.saved_answers import AnswerOut, Answers, NewAnswer, answer_out
from upheld.api.sides import checked_id, forbidden
from upheld.apps.parties.selectors import teams
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import SavedAnswer
from upheld.apps.tickets.services import saved_answers

router = Router(tags=["answers"])
WRITE: Final = ("tickets.reply", "tickets.note")


@operation(router, "GET", "/saved-answers", Rule(rights=WRITE), answer=Answers)
def list_answers(request: ApiRequest) -> dict[str, Any]:
    """
    List the saved answers that one can use: one's own, those of one's teams, those for everybody.
    """
    return {"items": [answer_out(each) for each in selectors.answers_of(request.caller.access)]}


@operation(router, "POST", "/saved-answers", Rule(rights=WRITE, takes=JSON), answer=AnswerOut, status=201)
def save_answer(request: ApiRequest, body: NewAnswer) -> dict[str, Any]:
    """
    Keep a text under a title; sharing it needs the right `views.share`.
    """
    caller = request.caller
    made = saved_answers.save_answer(owner=caller.person, now=caller.now, **_given(caller, body))
    return answer_out(made)


@operation(router, "PUT", "/saved-answers/{answer}", Rule(rights=WRITE, takes=JSON), answer=AnswerOut)
def change_answer(request: ApiRequest, answer: str, body: NewAnswer) -> dict[str, Any]:
    """
    Change an answer of one's own: its title, its text, who can use it.
    """
    caller = request.caller
    found = _answer(caller, answer)
    given = _given(caller, body)
    return answer_out(saved_answers.change_answer(answer=found, by=caller.person, now=caller.now, **given))


@operation(router, "DELETE", "/saved-answers/{answer}", Rule(rights=WRITE), answer=AnswerOut)
def delete_answer(request: ApiRequest, answer: str) -> dict[str, Any]:
    """
    Delete an answer of one's own, or, with the right `views.share`, a shared one; returns what it was.
    """
    caller = request.caller
    found = _answer(caller, answer)
    shown = answer_out(found)
    saved_answers.delete_answer(answer=found, by=caller.person, may_share=caller.access.may("views.share"))
    return shown


def _answer(caller: Caller, public_id: str) -> SavedAnswer:
    found = selectors.find_answer(caller.access, checked_id(public_id))
    if found is None:
        raise missing()
    return found


def _given(caller: Caller, body: NewAnswer) -> dict[str, Any]:
    """
    Return what a body says, with the team that it names; refuse whoever may not share.
    """
    if body.audience != "self" and not caller.access.may("views.share"):
        raise forbidden("views.share")
    team = None
    if body.audience == "team":
        team = next((each for each in teams() if each.public_id == body.team), None)
        if team is None:
            raise missing()
    return {"title": body.title, "text": body.text, "team": team, "is_shared": body.audience == "all"}
