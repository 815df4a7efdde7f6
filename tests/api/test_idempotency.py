"""
Sending again is harmless: one effect, one answer.
"""

import json

from tests.api.conftest import problem, token
from tests.cases import of_row
from tests.factories import DAY
from upheld.apps.tickets.models import EventRow, Message, Reply, Submission, Ticket
from upheld.apps.tickets.services import answers

NEW = {"subject": "Export stopped", "text": "Since 9.", "urgency": "high"}


@of_row("BI-AP-011")
def test_the_same_request_gets_the_same_answer(cast, contact_api):
    key, before = token(), Ticket.objects.count()
    first, second, third = (contact_api.post("/tickets", NEW, Idempotency_Key=key) for _ in range(3))
    assert (first.status_code, second.status_code, third.status_code) == (201, 201, 201)
    assert first.content == second.content == third.content
    assert [each.headers.get("Idempotent-Replayed") for each in (first, second, third)] == [None, "true", "true"]
    assert [each.headers[name] for each in (first, second) for name in ("ETag", "Location")] == [
        first.headers["ETag"], first.headers["Location"],
    ] * 2  # fmt: skip
    assert Ticket.objects.count() == before + 1


@of_row("BI-AP-011")
def test_a_message_is_sent_once(cast, agent_api):
    key, path = token(), f"/tickets/{cast.mine.public_id}/messages"
    first, second = (agent_api.post(path, {"text": "On it."}, Idempotency_Key=key) for _ in range(2))
    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Message.objects.filter(ticket=cast.mine).count() == 2


@of_row("BI-AP-011")
def test_answers_are_kept_for_a_day(cast, contact_api, clock):
    key = token()
    contact_api.post("/tickets", NEW, Idempotency_Key=key)
    clock.now += DAY
    assert answers.forget_old(now=clock.now) == 0
    assert contact_api.post("/tickets", NEW, Idempotency_Key=key).headers["Idempotent-Replayed"] == "true"
    assert answers.forget_old(now=clock.now + 2 * DAY) == 1
    assert not Reply.objects.exists()


@of_row("BI-AP-012")
def test_another_request_with_the_key_is_refused(cast, contact_api, agent_api):
    key, path = token(), f"/tickets/{cast.mine.public_id}"
    assert contact_api.post("/tickets", NEW, Idempotency_Key=key).status_code == 201
    assert agent_api.patch(path, {"status": "on_hold"}, Idempotency_Key=key).status_code == 200
    counts = [table.objects.count() for table in (Submission, Ticket, EventRow, Reply)]
    problem(
        contact_api.post("/tickets", {**NEW, "text": "Other."}, Idempotency_Key=key), 422, "idempotency.other_request"
    )
    for method, target, body in (
        ("PATCH", path, {"status": "waiting_on_customer"}),
        ("POST", f"{path}/messages", {"status": "on_hold"}),
        ("POST", f"{path}/intake-completion", None),
    ):
        found = agent_api.call(method, target, body, Idempotency_Key=key)
        problem(found, 422, "idempotency.other_request")
    found = agent_api.patch(path, {"status": "on_hold"}, Idempotency_Key=key, If_Match='"9"')
    problem(found, 422, "idempotency.other_request")
    assert counts == [table.objects.count() for table in (Submission, Ticket, EventRow, Reply)]


def test_a_key_is_the_callers_own(cast, contact_api):
    key = token()
    assert contact_api.post("/tickets", NEW, Idempotency_Key=key).status_code == 201
    other = cast.api(cast.other_contact).post("/tickets", {**NEW, "subject": "Other"}, Idempotency_Key=key)
    assert (other.status_code, other.headers.get("Idempotent-Replayed")) == (201, None)


def test_a_refusal_is_not_kept(cast, agent_api):
    """What was refused can be corrected and sent with the same key; the refusal has left nothing."""
    key, path = token(), f"/tickets/{cast.mine.public_id}"
    before = EventRow.objects.count()
    problem(agent_api.patch(path, {"severity": "nonsense"}, Idempotency_Key=key), 422, "ticket.unknown_severity")
    assert (EventRow.objects.count(), Reply.objects.count()) == (before, 0)
    assert agent_api.patch(path, {"severity": "low"}, Idempotency_Key=key).status_code == 200


def test_a_refused_ticket_can_be_corrected(cast, contact_api):
    key = token()
    problem(
        contact_api.post("/tickets", {**NEW, "urgency": "extreme"}, Idempotency_Key=key), 422, "intake.unknown_word"
    )
    kept = Submission.objects.latest("pk")
    assert (kept.state, json.loads(bytes(kept.raw))["urgency"]) == ("refused", "extreme")
    assert contact_api.post("/tickets", NEW, Idempotency_Key=key).status_code == 201


def test_a_crash_between_effect_and_answer_makes_no_second_ticket(cast, contact_api, monkeypatch):
    key, before = token(), Ticket.objects.count()

    def crash(**_):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("upheld.api.gate.answers.keep_once", crash)
        problem(contact_api.post("/tickets", NEW, Idempotency_Key=key), 500, "server.error")
    assert contact_api.post("/tickets", NEW, Idempotency_Key=key).status_code == 201
    assert Ticket.objects.count() == before + 1


def test_a_crash_before_the_answer_is_kept_takes_the_effect_back(cast, agent_api, monkeypatch):
    key, before = token(), EventRow.objects.count()

    def crash(**_):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("upheld.api.gate.answers.keep", crash)
        found = agent_api.patch(f"/tickets/{cast.mine.public_id}", {"status": "on_hold"}, Idempotency_Key=key)
        problem(found, 500, "server.error")
    assert (EventRow.objects.count(), Reply.objects.count()) == (before, 0)
    assert (
        agent_api.patch(f"/tickets/{cast.mine.public_id}", {"status": "on_hold"}, Idempotency_Key=key).status_code
        == 200
    )
