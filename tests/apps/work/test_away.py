"""
The other side of a handler is away: its rows wait together, one of them tries for all, and nothing is given up.
"""

import logging

import pytest

from tests.factories import NOW
from upheld.apps.work import away, handlers, services
from upheld.apps.work.models import OutboxRow

pytestmark = pytest.mark.django_db
HOUR = 3_600


class Server:
    """What a handler talks to: there or not, and what it heard."""

    def __init__(self):
        self.is_there, self.heard, self.tried = True, [], []
        self.never = set()

    def __call__(self, arguments, now):
        name = arguments["name"]
        self.tried.append((now, name))
        if not self.is_there or name in self.never:
            raise away.AwayError("nobody answers")
        self.heard.append(name)


@pytest.fixture
def server(monkeypatch):
    server = Server()
    monkeypatch.setitem(handlers._HANDLERS, "tests.server", handlers.Handler(server, is_outside=True))
    monkeypatch.setitem(handlers._HANDLERS, "tests.other", handlers.Handler(lambda *_: None, is_outside=True))
    return server


def enqueue(*names, handler="tests.server", now=NOW):
    for name in names:
        services.enqueue(key=f"{handler}:{name}", handler=handler, arguments={"name": name}, now=now)


def run(now):
    return services.run_due(worker="w", now=now)


def waiting(**filters):
    return OutboxRow.objects.filter(state="waiting", **filters)


def until_idle(now):
    while run(now):
        pass


def test_one_tries_for_all_and_all_wait_in_their_order(server):
    server.is_there = False
    enqueue("a", "b", "c")
    enqueue("z", handler="tests.other")
    assert run(NOW) == 1
    assert OutboxRow.objects.get(key="tests.other:z").state == "done"
    assert server.tried == [(NOW, "a")]
    again = waiting(key="tests.server:b").get().due_at
    assert NOW + away.SHORTEST_SECONDS <= again <= NOW + away.SHORTEST_SECONDS + 1
    rows = list(waiting().order_by("due_at", "id").values_list("key", "due_at", "away_since", "leased_by", "attempts"))
    assert rows == [
        ("tests.server:b", again, NOW, "", 0),
        ("tests.server:c", again, NOW, "", 0),
        ("tests.server:a", again + 1, NOW, "", 0),
    ]
    assert waiting(key="tests.server:a").get().last_error == "nobody answers"


def test_what_comes_meanwhile_waits_without_a_try(server):
    server.is_there = False
    enqueue("a")
    run(NOW)
    enqueue("b", now=NOW + 1)
    assert run(NOW + 1) == 0
    assert server.tried == [(NOW, "a")]
    row = waiting(key="tests.server:b").get()
    assert (row.due_at, row.away_since) == (waiting(key="tests.server:a").get().due_at, NOW)


def test_six_hours_away_and_all_goes_out_soon_after_in_order(server, caplog):
    """FA-MA-004: growing pauses, an alarm after a quarter of an hour, nothing parked, all within ten minutes."""
    server.is_there = False
    names = [f"{number:02}" for number in range(60)]
    enqueue(*names[:30])
    now, pauses = NOW, []
    while now < NOW + 6 * HOUR:
        before = len(server.tried)
        run(now)
        assert len(server.tried) == before + 1
        next_ = waiting().order_by("due_at").first().due_at
        pauses.append(next_ - now)
        now = next_
        if len(pauses) == 3:
            enqueue(*names[30:], now=now)
    assert pauses[0] <= away.SHORTEST_SECONDS + 1
    assert away.LONGEST_SECONDS <= max(pauses) < 600
    assert len(pauses) < 80
    assert OutboxRow.objects.filter(state="parked").count() == 0
    with caplog.at_level(logging.ERROR):
        services.beat(worker="w", now=now)
    assert "tests.server: the other side has been away for" in caplog.text
    server.is_there = True
    assert now - (NOW + 6 * HOUR) < 600
    last = server.tried[-1][1]
    until_idle(now)
    assert waiting().count() == 0
    # Each once; in order, but for the one that tried last.
    assert sorted(server.heard) == names
    assert [each for each in server.heard if each != last] == [each for each in names if each != last]
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        services.beat(worker="w", now=now)
    assert "away" not in caplog.text


def test_a_row_that_nobody_would_take_keeps_no_other_back(server):
    server.never = {"a"}
    enqueue("a", "b", "c")
    now = NOW
    while waiting().count() > 1:
        run(now)
        now = waiting().order_by("due_at").first().due_at
    assert server.heard == ["b", "c"]
    assert now - NOW < 60


def test_after_days_it_is_parked_for_a_person(server):
    server.is_there = False
    enqueue("a")
    now = NOW
    while (row := OutboxRow.objects.get()).state == "waiting":
        now = row.due_at
        run(now)
    assert away.PATIENCE_SECONDS <= now - NOW < away.PATIENCE_SECONDS + 600
    assert (row.state, row.last_error) == ("parked", "nobody answers")
    server.is_there = True
    assert services.try_again(now=now) == 1
    assert run(now) == 1


def test_another_trouble_of_the_one_that_tries_is_its_own(server, monkeypatch):
    server.is_there = False
    enqueue("a", "b")
    run(NOW)
    now = waiting(key="tests.server:b").get().due_at

    def poison(arguments, now):
        if arguments["name"] == "b":
            raise RuntimeError("poison")
        server.heard.append(arguments["name"])

    monkeypatch.setitem(handlers._HANDLERS, "tests.server", handlers.Handler(poison, is_outside=True))
    run(now)
    row = waiting(key="tests.server:b").get()
    assert (row.attempts, row.away_since) == (1, None)
    run(now + 1)
    assert server.heard == ["a"]
