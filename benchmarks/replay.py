"""
Replay in bulk: a million tickets of six events each (pauses, reclassification, reopening, three calendars) to verdicts
and credits, in one process and in several.

``make bench``, or ``python benchmarks/replay.py --tickets 100000``. The tickets are made with a fixed seed; making them
is shown apart, as is parsing, which is measured on an export of a tenth of them.
"""

from __future__ import annotations

import argparse
import csv
import gc
import os
import random
import resource
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from upheld.core import events as ev
from upheld.core.instants import parse_instant, to_datetime
from upheld.core.money import Money
from upheld.core.plan.loading import load_usable
from upheld.importers import mappings
from upheld.importers.exports import read_export
from upheld.importers.histories import ImportedLog, TicketHistory
from upheld.importers.packed import PackedHistories
from upheld.replay import assignments
from upheld.replay.processes import usable
from upheld.replay.run import replay

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


def peak() -> float:
    """
    Return the most memory that any process of ours took, in GiB.
    """
    own, children = (resource.getrusage(each).ru_maxrss for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(own, children) / 1024**2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    tickets = parser.parse_args().tickets
    gc.disable()
    began = time.perf_counter()
    log = log_of(made(tickets))
    print(f"made {tickets:,} tickets, {log.rows:,} events: {time.perf_counter() - began:.1f} s")
    count, seconds = parsed(tickets // 10)
    print(f"parsing a plain CSV of {count:,} tickets: {seconds:.1f} s, {count / seconds:,.0f} tickets/s")
    plan = load_usable(PLAN, "bulk.yaml").plan
    everybody = assignments.for_all(plan, fee=Money(Decimal(1_000), "EUR"))
    print(f"load {os.getloadavg()[0]:.1f}, {usable()} processors")
    for processes in (usable(),):
        wall, own = time.perf_counter(), time.process_time()
        result = replay(log, plan, everybody, now=log.last, processes=processes)
        wall = time.perf_counter() - wall
        used = time.process_time() - own
        owed = sum(each.result.amount.amount for each in result.credits if each.result.is_owed)
        met = {name: f"{each.met:,} of {each.events:,}" for name, each in result.overall.items()}
        print(
            f"fold in {processes} processes: {wall:.1f} s, {tickets / wall:,.0f} tickets/s "
            f"(own processor time {used:.1f} s, at most {peak():.2f} GiB a process); {met}, EUR {owed:,} owed"
        )


if __name__ == "__main__":
    main()
