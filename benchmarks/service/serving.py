"""
The service under measurement, as ``upheld serve`` starts it, and the processor time that it and its database take.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def spent(pid):
    """Return the processor seconds of a process, 0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def children_of(pid):
    found = [pid]
    for each in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in each.read_text(encoding="ascii").split():
            found += children_of(int(child))
    return found


class Service:
    """
    ``upheld serve`` without the relay, on a free port: two processes on PostgreSQL, one on SQLite.
    """

    def __enter__(self):
        self.port = free_port()
        command = [sys.executable, "-m", "upheld", "serve", "--port", str(self.port), "--no-relay"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  (our own service)
        self._wait()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def processor_seconds(self):
        """Return what each process took so far: those of the service, and the database's for our connections."""
        web = {pid: spent(pid) for pid in children_of(self._process.pid)}
        if connection.vendor != "postgresql":
            return web, {}
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            return web, {pid: spent(pid) for (pid,) in cursor.fetchall()}

    def spent_since(self, before, requests):
        """Return the processor seconds a request took since ``before``, for the row of a table."""
        sums = [
            sum(seconds - first.get(pid, 0) for pid, seconds in after.items()) / requests
            for after, first in zip(self.processor_seconds(), before, strict=True)
        ]
        return {"web": sums[0], "database_seconds": sums[1]}

    def _wait(self):
        for _ in range(600):
            if self._process.poll() is not None:
                break
            try:
                self.connect().request("GET", "/alive/")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the service does not answer")
