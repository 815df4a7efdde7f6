"""
An agent at the desk, in a real browser: answering in time, reclassifying, keys alone, drafts, a list that does not
jump.

``UPHELD_TEST_PICTURES=directory`` keeps a picture of each screen.
"""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from tests import factories
from tests.factories import DAY, HOUR, MINUTE
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import EventRow, Message, Ticket
from upheld.apps.tickets.services import conversation, handling, merging, progress, saved_answers, views
from upheld.web.desk import presence
from upheld.web.desk.acts import ACTS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.on_database]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
SECONDS = 1000


class Screen:
    """A browser's page at the desk, with everything that it complained about."""

    def __init__(self, context, address):
        self.page = context.new_page()
        self.address = address
        self.complaints = []
        self.page.set_default_timeout(30 * SECONDS)
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append("a dialog opened"), dialog.dismiss()))

    def open(self, path):
        self.page.goto(f"{self.address}{path}")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def says(self, text):
        self.page.get_by_text(text).first.wait_for()

    @property
    def words(self):
        return " ".join(self.page.locator("main").inner_text().split())

    def current(self):
        return self.page.locator(".is-current").get_attribute("id")


class Journey:
    """The world of the factories behind a served desk, with a clock that is moved by hand."""

    def __init__(self, browser, live_server, monkeypatch):
        self.now = factories.NOW
        monkeypatch.setattr("upheld.web.reader.read_clock", lambda: self.now)
        presence.shelf().clear()
        self.browser, self.address, self.contexts = browser, live_server.url, []
        self.world = factories.World()
        self.screens = []

    def at_desk(self, person=None, *, size="wide", scheme="light"):
        client = Client()
        client.force_login(person or self.world.agent, backend=settings.AUTHENTICATION_BACKENDS[0])
        width, height = SIZES[size]
        context = self.browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}])
        self.contexts.append(context)
        self.screens.append(Screen(context, self.address))
        return self.screens[-1]

    def end(self):
        for context in self.contexts:
            context.close()
        assert [each for screen in self.screens for each in screen.complaints] == []


@pytest.fixture
def journey(browser, live_server, monkeypatch, settled):
    made = Journey(browser, live_server, monkeypatch)
    yield made
    made.end()


def test_an_agent_answers_in_time_by_keys_alone(journey):
    journey.world.ticket()
    journey.now += 13 * MINUTE
    desk = journey.at_desk()
    desk.open("/desk/")
    assert "1 h 47 m left" in desk.words
    desk.press("j", "Enter")
    desk.says("This reply keeps")
    assert "keeps First response with 1 h 47 m to spare, and starts Follow up" in desk.words
    desk.press("r")
    desk.page.keyboard.type("Dana, we are on it.")
    desk.press("Control+Enter")
    desk.says("Your reply is sent.")
    assert "Dana, we are on it." in desk.words
    assert "Follow up" in desk.page.locator("#promises").inner_text()
    desk.page.get_by_text("1 promise before").click()
    assert "Kept" in desk.page.locator("#promises").inner_text()


@pytest.mark.requirement_part("CEL-5", "B-3")
def test_a_reclassified_ticket_moves_its_due_time_and_explains_itself(journey):
    ticket = journey.world.ticket(urgency="low")
    journey.now += 10 * MINUTE
    desk = journey.at_desk()
    desk.open("/desk/?queue=open")
    desk.press("j", "s")
    desk.says("Severity, and what it would do to the promises")
    choice = desk.page.locator(".severity-choice", has_text="Urgent")
    assert "First response due 11:10 instead of Tue 08:00" in choice.inner_text()
    choice.click()
    desk.page.get_by_label("Why", exact=False).first.fill("The whole export is down")
    desk.page.get_by_role("button", name="Assign severity").click()
    desk.says("Severity assigned.")
    assert "2 h left" in desk.words
    desk.page.get_by_role("link", name="why").click()
    reasons = desk.page.locator(".reasons").first
    reasons.wait_for(state="visible")
    assert "from Low to Urgent" in reasons.inner_text()
    ticket.refresh_from_db()
    assert ticket.next_due_at == journey.now + 2 * HOUR


@pytest.mark.requirement_part("B-8")
def test_the_list_by_keys(journey):
    first, second = journey.world.ticket(now=journey.now - HOUR), journey.world.ticket()
    desk = journey.at_desk()
    desk.open("/desk/?queue=open")
    desk.press("j")
    assert desk.current() == f"t-{first.public_id}"
    desk.press("j", "j", "x", "k")
    assert desk.current() == f"t-{first.public_id}"
    assert desk.page.locator("[data-bulk-words]").inner_text() == "1 marked"
    desk.press("a")
    desk.says("1 ticket is yours now.")
    second.refresh_from_db()
    assert second.assignee == journey.world.agent
    desk.press("g", "m")
    desk.page.wait_for_url("**/desk/?queue=mine")
    desk.press("?")
    desk.says("assign to me: the marked rows, or this one")
    desk.press("Escape", "/")
    desk.page.keyboard.type(str(first.number))
    desk.press("Enter")
    desk.page.wait_for_url(f"**/desk/?q={first.number}")
    assert desk.page.locator("[data-row]").count() == 1


@pytest.mark.parametrize("is_online", [True, False], ids=["kept by the service", "kept in the browser"])
def test_a_note_that_was_begun_never_comes_back_as_a_reply(journey, is_online):
    ticket = journey.world.ticket()
    desk = journey.at_desk()
    if not is_online:
        desk.page.route("**/draft/", lambda route: route.fulfill(status=503))
    desk.open(f"/desk/tickets/{ticket.public_id}/")
    desk.press("n")
    desk.page.keyboard.type("They do not pay.")
    desk.says("Draft kept" if is_online else "Draft kept in this browser")
    desk.page.reload()
    desk.page.locator("#reply-text").wait_for()
    assert desk.page.locator("#reply-text").input_value() == "They do not pay."
    assert desk.page.locator("#as-note").is_checked()
    desk.page.locator("#reply-text").focus()
    desk.press("Control+Enter")
    desk.says("Your note is kept.")
    assert not Message.objects.get(ticket=ticket, by_customer=False).is_public
    desk.complaints[:] = [each for each in desk.complaints if "503" not in each]


def test_what_was_typed_survives_a_reload_and_a_refusal(journey):
    ticket = journey.world.ticket()
    desk = journey.at_desk()
    desk.open(f"/desk/tickets/{ticket.public_id}/")
    desk.page.locator("#reply-text").fill("Half a sentence")
    desk.says("Draft kept")
    desk.page.reload()
    assert desk.page.locator("#reply-text").input_value() == "Half a sentence"
    conversation.reply(ticket=ticket, by=journey.world.lead, text="Priya was quicker", now=journey.now)
    desk.page.locator("#reply-text").fill("A whole sentence")
    desk.complaints.clear()
    desk.page.get_by_role("button", name=re.compile("^Send Ctrl")).click()
    desk.says("Somebody wrote while you did.")
    desk.says("Priya was quicker")
    desk.complaints.clear()  # the browser reports the refusal, 409
    desk.page.get_by_role("button", name=re.compile("^Send again")).click()
    desk.says("Your reply is sent.")
    assert desk.page.locator("#reply-text").input_value() == ""
    assert Message.objects.filter(ticket=ticket, by_customer=False).count() == 2


def test_a_note_is_never_sent_by_accident(journey):
    ticket = journey.world.ticket()
    desk = journey.at_desk()
    desk.open(f"/desk/tickets/{ticket.public_id}/#note")
    desk.says("Only colleagues read a note.")
    assert not desk.page.get_by_role("button", name="Send and resolve").is_visible()
    desk.page.keyboard.type("Certificate expired")
    desk.press("Control+Enter")
    desk.says("Your note is kept.")
    assert not Message.objects.get(ticket=ticket, by_customer=False).is_public


def test_the_list_does_not_jump_while_one_marks(journey):
    first = journey.world.ticket()
    desk = journey.at_desk()
    desk.open("/desk/?queue=open")
    desk.page.locator(f"#m-{first.public_id}").check()
    journey.world.ticket(now=journey.now - 3 * HOUR, subject="A late one")
    journey.now += MINUTE
    desk.page.evaluate("window.upheldAsk()")
    desk.says("1 change")
    assert desk.page.locator("[data-row]").count() == 1
    assert "Breached 1" in " ".join(desk.page.locator("#queues").inner_text().split())
    desk.page.get_by_role("button", name="show").click()
    assert desk.page.locator("[data-row]").count() == 2
    assert desk.page.locator(f"#m-{first.public_id}").is_checked()


def test_two_agents_see_each_other(journey):
    ticket = journey.world.ticket()
    jo, priya = journey.at_desk(), journey.at_desk(journey.world.lead)
    jo.open(f"/desk/tickets/{ticket.public_id}/")
    priya.open(f"/desk/tickets/{ticket.public_id}/")
    priya.says("Jo Osei is here too")
    priya.page.locator("#reply-text").fill("I am writing")
    priya.page.evaluate("window.upheldAsk()")
    jo.page.wait_for_timeout(300)
    jo.page.evaluate("window.upheldAsk()")
    jo.says("Priya Nair is writing here")


def test_a_customer_telephones_and_sees_the_promise_kept_by_keys(journey):
    desk = journey.at_desk()
    desk.open("/desk/")
    desk.press("c")
    desk.page.wait_for_url("**/desk/new/")
    desk.page.keyboard.type("dana")
    desk.press("Enter")
    desk.page.wait_for_url("**/desk/new/?q=dana")
    desk.page.locator("h1").click()
    desk.press("j", "Enter")
    desk.says("What this promises")
    desk.page.get_by_label("What is the matter, in one line").fill("Export stopped")
    desk.page.locator(".severity-choice", has_text="Urgent").click()
    desk.says("First response 2 h, due 11:00")
    desk.page.get_by_label("What they say").fill("Since nine o'clock")
    desk.press("Control+Enter")
    desk.says("Open now, ask later")
    desk.complaints.clear()  # the browser reports the refusal, 422
    desk.page.get_by_role("button", name="Open now, ask later").click()
    desk.says("is open.")
    ticket = Ticket.objects.get()
    assert (ticket.assignee, ticket.next_due_at) == (journey.world.agent, journey.now + 2 * HOUR)
    assert "Since nine o'clock" in desk.words


def test_two_tickets_become_one_and_no_promise_is_lost(journey):
    first = journey.world.ticket()
    second = journey.world.ticket(now=journey.now + MINUTE, subject="The same again")
    journey.now += 10 * MINUTE
    desk = journey.at_desk()
    desk.open(f"/desk/tickets/{first.public_id}/")
    desk.press("m")
    desk.page.get_by_role("link", name="Merge into another ticket").click()
    desk.page.get_by_role("link", name=re.compile("The same again")).click()
    desk.says("and it would be lost")
    desk.page.get_by_role("link", name=f"Merge #{second.number} into #{first.number}").click()
    desk.says("What it does to the promises")
    desk.page.get_by_label("Why").fill("One matter")
    desk.page.get_by_role("button", name="Merge").click()
    desk.says(f"Merged into #{first.number}.")
    assert f"merged; it goes on in #{first.number}" in desk.words
    first.refresh_from_db()
    assert first.next_metric == "first_response"


@pytest.mark.requirement_part("B-8")
def test_a_view_is_saved_and_several_are_done_at_once(journey):
    low, urgent = journey.world.ticket(urgency="low"), journey.world.ticket()
    handling.change_status(ticket=low, status="resolved", by=journey.world.lead, now=journey.now)
    desk = journey.at_desk()
    desk.open("/desk/?queue=all")
    desk.press("w")
    desk.page.get_by_label("Name").fill("Everything")
    desk.page.get_by_role("button", name="Save", exact=True).click()
    desk.says("“Everything” is kept among the views.")
    assert "Everything 2" in " ".join(desk.page.locator("#queues").inner_text().split())
    for ticket in (low, urgent):
        desk.page.locator(f"#m-{ticket.public_id}").check()
    desk.page.locator(".bulk-more summary").click()
    desk.page.get_by_label("Set the status").select_option("resolved")
    desk.page.get_by_role("button", name="Set", exact=True).click()
    desk.says("1 ticket could not be done")
    assert f"#{low.number}" in desk.words
    desk.press("u")
    desk.page.wait_for_url("**/desk/?queue=all")
    urgent.refresh_from_db()
    assert urgent.status == "resolved"
    desk.press("g", "1")
    desk.page.wait_for_url("**/desk/?queue=all")


def test_a_saved_answer_is_put_where_the_cursor_stands_by_keys_alone(journey):
    """It is found by a word, filled with the ticket's facts, kept as a draft, and sent with the signature below."""
    world, now = journey.world, journey.now
    for title, text in (("Log", "Send the log, {requester.name}."), ("Greeting", "Good morning, {requester.name}.")):
        saved_answers.save_answer(owner=world.lead, title=title, text=text, now=now, is_shared=True)
    parties.set_signature(person=world.agent, text="{agent.name}, support")
    ticket = world.ticket()
    desk = journey.at_desk()
    desk.open(f"/desk/tickets/{ticket.public_id}/")
    desk.press("r")
    desk.page.keyboard.type("First. Last.")
    desk.press(*["ArrowLeft"] * 5, "Escape", "i")
    desk.page.locator("[data-answer]").first.wait_for()
    assert Axe().run(desk.page).response["violations"] == []
    desk.page.keyboard.type("log")
    assert desk.page.locator("[data-answer]:visible").count() == 1
    desk.press("Enter")
    box = desk.page.locator("#reply-text")
    assert box.input_value() == "First. Send the log, Dana Whitfield.Last."
    desk.press("Control+Enter")
    desk.says("Your reply is sent.")
    sent = Message.objects.get(ticket=ticket, by_customer=False).payload.text
    assert sent == "First. Send the log, Dana Whitfield.Last.\n\nJo Osei, support"


def test_the_quarter_stands_beside_the_ticket_and_the_search_finds_a_note(journey):
    ticket = journey.world.ticket()
    conversation.note(ticket=ticket, by=journey.world.agent, text="xylophone", now=journey.now)
    conversation.reply(ticket=ticket, by=journey.world.agent, text="x", now=journey.now + 3 * HOUR)
    journey.now += 4 * HOUR
    desk = journey.at_desk(journey.world.lead)
    desk.open("/desk/")
    desk.press("/")
    desk.page.keyboard.type("xylophone")
    desk.press("Enter")
    desk.page.wait_for_url("**/desk/?q=xylophone")
    desk.press("j", "Enter")
    desk.says("1 of 1 SLA event broken")
    desk.says("Row that applies")
    desk.press("g", "v")
    desk.says("Why promises broke")
    assert "0 % 0 of 1 promise kept" in desk.words


def furnish(journey):
    """Tickets in every state, with long and hostile words."""
    world, now = journey.world, journey.now
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)> Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    late = world.ticket(now=now - 5 * HOUR, subject=evil, text=evil)
    handling.assign_severity(ticket=late, severity="urgent", by=world.agent, reason=evil, now=now - HOUR)
    conversation.note(ticket=late, by=world.lead, text=evil, now=now - HOUR)
    conversation.log_call(ticket=late, by=world.lead, inbound=True, seconds=240, text=evil, now=now - HOUR)
    world.ticket(now=now - 110 * MINUTE)
    world.ticket(now=now - DAY, urgency="low")
    waiting = world.ticket()
    conversation.reply(ticket=waiting, by=world.agent, text="Which?", now=now, then_status="waiting_on_customer")
    lapsed = factories.customer("Ancien Régime Internationale Handelsgesellschaft mbH & Co. KG")
    writer = factories.member(lapsed, "l@lapsed.test", name="Wolfeschlegelsteinhausenbergerdorff Hubert")
    held = factories.ticket(writer, lapsed)
    views.save_view(owner=world.lead, name=evil[:60], query="queue=open", now=now)
    saved_answers.save_answer(
        owner=world.lead, title=evil[:80], text=f"{evil} {{requester.name}}", now=now, is_shared=True
    )
    parties.set_signature(person=world.lead, text=f"{{agent.name}} {evil}")
    merging.link(ticket=late, to=waiting, by=world.lead, now=now)
    progress.record_workaround(ticket=late, by=world.lead, text=evil, now=now)
    call = EventRow.objects.get(ticket=late, kind="call_logged").seq
    message = Message.objects.filter(ticket=late).earliest("seq").public_id
    who = f"customer={world.customer.public_id}&person={world.contact.public_id}"
    acts = {act: f"/desk/tickets/{late.public_id}/{act}/" for act in ACTS}
    return {
        **{f"act-{act}": path for act, path in acts.items() if act not in {"correct", "erase"}},
        "act-correct": f"{acts['correct']}?seq={call}",
        "act-merge-this": f"/desk/tickets/{waiting.public_id}/merge/?other={late.number}",
        "act-split-this": f"{acts['split']}?message={message}",
        "search": "/desk/?q=north",
        "views": "/desk/views/",
        "answers": "/desk/answers/",
        "choose-answer": f"/desk/tickets/{late.public_id}/answers/",
        "new-who": "/desk/new/?q=northwind",
        "new": f"/desk/new/?{who}",
        "overview": "/desk/overview/?days=90",
        "list": "/desk/?queue=open",
        "list-empty": "/desk/?queue=mine",
        "list-none": "/desk/?queue=open&q=zzz",
        "ticket-breached": f"/desk/tickets/{late.public_id}/",
        "ticket-held": f"/desk/tickets/{held.public_id}/",
        "ticket-waiting": f"/desk/tickets/{waiting.public_id}/#severity",
        "customers": "/desk/customers/",
        "customer": f"/desk/customers/{world.customer.public_id}/",
        "contract": f"/desk/contracts/{world.contract.public_id}/",
        "plans": "/desk/plans/",
        "plan": f"/desk/plans/{world.version.public_id}/",
        "notices": "/desk/notices/",
    }


@pytest.mark.requirement_part("B-8")
@pytest.mark.screens
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_no_script_runs_on_any_screen(journey, size, scheme):
    looked_at(journey.at_desk(journey.world.lead, size=size, scheme=scheme), furnish(journey), size, scheme)


@pytest.mark.requirement_part("B-8")
@pytest.mark.screens
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_on_the_screens_of_those_who_decide_more(journey, size, scheme):
    world = journey.world
    ticket = world.ticket()
    conversation.reply(ticket=ticket, by=world.agent, text="On it", now=journey.now)
    message = Message.objects.filter(ticket=ticket).earliest("seq").public_id
    contract, plan = f"/desk/contracts/{world.contract.public_id}", f"/desk/plans/{world.version.public_id}"
    screens = {
        "contract-decided": f"{contract}/",
        "cancel": f"{contract}/cancel/",
        "cancel-spoken": f"{contract}/cancel/?received=2026-04-01T10%3A00",
        "tier": f"{contract}/tier/",
        "tier-shown": f"{contract}/tier/?tier=premier",
        "tier-refused": f"{contract}/tier/?tier=essential",
        "holidays": f"{plan}/holidays/",
        "answers": "/desk/answers/",
        "erase": f"/desk/tickets/{ticket.public_id}/erase/?message={message}",
    }
    admin = Person.objects.get(email="admin@upheld.test")
    looked_at(journey.at_desk(admin, size=size, scheme=scheme), screens, size, scheme)


def looked_at(desk, screens, size, scheme):
    for name, path in screens.items():
        desk.open(path)
        found = Axe().run(desk.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]] == [], name
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name
        keep_picture(desk.page, f"desk-{name}-{size}-{scheme}")


def keep_picture(page, name):
    if folder := os.environ.get("UPHELD_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
