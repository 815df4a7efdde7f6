"""
A refusal names what the plan names as the plan does, to customers and agents alike; the API keeps ids.
"""

import json

import pytest
from django.test import Client

from tests import factories
from tests.web.desk.pages import words
from upheld.apps.contracts.selectors import plan_of
from upheld.apps.contracts.services import ContractError
from upheld.apps.parties import services as parties
from upheld.apps.tickets.services.recording import TicketError
from upheld.core.terms.tier_change import TermError
from upheld.web.plan_words import refusal

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def world(monkeypatch):
    made = factories.World()
    for clock in ("upheld.web.reader.read_clock", "upheld.api.gate.read_clock"):
        monkeypatch.setattr(clock, lambda: made.now)
    return made


def as_(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TermError("terms.same_tier", tier="preferred"), "The contract has the tier Preferred already."),
        (
            TermError("terms.unknown_tier", given="zinc", known=["preferred", "premier"]),
            "no tier zinc. It has: Preferred, Premier.",
        ),
        (
            TermError("terms.tier_change_never", before="preferred", after="premier"),
            "no change from Preferred to Premier",
        ),
        (ContractError("contract.not_for_sale", tier="zinc"), "The tier zinc cannot be bought here"),
        (TicketError("ticket.no_plan"), "The ticket comes under no plan yet"),
    ],
)
def test_an_error_in_the_words_of_the_plan(world, error, told):
    assert told in refusal(error, plan_of(world.version.pk), "en")
    assert refusal(error, None, "en")


def test_pages_of_agents_and_customers_say_the_names(world):
    contract = world.contract.public_id
    admin = as_(type(world.agent).objects.get(email="admin@upheld.test"))
    shown = words(admin.get(f"/desk/contracts/{contract}/tier/?tier=preferred"))
    assert "The contract has the tier Preferred already. Choose another one." in shown
    shown = words(as_(world.contact).get(f"/portal/plan/{contract}/tier/?tier=preferred"))
    assert "The tier Preferred cannot be bought here" in shown
    ticket = world.ticket(urgency="")
    agent = as_(world.agent)
    first, *_rest = plan_of(world.version.pk).severities
    for _ in range(2):
        answer = agent.post(f"/desk/tickets/{ticket.public_id}/severity/", {"severity": first, "reason": "It is"})
    name = plan_of(world.version.pk).severities[first].name[""]
    assert f"The severity is {name} already." in words(answer)
    assert name != first


def test_the_api_keeps_ids(world):
    admin = type(world.agent).objects.get(email="admin@upheld.test")
    key = parties.make_key(owner=admin, name="k", scopes=["contracts.write", "customers.read"], now=world.now).text
    body = {"tier": "preferred", "on": "2026-05-01", "digest": "0" * 64, "reason": "Bought"}
    answer = Client().post(
        f"/api/v1/contracts/{world.contract.public_id}/tier",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.json()["code"] == "terms.same_tier"
    assert "preferred" in answer.json()["title"]
