"""
Explaining a clock: every step that led to its due time, and every stretch that counted or did not.

Invariant: an explanation is computed from the clock and the calendars alone; its counted stretches add up to what the
clock says was spent. Steps are codes and parameters; words are made at the edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from upheld.core.clocks.clock import Change, Clock, Leg, Promise, State, Verdict
from upheld.core.clocks.rules import CALENDAR, Rules
from upheld.core.clocks.stretches import Stretch, StretchKind, stretches
from upheld.core.instants import Instant
from upheld.core.plan.model.base import Condition


@dataclass(frozen=True, slots=True)
class Step:
    """
    One reason, as a code with parameters. Parameters ending in ``_at`` are instants, those ending in ``_seconds``
    lengths.
    """

    code: str
    at: Instant | None
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    Why a clock is due when it is: steps in order of time, then the stretches.
    """

    clock: Clock
    steps: tuple[Step, ...]
    stretches: tuple[Stretch, ...]

    @property
    def counted_seconds(self) -> int:
        """
        The sum of all counted stretches.
        """
        return sum(each.seconds for each in self.stretches if each.kind is StretchKind.COUNTED)


@dataclass(frozen=True, slots=True)
class Standing:
    """
    A clock as it stands at one moment.

    ``share`` is spent over allowed; it and ``left_seconds`` (negative when late) are ``None`` where the due time is not
    a length in hours: targets in days, agreed dates. ``resumes_at`` is when a clock outside hours goes on.
    """

    state: State
    due_at: Instant | None
    spent_seconds: int
    left_seconds: int | None
    share: Fraction | None
    is_at_risk: bool
    resumes_at: Instant | None
    paused_by: tuple[str, ...]


def stand(clock: Clock, rules: Rules, channel: str | None, now: Instant) -> Standing:
    """
    Return how a clock stands at ``now``, which must not lie before the last event that made it.
    """
    leg = clock.legs[-1] if clock.legs else None
    running = clock.is_open and leg is not None and leg.until is None
    resumes = None
    is_open = True
    if running and leg is not None and not leg.paused_by:
        calendar = rules.ruling(leg.ruling).calendar(leg.promise.calendar, leg.promise.severity, channel)
        is_open = calendar.is_open(now)
        resumes = None if is_open else calendar.next_open(now)
    spent = spent_at(clock, rules, channel, now)
    allowed = None if clock.is_agreed else clock.allowed
    share = Fraction(spent, allowed) if allowed else None
    state = _state(clock, now, is_open=is_open, leg=leg)
    at_risk = rules.ruling(clock.ruling).hours.plan.metrics[clock.metric].at_risk
    risky = clock.is_open and share is not None and share * 100 >= Fraction(at_risk) and state is not State.BREACHED
    return Standing(
        state=state,
        due_at=clock.due_at,
        spent_seconds=spent,
        left_seconds=None if allowed is None else allowed - spent,
        share=share,
        is_at_risk=risky,
        resumes_at=resumes if state is State.OUTSIDE_HOURS else None,
        paused_by=leg.paused_by if running and leg is not None else (),
    )


def spent_at(clock: Clock, rules: Rules, channel: str | None, now: Instant) -> int:
    """
    Return the support seconds that a clock has spent at ``now``, which must not lie before the last event that made it.
    """
    leg = clock.legs[-1] if clock.legs else None
    if not clock.is_open or leg is None or leg.until is not None or leg.paused_by:
        return clock.spent
    calendar = rules.ruling(leg.ruling).calendar(leg.promise.calendar, leg.promise.severity, channel)
    return clock.spent + calendar.between(leg.since, max(now, leg.since))


def _state(clock: Clock, now: Instant, *, is_open: bool, leg: Leg | None) -> State:
    verdict = clock.verdict_at(now)
    if verdict is not Verdict.PENDING:
        return State(verdict.value)
    if leg is None or clock.promise is None or (clock.promise.length is None and clock.due_at is None):
        return State.NOT_DUE
    if leg.paused_by:
        return State.PAUSED
    return State.RUNNING if is_open else State.OUTSIDE_HOURS


def explain(clock: Clock, rules: Rules, channel: str | None, now: Instant) -> Explanation:
    """
    Return why a clock is due when it is, with all stretches up to its end, its due time or ``now``, whichever is last.
    """
    return Explanation(clock, tuple(_steps(clock, rules, channel, now)), tuple(stretches(clock, rules, channel, now)))


def _steps(clock: Clock, rules: Rules, channel: str | None, now: Instant) -> Iterator[Step]:
    yield Step(
        "clock.started", clock.started_at, {"by": clock.started_by, "metric": clock.metric, "cycle": clock.cycle}
    )
    if clock.verdict is Verdict.UNOBSERVABLE:
        yield Step("clock.unobservable", None, {"metric": clock.metric})
        return
    started = clock.legs[0].promise if clock.legs else clock.promise
    first = clock.changes[0].before if clock.changes else started
    if first is not None:
        yield _promised(first, clock.started_at)
        yield from _opening_step(clock, first, rules, channel)
    between = [*_changes(clock, rules), *_pauses(clock)]
    yield from sorted(between, key=lambda step: step.at or 0)
    yield from _due_step(clock)
    if clock.exclusion is not None:
        yield Step("clock.excluded", None, {"cause": clock.exclusion.cause})
    yield from _outcome(clock, rules, channel, now)


def _opening_step(clock: Clock, promise: Promise, rules: Rules, channel: str | None) -> Iterator[Step]:
    """
    Say that the clock started outside hours, where it did.
    """
    ruling = clock.legs[0].ruling if clock.legs else clock.ruling
    calendar = rules.ruling(ruling).calendar(promise.calendar, promise.severity, channel)
    if calendar.is_open(clock.started_at) or promise.length is None:
        return
    opens_at = calendar.next_open(clock.started_at)
    was_overtaken = any(change.at < opens_at for change in clock.changes if change.moved != CALENDAR)
    code = "clock.would_roll" if was_overtaken else "clock.rolled"
    yield Step(code, clock.started_at, {"calendar": promise.calendar, "opens_at": opens_at})


_PROMISED: Final[Mapping[str, str]] = {
    "best_effort": "clock.promised_best_effort",
    "none": "clock.promised_none",
    "immediate": "clock.promised_immediate",
    "missing": "clock.promised_missing",
    "agreed": "clock.promised_agreed",
}


def _promised(promise: Promise, at: Instant) -> Step:
    code = _PROMISED.get(promise.kind, "clock.promised")
    if promise.early is not None:
        code = "clock.promised_range"
    elif promise.is_exclusive:
        code = "clock.promised_less_than"
    return Step(code, at, _promise_facts(promise))


def _promise_facts(promise: Promise) -> dict[str, Any]:
    return {
        "severity": promise.severity,
        "kind": promise.kind,
        "length": promise.length,
        "early": promise.early,
        "is_exclusive": promise.is_exclusive,
        "or_agreed": promise.or_agreed,
        "calendar": promise.calendar,
        "rule": promise.rule,
        "hours_rule": promise.hours_rule,
    }


_SEVERITY_CHANGED: Final[Mapping[str, str]] = {
    "go_on": "clock.severity_changed",
    "from_change": "clock.severity_changed_from_change",
    "from_start": "clock.severity_changed_from_start",
    "reconsider": "clock.severity_changed_reconsider",
}
_PROMISE_BEGAN: Final[Mapping[str, str]] = {
    "from_change": "clock.promise_began_from_change",
    "from_start": "clock.promise_began_from_start",
    "reconsider": "clock.promise_began_from_start",
}


def _changes(clock: Clock, rules: Rules) -> Iterator[Step]:
    """
    Yield what each change of the promise did; one that changed nothing for the customer is not told.
    """
    for change in clock.changes:
        if change.moved:
            yield from _moved(change)
            continue
        code = _change_code(change, rules)
        if code is None:
            continue
        facts: dict[str, Any] = {} if change.after is None else _promise_facts(change.after)
        old = change.before
        facts |= {"old_severity": old.severity if old else None, "old_calendar": old.calendar if old else None}
        yield Step(code, change.at, facts)


def _moved(change: Change) -> Iterator[Step]:
    """
    Tell a move with both due times; one to other calendars that moved no due time is not told.
    """
    dues = {"due_before_at": change.due_before, "due_after_at": change.due_after}
    if change.moved == CALENDAR:
        if change.due_before != change.due_after:
            yield Step("clock.calendar_moved", change.at, dues)
        return
    after = change.after
    facts = {**dues, **({} if after is None else _promise_facts(after))}
    if after is None or after.length is None:
        yield Step("clock.plan_moved_untimed", change.at, facts)
    else:
        yield Step(_PLAN_MOVED[change.how], change.at, facts)


_PLAN_MOVED: Final[Mapping[str, str]] = {
    "go_on": "clock.plan_moved",
    "from_change": "clock.plan_moved_from_change",
    "from_start": "clock.plan_moved_from_start",
}


def _change_code(change: Change, rules: Rules) -> str | None:
    before, after = change.before, change.after
    if after is None:
        return "clock.promise_ended"
    if before is None:
        return "clock.promise_began_untimed" if after.length is None else _PROMISE_BEGAN[change.how]
    if change.how == "go_on" and before.severity == after.severity:
        return _calendar_code(before, after, rules)
    is_severity = before.severity != after.severity
    if after.length is None and change.how != "go_on":
        return "clock.severity_changed_untimed" if is_severity else "clock.target_changed_untimed"
    # A target that changes under the same severity is always counted from the start.
    return _SEVERITY_CHANGED[change.how] if is_severity else "clock.target_changed_from_start"


def _calendar_code(before: Promise, after: Promise, rules: Rules) -> str | None:
    if before.calendar == after.calendar:
        return None
    return "clock.phoned" if _asks_for_a_call(after, rules) else "clock.calendar_changed"


def _asks_for_a_call(promise: Promise, rules: Rules) -> bool:
    """
    Return whether the rule that chose the calendar holds only for tickets about which the customer has telephoned.
    """
    for name, tier in rules.hours.plan.tiers.items():
        places: dict[str, Condition] = {f"tiers.{name}.hours[{at}]": rule for at, rule in enumerate(tier.hours)}
        if promise.hours_rule in places:
            return places[promise.hours_rule].phoned is True
    return False


def _pauses(clock: Clock) -> Iterator[Step]:
    """
    Yield each pause once, however many changes fell into it.
    """
    pauses: list[Leg] = []
    for leg in clock.legs:
        if pauses and (pauses[-1].until, pauses[-1].paused_by) == (leg.since, leg.paused_by):
            pauses[-1] = pauses[-1]._replace(until=leg.until)
        elif leg.paused_by:
            pauses.append(leg)
    for each in pauses:
        code = "clock.paused_since" if each.until is None else "clock.paused"
        yield Step(code, each.since, {"conditions": each.paused_by, "until_at": each.until})


def _due_step(clock: Clock) -> Iterator[Step]:
    promise = clock.promise
    facts = {"due_at": clock.due_at}
    if clock.due_at is None:
        if promise is not None and promise.kind == "agreed" and clock.is_open:
            yield Step("clock.not_agreed", None, {})
    elif clock.is_agreed:
        yield Step("clock.agreed", clock.due_at, facts)
    elif clock.early_at is not None:
        yield Step("clock.due_range", clock.due_at, {"early_at": clock.early_at, **facts})
    elif promise is not None and promise.is_exclusive:
        yield Step("clock.due_before", clock.due_at, facts)
    else:
        yield Step("clock.due", clock.due_at, facts)


def _outcome(clock: Clock, rules: Rules, channel: str | None, now: Instant) -> Iterator[Step]:
    """
    Say how it ended, or how it stands.
    """
    breached = clock.is_breached_at(now)
    end = clock.stopped_at if clock.stopped_at is not None else clock.ended_at
    late = None if clock.due_at is None else (now if end is None else end) - clock.due_at
    facts: dict[str, Any] = {"late_elapsed_seconds": late}
    if clock.stopped_at is not None:
        yield _stopped(clock, facts)
    elif clock.ended_at is not None:
        code = "clock.ended_breached" if breached else "clock.ended"
        yield Step(code, clock.ended_at, {**facts, "because": clock.ended_because, "ended_at": clock.ended_at})
    elif breached:
        yield Step("clock.overdue", now, facts)
    else:
        yield from _standing_step(clock, stand(clock, rules, channel, now), now)


def _stopped(clock: Clock, facts: Mapping[str, Any]) -> Step:
    """
    Say what stopped it, and whether that was in time.
    """
    facts = {**facts, "stopped_at": clock.stopped_at, "by": clock.stopped_by}
    if clock.verdict is Verdict.MET:
        used = {"spent_seconds": clock.spent, "allowed_seconds": clock.allowed}
        return Step("clock.met", clock.stopped_at, {**facts, **used})
    if clock.verdict is Verdict.BREACHED:
        overrun = None if clock.allowed is None else clock.spent - clock.allowed
        return Step("clock.breached", clock.stopped_at, {**facts, "overrun_seconds": overrun})
    return Step("clock.done", clock.stopped_at, facts)


def _standing_step(clock: Clock, standing: Standing, now: Instant) -> Iterator[Step]:
    """
    Say how an open clock stands that is not late.
    """
    facts = {"spent_seconds": standing.spent_seconds, "left_seconds": standing.left_seconds}
    if standing.state is State.PAUSED and clock.due_at is None:
        yield Step("clock.waits", None, {"conditions": standing.paused_by, **facts})
    elif standing.resumes_at is not None:
        yield Step("clock.outside_hours", now, {"resumes_at": standing.resumes_at, **facts})
    elif standing.left_seconds is not None:
        yield Step("clock.at_risk" if standing.is_at_risk else "clock.running", now, facts)
    elif clock.due_at is not None:
        yield Step("clock.open", now, {"to_go_elapsed_seconds": clock.due_at - now})
