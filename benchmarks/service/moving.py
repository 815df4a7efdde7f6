"""
Every clock of the open tickets of a plan version, moved to other holidays: previewed, decided and written.
"""

import datetime as dt
import time

from upheld.apps.contracts.editions import ListChange
from upheld.apps.contracts.models import HolidayRevision
from upheld.apps.tickets.previews import Wanted, preview
from upheld.apps.tickets.services import recomputing


def measure(cast):
    name = HolidayRevision.objects.filter(plan_version=cast.version).values_list("name", flat=True)[0]
    now = int(time.time())
    day = dt.datetime.fromtimestamp(now, dt.UTC).date() + dt.timedelta(1)
    wanted = Wanted(cast.version, (ListChange(name, add={day: "Company day"}),))
    began, processor = time.perf_counter(), time.process_time()
    seen = preview(wanted, now)
    previewed = time.perf_counter()
    work = recomputing.apply(wanted=wanted, digest=seen.digest, reason="Company day", by=cast.agent, now=now)
    decided, used = time.perf_counter(), time.process_time()
    done = recomputing.run(work=work, clock=lambda: now)
    spent, written = time.perf_counter() - decided, time.process_time() - used
    if done.done != seen.tickets or done.failed:
        raise SystemExit(f"{done.done} of {seen.tickets} tickets were moved")
    return [
        row("previewed", seen.tickets, previewed - began, (used - processor) / 2),
        row("written", seen.tickets, spent, written),
    ]


def row(variant, tickets, seconds, processor):
    return {
        "work": "moved clocks", "variant": f"of {tickets:,} open tickets, {variant}", "count": tickets,
        "seconds": seconds, "rate": tickets / seconds, "web": processor / tickets, "database_seconds": None,
    }  # fmt: skip
