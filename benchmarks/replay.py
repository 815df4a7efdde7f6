"""
Replay in bulk: a million tickets of six events each (pauses, reclassification, reopening, three calendars) to verdicts
and credits, every ticket folded by itself, and in columns where tickets lie alike; printed and written to
docs/benchmarks.md.

``make bench``, or ``python benchmarks/replay.py --tickets 100000``. The tickets are made with a fixed seed; making them
is shown apart, as is parsing, which is measured on an export of a tenth of them. Both ways must give one report.
Figures of fewer tickets are written only with ``--write``, those of a million unless ``--no-write``.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gc
import json
import os
import platform
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import active_children
from pathlib import Path
from typing import Self, TextIO

import numpy as np

from upheld.core import events as ev
from upheld.core.instants import parse_instant, to_datetime
from upheld.core.money import Money
from upheld.core.plan.loading import load_usable
from upheld.core.plan.model import Plan
from upheld.importers import mappings
from upheld.importers.exports import read_export
from upheld.importers.histories import ImportedLog, Progress, TicketHistory
from upheld.importers.packed import PackedHistories
from upheld.replay import assignments
from upheld.replay.processes import usable
from upheld.replay.report import report
from upheld.replay.run import replay

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- replay: begin -->", "<!-- replay: end -->"
LOAD = os.getloadavg()[0]
MILLION = 1_000_000
COLUMNS = "in columns, the rest folded"

PLAN = b"""\
upheld: 1
plan: bulk
version: 1
zone: Europe/Paris
days: hours
calendars:
  office: {zone: Europe/Paris, week: {mon-fri: "09:00-17:30"}, day: 8h, holidays: {FR: closed}}
  long: {zone: America/New_York, week: {mon-sat: "07:00-21:00"}, day: 14h, holidays: {US: closed}}
  always: {zone: UTC, week: 24x7, day: 24h}
channels: {portal: {kind: portal}}
severities: {urgent: Urgent, high: High, normal: Normal}
severity_process: {assigned_by: support, raised: from_change, lowered: from_start}
metrics:
  first_response: {starts_on: opened, stops_on: reply}
  resolution: {starts_on: opened, stops_on: resolved, pauses_while: waiting_on_customer, reopened: continue}
tiers:
  basic:
    hours: [{severity: urgent, use: always}, {severity: high, use: long}, {use: office}]
    channels: {portal: always}
    targets:
      first_response: {urgent: 1h, high: 4h, normal: 8h}
      resolution: {urgent: 8h, high: 2d, normal: 5d}
credits:
  monthly:
    metrics: [first_response, resolution]
    per: month
    of: violation_share
    table: {"< 5%": 0%, ">= 5% and < 10%": 5%, ">= 10%": 10%}
    share_of: fee
    claim: {automatic: true}
"""
FIRST = parse_instant("2024-01-08T00:00:00Z")
YEAR = 365 * 86_400
HOUR = 3_600
CONTRACTS = 1_000


def made(tickets: int) -> PackedHistories:
    """
    Return tickets of six events each.
    """
    draw = random.Random(6)
    packed = PackedHistories()
    for number in range(tickets):
        at = FIRST + draw.randrange(YEAR)
        severity = draw.choice(("urgent", "high", "normal"))
        events: list[ev.Event] = [
            ev.Opened(seq=0, effective_at=at, channel="portal"),
            ev.SeverityAssigned(seq=1, effective_at=at, severity=severity),
        ]
        reply = at + draw.randrange(12 * HOUR)
        wait = reply + draw.randrange(6 * HOUR)
        done = wait + draw.randrange(HOUR, 60 * HOUR)
        kind = number % 4
        if kind == 0:  # waits for the customer
            events += [
                ev.MessageSent(seq=2, effective_at=reply, actor=ev.Actor(ev.Side.VENDOR)),
                ev.StatusChanged(seq=3, effective_at=wait, status="waiting_on_customer"),
                ev.StatusChanged(seq=4, effective_at=(wait + done) // 2, status="waiting_on_support"),
                ev.Resolved(seq=5, effective_at=done),
            ]
        elif kind == 1:  # another severity
            other = draw.choice(("urgent", "high", "normal"))
            events += [
                ev.MessageSent(seq=2, effective_at=reply, actor=ev.Actor(ev.Side.VENDOR)),
                ev.SeverityAssigned(seq=3, effective_at=wait, severity=other),
                ev.Assigned(seq=4, effective_at=wait, to="second line"),
                ev.Resolved(seq=5, effective_at=done),
            ]
        elif kind == 2:  # reopened
            events += [
                ev.MessageSent(seq=2, effective_at=reply, actor=ev.Actor(ev.Side.VENDOR)),
                ev.Resolved(seq=3, effective_at=wait),
                ev.Reopened(seq=4, effective_at=(wait + done) // 2),
                ev.Resolved(seq=5, effective_at=done),
            ]
        else:  # plain
            events += [
                ev.Assigned(seq=2, effective_at=at, to="first line"),
                ev.MessageSent(seq=3, effective_at=reply, actor=ev.Actor(ev.Side.VENDOR)),
                ev.Resolved(seq=4, effective_at=done),
                ev.Closed(seq=5, effective_at=done + 86_400),
            ]
        packed.append(TicketHistory(f"T{number}", f"C{draw.randrange(CONTRACTS)}", tuple(events)))
    return packed


def log_of(histories: PackedHistories) -> ImportedLog:
    return ImportedLog(
        source="made", rows=len(histories.at), histories=histories, observed=frozenset(ev.KINDS),
        last=max(histories.at), zone="UTC",
    )  # fmt: skip


def parsed(tickets: int) -> tuple[int, float]:
    """
    Return how many tickets a plain CSV held, and the seconds that reading it took.
    """
    draw = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tickets.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("ticket", "customer", "opened", "first_response", "resolved", "severity", "channel"))
            for number in range(tickets):
                at = FIRST + draw.randrange(YEAR)
                moments = (at, at + draw.randrange(12 * HOUR), at + draw.randrange(12 * HOUR, 60 * HOUR))
                texts = (f"{to_datetime(each):%Y-%m-%dT%H:%M:%SZ}" for each in moments)
                writer.writerow((number, f"C{number % CONTRACTS}", *texts, "high", "portal"))
        began = time.perf_counter()
        read_export(path, mappings.shipped("csv"), zone="UTC")
        return tickets, time.perf_counter() - began


class Memory:
    """
    The most memory that this process and its children took together, in GiB: pages that they share count once.
    """

    def __init__(self) -> None:
        self.most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            self.most = max(self.most, sum(map(_share, (os.getpid(), *(each.pid for each in active_children())))))


def _share(process: int | None) -> float:
    """
    Return a process's share of memory, in GiB (Linux; 0 elsewhere).
    """
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024**2


@dataclass(frozen=True)
class Run:
    what: str
    processes: int
    wall: float
    used: float
    memory: float
    in_columns: int
    report: str


def run(what: str, engine: str, processes: int, log: ImportedLog, plan: Plan) -> Run:
    everybody = assignments.for_all(plan, fee=Money(Decimal(1_000), "EUR"))
    before, wall = os.times(), time.perf_counter()
    with Memory() as memory:
        result = replay(
            log, plan, everybody, now=log.last, processes=processes, engine=engine, on_progress=bar(what, sys.stderr)
        )
    wall, after = time.perf_counter() - wall, os.times()
    used = sum(getattr(after, each) - getattr(before, each) for each in
               ("user", "system", "children_user", "children_system"))  # fmt: skip
    told = json.dumps(report(result, made_by="benchmark"), default=str)
    print(f"{what}, {processes}: {wall:.1f} s, {used:.1f} s of processor time, {memory.most:.2f} GiB", flush=True)
    return Run(what, processes, wall, used, memory.most, result.in_columns, told)


def bar(what: str, stream: TextIO) -> Progress:
    """
    Return an ear that shows how far it is, where a person looks on.
    """

    def show(done: int, total: int) -> None:
        if stream.isatty():
            stream.write(f"\r{what}: {done / total:.0%}{chr(10) if done == total else ''}")

    return show


def table(runs: list[Run], tickets: int, made_in: float, parsing: tuple[int, float]) -> str:
    parsed_tickets, seconds = parsing
    fold = runs[0]
    today = dt.date.today().isoformat()  # noqa: DTZ011 - the day on the wall
    lines = [
        BEGIN,
        f"Measured {today}, Python {platform.python_version()}, numpy {np.__version__}, {usable()} processors, load",
        f"{LOAD:.1f} before it began. {tickets:,} tickets, {tickets * 6:,} events, {CONTRACTS:,} contracts; made in",
        f"{made_in:.0f} s. Parsing is apart: a plain CSV of {parsed_tickets:,} tickets took {seconds:.1f} s,",
        f"{parsed_tickets / seconds:,.0f} tickets a second.",
        "",
        "| way | processes | wall s | processor s | tickets/s | times the fold | memory GiB | in columns | report |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in runs:
        equal = "" if each is fold else "equal" if each.report == fold.report else "DIFFERS"
        lines.append(
            f"| {each.what} | {each.processes} | {each.wall:.1f} | {each.used:.1f} | {tickets / each.wall:,.0f} "
            f"| {fold.wall / each.wall:.3g} | {each.memory:.2f} | {each.in_columns:,} | {equal} |"
        )
    return "\n".join([*lines, END])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=MILLION)
    parser.add_argument("--write", action=argparse.BooleanOptionalAction)
    given, _ = parser.parse_known_args()  # what is for the other benchmarks is theirs
    tickets = given.tickets
    gc.disable()
    began = time.perf_counter()
    log = log_of(made(tickets))
    made_in = time.perf_counter() - began
    plan = load_usable(PLAN, "bulk.yaml").plan
    parsing = parsed(tickets // 10)
    columns = [run(COLUMNS, "auto", processes, log, plan) for processes in sorted({usable(), 1}, reverse=True)]
    fold = run("every ticket folded by itself", "fold", usable(), log, plan)
    text = table([fold, *columns], tickets, made_in, parsing)
    print(text)
    page = REPORT.read_text(encoding="utf-8")
    if given.write or (given.write is None and tickets == MILLION):
        before, _, rest = page.partition(BEGIN)
        REPORT.write_text(before + text + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
