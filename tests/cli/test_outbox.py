"""
What waits to go out, held and released from the command line; a database that is newer than the program, or away.
"""

import shutil
import socket
import sqlite3
import subprocess

import pytest

from tests.cases import of_row
from tests.cli.test_service import UPHELD, environment, run, template  # noqa: F401  (the home that is made once)
from upheld.apps.work import clock


@pytest.fixture
def home(template, tmp_path):  # noqa: F811
    return shutil.copytree(template, tmp_path / "home")


def test_held_shown_and_released(home):
    assert run(home, "outbox", "show").stdout == "Nothing waits.\n"
    refused = run(home, "outbox", "release", "--reason", "why not")
    assert (refused.returncode, refused.stderr) == (
        2, "upheld: The outbox is not held, so there is nothing to release.\n"
    )  # fmt: skip
    assert run(home, "outbox", "hold", "--reason", "an upgrade").stdout.startswith("Held.")
    with sqlite3.connect(home / "db.sqlite3") as database:
        database.execute(
            "INSERT INTO work_outboxrow (key, handler, arguments, state, due_at, leased_by, attempts, last_error,"
            " created_at) VALUES ('k', 'channels.tell', '{}', 'parked', 1, '', 8, 'no', 1)"
        )
    shown = run(home, "outbox", "show").stdout
    assert " at the command line: an upgrade.\n" in shown
    assert "       1  parked    channels.tell             since 1970-01-01 00:00:01 UTC\n" in shown
    assert run(home, "outbox", "release", "--reason", "done").stdout == "Released.\n"
    assert run(home, "outbox", "retry").stdout == "1 to be tried again.\n"
    with sqlite3.connect(home / "db.sqlite3") as database:
        assert database.execute("SELECT is_on, reason FROM work_switch").fetchall() == [(0, "done")]
        assert database.execute("SELECT state, attempts FROM work_outboxrow").fetchall() == [("waiting", 0)]


@of_row("FA-MA-004")
def test_another_side_that_is_away_is_told(home):
    since = clock.now() - 3_600
    with sqlite3.connect(home / "db.sqlite3") as database:
        database.execute(
            "INSERT INTO work_outboxrow (key, handler, arguments, state, due_at, leased_by, attempts, last_error,"
            " created_at, away_since) VALUES ('k', 'channels.send_mail', '{}', 'waiting', ?, '', 0, 'no', 1, ?)",
            (since + 7_200, since),
        )
    assert "channels.send_mail: the other side has been away for 3,6" in run(home, "outbox", "show").stdout
    found = run(home, "check")
    assert found.returncode == 1
    assert "channels.send_mail has got nothing through for 36" in found.stdout + found.stderr


@pytest.mark.parametrize(
    "command", [pytest.param(each, id=f"FA-PR-008 {each}") for each in ("serve", "worker", "migrate")]
)
def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(home, command):
    with sqlite3.connect(home / "db.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('tickets', '9999_from_the_future', '2099-01-01')"
        )
    before = content(home)
    done = run(home, command)
    assert done.returncode == 2
    assert "A newer version has changed the database 1 times, first by tickets.9999_from_the_future" in done.stderr
    assert "Install that version again, or restore the backup from before." in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert content(home) == before


def content(home):
    with sqlite3.connect(home / "db.sqlite3") as database:
        return list(database.iterdump())


def test_a_database_that_is_away_is_told_in_one_line(home):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"postgresql://ann:secret@127.0.0.1:{nobody.getsockname()[1]}/upheld"
        refused = subprocess.run(
            [*UPHELD, "worker"],
            env={**environment(home), "DATABASE_URL": address},
            capture_output=True,
            text=True,
            check=False,
        )
    assert refused.returncode == 2
    assert refused.stderr.startswith("upheld: The database does not answer: connection failed: ")
    assert refused.stderr.endswith("nothing was changed.\n")
    assert len(refused.stderr.splitlines()) == 1
    assert "secret" not in refused.stderr
