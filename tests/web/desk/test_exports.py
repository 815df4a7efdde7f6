"""
Lists as files: a short one at once, a long one asked for, seen and downloaded by whoever asked, and nobody else.
"""

import csv
import io

import pytest

from tests import factories
from tests.cases import of_row
from tests.factories import DAY
from tests.web.desk.pages import field, words
from upheld.apps.exports import selectors, services
from upheld.apps.exports.models import Export
from upheld.apps.parties import services as parties
from upheld.apps.tickets.services import handling
from upheld.apps.work import relay

pytestmark = [pytest.mark.django_db, pytest.mark.on_database, of_row("AT-RS-002")]


@pytest.fixture(autouse=True)
def long_lists(settings, tmp_path, monkeypatch):
    settings.EXPORT_ROOT = tmp_path / "exports"
    monkeypatch.setattr(selectors, "MOST_AT_ONCE", 2)


def rows(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_short_list_is_downloaded_at_once(desk):
    first, second = desk.world.ticket(), desk.world.ticket(urgency="low")
    answer = desk.client.get("/desk/tickets.csv?queue=open")
    assert [(row["number"], row["severity"], row["tier"]) for row in rows(answer)] == [
        (str(first.number), "Urgent", "Preferred"),
        (str(second.number), "Low", "Preferred"),
    ]
    assert Export.objects.count() == 0


def test_a_long_one_is_asked_for_made_and_downloaded(desk):
    tickets = [desk.world.ticket(subject="=1+1") for _ in range(3)]
    customer = desk.world.customer.public_id
    answer = desk.client.get(f"/desk/tickets.csv?queue=open&severity=urgent&customer={customer}&after=1.1&q=%3D1")
    assert answer.status_code == 302
    offer = desk.client.get(answer.headers["Location"])
    assert "All open · Urgent · Northwind Traders · “=1”" in words(offer)
    assert "more than 2 tickets" in words(offer)
    assert Export.objects.count() == 0
    asked = desk.client.post("/desk/exports/ask/", {"query": field(offer, "query")}, follow=True)
    assert "The file is being made. You are told when it is ready." in words(asked)
    assert "All open · Urgent · Northwind Traders · “=1” asked for 09:00, now Waiting for its turn Cancel" in words(
        asked
    )
    relay.run_until_idle("worker", desk.now)
    ready = words(desk.client.get("/desk/exports/"))
    assert "3 tickets" in ready
    assert "Ready kept until Mon 09:00 Download" in ready
    export = Export.objects.get()
    file = desk.client.get(f"/desk/exports/{export.public_id}/file/")
    assert file.headers["Content-Disposition"] == 'attachment; filename="tickets-open-2026-04-17.csv"'
    assert file.headers["Content-Length"] == str(export.size)
    assert (file.headers["X-Content-Type-Options"], file.headers["Cache-Control"]) == ("nosniff", "private, no-store")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    found = rows(file)
    assert [row["number"] for row in found] == [str(each.number) for each in tickets]
    assert {row["subject"] for row in found} == {"'=1+1"}
    told = desk.client.get("/desk/notices/")
    assert "is ready: 3 tickets, kept until Mon 09:00." in words(told)
    assert 'href="/desk/exports/"' in told.content.decode()


def test_what_the_file_leads_through_is_in_words(desk):
    team = parties.add_team(name="Billing")
    asks = {
        "": "Needs me now",
        "queue=all&assignee=me&status=on_hold": "All tickets · On hold · of Jo Osei",
        f"queue=mine&tier=preferred&team={team.public_id}": "Mine · Preferred · Billing",
        "queue=held&assignee=nobody&team=none&customer=zzz": "Held · one customer · nobody's · no team",
        "q=two%20%20words": "All tickets · “two words”",
    }
    for query, said in asks.items():
        desk.client.post("/desk/exports/ask/", {"query": query})
        assert Export.objects.latest("pk").title == said
        relay.run_until_idle("worker", desk.now)
    assert set(Export.objects.values_list("state", flat=True)) == {"ready"}


def test_a_refresh_answers_304_until_something_changes(desk):
    desk.world.ticket()
    page = desk.client.get("/desk/exports/")
    assert "No export yet" in words(page)
    tag = page.context["tag"]
    again = lambda: desk.client.get("/desk/exports/rows/", headers={"If-None-Match": tag})  # noqa: E731
    assert again().status_code == 304
    desk.client.post("/desk/exports/ask/", {"query": "queue=open"})
    fresh = again()
    assert (fresh.status_code, "Waiting" in words(fresh)) == (200, True)
    tag = fresh.headers["ETag"]
    assert again().status_code == 304
    relay.run_until_idle("worker", desk.now)
    assert "Ready" in words(again())


def test_nobody_has_the_export_of_another(desk):
    desk.world.ticket()
    desk.client.post("/desk/exports/ask/", {"query": "queue=open"})
    relay.run_until_idle("worker", desk.now)
    export = Export.objects.get()
    for person in (desk.world.lead, factories.person("admin2@upheld.test", name="Al", role="admin")):
        other = desk.as_(person)
        assert "All open" not in words(other.get("/desk/exports/")).split("Only you")[1]
        missing = other.get("/desk/exports/0000000000000000/file/")
        answer = other.get(f"/desk/exports/{export.public_id}/file/")
        assert (answer.status_code, missing.status_code) == (404, 404)
        assert other.post(f"/desk/exports/{export.public_id}/away/").status_code == 404
    assert desk.as_(desk.world.contact).get(f"/desk/exports/{export.public_id}/file/").status_code == 404
    export.refresh_from_db()
    assert export.state == "ready"


def test_an_agent_of_a_team_gets_what_they_may_see_now(desk):
    team, other = parties.add_team(name="Billing"), parties.add_team(name="Other")
    kept, moved = desk.world.ticket(), desk.world.ticket()
    jo = desk.as_(factories.agent("jo@upheld.test", name="Jo", team=team))
    jo.post("/desk/exports/ask/", {"query": "queue=open"})
    relay.run_until_idle("worker", desk.now)
    handling.move_to_team(ticket=moved, team=other, by=desk.world.lead, reason="x", now=desk.now)
    answer = jo.get(f"/desk/exports/{Export.objects.get().public_id}/file/")
    assert [row["number"] for row in rows(answer)] == [str(kept.number)]
    assert "Content-Length" not in answer.headers


def test_cancelled_deleted_and_over(desk):
    desk.world.ticket()
    desk.client.post("/desk/exports/ask/", {"query": "queue=open"})
    first = Export.objects.get()
    said = desk.client.post(f"/desk/exports/{first.public_id}/away/", follow=True)
    assert "The export is cancelled." in words(said)
    desk.client.post("/desk/exports/ask/", {"query": "queue=open"})
    relay.run_until_idle("worker", desk.now)
    second = Export.objects.latest("pk")
    said = desk.client.post(f"/desk/exports/{second.public_id}/away/", follow=True)
    assert "The file is deleted." in words(said)
    assert "Deleted You deleted the file." in words(said)
    gone = desk.client.get(f"/desk/exports/{second.public_id}/file/", follow=True)
    assert "This file is not there any more. Make the export again." in words(gone)
    desk.client.post("/desk/exports/ask/", {"query": "queue=open"})
    relay.run_until_idle("worker", desk.now)
    desk.now += 3 * DAY
    services.expire(now=desk.now)
    assert "The file was deleted when its time was over." in words(desk.client.get("/desk/exports/"))
    assert list(services.root().glob("*")) == []


def test_too_many_on_their_way_are_refused_and_the_list_is_still_there(desk):
    for queue in ("open", "mine", "all"):
        desk.client.post("/desk/exports/ask/", {"query": f"queue={queue}"})
    refused = desk.client.post("/desk/exports/ask/", {"query": "queue=held"})
    assert refused.status_code == 409
    assert "You have 3 exports on their way, the most that anybody can have." in words(refused)
    assert field(refused, "query") == "queue=held"
    assert Export.objects.count() == 3


def test_a_search_that_takes_too_long_at_once_is_offered_too(desk, monkeypatch):
    def slowly(*_given, **_more):
        raise too_slow()

    monkeypatch.setattr("upheld.web.desk.export.selectors.listed", slowly)
    answer = desk.client.get("/desk/tickets.csv?q=e")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/exports/?list=q%3De")


def too_slow():
    import sqlite3  # noqa: PLC0415

    from django.db import OperationalError  # noqa: PLC0415

    cause = sqlite3.OperationalError("interrupted")
    cause.sqlite_errorcode = sqlite3.SQLITE_INTERRUPT
    error = OperationalError("interrupted")
    error.__cause__ = cause
    return error
