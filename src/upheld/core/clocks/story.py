"""
A ticket's story: its events read once, as triggers (what starts and stops clocks) and situations (what rules between
them).

Invariant: triggers and situations are in the order in which things happened; a situation holds from its instant until
the next one's. The customer's message ends *waiting on the customer*, whether or not somebody changed the status.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from upheld.core import events as ev
from upheld.core.clocks.clock import Exclusion
from upheld.core.coverage import rule_at
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan

RESOLVED: Final = "resolved"
REOPENED: Final = "reopened"
INTAKE_MISSING: Final = "intake_missing"
HELD: Final = "held"
"""Condition of a ticket whose customer is not entitled (yet): it pauses every clock."""
OUTSIDE: Final = frozenset({ev.Coverage.BEST_EFFORT, ev.Coverage.NOT_COVERED})
"""Verdicts about coverage that take a ticket out of every promise, whatever the rule says."""
NOT_REPRODUCIBLE: Final = "not_reproducible"
CONDITIONS_CHANGED: Final = "conditions_changed"
MOVED: Final = "moved"
"""Word of the triggers at which other rules take over."""


class StoryError(UpheldError):
    """
    Events that tell no story: none at all, no opening, or a severity that the plan does not know.
    """


class Trigger(NamedTuple):
    """
    Something that may start or stop a clock; ``word`` is the plan's word for it.
    """

    at: Instant
    seq: int
    word: str


class Situation(NamedTuple):
    """
    What rules from an instant on: severity in force, tier, whether the customer has telephoned, milestones reached,
    conditions.
    """

    severity: str | None
    tier: str
    phoned: bool
    reached: tuple[str, ...]
    conditions: frozenset[str]


class Agreement(NamedTuple):
    """
    A date that was agreed with the customer, and when.
    """

    at: Instant
    promised_for: Instant


@dataclass(slots=True)
class Story:
    """
    What :func:`tell` found. Lists are in order of time; ``situation_times`` goes beside ``situations``.
    """

    opened: ev.Opened
    triggers: list[Trigger] = field(default_factory=list)
    situation_times: list[Instant] = field(default_factory=list)
    situations: list[Situation] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    left_by_coverage: Exclusion | None = None
    left_by_reproduction: Exclusion | None = None
    exclusions: dict[str | None, ev.ExclusionDecided] = field(default_factory=dict)

    def situation_at(self, instant: Instant) -> Situation:
        """
        Return the situation in force at an instant (the first one before there is any).
        """
        index = bisect_right(self.situation_times, instant)
        return self.situations[index - 1 if index else 0]

    def exclusion_for(self, metric: str) -> Exclusion | None:
        """
        Return why a metric's clocks stand outside the promise: a decision for the metric, for the ticket, its coverage,
        or that the error could not be reproduced.
        """
        if self.exclusions:
            decided = self.exclusions.get(metric) or self.exclusions.get(None)
            if decided is not None:
                return Exclusion(cause=decided.cause, seq=decided.seq) if decided.excluded else None
        return self.left_by_coverage or self.left_by_reproduction


@dataclass(slots=True)
class _Teller:
    """
    The reading of one ticket's events; its fields are the situation so far.
    """

    plan: Plan
    story: Story
    tier: str
    later: Mapping[int, Plan]
    assigned: str | None = None
    urgency: str | None = None
    suggestion: str | None = None
    phoned: bool = False
    reached: tuple[str, ...] = ()
    status: str | None = None
    paused: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def trigger(self, event: ev.Event, word: str) -> None:
        self.story.triggers.append(Trigger(event.effective_at, event.seq, word))

    def severity_before(self) -> str | None:
        """
        Return what the plan says holds before support has assigned a severity.
        """
        before = self.plan.severity_process.until_assigned
        if before == "urgency":
            return None if self.plan.severity_process.confirmed_by_support else self.urgency
        if before == "suggestion":
            return self.suggestion or self.urgency
        if before == "gravest":
            return next(iter(self.plan.severities))
        return None if before == "none" else before

    def known(self, severity: str) -> str:
        if severity not in self.plan.severities:
            raise StoryError("story.unknown_severity", given=severity, known=list(self.plan.severities))
        return severity

    def in_tier(self, tier: str) -> str:
        if tier not in self.plan.tiers:
            raise StoryError("story.unknown_tier", given=tier, known=list(self.plan.tiers))
        return tier

    def settle(self, event: ev.Event) -> None:
        """
        Write down the situation after an event, if it is another one.
        """
        conditions = self.paused | self.others
        if self.status:
            conditions |= {self.status}
        severity = self.assigned if self.assigned is not None else self.severity_before()
        now = Situation(severity, self.tier, self.phoned, self.reached, conditions)
        times, situations, at = self.story.situation_times, self.story.situations, event.effective_at
        if situations:
            last = situations[-1]
            if now == last:
                return
            if conditions != last.conditions:
                self.trigger(event, CONDITIONS_CHANGED)
            if times[-1] == at:
                situations[-1] = now
                return
        times.append(at)
        situations.append(now)


def _opened(tell: _Teller, event: ev.Opened) -> None:
    channel = None if event.channel is None else tell.plan.channels.get(event.channel)
    if channel is not None and channel.kind == "telephone":
        tell.phoned = True
    tell.settle(event)
    tell.trigger(event, "opened")
    if tell.phoned:
        tell.trigger(event, "phoned")


def _message_received(tell: _Teller, event: ev.MessageReceived) -> None:
    if event.automatic or not event.public:
        return
    if tell.status == ev.Status.WAITING_ON_CUSTOMER:
        tell.status = None
    tell.paused -= {ev.Status.WAITING_ON_CUSTOMER.value}
    tell.settle(event)
    tell.trigger(event, "customer_message")


def _message_sent(tell: _Teller, event: ev.MessageSent) -> None:
    if event.public and not event.automatic:
        tell.trigger(event, "reply")


def _acknowledged(tell: _Teller, event: ev.Acknowledged) -> None:
    if not event.automatic:
        tell.trigger(event, "acknowledgement")


def _urgency_stated(tell: _Teller, event: ev.UrgencyStated) -> None:
    if event.urgency in tell.plan.severities:
        tell.urgency = event.urgency
    elif event.urgency in tell.plan.urgencies:
        tell.urgency = tell.plan.urgencies[event.urgency].severity
    tell.settle(event)


def _severity_suggested(tell: _Teller, event: ev.SeveritySuggested) -> None:
    tell.suggestion = None if event.severity is None else tell.known(event.severity)
    tell.settle(event)


def _severity_assigned(tell: _Teller, event: ev.SeverityAssigned) -> None:
    tell.assigned = tell.known(event.severity)
    tell.settle(event)
    tell.trigger(event, "severity_assigned")


def _severity_confirmed(tell: _Teller, event: ev.SeverityConfirmed) -> None:
    tell.assigned = tell.known(event.severity)
    tell.settle(event)
    tell.trigger(event, "severity_confirmed")


def _call_logged(tell: _Teller, event: ev.CallLogged) -> None:
    if event.inbound:
        tell.phoned = True
        tell.settle(event)
    tell.trigger(event, "phoned" if event.inbound else "call_back")


def _status_changed(tell: _Teller, event: ev.StatusChanged) -> None:
    tell.status = event.status
    tell.settle(event)


def _paused(tell: _Teller, event: ev.Paused) -> None:
    tell.paused |= {event.condition}
    tell.settle(event)


def _resumed(tell: _Teller, event: ev.Resumed) -> None:
    tell.paused = frozenset() if event.condition is None else tell.paused - {event.condition}
    if event.condition is None or event.condition == tell.status:
        tell.status = None
    tell.settle(event)


def _intake_requested(tell: _Teller, event: ev.IntakeRequested) -> None:
    tell.others |= {INTAKE_MISSING}
    tell.settle(event)


def _intake_completed(tell: _Teller, event: ev.IntakeCompleted) -> None:
    tell.others -= {INTAKE_MISSING}
    tell.settle(event)
    tell.trigger(event, "intake_completed")


def _coverage_decided(tell: _Teller, event: ev.CoverageDecided) -> None:
    rule = rule_at(tell.plan, event.rule)
    leaves = event.coverage in OUTSIDE or (rule is not None and rule.excluded_from != "nothing")
    tell.story.left_by_coverage = Exclusion(cause=event.coverage.value, seq=event.seq) if leaves else None


def _exclusion_decided(tell: _Teller, event: ev.ExclusionDecided) -> None:
    tell.story.exclusions[event.metric] = event


def _assigned(tell: _Teller, event: ev.Assigned) -> None:
    if event.to is not None:
        tell.trigger(event, "assigned")


def _reproduction_recorded(tell: _Teller, event: ev.ReproductionRecorded) -> None:
    rule = tell.plan.reproduction
    leaves = event.outcome == NOT_REPRODUCIBLE and rule is not None and rule.excluded_from != "nothing"
    tell.story.left_by_reproduction = Exclusion(cause=event.outcome, seq=event.seq) if leaves else None
    if event.outcome == "reproduced":
        tell.trigger(event, "reproduced")


def _workaround_given(tell: _Teller, event: ev.WorkaroundGiven) -> None:
    tell.trigger(event, "workaround")


def _remediation_planned(tell: _Teller, event: ev.RemediationPlanned) -> None:
    tell.trigger(event, "remediation_plan")
    if event.promised_for is not None:
        tell.story.agreements.append(Agreement(event.effective_at, event.promised_for))


def _milestone_reached(tell: _Teller, event: ev.MilestoneReached) -> None:
    if event.milestone not in tell.reached:
        tell.reached = tuple(sorted((*tell.reached, event.milestone)))
    tell.settle(event)
    tell.trigger(event, f"milestone:{event.milestone}")


def _contract_bound(tell: _Teller, event: ev.ContractBound) -> None:
    tell.tier = tell.in_tier(event.tier)
    tell.settle(event)


def _moved(tell: _Teller, event: ev.Event) -> None:
    plan = tell.later.get(event.seq)
    if plan is None:
        return
    tell.plan = plan
    tell.in_tier(tell.tier)
    if (severity := tell.assigned or tell.severity_before()) is not None:
        tell.known(severity)
    tell.settle(event)
    tell.trigger(event, MOVED)


def _resolved(tell: _Teller, event: ev.Resolved) -> None:
    _solved(tell, event)
    tell.settle(event)


def _solved(tell: _Teller, event: ev.Event) -> None:
    if RESOLVED not in tell.others:
        tell.trigger(event, "resolved")
        tell.others |= {RESOLVED}


def _reopened(tell: _Teller, event: ev.Reopened) -> None:
    tell.others -= {RESOLVED}
    tell.settle(event)
    tell.trigger(event, REOPENED)


def _closed(tell: _Teller, event: ev.Closed) -> None:
    _solved(tell, event)
    tell.trigger(event, "closed")
    tell.settle(event)


def _merged(tell: _Teller, event: ev.Merged) -> None:
    tell.trigger(event, "merged")


_READ: Final[Mapping[type[ev.Event], Callable[[_Teller, Any], None]]] = {
    ev.Opened: _opened,
    ev.MessageReceived: _message_received,
    ev.MessageSent: _message_sent,
    ev.Acknowledged: _acknowledged,
    ev.UrgencyStated: _urgency_stated,
    ev.SeveritySuggested: _severity_suggested,
    ev.SeverityAssigned: _severity_assigned,
    ev.SeverityConfirmed: _severity_confirmed,
    ev.CallLogged: _call_logged,
    ev.StatusChanged: _status_changed,
    ev.Paused: _paused,
    ev.Resumed: _resumed,
    ev.IntakeRequested: _intake_requested,
    ev.IntakeCompleted: _intake_completed,
    ev.CoverageDecided: _coverage_decided,
    ev.ExclusionDecided: _exclusion_decided,
    ev.Assigned: _assigned,
    ev.ReproductionRecorded: _reproduction_recorded,
    ev.WorkaroundGiven: _workaround_given,
    ev.RemediationPlanned: _remediation_planned,
    ev.MilestoneReached: _milestone_reached,
    ev.ContractBound: _contract_bound,
    ev.PlanMoved: _moved,
    ev.CalendarMoved: _moved,
    ev.Resolved: _resolved,
    ev.Reopened: _reopened,
    ev.Closed: _closed,
    ev.Merged: _merged,
}
"""What each kind of event tells the clocks; kinds that are not here tell them nothing."""

READ: Final = frozenset(_READ)
"""The kinds of events that are read."""


def tell(events: Iterable[ev.Event], plan: Plan, tier: str, later: Mapping[int, Plan] = MappingProxyType({})) -> Story:
    """
    Return the story of a ticket's events under a plan; ``tier`` is the contract's, until an event binds another one.
    ``later`` holds the plans that took over, by the ``seq`` of the events that moved the ticket to them.
    """
    return tell_ordered(ev.in_order(events), plan, tier, later)


def tell_ordered(
    ordered: list[ev.Event], plan: Plan, tier: str, later: Mapping[int, Plan] = MappingProxyType({})
) -> Story:
    """
    Return the story as :func:`tell` does, of events that are in the order in which they are folded.

    What was stated before or at the opening's own instant (urgency, first severity) counts as known at the opening.
    Raises :class:`StoryError` ``story.empty``, ``story.not_opened``, ``story.unknown_severity`` or
    ``story.unknown_tier``.
    """
    if not ordered:
        raise StoryError("story.empty")
    first = ordered[0]
    opening = first if isinstance(first, ev.Opened) else _opening(ordered)
    teller = _Teller(plan, Story(opening), tier, later)
    teller.in_tier(tier)
    for event in ordered if opening is first else _from_opening(ordered, opening):
        read = _READ.get(type(event))
        if read is not None:
            read(teller, event)
    return teller.story


def _opening(ordered: list[ev.Event]) -> ev.Opened:
    opening = next((event for event in ordered if isinstance(event, ev.Opened)), None)
    if opening is None:
        raise StoryError("story.not_opened", first=ordered[0].kind)
    return opening


def _from_opening(ordered: list[ev.Event], opening: ev.Opened) -> list[ev.Event]:
    """
    Return the events with those from before the opening (a call that led to the ticket) as of the opening, after it.
    """
    at = opening.effective_at
    earlier = [replace(event, effective_at=at) for event in ordered if event.effective_at < at]
    later = [event for event in ordered if event.effective_at >= at and event is not opening]
    return [opening, *earlier, *later]
