"""
Exports and what is promised of them: what is wrong with one is found, and none survives a restore as a promise.
"""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from tests.factories import DAY, HOUR, NOW
from tests.trust import scenario
from tests.trust.children import Place, run
from tests.trust.rows import row
from tests.trust.served import Served
from upheld.apps.exports import services
from upheld.apps.exports.models import Export
from upheld.apps.tickets.selectors import Filters
from upheld.apps.work import relay
from upheld.apps.work.models import OutboxRow


@pytest.fixture
def export(world, settings, tmp_path):
    settings.EXPORT_ROOT = tmp_path / "exports"
    world.ticket()
    filters = Filters(queue="all")
    made = services.ask(by=world.agent, filters=filters, title="All tickets", end_of_day=NOW, now=NOW)
    relay.run_until_idle("worker", NOW + 60)
    made.refresh_from_db()
    assert made.state == "ready"
    return made


def stray(_export):
    path = services.root() / "stray.csv"
    path.write_bytes(b"x")
    os.utime(path, (NOW, NOW))


PLANTED = {
    "a file that is gone": (lambda export: services.place_of(export).unlink(), NOW + HOUR, ["verify.export_missing"]),
    "a file that is another": (
        lambda export: services.place_of(export).write_bytes(b"number\r\n"),
        NOW + HOUR,
        ["verify.export_digest"],
    ),
    "a file that outlived its time": (lambda _export: None, NOW + 3 * DAY + 2 * HOUR, ["verify.export_left"]),
    "a file that is over since now": (lambda _export: None, NOW + 3 * DAY + 120, []),
    "an export that nobody was told of": (
        lambda export: OutboxRow.objects.filter(key=f"export:{export.public_id}").delete(),
        NOW + HOUR,
        ["verify.notice_without_cause", "verify.export_untold"],
    ),
    "a file without an export": (stray, NOW + 2 * HOUR, ["verify.export_without_row"]),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_wrong_with_an_export_is_found(export, found, name):
    assert found(now=NOW + 120) == []
    plant, at, codes = PLANTED[name]
    plant(export)
    assert found(now=at) == codes


def migrate():
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)


TICKETS, MOST_GROWN_MB = 40_000, 40


def many():
    """Many tickets, as copies of one, made into a file; by how many MB this process grew meanwhile at most."""
    from django.db import connection  # noqa: PLC0415

    from tests import factories  # noqa: PLC0415
    from upheld.apps.parties.selectors import access_of  # noqa: PLC0415
    from upheld.apps.tickets.models import Ticket  # noqa: PLC0415

    world = factories.World()
    ticket = world.ticket()
    fields = Ticket._meta.local_concrete_fields
    names = ", ".join(each.column for each in fields if each.name not in ("id", "public_id", "number"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {TICKETS - 1})"  # noqa: S608
            f" INSERT INTO tickets_ticket (id, public_id, number, {names})"
            f" SELECT id + i, 'p' || (1000000 + i), number + i, {names} FROM n, tickets_ticket WHERE id = {ticket.pk}"
        )
    before = memory("VmRSS")
    given = {"filters": Filters(queue="all"), "title": "All tickets", "end_of_day": NOW, "now": NOW}
    export = services.ask(by=world.agent, **given)
    while services.work_off(worker="worker", now=NOW):
        pass
    export.refresh_from_db()
    access = access_of(world.agent, NOW)
    pieces = [len(piece) for piece in services.fetch(export=export, access=access, now=NOW)]
    assert (sum(pieces), max(pieces) <= 2**20) == (export.size, True)
    team = replace(access, teams=frozenset())  # whose tickets are looked up again for each page
    assert sum(len(piece) for piece in services.fetch(export=export, access=team, now=NOW)) == export.size
    return [export.state, export.done, memory("VmHWM") - before]


def memory(name):
    """A figure of this process, in MB."""
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith(name))
    return int(line.split()[1]) // 1024


@row("FA-ST-009")
def test_many_tickets_are_streamed_into_the_file_and_out_of_it(tmp_path):
    place = Place("sqlite", tmp_path / "home")
    ended = run(place, migrate, many)
    assert ended.error == ""
    state, done, grown = ended.answer
    assert (state, done) == ("ready", TICKETS)
    assert grown < MOST_GROWN_MB


def asked():
    from upheld.apps.parties.models import Person  # noqa: PLC0415
    from upheld.apps.work import clock  # noqa: PLC0415

    agent, now = Person.objects.get(email="agent@upheld.test"), clock.now()
    for queue in ("all", "open"):
        services.ask(by=agent, filters=Filters(queue=queue), title=queue, end_of_day=now, now=now)
        if queue == "all":
            scenario.idle()
    services._claimed("gone", now)
    Export.objects.filter(title="open").update(size=500, done=1, reached=1)  # and its file stays behind
    return states()


def states():
    return sorted(map(list, Export.objects.values_list("title", "state", "problem", "done")))


def test_a_restore_brings_no_file_back_and_goes_on_with_what_was_on_its_way(tmp_path):
    place, other = Place("sqlite", tmp_path / "home"), Place("sqlite", tmp_path / "other")
    served = Served(place).prepare().start()
    archive = tmp_path / "backup.tar"
    try:
        ticket = served.send("one").json["id"]
        served.stop()
        assert run(place, asked).answer == [["all", "ready", "", 1], ["open", "running", "", 1]]
        done = served.command("backup", str(archive))
        assert done.returncode == 0, done.stderr
        (tmp_path / "other" / "db.sqlite3").unlink(missing_ok=True)
        brought = Served(other)
        done = brought.command("restore", str(archive))
        assert done.returncode == 0, done.stderr
        assert run(other, states).answer == [["all", "gone", "export.restored", 1], ["open", "running", "", 1]]
        assert brought.is_sound()["violations"] == []
        assert run(other, scenario.idle).error == ""
        assert run(other, states).answer == [["all", "gone", "export.restored", 1], ["open", "ready", "", 1]]
        assert brought.is_sound()["violations"] == []
        assert ticket
    finally:
        served.stop(signal.SIGKILL)
        for each in (place, other):
            each.drop()
