"""
Who may open the desk, and what; foreign is answered as missing, to the byte.
"""

import re

import pytest
from django.test import Client
from django.urls import URLPattern

from tests import factories
from tests.cases import of_row
from tests.web.desk.pages import order
from upheld.apps.parties import services as party_services
from upheld.apps.parties.rights import RIGHTS
from upheld.apps.tickets.models import Attachment, EventRow
from upheld.apps.tickets.services import files, handling
from upheld.web.desk import urls

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]

ROUTES = {pattern.name: pattern for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
CANARY = "<script>canary()</script>\"'><img src=x onerror=canary()>"


def address(route, public_id):
    return "/desk/" + str(ROUTES[route].pattern).replace("<str:public_id>", public_id)


def answers(client, public_id):
    for route in ROUTES:
        for method in ("get", "post"):
            yield route, method, getattr(client, method)(address(route, public_id))


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_declares_the_right_it_needs(route):
    assert ROUTES[route].callback.needs
    assert set(ROUTES[route].callback.needs) <= set(RIGHTS)


def test_nobody_is_sent_to_the_log_in_page(desk):
    ticket = desk.world.ticket()
    for route, method, answer in answers(Client(), ticket.public_id):
        assert answer.status_code in (302, 405), (route, method)
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/accounts/login/?next=/desk/")


def test_a_customer_finds_nothing_there_and_changes_nothing(desk):
    ticket = desk.world.ticket()
    before = EventRow.objects.count()
    for route, method, answer in answers(desk.as_(desk.world.contact), ticket.public_id):
        assert answer.status_code in (404, 405), (route, method)
    assert EventRow.objects.count() == before


READING = ("tickets.read", "customers.read", "plans.read", "reports.read")


def test_an_auditor_reads_and_changes_nothing(desk):
    ticket = desk.world.ticket()
    auditor = desk.as_(factories.person("auditor@upheld.test", name="Aud", role="auditor"))
    before = EventRow.objects.count()
    for route, method, answer in answers(auditor, ticket.public_id):
        if answer.status_code == 405:
            continue
        may = set(ROUTES[route].callback.needs) & set(READING)
        assert (answer.status_code == 403) == (not may), (route, method)
    assert EventRow.objects.count() == before
    page = auditor.get(address("ticket", ticket.public_id)).content.decode()
    assert 'id="reply"' not in page
    assert 'id="severity"' not in page


def test_a_contractor_sees_what_they_are_assigned_and_nothing_else(desk):
    own, foreign = desk.world.ticket(), desk.world.ticket()
    sam = factories.person("sam@upheld.test", name="Sam", role="contractor")
    handling.assign(ticket=own, to=sam, by=desk.world.lead, now=desk.now)
    client = desk.as_(sam)
    assert order(client.get("/desk/?queue=all")) == [own.public_id]
    assert client.get(address("ticket", own.public_id)).status_code == 200
    assert client.get(address("ticket", foreign.public_id)).status_code == 404
    assert client.get(f"/desk/?q=%23{foreign.number}").content.decode().count(foreign.public_id) == 0


def test_foreign_is_missing_to_the_byte(desk):
    ticket = desk.world.ticket()
    kept = files.shown_name("a")
    foreign_file = Attachment.objects.create(
        customer=desk.world.customer, ticket=ticket, uploader=desk.world.agent, name=kept, storage_key="aa/aa", size=1,
        digest="0", content_type="text/plain", uploaded_at=0,
    )  # fmt: skip
    sam = desk.as_(factories.person("sam@upheld.test", name="Sam", role="contractor"))
    before = EventRow.objects.count()
    for route in ("ticket", "pulse", "say", "draft", "status", "file"):
        public_id = foreign_file.public_id if route == "file" else ticket.public_id
        method = sam.get if route in ("ticket", "pulse", "file") else sam.post
        there, missing = (method(address(route, each)) for each in (public_id, "0" * 16))
        assert (there.status_code, missing.status_code) == (404, 404), route
        assert unsigned(there) == unsigned(missing), route
    assert EventRow.objects.count() == before


def unsigned(answer):
    """A page without what is new in each: the token of its forms, and the address it was asked for."""
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', r"\1", answer.content.decode())
    return re.sub(r'name="next" value="[^"]*"|/desk/[a-z]+/\w{16}/\w*/?', "", text)


def test_an_agent_of_another_team_sees_nothing(desk):
    team, other = party_services.add_team(name="Billing"), party_services.add_team(name="Support")
    ticket = desk.world.ticket()
    handling.move_to_team(ticket=ticket, team=other, by=desk.world.lead, reason="Theirs", now=desk.now)
    client = desk.as_(factories.agent("bill@upheld.test", name="Bill", team=team))
    assert order(client.get("/desk/?queue=all")) == []
    assert client.get(address("ticket", ticket.public_id)).status_code == 404


@of_row("AT-XS-002")
def test_what_people_write_is_never_markup(desk):
    customer = factories.customer(f"Customer {CANARY}")
    writer = factories.member(customer, "w@canary.test", name=f"Name {CANARY}")
    factories.contract(customer, desk.world.version)
    ticket = factories.ticket(writer, customer, subject=CANARY, text=f"{CANARY} javascript:alert(1) https://x.test/")
    handling.assign_severity(ticket=ticket, severity="high", by=desk.world.agent, reason=CANARY, now=desk.now)
    desk.post(ticket, "call", {"direction": "in", "text": CANARY})
    desk.post(ticket, "draft", {"text": CANARY})
    pages = ["/desk/?queue=open", f"/desk/?q={CANARY}", "/desk/rows/", "/desk/customers/", "/desk/notices/"]
    pages += [f"/desk/customers/{customer.public_id}/", f"/desk/tickets/{ticket.public_id}/"]
    for page in pages:
        text = desk.client.get(page).content.decode()
        assert "<script>canary" not in text, page
        assert "<img src=x" not in text, page
        assert 'href="javascript:' not in text, page
    refused = desk.post(ticket, "severity", {"severity": CANARY, "reason": CANARY}).content.decode()
    assert "<script>canary" not in refused


@pytest.mark.parametrize("route", ["list", "customers", "plans", "notices", "ticket", "customer", "contract", "plan"])
def test_each_page_opens_and_carries_the_policy(desk, route):
    ticket = desk.world.ticket()
    ids = {
        "ticket": ticket,
        "customer": desk.world.customer,
        "contract": desk.world.contract,
        "plan": desk.world.version,
    }
    answer = desk.client.get(address(route, ids[route].public_id if route in ids else ""))
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r'\sstyle="|<style|<script(?! src)|\son[a-z]+="', answer.content.decode())
