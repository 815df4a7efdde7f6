"""
The wall clock of a relay that runs jumps by three days and comes back, or stays: nothing is broken on a time that
nobody believes (FA-TI-010).
"""

import logging
import threading
import time
from types import SimpleNamespace

import pytest

from tests.factories import DAY
from tests.trust import scenario
from tests.trust.children import Place, end, run, start
from tests.trust.rows import row
from tests.trust.served import eventually

STABLE_SECONDS = 15


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    made = Place(request.param, tmp_path / "home")
    yield made
    made.drop()


class Relay:
    """A relay in a process of its own, whose wall clock is wrong by what a file says."""

    def __init__(self, place):
        self.offset, self.stop, self.log = (place.root / name for name in ("offset", "stop", "relay.log"))
        self.set(0)
        self.child = start(place, self.work)

    def set(self, seconds):
        beside = self.offset.with_suffix(".new")
        beside.write_text(str(seconds))
        beside.replace(self.offset)

    def work(self):
        from upheld.apps.work import clock, guard, relay  # noqa: PLC0415

        real = time.time  # noqa: TID251  (this is the wall)
        clock.time = SimpleNamespace(time=lambda: real() + int(self.offset.read_text()))
        guard.STABLE_SECONDS = STABLE_SECONDS
        logging.getLogger("upheld.work").addHandler(logging.FileHandler(self.log))
        stop = threading.Event()
        threading.Thread(target=lambda: (eventually(self.stop.exists), stop.set()), daemon=True).start()
        relay.run_forever(stop)

    def said(self, words):
        return self.log.exists() and words in self.log.read_text()

    def end(self):
        self.stop.touch()
        return end(self.child)


def opened():
    """A ticket of today, as a customer sends it, left in the spool for the relay."""
    from tests import factories  # noqa: PLC0415
    from upheld.apps.parties.models import Customer, Person  # noqa: PLC0415
    from upheld.apps.tickets.services import spool  # noqa: PLC0415
    from upheld.apps.work import clock  # noqa: PLC0415

    content = {"subject": f"Down {next(factories._keys)}", "text": "No order leaves", "urgency": "urgent"}
    customer, person = Customer.objects.get(), Person.objects.get(email="dana@northwind.test")
    key = f"key-{clock.now()}-{time.monotonic_ns()}"
    spool.spool(key=key, channel="portal", person=person, customer=customer, content=content, now=clock.now() - 60)


def standing():
    from upheld.apps.channels.models import Notice  # noqa: PLC0415
    from upheld.apps.tickets.models import ClockRow, Timer  # noqa: PLC0415
    from upheld.apps.work import clock  # noqa: PLC0415
    from upheld.trust.verification import verify  # noqa: PLC0415

    return {
        "verdicts": sorted(ClockRow.objects.values_list("verdict", flat=True)),
        "fired": Timer.objects.filter(state="fired").count(),
        "breaches": Notice.objects.filter(code="clock.breach").count(),
        "violations": [each.code for each in verify(now=clock.now()).violations],
    }


def tickets():
    from upheld.apps.tickets.models import Ticket  # noqa: PLC0415

    return Ticket.objects.count()


@row("FA-TI-010")
def test_three_days_on_and_back_while_a_relay_runs(place):
    run(place, scenario.serving_cast)
    relay = Relay(place)
    run(place, opened)
    eventually(lambda: run(place, tickets).answer == 1)
    relay.set(3 * DAY)
    eventually(lambda: relay.said("the clock jumped by 259"))
    run(place, opened)
    time.sleep(2)
    meanwhile = run(place, standing).answer
    assert (meanwhile["verdicts"], meanwhile["fired"], meanwhile["breaches"]) == (["pending"], 0, 0)
    assert run(place, tickets).answer == 1  # it stopped altogether
    relay.set(0)
    eventually(lambda: relay.said("the clock has come back"))
    eventually(lambda: run(place, tickets).answer == 2)
    after = run(place, standing).answer
    assert after == {"verdicts": ["pending"] * 2, "fired": 0, "breaches": 0, "violations": []}
    relay.set(3 * DAY)
    eventually(lambda: relay.said("its time is believed from now on"))
    eventually(lambda: run(place, standing).answer["verdicts"] == ["breached"] * 2)
    assert relay.end().error == ""
