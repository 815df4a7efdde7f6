"""
The table of what was measured, beside the bars and the peers, printed and written into the documents.
"""

import datetime as dt
import os
import platform
from pathlib import Path

REPORT = Path(__file__).resolve().parent.parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- service: begin -->", "<!-- service: end -->"
HEAD = ("work", "how", "database", "tickets", "measured", "p50, p95 ms", "CPU ms: web, database", "bar", "peers")

PAGE = "p95 < 100 ms"
BARS = {
    ("intake", "1 client", "postgresql"): ">= 100/s",
    ("intake", "4 clients", "postgresql"): ">= 150/s",
    ("intake", "1 client", "sqlite"): ">= 60/s",
    ("intake", "4 clients", "sqlite"): ">= 60/s",
    "desk list": PAGE,
    "poll of the list": PAGE,
    "list over the API": PAGE,
    "ticket page": PAGE,
    "overdue timers": "100,000 in < 2 min",
    "moved clocks": "10,000 in < 10 s",
}
"""What the service is built for; the bar of a work, or of one variant of it on one database."""

SIZES = (1_000, 10_000, 100_000)
PEERS = {
    "django-helpdesk": {
        "intake": {"1 client": "32/s", "4 clients": "53/s"},
        "desk list": (75, 263, 2797), "list over the API": (371, 3594, None), "ticket page": (47, 48, 70),
        "moved clocks": "11 ms each",
    },
    "Request Tracker": {
        "intake": {"1 client": "5/s", "4 clients": "10/s"},
        "desk list": (514, 624, 595), "ticket page": (237, 211, 200), "moved clocks": "11-13 ms each",
    },
    "Znuny": {
        "intake": {"1 client": "8/s", "4 clients": "25/s"},
        "desk list": (236, 330, 551), "ticket page": (110, 105, 144), "moved clocks": "9.5 ms each",
    },
}  # fmt: skip
"""Medians in ms with 1,000, 10,000 and 100,000 tickets on PostgreSQL, two cores; ``None``: it answered HTTP 500."""


def peers(row):
    """What the other desks gave for the same work with as many tickets, or with the most that they were given."""
    found = []
    for name, figures in PEERS.items():
        given = figures.get(row["work"])
        if isinstance(given, dict):
            found.append(f"{name} {given[row['variant']]}")
        elif isinstance(given, str):
            found.append(f"{name} {given}")
        elif given is not None:
            place = max(index for index, size in enumerate(SIZES) if size <= max(row["tickets"], SIZES[0]))
            found.append(f"{name} {f'{given[place]} ms' if given[place] is not None else 'HTTP 500'}")
    return ", ".join(found)


def bar(row):
    return BARS.get((row["work"], row["variant"], row["database"])) or BARS.get(row["work"], "")


def at(times, share):
    return times[min(len(times) - 1, int(len(times) * share))] * 1000


def shown(row):
    rate = f"{row['rate']:,.0f}/s" if "rate" in row else ""
    whole = f"{row['seconds']:.1f} s" if "seconds" in row else ""
    times = row.get("times")
    processor = f"{row['web'] * 1000:.1f}"
    if row["database_seconds"]:
        processor += f", {row['database_seconds'] * 1000:.1f}"
    return (
        row["work"], row["variant"], row["database"], f"{row['tickets']:,}", ", ".join(filter(None, (rate, whole))),
        f"{at(times, 0.5):.0f}, {at(times, 0.95):.0f}" if times else "", processor, bar(row), peers(row),
    )  # fmt: skip


def table(rows, *, load, seconds):
    today = dt.datetime.now(dt.UTC).date()
    lines = [
        f"Measured {today}, Python {platform.python_version()}, {os.cpu_count()} cores for service, database and",
        f"callers together, in {seconds / 60:.0f} minutes; load {load[0]:.1f} before, {load[1]:.1f} after.",
        "",
        f"| {' | '.join(HEAD)} |",
        f"|{' --- |' * len(HEAD)}",
        *(f"| {' | '.join(shown(row))} |" for row in sorted(rows, key=lambda row: order(row, rows))),
    ]
    return "\n".join(lines)


def order(row, rows):
    works = list(dict.fromkeys((each["work"], each["variant"]) for each in rows))
    return works.index((row["work"], row["variant"])), row["tickets"], row["database"]


def write(text):
    page = REPORT.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    REPORT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
