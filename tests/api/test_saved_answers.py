"""
Saved answers over the API: kept, changed and deleted as on the desk, with the same refusals.
"""

import json

import pytest

from tests.api.conftest import problem
from tests.cases import of_row
from upheld.apps.tickets.models import SavedAnswer

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
NEW = {"title": "Greeting", "text": "Hello {requester.name}"}


@pytest.fixture
def lead_api(cast):
    return cast.api(cast.lead)


def test_an_answer_is_kept_changed_and_deleted(cast, lead_api, agent_api):
    made = json.loads(lead_api.post("/saved-answers", {**NEW, "audience": "all"}).content)
    assert (made["title"], made["text"], made["audience"]) == ("Greeting", "Hello {requester.name}", "all")
    assert made["owner"]["id"] == cast.lead.public_id
    assert [each["id"] for each in json.loads(agent_api.get("/saved-answers").content)["items"]] == [made["id"]]
    changed = lead_api.put(f"/saved-answers/{made['id']}", {**NEW, "text": "Hi"})
    assert (json.loads(changed.content)["text"], json.loads(changed.content)["audience"]) == ("Hi", "self")
    assert json.loads(agent_api.get("/saved-answers").content)["items"] == []
    problem(agent_api.delete(f"/saved-answers/{made['id']}"), 404, "request.not_found")
    assert lead_api.delete(f"/saved-answers/{made['id']}").status_code == 200
    assert not SavedAnswer.objects.exists()


@of_row("BI-WF-018")
@pytest.mark.parametrize("text", ["{{ ticket.secret }}", "{% load %}", "{ticket.__class__}", "{ticket.secret}"])
def test_an_unknown_placeholder_is_refused(cast, agent_api, text):
    found = problem(agent_api.post("/saved-answers", {**NEW, "text": text}), 422, "placeholder.unknown")
    assert found["params"]["given"] == text
    assert "{clock.due}" in found["params"]["known"]
    assert not SavedAnswer.objects.exists()


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        ("agent", {**NEW, "audience": "all"}, 403, "auth.right_missing"),
        ("lead", {**NEW, "audience": "team", "team": "z" * 16}, 404, "request.not_found"),
        ("agent", {**NEW, "title": " "}, 422, "answer.empty_title"),
        ("agent", {**NEW, "text": "x" * 10_001}, 400, "request.too_long"),
        ("contact", NEW, 403, "auth.right_missing"),
        ("auditor", NEW, 403, "auth.right_missing"),
    ],
)
def test_a_refusal_keeps_nothing(cast, who, body, status, code):
    problem(cast.api(getattr(cast, who)).post("/saved-answers", body), status, code)
    assert not SavedAnswer.objects.exists()


def test_a_title_is_there_once_and_what_is_shared_is_its_owners(cast, lead_api, agent_api):
    made = json.loads(lead_api.post("/saved-answers", {**NEW, "audience": "all"}).content)
    problem(lead_api.post("/saved-answers", NEW), 409, "answer.title_taken")
    problem(agent_api.put(f"/saved-answers/{made['id']}", NEW), 403, "answer.not_yours")
    problem(agent_api.delete(f"/saved-answers/{made['id']}"), 403, "answer.not_yours")
    assert SavedAnswer.objects.count() == 1
