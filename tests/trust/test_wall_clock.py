"""
Workers that are slow, calendars that change and seconds that come twice: nothing fires early, twice or out of order.
"""

import datetime as dt

from tests import factories
from tests.trust.rows import row
from upheld.apps.channels.models import Notice
from upheld.apps.contracts import editions
from upheld.apps.tickets.models import ClockRow, EventRow, Timer
from upheld.apps.tickets.previews import Wanted, preview
from upheld.apps.tickets.services import recomputing, timers
from upheld.apps.work import relay, services
from upheld.apps.work.guard import ClockGuard
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
def test_clocks_stay_on_their_calendar_until_a_move_is_recorded(world, found):
    """A newer list of the calendar changes no running clock by itself; the move that does is an event with a reason."""
    ticket = world.ticket(urgency="normal")
    before = ClockRow.objects.get(ticket=ticket, metric="first_response")
    timer = breach_of(ticket)
    name = next(each.name for each in editions.lists_of(editions.current(world.version)))
    wanted = Wanted(world.version, (editions.ListChange(name, add={dt.date(2026, 4, 20): "Company day"}),))
    digest = preview(wanted, NOW + HOUR).digest
    assert breach_of(ticket).due_at == timer.due_at
    work = recomputing.apply(wanted=wanted, digest=digest, reason="tzdata 2026c", by=world.lead, now=NOW + HOUR)
    recomputing.run(work=work, clock=lambda: NOW + HOUR)
    after = ClockRow.objects.get(ticket=ticket, metric="first_response")
    assert (after.due_at, after.revision != before.revision) == (before.due_at + DAY, True)
    assert breach_of(ticket).due_at == timer.due_at + DAY
    assert EventRow.objects.filter(ticket=ticket).order_by("-seq").first().kind == "calendar_moved"
    timers.fire_due(now=timer.due_at)
    assert ClockRow.objects.get(pk=after.pk).verdict == "pending"
    timers.fire_due(now=timer.due_at + DAY)
    assert ClockRow.objects.get(pk=after.pk).verdict == "breached"
    assert found(timer.due_at + DAY) == []


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
