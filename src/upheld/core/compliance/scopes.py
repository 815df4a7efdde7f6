"""
Scopes and standings: which clocks a promise about many counts, and where each clock stands towards it, with the reason.

Invariant: the scope is asked before the verdict, so a clock outside of it never shows in numerator or denominator,
however it ended; and a fact that is not known never decides silently.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from upheld.core.clocks.clock import Verdict
from upheld.core.compliance.observations import Observation
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Condition
from upheld.core.plan.model.compliance import CompliancePromise, CreditScheme


class ComplianceError(UpheldError):
    """
    A condition that cannot be judged from what is known of a clock.
    """


class Part(enum.StrEnum):
    """
    The part of a tally that a clock falls into. ``forgiven`` stays in the denominator, but is no violation: an excluded
    breach where the plan lets it leave the numerator only.
    """

    MET = "met"
    BREACHED = "breached"
    FORGIVEN = "forgiven"
    PENDING = "pending"
    ENDED = "ended"
    EXCLUDED = "excluded"
    UNOBSERVABLE = "unobservable"
    NOT_COUNTED = "not_counted"


class Standing(NamedTuple):
    """
    Where a clock stands towards a scope, and why: a code and its facts.
    """

    part: Part
    code: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def params(self) -> dict[str, str]:
        """
        Return the facts by name.
        """
        return dict(self.facts)


MET: Final = Standing(Part.MET, "standing.met")
BREACHED: Final = Standing(Part.BREACHED, "standing.breached")
PENDING: Final = Standing(Part.PENDING, "standing.pending")
UNOBSERVABLE: Final = Standing(Part.UNOBSERVABLE, "standing.unobservable")
_STANDINGS: Final = {
    Verdict.MET: MET,
    Verdict.BREACHED: BREACHED,
    Verdict.PENDING: PENDING,
    Verdict.UNOBSERVABLE: UNOBSERVABLE,
}
CHANNEL_UNKNOWN: Final = Standing(Part.UNOBSERVABLE, "standing.channel_unknown")
NO_TARGET: Final = Standing(Part.NOT_COUNTED, "standing.no_target")
CLOSED: Final = Standing(Part.NOT_COUNTED, "standing.opened_outside_support_hours")

UNKNOWN_KEYS: Final = ("phoned", "product", "reached", "inside", "outside", "answers")
"""Keys of a condition that no fact of a clock answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """
    Which clocks count; an empty set lets every value through. ``channels`` are those of each tier,
    ``regions`` the plan's names for places.

    Without ``exclusions`` every exclusion that was decided takes its clock out; with them, those causes alone.
    """

    metrics: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    components: frozenset[str] = frozenset()
    only_if: Condition = field(default_factory=Condition)
    opened: Literal["any_time", "while_open", "in_support_hours"] = "any_time"
    channels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclusions: frozenset[str] = frozenset()
    excluded_leave: Literal["numerator", "both"] = "both"
    is_conditional: bool = field(init=False, repr=False, compare=False)
    """Whether ``only_if`` asks for anything."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_conditional", bool(self.only_if.model_fields_set))
        for key in UNKNOWN_KEYS:
            if getattr(self.only_if, key) not in (None, (), {}):
                raise ComplianceError("compliance.condition_not_known", key=key)


def scope_of_promise(promise: CompliancePromise, plan: Plan) -> Scope:
    """
    Return the clocks that a promise about many counts.

    Raises :class:`ComplianceError` ``compliance.condition_not_known``.
    """
    return Scope(metrics=frozenset(promise.metrics), only_if=promise, regions=plan.regions)


def scope_of_credits(scheme: CreditScheme, plan: Plan) -> Scope:
    """
    Return the clocks that a credit scheme counts.

    Raises :class:`ComplianceError` ``compliance.condition_not_known``.
    """
    return Scope(
        metrics=frozenset(scheme.metrics),
        tiers=frozenset(scheme.tiers),
        severities=frozenset(scheme.severities),
        components=frozenset(scheme.components),
        only_if=scheme.only_if,
        opened=scheme.opened,
        channels={name: frozenset(tier.channels) for name, tier in plan.tiers.items()},
        regions=plan.regions,
        exclusions=frozenset(scheme.exclusions),
        excluded_leave=scheme.excluded_leave,
    )


def judge(observation: Observation, scope: Scope, now: Instant) -> Standing:
    """
    Return where a clock stands at ``now``, which must not lie before the ticket's last event.

    The first that applies decides: out of scope, without a target, opened at a time that does not count, excluded by a
    decision, and then the verdict.
    """
    return stand(observation, scope, observation.clock.verdict_at(now))


def stand(observation: Observation, scope: Scope, verdict: Verdict) -> Standing:
    """
    Return where a clock stands as :func:`judge` does, by its verdict at that time.
    """
    out = _outside(observation, scope)
    if out is None and scope.opened != "any_time":
        out = _opening(observation, scope)
    return _verdict(observation, scope, verdict) if out is None else out


def _outside(observation: Observation, scope: Scope) -> Standing | None:
    if unwanted := _unwanted(observation, scope):
        return unwanted
    if scope.is_conditional and (unmet := _unmet(observation, scope)):
        return _not_counted("standing.condition_unmet", key=unmet[0], value=unmet[1])
    promise = observation.clock.promise
    # A date agreed with the customer is a due time without a length.
    if promise is None or (promise.length is None and observation.due_at is None):
        return NO_TARGET
    return None


def _unwanted(observation: Observation, scope: Scope) -> Standing | None:
    facts, clock = observation.facts, observation.clock
    if scope.metrics and clock.metric not in scope.metrics:
        return _not_counted("standing.metric_not_in_scope", metric=clock.metric)
    if scope.tiers and facts.tier not in scope.tiers:
        return _not_counted("standing.tier_not_in_scope", tier=facts.tier)
    if scope.severities and (severity := observation.severity) not in scope.severities:
        return _not_counted("standing.severity_not_in_scope", severity=_named(severity))
    if scope.components and facts.component not in scope.components:
        return _not_counted("standing.component_not_in_scope", component=_named(facts.component))
    return None


def _opening(observation: Observation, scope: Scope) -> Standing | None:
    facts = observation.facts
    if facts.channel is None:
        # Closed support hours rule the ticket out over whichever channel it came.
        return CLOSED if scope.opened == "in_support_hours" and not facts.in_support_hours else CHANNEL_UNKNOWN
    if facts.channel not in scope.channels.get(facts.tier, frozenset()):
        return _not_counted("standing.not_a_channel_of_the_tier", channel=facts.channel, tier=facts.tier)
    if scope.opened == "in_support_hours":
        return None if facts.in_support_hours else CLOSED
    if facts.channel_open is None:
        return CHANNEL_UNKNOWN
    return None if facts.channel_open else _not_counted("standing.opened_while_channel_closed", channel=facts.channel)


def _verdict(observation: Observation, scope: Scope, verdict: Verdict) -> Standing:
    clock = observation.clock
    if clock.exclusion and (not scope.exclusions or clock.exclusion.cause in scope.exclusions):
        return _excluded(clock.exclusion.cause, verdict, scope)
    if verdict is Verdict.ENDED:
        return Standing(Part.ENDED, "standing.ended", (("because", _named(clock.ended_because)),))
    return _STANDINGS[verdict]


def _excluded(cause: str, verdict: Verdict, scope: Scope) -> Standing:
    facts = (("cause", cause),)
    if scope.excluded_leave == "numerator" and verdict is Verdict.BREACHED:
        return Standing(Part.FORGIVEN, "standing.forgiven", facts)
    if scope.excluded_leave == "numerator" and verdict is Verdict.MET:
        return MET
    return Standing(Part.EXCLUDED, "standing.excluded", facts)


def _not_counted(code: str, **facts: str) -> Standing:
    return Standing(Part.NOT_COUNTED, code, tuple(facts.items()))


def _named(value: str | None) -> str:
    return "none" if value is None else value


_FACTS: Final[dict[str, Callable[[Observation], str | None]]] = {
    "severity": lambda one: one.severity,
    "channel": lambda one: one.facts.channel,
    "request_type": lambda one: one.facts.request_type,
    "environment": lambda one: one.facts.environment,
    "component": lambda one: one.facts.component,
    "tier": lambda one: one.facts.tier,
    "language": lambda one: one.contract.language,
}


def _unmet(observation: Observation, scope: Scope) -> tuple[str, str] | None:
    """
    Return the first key of the condition that a clock does not fit, and what it has there.
    """
    condition = scope.only_if
    for key, fact in _FACTS.items():
        wanted = getattr(condition, key)
        if wanted and fact(observation) not in wanted:
            return key, _named(fact(observation))
    contract = observation.contract
    wanted = {*condition.region, *(code for name in condition.region for code in scope.regions.get(name, ()))}
    if condition.region and not wanted & set(contract.regions):
        return "region", ", ".join(contract.regions) or "none"
    if condition.add_on and not contract.add_ons & set(condition.add_on):
        return "add_on", ", ".join(sorted(contract.add_ons)) or "none"
    if found := contract.add_ons & set(condition.without_add_on):
        return "without_add_on", ", ".join(sorted(found))
    return None
