"""
A PostgreSQL of our own, as somebody who is nobody, on a port of its own: it may be restarted, killed and cut off.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.trust.children import Place
from tests.trust.served import eventually, free_port

USER = "postgres"


def binaries():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name))
    if found:
        return found[-1]
    if beside := shutil.which("initdb"):
        return Path(beside).parent
    pytest.skip("initdb is not installed")


class OwnPlace(Place):
    """A database in a server of our own."""

    def __init__(self, server, root):
        self.server, self.port, self.user = server, server.port, USER
        super().__init__("postgresql", root)

    def _sql(self, sql):
        with self.server.connect() as opened:
            opened.execute(sql)


class Server:
    """The server: its folder, its port, and what can happen to it."""

    def __init__(self, folder):
        self.folder, self.port, self.binaries = folder, free_port(), binaries()
        if os.getuid() == 0:
            shutil.chown(folder, USER)
        self._run("initdb", "-D", str(folder / "data"), "-U", USER, "-A", "trust", "--no-sync")
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
        self.start()

    def _run(self, name, *arguments):
        who = {"user": USER, "group": pwd.getpwnam(USER).pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        done = subprocess.run(
            [str(self.binaries / name), *arguments],
            **who,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr

    def start(self):
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self._run("pg_ctl", "start", "-w", "-t", "60", "-D", data, "-l", log)

    def stop(self, mode="fast"):
        self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.folder / "data"))

    def connect(self):
        return psycopg.connect(host="127.0.0.1", port=self.port, user=USER, dbname="postgres", autocommit=True)

    def place(self, root):
        return OwnPlace(self, root)

    def disturb(self, how):
        """Cut every connection, restart the server in order, or kill it as a power cut does."""
        if how == "terminated":
            with self.connect() as opened:
                opened.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        else:
            self.stop("fast" if how == "restarted" else "immediate")
            self.start()
        eventually(self._answers)

    def _answers(self):
        try:
            with self.connect():
                return True
        except psycopg.OperationalError:
            return False


@contextlib.contextmanager
def own_postgresql():
    """A server while it is needed; its folder lies where somebody who is nobody may look."""
    with tempfile.TemporaryDirectory(prefix="upheld-server-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        try:
            yield server
        finally:
            with contextlib.suppress(AssertionError):  # a test may have stopped it
                server.stop("immediate")
