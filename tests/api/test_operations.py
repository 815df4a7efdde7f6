"""
What the operations do, who may call them, and how many queries they take.
"""

import hashlib
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.api.conftest import Api, problem
from tests.cases import of_row
from tests.factories import HOUR, NOW
from upheld.api.gate import RULES
from upheld.api.routes import api as the_api
from upheld.apps.contracts.models import Contract
from upheld.apps.parties.rights import CUSTOMER_RIGHTS, RIGHTS
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import EventRow, Ticket
from upheld.apps.work import relay
from upheld.catalogues import read as read_catalogue

OPEN = {"read_me", "list_keys", "make_key", "revoke_key"}
"""Operations that everybody has who is known: they are about oneself."""


def operations():
    for path, found in the_api.get_openapi_schema()["paths"].items():
        for method, each in found.items():
            yield method, path, each


def body(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


# Rights


def test_every_operation_declares_its_right():
    ids = [each["operationId"] for _, _, each in operations()]
    assert sorted(ids) == sorted(RULES)
    assert len(set(ids)) == len(ids)
    known = {*RIGHTS, *(right for rights in CUSTOMER_RIGHTS.values() for right in rights)}
    for name, rule in RULES.items():
        assert bool(rule.rights) != (name in OPEN), name
        assert set(rule.rights) <= known, name


def test_every_operation_passes_the_gate():
    for router in the_api._get_bound_routers():
        for view in router.path_operations.values():
            for each in view.operations:
                assert each.operation_id in RULES
                assert each.run.__name__ == "respond" or hasattr(each.run, "__wrapped__"), each.operation_id


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in operations()], ids=str)
@of_row("AT-XC-001")
def test_strangers_get_nothing(db, method, path):
    """Anonymous."""
    url = path.format(
        **dict.fromkeys(
            (
                *("ticket", "customer", "contract", "plan", "key", "notice", "attachment", "metric", "cycle", "view"),
                *("answer", "message"),
            ),
            "z" * 16,
        )
    )
    problem(Api().call(method.upper(), url, {}), 401, "auth.needed")


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("agent", {"POST /tickets", "PATCH /tickets/{}", "reply", "note", "calls", "events", "customers"}),
        ("lead", {"POST /tickets", "PATCH /tickets/{}", "reply", "note", "calls", "events", "customers"}),
        ("contractor", set()),
        ("auditor", {"events", "customers"}),
        ("contact", {"POST /tickets", "reply", "customers"}),
        ("requester", {"POST /tickets", "customers"}),
        ("other_contact", {"POST /tickets", "customers"}),
    ],
)
def test_who_may_do_what_on_a_ticket(cast, who, allowed):
    api, path = cast.api(getattr(cast, who)), f"/tickets/{cast.mine.public_id}"
    new = {"subject": "x"}
    if who in ("agent", "lead"):
        new |= {"customer": cast.customer.public_id, "requester": cast.contact.public_id}
    done = {
        "POST /tickets": api.post("/tickets", new),
        "PATCH /tickets/{}": api.patch(path, {"severity": "low"}),
        "reply": api.post(f"{path}/messages", {"text": "x"}),
        "note": api.post(f"{path}/messages", {"text": "x", "is_internal": True}),
        "calls": api.post(f"{path}/calls", {"is_inbound": True}),
        "events": api.get(f"{path}/events"),
        "customers": api.get("/customers"),
    }
    assert {name for name, response in done.items() if response.status_code < 300} == allowed
    assert {response.status_code for name, response in done.items() if name not in allowed} <= {403, 404}


# Tickets


def test_an_agent_opens_a_ticket_for_a_customer(cast, agent_api):
    new = {
        "subject": "Phoned in", "text": "No orders.", "urgency": "urgent", "channel": "phone",
        "customer": cast.customer.public_id, "requester": cast.contact.public_id,
    }  # fmt: skip
    made = body(agent_api.post("/tickets", new), 201)
    assert (made["channel"], made["requester"]["name"], made["next"]["metric"]) == (
        "phone",
        "Dana Whitfield",
        "first_response",
    )
    opened = codec.decode(EventRow.objects.get(ticket__public_id=made["id"], seq=1).record)
    assert (opened.actor.side, opened.actor.ref) == ("vendor", cast.agent.public_id)


def test_opening_late_needs_a_right_and_a_reason(cast, agent_api):
    new = {
        "subject": "Yesterday", "customer": cast.customer.public_id, "requester": cast.contact.public_id,
        "opened_at": "2026-04-16T16:00:00Z",
    }  # fmt: skip
    lead, before = cast.api(cast.lead), Ticket.objects.count()
    problem(agent_api.post("/tickets", {**new, "reason": "x"}), 403, "auth.right_missing")
    problem(lead.post("/tickets", new), 422, "event.backdated_without_reason")
    problem(lead.post("/tickets", {**new, "reason": "x", "opened_at": "2026-04-18T16:00:00Z"}), 422, "event.in_future")
    assert Ticket.objects.count() == before
    assert body(lead.post("/tickets", {**new, "reason": "System was down"}), 201)["opened_at"] == new["opened_at"]
    event = codec.decode(EventRow.objects.filter(seq=1).latest("pk").record)
    assert (event.kind, event.reason) == ("opened", "System was down")


@pytest.mark.parametrize("field", ["severity", "channel", "opened_at"])
def test_customers_do_not_classify(cast, contact_api, field):
    given = {"severity": "urgent", "channel": "phone", "opened_at": "2026-04-17T15:00:00Z"}
    problem(contact_api.post("/tickets", {"subject": "x", field: given[field]}), 403, "auth.right_missing")


def test_a_lapsed_customer_is_kept_and_released(cast, agent_api):
    """CEL-1"""
    lapsed = factories.customer("Lapsed")
    person = factories.member(lapsed, "lee@lapsed.test")
    held = body(cast.api(person).post("/tickets", {"subject": "Help", "urgency": "urgent"}), 201)
    assert (held["is_entitled"], held["held_reason"], held["next"]) == (False, "not_entitled", None)
    contract = factories.contract(lapsed, cast.version)
    path = f"/tickets/{held['id']}/release"
    freed = body(agent_api.post(path, {"contract": contract.public_id, "reason": "Renewed"}, If_Match='"1"'))
    assert (freed["is_entitled"], freed["next"]["metric"]) == (True, "first_response")
    again = agent_api.post(path, {"contract": contract.public_id, "reason": "Renewed"})
    problem(again, 409, "ticket.not_held")


def test_everything_changes_together_or_not_at_all(cast, agent_api):
    path, before = f"/tickets/{cast.mine.public_id}", EventRow.objects.count()
    wanted = {"severity": "high", "assignee": cast.lead.public_id, "status": "on_hold", "reason": "Workaround found"}
    problem(agent_api.patch(path, {**wanted, "coverage": "not_covered", "reason": " "}), 422, "ticket.reason_missing")
    problem(agent_api.patch(path, {}), 400, "ticket.nothing_to_change")
    problem(agent_api.patch(path, {**wanted, "assignee": cast.contact.public_id}), 404, "request.not_found")
    assert EventRow.objects.count() == before
    changed = body(agent_api.patch(path, wanted))
    shown = (changed["severity"], changed["assignee"]["name"], changed["status"], changed["version"])
    assert shown == ("high", "Priya Nair", "on_hold", 4)
    assert body(agent_api.patch(path, {"assignee": None}))["assignee"] is None


def test_a_conversation(cast, agent_api, contact_api):
    path = f"/tickets/{cast.mine.public_id}"
    sent = body(agent_api.post(f"{path}/messages", {"text": "Which order?", "then_status": "waiting_on_customer"}), 201)
    assert (sent["author"]["name"], sent["by_customer"]) == ("Jo Osei", False)
    assert body(contact_api.get(path))["status"] == "waiting_on_customer"
    assert body(contact_api.post(f"{path}/messages", {"text": "All."}), 201)["by_customer"] is True
    texts = [each["text"] for each in body(contact_api.get(f"{path}/messages"))["items"]]
    assert texts == ["Since 8:50 no order leaves.", "Which order?", "All."]
    assert body(contact_api.get(path))["status"] == "waiting_on_support"


def test_clocks_explain_themselves(cast, contact_api):
    path = f"/tickets/{cast.mine.public_id}/clocks"
    (clock,) = [each for each in body(contact_api.get(path))["items"] if each["metric"] == "first_response"]
    assert (clock["state"], clock["due_at"], clock["allowed_seconds"]) == ("running", "2026-04-17T18:00:00Z", 2 * HOUR)
    why = body(contact_api.get(f"{path}/first_response/1"))
    assert why["clock"] == clock
    assert why["steps"][0]["code"] == "clock.started"
    assert "AEST" in why["steps"][0]["words"]  # Dana reads in Sydney
    assert sum(each["seconds"] for each in why["stretches"] if each["kind"] == "counted") > 0
    problem(contact_api.get(f"{path}/first_response/2"), 404, "request.not_found")


@of_row("AT-MO-004")
def test_the_chain_can_be_checked_by_hand(cast, agent_api):
    """From what the API gives alone."""
    agent_api.post(f"/tickets/{cast.mine.public_id}/messages", {"text": "Hi"})
    found, cursor = [], ""
    while cursor is not None:
        got = body(agent_api.get(f"/tickets/{cast.mine.public_id}/events?page_size=2{cursor}"))
        found += got["items"]
        cursor = got["next_cursor"] and f"&cursor={got['next_cursor']}"
    head = ""
    for number, event in enumerate(found, 1):
        assert event["seq"] == number
        head = hashlib.sha256(f"{head}\n{event['record']}".encode()).hexdigest()
        assert head == event["hash"]
    assert head == Ticket.objects.get(pk=cast.mine.pk).head_hash


def test_pages_hold_every_ticket_once(cast, agent_api, contact_api):
    for index in range(7):
        cast.ticket(subject=f"Number {index}", urgency=("urgent", "high", "low")[index % 3])
    for api, most in ((agent_api, 9), (contact_api, 8)):
        seen, cursor = [], ""
        while cursor is not None:
            got = body(api.get(f"/tickets?page_size=3{cursor}"))
            seen += [each["number"] for each in got["items"]]
            cursor = got["next_cursor"] and f"&cursor={got['next_cursor']}"
        assert len(seen) == len(set(seen)) == most


# Contracts, plans, notices


def test_contracts_and_plans(cast):
    finance, author = (
        factories.person("fin@upheld.test", role="finance"),
        factories.person("pat@upheld.test", role="plan_author"),
    )
    publisher, maker = cast.api(author), cast.api(finance)
    raw = read_catalogue("opigno")
    plan = body(publisher.post("/plans", raw=raw, content_type="application/yaml"), 201)
    assert body(publisher.post("/plans", raw=raw, content_type="application/yaml"), 201) == plan
    assert maker.get(f"/plans/{plan['id']}/document").content == raw
    changed = raw + b"\n# changed\n"
    problem(publisher.post("/plans", raw=changed, content_type="application/yaml"), 409, "contract.version_taken")
    found = problem(
        publisher.post("/plans", raw=b"upheld: 1\nplan: x\n", content_type="application/yaml"), 422, "plan.refused"
    )
    assert found["errors"]
    problem(maker.post("/plans", raw=raw, content_type="application/yaml"), 403, "auth.right_missing")
    new = {
        "customer": cast.customer.public_id, "plan": cast.version.public_id, "tier": "premier",
        "starts_on": "2027-01-01", "brand": cast.contract.brand.public_id,
        "fee": {"amount": "1200.50", "currency": "EUR", "per": "quarter"},
    }  # fmt: skip
    made = body(maker.post("/contracts", new), 201)
    assert (made["fee"], made["zone"]) == (
        {"amount": "1200.50", "currency": "EUR", "per": "quarter"},
        "America/Los_Angeles",
    )
    before = Contract.objects.count()
    problem(maker.post("/contracts", {**new, "tier": "gold"}), 422, "contract.unknown_tier")
    problem(maker.post("/contracts", {**new, "ends_on": "2026-12-31"}), 422, "contract.term_backwards")
    problem(maker.post("/contracts", {**new, "zone": "Mars/Olympus"}), 400, "calendar.unknown_zone")
    problem(maker.post("/contracts", {**new, "fee": {"amount": "1.005", "currency": "EUR"}}), 422, "money.too_fine")
    problem(maker.post("/contracts", {**new, "starts_on": "2026-02-30"}), 400, "request.wrong_type")
    problem(publisher.post("/contracts", new), 403, "auth.right_missing")
    assert Contract.objects.count() == before
    listed = body(cast.api(cast.contact).get("/contracts"))["items"]
    assert [each["id"] for each in listed] == [made["id"], cast.contract.public_id]


def test_notices(cast, contact_api):
    cast.api(cast.agent).post(f"/tickets/{cast.mine.public_id}/messages", {"text": "Hi"})
    relay.run_until_idle("test", NOW + 700)
    found = body(contact_api.get("/notices?is_unread=true"))["items"]
    assert found[0]["words"] == "Jo Osei answered “Orders stopped exporting”."
    assert cast.api(cast.other_contact).post(f"/notices/{found[0]['id']}/read").status_code == 404
    assert body(contact_api.post(f"/notices/{found[0]['id']}/read")) == {"marked": 1}
    body(contact_api.post("/notices/read"))
    assert body(contact_api.get("/notices?is_unread=true"))["items"] == []


def test_health(db):
    client = Client()
    assert (client.get("/healthz").json(), client.get("/readyz").json()) == ({"status": "alive"}, {"status": "ready"})
    assert client.post("/healthz").status_code == 405


# Queries


@pytest.mark.parametrize(
    ("path", "agents", "contacts"),
    [
        ("/me", 3, 3),
        ("/tickets?queue=all", 4, 3),
        ("/tickets/{ticket}", 4, 3),
        ("/tickets/{ticket}/messages", 6, 5),
        ("/tickets/{ticket}/attachments", 5, 4),
        ("/tickets/{ticket}/clocks", 10, 9),
        ("/tickets/{ticket}/clocks/first_response/1", 10, 9),
        ("/tickets/{ticket}/events", 5, None),
        ("/customers", 4, 3),
        ("/customers/{customer}", 4, 3),
        ("/customers/{customer}/people", 5, None),
        ("/contracts", 5, 4),
        ("/contracts/{contract}", 5, 4),
        ("/plans", 4, 3),
        ("/plans/{plan}", 4, 3),
        ("/plans/{plan}/document", 5, 4),
        ("/notices", 4, 3),
    ],
)
def test_reads_take_a_fixed_number_of_queries(  # noqa: PLR0917  (a row and three fixtures)
    cast, agent_api, contact_api, path, agents, contacts
):
    """Three of them tell who calls, two with a customer's key; the number does not grow with the rows."""
    url = path.format(
        ticket=cast.mine.public_id,
        customer=cast.customer.public_id,
        contract=cast.contract.public_id,
        plan=cast.version.public_id,
    )
    for api, expected in ((agent_api, agents), (contact_api, contacts)):
        if expected is None:
            continue
        api.get(url)  # the key's last use and the compiled plan are written and read once
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                assert api.get(url).status_code == 200
            counts.append(len(seen))
            for index in range(3):
                cast.ticket(subject=f"More {index}")
                factories.customer(f"More {index}")
        assert counts == [expected, expected], [each["sql"][:90] for each in seen.captured_queries]
