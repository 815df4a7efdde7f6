"""
Cancelling contracts and changing tiers over the API: shown, decided, refused.
"""

import json

import pytest

from tests import factories
from tests.api.conftest import Api, key_of
from upheld.apps.contracts.models import Contract, ContractChange

NOW = factories.NOW


@pytest.fixture
def world(db):
    return factories.World()


@pytest.fixture
def manager(world):
    """A success manager, who may change contracts."""
    person = factories.agent("success@upheld.test", name="Sam Okafor", role="success_manager")
    return Api(key_of(person))


def data(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


@pytest.mark.requirement_part("OPI-3")
def test_a_cancellation_is_shown_and_then_done_as_shown(world, manager):
    path = f"/contracts/{world.contract.public_id}/cancellation"
    shown = data(manager.get(path))
    assert (shown["ends_on"], shown["is_late"], shown["ends_anyway"]) == ("2026-12-31", False, True)
    sent = {"received_at": shown["received_at"], "digest": shown["digest"], "reason": "They wrote."}
    done = data(manager.post(path, sent), 201)
    assert (done["kind"], done["effective_on"], done["reason"]) == ("cancelled", "2026-12-31", "They wrote.")
    again = manager.post(path, sent)
    assert json.loads(again.content)["code"] == "terms.already_cancelled"
    assert ContractChange.objects.count() == 1


@pytest.mark.requirement_part("CAP-7")
def test_a_change_of_tier_is_shown_with_promises_and_clocks(world, manager):
    world.ticket(urgency="high")
    path = f"/contracts/{world.contract.public_id}/tier"
    shown = data(manager.get(f"{path}?tier=premier"))
    assert (shown["before"], shown["after"], shown["is_upgrade"]) == ("preferred", "premier", True)
    assert shown["counts"]["worse"] == 0
    assert {each["verdict"] for each in shown["promises"]} == {"better"}
    assert [(each["metric"], each["effect"]) for each in shown["clocks"]] == [("first_response", "earlier")]
    wanted = {"tier": "premier", "on": shown["on"], "digest": shown["digest"], "reason": "Sold."}
    done = data(manager.post(path, wanted), 201)
    assert done["applied_at"] is not None
    assert Contract.objects.get(pk=world.contract.pk).tier == "premier"


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [
        ("get", "cancellation", None),
        ("get", "tier?tier=premier", None),
        ("post", "cancellation", {"received_at": "2026-04-17T16:00:00Z", "digest": "0" * 64, "reason": "x"}),
        ("post", "tier", {"tier": "premier", "on": "2026-06-01", "digest": "0" * 64, "reason": "x"}),
    ],
)
def test_who_may_not_change_contracts_gets_nothing(world, method, tail, body):
    path = f"/contracts/{world.contract.public_id}/{tail}"
    for key in (key_of(world.agent), key_of(world.contact)):
        answer = getattr(Api(key), method)(path, body)
        assert answer.status_code in {403, 404}
    assert not ContractChange.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"tier": "premier", "on": "2026-06-01", "digest": "0" * 64, "reason": "x"}, "contract.basis_changed"),
        ({"tier": "gold", "on": "2026-06-01", "digest": "0" * 64, "reason": "x"}, "terms.unknown_tier"),
        ({"tier": "essential", "on": "2026-06-01", "digest": "0" * 64, "reason": "x"}, "terms.tier_change_no_renewal"),
        ({"tier": "premier", "on": "2020-06-01", "digest": "0" * 64, "reason": "x"}, "terms.day_is_past"),
    ],
)
def test_what_cannot_be_is_refused_with_its_code(world, manager, body, code):
    answer = manager.post(f"/contracts/{world.contract.public_id}/tier", body)
    assert 400 <= answer.status_code < 500
    assert json.loads(answer.content)["code"] == code
    assert not ContractChange.objects.exists()
