"""
The desk's list: the next promise of each ticket in words, queues, filters in the address, pages, several at once.
"""

import functools
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.cases import of_row
from tests.factories import DAY, HOUR, MINUTE
from tests.web.desk.pages import order, row, words
from upheld.apps.tickets.models import EventRow
from upheld.apps.tickets.selectors import desk_list
from upheld.apps.tickets.services import conversation, handling

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
LIST_QUERIES = 13


def listed(desk, query="?queue=open"):
    return desk.client.get(f"/desk/{query}")


def test_a_row_says_what_is_left_and_of_which_promise(desk):
    ticket = desk.world.ticket()
    desk.now += 30 * MINUTE
    told = row(listed(desk), ticket)
    assert "1 h 30 m left" in told
    assert "First response · due 11:00" in told
    assert "Urgent said, to assign" in told
    assert "Northwind Traders Preferred" in told
    assert told.endswith("nobody")


def test_a_solved_row_asks_for_no_severity(desk):
    ticket = desk.world.ticket()
    handling.change_status(ticket=ticket, status="resolved", by=desk.world.agent, now=desk.now)
    assert "Urgent said nobody" in row(listed(desk, "?queue=all"), ticket)


def test_an_overdue_row_says_by_how_much(desk):
    ticket = desk.world.ticket()
    desk.now += 3 * HOUR + 12 * MINUTE
    assert "Overdue by 1 h 12 m First response · was due 11:00" in row(listed(desk), ticket)


def test_a_row_outside_hours_says_when_it_goes_on(desk):
    desk.now += 9 * HOUR
    ticket = desk.world.ticket(urgency="high", now=desk.now)
    assert "8 h left First response · outside hours, resumes Sun 16:00" in row(listed(desk), ticket)


def test_breached_by_overrun_then_due_then_without_a_due_time(desk):
    late = desk.world.ticket(now=desk.now - 5 * HOUR)
    later = desk.world.ticket(now=desk.now - 3 * HOUR)
    due = desk.world.ticket(now=desk.now)
    waiting = desk.world.ticket(now=desk.now)
    conversation.reply(
        ticket=waiting, by=desk.world.agent, text="Which?", now=desk.now, then_status="waiting_on_customer"
    )
    assert order(listed(desk)) == [each.public_id for each in (late, later, due, waiting)]


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        ("breached", ["late"]),
        ("at_risk", ["risky"]),
        ("due_today", ["risky", "fresh"]),
        ("unassigned", ["late", "fresh"]),
        ("mine", ["risky", "waiting"]),
        ("waiting_on_customer", ["waiting"]),
        ("needs_me", ["late", "risky", "fresh"]),
        ("open", ["late", "risky", "fresh", "waiting"]),
        ("no-such-queue", ["late", "risky", "fresh", "waiting"]),
    ],
)
def test_queues(desk, queue, expected):
    tickets = {
        "late": desk.world.ticket(now=desk.now - 5 * HOUR),
        "risky": desk.world.ticket(now=desk.now - 110 * MINUTE),
        "fresh": desk.world.ticket(now=desk.now),
        "waiting": desk.world.ticket(now=desk.now),
    }
    agent = desk.world.agent
    for name in ("risky", "waiting"):
        handling.assign(ticket=tickets[name], to=agent, by=agent, now=desk.now)
    conversation.reply(
        ticket=tickets["waiting"], by=agent, text="Which?", now=desk.now, then_status="waiting_on_customer"
    )
    names = {ticket.public_id: name for name, ticket in tickets.items()}
    shown = listed(desk, f"?queue={queue}")
    assert [names[each] for each in order(shown)] == expected


def test_the_counts_are_those_of_the_queues(desk):
    desk.world.ticket(now=desk.now - 5 * HOUR)
    desk.world.ticket(now=desk.now)
    assert "Breached 1 At risk 0 Due today 1" in words(listed(desk))


def test_held_tickets_have_a_queue(desk):
    lapsed = factories.customer("Lapsed")
    writer = factories.member(lapsed, "l@lapsed.test", name="Lara")
    ticket = factories.ticket(writer, lapsed)
    shown = listed(desk, "?queue=held")
    assert order(shown) == [ticket.public_id]
    assert "Held: no running contract" in row(shown, ticket)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("severity=urgent", ["urgent"]),
        ("severity=urgent&severity=low", ["urgent", "low"]),
        ("severity=none-such", []),
        ("tier=preferred", ["urgent", "low"]),
        ("tier=premier", []),
        ("assignee=me", ["low"]),
        ("assignee=nobody", ["urgent"]),
        ("status=on_hold", []),
        ("q=ORDERS", ["urgent"]),
        ("q=northwind", ["urgent", "low"]),
    ],
)
def test_filters_are_in_the_address(desk, query, expected):
    tickets = {"urgent": desk.world.ticket(), "low": desk.world.ticket(urgency="low", subject="Logo")}
    handling.assign(ticket=tickets["low"], to=desk.world.agent, by=desk.world.agent, now=desk.now)
    names = {ticket.public_id: name for name, ticket in tickets.items()}
    assert [names[each] for each in order(listed(desk, f"?queue=open&{query}"))] == expected


def test_what_narrows_a_list_is_said_and_taken_away_one_by_one(desk):
    desk.world.ticket()
    shown = listed(desk, "?q=orders&severity=urgent&severity=low&assignee=nobody")
    found = re.findall(r'<a class="narrowing" href="([^"]*)">', shown.content.decode())
    addresses = [html.unescape(each) for each in found]
    told = words(shown)
    assert "text: “orders” take away severity: Urgent take away severity: Low take away assignee: nobody" in told
    assert addresses == [
        "/desk/?severity=urgent&severity=low&assignee=nobody&queue=all",
        "/desk/?q=orders&severity=low&assignee=nobody&queue=all",
        "/desk/?q=orders&severity=urgent&assignee=nobody&queue=all",
        "/desk/?q=orders&severity=urgent&severity=low&queue=all",
    ]
    assert len(order(desk.client.get(addresses[1]))) == 0
    assert "narrowing" not in listed(desk).content.decode()


def test_a_search_shows_what_runs_first_then_the_newest(desk, monkeypatch):
    monkeypatch.setattr("upheld.apps.tickets.selectors.desk_list", functools.partial(desk_list, size=2))
    tickets = [desk.world.ticket() for _ in range(5)]
    for each in (tickets[0], tickets[1], tickets[3]):
        handling.change_status(ticket=each, status="closed", by=desk.world.agent, now=desk.now)
    first = listed(desk, "?q=orders")
    expected = [tickets[at].public_id for at in (2, 4, 3, 1, 0)]
    following = [re.search(r'rel="next" href="([^"]*)"', first.content.decode()).group(1)]
    second = listed(desk, html.unescape(following[0]))
    following.append(re.search(r'rel="next" href="([^"]*)"', second.content.decode()).group(1))
    third = listed(desk, html.unescape(following[1]))
    assert order(first) + order(second) + order(third) == expected
    assert "after=none." in following[1]


def test_a_number_finds_its_ticket_in_any_state(desk):
    ticket = desk.world.ticket()
    handling.change_status(ticket=ticket, status="closed", by=desk.world.agent, now=desk.now)
    assert order(listed(desk, f"?q=%23{ticket.number}")) == [ticket.public_id]


@pytest.mark.parametrize("text", ["", "x" * 10_000, "%_\\", "\"'((", "\x00", "#99999999999999999999"], ids=range(6))
@of_row("BI-WF-017")
def test_any_search_is_answered(desk, text):
    desk.world.ticket()
    assert desk.client.get("/desk/", {"q": text, "queue": "open"}).status_code == 200


def test_a_percent_sign_is_no_wildcard(desk):
    desk.world.ticket()
    assert order(listed(desk, "?queue=open&q=%25")) == []


@pytest.mark.parametrize("query", ["after=x", "after=1.x", "after=-1.-1", "after=9e9.1", "customer=%00", "severity="])
def test_an_address_that_makes_no_sense_is_no_error(desk, query):
    desk.world.ticket()
    assert listed(desk, f"?queue=open&{query}").status_code == 200


def test_pages_by_key_show_each_ticket_once(desk):
    made = [desk.world.ticket(now=desk.now - each).public_id for each in range(0, 55 * 60, 60)]
    first = listed(desk)
    address = first.content.decode().split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = listed(desk, address)
    assert len(order(first)) == 50
    assert sorted([*order(first), *order(second)]) == sorted(made)


@pytest.mark.parametrize("number", [1, 7])
def test_the_list_takes_a_fixed_number_of_queries(desk, number):
    for _ in range(number):
        desk.world.ticket()
    listed(desk)
    with CaptureQueriesContext(connection) as queries:
        listed(desk)
    assert len(queries) == LIST_QUERIES


def test_several_are_assigned_at_once_and_the_list_stays(desk):
    tickets = [desk.world.ticket() for _ in range(3)]
    answer = desk.client.post(
        "/desk/several/",
        {"do": "take", "ticket": [each.public_id for each in tickets[:2]], "back": "/desk/?queue=unassigned"},
    )
    assert answer.headers["Location"] == "/desk/?queue=unassigned"
    assert [desk.fresh(each).assignee for each in tickets] == [desk.world.agent, desk.world.agent, None]


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test/desk/", "/accounts/logout/", "javascript:1"])
def test_nobody_is_sent_elsewhere(desk, back):
    assert desk.client.post("/desk/several/", {"do": "take", "back": back}).headers["Location"] == "/desk/"


def test_assigning_what_is_missing_changes_nothing(desk):
    before = EventRow.objects.count()
    desk.client.post("/desk/several/", {"do": "take", "ticket": ["0" * 16, "x" * 400]})
    assert EventRow.objects.count() == before


def test_an_empty_queue_says_what_will_appear(desk):
    assert "There is no open ticket. New ones appear here by themselves." in words(listed(desk))


def test_a_refresh_is_304_until_something_happens(desk):
    ticket = desk.world.ticket()
    first = desk.client.get("/desk/rows/?queue=open")
    again = desk.client.get("/desk/rows/?queue=open", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    conversation.note(ticket=ticket, by=desk.world.lead, text="Mine", now=desk.now)
    after = desk.client.get("/desk/rows/?queue=open", headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200
    assert order(after) == [ticket.public_id]


def test_a_refresh_shows_the_next_minute(desk):
    ticket = desk.world.ticket()
    first = desk.client.get("/desk/rows/?queue=open")
    desk.now += MINUTE
    after = desk.client.get("/desk/rows/?queue=open", headers={"If-None-Match": first.headers["ETag"]})
    assert "1 h 59 m left" in row(after, ticket)


def test_a_refresh_writes_nothing(desk):
    desk.world.ticket()
    desk.client.get("/desk/rows/?queue=open")
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            desk.client.get("/desk/rows/?queue=open")
        verbs = {query["sql"].lstrip("( ").split()[0].upper() for query in queries}
        assert verbs <= {"SELECT", "SAVEPOINT", "RELEASE"}


def test_tomorrow_is_not_today(desk):
    ticket = desk.world.ticket(urgency="low", now=desk.now - DAY)
    assert row(listed(desk, "?queue=due_today"), ticket) is None
