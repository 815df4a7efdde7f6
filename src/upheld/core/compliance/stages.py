"""
Promises about many clocks: their stages ("95% in time, and all within twice the time") judged with the arithmetic.

What a stage measures against another time than the target is ``Clock.spent`` (support seconds), ``Clock.allowed`` (the
target's), or elapsed seconds from start to stop. Invariant: a clock of which a stage cannot tell whether it was in time
leaves that stage's denominator and is counted beside it; a stage without events is never kept and never broken.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from upheld.core.compliance.observations import Observation
from upheld.core.compliance.percentages import written
from upheld.core.compliance.scopes import Part, Scope, Standing, judge, scope_of_promise
from upheld.core.compliance.tallies import Tally
from upheld.core.durations import DayMode, Duration, Unit
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.compliance import CompliancePromise, Stage

_TARGET: Final = 100


class Outcome(enum.StrEnum):
    """
    Whether a promise, or a stage of it, was kept; ``not_judged`` without events, or where it does not apply.
    """

    KEPT = "kept"
    BROKEN = "broken"
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """
    What came of a stage: its clocks, the value that was compared (a share in time, a number late, or the average
    share of the time that each clock had), and the sentence's code and facts.
    """

    index: int
    outcome: Outcome
    in_time: int
    late: int
    pending: int
    unobservable: int
    value: Fraction | None
    code: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseResult:
    """
    What came of a promise about many clocks. While clocks are pending it ``is_final`` not: it may still change.
    """

    outcome: Outcome
    stages: tuple[StageResult, ...]
    tally: Tally
    is_final: bool


class _Timing(enum.Enum):
    IN_TIME = enum.auto()
    LATE = enum.auto()
    PENDING = enum.auto()
    UNOBSERVABLE = enum.auto()


@dataclass(slots=True)
class _Count:
    """
    The running sums of one stage; ``spent`` holds, for each limit, the seconds that its clocks spent together.
    """

    stage: Stage
    index: int
    timings: dict[_Timing, int] = field(default_factory=lambda: dict.fromkeys(_Timing, 0))
    spent: dict[Fraction, int] = field(default_factory=dict)

    def add(self, observation: Observation, standing: Standing, plan: Plan, now: Instant) -> None:
        """
        Count a clock that has a verdict, or still runs.
        """
        stage = self.stage
        if stage.within is None and not stage.average and _is_told(stage, standing):
            self.timings[_TOLD[standing.part]] += 1
            return
        measured, limit = _against(stage, observation, plan, now)
        timing = self._timing(observation, standing, measured, limit)
        if limit is not None and timing in (_Timing.IN_TIME, _Timing.LATE):
            self.spent[limit] = self.spent.get(limit, 0) + measured
        self.timings[timing] += 1

    def _timing(self, observation: Observation, standing: Standing, measured: int, limit: Fraction | None) -> _Timing:
        clock = observation.clock
        if limit is None:
            return _Timing.PENDING if clock.is_open and standing.part is Part.PENDING else _Timing.UNOBSERVABLE
        # A stage's own time is "within"; a share of a target is bound as the target is.
        is_exclusive = self.stage.within is None and clock.promise is not None and clock.promise.is_exclusive
        if measured >= limit if is_exclusive else measured > limit:
            return _Timing.LATE
        return _Timing.PENDING if clock.is_open else _Timing.IN_TIME


def judge_promise(
    promise: CompliancePromise, plan: Plan, observations: Iterable[Observation], now: Instant
) -> PromiseResult:
    """
    Return whether a promise about many clocks was kept over the observations of one period, as it stands at ``now``.

    Every stage whose ``events`` holds the number of events applies; all that apply must hold. Raises
    :class:`~upheld.core.compliance.scopes.ComplianceError` ``compliance.condition_not_known``.
    """
    scope: Scope = scope_of_promise(promise, plan)
    counts = [_Count(stage, index) for index, stage in enumerate(promise.stages)]
    standings: dict[Standing, int] = {}
    for observation in observations:
        standing = judge(observation, scope, now)
        standings[standing] = standings.get(standing, 0) + 1
        if standing.part in (Part.MET, Part.BREACHED, Part.PENDING):
            for count in counts:
                count.add(observation, standing, plan, now)
    tally = Tally(standings)
    stages = tuple(_result(count, tally.events) for count in counts)
    pending = tally.pending + sum(each.pending for each in stages)
    return PromiseResult(outcome=_together(stages), stages=stages, tally=tally, is_final=pending == 0)


def _together(stages: tuple[StageResult, ...]) -> Outcome:
    outcomes = {stage.outcome for stage in stages}
    return next((each for each in (Outcome.BROKEN, Outcome.KEPT) if each in outcomes), Outcome.NOT_JUDGED)


_TOLD: Final = {Part.MET: _Timing.IN_TIME, Part.BREACHED: _Timing.LATE, Part.PENDING: _Timing.PENDING}


def _is_told(stage: Stage, standing: Standing) -> bool:
    """
    Return whether a clock's verdict tells all: without another time, or met where the stage asks for no less.
    """
    share = stage.share_of_target
    return share is None or (share >= _TARGET and standing.part is Part.MET)


def _against(stage: Stage, observation: Observation, plan: Plan, now: Instant) -> tuple[int, Fraction | None]:
    """
    Return the seconds that count for a clock and the limit of a stage for it; no limit where it cannot be told.
    """
    clock, within = observation.clock, stage.within
    if within is not None:
        return _elapsed(observation, now) if within.elapsed else clock.spent, _seconds(within, observation, plan)
    share = Fraction(stage.share_of_target or _TARGET) / 100
    return clock.spent, None if clock.allowed is None else clock.allowed * share


def _elapsed(observation: Observation, now: Instant) -> int:
    end = observation.belongs_at("ended")
    return (now if end is None else end) - observation.clock.started_at


def _seconds(within: Duration, observation: Observation, plan: Plan) -> Fraction | None:
    """
    Return the support (or elapsed) seconds of a stage's time; days count where they are days of hours, of the calendar
    that ruled the clock.
    """
    if within.unit is Unit.SECONDS:
        return Fraction(within.count)
    clock = observation.clock
    metric = plan.metrics.get(clock.metric)
    mode = within.mode or (metric.days if metric else None) or plan.days
    rule = plan.calendars.get(clock.promise.calendar) if clock.promise else None
    if within.unit is not Unit.DAYS or mode is not DayMode.HOURS or rule is None or rule.day is None:
        return None
    return Fraction(within.count * rule.day.count)


def _result(count: _Count, events: int) -> StageResult:
    stage, timings = count.stage, count.timings
    in_time, late = timings[_Timing.IN_TIME], timings[_Timing.LATE]
    value: Fraction | None = None
    if stage.events is not None and events not in stage.events:
        outcome, code = Outcome.NOT_JUDGED, "promise.stage_not_applying"
        params = {"events": events, "band": str(stage.events)}
    elif not in_time + late:
        outcome, code, params = Outcome.NOT_JUDGED, "promise.no_events", {}
    elif stage.at_least is not None:
        outcome, value, code, params = _share(stage, in_time, late)
    elif stage.at_most_late is not None:
        value = Fraction(late)
        outcome = Outcome.KEPT if late <= stage.at_most_late else Outcome.BROKEN
        code, params = "promise.late", {"late": late, "events": in_time + late, "at_most": stage.at_most_late}
    else:
        outcome, value, code, params = _average(count, in_time + late)
    return StageResult(
        index=count.index,
        outcome=outcome,
        in_time=in_time,
        late=late,
        pending=timings[_Timing.PENDING],
        unobservable=timings[_Timing.UNOBSERVABLE],
        value=value,
        code=code,
        params=params,
    )


_Judged = tuple[Outcome, Fraction, str, dict[str, Any]]


def _share(stage: Stage, in_time: int, late: int) -> _Judged:
    assert stage.at_least is not None  # noqa: S101  (the caller asked)
    value = Fraction(in_time, in_time + late)
    outcome = Outcome.KEPT if value * 100 >= Fraction(stage.at_least) else Outcome.BROKEN
    share = written(value * 100, [stage.at_least])
    params = {
        "in_time": in_time,
        "events": in_time + late,
        "share": share,
        "at_least": written(Fraction(stage.at_least)),
    }
    return outcome, value, "promise.share", params


def _average(count: _Count, events: int) -> _Judged:
    """
    Return the average judged: the mean of what each clock spent of the time that it had; where all had the same, that
    is the average time against it.
    """
    value = sum((Fraction(spent) / limit for limit, spent in count.spent.items()), Fraction(0)) / events
    outcome = Outcome.KEPT if value <= 1 else Outcome.BROKEN
    return outcome, value, "promise.average", {"events": events, "share": written(value * 100, [Decimal(100)])}
