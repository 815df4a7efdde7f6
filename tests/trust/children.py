"""
Children: steps of a scenario in a process of its own with a database of its own, killed, broken or let be.

A child is forked from the tests, so that it starts at once; it never comes back into them, and touches none of their
connections.
"""

import json
import os
import secrets
import shutil
import signal
import time
import traceback
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from tests.conftest import in_ci
from upheld.apps.work import faults
from upheld.config.settings.database import postgresql, sqlite

SERVER = {"host": "127.0.0.1", "port": 5432, "dbname": "postgres"}
SECONDS = 60
_kept = []
blockers = []
"""What keeps tests from the database, lifted in a child."""


def server():
    """A connection to PostgreSQL, as whoever is let in; without one a test is skipped, but in CI it fails."""
    for user in ("postgres", "root"):
        try:
            return psycopg.connect(**SERVER, user=user, autocommit=True, connect_timeout=3), user
        except psycopg.OperationalError:
            continue
    if in_ci():
        pytest.fail("PostgreSQL does not answer at 127.0.0.1:5432")
    pytest.skip("PostgreSQL does not answer at 127.0.0.1:5432")


class Place:
    """A database with folders for files and mail."""

    port = SERVER["port"]

    def __init__(self, vendor, root, name=None):
        self.vendor, self.root = vendor, root
        root.mkdir(parents=True, exist_ok=True)
        self.name = name or f"upheld_fault_{secrets.token_hex(6)}"
        if vendor == "postgresql" and name is None:
            self._sql(f"CREATE DATABASE {self.name}")

    def _sql(self, sql):
        opened, self.user = server()
        with opened:
            opened.execute(sql)

    def copy(self, root):
        """Another place that is as this one."""
        shutil.copytree(self.root, root)
        if self.vendor == "sqlite":
            return Place("sqlite", root)
        other = f"upheld_fault_{secrets.token_hex(6)}"
        self._sql(f"CREATE DATABASE {other} TEMPLATE {self.name}")
        made = Place("postgresql", root, name=other)
        made.user = self.user
        return made

    def drop(self):
        if self.vendor == "postgresql":
            self._sql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def url(self):
        """The address of its PostgreSQL."""
        return f"postgresql://{self.user}@{SERVER['host']}:{self.port}/{self.name}"

    def enter(self):
        """Make this the place of the process."""
        for blocker in blockers:
            blocker.unblock()
        _kept.extend(connections.all(initialized_only=True))  # never closed here: the parent goes on with them
        found = sqlite(str(self.root / "db.sqlite3")) if self.vendor == "sqlite" else postgresql(urlsplit(self.url))
        connections.settings = {"default": found}
        connections.configure_settings(connections.settings)
        connections["default"] = connections.create_connection("default")
        settings.MEDIA_ROOT = self.root / "files"
        settings.EXPORT_ROOT = self.root / "exports"
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        settings.EMAIL_FILE_PATH = str(self.root / "mail")
        settings.MEDIA_ROOT.mkdir(exist_ok=True)
        (self.root / "mail").mkdir(exist_ok=True)


class Ended:
    """How a child ended: ``signal`` or ``code``, and what its last step returned."""

    def __init__(self, status, answer, error):
        self.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        self.code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        self.answer, self.error = answer, error


def start(place, *steps, fault=None):
    """Begin steps in a child; ``fault`` is ``name:action:n``. Returns what :func:`end` waits for."""
    told = place.root / f"told-{secrets.token_hex(4)}.json"
    key = os.fork()
    if key:
        return key, told
    code = 1
    try:
        os.environ.pop("UPHELD_FAULT", None)
        if fault:
            os.environ["UPHELD_FAULT"] = fault
        faults._passed.clear()
        place.enter()
        answer = None
        for step in steps:
            answer = step()
        told.write_text(json.dumps({"answer": answer, "error": ""}))
        code = 0
    except BaseException:  # noqa: BLE001  (whatever it is, the child tells and goes)
        told.write_text(json.dumps({"answer": None, "error": traceback.format_exc()}))
    finally:
        os._exit(code)


def end(child):
    """Wait for a child."""
    key, told = child
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        done, status = os.waitpid(key, os.WNOHANG)
        if done:
            said = json.loads(told.read_text()) if told.exists() else {"answer": None, "error": ""}
            return Ended(status, said["answer"], said["error"])
        time.sleep(0.01)
    os.kill(key, signal.SIGKILL)
    os.waitpid(key, 0)
    pytest.fail(f"a child did not end within {SECONDS} s")


def run(place, *steps, fault=None):
    """Run steps in a child to its end."""
    return end(start(place, *steps, fault=fault))
