"""
Rules: which promise, on which calendar, holds for a ticket in a situation.

Invariant: the first rule that fits decides; the answer depends on the plan, the contract, the ticket's facts and the
situation, and on nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from upheld.core import events as ev
from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.clocks.clock import Promise
from upheld.core.clocks.story import Situation
from upheld.core.durations import DayMode, Duration, Unit
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant
from upheld.core.plan.circumstances import Circumstances, fits
from upheld.core.plan.contract import Contract
from upheld.core.plan.model.base import Condition
from upheld.core.plan.model.metrics import Metric, Target
from upheld.core.plan.support_hours import ELAPSED, SupportHours
from upheld.core.severity.answers import TicketFields, known_answers


class RuleError(UpheldError):
    """
    A plan that gives no answer where it must.
    """


class Facts(NamedTuple):
    """
    What a ticket is about, fixed at its opening. ``open_calendars`` are the calendars open at the opening that any
    rule asks for.
    """

    channel: str | None
    request_type: str | None
    environment: str | None
    product: str | None
    component: str | None
    answers: tuple[tuple[str, str], ...]
    open_calendars: frozenset[str]


MoveKind: TypeAlias = Literal["plan", "calendar"]
PLAN: Final = "plan"
CALENDAR: Final = "calendar"


class Move(NamedTuple):
    """
    Where other rules took over: the event that says so (its instant and ``seq``), whether another plan version or other
    calendars came, and the rules that held before it.
    """

    at: Instant
    seq: int
    kind: MoveKind
    before: Rules


@dataclass(slots=True)
class Kept:
    """
    What was asked of rules before, for many tickets ask the same.
    """

    promises: dict[tuple[str, Facts, Situation], Promise | None] = field(default_factory=dict)
    hours: dict[tuple[Facts, Situation], tuple[str, str]] = field(default_factory=dict)
    calendars: dict[tuple[str, str | None, str | None], CompiledCalendar] = field(default_factory=dict)
    asked: frozenset[str] | None = None
    facts: dict[Hashable, Facts] = field(default_factory=dict)
    metrics: dict[tuple[int, ...], Any] = field(default_factory=dict)
    """Kept for the fold: the metrics under these rules and those before them."""
    subjects: dict[tuple[str, Facts], Any] = field(default_factory=dict)
    """Kept for the fold: each metric as tickets of some facts have it."""
    openings: dict[tuple[Facts, Situation], tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """Kept for the fold: the calendars of support and of the ticket's channel."""


@dataclass(frozen=True, slots=True)
class Rules:
    """
    A plan's rules for one contract; answers are kept, for many tickets share them.

    ``moves`` says which other rules held for this ticket before, in the order in which things happened; most tickets
    have none. These rules are those that hold in the end.
    """

    hours: SupportHours
    contract: Contract
    moves: tuple[Move, ...] = ()
    kept: Kept = field(default_factory=Kept, repr=False, compare=False)

    def under(self, contract: Contract) -> Rules:
        """
        Return the same rules for another contract; where no condition can tell the two apart, answers stay shared.
        """
        same, other = (replace(each, customer="", contract="", fee=None) for each in (self.contract, contract))
        return replace(self, contract=contract) if same == other else Rules(self.hours, contract)

    def ruling(self, index: int) -> Rules:
        """
        Return the rules that held after ``index`` moves: the first ones for 0.
        """
        return self.moves[index].before if index < len(self.moves) else self

    def rulings(self) -> tuple[Rules, ...]:
        """
        Return all rules that ever held for the ticket, the first ones first.
        """
        return (*[move.before for move in self.moves], self)

    def facts(self, opened: ev.Opened) -> Facts:
        """
        Return the facts of a ticket at its opening.
        """
        is_open = self._asked_calendars()
        if is_open:
            at = opened.effective_at
            is_open = frozenset(name for name in is_open if self.hours.calendar(name, self.contract).is_open(at))
        given = tuple(opened.answers.items())
        key = (opened.channel, opened.request_type, opened.environment, opened.product, given, is_open)
        found = self.kept.facts.get(key)
        if found is None:
            found = self.kept.facts[key] = self._facts_of(opened, is_open)
        return found

    def _facts_of(self, opened: ev.Opened, is_open: frozenset[str]) -> Facts:
        fields = TicketFields(opened.environment, opened.request_type, opened.product)
        answers = tuple(sorted(known_answers(self.hours.plan, opened.answers, fields).items()))
        component = opened.answers.get("component")
        return Facts(
            opened.channel, opened.request_type, opened.environment, opened.product, component, answers, is_open
        )

    def upto(self, events: Iterable[ev.Event]) -> Rules:
        """
        Return the rules as they were before the first move that is not among the events.
        """
        if not self.moves:
            return self
        known = {event.seq for event in events}
        told = next((at for at, move in enumerate(self.moves) if move.seq not in known), len(self.moves))
        return self if told == len(self.moves) else self.moves[told].before.after(self.moves[:told])

    def after(self, moves: tuple[Move, ...]) -> Rules:
        """
        Return the same rules for a ticket that was moved to them.
        """
        return Rules(self.hours, self.contract, moves, self.kept)

    def knows(self, situation: Situation) -> bool:
        """
        Return whether the plan has the tier and the severity of a situation, which may be told in another plan's words.
        """
        plan = self.hours.plan
        return situation.tier in plan.tiers and (situation.severity is None or situation.severity in plan.severities)

    def _asked_calendars(self) -> frozenset[str]:
        """
        Return the calendars that any condition of the plan names in ``inside`` or ``outside``.
        """
        if self.kept.asked is None:
            plan = self.hours.plan
            conditions: list[Condition] = [metric.only_if for metric in plan.metrics.values()]
            for tier in plan.tiers.values():
                conditions += tier.hours
                for targets in tier.targets.values():
                    conditions += targets
            self.kept.asked = frozenset(name for each in conditions for name in (*each.inside, *each.outside))
        return self.kept.asked

    def promise(self, metric: str, facts: Facts, situation: Situation) -> Promise | None:
        """
        Return what is promised for a metric, or nothing where the tier promises nothing.
        """
        key = (metric, facts, situation)
        try:
            return self.kept.promises[key]
        except KeyError:
            found = self.kept.promises[key] = self._find(metric, facts, situation)
            return found

    def _find(self, name: str, facts: Facts, situation: Situation) -> Promise | None:
        plan = self.hours.plan
        metric, tier = plan.metrics.get(name), plan.tiers[situation.tier]
        if metric is None or not self.fits(metric.only_if, facts, situation):
            return None
        for index, target in enumerate(tier.targets.get(name, ())):
            if self.fits(target, facts, situation):
                place = f"tiers.{situation.tier}.targets.{name}[{index}]"
                return self._promise(metric, target, place, facts, situation)
        return None

    def _promise(self, metric: Metric, target: Target, place: str, facts: Facts, situation: Situation) -> Promise:
        default = metric.days or self.hours.plan.days
        length = target.within.with_mode(default) if target.within else None
        early = target.early.with_mode(default) if target.early else None
        hours_rule, calendar = self.calendar_rule(facts, situation)
        if length is not None and length.elapsed:
            calendar = ELAPSED
        elif target.use:
            hours_rule, calendar = f"{place}.use", target.use
        return Promise(
            rule=place,
            severity=situation.severity,
            kind=target.kind,
            length=length,
            early=early,
            is_exclusive=target.bound == "exclusive",
            calendar=calendar,
            hours_rule=hours_rule,
            or_met_by=target.or_met_by,
            or_agreed=target.or_agreed,
        )

    def calendar_rule(self, facts: Facts, situation: Situation) -> tuple[str, str]:
        """
        Return (place in the plan, calendar) of the hours rule that decides.

        Raises :class:`RuleError` ``rule.no_hours`` where none fits.
        """
        key = (facts, situation)
        try:
            return self.kept.hours[key]
        except KeyError:
            found = self.kept.hours[key] = self._find_hours(facts, situation)
            return found

    def _find_hours(self, facts: Facts, situation: Situation) -> tuple[str, str]:
        for index, rule in enumerate(self.hours.plan.tiers[situation.tier].hours):
            if self.fits(rule, facts, situation):
                return f"tiers.{situation.tier}.hours[{index}]", rule.use
        raise RuleError("rule.no_hours", tier=situation.tier)

    def calendar(self, name: str, severity: str | None, channel: str | None) -> CompiledCalendar:
        """
        Return a compiled calendar as it holds for this contract, a severity and a channel.
        """
        key, kept = (name, severity, channel), self.kept.calendars
        found = kept.get(key)
        if found is None:
            found = kept[key] = self.hours.calendar(name, self.contract, severity=severity, channel=channel)
        return found

    def fits(self, condition: Condition, facts: Facts, situation: Situation) -> bool:
        """
        Return whether every key of a condition fits; one without keys always does.
        """
        if not condition.model_fields_set:
            return True
        return fits(condition, self.circumstances(facts, situation), self.hours.plan)

    def circumstances(self, facts: Facts, situation: Situation) -> Circumstances:
        """
        Return what conditions ask of a ticket in a situation, under this contract.
        """
        return Circumstances(
            tier=situation.tier,
            severity=situation.severity,
            channel=facts.channel,
            phoned=situation.phoned,
            request_type=facts.request_type,
            environment=facts.environment,
            product=facts.product,
            component=facts.component,
            reached=situation.reached,
            regions=self.contract.regions,
            language=self.contract.language,
            add_ons=self.contract.add_ons,
            answers=facts.answers,
            open_calendars=facts.open_calendars,
        )


def allowed_seconds(length: Duration, calendar: CompiledCalendar) -> int | None:
    """
    Return the support seconds of a length, or nothing for days that are not counted in hours.
    """
    if length.unit is Unit.SECONDS:
        return length.count
    if length.unit is Unit.DAYS and (length.mode is None or length.mode is DayMode.HOURS):
        day = calendar.spec.day_seconds
        if day is None:
            raise RuleError("rule.no_day_length", calendar=calendar.name)
        return length.count * day
    return None


def moved(first: Rules, steps: Iterable[tuple[Instant, int, MoveKind, Rules]]) -> Rules:
    """
    Return the rules of a ticket that began under ``first``; each step is (instant, ``seq`` of the event, what moved,
    the rules from then on), in the order in which things happened.
    """
    moves: list[Move] = []
    ruling = first
    for at, seq, kind, following in steps:
        moves.append(Move(at, seq, kind, ruling))
        ruling = following
    return ruling.after(tuple(moves)) if moves else first


def followed(rules: Rules, at: Instant, seq: int, kind: MoveKind, following: Rules) -> Rules:
    """
    Return the rules of a ticket that moves on from those that it had; arguments as a step of :func:`moved`.
    """
    last = rules.after(()) if rules.moves else rules
    return following.after((*rules.moves, Move(at, seq, kind, last)))
