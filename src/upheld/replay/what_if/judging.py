"""
Judging worlds: each is a replay of the same log, and each clock keeps its verdict, so that those that turned are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from upheld.core.clocks.clock import Verdict
from upheld.core.compliance.observations import Observation
from upheld.core.instants import Instant
from upheld.core.money import Money
from upheld.core.plan.model import Plan
from upheld.importers.histories import ImportedLog, Progress, TicketHistory
from upheld.replay.assignments import Assignments
from upheld.replay.processes import usable
from upheld.replay.results import ReplayResult
from upheld.replay.run import replay
from upheld.replay.what_if.worlds import World

ClockKey: TypeAlias = tuple[str, str, int]
"""Ticket, metric, cycle: the same promise on the same ticket in every world."""
DECIDED = (Verdict.MET, Verdict.BREACHED)


class Outcome(NamedTuple):
    """
    What became of one promise. ``spent`` is support seconds; ``calendar`` the one they are counted in; ``is_open`` that
    the clock still ran, so that ``spent`` is less than it will be.
    """

    is_kept: bool
    due_at: Instant | None
    late_by: int
    customer: str
    severity: str | None
    calendar: str
    spent: int
    allowed: int | None
    is_open: bool


class Outcomes:
    """
    Keeps the outcome of each promise that had a verdict.
    """

    def __init__(self, now: Instant) -> None:
        self._now = now
        self.found: dict[ClockKey, Outcome] = {}

    def row(self, one: Observation, history: TicketHistory) -> tuple[ClockKey, Outcome] | None:
        """
        Return the outcome of a clock, with its key; nothing for one without a verdict.
        """
        clock, now = one.clock, self._now
        verdict = clock.verdict_at(now)
        if verdict not in DECIDED or clock.promise is None:
            return None
        outcome = Outcome(
            verdict is Verdict.MET, one.due_at, one.late_by(now) or 0, history.customer, one.severity,
            clock.promise.calendar, clock.spent, clock.allowed, clock.is_open,
        )  # fmt: skip
        return (one.ticket, clock.metric, clock.cycle), outcome

    def take(self, rows: Sequence[tuple[ClockKey, Outcome]]) -> None:
        """
        Keep outcomes.
        """
        self.found.update(rows)


@dataclass(slots=True)
class Judged:
    """
    A world with its replay and the outcome of each promise that had a verdict.
    """

    world: World
    result: ReplayResult
    outcomes: dict[ClockKey, Outcome] = field(default_factory=dict)

    @property
    def owed(self) -> dict[str, Money]:
        """
        The credits owed in all, by currency.
        """
        sums: dict[str, Money] = {}
        for line in self.result.credits:
            amount = line.result.amount
            if line.result.is_owed and amount is not None:
                sums[amount.currency] = sums[amount.currency] + amount if amount.currency in sums else amount
        return sums


def judge(  # noqa: PLR0913  a replay's own arguments, and the world
    world: World,
    plan: Plan,
    log: ImportedLog,
    contracts: Assignments,
    *,
    now: Instant,
    on_progress: Progress | None = None,
) -> Judged:
    """
    Return what would have become of every promise in a world. Raises what a replay raises.
    """
    outcomes = Outcomes(now)
    result = replay(log, plan, contracts, now=now, processes=usable(), on_progress=on_progress, sink=outcomes)
    return Judged(world, result, outcomes.found)


@dataclass(frozen=True, slots=True)
class Turned:
    """
    The promises whose outcome is another: kept and now late, late and now kept, promised in one world only.
    """

    now_late: tuple[ClockKey, ...]
    now_kept: tuple[ClockKey, ...]
    only_here: int
    only_before: int


def turned(before: Judged, after: Judged, belongs: Callable[[ClockKey], bool] = lambda _: True) -> Turned:
    """
    Return what turned from one world to another, the latest first.
    """
    both = [key for key in after.outcomes if key in before.outcomes and belongs(key)]
    late = [key for key in both if before.outcomes[key].is_kept and not after.outcomes[key].is_kept]
    kept = [key for key in both if after.outcomes[key].is_kept and not before.outcomes[key].is_kept]
    return Turned(
        now_late=tuple(sorted(late, key=lambda key: (-after.outcomes[key].late_by, key))),
        now_kept=tuple(sorted(kept, key=lambda key: (-before.outcomes[key].late_by, key))),
        only_here=sum(belongs(key) for key in after.outcomes) - len(both),
        only_before=sum(belongs(key) for key in before.outcomes) - len(both),
    )


@dataclass(frozen=True, slots=True)
class Promisable:
    """
    What length of a target would have been kept: for one metric, severity and calendar, the support seconds within
    which the given shares (percent) of ``clocks`` were done; ``None`` where too many are not done at all.
    """

    metric: str
    severity: str | None
    calendar: str
    clocks: int
    allowed: int | None
    within: tuple[tuple[int, int | None], ...]


def promisable(judged: Judged, shares: Sequence[int]) -> Iterator[Promisable]:
    """
    Yield what could have been promised, by metric, severity and calendar in the order of the plan.

    A clock that still runs counts as one that was never done. Targets in days that are not counted in hours are left
    out, for their length is no number of seconds.
    """
    plan = judged.result.plan
    groups: dict[tuple[str, str | None, str], list[Outcome]] = {}
    for (_, metric, _), outcome in judged.outcomes.items():
        groups.setdefault((metric, outcome.severity, outcome.calendar), []).append(outcome)
    severities = {name: position for position, name in enumerate(plan.severities)}
    metrics = {name: position for position, name in enumerate(plan.metrics)}

    def rank(key: tuple[str, str | None, str]) -> tuple[int, int, str]:
        return metrics[key[0]], severities.get(key[1] or "", len(severities)), key[2]

    for key in sorted(groups, key=rank):
        counted = [each for each in groups[key] if each.allowed is not None]
        if counted:
            done = sorted(each.spent for each in counted if not each.is_open)
            allowed = {each.allowed for each in counted}
            yield Promisable(
                *key,
                clocks=len(counted),
                allowed=allowed.pop() if len(allowed) == 1 else None,
                within=tuple((share, _within(done, len(counted), share)) for share in shares),
            )


def _within(done: Sequence[int], clocks: int, share: int) -> int | None:
    """
    Return the length within which at least ``share`` percent of all clocks were done.
    """
    needed = -(-clocks * share // 100)
    return done[needed - 1] if needed <= len(done) else None
