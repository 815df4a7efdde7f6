"""
Subjects: what is measured, a metric under some rules on tickets of the same facts.

Invariant: nothing of a single ticket is in a subject, so that it is made once and kept with the rules; what it answers
depends on the situation alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.clocks.clock import Promise
from upheld.core.clocks.rules import Facts, Rules
from upheld.core.clocks.story import CONDITIONS_CHANGED, HELD, INTAKE_MISSING, MOVED, REOPENED, RESOLVED, Situation
from upheld.core.durations import Unit
from upheld.core.plan.model.metrics import AFTER, Metric

ALSO: Final = {"reply": ("acknowledgement",)}
"""What else a word is: a reply acknowledges, too."""

ENDS: Final = frozenset({"merged", "closed", "resolved"})
_ALWAYS: Final = frozenset({MOVED, REOPENED, *ENDS})
"""Words of triggers that matter to every metric."""


class Counting(NamedTuple):
    """
    How a promise is counted: its calendar, and its length where that is one in seconds.
    """

    calendar: CompiledCalendar
    seconds: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """
    A metric under some rules, for tickets of the same facts; answers are kept, for many tickets share them.

    ``words`` is every word that can start, stop or end its cycles, ``pausing`` are the conditions in which its time
    does not count, and ``continues`` says whether a reopened ticket lets its clock go on. ``awaited`` are the metrics
    whose ends start it.
    """

    name: str
    metric: Metric
    facts: Facts
    rules: Rules
    words: frozenset[str]
    pausing: frozenset[str]
    continues: bool
    awaited: tuple[str, ...]
    _promises: dict[Situation, Promise | None] = field(default_factory=dict, repr=False)
    _countings: dict[Situation, Counting] = field(default_factory=dict, repr=False)
    _stops: dict[Situation, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _pauses: dict[frozenset[str], tuple[str, ...]] = field(default_factory=dict, repr=False)

    def promise(self, situation: Situation) -> Promise | None:
        """
        Return what is promised in a situation; see :meth:`Rules.promise`.
        """
        try:
            return self._promises[situation]
        except KeyError:
            found = self._promises[situation] = self.rules.promise(self.name, self.facts, situation)
            return found

    def calendar(self, promise: Promise) -> CompiledCalendar:
        """
        Return the calendar on which a promise of these rules is counted.
        """
        return self.rules.calendar(promise.calendar, promise.severity, self.facts.channel)

    def counting(self, situation: Situation, promise: Promise) -> Counting:
        """
        Return how the promise of a situation is counted.
        """
        found = self._countings.get(situation)
        if found is None:
            calendar, length = self.calendar(promise), promise.length
            seconds = length.count if length is not None and length.unit is Unit.SECONDS else None
            found = self._countings[situation] = Counting(calendar, seconds)
        return found

    def stops(self, situation: Situation) -> tuple[str, ...]:
        """
        Return the words that stop it in a situation, which may be told in another plan's words.
        """
        try:
            return self._stops[situation]
        except KeyError:
            promise = self.promise(situation) if self.rules.knows(situation) else None
            found = (*self.metric.stops_on, *(promise.or_met_by if promise else ()))
            self._stops[situation] = found
            return found

    def pauses(self, conditions: frozenset[str]) -> tuple[str, ...]:
        """
        Return which of the conditions pause it, in the order of the alphabet.
        """
        if not conditions:
            return ()
        found = self._pauses.get(conditions)
        if found is None:
            found = self._pauses[conditions] = tuple(sorted(self.pausing & conditions))
        return found


def subject_of(name: str, metric: Metric, facts: Facts, rules: Rules) -> Subject:
    """
    Return a metric as tickets of some facts have it. ``metric`` is what counts where the plan of the rules does not
    have it.
    """
    if name not in rules.hours.plan.metrics:
        return _made(name, metric, facts, rules)
    found: Subject | None = rules.kept.subjects.get((name, facts))
    if found is None:
        found = rules.kept.subjects[name, facts] = _made(name, rules.hours.plan.metrics[name], facts, rules)
    return found


def _made(name: str, metric: Metric, facts: Facts, rules: Rules) -> Subject:
    continues = metric.on_reopening == "continue"
    awaited = tuple(word.removeprefix(AFTER) for word in metric.starts_on if word.startswith(AFTER))
    return Subject(name, metric, facts, rules, _words(name, metric, rules), _pausing(metric, rules), continues, awaited)


def _words(name: str, metric: Metric, rules: Rules) -> frozenset[str]:
    tiers = rules.hours.plan.tiers.values()
    stops = {
        *metric.stops_on,
        *(word for tier in tiers for each in tier.targets.get(name, ()) for word in each.or_met_by),
    }
    also = {word for word, others in ALSO.items() if stops.intersection(others)}
    conditions = {CONDITIONS_CHANGED} if metric.cancels_while else set()
    return frozenset({*stops, *also, *metric.starts_on, *_ALWAYS, *conditions})


def _pausing(metric: Metric, rules: Rules) -> frozenset[str]:
    pausing = {*metric.pauses_while, *metric.cancels_while, HELD}
    if metric.on_reopening == "continue":
        pausing.add(RESOLVED)
    if rules.hours.plan.intake.missing in ("clock_pauses", "clock_not_started"):
        pausing.add(INTAKE_MISSING)
    return frozenset(pausing)
