"""
Credit statements: what a contract is owed in each period, with every clock that counted, every one that did not, and
why.

Invariant: each clock of the contract stands exactly once in a statement, in its period or among those that belong to
none yet (clocks of periods that were not asked for aside); the figures are those of the listed clocks and of nothing
else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from upheld.core.calendars import zones
from upheld.core.compliance.observations import Observation
from upheld.core.compliance.scopes import Part, Scope, Standing, judge, scope_of_credits
from upheld.core.compliance.stages import PromiseResult, judge_promise
from upheld.core.compliance.tallies import Tally, zone_of
from upheld.core.credits.credit import Circumstances, CreditResult, credit
from upheld.core.credits.payments import CreditError
from upheld.core.durations import Duration
from upheld.core.instants import Instant, to_datetime
from upheld.core.money import Money
from upheld.core.periods import Period
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.model.compliance import CreditScheme
from upheld.core.reckoning_periods import Reckoning, ReckoningPeriod, reckoning


class Evidence(NamedTuple):
    """
    One clock of a statement. ``late_by`` is elapsed seconds; ``spent`` and ``allowed`` are support seconds.
    """

    ticket: str
    metric: str
    cycle: int
    severity: str | None
    opened_at: Instant
    started_at: Instant
    due_at: Instant | None
    stopped_at: Instant | None
    late_by: int | None
    spent: int
    allowed: int | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodStatement:
    """
    One period: its clocks, their tally, what came of the promise that the scheme rests on, and what is owed.
    """

    period: ReckoningPeriod
    tally: Tally
    promise: PromiseResult | None
    result: CreditResult
    evidence: tuple[Evidence, ...]

    @property
    def violations(self) -> tuple[Evidence, ...]:
        """
        Return the clocks that count as violations.
        """
        return tuple(each for each in self.evidence if each.standing.part is Part.BREACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    What a contract is owed by one scheme, period by period, as of ``now``; ``without_period`` are the clocks that
    belong to no period yet.
    """

    contract: Contract
    zone: str
    now: Instant
    periods: tuple[PeriodStatement, ...]
    without_period: tuple[Evidence, ...]
    may_end_contract: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractDates:
    """
    First and last day of a contract (both in it; in its zone), and the length of its term, where they are known.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    term: Duration | None = None


_UNKNOWN: Final = ContractDates()
OUTSIDE_CONTRACT: Final = Standing(Part.NOT_COUNTED, "standing.outside_contract")


def credit_statement(  # noqa: PLR0913  (five are the question; the rest is seldom known)
    scheme: CreditScheme,
    plan: Plan,
    contract: Contract,
    observations: Iterable[Observation],
    now: Instant,
    *,
    dates: ContractDates = _UNKNOWN,
    over: Period | None = None,
    circumstances: Circumstances | None = None,
) -> Statement:
    """
    Return what ``contract`` is owed by a scheme, from its clocks as they stand at ``now``.

    Periods run from the first to the last that has a clock, empty ones between them included, or through ``over``, and
    then no others. ``circumstances`` give what the contract does not say; tier, facts, promise, causes, days and what
    was given before are filled in for each period.

    Raises :class:`CreditError` ``credit.foreign_clock`` for a clock of another contract, what :func:`credit` raises,
    and :class:`~upheld.core.reckoning_periods.ReckoningError`.
    """
    zone = zone_of(scheme.zone, contract.zone)
    cut = reckoning(scheme.per, zone, contract_start=dates.first, term=dates.term)
    groups, without = _grouped(scheme, contract, observations, cut, now)
    given = circumstances or Circumstances()
    facts = {**dict(contract.facts), **given.facts}
    given = replace(given, tier=contract.tier, facts=facts)
    maker = _Maker(scheme, plan, contract, cut, scope_of_credits(scheme, plan), now, dates, given)
    periods = tuple(maker.period(period, groups.get(period, [])) for period in _listed(groups, cut, over, now))
    return Statement(
        contract=contract,
        zone=zone,
        now=now,
        periods=periods,
        without_period=tuple(evidence_of(each, judge(each, maker.scope, now), now) for each in without),
        may_end_contract=_may_end(scheme, periods),
    )


class Counted(NamedTuple):
    """
    The clocks of a period by their standing, and on how many tickets there was a violation.
    """

    tally: Tally
    causes: int


_NOTHING: Final = Counted(Tally({}), 0)


def counted_credits(  # noqa: PLR0913  (as credit_statement)
    scheme: CreditScheme,
    plan: Plan,
    contract: Contract,
    counted: Mapping[ReckoningPeriod, Counted],
    *,
    cut: Reckoning,
    now: Instant,
) -> Iterator[tuple[ReckoningPeriod, CreditResult]]:
    """
    Yield what :func:`credit_statement` finds owed in each period, of a scheme that rests on no promise about many
    clocks, where the clocks of each period were counted already. ``cut`` is the scheme's periods.

    Raises what :func:`credit` raises.
    """
    circumstances = Circumstances(tier=contract.tier, facts=dict(contract.facts))
    scope = scope_of_credits(scheme, plan)
    maker = _Maker(scheme, plan, contract, cut, scope, now, _UNKNOWN, circumstances)
    for period in _listed(counted, cut, None, now):
        yield period, maker.credit(period, counted.get(period, _NOTHING))


def evidence_of(observation: Observation, standing: Standing, now: Instant) -> Evidence:
    """
    Return a clock as evidence.
    """
    clock = observation.clock
    return Evidence(
        ticket=observation.ticket,
        metric=clock.metric,
        cycle=clock.cycle,
        severity=observation.severity,
        opened_at=observation.facts.opened_at,
        started_at=clock.started_at,
        due_at=observation.due_at,
        stopped_at=clock.stopped_at,
        late_by=observation.late_by(now),
        spent=clock.spent,
        allowed=clock.allowed,
        standing=standing,
    )


_Groups = dict[ReckoningPeriod, list[Observation]]


def _grouped(
    scheme: CreditScheme, contract: Contract, observations: Iterable[Observation], cut: Reckoning, now: Instant
) -> tuple[_Groups, list[Observation]]:
    groups: _Groups = {}
    without: list[Observation] = []
    rolling = cut.period_of(now) if cut.rolling else None
    for each in observations:
        if (each.contract.customer, each.contract.contract) != (contract.customer, contract.contract):
            raise CreditError(
                "credit.foreign_clock", ticket=each.ticket, contract=contract.contract or contract.customer
            )
        at = each.belongs_at(scheme.belongs_by)
        if at is None or (rolling is not None and at not in rolling.span):
            without.append(each)
        else:
            groups.setdefault(rolling or cut.period_of(at), []).append(each)
    return groups, without


def _listed(
    groups: Iterable[ReckoningPeriod], cut: Reckoning, over: Period | None, now: Instant
) -> list[ReckoningPeriod]:
    if cut.rolling:
        return [cut.period_of(now)]
    if over is not None:
        return list(cut.between(over.start, over.end))
    spans = [period.span for period in groups]
    if not spans:
        return []
    return list(cut.between(min(span.start for span in spans), max(span.end for span in spans)))


@dataclass(slots=True)
class _Maker:
    """
    Makes the statements of the periods, one after the other; keeps what was given under limits that reach further.
    """

    scheme: CreditScheme
    plan: Plan
    contract: Contract
    cut: Reckoning
    scope: Scope
    now: Instant
    dates: ContractDates
    circumstances: Circumstances
    given: dict[tuple[int, str], Money] = field(default_factory=dict)

    def period(self, period: ReckoningPeriod, observations: list[Observation]) -> PeriodStatement:
        evidence = tuple(evidence_of(each, self._standing(each), self.now) for each in observations)
        standings: dict[Standing, int] = {}
        for each in evidence:
            standings[each.standing] = standings.get(each.standing, 0) + 1
        tally, promise = Tally(standings), self._promise(observations)
        causes = len({each.ticket for each in evidence if each.standing.part is Part.BREACHED})
        result = self.credit(period, Counted(tally, causes), promise)
        return PeriodStatement(period=period, tally=tally, promise=promise, result=result, evidence=evidence)

    def _standing(self, observation: Observation) -> Standing:
        if self.scheme.per.partial == "subscription_days" and not self._is_covered(observation):
            return OUTSIDE_CONTRACT
        return judge(observation, self.scope, self.now)

    def _is_covered(self, observation: Observation) -> bool:
        day = to_datetime(observation.facts.opened_at, zones.zone(self.cut.zone)).date()
        first, last = self.dates.first, self.dates.last
        return (first is None or first <= day) and (last is None or day <= last)

    def _promise(self, observations: list[Observation]) -> PromiseResult | None:
        if self.scheme.compliance is None:
            return None
        promise = self.plan.compliance.get(self.scheme.compliance)
        if promise is None:
            raise CreditError("credit.promise_missing", name=self.scheme.compliance)
        return judge_promise(promise, self.plan, observations, self.now)

    def credit(self, period: ReckoningPeriod, counted: Counted, promise: PromiseResult | None = None) -> CreditResult:
        """
        Return what is owed for what was counted in a period, and keep it for the limits that reach further.
        """
        circumstances = replace(
            self.circumstances,
            promise=promise.outcome if promise else None,
            days_in_period=(period.last - period.first).days + 1,
            already=self._already(period),
            is_partial=self._is_partial(period),
            causes=counted.causes,
        )
        result = credit(self.scheme, counted.tally, self.contract.fee, circumstances)
        if promise is not None and not promise.is_final:
            result = replace(result, is_final=False)
        self._keep(period, result)
        return result

    def _is_partial(self, period: ReckoningPeriod) -> bool:
        first, last = self.dates.first, self.dates.last
        return (first is not None and period.first < first) or (last is not None and period.last > last)

    def _already(self, period: ReckoningPeriod) -> Mapping[int, Money]:
        """
        Return what was given before under each limit that reaches over more than one period; a period belongs to the
        stretch in which it begins.
        """
        found = dict(self.circumstances.already)
        for index, reach in self._reaches():
            given = self.given.get((index, reach.period_of(period.span.start).label))
            if given is not None:
                found[index] = found[index] + given if index in found else given
        return found

    def _keep(self, period: ReckoningPeriod, result: CreditResult) -> None:
        for index, reach in self._reaches():
            if result.amount is not None:
                key = (index, reach.period_of(period.span.start).label)
                self.given[key] = self.given[key] + result.amount if key in self.given else result.amount

    def _reaches(self) -> Iterator[tuple[int, Reckoning]]:
        for index, cap in enumerate(self.scheme.cap):
            if cap.over and cap.over.each not in (self.scheme.per.each, "violation", "incident", "rolling"):
                dates = self.dates
                yield index, reckoning(cap.over, self.cut.zone, contract_start=dates.first, term=dates.term)


def _may_end(scheme: CreditScheme, periods: tuple[PeriodStatement, ...]) -> bool:
    """
    Return whether as many periods in a row as the plan asks for reach the number at which the customer may leave.
    """
    needed, run = scheme.ends_contract_after or 1, 0
    for each in periods:
        run = run + 1 if each.result.may_end_contract else 0
        if run >= needed:
            return True
    return False
