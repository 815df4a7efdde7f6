"""
Notices are read by those whom they were for, as long as they may see the ticket; what counts them looks at no other.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import NOW
from upheld.apps.channels import selectors
from upheld.apps.channels.models import Notice
from upheld.apps.parties.selectors import access_of

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


@pytest.fixture
def world():
    made = factories.World()
    other = factories.customer("Southwind")
    hidden = factories.ticket(factories.member(other, "sam@southwind.test", now=NOW), other, now=NOW)
    for person in (made.contact, made.agent):
        Notice.objects.filter(person=person).delete()
        for key, ticket in (("own", made.ticket()), ("hidden", hidden), ("none", None)):
            Notice.objects.create(person=person, key=key, ticket=ticket, code="ticket.replied", made_at=NOW)
    return made


@pytest.mark.parametrize(("who", "shown"), [("contact", {"own", "none"}), ("agent", {"own", "hidden", "none"})])
def test_a_notice_shows_as_long_as_its_ticket_does(world, who, shown):
    access = access_of(getattr(world, who), NOW)
    page = selectors.notices_page(access, unread_only=True)
    assert {each.key for each in page.notices} == shown
    assert selectors.unread_count(access) == len(shown)
    Notice.objects.filter(person=access.person, key="own").update(read_at=NOW)
    assert selectors.unread_count(access) == len(shown) - 1
    hidden = Notice.objects.get(person=access.person, key="hidden")
    assert (selectors.find_notice(access, hidden.public_id) == hidden) is ("hidden" in shown)


@pytest.mark.parametrize(("who", "is_looked_up"), [("contact", True), ("agent", False)])
def test_counting_makes_no_list_of_all_tickets(world, who, is_looked_up):
    """A page of the desk counts each time; for such a list PostgreSQL went through a million tickets."""
    with CaptureQueriesContext(connection) as seen:
        access = access_of(getattr(world, who), NOW)
        before = len(seen)
        selectors.unread_count(access)
    (asked,) = (each["sql"] for each in seen.captured_queries[before:])
    assert "IN (SELECT" not in asked
    assert ("EXISTS(SELECT" in asked and '"tickets_ticket"' in asked) is is_looked_up
