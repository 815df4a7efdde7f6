"""
Holidays and plan versions on the desk: seen first, decided with a reason, refused with a fresh preview.
"""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories
from upheld.apps.contracts import editions
from upheld.apps.tickets.models import EventRow, Recompute
from upheld.apps.tickets.services import conversation
from upheld.apps.work import relay

pytestmark = pytest.mark.django_db
DAY = "2026-04-20"


@pytest.fixture
def world(monkeypatch):
    made = factories.World()
    for place in ("upheld.web.reader", "upheld.api.gate", "upheld.apps.work.clock"):
        monkeypatch.setattr(
            f"{place}.now" if place.endswith("clock") else f"{place}.read_clock", lambda: factories.NOW + 3600
        )
    made.browser = Client()
    made.browser.force_login(made.lead)
    made.address = f"/desk/plans/{made.version.public_id}/holidays/"
    [made.list] = [each.name for each in editions.lists_of(editions.current(made.version))]
    return made


def hidden(page):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.rsplit('holidays/apply/"', 1)[1]))


def asked(world, **form):
    given = {"what": "add", "list": world.list, "day": DAY, "name": "Company day", **form}
    return world.browser.post(f"{world.address}preview/", given)


def test_a_lead_adds_a_day_sees_what_it_does_and_does_it(world):
    ticket = world.ticket(urgency="normal")
    page = world.browser.get(world.address)
    assert page.status_code == 200
    assert "Independence Day" in page.content.decode()
    seen = asked(world)
    text = seen.content.decode()
    assert (seen.status_code, f"#{ticket.number}" in text, "Company day" in text, "Due later" in text) == (
        200,
        True,
        True,
        True,
    )
    assert not Recompute.objects.exists()
    done = world.browser.post(f"{world.address}apply/", {**hidden(text), "reason": "We are away"})
    assert (done.status_code, done["Location"]) == (302, world.address)
    assert "0 of 1 tickets" in world.browser.get(f"{world.address}progress/").content.decode()
    relay.run_until_idle("one", factories.NOW + 3600)
    text = world.browser.get(world.address).content.decode()
    assert ("1 tickets moved by Priya Nair" in text, "We are away" in text, "added by hand" in text) == (
        True,
        True,
        True,
    )
    assert EventRow.objects.filter(kind="calendar_moved").count() == 1


def test_refused_with_a_fresh_preview_where_its_basis_changed(world):
    ticket = world.ticket(urgency="normal")
    form = hidden(asked(world).content.decode())
    conversation.reply(ticket=ticket, by=world.agent, text="On it", now=factories.NOW + 3600)
    answer = world.browser.post(f"{world.address}apply/", {**form, "reason": "We are away"})
    text = answer.content.decode()
    assert (answer.status_code, "Something changed since the preview" in text) == (409, True)
    assert ('value="We are away"' in text, Recompute.objects.exists()) == (True, False)

    assert hidden(text).get("digest") != form["digest"], hidden(text)
    assert world.browser.post(f"{world.address}apply/", {**hidden(text), "reason": "We are away"}).status_code == 302


def test_without_a_reason_nothing_is_done(world):
    world.ticket(urgency="normal")
    answer = world.browser.post(f"{world.address}apply/", {**hidden(asked(world).content.decode()), "reason": " "})
    assert ("A reason is missing" in answer.content.decode(), Recompute.objects.exists()) == (True, False)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"day": ""}, "A day is missing"),
        ({"day": "soon"}, "The form could not be read"),
        ({"name": ""}, "has no name"),
        ({"what": "remove"}, "is not in the list"),
        ({"list": "moon"}, "There is no holiday list moon"),
        ({"what": "renew"}, "nothing would change"),
        ({"what": "follow"}, "There is nothing to do"),
        ({"what": "feed", "feed": "nonsense"}, "Line 1"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(world, form, words):
    answer = asked(world, **form)
    text = answer.content.decode()
    assert (answer.status_code, words in text.replace("&#x27;", "'")) == (400, True)
    if form.get("list") is None and form.get("name") is None:
        assert "Company day" in text


def test_a_file_is_shown_before_it_replaces_the_list(world):
    world.ticket(urgency="normal")
    event = b"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260420\r\nSUMMARY:Fair\r\nEND:VEVENT\r\n"
    feed = b"BEGIN:VCALENDAR\r\n" + event + b"END:VCALENDAR\r\n"
    answer = asked(world, what="feed", file=SimpleUploadedFile("days.ics", feed, "text/calendar"))
    text = answer.content.decode()
    assert (answer.status_code, "Fair" in text) == (200, True)
    assert world.browser.post(f"{world.address}apply/", {**hidden(text), "reason": "New list"}).status_code == 302
    assert list(editions.lists_of(editions.current(world.version))[0].days) == [DAY]


@pytest.mark.parametrize("who", ["agent", "contact"])
def test_others_may_not(world, who):
    browser = Client()
    browser.force_login(getattr(world, who))
    expected = 403 if who == "agent" else 404
    assert browser.get(world.address).status_code == expected
    assert browser.post(f"{world.address}preview/", {}).status_code == expected
    assert browser.post(f"{world.address}apply/", {}).status_code == expected
