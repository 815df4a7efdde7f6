"""
The replay itself: contracts are judged one after another, or several at a time, and what was counted is put together.

Invariant: contracts are taken in the order in which the log first names their customers, and tickets in the order of
the log, so the result depends neither on how fast anything was nor on how many processes worked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from upheld.core.compliance.tallies import Tally
from upheld.core.credits.credit import MEASURES
from upheld.core.errors import UpheldError
from upheld.core.instants import LAST, Instant, to_datetime
from upheld.core.plan.model import Plan
from upheld.core.plan.support_hours import SupportHours
from upheld.importers.histories import ImportedLog, Progress
from upheld.importers.packed import PackedHistories
from upheld.replay.assignments import Assignments
from upheld.replay.judged import Ear, Judged, Sink, Work
from upheld.replay.judging import Engine, Judging
from upheld.replay.processes import in_processes
from upheld.replay.results import OwnVerdict, ReplayResult

_BEFORE: Final = 7 * 86_400
_AFTER: Final = 2 * 366 * 86_400


class ReplayError(UpheldError):
    """
    A replay that cannot begin: no tickets, no contracts, or an instant before the log's end.
    """


def replay(  # noqa: PLR0913  what is judged, by what, for whom, when, by how many; and two ears
    log: ImportedLog,
    plan: Plan,
    assignments: Assignments,
    *,
    now: Instant,
    processes: int = 1,
    on_progress: Progress | None = None,
    sink: Sink | None = None,
    engine: Engine = "auto",
) -> ReplayResult:
    """
    Return what became of every promise of ``plan`` on the tickets of ``log``, as it stands at ``now``.

    With several ``processes`` contracts are judged side by side, where the system can fork; the result is the same. A
    ``sink`` is given what it makes of each clock. ``engine`` says whether tickets that lie alike may be judged in
    columns; the result is the same, but for how many were. Raises :class:`ReplayError` ``replay.nothing``,
    ``replay.now_too_early``, and what compiling the plan's calendars raises.
    """
    if not log.histories:
        raise ReplayError("replay.nothing", source=log.source)
    histories = PackedHistories.of(log.histories)
    at, starts = np.frombuffer(histories.at, dtype=np.int64), np.frombuffer(histories.starts, dtype=np.int64)
    latest = int(at[starts[1:] - 1].max())
    if now < latest:
        raise ReplayError("replay.now_too_early", now=_iso(now), last=_iso(latest))
    first, last_opened = int(at[starts[:-1]].min()), int(at[starts[:-1]].max())
    hours = _hours(plan, first, now)
    work, without = _by_contract(histories, assignments)

    judging = Judging(log.source, histories, hours, log.observed, now, engine, sink)
    whole = in_processes(judging.judged, _shares(work, processes), _counter(on_progress, len(histories)))
    if on_progress is not None:
        on_progress(len(histories), len(histories))
    if sink is not None:
        for rows in whole.rows:
            sink.take(rows)
    if not whole.tickets:
        raise ReplayError("replay.nothing", source=log.source)
    return _result(whole, log, assignments, plan, now=now, without=without, first=first, last_opened=last_opened)


def _iso(instant: Instant) -> str:
    return to_datetime(instant).isoformat().replace("+00:00", "Z")


def _counter(on_progress: Progress | None, total: int) -> Ear | None:
    """
    Return an ear that counts what it is told.
    """
    if on_progress is None:
        return None
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        on_progress(done, total)

    return count


def _hours(plan: Plan, first: Instant, now: Instant) -> SupportHours:
    """
    Return the plan's calendars, compiled from a week before the log to two years after it (for what is still open).
    """
    return SupportHours(plan, to_datetime(max(first - _BEFORE, 0)).date(), to_datetime(min(now + _AFTER, LAST)).date())


def _by_contract(histories: PackedHistories, assignments: Assignments) -> tuple[list[Work], dict[str, int]]:
    """
    Return the tickets by contract, in the order in which the log first names each customer, and how many have none.
    """
    customer_of = np.frombuffer(histories.customer_of, dtype=histories.customer_of.typecode)
    # Customers are numbered as the log first names them.
    order = np.argsort(customer_of, kind="stable")
    tickets = np.split(order, np.flatnonzero(np.diff(customer_of[order])) + 1)
    work: list[Work] = []
    without: dict[str, int] = {}
    for customer, indexes in zip(histories.customers, tickets, strict=True):
        contract = assignments.contract_of(customer)
        if contract is None:
            without[customer] = len(indexes)
        else:
            work.append((contract, indexes))
    return work, without


def _shares(work: Sequence[Work], processes: int) -> list[list[Work]]:
    """
    Return the work in as many shares as there are processes, each a run of contracts with about as many tickets.
    """
    total = sum(len(indexes) for _, indexes in work)
    shares: list[list[Work]] = [[] for _ in range(max(processes, 1))]
    before = 0
    for each in work:
        middle = before + len(each[1]) // 2
        shares[min(middle * len(shares) // max(total, 1), len(shares) - 1)].append(each)
        before += len(each[1])
    return [share for share in shares if share]


def _result(  # noqa: PLR0913  (what a result is put together from)
    whole: Judged,
    log: ImportedLog,
    assignments: Assignments,
    plan: Plan,
    *,
    now: Instant,
    without: dict[str, int],
    first: Instant,
    last_opened: Instant,
) -> ReplayResult:
    """
    Return what was counted.
    """
    by_severity = whole.sums.by_severity.tallies()
    overall: dict[str, Tally] = {}
    for (metric, _), each in by_severity.items():
        overall[metric] = overall[metric] + each if metric in overall else each
    return ReplayResult(
        plan=plan,
        log=log,
        now=now,
        tickets=whole.tickets,
        in_columns=whole.in_columns,
        first=first,
        last_opened=last_opened,
        overall=overall,
        by_severity=by_severity,
        by_month=whole.sums.by_month.tallies(),
        by_customer=whole.sums.by_customer.tallies(),
        spreads=whole.sums.spreads,
        worst={
            metric: tuple(late.breach for late in sorted(found, key=lambda late: late.rank, reverse=True))
            for metric, found in whole.worst.items()
        },
        credits=tuple(whole.credits),
        credits_not_computed=tuple(name for name, each in plan.credits.items() if each.of not in MEASURES),
        own_verdicts={metric: OwnVerdict(*counts) for metric, counts in whole.sums.own.items()},
        without_contract=without,
        assumptions=(*assignments.assumptions, *log.assumptions),
        findings=(*assignments.findings, *log.findings, *whole.findings),
    )
