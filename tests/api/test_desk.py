"""
Everything that the desk does, over the API: the same services, the same refusals.
"""

import json

import pytest

from tests import factories
from tests.api.conftest import Api, key_of, problem
from tests.factories import HOUR, NOW
from upheld.apps.parties import services as parties
from upheld.apps.tickets.models import EventRow, Message
from upheld.apps.tickets.services import conversation

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


@pytest.fixture
def world():
    return factories.World()


@pytest.fixture
def agent(world):
    return Api(key_of(world.agent))


@pytest.fixture
def lead(world):
    return Api(key_of(world.lead))


def body(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_what_becomes_of_a_fault_is_recorded(world, agent):
    path = f"/tickets/{world.ticket().public_id}"
    body(agent.post(f"{path}/reproductions", {"outcome": "reproduced", "text": "Here too"}), 201)
    body(agent.post(f"{path}/workarounds", {"text": "By hand"}), 201)
    done = body(agent.post(f"{path}/remediations", {"promised_for": "2026-04-20T12:00:00Z"}), 201)
    assert done["version"] == 4
    stale = agent.post(f"{path}/workarounds", {}, If_Match='"1"')
    assert stale.status_code == 412
    problem(agent.post(f"{path}/milestones", {"milestone": "moon"}), 422, "ticket.unknown_milestone")


def test_tickets_are_linked_merged_and_split(world, agent):
    first, second = world.ticket(), world.ticket(now=NOW + 60)
    conversation.customer_message(ticket=first, by=world.contact, text="And labels", now=NOW + 120)
    message = Message.objects.filter(ticket=first).latest("seq")
    one, other = f"/tickets/{first.public_id}", f"/tickets/{second.public_id}"
    refused = agent.post(f"{one}/merge", {"into": second.public_id, "reason": "One"})
    problem(refused, 409, "ticket.merge_other_way")
    body(agent.post(f"{other}/links", {"to": first.public_id}), 201)
    split = {"message": message.public_id, "subject": "Labels", "reason": "A second matter"}
    made = body(agent.post(f"{one}/split", split), 201)
    assert (made["subject"], made["opened_at"]) == ("Labels", "2026-04-17T16:02:00Z")
    merged = body(agent.post(f"{other}/merge", {"into": first.public_id, "reason": "One"}))
    assert (merged["status"], merged["is_open"], merged["next"]) == ("merged", False, None)


def test_an_event_is_taken_back_by_who_may_back_date(world, agent, lead):
    ticket = world.ticket()
    conversation.log_call(ticket=ticket, by=world.agent, inbound=True, now=NOW)
    seq = EventRow.objects.filter(ticket=ticket).latest("seq").seq
    path, wanted = f"/tickets/{ticket.public_id}/corrections", {"event": seq, "reason": "Wrong ticket"}
    assert agent.post(path, wanted).status_code == 403
    body(lead.post(path, wanted), 201)
    problem(lead.post(path, wanted), 409, "event.corrected_already")


def test_a_ticket_goes_to_another_team_and_is_found_there(world, agent):
    ticket, team = world.ticket(), parties.add_team(name="Billing")
    path = f"/tickets/{ticket.public_id}"
    assert {"id": team.public_id, "name": "Billing"} in body(agent.get("/teams"))["items"]
    lacking = agent.patch(path, {"team": team.public_id})
    problem(lacking, 422, "ticket.reason_missing")
    done = body(agent.patch(path, {"team": team.public_id, "reason": "Theirs"}))
    assert (done["team"]["name"], done["assignee"]) == ("Billing", None)
    assert [each["id"] for each in body(agent.get(f"/tickets?team={team.public_id}"))["items"]] == [ticket.public_id]


def test_views_are_saved_changed_shared_and_deleted(world, agent, lead):
    made = body(agent.post("/views", {"name": "Mine", "query": "queue=mine"}), 201)
    problem(agent.post("/views", {"name": "Mine", "query": ""}), 409, "view.name_taken")
    assert agent.post("/views", {"name": "All", "audience": "all"}).status_code == 403
    shared = body(lead.post("/views", {"name": "All", "query": "queue=open", "audience": "all"}), 201)
    assert [each["name"] for each in body(agent.get("/views"))["items"]] == ["All", "Mine"]
    problem(agent.delete(f"/views/{shared['id']}"), 403, "view.not_yours")
    changed = body(agent.put(f"/views/{made['id']}", {"name": "My own", "query": "queue=mine"}))
    assert (changed["name"], changed["audience"]) == ("My own", "self")
    body(agent.delete(f"/views/{made['id']}"))
    assert [each["name"] for each in body(agent.get("/views"))["items"]] == ["All"]
    assert lead.get(f"/views/{made['id']}").status_code == 405


def test_people_customers_and_contracts_are_found(world, agent):
    found = body(agent.get("/search?text=northwind"))
    assert [each["person"]["name"] for each in found["people"]] == ["Dana Whitfield"]
    assert [each["id"] for each in found["customers"]] == [world.customer.public_id]
    assert [each["id"] for each in found["contracts"]] == [world.contract.public_id]


def test_the_running_quarter_has_its_denominator(world, agent, clock):
    ticket = world.ticket()
    conversation.reply(ticket=ticket, by=world.agent, text="x", now=NOW + 3 * HOUR)
    clock.now = NOW + 4 * HOUR
    (one,) = body(agent.get(f"/contracts/{world.contract.public_id}/compliance"))["schemes"]
    assert (one["period"], one["events"], one["violations"], one["violation_percent"]) == ("2026-Q2", 1, 1, "100")
    assert one["now"]["is_owed"] == (one["now"]["amount"] is not None or one["now"]["band"] is None)


def test_the_overview_is_for_leads(world, agent, lead, clock):
    world.ticket()
    clock.now = NOW + 3 * HOUR
    assert agent.get("/overview").status_code == 403
    found = body(lead.get("/overview?days=7"))
    assert (found["total"]["events"], found["total"]["breached"], found["total"]["percent"]) == (1, 1, "0")
    assert found["causes"] == {"nobody_had_it": 1}
    (late,) = body(lead.get("/overview/breaches?days=7"))["items"]
    assert (late["metric"], late["late_seconds"], late["cause"]) == ("first_response", HOUR, "nobody_had_it")
