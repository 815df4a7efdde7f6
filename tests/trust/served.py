"""
A whole service in a home of its own: ``upheld serve`` as an operator starts it, and clients that send tickets at once.

Nothing is faked here: processes are real ones, and whoever sends a ticket goes on with the same key until it is taken,
as a client behind a proxy does.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.trust.children import run
from tests.trust.scenario import serving_cast

UPHELD = [sys.executable, "-m", "upheld"]
OURS = ("UPHELD_", "DATABASE_", "DJANGO_")
SECONDS = 90


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def eventually(condition, seconds=SECONDS):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def children_of(pid):
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


class Answer:
    """What a call was answered: status, headers, body; status 0 where the connection broke."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Served:
    """A service over a place (tests/trust/children.py); ``before`` and ``environment`` change how it is started."""

    def __init__(self, place, *, before=(), stderr=None, **environment):
        self.place, self.before, self.port = place, list(before), free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            "UPHELD_HOME": str(place.root),
            "UPHELD_SECRET_KEY": "tests",
            "UPHELD_MAIL_URL": f"file:{place.root}/mail",
            **({"DATABASE_URL": place.url} if place.vendor == "postgresql" else {}),
            **environment,
        }
        self.log = place.root / "log.txt"
        self.stderr, self.process, self.key = stderr, None, ""

    def prepare(self):
        """Make the cast, with a key of the contact."""
        made = run(self.place, serving_cast)
        assert made.error == ""
        self.key = made.answer
        return self

    def start(self):
        command = [*self.before, *UPHELD, "serve", "--port", str(self.port)]
        with Path(self.stderr or self.log).open("ab", buffering=0) as stderr:
            self.process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=stderr)
        eventually(lambda: self.call("GET", "/alive/").status == 200 or self._gone())
        return self

    def _gone(self):
        if self.process.poll() is not None:
            raise AssertionError(self.log.read_text()[-2000:])
        return False

    @property
    def relay(self):
        return next((each for each in children_of(self.process.pid) if " worker " in command_of(each)), None)

    @property
    def webs(self):
        return [each for each in children_of(self.process.pid) if " serve " in command_of(each)]

    def call(self, method, path, body=None, *, raw=None, timeout=30, **headers):
        sent = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        if self.key and path.startswith("/api/"):
            sent["Authorization"] = f"Bearer {self.key}"
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310  (our own address)
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())
        except (OSError, urllib.error.URLError, ValueError) as error:
            return Answer(0, {}, repr(error).encode())

    def send(self, key, text="No order leaves"):
        """One ticket under a key."""
        body = {"subject": f"Down {key}", "text": text, "urgency": "urgent"}
        return self.call("POST", "/api/v1/tickets", body, Idempotency_Key=key)

    def stop(self, how=signal.SIGTERM):
        if self.process is not None and self.process.poll() is None:
            relay = self.relay
            self.process.send_signal(how)
            self.process.wait(15)
            if relay:
                eventually(lambda: " worker " not in command_of(relay), 10)

    def command(self, *arguments):
        return subprocess.run(
            [*UPHELD, *arguments], env=self.environment, capture_output=True, text=True, check=False, timeout=300
        )

    def is_sound(self):
        """What ``upheld verify`` finds: nothing."""
        done = self.command("verify", "--json")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return json.loads(done.stdout)


class Load:
    """Clients that each send one ticket after the other, again under the same key until it is taken."""

    def __init__(self, served, clients=4):
        self.served, self.stopped, self.last = served, threading.Event(), float("inf")
        self.taken, self.statuses, self.lock = {}, [], threading.Lock()
        self.clients = [threading.Thread(target=self._client, args=(index,)) for index in range(clients)]

    def __enter__(self):
        for each in self.clients:
            each.start()
        return self

    def __exit__(self, *_error):
        self.last = time.monotonic() + 20
        self.stopped.set()
        for each in self.clients:
            each.join(SECONDS)

    def _client(self, index):
        turn = 0
        while not self.stopped.is_set():
            key, turn = f"client-{index}-{turn}", turn + 1
            until = time.monotonic() + SECONDS
            while time.monotonic() < min(until, self.last):
                answer = self.served.send(key)
                with self.lock:
                    self.statuses.append(answer.status)
                if answer.status == 201:
                    with self.lock:
                        self.taken[key] = answer.json["id"]
                    break
                time.sleep(0.05)

    def wait_for(self, count):
        eventually(lambda: len(self.taken) >= count)
