"""
How fast the service is with 1,000 and 100,000 tickets, on SQLite and PostgreSQL: intake over HTTP, the desk's list and
its poll, a ticket's page, overdue timers, moved clocks; beside what other desks gave on two cores.

``make bench-service``, or ``python benchmarks/service [--tickets 1000,100000] [--million] [--write]``. Each size has a
home and a database of its own, made for it and dropped at the end; the service is started by ``upheld serve`` on a free
port and stopped. Nothing is asserted here; the bars are those that the service is built for.
"""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import report

POSTGRESQL = os.environ.get("UPHELD_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
ONE = Path(__file__).resolve().parent / "one.py"


@contextmanager
def database(kind, url):
    """Give the address of a database of our own; nothing where there is no PostgreSQL."""
    if kind == "sqlite":
        yield "sqlite:"
        return
    import psycopg  # noqa: PLC0415  (only where it is measured)

    name = f"upheld_bench_{secrets.token_hex(4)}"
    try:
        server = psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        print(f"no PostgreSQL is measured: {str(error).splitlines()[0]}", file=sys.stderr)
        yield None
        return
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{url.rsplit('/', 1)[0]}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measured(kind, tickets, options):
    """Measure one database with one number of tickets, in a process of its own, and return the rows."""
    with tempfile.TemporaryDirectory(prefix="upheld-bench-") as home, database(kind, options.postgresql) as url:
        if url is None:
            return []
        environment = {
            **os.environ, "UPHELD_HOME": home, "UPHELD_MAIL_URL": "memory:", "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "upheld.config.settings", "UPHELD_API_CALLS_PER_MINUTE": "1000000",
            "UPHELD_STATEMENT_TIMEOUT": "3600", "UPHELD_CONNECTION_SECONDS": "3600",
        }  # fmt: skip
        given = [str(tickets), str(options.seconds), str(options.pages), str(options.timers)]
        command = [sys.executable, str(ONE), *given]
        child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603  (ourselves)
        try:
            printed, _ = child.communicate()
        finally:
            child.terminate()  # it stops the service that it started
            child.wait()
        if child.returncode:
            raise SystemExit(f"measuring {kind} with {tickets:,} tickets failed")
        return json.loads(printed.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", default="1000,100000", help="how many there are already, separated by commas")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--million", action="store_true", help="also 1,000,000 tickets, 5,000,000 messages")
    parser.add_argument("--seconds", type=float, default=6, help="of intake, for each number of clients")
    parser.add_argument("--pages", type=int, default=60, help="how often each page is asked for")
    parser.add_argument("--timers", type=int, default=100_000, help="overdue timers, where there are 100,000 tickets")
    parser.add_argument("--postgresql", default=POSTGRESQL, help="a server on which a database may be made")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    options = parser.parse_args()
    sizes = [int(each.replace("_", "")) for each in options.tickets.split(",")]
    wanted = [(kind, size) for size in sizes for kind in options.databases.split(",")]
    if options.million:
        wanted += [(kind, 1_000_000) for kind in options.databases.split(",")]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    began, load, rows = time.monotonic(), os.getloadavg()[0], []
    for kind, size in wanted:
        print(f"{kind}, {size:,} tickets ...", file=sys.stderr, flush=True)
        rows += measured(kind, size, options)
    text = report.table(rows, load=(load, os.getloadavg()[0]), seconds=time.monotonic() - began)
    print(text)
    if options.write:
        report.write(text)


if __name__ == "__main__":
    main()
