"""
What an agent reads after the notices were held up for days: one line, and everything under it.
"""

import pytest

from tests.factories import DAY
from tests.web.desk.pages import words
from upheld.apps.channels.folding import QUIET_SECONDS
from upheld.apps.work import relay

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


def test_after_days_there_is_one_notice_with_everything_under_it(desk):
    desk.world.ticket()
    desk.now += 6 * DAY
    relay.run_until_idle("test", desk.now)
    desk.now += QUIET_SECONDS
    relay.run_until_idle("test", desk.now)
    page = desk.client.get("/desk/notices/")
    said = words(page)
    assert "Our notices to you were held up. These" in said
    assert "Show them First response was due Fri 11:00 for Northwind Traders" in said
    assert page.content.decode().count('class="notice-row') == 1
    assert "Notices 1 unread" in words(desk.client.get("/desk/"))
    portal = words(desk.as_(desk.world.contact).get("/portal/notices/"))
    assert portal.count("We have your request") == 1
