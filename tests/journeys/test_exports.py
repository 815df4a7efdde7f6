"""
An agent who wants a long list as a file, in a real browser: asked for by keys, seen on its way, downloaded.
"""

import csv

import pytest

from tests.factories import DAY, HOUR
from tests.journeys.test_desk import SIZES, Journey, looked_at
from upheld.apps.exports import selectors, services
from upheld.apps.exports.models import Export
from upheld.apps.work import relay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.on_database]


@pytest.fixture
def own_folder(settings, tmp_path):
    settings.EXPORT_ROOT = tmp_path / "exports"


@pytest.fixture
def journey(browser, live_server, monkeypatch, settled, own_folder):
    monkeypatch.setattr(selectors, "MOST_AT_ONCE", 2)
    made = Journey(browser, live_server, monkeypatch)
    yield made
    made.end()


def test_a_long_list_becomes_a_file_by_keys_alone(journey, monkeypatch):
    monkeypatch.setattr(services, "PAGE", 2)
    tickets = [journey.world.ticket() for _ in range(3)]
    desk = journey.at_desk()
    desk.open("/desk/?queue=open")
    desk.press("e")
    desk.says("This list as a file?")
    desk.press("Enter")
    desk.says("You are told when it is ready.")
    assert "All open" in desk.words
    services.work_off(worker="here", now=journey.now)
    desk.says("2 of 3 tickets")
    desk.page.get_by_role("button", name="Cancel").focus()
    relay.run_until_idle("here", journey.now)
    desk.says("kept until Mon 09:00")
    assert desk.page.evaluate(r"document.activeElement.innerText.trim().split(/\s/)[0]") == "Download"
    desk.press("j")
    with desk.page.expect_download() as loading:
        desk.press("Enter")
    with loading.value.path().open(encoding="utf-8-sig", newline="") as file:
        assert [row["number"] for row in csv.DictReader(file)] == [str(each.number) for each in tickets]
    desk.press("g", "i")
    desk.says("is ready: 3 tickets, kept until")
    desk.page.get_by_text("is ready: 3 tickets").click()
    desk.page.wait_for_url("**/desk/exports/")
    desk.page.get_by_role("button", name="Delete the file All open").click()
    desk.says("You deleted the file.")


def furnish(journey):
    """One export of each kind, the newest first."""
    world, now = journey.world, journey.now
    for _ in range(3):
        world.ticket()

    def asked(title, at, **facts):
        given = {"by": world.lead, "filters": {"queue": "all"}, "end_of_day": now, "asked_at": now - at}
        return Export.objects.create(title=title, **given, **facts)

    asked("All tickets · Northwind Traders", 9 * DAY, state="gone", problem="export.expired", finished_at=now - 9 * DAY)
    asked("All tickets", 2 * DAY, state="cancelled", finished_at=now - 2 * DAY)
    title = "All tickets · “the order that never left the warehouse in Geneva”"
    asked(title, DAY, state="failed", problem="export.too_slow", finished_at=now - DAY)
    asked("All open · Urgent, High · Preferred", 3 * HOUR, state="ready", done=12_345, total=12_345, size=2_345_678,
          finished_at=now - 2 * HOUR, expires_at=now + 2 * DAY)  # fmt: skip
    asked("All tickets", 120, state="running", begun_at=now - 100, done=384_000, total=1_000_000, size=1)
    asked("Breached · of Priya Nair", 60)
    return {"exports": "/desk/exports/", "exports-offer": "/desk/exports/?list=queue%3Dopen%26severity%3Durgent"}


@pytest.mark.screens
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_on_the_exports(journey, size, scheme):
    lead, agent = journey.world.lead, journey.world.agent
    looked_at(journey.at_desk(agent, size=size, scheme=scheme), {"exports-none": "/desk/exports/"}, size, scheme)
    looked_at(journey.at_desk(lead, size=size, scheme=scheme), furnish(journey), size, scheme)
