"""
The fold: a ticket's events and a plan's rules become clocks.

Invariant: pure and total over time; the same events, rules and holiday lists give the same clocks, and a later event
can change only what it was effective for. Nothing here asks what time it is now.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from upheld.core import events as ev
from upheld.core.clocks.clock import Clock, TicketClocks, Verdict
from upheld.core.clocks.cycles import Cycles
from upheld.core.clocks.rules import Facts, Rules
from upheld.core.clocks.runs import Subjects
from upheld.core.clocks.story import Situation, Story, tell_ordered
from upheld.core.clocks.subjects import subject_of
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.metrics import AFTER, MILESTONE, Metric

KINDS_OF_WORDS: Final[dict[str, frozenset[str]]] = {
    "opened": frozenset({"opened"}),
    "customer_message": frozenset({"message_received"}),
    "reply": frozenset({"message_sent"}),
    "acknowledgement": frozenset({"acknowledged", "message_sent"}),
    "call_back": frozenset({"call_logged"}),
    "phoned": frozenset({"call_logged"}),
    "severity_assigned": frozenset({"severity_assigned"}),
    "severity_confirmed": frozenset({"severity_confirmed"}),
    "assigned": frozenset({"assigned"}),
    "workaround": frozenset({"workaround_given"}),
    "remediation_plan": frozenset({"remediation_planned"}),
    "reproduced": frozenset({"reproduction_recorded"}),
    "resolved": frozenset({"resolved", "closed"}),
    "closed": frozenset({"closed"}),
    "intake_completed": frozenset({"intake_completed"}),
}
"""Which kinds of events can show what starts or stops a clock."""


def fold(events: Iterable[ev.Event], rules: Rules, *, observed: frozenset[str] | None = None) -> TicketClocks:
    """
    Return all clocks of one ticket, in the order of the plan's metrics and their cycles.

    ``observed`` names the kinds of events that the source can show at all (``None``: every kind), of which the opening
    may leave some. A metric whose start or stop it cannot show gives one clock with the verdict *unobservable*.

    Raises :class:`~upheld.core.clocks.story.StoryError`, :class:`~upheld.core.clocks.rules.RuleError`, and
    :class:`~upheld.core.calendars.errors.CalendarError` for instants beyond the compiled calendars.
    """
    told = read(events, rules, observed=observed)
    clocks = told.clocks(told.metrics.order)
    in_order = [clock for name in told.metrics.every if name in clocks for clock in clocks[name]]
    return told.ticket(tuple(in_order))


def read(events: Iterable[ev.Event], rules: Rules, *, observed: frozenset[str] | None = None) -> Told:
    """
    Return what is known of a ticket before any clock is made; arguments and errors are those of :func:`fold`.
    """
    given = ev.in_order(events)
    rules = rules.upto(given)
    story = _story(given, rules)
    if story.opened.observed is not None:
        known = frozenset(story.opened.observed)
        observed = known if observed is None else observed & known
    opened = story.opened
    facts = tuple([each.facts(opened) for each in rules.rulings()]) if rules.moves else (rules.facts(opened),)
    return Told(story, rules, facts, observed, _metrics(rules))


class Metrics(NamedTuple):
    """
    The metrics of all ``plans`` that ruled a ticket, as the last that has them says, those of the last plan first; and
    their names in the ``order`` in which their clocks are made, each after those on which its own depend in any plan.
    """

    plans: tuple[Plan, ...]
    every: Mapping[str, Metric]
    order: tuple[str, ...]
    shown: dict[tuple[str, frozenset[str]], bool]
    """Kept: whether a source that shows some kinds of events shows a metric."""


class Told(NamedTuple):
    """
    A ticket's story with the rules and the facts that hold for it; ``facts`` has one entry for each of the rulings.
    """

    story: Story
    rules: Rules
    facts: tuple[Facts, ...]
    observed: frozenset[str] | None
    metrics: Metrics

    def clocks(self, names: Iterable[str]) -> dict[str, list[Clock]]:
        """
        Return the clocks of some metrics, each named after those on which its own clocks depend.
        """
        metrics = self.metrics.every
        clocks: dict[str, list[Clock]] = {}
        promised = self._promised()
        for name in names:
            if name not in promised:
                continue
            if self.observed is not None and not self._shows(name, metrics[name], self.observed):
                clocks[name] = _unobservable(name, self.story, self.facts[0], self.rules.ruling(0))
            else:
                clocks[name] = Cycles(self._subjects(name, metrics[name]), clocks).run()
        return clocks

    def _promised(self) -> Container[str]:
        """
        Return the metrics for which any tier that the ticket was under has targets.
        """
        tiers, plans = {situation.tier for situation in self.story.situations}, self.metrics.plans
        if len(tiers) == len(plans) == 1:
            return plans[0].tiers[tiers.pop()].targets
        return {name for plan in plans for tier in tiers if tier in plan.tiers for name in plan.tiers[tier].targets}

    def _shows(self, name: str, metric: Metric, observed: frozenset[str]) -> bool:
        kept, key = self.metrics.shown, (name, observed)
        if key not in kept:
            kept[key] = can_show(metric, observed)
        return kept[key]

    def _subjects(self, name: str, last: Metric) -> Subjects:
        """
        Return a metric under each of the rules; where a plan does not have it, as the nearest one that does.
        """
        rules, facts = self.rules, self.facts
        if not rules.moves:
            return Subjects(self.story, (subject_of(name, last, facts[0], rules),))
        each = [subject_of(name, last, fact, ruling) for fact, ruling in zip(facts, rules.rulings(), strict=True)]
        return Subjects(self.story, tuple(each), rules.moves)

    def ticket(self, clocks: tuple[Clock, ...], *, opening: bool = True) -> TicketClocks:
        """
        Return the ticket with its clocks. Without ``opening`` nothing is said of whether channel and support were open.
        """
        story, facts, rules = self.story, self.facts[0], self.rules.ruling(0)
        opened_at = story.opened.effective_at
        first, last = story.situation_at(opened_at), story.situations[-1]
        support, channels = _hours_for(rules, facts, first)
        return TicketClocks(
            opened_at=opened_at,
            tier=last.tier,
            channel=facts.channel,
            severity=last.severity,
            request_type=facts.request_type,
            environment=facts.environment,
            component=facts.component,
            channel_open=_channel_open(channels, opened_at, facts, first, rules) if opening else None,
            in_support_hours=opening and _is_open(support, rules, first, facts.channel, opened_at),
            clocks=clocks,
        )


def story_of(events: Iterable[ev.Event], rules: Rules) -> Story:
    """
    Return the story of a ticket's events, each told under the plan that ruled then; raises as :func:`tell` does.
    """
    return _story(ev.in_order(events), rules)


def _story(ordered: list[ev.Event], rules: Rules) -> Story:
    if not rules.moves:
        return tell_ordered(ordered, rules.hours.plan, rules.contract.tier)
    return tell_ordered(ordered, rules.ruling(0).hours.plan, rules.contract.tier, _later(rules))


def _later(rules: Rules) -> dict[int, Plan]:
    """
    Return the plans that took over, by the ``seq`` of the events at which they did.
    """
    following = rules.rulings()[1:]
    return {move.seq: ruling.hours.plan for move, ruling in zip(rules.moves, following, strict=True)}


def metrics_in_order(rules: Rules) -> tuple[str, ...]:
    """
    Return the metrics of the plan, and of the versions that ruled before, each after those on whose clocks its own
    depend in any of them.
    """
    return _metrics(rules).order


def _metrics(rules: Rules) -> Metrics:
    """
    Return the metrics under rules and those before them; kept with the rules, for many tickets share them.
    """
    plan = rules.hours.plan
    before = [move.before.hours.plan for move in rules.moves]
    # Other calendars come with the same plan: nothing has to be put together.
    key = tuple([id(each) for each in before]) if any(each is not plan for each in before) else ()
    found: Metrics | None = rules.kept.metrics.get(key)
    if found is None:
        plans = (*before, plan) if key else (plan,)
        every: dict[str, Metric] = {}
        for each in reversed(plans):
            for name, metric in each.metrics.items():
                every.setdefault(name, metric)
        found = rules.kept.metrics[key] = Metrics(plans, every, _ordered(plans, every), {})
    return found


def _ordered(plans: Sequence[Plan], every: Mapping[str, Metric]) -> tuple[str, ...]:
    ordered: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in ordered or name in above:
            return
        for metric in [plan.metrics[name] for plan in plans if name in plan.metrics]:
            needed = [metric.after] if metric.after else []
            needed += [word.removeprefix(AFTER) for word in metric.starts_on if word.startswith(AFTER)]
            for each in needed:
                if any(each in plan.metrics for plan in plans):
                    visit(each, (*above, name))
        ordered[name] = None

    for name in every:
        visit(name, ())
    return tuple(ordered)


def can_show(metric: Metric, observed: frozenset[str]) -> bool:
    """
    Return whether a source that shows only some kinds of events can start and stop a metric's clocks.
    """

    def shows(word: str) -> bool:
        if word.startswith(AFTER):
            return True
        if word.startswith(MILESTONE):
            return "milestone_reached" in observed
        return bool(KINDS_OF_WORDS.get(word, frozenset()) & observed)

    return any(map(shows, metric.starts_on)) and any(map(shows, metric.stops_on))


def _unobservable(name: str, story: Story, facts: Facts, rules: Rules) -> list[Clock]:
    """
    Return the one clock that says that the facts cannot tell, or none where nothing is promised.
    """
    situation = story.situation_at(story.opened.effective_at)
    promise = rules.promise(name, facts, situation)
    if promise is None or promise.kind == "none":
        return []
    return [
        Clock(
            metric=name,
            cycle=1,
            started_at=story.opened.effective_at,
            started_by="opened",
            start_seq=story.opened.seq,
            promise=promise,
            legs=(),
            due_at=None,
            early_at=None,
            stopped_at=None,
            stopped_by=None,
            stop_seq=None,
            breached_at=None,
            ended_at=story.opened.effective_at,
            ended_because="unobservable",
            spent=0,
            allowed=None,
            verdict=Verdict.UNOBSERVABLE,
            exclusion=story.exclusion_for(name),
        )
    ]


def _is_open(calendar: str, rules: Rules, situation: Situation, channel: str | None, at: Instant) -> bool:
    return rules.calendar(calendar, situation.severity, channel).is_open(at)


def _hours_for(rules: Rules, facts: Facts, situation: Situation) -> tuple[str, tuple[str, ...]]:
    """
    Return the calendar of the support hours in a situation, and those during which the ticket's channel is open; kept
    with the rules, for many tickets share them.
    """
    key = (facts, situation)
    found = rules.kept.openings.get(key)
    if found is None:
        _, support = rules.calendar_rule(facts, situation)
        openings = (
            () if facts.channel is None else rules.hours.plan.tiers[situation.tier].channels.get(facts.channel, ())
        )
        fitting = [each for each in openings if not each.severities or situation.severity in each.severities]
        names = [support if each.open == "support_hours" else each.open for each in fitting]
        found = rules.kept.openings[key] = support, tuple(names)
    return found


def _channel_open(names: tuple[str, ...], at: Instant, facts: Facts, first: Situation, rules: Rules) -> bool | None:
    """
    Return whether the ticket's channel belongs to the tier and was open; nothing where the channel is not known.
    """
    if facts.channel is None:
        return None
    return any(_is_open(name, rules, first, facts.channel, at) for name in names)
