"""
The service from the command line: set up, served, stopped, kept and brought back, as an operator does it.
"""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import time
import urllib.request
from pathlib import Path

import pytest

UPHELD = [sys.executable, "-m", "upheld"]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A home with a migrated database and one agent, made once."""
    home = tmp_path_factory.mktemp("home")
    assert run(home, "migrate").returncode == 0
    added = run(home, "user", "add", "ada@example.org", "--staff", "--password-stdin", given="correct horse battery\n")
    assert added.stdout == "Added ada@example.org.\n"
    return home


def environment(home):
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DATABASE_", "DJANGO_"))
    }
    return {**kept, "UPHELD_HOME": str(home)}


def run(home, *arguments, given=""):
    return subprocess.run(
        [*UPHELD, *arguments],
        env=environment(home),
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def relay_of(pid):
    return next((child for child in children(pid) if " worker " in command_of(child)), None)


def eventually(condition, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come about")


def answers(port):
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/alive/", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.fixture
def served(template):
    port = free_port()
    process = subprocess.Popen(
        [*UPHELD, "serve", "--port", str(port)], env=environment(template), stdout=subprocess.PIPE, text=True
    )
    try:
        eventually(lambda: answers(port))
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_serve_says_where_and_stops_everything_soon(served, how):
    process, port = served
    relay = eventually(lambda: relay_of(process.pid))
    assert process.stdout.readline() == f"Upheld serves http://localhost:{port}\n"
    began = time.monotonic()
    process.send_signal(how)
    process.wait(timeout=10)
    assert time.monotonic() - began < 5
    eventually(lambda: " worker " not in command_of(relay), 2)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_relay_that_dies_is_started_again_and_goes_with_its_parent(served):
    process, _ = served
    first = eventually(lambda: relay_of(process.pid))
    os.kill(first, signal.SIGKILL)
    second = eventually(lambda: (pid := relay_of(process.pid)) and pid != first and pid)
    process.kill()
    eventually(lambda: " worker " not in command_of(second))  # it may be only starting: then it goes once it has


def test_serve_refuses_a_database_that_is_not_migrated(tmp_path):
    result = run(tmp_path, "serve", "--port", str(free_port()))
    assert result.returncode == 2
    assert result.stderr.endswith("for a new installation, run: upheld migrate.\n")


COMMANDS = {
    "verify": ["verify"],
    "verify --json": ["verify", "--json"],
    "worker": ["worker"],
    "outbox": ["outbox", "show"],
    "recompute": ["recompute", "lists", "--plan", "x"],
    "books": ["books", "show", "--plan", "x"],
    "user": ["user", "add", "a@b.example", "--name", "x"],
    "demo": ["demo"],
    "backup": ["backup", "archive.tar"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_database_that_is_not_there_is_told_with_its_place_and_not_made(tmp_path, name):
    result = run(tmp_path, *COMMANDS[name])
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        f"upheld: There is nothing in the database {tmp_path}/db.sqlite3 yet. Look whether UPHELD_HOME and "
        "DATABASE_URL name the one you mean; for a new installation, run: upheld migrate.\n"
    )
    assert not (tmp_path / "db.sqlite3").exists()


def test_an_older_database_is_told_with_what_it_lacks(template, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(template, home)
    with sqlite3.connect(home / "db.sqlite3") as older:
        older.execute("DELETE FROM django_migrations WHERE app = 'channels' AND name <> '0001_initial'")
        (missing,) = older.execute("SELECT count(*) FROM django_migrations WHERE app = 'channels'").fetchone()
    assert missing == 1
    result = run(home, "verify")
    assert (result.returncode, result.stdout) == (2, "")
    assert f"The database {home}/db.sqlite3 lacks " in result.stderr
    assert "the first is channels.0002_folds. Run: upheld migrate." in result.stderr
    assert "lacks" in run(home, "check").stdout


def test_a_port_that_is_taken_is_told_in_one_line(template):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        result = run(template, "serve", "--port", str(listener.getsockname()[1]))
    assert result.returncode == 2
    assert "Choose another port" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_migrating_again_changes_nothing(template):
    assert run(template, "migrate").stdout == "The database is up to date.\n"


def test_check_finds_nothing_in_a_fresh_installation(template):
    result = run(template, "check")
    assert (result.returncode, result.stdout) == (0, "Everything is as it should be.\n")


def test_check_finds_a_key_that_others_can_read(template):
    key = template / "keys/secret_key"
    key.chmod(0o644)
    result = run(template, "check")
    key.chmod(0o600)
    assert result.returncode == 1
    assert f"chmod go= {key}" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["not-an-address"], "correct horse battery\n", "is no e-mail address"),
        (["b@example.org"], "short\n", "The password is too weak"),
        (["ada@example.org"], "correct horse battery\n", "ada@example.org"),
        (["b@example.org", "--role", "emperor"], "correct horse battery\n", "emperor"),
    ],
    ids=["address", "weak password", "taken", "unknown role"],
)
def test_a_person_who_cannot_be_added_is_refused_and_not_there(template, arguments, given, said):
    result = run(template, "user", "add", *arguments, "--password-stdin", given=given)
    assert result.returncode == 2
    assert said in result.stderr
    with sqlite3.connect(template / "db.sqlite3") as database:
        assert database.execute("SELECT email FROM parties_person").fetchall() == [("ada@example.org",)]


@pytest.fixture(scope="module")
def backup(template, tmp_path_factory):
    """An archive of the template, made once."""
    (template / "files/ab").mkdir(parents=True, exist_ok=True)
    (template / "files/ab/letter").write_bytes(b"a letter")
    target = tmp_path_factory.mktemp("archive") / "backup.tar"
    assert run(template, "backup", str(target)).returncode == 0
    return target


@pytest.fixture
def archive(backup, tmp_path):
    return Path(shutil.copy(backup, tmp_path))


def test_what_was_backed_up_comes_back_with_the_outbox_held(template, archive, tmp_path):
    home = tmp_path / "another"
    assert archive.stat().st_mode & 0o077 == 0  # copied with its mode
    result = run(home, "restore", str(archive))
    assert result.returncode == 0, result.stderr
    assert (home / "files/ab/letter").read_bytes() == b"a letter"
    assert (home / "keys/secret_key").read_text() == (template / "keys/secret_key").read_text()
    with sqlite3.connect(home / "db.sqlite3") as database:
        assert database.execute("SELECT email FROM parties_person").fetchall() == [("ada@example.org",)]
        [(is_on, reason)] = database.execute("SELECT is_on, reason FROM work_switch WHERE name = 'hold_outbox'")
    assert (is_on, reason) == (1, "restored from backup.tar")
    again = run(home, "restore", str(archive))
    assert again.returncode == 2
    assert "Restore into an empty one" in again.stderr


def test_a_backup_overwrites_nothing(template, archive):
    before = archive.read_bytes()
    assert run(template, "backup", str(archive)).returncode == 2
    assert archive.read_bytes() == before


def changed(archive, tmp_path, change):
    place = tmp_path / "unpacked"
    with tarfile.open(archive) as tar:
        tar.extractall(place, filter="data")
    change(place)
    target = tmp_path / "changed.tar"
    with tarfile.open(target, "w") as tar:
        for path in sorted(place.rglob("*")):
            if path.is_file():
                tar.add(path, arcname=str(path.relative_to(place)))
    return target


def newer(place):
    manifest = json.loads((place / "manifest.json").read_text())
    manifest["migrations"].append("tickets.9999_from_the_future")
    (place / "manifest.json").write_text(json.dumps(manifest))


DAMAGES = {
    "file changed": (lambda place: (place / "files/ab/letter").write_bytes(b"another"), "is damaged: files/ab/letter"),
    "file gone": (lambda place: (place / "files/ab/letter").unlink(), "is damaged: files/ab/letter"),
    "file added": (lambda place: (place / "files/ab/more").write_bytes(b"x"), "is damaged: files/ab/more"),
    "manifest gone": (lambda place: (place / "manifest.json").unlink(), "is no archive of Upheld"),
    "from the future": (newer, "tickets.9999_from_the_future"),
}


@pytest.mark.parametrize(("change", "said"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_archive_changes_nothing(archive, tmp_path, change, said):
    home = tmp_path / "another"
    result = run(home, "restore", str(changed(archive, tmp_path, change)))
    assert result.returncode == 2
    assert said in result.stderr
    assert not (home / "db.sqlite3").exists()
    assert not (home / "files").exists()


def test_a_cut_off_archive_is_told_as_such(archive, tmp_path):
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    result = run(tmp_path / "another", "restore", str(archive))
    assert result.returncode == 2
    assert "is no archive of Upheld, or it is cut off" in result.stderr
