"""
Tickets taken in over HTTP: ``POST /api/v1/tickets`` over kept connections, committed, with clocks and timers set.
"""

import http.client
import json
import threading
import time

from upheld.apps.tickets.models import ClockRow, Submission, Ticket, Timer

TICKET = {"subject": "Orders stopped exporting", "text": "Since 8:50 no order leaves. " * 20, "urgency": "high"}


def send_until(end, service, key, latencies):
    connection = service.connect()
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
    connection.close()


def measure(service, cast, seconds):
    # Each process compiles the plan, and each of its threads opens a connection, before anything is measured.
    with_clients(service, cast, 2, len(cast.keys))
    return [with_clients(service, cast, seconds, clients) for clients in (1, 4)]


def with_clients(service, cast, seconds, clients):
    latencies, before = [], tables()
    processor = service.processor_seconds()
    began = time.perf_counter()
    threads = [
        threading.Thread(target=send_until, args=(began + seconds, service, key, latencies))
        for key in cast.keys[:clients]
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    spent = time.perf_counter() - began
    took = service.spent_since(processor, len(latencies))
    made = [after - first for after, first in zip(tables(), before, strict=True)]
    if not made[0] == made[1] == len(latencies) or min(made) <= 0:
        raise SystemExit(f"{len(latencies)} were answered, and {made} submissions, tickets, clocks, timers committed")
    return {
        "work": "intake", "variant": f"{clients} client{'s' * (clients > 1)}", "count": len(latencies),
        "rate": len(latencies) / spent, "times": sorted(latencies), **took,
    }  # fmt: skip


def tables():
    return [table.objects.count() for table in (Submission, Ticket, ClockRow, Timer)]
