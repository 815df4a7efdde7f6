"""
Holidays and plan versions over the API: previewed, decided by the digest, done by the relay.
"""

import pytest

from tests import factories
from upheld.apps.contracts import editions
from upheld.apps.parties import services as parties
from upheld.apps.parties.selectors import rights_of
from upheld.apps.tickets.models import EventRow, Recompute
from upheld.apps.work import relay

pytestmark = pytest.mark.django_db
DAY = {"date": "2026-04-20", "name": "Company day"}


@pytest.fixture
def world(client, monkeypatch):
    made = factories.World()
    monkeypatch.setattr("upheld.api.gate.read_clock", lambda: factories.NOW + 3600)
    scopes = sorted(rights_of(made.lead, factories.NOW))
    key = parties.make_key(owner=made.lead, name="k", scopes=scopes, now=factories.NOW).text
    [made.list] = [each.name for each in editions.lists_of(editions.current(made.version))]

    def call(method, path, body=None):
        made.keys = getattr(made, "keys", 0) + 1
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"k{made.keys}"}
        more = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(client, method)(f"/api/v1{path}", headers=headers, **more)

    made.call, made.plan = call, f"/plans/{made.version.public_id}"
    return made


def test_a_holiday_is_previewed_decided_and_done(world):
    ticket = world.ticket(urgency="normal")
    known = world.call("get", f"{world.plan}/holidays").json()
    assert [each["name"] for each in known["lists"]] == [world.list]
    change = {"name": world.list, "add": [DAY]}
    seen = world.call("post", f"{world.plan}/holidays/preview", change)
    assert seen.status_code == 200, seen.content
    told = seen.json()
    assert (told["tickets"], told["counts"]["later"], told["lists"][0]["added"]) == (
        1,
        len(told["rows"]),
        {"2026-04-20": "Company day"},
    )
    assert told["rows"][0]["ticket"] == ticket.public_id
    decided = {**change, "digest": told["digest"], "reason": "We are away"}
    work = world.call("post", f"{world.plan}/holidays", decided)
    assert (work.status_code, work.json()["done"], work.json()["total"]) == (202, 0, 1)
    relay.run_until_idle("one", factories.NOW + 3600)
    assert world.call("get", f"{world.plan}/recompute").json()["done"] == 1
    again = world.call("post", f"{world.plan}/holidays", decided)
    assert (again.status_code, again.json()["code"]) == (409, "holidays.listed_already")
    assert EventRow.objects.filter(kind="calendar_moved").count() == 1


def test_a_foreign_digest_is_refused_and_nothing_done(world):
    world.ticket(urgency="normal")
    body = {"name": world.list, "add": [DAY], "digest": "0" * 64, "reason": "x"}
    answer = world.call("post", f"{world.plan}/holidays", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "recompute.basis_changed")
    assert not Recompute.objects.exists()


def test_a_contract_cannot_move_to_the_version_that_it_has(world):
    body = {"plan": world.version.public_id}
    answer = world.call("post", f"/contracts/{world.contract.public_id}/move/preview", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "recompute.same_version")
