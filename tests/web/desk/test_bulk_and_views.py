"""
Several tickets at once, saved views, search and export: each ticket by itself, each view for whom it is meant.
"""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import HOUR
from tests.web.desk.pages import order, words
from upheld.apps.exports.table import cell
from upheld.apps.parties import services as parties
from upheld.apps.tickets.models import SavedView
from upheld.apps.tickets.services import conversation, handling

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


def several(desk, tickets, client=None, **data):
    marked = {"ticket": [each.public_id for each in tickets], "back": "/desk/?queue=open"}
    return (client or desk.client).post("/desk/several/", {**marked, **data})


def test_what_can_be_done_is_done_and_the_rest_is_named_with_why(desk):
    one, other = desk.world.ticket(), desk.world.ticket()
    handling.change_status(ticket=other, status="resolved", by=desk.world.lead, now=desk.now)
    answer = several(desk, [one, other], do="status", status="resolved")
    assert answer.status_code == 207
    shown = words(answer)
    assert "1 ticket could not be done" in shown
    assert f"#{other.number} The status is resolved already." in shown
    assert desk.fresh(one).status == "resolved"


@pytest.mark.parametrize(
    ("data", "field", "value"),
    [
        ({"do": "take"}, "assignee", "agent"),
        ({}, "assignee", "agent"),
        ({"do": "assign", "to": "lead"}, "assignee", "lead"),
        ({"do": "team", "team": "team", "reason": "Theirs"}, "team", "team"),
        ({"do": "status", "status": "on_hold"}, "status", "on_hold"),
    ],
)
def test_one_thing_is_done_to_all_that_are_marked(desk, data, field, value):
    tickets, team = [desk.world.ticket(), desk.world.ticket()], parties.add_team(name="Billing")
    known = {"lead": desk.world.lead.public_id, "team": team.public_id}
    sent = {name: known.get(word, word) if name in ("to", "team") else word for name, word in data.items()}
    answer = several(desk, tickets, **sent)
    assert answer.headers["Location"] == "/desk/?queue=open"
    expected = {"agent": desk.world.agent, "lead": desk.world.lead, "team": team}.get(value, value)
    assert [getattr(desk.fresh(each), field) for each in tickets] == [expected, expected]


def test_without_a_reason_no_ticket_changes_its_team(desk):
    ticket, team = desk.world.ticket(), parties.add_team(name="Billing")
    answer = several(desk, [ticket], do="team", team=team.public_id)
    assert "a reason is needed" in words(answer)
    assert desk.fresh(ticket).team is None


def test_foreign_tickets_are_left_out_as_if_they_were_not_there(desk):
    mine, foreign = desk.world.ticket(), desk.world.ticket()
    sam = factories.person("sam@upheld.test", name="Sam", role="contractor")
    handling.assign(ticket=mine, to=sam, by=desk.world.lead, now=desk.now)
    answer = several(desk, [mine, foreign], desk.as_(sam), do="status", status="on_hold")
    assert answer.status_code == 302
    assert (desk.fresh(mine).status, desk.fresh(foreign).status) == ("on_hold", "waiting_on_support")
    assert several(desk, [mine], desk.as_(sam), do="take").status_code == 403


def saved(client, name, query, **more):
    return client.post("/desk/views/save/", {"name": name, "query": query, **more})


def test_a_view_keeps_the_filters_counts_and_is_ones_own(desk):
    desk.world.ticket(urgency="low")
    answer = saved(desk.client, "Low ones", "queue=open&severity=low&after=1.2&evil=1")
    assert answer.headers["Location"] == "/desk/?queue=open&severity=low"
    assert "Low ones 1" in words(desk.client.get("/desk/"))
    assert "Low ones" not in words(desk.as_(desk.world.lead).get("/desk/"))
    saved(desk.client, "Low ones", "queue=mine")
    assert SavedView.objects.count() == 1


def test_only_who_may_share_shares_and_a_team_sees_its_views_alone(desk):
    one, other = parties.add_team(name="One"), parties.add_team(name="Other")
    assert saved(desk.client, "For all", "queue=open", **{"for": "all"}).status_code == 403
    lead = desk.as_(desk.world.lead)
    saved(lead, "For one", "queue=open", **{"for": one.public_id})
    saved(lead, "For all", "queue=mine", **{"for": "all"})
    seen = words(desk.as_(factories.agent("a@upheld.test", name="A", team=one)).get("/desk/"))
    unseen = words(desk.as_(factories.agent("b@upheld.test", name="B", team=other)).get("/desk/"))
    assert "For one" in seen
    assert "For one" not in unseen
    assert "For all" in seen
    assert "For all" in unseen


def test_a_view_is_renamed_and_deleted_by_its_owner_alone(desk):
    saved(desk.as_(desk.world.lead), "Ours", "queue=open", **{"for": "all"})
    view = SavedView.objects.get()
    address = f"/desk/views/{view.public_id}"
    refused = desk.client.post(f"{address}/change/", {"name": "Mine now", "for": "self"})
    assert refused.status_code == 422
    assert "This view is somebody else's" in words(refused)
    assert desk.client.post(f"{address}/delete/").status_code == 422
    lead = desk.as_(desk.world.lead)
    assert lead.post(f"{address}/change/", {"name": "Everybody's", "for": "self"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.audience) == ("Everybody's", "self")
    assert desk.client.post(f"{address}/delete/").status_code == 404
    assert lead.post(f"{address}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_search_shows_tickets_people_customers_and_contracts(desk):
    ticket = desk.world.ticket()
    conversation.note(ticket=ticket, by=desk.world.agent, text="certificate xylophone", now=desk.now)
    assert order(desk.client.get("/desk/?q=xylophone")) == [ticket.public_id]
    shown = words(desk.client.get("/desk/?q=northwind"))
    assert "Customers Northwind Traders People Dana Whitfield Northwind Traders Contracts" in shown


def test_a_team_filters_the_list(desk):
    team, ticket = parties.add_team(name="Billing"), desk.world.ticket()
    other = desk.world.ticket()
    handling.move_to_team(ticket=ticket, team=team, by=desk.world.lead, reason="x", now=desk.now)
    assert order(desk.client.get(f"/desk/?queue=open&team={team.public_id}")) == [ticket.public_id]
    assert order(desk.client.get("/desk/?queue=open&team=none")) == [other.public_id]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "|calc", "%0A=1", "=cmd|' /C calc'!A0"]
)
def test_no_cell_is_a_formula(text):
    assert cell("subject", text) == f"'{text}"


def test_the_list_and_the_broken_promises_are_exported_without_formulas(desk):
    ticket = desk.world.ticket(subject='=HYPERLINK("https://x.test";"x")')
    answer = desk.client.get("/desk/tickets.csv?queue=open")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tickets-open.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["subject"] == '\'=HYPERLINK("https://x.test";"x")'
    assert (row["number"], row["opened_at"]) == (str(ticket.number), "2026-04-17T16:00:00Z")
    desk.now += 3 * HOUR
    lead = desk.as_(desk.world.lead)
    (late,) = csv.DictReader(io.StringIO(lead.get("/desk/overview/breaches.csv?days=7").content.decode("utf-8-sig")))
    assert (late["number"], late["late_seconds"], late["cause"]) == (
        str(ticket.number),
        "3600",
        "Nobody had it when it was due",
    )
    assert desk.client.get("/desk/overview/breaches.csv").status_code == 403


def test_the_overview_names_each_share_with_its_denominator(desk):
    kept, late = desk.world.ticket(), desk.world.ticket(subject="A late one")
    conversation.reply(
        ticket=kept, by=desk.world.agent, text="x", now=desk.now + HOUR, then_status="waiting_on_customer"
    )
    desk.now += 3 * HOUR
    shown = words(desk.as_(desk.world.lead).get("/desk/overview/?days=7"))
    assert "50 % 1 of 2 promises kept" in shown
    assert "Nobody had it when it was due 1" in shown
    assert f"A late one #{late.number}" in shown
    assert desk.client.get("/desk/overview/").status_code == 403


def test_the_contract_says_whether_support_is_open_and_how_the_quarter_stands(desk):
    ticket = desk.world.ticket()
    conversation.reply(ticket=ticket, by=desk.world.agent, text="x", now=desk.now + 3 * HOUR)
    desk.now += 4 * HOUR
    shown = words(desk.client.get(f"/desk/contracts/{desk.world.contract.public_id}/"))
    assert "Support is open until" in shown
    assert "What is promised Severity First response Follow up" in shown
    card = words(desk.client.get(f"/desk/contracts/{desk.world.contract.public_id}/quarter/"))
    assert "Quarter 2 of 2026" in card
    assert "1 of 1 SLA event broken 100 %" in card
    assert "Row that applies above 10.1 %" in card
    assert "Los Angeles time" in card
    assert "If one more breaks" in card


def test_the_customers_are_listed_with_what_runs_and_what_is_open(desk):
    factories.customer("Lapsed")
    desk.world.ticket()
    desk.world.ticket(urgency="low")
    desk.now += 3 * HOUR
    desk.client.get("/desk/customers/")
    with CaptureQueriesContext(connection) as captured:
        shown = words(desk.client.get("/desk/customers/"))
    plan = "Celigo integrator.io Customer Success Plans"
    assert f"Northwind Traders Preferred {plan} 2 1 0 Fri 12:00 Los Angeles" in shown
    assert "Lapsed none runs 0 0 0" in shown
    assert len([each for each in captured if each["sql"].startswith('SELECT "tickets_ticket"')]) == 1


def test_a_customers_page_shows_open_tickets_first_and_lets_one_open_another(desk):
    done, still = desk.world.ticket(subject="Old"), desk.world.ticket(subject="New")
    handling.change_status(ticket=done, status="closed", by=desk.world.lead, now=desk.now)
    answer = desk.client.get(f"/desk/customers/{desk.world.customer.public_id}/")
    assert order(answer) == [still.public_id]
    shown = words(answer)
    assert "Fri 09:00 in Los Angeles, where they are" in shown
    assert f"Solved and closed All tickets Old #{done.number}" in shown
    assert f"/desk/new/?customer={desk.world.customer.public_id}" in answer.content.decode()
