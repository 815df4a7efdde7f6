"""
Bad lines between the service and what it needs, its database and its mail server: nothing waits for ever, nothing is
lost, nothing is done twice.

What is random follows a seed that stands in the output and in the report: ``--hypothesis-seed=N`` repeats a run.
"""

import random
import signal
import sys
import time

import pytest

from tests.trust import scenario
from tests.trust.children import Place, run
from tests.trust.lines import WAYS, Line
from tests.trust.mailboxes import Mailbox
from tests.trust.rows import row
from tests.trust.served import Load, Served, eventually
from tests.trust.servers import own_postgresql

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"), pytest.mark.heavy]
STATEMENT_SECONDS = 5
PATIENCE_SECONDS = STATEMENT_SECONDS + 15 + 2 * 10
"""After so long a thread has given up on its connection, and on making another one (twice, where it asks again)."""

RELAY_SECONDS = 60
"""So long nothing may get less of what waits: a mail may take twenty, a lease a minute."""


@pytest.fixture
def seed(request, record_property):
    given = request.config.getoption("--hypothesis-seed")
    drawn = int(given) if given and given.isdecimal() else random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"seed: {drawn}\n")
    record_property("seed", drawn)
    return drawn


def is_whole(served, load):
    """What a client was told of is there, each key made one ticket, and nothing else is found."""
    served.stop()
    assert run(served.place, until_nothing_waits).error == ""
    found = run(served.place, scenario.counts).answer
    assert set(load.taken.values()) <= set(found["tickets"])
    assert len(load.taken) <= len(found["tickets"]) <= len(load.taken) + len(load.clients)
    assert (found["opened"], found["messages"]) == (len(found["tickets"]),) * 2
    assert (found["submissions"], found["work"]) == (["ticketed"], ["done"])
    assert served.is_sound()["violations"] == []


def until_nothing_waits():
    """The relay, at later and later instants, for what failed on the bad line is tried again later."""
    from upheld.apps.work import clock, relay  # noqa: PLC0415

    for step in range(12):
        relay.run_until_idle("worker", clock.now() + step * 600)


def undone():
    """How much could be done by now, and is not."""
    from upheld.apps.tickets.models import Submission  # noqa: PLC0415
    from upheld.apps.work import clock  # noqa: PLC0415
    from upheld.apps.work.models import OutboxRow  # noqa: PLC0415

    now = clock.now()
    rows = OutboxRow.objects.filter(state="waiting", due_at__lte=now)
    left = Submission.objects.filter(state="spooled", retry_at__isnull=True, received_at__lte=now - 10)
    return rows.count() + left.count()


def wait_until_done(place):
    """The relay comes to an end as long as what waits grows less."""
    left = []
    while (count := run(place, undone).answer) and (len(left) < RELAY_SECONDS or count < min(left[-RELAY_SECONDS:])):
        left.append(count)
        time.sleep(1)
    assert count == 0, f"waiting, second by second: {left}"


@row("FA-PR-005")
@pytest.mark.parametrize("seconds", [15, 120])
@pytest.mark.parametrize("how", WAYS)
def test_a_bad_line_to_the_database(how, seconds, seed, tmp_path):
    """
    Two threads serve four clients: one that waited for ever would be missed. The service is never started again.
    """
    with own_postgresql() as server, Line(server.port, seed) as line:
        place = server.place(tmp_path / "home")
        address = place.url.replace(f":{server.port}/", f":{line.port}/")
        limits = {"UPHELD_PROCESSES": "1", "UPHELD_THREADS": "2", "UPHELD_STATEMENT_TIMEOUT": str(STATEMENT_SECONDS)}
        served = Served(place, DATABASE_URL=address, **limits).prepare().start()
        try:
            with Load(served) as load:
                load.wait_for(10)
                eventually(lambda: any((place.root / "mail").iterdir()))  # the relay is up, too
                relay, line.how = served.relay, how
                began = time.monotonic()
                while time.monotonic() < began + seconds:
                    if how == "slow_close":
                        server.disturb("terminated")
                    time.sleep(5)
                line.how, before = "through", len(load.taken)
                eventually(lambda: len(load.taken) >= before + 20, PATIENCE_SECONDS)
            unanswered = [status for status in load.statuses if status not in (201, 409)]
            # A client gives up after 30 s; over a line that is broken off, it never comes to that.
            assert set(unanswered) <= ({503, 0} if how in ("latency", "half_open") else {503})
            assert how != "reset" or line.resets
            wait_until_done(place)
            assert (served.process.poll(), served.relay) == (None, relay)
            is_whole(served, load)
        finally:
            served.stop(signal.SIGKILL)


def mails():
    from upheld.apps.channels.models import Mail  # noqa: PLC0415

    return sorted(Mail.objects.values_list("message_id", "state"))


@row("FA-PR-005", "FA-MA-007")
@pytest.mark.parametrize("seconds", [15, 120])
@pytest.mark.parametrize("how", WAYS)
def test_a_bad_line_to_the_mail_server(how, seconds, seed, tmp_path):
    with Mailbox() as mailbox, Line(mailbox.port, seed) as line:
        served = Served(Place("sqlite", tmp_path / "home"), UPHELD_MAIL_URL=f"smtp://127.0.0.1:{line.port}?tls=no")
        served.prepare().start()
        relay = eventually(lambda: served.relay)
        try:
            assert served.send("first").status == 201
            eventually(lambda: len(mailbox.mails) >= 1, 20)
            line.how, began, sent = how, time.monotonic(), 0
            while time.monotonic() < began + seconds:
                assert served.send(f"during-{sent}").status == 201
                sent += 1
                time.sleep(1)
            line.how = "through"
            assert served.send("after").status == 201
            wait_until_done(served.place)
            assert (served.process.poll(), served.relay) == (None, relay)
            kept = run(served.place, mails).answer
            assert {state for _, state in kept} == {"sent"}
            assert set(mailbox.ids) == {message_id for message_id, _ in kept}
            assert len(kept) >= sent + 2
            # Only where the line broke off after a mail was taken and before that was heard, it came once more.
            assert len(mailbox.ids) - len(kept) <= (line.resets if how == "reset" else line.links)
            assert served.is_sound()["violations"] == []
        finally:
            served.stop(signal.SIGKILL)
