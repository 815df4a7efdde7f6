"""
Disks that fill up, fail to sync, or lose a database in mid-request: nothing half, a clear answer, and back by itself.
"""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.trust import scenario
from tests.trust.children import Place, run
from tests.trust.rows import row
from tests.trust.served import Load, Served, children_of, eventually
from tests.trust.servers import own_postgresql

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="mounts and traces"), pytest.mark.heavy]
MB = 2**20


class SmallDisk:
    """A disk of its own in memory, that can be filled to the last byte and given room again."""

    def __init__(self, folder, size_mb):
        self.folder, self.filler = folder, folder / "filler"
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(folder)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("only root may mount a small disk")

    def fill(self):
        with self.filler.open("wb", buffering=0) as file:
            for size in (MB, 4096, 512, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def make_room(self):
        self.filler.unlink()

    def remove(self):
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def on_small_disk(tmp_path):
    """A function that gives a folder a small disk."""
    disks = []

    def make(folder, size_mb):
        disks.append(SmallDisk(folder, size_mb))
        return disks[-1]

    yield make
    for each in reversed(disks):
        each.remove()


@pytest.fixture
def serve(tmp_path):
    """A function that starts a service over a place of SQLite in a home."""
    made = []

    def start(home, **options):
        made.append(Served(Place("sqlite", home), **options).prepare().start())
        return made[-1]

    yield start
    for each in made:
        each.stop(signal.SIGKILL)


def boundary(name, content, text="See the file"):
    mark = "7d9f0b"
    parts = (
        f'--{mark}\r\nContent-Disposition: form-data; name="text"\r\n\r\n{text}\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return f"multipart/form-data; boundary={mark}", parts.encode() + content + f"\r\n--{mark}--\r\n".encode()


def send_file(served, ticket, content, key):
    kind, raw = boundary("log.bin", content)
    return served.call(
        "POST", f"/api/v1/tickets/{ticket}/attachments", raw=raw, Content_Type=kind, Idempotency_Key=key, timeout=90
    )


def is_whole(served, ids):
    """After a stop, with everything done that waits, exactly these tickets are there and verify finds nothing."""
    served.stop()
    assert run(served.place, scenario.idle).error == ""
    found = run(served.place, scenario.counts).answer
    assert found["tickets"] == sorted(ids)
    assert found["messages"] >= len(ids)
    assert found["work"] in ([], ["done"])
    assert served.is_sound()["violations"] == []


@row("FA-ST-003")
def test_a_full_disk_under_the_database_and_the_spool(on_small_disk, serve, tmp_path):
    disk = on_small_disk(tmp_path / "home", 150)
    served = serve(tmp_path / "home", stderr=tmp_path / "log.txt")
    first = served.send("one")
    assert (first.status, served.call("GET", "/readyz").status) == (201, 200)
    disk.fill()
    for turn in range(3):
        refused = served.send("two", text=f"No order leaves {turn}" * 1000)
        assert refused.status == 507, refused.body
        assert refused.json["code"] == "server.no_space"
        assert int(refused.headers["Retry-After"]) > 0
    assert served.call("GET", "/readyz").status == 503
    assert served.call("GET", "/alive/").status == 200
    disk.make_room()
    second = eventually(lambda: (answer := served.send("three")).status == 201 and answer)
    assert served.call("GET", "/readyz").status == 200
    is_whole(served, [first.json["id"], second.json["id"]])


@row("FA-ST-003")
def test_a_full_disk_under_the_files(on_small_disk, serve, tmp_path):
    disk = on_small_disk(tmp_path / "home" / "files", 80)
    served = serve(tmp_path / "home")
    ticket = served.send("one").json["id"]
    assert send_file(served, ticket, b"x" * MB, "file-1").status == 201
    disk.fill()
    refused = send_file(served, ticket, b"y" * MB, "file-2")
    assert (refused.status, refused.json["code"]) == (507, "file.no_space")
    assert served.call("GET", "/readyz").status == 503
    assert served.send("two").status == 201  # what needs no file is taken
    assert [each.stat().st_size for each in (tmp_path / "home" / "files").glob("??/*")] == [MB]
    disk.make_room()
    assert send_file(served, ticket, b"y" * MB, "file-2").status == 201
    assert served.call("GET", "/readyz").status == 200
    found = served.call("GET", "/api/v1/tickets").json["items"]
    is_whole(served, [each["id"] for each in found])


@row("FA-ST-003")
def test_a_full_disk_under_the_log(serve, tmp_path):
    served = serve(tmp_path / "home", stderr=Path("/dev/full"))
    ids = [served.send(f"key-{turn}").json["id"] for turn in range(3)]
    assert served.call("GET", "/nowhere/").status == 404
    assert served.call("GET", "/api/v1/tickets/nowhere").status == 404
    eventually(lambda: run(served.place, mails).answer, 60)
    is_whole(served, ids)


def mails():
    from upheld.apps.channels.models import Mail  # noqa: PLC0415

    return Mail.objects.filter(state="sent").count()


@row("FA-ST-005")
def test_a_sync_that_fails_is_never_answered_with_taken(serve, tmp_path):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    served = serve(tmp_path / "home")
    first = served.send("one")
    pid = eventually(lambda: served.webs)[0]
    inject = "-einject=fsync,fdatasync:error=EIO"
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", str(tmp_path / "trace"), "-etrace=fsync,fdatasync", inject, "-p", str(pid)],
        stderr=subprocess.PIPE,
    )
    try:
        eventually(lambda: "TracerPid:\t0" not in Path(f"/proc/{pid}/status").read_text())
        ticket = first.json["id"]
        refused = [served.send("two"), send_file(served, ticket, b"x" * MB, "file"), served.send("two")]
        assert [each.status for each in refused if each.status < 500] == []
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(20)
        tracer.stderr.close()
    assert "EIO" in (tmp_path / "trace").read_text()
    assert "error" in served.log.read_text().lower()
    second = eventually(lambda: (answer := served.send("two")).status == 201 and answer)
    assert not list((tmp_path / "home" / "files").glob("??/*"))
    is_whole(served, [first.json["id"], second.json["id"]])


@row("FA-ST-008")
@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_a_backup_under_load_comes_back_whole(vendor, tmp_path):
    place, other = Place(vendor, tmp_path / "home"), Place(vendor, tmp_path / "other")
    served = Served(place).prepare().start()
    archive = tmp_path / "backup.tar"
    try:
        with Load(served) as load:
            load.wait_for(10)
            ticket = next(iter(load.taken.values()))
            assert send_file(served, ticket, b"x" * 3 * MB, "file").status == 201
            before = set(load.taken.values())
            done = served.command("backup", str(archive))
            assert done.returncode == 0, done.stderr
            load.wait_for(len(load.taken) + 5)
        shutil.rmtree(tmp_path / "other")
        brought = Served(other)
        done = brought.command("restore", str(archive))
        assert done.returncode == 0, done.stderr
        found = run(other, scenario.counts).answer
        assert before <= set(found["tickets"])
        assert brought.is_sound()["violations"] == []
        assert run(other, scenario.idle).error == ""
        assert brought.is_sound()["violations"] == []
        assert "Held since" in brought.command("outbox", "show").stdout
        assert brought.command("outbox", "release", "--reason", "looked at").returncode == 0
        assert run(other, scenario.idle).error == ""
        after = run(other, scenario.counts).answer
        # What was only spooled when the backup was taken has become a ticket.
        assert set(found["tickets"]) <= set(after["tickets"])
        assert after["work"] == ["done"]
        assert brought.is_sound()["violations"] == []
    finally:
        served.stop(signal.SIGKILL)
        for each in (place, other):
            each.drop()


@row("FA-ST-009")
def test_ten_large_files_at_once_are_streamed(serve, tmp_path):
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    served = serve(tmp_path / "home")
    ticket = served.send("one").json["id"]
    content = b"x" * (25 * MB - 1)
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda turn: send_file(served, ticket, content, f"file-{turn}"), range(10)))
    assert [each.status for each in answers] == [201] * 10
    peaks = [peak_of(each) for each in children_of(served.process.pid)]
    assert len(peaks) >= 2
    assert max(peaks) < 400 * MB
    is_whole(served, [ticket])


def peak_of(pid):
    line = next(each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@pytest.fixture
def server():
    """A PostgreSQL of our own, that may be killed."""
    with own_postgresql() as made:
        yield made


@row("FA-ST-002")
@pytest.mark.parametrize("how", ["terminated", "restarted", "killed"])
def test_postgresql_goes_away_in_mid_request(server, how, tmp_path):
    place = server.place(tmp_path / "home")
    served = Served(place).prepare().start()
    try:
        with Load(served) as load:
            for _ in range(3):
                load.wait_for(len(load.taken) + 10)
                server.disturb(how)
            load.wait_for(len(load.taken) + 10)
        unavailable = [status for status in load.statuses if status not in (201, 409)]
        assert set(unavailable) <= {503}
        eventually(lambda: served.relay, 30)  # it survived, or is started anew
        served.stop()
        assert run(place, scenario.idle).error == ""
        found = run(place, scenario.counts).answer
        assert set(load.taken.values()) <= set(found["tickets"])
        assert (found["submissions"], found["work"]) == (["ticketed"], ["done"])
        assert found["timers"] == run(place, timers_wanted).answer
        assert served.is_sound()["violations"] == []
    finally:
        served.stop(signal.SIGKILL)


def timers_wanted():
    from upheld.apps.tickets.models import Ticket, Timer  # noqa: PLC0415

    each = Timer.objects.filter(ticket=Ticket.objects.first()).count()
    return each * Ticket.objects.count()


@row("FA-ST-002")
def test_while_postgresql_is_away_the_answer_says_when_to_come_back(server, tmp_path):
    place = server.place(tmp_path / "home")
    served = Served(place).prepare().start()
    try:
        assert served.send("one").status == 201
        server.stop()
        away = served.send("two")
        assert (away.status, away.json["code"]) == (503, "server.unavailable")
        assert int(away.headers["Retry-After"]) > 0
        page = served.call("GET", "/accounts/login/")
        assert page.status in (200, 503)
        assert served.call("GET", "/readyz").status == 503
        assert served.call("GET", "/alive/").status == 200
        time.sleep(2)
        server.start()
        assert eventually(lambda: served.send("two").status == 201)
        eventually(lambda: run(place, mails).answer == 2, 60)
        assert served.process.poll() is None
    finally:
        served.stop(signal.SIGKILL)
