"""
How fast the service takes tickets in over HTTP: ``POST /api/v1/tickets``, committed, with clocks and timers set.

``python benchmarks/service.py [--seconds 10] [--clients 1 4] [--database URL]``: makes a home and a database of its
own, starts the web part of the service as ``upheld serve`` does, calls it over kept connections, and prints tickets
a second beside what other desks gave on the same two cores.
"""

import argparse
import datetime as dt
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time

PEERS = {"django-helpdesk": (32, 53), "Znuny": (8, 25), "Request Tracker": (5, 10)}
"""Tickets a second with one and with four clients, measured on two cores (DESIGN, section 8)."""
TICKET = {"subject": "Orders stopped exporting", "text": "Since 8:50 no order leaves. " * 20, "urgency": "high"}
WSGI = "upheld.config.wsgi:application"


def prepare(clients):
    """Make tables, a customer with a contract and a key for each client; print the keys."""
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from upheld import catalogues  # noqa: PLC0415
    from upheld.apps.contracts import services as contracts  # noqa: PLC0415
    from upheld.apps.parties import services as parties  # noqa: PLC0415

    now = int(time.time())
    call_command("migrate", verbosity=0)
    parties.ensure_roles()

    def person(email):
        return parties.add_person(email=email, name=email, zone="UTC", language="en", password=None, now=now)

    admin = person("admin@bench.test")
    parties.grant_role(person=admin, role="admin", now=now)
    version = contracts.publish_plan(raw=catalogues.read("celigo"), file="celigo", by=admin, now=now)
    customer = parties.add_customer(name="Northwind", zone="America/Los_Angeles", regions=["US"])
    today = dt.datetime.fromtimestamp(now, dt.UTC).date()
    contracts.make_contract(
        customer=customer, brand=parties.add_brand(name="Bench"), plan_version=version, tier="preferred",
        starts_on=today - dt.timedelta(30), ends_on=today + dt.timedelta(300), now=now,
    )  # fmt: skip
    keys = []
    for index in range(clients):
        contact = person(f"contact{index}@bench.test")
        parties.add_member(person=contact, customer=customer, part="manager", now=now)
        keys.append(parties.make_key(owner=contact, name="bench", scopes=["own.create", "own.read"], now=now).text)
    print(json.dumps(keys))


def count():
    """Print how many tickets there are, with how many clocks and timers."""
    import django  # noqa: PLC0415

    django.setup()
    from upheld.apps.tickets.models import ClockRow, Ticket, Timer  # noqa: PLC0415

    print(json.dumps([table.objects.count() for table in (Ticket, ClockRow, Timer)]))


def step(name, environment, *more):
    answer = subprocess.run(  # noqa: S603  (ourselves)
        [sys.executable, __file__, name, *more], env=environment, check=True, capture_output=True, text=True
    )
    return json.loads(answer.stdout.splitlines()[-1])


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def call_until(end, port, key, latencies):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    body = json.dumps(TICKET)
    while time.perf_counter() < end:
        began = time.perf_counter()
        connection.request("POST", "/api/v1/tickets", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != http.client.CREATED:
            raise SystemExit(f"{answer.status}: {text[:300]!r}")
        latencies.append(time.perf_counter() - began)


def measure(port, keys, seconds):
    latencies = []
    end = time.perf_counter() + seconds
    threads = [threading.Thread(target=call_until, args=(end, port, key, latencies)) for key in keys]
    began = time.perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    spent = time.perf_counter() - began
    latencies.sort()
    return len(latencies) / spent, *(latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.95, 0.99))


def wait_for(port):
    for _ in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the service does not answer")


def run(options, home):
    environment = {
        **os.environ, "UPHELD_HOME": home, "UPHELD_MAIL_URL": "memory:", "DATABASE_URL": options.database,
        "DJANGO_SETTINGS_MODULE": "upheld.config.settings",
    }  # fmt: skip
    # More keys than clients, so that the limit of calls of one key is not what is measured.
    each = 6
    keys = step("prepare", environment, str(max(options.clients) * each))
    port, workers = free_port(), "1" if options.database.startswith("sqlite") else "2"
    web = subprocess.Popen(  # noqa: S603  (our own service)
        [sys.executable, "-m", "gunicorn", WSGI, "--bind", f"127.0.0.1:{port}", "--workers", workers, "--threads", "8",
         "--worker-class", "gthread", "--keep-alive", "30", "--log-level", "error"], env=environment,
    )  # fmt: skip
    try:
        wait_for(port)
        for key in keys:
            call_until(time.perf_counter() + 0.05, port, key, [])
        print(f"\n{options.database.split(':')[0]}, {workers} web process(es), {options.seconds} s each")
        print(f"{'clients':>8} {'tickets/s':>10} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}   peers (ours over theirs)")
        for clients in options.clients:
            rate, *times = measure(port, keys[:clients], options.seconds)
            known = {name: pair[clients > 1] for name, pair in PEERS.items()}
            beside = ", ".join(f"{name} {peer} ({rate / peer:.1f}x)" for name, peer in known.items())
            print(f"{clients:>8} {rate:>10.0f} {times[0]:>8.1f} {times[1]:>8.1f} {times[2]:>8.1f}   {beside}")
        tickets, clocks, timers = step("count", environment)
        print(f"{tickets} tickets with {clocks} clocks and {timers} timers were committed")
    finally:
        web.terminate()
        web.wait(timeout=10)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4])
    parser.add_argument(
        "--database", default="sqlite:", help="sqlite: or postgresql://...; a new database is made in it"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        if options.database.startswith("sqlite"):
            run(options, home)
            return
        import psycopg  # noqa: PLC0415

        name = f"upheld_bench_{secrets.token_hex(4)}"
        with psycopg.connect(options.database, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
            try:
                base = options.database.rsplit("/", 1)[0]
                options.database = f"{base}/{name}"
                run(options, home)
            finally:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    if sys.argv[1:2] == ["prepare"]:
        prepare(int(sys.argv[2]))
    elif sys.argv[1:2] == ["count"]:
        count()
    else:
        main()
