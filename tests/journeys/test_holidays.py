"""
A lead adds a company day while tickets are open, sees what it does, and does it; the page fits a telephone.
"""

import os
from pathlib import Path

from tests import factories
from upheld.apps.work import relay

SHOTS = os.environ.get("UPHELD_TEST_SHOTS")


def shot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_a_lead_adds_a_company_day(world, walk, at, live_server):
    for subject in ("Orders stopped exporting", "Report is slow", "Cannot log in"):
        world.ticket(urgency="normal", subject=subject)
    at(factories.NOW + 3600)
    page = walk(world.lead)
    page.goto(f"{live_server.url}/desk/plans/{world.version.public_id}/")
    page.get_by_role("link", name="Holidays and plan versions").click()
    shot(page, "holidays")
    page.get_by_label("Day", exact=True).fill("2026-04-20")
    page.get_by_label("Name of the holiday").fill("Company day")
    page.get_by_role("button", name="See what adding it does").click()
    assert page.get_by_text("Nothing has changed yet").is_visible()
    assert page.locator("table tbody tr").count() > 0
    shot(page, "preview")
    page.get_by_label("Reason").fill("The office is closed")
    page.get_by_role("button", name="Make this change").click()
    assert page.get_by_text("0 of 3 tickets are moved").is_visible()
    shot(page, "on-its-way")
    relay.run_until_idle("one", factories.NOW + 3600)
    page.get_by_text("3 tickets moved by Priya Nair").wait_for(timeout=8000)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    shot(page, "holidays-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
