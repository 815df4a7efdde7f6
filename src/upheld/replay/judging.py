"""
Judging: each history folded with its contract's rules, each clock judged, counted and kept if it is among the worst.

Invariant: judging some contracts apart and merging what was counted gives the same, in the same order, as judging all
of them one after another; a ticket that the plan cannot judge is a finding, never a silent gap.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, NamedTuple, Protocol

from upheld.core.calendars import zones
from upheld.core.calendars.errors import CalendarError
from upheld.core.clocks.clock import TicketClocks, Verdict
from upheld.core.clocks.explain import stand
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import RuleError, Rules
from upheld.core.clocks.story import StoryError
from upheld.core.compliance.observations import Observation, observations_of
from upheld.core.compliance.scopes import Scope, Standing, judge
from upheld.core.compliance.tallies import Tally
from upheld.core.credits.credit import MEASURES
from upheld.core.credits.statements import credit_statement
from upheld.core.errors import Finding, Place, UpheldError, Weight
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.model.compliance import Period as PeriodRule
from upheld.core.reckoning_periods import Reckoning, reckoning
from upheld.importers.histories import TicketHistory
from upheld.replay.results import BINS, LATE_EDGES, TENTHS, Breach, CreditLine, Spread

WORST: Final = 10
"""Breaches kept for each metric."""
OWN_VERDICT: Final = "made_sla"
"""The fact of a history in which another desk keeps its own verdict."""
_EVERY_CLOCK: Final = Scope()
_MONTH: Final = PeriodRule(each="month")

Group = tuple[str, str | None]
"""A metric, and the group's name."""
Ear = Callable[[int], None]
"""Told how many tickets more were judged."""
_TOLD_EVERY: Final = 500


class Sink(Protocol):
    """
    What wants to know of each clock. ``row`` makes what it wants, wherever the clock is judged; ``take`` is given
    these, contract by contract, in the order of the log.
    """

    def row(self, one: Observation, history: TicketHistory) -> Any:
        """
        Return what is wanted of a clock; ``None`` is not handed on.
        """

    def take(self, rows: Sequence[Any]) -> None:
        """
        Take what was made of the clocks of a contract.
        """


class Late(NamedTuple):
    """
    A breach that may be among the worst, and its rank: by time used, by how late, the earlier ticket first.
    """

    used: Fraction
    late_by: int
    before: int
    breach: Breach

    @property
    def rank(self) -> tuple[Fraction, int, int]:
        """
        Return what breaches are compared by.
        """
        return self[:3]


@dataclass(slots=True)
class Counts:
    """
    Clocks by standing, in groups that are made as they are met.
    """

    groups: dict[Group, dict[Standing, int]] = field(default_factory=dict)

    def add(self, metric: str, group: str | None, standing: Standing, number: int = 1) -> None:
        """
        Count clocks of a group.
        """
        counts = self.groups.setdefault((metric, group), {})
        counts[standing] = counts.get(standing, 0) + number

    def merge(self, other: Counts) -> None:
        """
        Add what others counted.
        """
        for (metric, group), counts in other.groups.items():
            for standing, number in counts.items():
                self.add(metric, group, standing, number)

    def tallies(self) -> dict[Group, Tally]:
        """
        Return the tallies of the groups.
        """
        return {name: Tally(counts) for name, counts in self.groups.items()}


@dataclass(slots=True)
class Judging:
    """
    What is counted while contracts are judged, one after another.
    """

    source: str
    histories: Sequence[TicketHistory]
    observed: frozenset[str] | None
    now: Instant
    sink: Sink | None = None
    on_progress: Ear | None = None
    judged: int = 0
    by_severity: Counts = field(default_factory=Counts)
    by_month: Counts = field(default_factory=Counts)
    by_customer: Counts = field(default_factory=Counts)
    findings: list[Finding] = field(default_factory=list)
    spreads: dict[str, Spread] = field(default_factory=dict)
    worst: dict[str, list[Late]] = field(default_factory=dict)
    credits: list[CreditLine] = field(default_factory=list)
    own: dict[str, list[int]] = field(default_factory=dict)
    rows: list[list[Any]] = field(default_factory=list)
    _months: dict[str, Reckoning] = field(default_factory=dict)
    _untold: int = 0

    def contract(self, rules: Rules, indexes: Sequence[int]) -> None:
        """
        Judge the tickets of one contract, then reckon what they make owed.
        """
        seen: list[Observation] = []
        rows: list[Any] = []
        for index in indexes:
            self._advance()
            history = self.histories[index]
            clocks = self._folded(history, rules)
            if clocks is None:
                continue
            self.judged += 1
            for observation in observations_of(history.ticket, rules.contract, clocks):
                self._take(observation, history, rules, index)
                if self.sink is not None and (row := self.sink.row(observation, history)) is not None:
                    rows.append(row)
                seen.append(observation)
        self.rows.append(rows)
        plan = rules.hours.plan
        for name, scheme in plan.credits.items():
            if scheme.of in MEASURES and seen:
                statement = credit_statement(scheme, plan, rules.contract, seen, self.now)
                self.credits += [
                    CreditLine(name, rules.contract, each.period.label, each.tally, each.result)
                    for each in statement.periods
                    if each.tally.total
                ]

    def finish(self) -> None:
        """
        Tell the progress that is left.
        """
        if self.on_progress is not None and self._untold:
            self.on_progress(self._untold)
            self._untold = 0

    def merge(self, other: Judging) -> None:
        """
        Add what was counted of the contracts after these.
        """
        self.judged += other.judged
        for own, others in (
            (self.by_severity, other.by_severity),
            (self.by_month, other.by_month),
            (self.by_customer, other.by_customer),
        ):
            own.merge(others)
        self.findings += other.findings
        self.credits += other.credits
        self.rows += other.rows
        for metric, spread in other.spreads.items():
            self.spreads.setdefault(metric, Spread()).merge(spread)
        for metric, counts in other.own.items():
            mine = self.own.setdefault(metric, [0] * len(counts))
            mine[:] = map(sum, zip(mine, counts, strict=True))
        for metric, found in other.worst.items():
            both = [*self.worst.get(metric, ()), *found]
            self.worst[metric] = heapq.nlargest(WORST, both, key=_rank)

    def _folded(self, history: TicketHistory, rules: Rules) -> TicketClocks | None:
        """
        Return a ticket's clocks, or nothing (with a finding) where the plan has no answer for it.
        """
        try:
            return fold(history.events, rules, observed=self.observed)
        except (StoryError, RuleError) as error:
            self._refused(history, error)
        except CalendarError as error:
            if error.code != "calendar.beyond_horizon":
                raise
            self._refused(history, error)
        return None

    def _refused(self, history: TicketHistory, error: UpheldError) -> None:
        place = Place(self.source, history.line, 1)
        facts = {"ticket": history.ticket, "code": error.code, "params": dict(error.params)}
        self.findings.append(Finding("replay.ticket_not_judged", Weight.ERROR, (place,), params=facts))

    def _advance(self) -> None:
        self._untold += 1
        if self._untold == _TOLD_EVERY:
            self.finish()

    def _take(self, observation: Observation, history: TicketHistory, rules: Rules, index: int) -> None:
        """
        Count one clock and take what else is wanted of it.
        """
        metric, zone = observation.clock.metric, observation.contract.zone
        standing = judge(observation, _EVERY_CLOCK, self.now)
        if zone not in self._months:
            self._months[zone] = reckoning(_MONTH, zone)
        self.by_severity.add(metric, observation.severity, standing)
        self.by_month.add(metric, self._months[zone].period_of(observation.facts.opened_at).label, standing)
        self.by_customer.add(metric, observation.contract.customer, standing)
        verdict = observation.clock.verdict_at(self.now)
        if verdict not in (Verdict.MET, Verdict.BREACHED):
            return
        is_late = verdict is Verdict.BREACHED
        used = _used(observation, rules, self.now)
        spread = self.spreads.setdefault(metric, Spread())
        if used is not None:
            spread.bins[_bin(*used, is_late=is_late)] += 1
        local = to_datetime(observation.facts.opened_at, zones.zone(zone))
        spread.of[local.weekday()][local.hour] += 1
        spread.late[local.weekday()][local.hour] += is_late
        self._compare(observation, history, is_late=is_late)
        if is_late:
            self._keep_worst(observation, history, rules, used, index)

    def _compare(self, observation: Observation, history: TicketHistory, *, is_late: bool) -> None:
        """
        Count how our verdict and the other desk's own go together.
        """
        theirs = history.facts.get(OWN_VERDICT, "").lower()
        if theirs in {"true", "false"}:
            counts = self.own.setdefault(observation.clock.metric, [0, 0, 0, 0])
            counts[(0 if not is_late else 3) if theirs == "true" else (2 if not is_late else 1)] += 1

    def _keep_worst(
        self, one: Observation, history: TicketHistory, rules: Rules, used: tuple[int, int] | None, index: int
    ) -> None:
        """
        Keep a breach if it is among the worst of its metric; the least of these stands first.
        """
        found = self.worst.setdefault(one.clock.metric, [])
        spent, allowed = used or (0, 1)
        if len(found) == WORST and spent * found[0].used.denominator < found[0].used.numerator * allowed:
            return
        share = Fraction(spent, allowed)
        breach = Breach(one, history, rules, share if used else None, one.late_by(self.now) or 0)
        found.append(Late(share, breach.late_by, -index, breach))
        found.sort(key=_rank)
        del found[:-WORST]


def _rank(late: Late) -> tuple[Fraction, int, int]:
    return late.rank


def _used(observation: Observation, rules: Rules, now: Instant) -> tuple[int, int] | None:
    """
    Return the support time used, and that allowed (above 0); nothing for targets without a length in hours.
    """
    clock = observation.clock
    if clock.is_open:
        share = stand(clock, rules, observation.facts.channel, now).share
        return None if share is None else share.as_integer_ratio()
    return (clock.spent, clock.allowed) if clock.allowed else None


def _bin(spent: int, allowed: int, *, is_late: bool) -> int:
    """
    Return the bin of a share; the verdict decides on which side of the due time a clock lies, also at its very edge.
    """
    if not is_late:
        return min(spent * TENTHS // allowed, TENTHS - 1)
    late = (index for index, edge in enumerate(LATE_EDGES) if spent * edge.denominator <= edge.numerator * allowed)
    return TENTHS + next(late, BINS - TENTHS - 1)
