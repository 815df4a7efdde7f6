"""
Due work: leased, done once with its effect, tried again, parked, held.
"""

from types import SimpleNamespace

import pytest

from upheld.apps.work import faults, handlers, selectors, services
from upheld.apps.work.models import Heartbeat, OutboxRow, Switch

NOW = 1_776_441_600
pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch):
    """What a handler was called with; ``fails`` makes it raise."""
    calls = []

    def handle(arguments, now):
        calls.append((dict(arguments), now))
        if arguments.get("fails"):
            raise RuntimeError("no")

    monkeypatch.setitem(handlers._HANDLERS, "tests.inside", handlers.Handler(handle, is_outside=False))
    monkeypatch.setitem(handlers._HANDLERS, "tests.outside", handlers.Handler(handle, is_outside=True))
    return calls


def enqueue(key="k", handler="tests.inside", **arguments):
    return services.enqueue(key=key, handler=handler, arguments=arguments, now=NOW)


def test_a_cause_makes_one_row():
    assert (enqueue(a=1), enqueue(a=2)) == (True, False)
    services.enqueue_all([services.Due("k", "tests.inside", {}), services.Due("l", "tests.inside", {})], now=NOW)
    assert sorted(OutboxRow.objects.values_list("key", "arguments")) == [("k", {"a": 1}), ("l", {})]


@pytest.mark.parametrize("handler", ["tests.inside", "tests.outside"])
def test_a_row_is_done_once(done, handler):
    enqueue(handler=handler, a=1)
    assert services.run_due(worker="w", now=NOW - 1) == 0
    assert services.run_due(worker="w", now=NOW) == 1
    assert services.run_due(worker="w", now=NOW) == 0
    assert done == [({"a": 1}, NOW)]
    row = OutboxRow.objects.get()
    assert (row.state, row.done_at, row.leased_until, row.leased_by) == ("done", NOW, None, "")


def test_what_fails_is_tried_again_later_and_then_parked(done):
    enqueue(fails=True)
    now, pauses = NOW, []
    while (row := OutboxRow.objects.get()).state == "waiting":
        now = row.due_at
        assert services.run_due(worker="w", now=now) == 0
        pauses.append(OutboxRow.objects.get().due_at - now)
    assert pauses[:-1] == list(services.BACKOFF_SECONDS)
    assert (row.attempts, row.state, row.last_error) == (services.MOST_ATTEMPTS, "parked", "RuntimeError: no")


def test_what_fails_holds_nobody_up(done):
    enqueue("first", fails=True)
    enqueue("second")
    assert services.run_due(worker="w", now=NOW) == 1
    assert OutboxRow.objects.get(key="second").state == "done"


def test_a_name_that_nobody_handles_is_a_failure(done):
    enqueue(handler="nobody")
    assert services.run_due(worker="w", now=NOW) == 0
    assert "work.no_handler" in OutboxRow.objects.get().last_error


def test_a_held_outbox_does_nothing_and_says_why(done):
    enqueue()
    services.hold_outbox(reason="restored", actor="operator", now=NOW)
    assert services.run_due(worker="w", now=NOW) == 0
    switch = Switch.objects.get()
    assert (switch.is_on, switch.reason, switch.changed_by, switch.changed_at) == (True, "restored", "operator", NOW)
    services.release_outbox(reason="checked", actor="operator", now=NOW + 1)
    assert services.run_due(worker="w", now=NOW + 1) == 1


def test_a_beat_says_how_late_the_oldest_work_is():
    services.beat(worker="w", now=NOW + 90, lateness=90)
    services.beat(worker="w", now=NOW + 91, lateness=91)
    assert list(Heartbeat.objects.values_list("worker", "at", "lateness_seconds")) == [("w", NOW + 91, 91)]


def test_a_failpoint_does_nothing_unless_it_is_named(monkeypatch):
    for point in faults.POINTS:
        faults.fault(point)
    monkeypatch.setattr(faults, "_passed", {})
    monkeypatch.setenv("UPHELD_FAULT", "mail.sent:exception:2")
    faults.fault("mail.sent")
    faults.fault("intake.spooled")
    with pytest.raises(faults.FaultError):
        faults.fault("mail.sent")
    faults.fault("mail.sent")


def test_lateness_is_that_of_the_oldest_work_that_nobody_began(done, caplog):
    enqueue("a", fails=True)
    enqueue("b")
    assert selectors.lateness(NOW + 40) == 40
    services.run_due(worker="w", now=NOW + 40)
    assert selectors.lateness(NOW + 50) == 0  # the one that failed is to be tried again
    assert selectors.lateness(NOW + 50, [NOW - 20, NOW]) == 70
    services.beat(worker="w", now=NOW, lateness=services.LATE_SECONDS)
    assert caplog.records == []
    services.beat(worker="w", now=NOW, lateness=services.LATE_SECONDS + 1)
    assert [each.getMessage() for each in caplog.records] == ["due work is 61 s late"]


def test_what_is_held_is_not_late():
    enqueue()
    services.hold_outbox(reason="a test", actor="ada", now=NOW)
    assert selectors.lateness(NOW + 3600) == 0
    assert selectors.hold().reason == "a test"


def test_a_round_that_took_long_gives_back_what_it_did_not_begin(done, monkeypatch):
    for key in "abc":
        enqueue(key)
    seconds = iter([0, 0, 4, 11])
    monkeypatch.setattr(services, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    assert services.run_due(worker="w", now=NOW) == 2
    assert list(OutboxRow.objects.values_list("key", "state", "leased_by")) == [
        ("a", "done", ""), ("b", "done", ""), ("c", "waiting", "")
    ]  # fmt: skip


def test_parked_work_is_tried_again_from_the_start(done):
    enqueue(a=1)
    OutboxRow.objects.update(state="parked", attempts=8)
    assert [(each.handler, each.state, each.count) for each in selectors.waiting(NOW)] == [
        ("tests.inside", "parked", 1)
    ]
    assert services.try_again(now=NOW + 5) == 1
    assert services.run_due(worker="w", now=NOW + 5) == 1
    assert services.try_again(now=NOW + 5) == 0


def test_a_handler_may_say_later(monkeypatch):
    def handle(_arguments, now):
        if now < NOW + 90:
            raise handlers.LaterError(NOW + 90)

    monkeypatch.setitem(handlers._HANDLERS, "tests.inside", handlers.Handler(handle, is_outside=False))
    enqueue()
    assert services.run_due(worker="w", now=NOW) == 0
    row = OutboxRow.objects.get()
    assert (row.state, row.due_at, row.attempts, row.leased_by, row.last_error) == ("waiting", NOW + 90, 0, "", "")
    assert services.run_due(worker="w", now=NOW + 90) == 1
