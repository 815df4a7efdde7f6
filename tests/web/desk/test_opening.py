"""
A customer telephones: found by name, never put under the first of several contracts, and promised what is then kept.
"""

import pytest

from tests import factories
from tests.factories import HOUR, MINUTE
from tests.web.desk.pages import field, words
from upheld.apps.tickets.models import EventRow, Submission, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


def form(desk, **changes):
    page = desk.client.get("/desk/new/", who(desk))
    data = {
        **who(desk),
        "contract": desk.world.contract.public_id,
        "key": field(page, "key"),
        "subject": "Orders stopped",
        "text": "Since nine",
        "urgency": "urgent",
        "channel": "phone",
        "later": "1",
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def who(desk):
    return {"customer": desk.world.customer.public_id, "person": desk.world.contact.public_id}


def channel_of(desk):
    page = desk.client.get("/desk/new/", who(desk)).content.decode()
    return page.split('name="channel"')[1].split('value="')[1].split('"')[0]


def test_the_caller_is_found_by_any_word(desk):
    for text in ("dana", "Whitfield", "northwind", "dana@north", "dana northwind"):
        assert "Dana Whitfield Northwind Traders" in words(desk.client.get("/desk/new/", {"q": text})), text
    assert "Nobody found" in words(desk.client.get("/desk/new/", {"q": "zzz"}))


def test_the_form_shows_each_due_time_before_anything_is_kept(desk):
    page = words(desk.client.get("/desk/new/", who(desk)))
    assert "Dana Whitfield, Northwind Traders" in page
    assert "Urgent due 11:00" in page
    chosen = {**who(desk), "contract": desk.world.contract.public_id, "urgency": "urgent"}
    promise = words(desk.client.get("/desk/new/promise/", chosen))
    assert "First response 2 h, due 11:00" in promise
    assert not Submission.objects.exists()


def test_the_ticket_has_the_promise_that_was_shown_and_says_who_opened_it(desk):
    channel = channel_of(desk)
    answer = desk.client.post("/desk/new/", form(desk, channel=channel, take="on"))
    assert answer.status_code == 302, words(answer)
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.assignee, ticket.channel) == (desk.world.contact, desk.world.agent, channel)
    assert ticket.next_due_at == desk.now + 2 * HOUR
    opened = EventRow.objects.get(ticket=ticket, kind="opened")
    assert desk.world.agent.public_id.encode() in bytes(opened.record)


def test_the_same_form_posted_twice_is_one_ticket(desk):
    data = form(desk, channel=channel_of(desk))
    for _ in range(2):
        assert desk.client.post("/desk/new/", data).status_code == 302
    assert Ticket.objects.count() == 1


def test_several_contracts_are_offered_and_none_is_taken_by_itself(desk):
    factories.contract(desk.world.customer, desk.world.version, tier="essential")
    shown = words(desk.client.get("/desk/new/", who(desk)))
    assert "Under which contract?" in shown
    assert "Preferred" in shown
    assert "Essential" in shown
    answer = desk.client.post("/desk/new/", {**who(desk), "subject": "x", "urgency": "urgent", "key": "k" * 24})
    assert "Under which contract?" in words(answer)
    assert not Ticket.objects.exists()


def test_an_earlier_moment_needs_the_right_and_a_reason(desk):
    assert "When they told us" not in words(desk.client.get("/desk/new/", who(desk)))
    lead = desk.as_(desk.world.lead)
    earlier = {"opened_at": "2026-04-17T08:30", "channel": channel_of(desk)}
    refused = lead.post("/desk/new/", form(desk, **earlier))
    assert refused.status_code == 422
    assert "needs a reason" in words(refused)
    assert "Since nine" in refused.content.decode()
    assert lead.post("/desk/new/", form(desk, **earlier, reason="The line was down")).status_code == 302
    assert Ticket.objects.get().opened_at == desk.now - 30 * MINUTE
    future = lead.post("/desk/new/", form(desk, channel=earlier["channel"], opened_at="2026-04-17T23:00", reason="x"))
    assert future.status_code == 422
    assert Ticket.objects.count() == 1


def test_what_the_plan_demands_is_asked_for_once_and_may_wait(desk):
    data = form(desk, channel=channel_of(desk), later=None)
    answer = desk.client.post("/desk/new/", data)
    assert answer.status_code == 422
    assert "Open now, ask later" in words(answer)
    assert not Ticket.objects.exists()
    assert desk.client.post("/desk/new/", {**data, "later": "1"}).status_code == 302
    assert EventRow.objects.filter(kind="intake_requested").count() == 1


def test_a_customer_without_a_running_contract_is_kept_and_held(desk):
    lapsed = factories.customer("Lapsed Ltd")
    writer = factories.member(lapsed, "l@lapsed.test", name="Lara")
    named = {"customer": lapsed.public_id, "person": writer.public_id}
    page = desk.client.get("/desk/new/", named)
    assert "No contract runs." in words(page)
    data = {**named, "subject": "Help", "key": field(page, "key"), "channel": "phone", "later": "1"}
    assert desk.client.post("/desk/new/", data).status_code == 302
    assert not Ticket.objects.get().is_entitled


def test_nobody_else_is_put_on_a_customer_and_foreign_is_missing(desk):
    other = factories.customer("Globex")
    theirs = factories.member(other, "g@globex.test", name="Gil")
    named = {"customer": desk.world.customer.public_id, "person": theirs.public_id}
    assert desk.client.get("/desk/new/", named).status_code == 404
    assert desk.client.get("/desk/new/", {**who(desk), "contract": "0" * 16}).status_code == 404
    auditor = desk.as_(factories.person("aud@upheld.test", name="Aud", role="auditor"))
    assert auditor.get("/desk/new/").status_code == 403
