"""
Overdue timers, as after days without a worker: all take effect, in batches, each once.
"""

import time

from django.db import connection
from django.db.models import F

from upheld.apps.tickets.models import Timer
from upheld.apps.tickets.services import timers
from upheld.apps.work.models import OutboxRow


def measure(wanted):
    now = int(time.time())
    make_overdue(wanted, now)
    waiting = Timer.objects.filter(state="waiting", due_at__lte=now).count()
    told = OutboxRow.objects.filter(key__startswith="timer:").count()
    began, processor, fired = time.perf_counter(), time.process_time(), 0
    while done := timers.fire_due(now=now):
        fired += done
    spent, used = time.perf_counter() - began, time.process_time() - processor
    if fired != waiting or OutboxRow.objects.filter(key__startswith="timer:").count() - told != waiting:
        raise SystemExit(f"{fired} of {waiting} timers took effect")
    return [
        {"work": "overdue timers", "variant": f"{fired:,}", "count": fired, "seconds": spent, "rate": fired / spent,
         "web": used / fired, "database_seconds": None}
    ]  # fmt: skip


def make_overdue(wanted, now):
    """Let so many timers be overdue: those that wait, and copies of them for instants before."""
    Timer.objects.filter(state="waiting").update(due_at=now - 60 - F("id") % 86_400)
    columns = [field.column for field in Timer._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join("due_at - %s" if name == "due_at" else f'"{name}"' for name in columns)
    first = Timer.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor:
        for step in range(1, 1000):
            lacking = wanted - Timer.objects.filter(state="waiting").count()
            if lacking <= 0:
                break
            cursor.execute(
                f"INSERT INTO tickets_timer ({names}) SELECT {values} FROM tickets_timer"  # noqa: S608  (our own table)
                " WHERE state = 'waiting' AND id <= %s ORDER BY id LIMIT %s",
                [step * 100_000, first, lacking],
            )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE tickets_timer")
