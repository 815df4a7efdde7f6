"""
What customers do in the portal, in a real browser.

``UPHELD_TEST_PICTURES=directory`` keeps a picture of each page, to be looked at.
"""

import datetime as dt
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import factories
from upheld.apps.contracts import services as contract_services
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.services import conversation
from upheld.core.instants import parse_instant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


def answer_demands(page):
    page.get_by_label("Which steps reproduce the problem?").fill("Open the flow")
    page.get_by_label("What result did you expect?").fill("Orders leave")
    page.get_by_label("What was the actual result?").fill("Nothing leaves")
    page.get_by_label("Links to records that contain").fill("https://northwind.example/orders/12")


def test_a_contact_opens_an_urgent_ticket_and_sees_the_promise_before_and_after(world, walk):
    page = walk(world.contact)
    page.get_by_role("link", name="New ticket").first.click()
    page.get_by_label("What is the matter, in one line?").fill("Orders stopped exporting")
    assert "Choose how urgent it is" in page.locator("#forecast").inner_text()
    page.locator("#urgency-urgent").check()
    promise = "You will have our first answer by 04:00 today (Sydney time)"
    page.locator("#forecast", has_text=promise).wait_for()
    answer_demands(page)
    page.get_by_role("button", name="Send").dblclick()
    page.wait_for_url("**/portal/tickets/**")
    assert page.locator(".headline-title").inner_text() == promise
    assert Ticket.objects.count() == 1
    assert Ticket.objects.get().next_due_at == factories.NOW + 2 * factories.HOUR


@pytest.mark.requirement_part("CEL-6")
def test_an_answer_suggests_a_severity_takes_its_urgency_and_shows_the_promise(world, walk):
    page = walk(world.contact)
    page.get_by_role("link", name="New ticket").first.click()
    page.get_by_role("group", name="How does the system work?").get_by_text("Down", exact=True).click()
    page.locator(".suggestion", has_text="Your answers point to “Urgent”").wait_for()
    page.locator("#forecast", has_text="You will have our first answer by 04:00 today (Sydney time)").wait_for()
    assert page.locator("#urgency-urgent").is_checked()
    page.locator("#urgency-low").check()
    page.locator("#forecast", has_text="by Wednesday 01:00").wait_for()
    assert page.locator("#urgency-low").is_checked()


def test_what_the_plan_still_asks_for_is_answered_beside_the_message_with_a_file(world, walk, tmp_path):
    ticket = world.ticket()
    shot = tmp_path / "screen.png"
    shot.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    page = walk(world.contact)
    page.get_by_role("link", name=ticket.subject).click()
    page.get_by_role("link", name="Answer below").click()
    answer_demands(page)
    page.get_by_text("Attach files").click()
    page.locator("#files").set_input_files(shot)
    page.locator(".chosen-files", has_text="screen.png").wait_for()
    page.locator("#write").get_by_role("button", name="Send").click()
    page.locator(".talk-files", has_text="screen.png").wait_for()
    assert page.get_by_text("Everything that your plan asks for is here").is_visible()
    assert page.get_by_text("Your plan asks for more.").count() == 0


def test_the_customer_reads_the_same_times_in_another_zone(world, walk):
    ticket = world.ticket()
    page = walk(world.contact)
    page.get_by_role("link", name=ticket.subject).click()
    assert "by 04:00 today (Sydney time)" in page.locator(".headline-title").inner_text()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Times are shown in").select_option("Europe/Zurich")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{page.url.split('/accounts/')[0]}/portal/tickets/{ticket.public_id}/")
    assert "by 20:00 today (Zurich time)" in page.locator(".headline-title").inner_text()
    assert "20:00 CEST" in page.locator("#counted").inner_text()


def test_a_lapsed_customer_writes_and_nothing_is_lost(world, walk):
    lapsed = factories.customer("Lapsed Lamps")
    lou = factories.member(lapsed, "lou@lapsed.test", name="Lou Lapsed", zone="Europe/Berlin")
    factories.contract(lapsed, world.version, starts_on=dt.date(2025, 1, 1), ends_on=dt.date(2026, 3, 31))
    page = walk(lou)
    page.get_by_role("link", name="New ticket").first.click()
    assert "We will keep your request" in page.locator("#forecast").inner_text()
    page.get_by_label("What is the matter, in one line?").fill("Is anybody there?")
    page.get_by_label("What happens, and since when?").fill("All lamps are out.")
    page.locator("#urgency-urgent").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Send now, answer later").click()
    page.wait_for_url("**/portal/tickets/**")
    assert page.locator(".headline-title").inner_text() == "We have your request and keep it"
    assert "All lamps are out." in page.locator(".talk").inner_text()
    assert Ticket.objects.get().held_reason == "not_entitled"


def test_what_was_typed_survives_a_closed_page(world, walk):
    page = walk(world.contact)
    page.get_by_role("link", name="New ticket").first.click()
    with page.expect_response(lambda response: "/new/draft/" in response.url):
        page.get_by_label("What happens, and since when?").fill("Half a sentence")
    page.evaluate("localStorage.clear()")
    page.goto(page.url)
    assert page.get_by_label("What happens, and since when?").input_value() == "Half a sentence"


def test_an_answer_appears_without_a_reload_and_leaves_what_is_being_typed(world, walk, at):
    ticket = world.ticket()
    page = walk(world.contact)
    page.clock.install()
    page.goto(f"{page.url.split('/portal/')[0]}/portal/tickets/{ticket.public_id}/")
    page.get_by_label("Your message").fill("I was just going to")
    conversation.reply(ticket=ticket, by=world.agent, text="The connection is back.", now=world.now + 60)
    at(world.now + 120)
    page.clock.run_for(20_000)
    page.locator(".talk", has_text="The connection is back.").wait_for()
    assert page.get_by_label("Your message").input_value() == "I was just going to"


def furnish(world):
    """Tickets in every state, contacts, instances: what every page has to show."""
    now = world.now
    contract_services.add_instance(
        contract=world.contract,
        name="Webshop",
        environments={"production": "https://shop.example/", "sandbox": "https://s.example/"},
    )
    late = world.ticket(subject="Late " + "averylongwordwithoutspaces" * 4, now=now - 20 * factories.HOUR)
    waiting = conversation.reply(
        ticket=world.ticket(subject="Invoices twice"),
        by=world.agent,
        text="Which flow?",
        now=now,
        then_status="waiting_on_customer",
    )
    return {
        "list": "/portal/?state=all",
        "new": "/portal/new/",
        "running": f"/portal/tickets/{world.ticket().public_id}/",
        "late": f"/portal/tickets/{late.public_id}/",
        "waiting": f"/portal/tickets/{waiting.public_id}/",
        "plan": "/portal/plan/",
        "cancel": f"/portal/plan/{world.contract.public_id}/cancel/",
        "tier": f"/portal/plan/{world.contract.public_id}/tier/",
        "tier-shown": f"/portal/plan/{world.contract.public_id}/tier/?tier=premier",
        "notices": "/portal/notices/",
        "empty": "/portal/?state=closed",
        "nothing-found": "/portal/?q=zzz",
    }


@pytest.mark.requirement_part("B-8")
@pytest.mark.screens
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("moment", ["2026-04-17T16:00:00Z", "2026-04-18T16:00:00Z"], ids=["open", "closed"])
def test_every_page_is_accessible_and_fits(world, walk, live_server, at, size, theme, moment):  # noqa: PLR0917
    pages = furnish(world)
    at(parse_instant(moment))
    page = walk(world.contact, viewport=dict(zip(("width", "height"), SIZES[size], strict=True)), color_scheme=theme)
    found = {}
    for name, path in pages.items():
        page.goto(live_server.url + path)
        bad = [f"{each['id']}: {each['nodes'][0]['html'][:150]}" for each in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            bad.append("wider than the window")
        if directory := os.environ.get("UPHELD_TEST_PICTURES"):
            Path(directory).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{directory}/portal-{name}-{size}-{theme}-{moment[8:10]}.png", full_page=True)
        if bad:
            found[name] = bad
    assert found == {}
