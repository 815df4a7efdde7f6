"""
Rules: which promise, on which calendar, holds for a ticket in a situation.

Invariant: the first rule that fits decides; the answer depends on the plan, the contract, the ticket's facts and the
situation, and on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from upheld.core import events as ev
from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.clocks.clock import Promise
from upheld.core.clocks.story import Situation
from upheld.core.durations import Duration, Unit
from upheld.core.errors import UpheldError
from upheld.core.plan.contract import Contract
from upheld.core.plan.model.base import Condition
from upheld.core.plan.model.metrics import Metric, Target
from upheld.core.plan.support_hours import ELAPSED, SupportHours


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


@dataclass(frozen=True, slots=True)
class Rules:
    """
    A plan's rules for one contract; answers are kept, for many tickets share them.
    """

    hours: SupportHours
    contract: Contract
    _promises: dict[tuple[str, Facts, Situation], Promise | None] = field(default_factory=dict, repr=False)
    _calendars: dict[tuple[str, str | None, str | None], CompiledCalendar] = field(default_factory=dict, repr=False)
    _asked: list[frozenset[str]] = field(default_factory=list, repr=False)

    def facts(self, opened: ev.Opened) -> Facts:
        """
        Return the facts of a ticket at its opening.
        """
        asked = self._asked_calendars()
        is_open = frozenset(
            name for name in asked if self.hours.calendar(name, self.contract).is_open(opened.effective_at)
        )
        answers = tuple(sorted(opened.answers.items()))
        component = opened.answers.get("component")
        return Facts(
            opened.channel, opened.request_type, opened.environment, opened.product, component, answers, is_open
        )

    def _asked_calendars(self) -> frozenset[str]:
        """
        Return the calendars that any condition of the plan names in ``inside`` or ``outside``.
        """
        if not self._asked:
            plan = self.hours.plan
            conditions: list[Condition] = [metric.only_if for metric in plan.metrics.values()]
            for tier in plan.tiers.values():
                conditions += tier.hours
                for targets in tier.targets.values():
                    conditions += targets
            self._asked.append(frozenset(name for each in conditions for name in (*each.inside, *each.outside)))
        return self._asked[0]

    def promise(self, metric: str, facts: Facts, situation: Situation) -> Promise | None:
        """
        Return what is promised for a metric, or nothing where the tier promises nothing.
        """
        key = (metric, facts, situation)
        try:
            return self._promises[key]
        except KeyError:
            found = self._promises[key] = self._find(metric, facts, situation)
            return found

    def _find(self, name: str, facts: Facts, situation: Situation) -> Promise | None:
        plan = self.hours.plan
        metric, tier = plan.metrics[name], plan.tiers[situation.tier]
        if not self.fits(metric.only_if, facts, situation):
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
        for index, rule in enumerate(self.hours.plan.tiers[situation.tier].hours):
            if self.fits(rule, facts, situation):
                return f"tiers.{situation.tier}.hours[{index}]", rule.use
        raise RuleError("rule.no_hours", tier=situation.tier)

    def calendar(self, name: str, severity: str | None, channel: str | None) -> CompiledCalendar:
        """
        Return a compiled calendar as it holds for this contract, a severity and a channel.
        """
        key = (name, severity, channel)
        found = self._calendars.get(key)
        if found is None:
            found = self._calendars[key] = self.hours.calendar(name, self.contract, severity=severity, channel=channel)
        return found

    def fits(self, condition: Condition, facts: Facts, situation: Situation) -> bool:
        """
        Return whether every key of a condition fits; one without keys always does.
        """
        if not condition.model_fields_set:
            return True
        own = (
            (condition.severity, situation.severity),
            (condition.channel, facts.channel),
            (condition.request_type, facts.request_type),
            (condition.environment, facts.environment),
            (condition.product, facts.product),
            (condition.component, facts.component),
            (condition.tier, situation.tier),
        )
        if any(wanted and given not in wanted for wanted, given in own):
            return False
        if condition.phoned is not None and condition.phoned != situation.phoned:
            return False
        if condition.reached and not set(condition.reached) & set(situation.reached):
            return False
        return self._fits_contract(condition) and _fits_opening(condition, facts)

    def _fits_contract(self, condition: Condition) -> bool:
        contract = self.contract
        if condition.region and not _in_regions(condition.region, contract.regions, self.hours.plan.regions):
            return False
        if condition.language and contract.language not in condition.language:
            return False
        if condition.add_on and not contract.add_ons & set(condition.add_on):
            return False
        return not contract.add_ons & set(condition.without_add_on)

    def allowed_seconds(self, length: Duration, calendar: CompiledCalendar) -> int | None:
        """
        Return the support seconds of a length, or nothing for days that are not counted in hours.
        """
        if length.unit is Unit.SECONDS:
            return length.count
        if length.unit is Unit.DAYS and (length.mode is None or length.mode.value == "hours"):
            day = calendar.spec.day_seconds
            if day is None:
                raise RuleError("rule.no_day_length", calendar=calendar.name)
            return length.count * day
        return None


def _in_regions(wanted: tuple[str, ...], codes: tuple[str, ...], named: dict[str, tuple[str, ...]]) -> bool:
    own = set(codes)
    return any(region in own or own & set(named.get(region, ())) for region in wanted)


def _fits_opening(condition: Condition, facts: Facts) -> bool:
    if condition.inside and not facts.open_calendars & set(condition.inside):
        return False
    if condition.outside and facts.open_calendars & set(condition.outside):
        return False
    given = dict(facts.answers)
    return all(given.get(question) in wanted for question, wanted in condition.answers.items())
