"""
Renewed time zone data while clocks run: due times keep their wall clock, an admin sees what differs and decides.

The installed data cannot be changed in a test; what was kept of an earlier release is: an earlier California that
stayed on daylight saving time for good, while the installed one goes back on 1 November.
"""

import json

import pytest
from django.test import Client
from typer.testing import CliRunner

from tests import factories
from tests.cases import of_row
from tests.factories import DAY, HOUR
from upheld.apps.contracts import editions, kept_zones
from upheld.apps.contracts.models import CalendarEdition, KeptZone
from upheld.apps.contracts.selectors import basis_of
from upheld.apps.tickets.models import ClockRow, EventRow, Ticket
from upheld.apps.tickets.previews import RecomputeError, Wanted, as_record, preview
from upheld.apps.tickets.services import conversation, recomputing
from upheld.apps.work import relay
from upheld.cli import migrate
from upheld.core.calendars.zones import TZDATA_VERSION, installed_rules
from upheld.core.instants import parse_instant
from upheld.trust.verification import verify

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
FRIDAY = parse_instant("2026-10-30T16:00:00Z")
NEXT = FRIDAY + HOUR
CALIFORNIA = "America/Los_Angeles"


@pytest.fixture
def world():
    """A plan that was published by an earlier release of the zone data."""
    made = factories.World(now=FRIDAY)
    KeptZone.objects.filter(zone=CALIFORNIA).update(
        release="2024a", rules=installed_rules("Etc/GMT+7").tzif, digest="x"
    )
    CalendarEdition.objects.update(zone_release="2024a")
    basis_of.cache_clear()  # an edition never changes but here
    return made


def clocks(ticket):
    rows = ClockRow.objects.filter(ticket=ticket)
    return {(row.metric, row.cycle): (row.due_at, row.verdict) for row in rows}


def is_sound(now):
    found = verify(now=now)
    assert [each.code for each in found.violations] == []
    assert found.run.not_understood == {}


def rezoned(world):
    return Wanted(world.version, is_rezoned=True)


@of_row("BI-CD-019")
def test_due_times_keep_their_wall_clock_and_what_differs_is_listed(world):
    answered = world.ticket(urgency="normal")
    conversation.reply(ticket=answered, by=world.agent, text="On it", now=FRIDAY + 60)
    ended = clocks(answered)[("first_response", 1)]
    soon, late = world.ticket(urgency="urgent"), world.ticket(urgency="normal")
    by_old_rules = parse_instant("2026-11-03T15:00:00Z")  # 48 hours of support on, at eight in the morning: UTC-7
    assert clocks(late)[("first_response", 1)] == (by_old_rules, "pending")
    is_sound(NEXT)

    seen = preview(rezoned(world), NEXT)
    assert [(each.zone, each.before.release, each.after.release, each.from_at) for each in seen.zones] == [
        (CALIFORNIA, "2024a", TZDATA_VERSION, parse_instant("2026-11-01T09:00:00Z"))
    ]
    [row] = [each for each in seen.rows if each.ticket.pk == late.pk and each.metric == "first_response"]
    assert (row.before, row.after, row.effect) == (by_old_rules, by_old_rules + HOUR, "later")
    assert (row.wall_before, row.wall_after) == ("2026-11-03T08:00:00-07:00", "2026-11-03T08:00:00-08:00")
    assert as_record(seen)["zones"] == [
        {"zone": CALIFORNIA, "before": "2024a", "after": TZDATA_VERSION, "from_at": "2026-11-01T09:00:00+00:00"}
    ]
    assert [each for each in seen.rows if each.ticket.pk == soon.pk and each.metric == "first_response"] == []

    was = clocks(soon)[("first_response", 1)]
    work = recomputing.apply(wanted=rezoned(world), digest=seen.digest, reason="2026f", by=world.lead, now=NEXT)
    recomputing.run(work=work, clock=lambda: NEXT)
    assert clocks(late)[("first_response", 1)] == (by_old_rules + HOUR, "pending")
    assert clocks(soon)[("first_response", 1)] == was
    assert clocks(answered)[("first_response", 1)] == ended
    edition = editions.current(world.version)
    assert (edition.number, edition.zone_release, edition.reason) == (2, TZDATA_VERSION, "2026f")
    assert editions.zone_changes(world.version, edition, NEXT) == []
    is_sound(NEXT)
    relay.run_until_idle("one", by_old_rules + HOUR)
    assert clocks(late)[("first_response", 1)][1] == "pending"
    relay.run_until_idle("one", by_old_rules + HOUR + 1)
    assert clocks(late)[("first_response", 1)][1] == "breached"
    is_sound(by_old_rules + HOUR + 1)


def test_until_somebody_decides_the_old_rules_hold_and_nothing_is_done_twice(world):
    ticket = world.ticket(urgency="normal", now=FRIDAY + 5 * DAY)
    assert ticket.edition == editions.current(world.version)
    assert clocks(ticket)[("first_response", 1)][0] == FRIDAY + 7 * DAY
    work = recomputing.apply(
        wanted=rezoned(world),
        digest=preview(rezoned(world), FRIDAY + 5 * DAY).digest,
        reason="x",
        by=world.lead,
        now=FRIDAY + 5 * DAY,
    )
    recomputing.run(work=work, clock=lambda: FRIDAY + 5 * DAY)
    rows = [list(each.objects.order_by("pk").values()) for each in (Ticket, EventRow, ClockRow, CalendarEdition)]
    with pytest.raises(RecomputeError) as refused:
        preview(rezoned(world), FRIDAY + 5 * DAY)
    assert refused.value.code == "recompute.zones_as_installed"
    assert rows == [
        list(each.objects.order_by("pk").values()) for each in (Ticket, EventRow, ClockRow, CalendarEdition)
    ]
    is_sound(FRIDAY + 5 * DAY)


def test_a_zone_that_no_release_changed_needs_nothing(world):
    KeptZone.objects.filter(zone=CALIFORNIA).update(
        rules=installed_rules(CALIFORNIA).tzif, digest=installed_rules(CALIFORNIA).digest
    )
    assert editions.zone_changes(world.version, editions.current(world.version), NEXT) == []


def test_what_is_kept_is_written_once_and_again_when_it_changed(world):
    kept_zones.keep([CALIFORNIA, "Europe/Brussels"], NEXT)
    kept_zones.keep([CALIFORNIA, "Europe/Brussels"], NEXT + 1)
    rows = KeptZone.objects.filter(zone__in=[CALIFORNIA, "Europe/Brussels"])
    assert sorted(rows.values_list("zone", "release", "recorded_at")) == [
        (CALIFORNIA, "2024a", FRIDAY),
        (CALIFORNIA, TZDATA_VERSION, NEXT),
        ("Europe/Brussels", TZDATA_VERSION, NEXT),
    ]
    assert kept_zones.rules_under(CALIFORNIA, "2024a").digest == installed_rules("Etc/GMT+7").digest
    assert kept_zones.rules_under(CALIFORNIA, "2023z").digest == installed_rules("Etc/GMT+7").digest
    assert kept_zones.rules_under(CALIFORNIA, TZDATA_VERSION) == installed_rules(CALIFORNIA)
    assert kept_zones.zones_under("2024a")("Europe/Brussels") is None


def test_migrate_says_which_plans_it_concerns_and_the_command_previews_it(world, monkeypatch):
    world.ticket(urgency="normal")
    monkeypatch.setattr("upheld.apps.work.clock.now", lambda: NEXT)
    told = CliRunner().invoke(migrate.app)
    assert told.exit_code == 0, told.output
    assert f"{world.version}: {CALIFORNIA} have other rules now." in told.output
    command = f"upheld recompute zones --plan {world.version.plan}@{world.version.version}"
    assert command in told.output
    from upheld.cli import recompute  # noqa: PLC0415

    shown = CliRunner().invoke(recompute.app, [*command.split()[2:], "--json"])
    assert json.loads(shown.output)["zones"][0]["zone"] == CALIFORNIA


def test_a_lead_sees_it_on_the_desk_and_decides(world, monkeypatch):
    ticket = world.ticket(urgency="normal")
    monkeypatch.setattr("upheld.web.reader.read_clock", lambda: NEXT)
    client = Client()
    client.force_login(world.lead)
    page = f"/desk/plans/{world.version.public_id}/holidays/"
    assert CALIFORNIA in client.get(page).content.decode()
    shown = client.post(f"{page}preview/", {"what": "zones"})
    assert "2026-11-03T08:00:00-08:00" in shown.content.decode()
    digest = shown.context["seen"].digest
    assert client.post(f"{page}apply/", {"what": "zones", "digest": digest, "reason": "renewed"}).status_code == 302
    relay.run_until_idle("one", NEXT)
    assert clocks(ticket)[("first_response", 1)][0] == parse_instant("2026-11-03T16:00:00Z")
    assert "Time zones have other rules now" not in client.get(page).content.decode()
