"""
Processes that are stopped, killed and started again under load: whatever was answered with "taken" is there, once.
"""

import os
import signal
import sys
import time

import pytest

from tests.trust import scenario
from tests.trust.children import Place, run
from tests.trust.rows import row
from tests.trust.served import Load, Served, children_of, command_of, eventually

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"), pytest.mark.heavy]


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request, tmp_path):
    place = Place(request.param, tmp_path / "home")
    made = Served(place)
    try:
        yield made.prepare().start()
    finally:
        made.stop(signal.SIGKILL)
        place.drop()


def is_once(served, load):
    """Every ticket that a client was told of is there, each key made one, and nothing else is found."""
    served.stop()
    assert run(served.place, scenario.idle).error == ""
    found = run(served.place, scenario.counts).answer
    assert set(load.taken.values()) <= set(found["tickets"])
    assert len(set(load.taken.values())) == len(load.taken)
    # A key that was sent and never answered may have become a ticket too: at most the one that each client had open.
    assert len(load.taken) <= len(found["tickets"]) <= len(load.taken) + len(load.clients)
    assert (found["opened"], found["messages"]) == (len(found["tickets"]),) * 2
    assert (found["submissions"], found["work"]) == (["ticketed"], ["done"])
    assert served.is_sound()["violations"] == []


@row("FA-PR-001")
def test_stopped_under_load_requests_end_and_leases_are_given_back(served):
    with Load(served) as load:
        load.wait_for(20)
        relay, began = served.relay, time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(30)
        assert time.monotonic() - began < 30
        eventually(lambda: " worker " not in command_of(relay), 10)
        assert run(served.place, leased).answer == 0
        served.start()
        load.wait_for(len(load.taken) + 20)
    assert {status for status in load.statuses if status} <= {201, 503}
    is_once(served, load)


def leased():
    from upheld.apps.work.models import OutboxRow  # noqa: PLC0415

    return OutboxRow.objects.filter(state="waiting").exclude(leased_by="").count()


@row("FA-PR-002")
@pytest.mark.parametrize("turns", [24])
def test_web_processes_killed_again_and_again_under_load_lose_nothing(served, turns, record_property):
    with Load(served) as load:
        load.wait_for(5)
        for _ in range(turns):
            time.sleep(5)
            for each in served.webs:
                os.kill(each, signal.SIGKILL)
        load.wait_for(len(load.taken) + 5)
    broken = sum(status == 0 for status in load.statuses)
    record_property("broken", f"{broken} of {len(load.statuses)} requests")
    # The socket outlives the process: none breaks but those that were in its hands, and a client has one at a time.
    assert {status for status in load.statuses if status} <= {201, 409}
    assert broken <= turns * len(load.clients)
    is_once(served, load)


@row("FA-PR-002")
def test_everything_killed_at_once_loses_nothing(served):
    with Load(served) as load:
        for _ in range(3):
            load.wait_for(len(load.taken) + 10)
            family = [served.process.pid, *children_of(served.process.pid)]
            for each in family:
                os.kill(each, signal.SIGKILL)
            served.process.wait(10)
            served.start()
        load.wait_for(len(load.taken) + 5)
    is_once(served, load)


@row("FA-IK-011")
def test_killed_after_the_commit_the_same_key_gives_the_same_ticket(tmp_path):
    place = Place("sqlite", tmp_path / "home")
    served = Served(place, UPHELD_FAULT="intake.committed:kill").prepare().start()
    try:
        first = served.send("the-key")
        assert first.status == 0
        made = run(place, scenario.counts).answer["tickets"]
        assert len(made) == 1
        served.stop()
        served.environment.pop("UPHELD_FAULT")
        served.start()
        again = served.send("the-key")
        assert (again.status, again.json["id"]) == (201, made[0])
        assert served.send("the-key").json == again.json
        assert run(place, scenario.counts).answer["tickets"] == made
    finally:
        served.stop(signal.SIGKILL)
        place.drop()
