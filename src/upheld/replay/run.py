"""
The replay itself: each history folded with its contract's rules, each clock judged, counted and kept if it is among the
worst.

Invariant: contracts are worked one after another and tickets in the order of the log, so the result does not depend
on how fast anything was; a ticket that the plan cannot judge is a finding, never a silent gap.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

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
from upheld.core.instants import LAST, Instant, to_datetime
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.model.compliance import Period as PeriodRule
from upheld.core.plan.support_hours import SupportHours
from upheld.core.reckoning_periods import Reckoning, reckoning
from upheld.importers.histories import ImportedLog, Progress, TicketHistory
from upheld.replay.assignments import Assignments
from upheld.replay.results import BINS, LATE_EDGES, TENTHS, Breach, CreditLine, OwnVerdict, ReplayResult, Spread

WORST: Final = 10
"""Breaches kept for each metric."""
OWN_VERDICT: Final = "made_sla"
"""The fact of a history in which another desk keeps its own verdict."""
_BEFORE: Final = 7 * 86_400
_AFTER: Final = 2 * 366 * 86_400
_PROGRESS_EVERY: Final = 500
_EVERY_CLOCK: Final = Scope()
_MONTH: Final = PeriodRule(each="month")

Sink = Callable[[Observation, TicketHistory], None]


class ReplayError(UpheldError):
    """
    A replay that cannot begin: no tickets, no contracts, or an instant before the log's end.
    """


def replay(  # noqa: PLR0913  what is judged, by what, for whom, when; and two ears
    log: ImportedLog,
    plan: Plan,
    assignments: Assignments,
    *,
    now: Instant,
    on_progress: Progress | None = None,
    on_clock: Sink | None = None,
) -> ReplayResult:
    """
    Return what became of every promise of ``plan`` on the tickets of ``log``, as it stands at ``now``.

    ``on_clock`` is given each clock once, as it is judged. Raises :class:`ReplayError` ``replay.nothing``,
    ``replay.now_too_early``, and what compiling the plan's calendars raises.
    """
    if not log.histories:
        raise ReplayError("replay.nothing", source=log.source)
    latest = max(history.events[-1].effective_at for history in log.histories)
    if now < latest:
        raise ReplayError("replay.now_too_early", now=_iso(now), last=_iso(latest))
    work = _Work(log, plan, assignments, now, on_progress, on_clock)
    work.run()
    return work.result()


def _iso(instant: Instant) -> str:
    return to_datetime(instant).isoformat().replace("+00:00", "Z")


@dataclass(slots=True)
class _Counts:
    """
    Clocks by standing, in groups that are made as they are met.
    """

    groups: dict[tuple[str, str | None], dict[Standing, int]] = field(default_factory=dict)

    def add(self, metric: str, group: str | None, standing: Standing) -> None:
        counts = self.groups.setdefault((metric, group), {})
        counts[standing] = counts.get(standing, 0) + 1

    def tallies(self) -> dict[tuple[str, str | None], Tally]:
        return {name: Tally(counts) for name, counts in self.groups.items()}


@dataclass(slots=True)
class _Work:
    """
    One replay while it runs: the counts that grow as each clock passes by.
    """

    log: ImportedLog
    plan: Plan
    assignments: Assignments
    now: Instant
    on_progress: Progress | None
    on_clock: Sink | None
    done: int = 0
    judged: int = 0
    by_severity: _Counts = field(default_factory=_Counts)
    by_month: _Counts = field(default_factory=_Counts)
    by_customer: _Counts = field(default_factory=_Counts)
    findings: list[Finding] = field(default_factory=list)
    spreads: dict[str, Spread] = field(default_factory=dict)
    worst: dict[str, list[tuple[Fraction, int, int, Breach]]] = field(default_factory=dict)
    credits: list[CreditLine] = field(default_factory=list)
    own: dict[str, list[int]] = field(default_factory=dict)
    without: dict[str, int] = field(default_factory=dict)
    _months: dict[str, Reckoning] = field(default_factory=dict)

    def run(self) -> None:
        """
        Judge every ticket, contract by contract.
        """
        hours = self._hours()
        for contract, histories in self._by_contract():
            self._contract(Rules(hours, contract), histories)
        if self.on_progress is not None:
            self.on_progress(len(self.log.histories), len(self.log.histories))
        if not self.judged:
            raise ReplayError("replay.nothing", source=self.log.source)

    def _contract(self, rules: Rules, histories: list[TicketHistory]) -> None:
        """
        Judge the tickets of one contract, then reckon what they make owed.
        """
        seen: list[Observation] = []
        for history in histories:
            self._advance()
            clocks = self._folded(history, rules)
            if clocks is None:
                continue
            self.judged += 1
            for observation in observations_of(history.ticket, rules.contract, clocks):
                self._take(observation, history, rules)
                seen.append(observation)
        for name, scheme in self.plan.credits.items():
            if scheme.of in MEASURES and seen:
                statement = credit_statement(scheme, self.plan, rules.contract, seen, self.now)
                self.credits += [
                    CreditLine(name, rules.contract, each.period.label, each.tally, each.result)
                    for each in statement.periods
                    if each.tally.total
                ]

    def result(self) -> ReplayResult:
        """
        Return what was counted.
        """
        by_severity = self.by_severity.tallies()
        overall: dict[str, Tally] = {}
        for (metric, _), each in by_severity.items():
            overall[metric] = overall[metric] + each if metric in overall else each
        worst = {metric: sorted(found, key=_rank, reverse=True) for metric, found in self.worst.items()}
        return ReplayResult(
            plan=self.plan,
            log=self.log,
            now=self.now,
            tickets=self.judged,
            first=min(history.events[0].effective_at for history in self.log.histories),
            overall=overall,
            by_severity=by_severity,
            by_month=self.by_month.tallies(),
            by_customer=self.by_customer.tallies(),
            spreads=self.spreads,
            worst={metric: tuple(each[3] for each in found) for metric, found in worst.items()},
            credits=tuple(self.credits),
            credits_not_computed=tuple(name for name, each in self.plan.credits.items() if each.of not in MEASURES),
            own_verdicts={metric: OwnVerdict(*counts) for metric, counts in self.own.items()},
            without_contract=self.without,
            assumptions=(*self.assignments.assumptions, *self.log.assumptions),
            findings=(*self.assignments.findings, *self.log.findings, *self.findings),
        )

    def _hours(self) -> SupportHours:
        """
        Return the plan's calendars, compiled from a week before the log to two years after it (for what is still open).
        """
        first = min(history.events[0].effective_at for history in self.log.histories)
        return SupportHours(
            self.plan, to_datetime(max(first - _BEFORE, 0)).date(), to_datetime(min(self.now + _AFTER, LAST)).date()
        )

    def _by_contract(self) -> Iterable[tuple[Contract, list[TicketHistory]]]:
        """
        Return the histories by contract, in the order in which the log first names each customer.
        """
        groups: dict[str, list[TicketHistory]] = {}
        for history in self.log.histories:
            groups.setdefault(history.customer, []).append(history)
        for customer, histories in groups.items():
            contract = self.assignments.contract_of(customer)
            if contract is None:
                self.without[customer] = len(histories)
            else:
                yield contract, histories

    def _folded(self, history: TicketHistory, rules: Rules) -> TicketClocks | None:
        """
        Return a ticket's clocks, or nothing (with a finding) where the plan has no answer for it.
        """
        try:
            return fold(history.events, rules, observed=self.log.observed)
        except (StoryError, RuleError) as error:
            self._refused(history, error)
        except CalendarError as error:
            if error.code != "calendar.beyond_horizon":
                raise
            self._refused(history, error)
        return None

    def _refused(self, history: TicketHistory, error: UpheldError) -> None:
        place = Place(self.log.source, history.line, 1)
        facts = {"ticket": history.ticket, "code": error.code, "params": dict(error.params)}
        self.findings.append(Finding("replay.ticket_not_judged", Weight.ERROR, (place,), params=facts))

    def _advance(self) -> None:
        self.done += 1
        if self.on_progress is not None and self.done % _PROGRESS_EVERY == 0:
            self.on_progress(self.done, len(self.log.histories))

    def _take(self, observation: Observation, history: TicketHistory, rules: Rules) -> None:
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
        if self.on_clock is not None:
            self.on_clock(observation, history)
        verdict = observation.clock.verdict_at(self.now)
        if verdict not in (Verdict.MET, Verdict.BREACHED):
            return
        is_late = verdict is Verdict.BREACHED
        used = _used(observation, rules, self.now)
        spread = self.spreads.setdefault(observation.clock.metric, Spread())
        if used is not None:
            spread.bins[_bin(used, is_late=is_late)] += 1
        local = to_datetime(observation.facts.opened_at, zones.zone(observation.contract.zone))
        spread.of[local.weekday()][local.hour] += 1
        spread.late[local.weekday()][local.hour] += is_late
        self._compare(observation, history, is_late=is_late)
        if is_late:
            self._keep_worst(observation, history, rules, used)

    def _compare(self, observation: Observation, history: TicketHistory, *, is_late: bool) -> None:
        """
        Count how our verdict and the other desk's own go together.
        """
        theirs = history.facts.get(OWN_VERDICT, "").lower()
        if theirs in {"true", "false"}:
            counts = self.own.setdefault(observation.clock.metric, [0, 0, 0, 0])
            counts[(0 if not is_late else 3) if theirs == "true" else (2 if not is_late else 1)] += 1

    def _keep_worst(
        self, observation: Observation, history: TicketHistory, rules: Rules, used: Fraction | None
    ) -> None:
        """
        Keep a breach if it is among the worst of its metric: by time used over time allowed, then by how late it was.
        """
        late_by = observation.late_by(self.now) or 0
        found = self.worst.setdefault(observation.clock.metric, [])
        rank = (used or Fraction(0), late_by, -self.judged)
        if len(found) == WORST and rank <= found[0][:3]:
            return
        breach = Breach(observation, history, rules, used, late_by)
        (heapq.heappush if len(found) < WORST else heapq.heapreplace)(found, (*rank, breach))


def _used(observation: Observation, rules: Rules, now: Instant) -> Fraction | None:
    """
    Return the support time used over the support time allowed, or nothing for targets without a length in hours.
    """
    clock = observation.clock
    if clock.is_open:
        return stand(clock, rules, observation.facts.channel, now).share
    return Fraction(clock.spent, clock.allowed) if clock.allowed else None


def _rank(kept: tuple[Fraction, int, int, Breach]) -> tuple[Fraction, int, int]:
    return kept[:3]


def _bin(used: Fraction, *, is_late: bool) -> int:
    """
    Return the bin of a share; the verdict decides on which side of the due time a clock lies, also at its very edge.
    """
    if not is_late:
        return min(int(used * TENTHS), TENTHS - 1)
    return TENTHS + next((index for index, edge in enumerate(LATE_EDGES) if used <= edge), BINS - TENTHS - 1)
