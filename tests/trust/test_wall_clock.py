"""
Workers that are slow, calendars that change and seconds that come twice: nothing fires early, twice or out of order.
"""

from tests import factories
from tests.trust.rows import row
from upheld.apps.channels.models import Notice
from upheld.apps.contracts.models import CalendarEdition, KeptZone
from upheld.apps.tickets.models import ClockRow, Timer
from upheld.apps.tickets.previews import Wanted, preview
from upheld.apps.tickets.services import recomputing, timers
from upheld.apps.tickets.services.recording import events_of
from upheld.apps.work import relay, services
from upheld.apps.work.guard import ClockGuard
from upheld.core.calendars.zones import installed_rules
from upheld.core.instants import parse_instant, to_datetime

NOW, DAY, HOUR = factories.NOW, factories.DAY, factories.HOUR


def breach_of(ticket):
    return Timer.objects.get(ticket=ticket, kind="breach", metric="first_response")


@row("FA-TI-007")
def test_with_a_slow_worker_the_order_of_a_ticket_is_kept_and_lateness_is_told(world, found, monkeypatch, caplog):
    tickets = [world.ticket() for _ in range(3)]
    due = max(Timer.objects.values_list("due_at", flat=True))
    now, fired = [min(Timer.objects.values_list("due_at", flat=True))], []
    real = timers._take_effect

    def slow(rows, claimed, at):
        real(rows, claimed, at)
        fired.extend((row.ticket_id, row.due_at) for row in rows)
        now[0] += 2 * len(rows)

    monkeypatch.setattr(timers, "_take_effect", slow)
    while now[0] <= due + 2 * 60:
        timers.fire_due(now=now[0], most=1)
        now[0] += 1
    assert len(fired) == Timer.objects.count()
    for ticket in tickets:
        dues = [at for key, at in fired if key == ticket.pk]
        assert dues == sorted(dues)
    lateness = relay.lateness(now[0])  # what was to be told waits: nobody ran the outbox
    assert lateness > services.LATE_SECONDS
    services.beat(worker="slow", now=now[0], lateness=lateness)
    assert [each.getMessage() for each in caplog.records if "late" in each.getMessage()] == [
        f"due work is {lateness} s late"
    ]
    assert found(now[0]) == []


@row("FA-TI-013")
def test_zone_data_renewed_between_set_and_fire_move_a_timer_by_a_recorded_decision(db, own_files, found):
    """California kept daylight saving time by the data of before; by those that are installed it goes back."""
    friday = parse_instant("2026-10-30T16:00:00Z")
    world = factories.World(now=friday)
    summer_for_good = installed_rules("Etc/GMT+7").tzif
    KeptZone.objects.filter(zone="America/Los_Angeles").update(release="2024a", rules=summer_for_good, digest="x")
    CalendarEdition.objects.update(zone_release="2024a")
    ticket = world.ticket(urgency="normal")
    before, timer = ClockRow.objects.get(ticket=ticket, metric="first_response"), breach_of(ticket)
    wanted, now = Wanted(world.version, is_rezoned=True), friday + HOUR
    digest = preview(wanted, now).digest
    assert breach_of(ticket).due_at == timer.due_at  # nothing moves by itself
    work = recomputing.apply(wanted=wanted, digest=digest, reason="the zones of 2026", by=world.lead, now=now)
    recomputing.run(work=work, clock=lambda: now)
    after = ClockRow.objects.get(ticket=ticket, metric="first_response")
    assert (after.due_at, after.revision != before.revision) == (before.due_at + HOUR, True)
    assert breach_of(ticket).due_at == timer.due_at + HOUR
    event = events_of(ticket)[-1]
    assert (event.kind, event.reason, event.actor.ref) == ("calendar_moved", "the zones of 2026", world.lead.public_id)
    timers.fire_due(now=timer.due_at)
    assert ClockRow.objects.get(pk=after.pk).verdict == "pending"
    timers.fire_due(now=timer.due_at + HOUR)
    assert ClockRow.objects.get(pk=after.pk).verdict == "breached"
    assert Timer.objects.filter(ticket=ticket, metric="first_response", kind="breach", state="fired").count() == 1
    assert found(timer.due_at + HOUR) == []


@row("FA-TI-014")
def test_a_leap_second_moves_nothing_by_more_than_itself(world, found):
    """2016 had one: instants are POSIX seconds, which have none, so a day that had one is as long as any other."""
    assert parse_instant("2017-01-01T00:00:00Z") - parse_instant("2016-12-31T00:00:00Z") == DAY
    assert to_datetime(parse_instant("2016-12-31T23:59:59Z") + 1).isoformat() == "2017-01-01T00:00:00+00:00"
    ticket = world.ticket()
    due = breach_of(ticket).due_at
    guard, wall = ClockGuard(), due - 2
    for monotonic in (0.0, 1.0, 2.0, 3.0, 4.0):  # the wall clock shows one second twice, as it does in a leap second
        assert guard.believes(wall, monotonic)
        relay.run_until_idle("worker", wall)
        assert Notice.objects.filter(code="clock.breach").exists() == (wall >= due)
        wall += 0 if monotonic == 1.0 else 1
    assert Timer.objects.filter(ticket=ticket, kind="breach", state="fired").count() == 1
    assert found(wall) == []
