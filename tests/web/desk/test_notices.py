"""
What an agent was told, in their own zone, and the warning that names when the promise is due.
"""

import pytest

from tests.factories import HOUR, MINUTE
from tests.web.desk.pages import words
from upheld.apps.tickets.services import handling
from upheld.apps.work import relay

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


def test_a_warning_names_the_due_time_and_a_breach_too(desk):
    ticket = desk.world.ticket()
    handling.assign(ticket=ticket, to=desk.world.agent, by=desk.world.lead, now=desk.now)
    desk.now += 110 * MINUTE
    relay.run_until_idle("test", desk.now)
    told = "First response is due 11:00 for Northwind Traders: Orders stopped exporting"
    assert told in words(desk.client.get("/desk/notices/"))
    desk.now += HOUR
    relay.run_until_idle("test", desk.now)
    assert "First response was due 11:00 for" in words(desk.client.get("/desk/notices/"))


def test_read_notices_are_counted_no_more(desk):
    ticket = desk.world.ticket()
    handling.assign(ticket=ticket, to=desk.world.agent, by=desk.world.lead, now=desk.now)
    relay.run_until_idle("test", desk.now)
    assert "Notices 2 unread" in words(desk.client.get("/desk/"))
    assert desk.client.post("/desk/notices/read/").status_code == 302
    assert "unread" not in words(desk.client.get("/desk/"))


def test_nobody_reads_what_another_was_told(desk):
    ticket = desk.world.ticket()
    handling.assign(ticket=ticket, to=desk.world.agent, by=desk.world.lead, now=desk.now)
    relay.run_until_idle("test", desk.now)
    lead = desk.as_(desk.world.lead)
    assert "is yours" not in words(lead.get("/desk/notices/"))
