"""
Timers take effect once, in order, not before they are due, whoever races, fails, or sets the clock.
"""

import time
from pathlib import Path

import pytest

from tests import factories
from tests.trust import scenario
from tests.trust.children import Place, end, run, start
from tests.trust.rows import row
from upheld.apps.channels.models import Mail, Notice
from upheld.apps.tickets.models import ClockRow, EventRow, Ticket, Timer
from upheld.apps.tickets.services import conversation, handling, timers
from upheld.apps.work import relay, services
from upheld.apps.work.guard import ClockGuard
from upheld.apps.work.models import OutboxRow
from upheld.core import events as ev

NOW, DAY, HOUR = factories.NOW, factories.DAY, factories.HOUR


def many():
    """
    1,000 timers on twenty tickets, all due, and two more that are not.
    """
    from upheld.apps.parties.models import Customer, Person  # noqa: PLC0415

    dana, northwind = Person.objects.get(email__startswith="dana"), Customer.objects.get()
    tickets = [factories.ticket(dana, northwind) for _ in range(20)]
    Timer.objects.all().delete()
    rows = [
        Timer(
            customer=northwind, ticket=tickets[index % 20], kind="at_risk", metric="first_response", cycle=1,
            due_at=NOW + (index * 7919) % 5000, generation=1,
        )
        for index in range(1000)
    ]  # fmt: skip
    rows += [Timer(**{**vars_of(rows[0]), "due_at": NOW + 6000 + each}) for each in range(2)]
    Timer.objects.bulk_create(rows)
    OutboxRow.objects.all().delete()


def vars_of(row):
    return {name: value for name, value in vars(row).items() if not name.startswith("_") and name != "id"}


def race(barrier):
    """
    Fire until nothing is due any more, from the moment at which the barrier's file is there.
    """

    def go():
        while not Path(barrier).exists():
            time.sleep(0.001)
        done, idle = 0, 0
        while idle < 20:
            fired = timers.fire_due(now=NOW + 5000, most=3)
            done += fired
            idle = 0 if fired else idle + 1
            if not fired:
                time.sleep(0.01)
        return done

    return go


def raced():
    effects = list(OutboxRow.objects.order_by("pk").values_list("key", flat=True))
    rows = {f"timer:{row.pk}": row for row in Timer.objects.all()}
    latest, wrong = {}, 0
    for key in effects:
        row = rows[key]
        wrong += row.due_at < latest.get(row.ticket_id, 0)
        latest[row.ticket_id] = row.due_at
    return {
        "effects": len(effects),
        "twice": len(effects) - len(set(effects)),
        "out_of_order": wrong,
        "fired": Timer.objects.filter(state="fired").count(),
        "waiting": Timer.objects.filter(state="waiting").count(),
    }


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
@row("FA-TI-004")
def test_two_workers_race_for_a_thousand_timers(vendor, tmp_path):
    place = Place(vendor, tmp_path / "place")
    try:
        assert run(place, scenario.prepare, many).error == ""
        barrier = str(tmp_path / "go")
        workers = [start(place, race(barrier)) for _ in range(2)]
        time.sleep(0.2)
        Path(barrier).touch()
        ended = [end(each) for each in workers]
        assert [each.error for each in ended] == ["", ""]
        assert sum(each.answer for each in ended) == 1000
        assert run(place, raced).answer == {
            "effects": 1000, "twice": 0, "out_of_order": 0, "fired": 1000, "waiting": 2
        }  # fmt: skip
    finally:
        place.drop()


def breach_of(ticket):
    return Timer.objects.get(ticket=ticket, kind="breach", metric="first_response")


@pytest.mark.parametrize("seconds", [-1, 0])
@row("FA-TI-005")
def test_answered_in_time_at_the_last_second_there_is_no_breach(world, found, seconds):
    ticket = world.ticket()
    due = breach_of(ticket).due_at - 1
    conversation.reply(ticket=ticket, by=world.agent, text="Done", now=due + seconds)
    relay.run_until_idle("worker", due + DAY)
    assert ClockRow.objects.get(metric="first_response").verdict == "met"
    assert not Notice.objects.filter(code="clock.breach", params__metric="first_response").exists()
    assert found(due + DAY) == []


@pytest.mark.parametrize("fires_first", [True, False])
@row("FA-TI-005")
def test_answered_a_second_late_there_is_one_breach_whoever_comes_first(world, found, fires_first):
    ticket = world.ticket()
    due = breach_of(ticket).due_at
    if fires_first:
        timers.fire_due(now=due)
    conversation.reply(ticket=ticket, by=world.agent, text="Sorry", now=due)
    relay.run_until_idle("worker", due + 60)
    assert ClockRow.objects.get(metric="first_response").verdict == "breached"
    told = Notice.objects.filter(code="clock.breach", params__metric="first_response").values_list("person", flat=True)
    assert len(told) == len(set(told)) > 0
    assert found(due + 60) == []


@row("FA-TI-005")
def test_an_earlier_answer_that_is_logged_late_takes_the_timer_away(world, found):
    ticket = world.ticket(channel="phone")
    due = breach_of(ticket).due_at
    handling.assign(ticket=ticket, to=world.agent, by=world.lead, now=NOW + 5)
    conversation.log_call(
        ticket=ticket,
        by=world.lead,
        inbound=False,
        now=due + HOUR,
        at=due - 60,
        seconds=90,
        reason="logged after the call",
    )
    relay.run_until_idle("worker", due + 2 * HOUR)
    assert ClockRow.objects.get(metric="first_response").verdict == "met"
    assert not Notice.objects.filter(code="clock.breach", params__metric="first_response").exists()
    assert found(due + 2 * HOUR) == []


@row("FA-TI-008")
def test_a_poison_timer_is_parked_and_holds_nobody_else_up(world, found, monkeypatch):
    poison, well = world.ticket(), world.ticket()
    due = breach_of(poison).due_at
    real = timers._take_effect

    def effect(rows, tickets, now):
        if any(row.ticket_id == poison.pk for row in rows):
            raise RuntimeError("poison")
        real(rows, tickets, now)

    monkeypatch.setattr(timers, "_take_effect", effect)
    timers.fire_due(now=due)
    assert {row.state for row in Timer.objects.filter(ticket=well, due_at__lte=due)} == {"fired"}
    first = Timer.objects.filter(ticket=poison).order_by("due_at").first()
    tries = [(first.attempts, first.retry_at - due)]
    now = due
    while first.state == "waiting":
        now = first.retry_at
        assert timers.fire_due(now=now - 1) == 0
        timers.fire_due(now=now)
        first.refresh_from_db()
        tries.append((first.attempts, first.retry_at and first.retry_at - now))
    assert tries == [(1, 5), (2, 30), (3, 120), (4, 600), (5, None)]
    assert (first.state, first.last_error) == ("parked", "RuntimeError: poison")
    assert Timer.objects.filter(ticket=poison, state="fired").count() == 0
    monkeypatch.setattr(timers, "_take_effect", real)
    relay.run_until_idle("worker", now + 1)
    assert breach_of(poison).state == "fired"
    assert found(now + 1) == []


@row("FA-TI-010")
def test_nothing_fires_on_a_clock_that_jumped_until_it_is_stable_or_back():
    guard = ClockGuard()
    assert guard.believes(1_000_000, 100.0)
    assert guard.believes(1_000_060, 160.0)
    assert not guard.believes(1_000_061 + 3 * DAY, 161.0)
    assert not guard.believes(1_000_100 + 3 * DAY, 200.0)
    assert guard.believes(1_000_110, 210.0)
    assert not guard.believes(1_000_111 + 3 * DAY, 211.0)
    assert not guard.believes(1_000_330 + 3 * DAY, 330.0)
    assert guard.believes(1_000_331 + 3 * DAY, 331.0)
    assert guard.believes(1_000_332 + 3 * DAY, 332.0)


@row("FA-TI-010")
def test_small_corrections_are_believed_however_many():
    guard, wall = ClockGuard(), 1_000_000
    for minute in range(1000):
        wall += 60 + 2
        assert guard.believes(wall, minute * 60.0)


@row("FA-TI-010")
def test_the_relay_leaves_due_work_undone_meanwhile(world, monkeypatch):
    import threading  # noqa: PLC0415

    ticket = world.ticket()
    stop, readings = threading.Event(), iter([(NOW, 0.0), (NOW + 3 * DAY, 1.0), (NOW + 2, 2.0)])
    current = []

    def wall():
        current[:] = next(readings, (None, None))
        if current[0] is None:
            stop.set()
            return NOW + 2
        return current[0]

    monkeypatch.setattr(relay, "read_clock", wall)
    monkeypatch.setattr(relay.time, "monotonic", lambda: current[1] if current[1] is not None else 3.0)
    monkeypatch.setattr(relay, "close_old_connections", lambda: None)
    monkeypatch.setattr(relay, "IDLE_SECONDS", 0)
    relay.run_forever(stop)
    assert ClockRow.objects.get(ticket=ticket, metric="first_response").verdict == "pending"
    assert Notice.objects.filter(code="clock.breach").count() == 0


@row("FA-TI-011")
def test_with_the_clock_set_back_nothing_runs_backwards(world, found):
    ticket = world.ticket()
    conversation.reply(ticket=ticket, by=world.agent, text="On it", now=NOW + HOUR)
    timers.fire_due(now=NOW + 5 * DAY)
    fired = Timer.objects.filter(state="fired").count()
    back = NOW + HOUR - 1800
    ticket = Ticket.objects.get(pk=ticket.pk)
    conversation.customer_message(ticket=ticket, by=world.contact, text="Still down", now=back)
    rows = list(EventRow.objects.filter(ticket=ticket).order_by("seq"))
    assert [row.recorded_at for row in rows] == sorted(row.recorded_at for row in rows)
    assert rows[-1].effective_at == NOW + HOUR
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert min(row.spent_seconds for row in ClockRow.objects.all()) >= 0
    relay.run_until_idle("worker", back)
    assert Timer.objects.filter(state="fired").count() == fired
    assert found(NOW + 5 * DAY) == []


@row("FA-TI-016")
def test_after_a_restore_effects_happen_and_nobody_is_told_before_the_release(world, found):
    """What was due since the backup says that it is told after a restore; what is due later says nothing of it."""
    ticket, later = world.ticket(), world.ticket(urgency="low")
    due = breach_of(ticket).due_at
    restored_at = due + DAY
    assert breach_of(later).due_at > restored_at
    services.turn(name=services.RESTORED, is_on=True, reason="backup.tar", actor="operator", now=restored_at)
    services.hold_outbox(reason="after restore", actor="operator", now=restored_at)
    relay.run_until_idle("worker", restored_at)
    assert ClockRow.objects.get(ticket=ticket, metric="first_response").verdict == "breached"
    assert (Notice.objects.count(), Mail.objects.count()) == (0, 0)
    assert found(restored_at) == []
    services.release_outbox(reason="checked", actor="operator", now=restored_at)
    for now in (restored_at, restored_at + DAY, breach_of(later).due_at):
        relay.run_until_idle("worker", now)
    broken = Notice.objects.filter(code="clock.breach", params__metric="first_response")
    assert [each.params.get("after_restore") for each in broken.filter(ticket=ticket)] == [True] * 3
    assert [each.params.get("after_restore") for each in broken.filter(ticket=later)] == [None] * 3
    assert found(breach_of(later).due_at) == []


def test_a_lease_is_left_to_whoever_has_it(world):
    world.ticket()
    rows = services._lease("one", NOW, 50)
    assert rows
    assert services.run_due(worker="two", now=NOW) == 0
    assert services._run(rows[0], "two", NOW) is False
    later = NOW + services.LEASE_SECONDS + 1
    assert services.run_due(worker="two", now=later) == len(rows)
    assert services._run(rows[0], "one", later) is False
    assert Notice.objects.values("person", "key").distinct().count() == Notice.objects.count()


def test_what_was_leased_is_given_back_on_leaving(world):
    world.ticket()
    rows = services._lease("one", NOW, 50)
    assert services.give_back(worker="one") == len(rows)
    assert services.run_due(worker="two", now=NOW) == len(rows)


def test_a_round_that_broke_gives_back_what_it_had_leased(world, monkeypatch):
    import threading  # noqa: PLC0415

    from django.db import OperationalError  # noqa: PLC0415

    world.ticket()
    stop, rounds, real = threading.Event(), [], services._run

    def run_one(row, worker, now):
        rounds.append(row.pk)
        if len(rounds) == 1:
            assert OutboxRow.objects.exclude(leased_by="").count() > 1
            raise OperationalError("the line broke")
        return real(row, worker, now)

    def wall():
        if len(rounds) > 1 and not OutboxRow.objects.filter(state="waiting", due_at__lte=NOW).exists():
            stop.set()
        return NOW

    monkeypatch.setattr(services, "_run", run_one)
    monkeypatch.setattr(relay, "read_clock", wall)
    monkeypatch.setattr(relay, "close_old_connections", lambda: None)
    monkeypatch.setattr(relay, "IDLE_SECONDS", 0)
    relay.run_forever(stop)
    assert rounds[0] in rounds[1:]
    assert set(OutboxRow.objects.filter(due_at__lte=NOW).values_list("state", "attempts")) == {("done", 0)}


def test_a_promise_of_less_than_is_broken_at_its_very_end(world):
    from tests.core.clocks.tickets import document, rules_of  # noqa: PLC0415
    from upheld.apps.tickets.readmodel import read_model  # noqa: PLC0415
    from upheld.core.plan.model import Plan  # noqa: PLC0415

    rules = rules_of(Plan.model_validate(document(targets={"first_response": "< 4h"}, hours="always")))
    events = [ev.Opened(seq=1, effective_at=NOW), ev.UrgencyStated(seq=2, effective_at=NOW, urgency="high")]
    made = {each["kind"]: each["due_at"] for each in read_model(events, rules, NOW).timers}
    assert made["breach"] == NOW + 4 * HOUR
