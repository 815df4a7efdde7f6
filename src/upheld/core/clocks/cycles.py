"""
The cycles of one metric on one ticket: what starts, stops and ends them.

Invariant: the triggers of a story are walked once, in order; what a cycle comes to is measured, never kept here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from upheld.core.clocks.clock import Clock, Verdict
from upheld.core.clocks.measure import measure
from upheld.core.clocks.rules import PLAN
from upheld.core.clocks.runs import Measured, Run, Subjects
from upheld.core.clocks.story import CONDITIONS_CHANGED, MOVED, REOPENED, RESOLVED, Story, Trigger
from upheld.core.clocks.subjects import ALSO, ENDS, Subject
from upheld.core.durations import Unit
from upheld.core.instants import Instant
from upheld.core.plan.model.metrics import AFTER, Metric

_NOTHING_WHEN_RESOLVED: Final = frozenset(
    {"customer_message", "reply", "phoned", "assigned", "severity_assigned", "severity_confirmed", "intake_completed"}
)
"""What starts nothing on a resolved ticket: thanks and farewells; reopening it does."""


@dataclass(slots=True)
class Cycles:
    """
    The cycles of one metric on one ticket, found by walking the triggers once; ``others`` are the clocks of the
    metrics before it.
    """

    subjects: Subjects
    others: dict[str, list[Clock]]
    ruling: int = 0
    """After how many moves of the ticket we are."""
    found: list[Clock] = field(default_factory=list)
    current: Run | None = None
    waiting: str | None = None
    idle_since: Instant | None = None
    """Since when nothing is owed of the current cycle; it goes on when that ends, or ends there."""
    is_over: bool = False
    story: Story = field(init=False)
    subject: Subject = field(init=False)
    """The metric as it rules: by the rules of the last move, or by those that the current cycle keeps."""
    metric: Metric = field(init=False)

    def __post_init__(self) -> None:
        self.story = self.subjects.story
        self._rule()

    def _rule(self) -> None:
        """
        Note which rules hold: to be done whenever the ticket moved or a cycle is over.
        """
        kept = self.current.kept if self.current is not None else None
        self.subject = self.subjects.each[self.ruling if kept is None else kept]
        self.metric = self.subject.metric

    def run(self) -> list[Clock]:
        """
        Return all cycles, in order.
        """
        words = self.subjects.words if self.subjects.moves else self.subject.words
        for trigger in self._triggers() if self.subject.awaited else self.story.triggers:
            if trigger.word in words:
                self._take(trigger)
        if self.idle_since is not None:
            self._end_idle()
        if self.current is not None:
            self._finish(self.current)
        return self.found

    def _end_idle(self) -> None:
        """
        End the current cycle where nothing was owed of it any more, unless it was broken before.
        """
        run, since = self.current, self.idle_since
        self.idle_since = None
        if run is None or since is None or not run.is_running or self._is_broken(run, since):
            return
        run.ended_at, run.ended_because = since, "nothing_owed"
        self._finish(run)

    def _triggers(self) -> list[Trigger]:
        """
        Return the story's triggers with the ends of the clocks on which this metric waits.
        """
        ends = [
            Trigger(clock.stopped_at, clock.stop_seq or 0, f"{AFTER}{name}")
            for name in self.subject.awaited
            for clock in self.others.get(name, ())
            if clock.stopped_at is not None
        ]
        return sorted([*self.story.triggers, *ends], key=lambda each: each[:2]) if ends else self.story.triggers

    def _take(self, trigger: Trigger) -> None:
        word, run = trigger.word, self.current
        if word == MOVED:
            self._moved(trigger)
        elif word == CONDITIONS_CHANGED:
            self._conditions_changed(trigger)
        elif word == REOPENED:
            self._reopened(trigger)
        elif run is not None and run.is_running:
            self._stop(trigger, run)
        if word in ENDS:
            self._end(trigger)
        run, starts = self.current, self.metric.starts_on
        if run is None:
            if word in starts:
                self._start(trigger, word)
        elif len(starts) > 1 and run.is_running:
            self._taken_over(trigger, run)

    def _moved(self, trigger: Trigger) -> None:
        """
        Let the next rules rule. A cycle that is broken keeps its own; one of which another plan version promises
        nothing ends here.
        """
        move, before, run = self.subjects.moves[self.ruling], self.subject, self.current
        self.ruling += 1
        self._rule()
        if run is None or run.kept is not None:
            return
        if run.is_running and self._is_broken(run, trigger.at):
            run.kept = self.ruling - 1
            self._rule()
        elif move.kind == PLAN and self._is_owed(before, trigger.at) and not self._is_owed(self.subject, trigger.at):
            if run.is_running:
                run.ended_at, run.ended_because = trigger.at, "plan_moved"
            self.waiting = self.idle_since = None
            self._finish(run)

    def _is_owed(self, subject: Subject, at: Instant) -> bool:
        situation = self.story.situation_at(at)
        if not subject.rules.knows(situation):
            return False
        promise = subject.promise(situation)
        return promise is not None and promise.kind != "none"

    def _stop(self, trigger: Trigger, run: Run) -> None:
        stopper = self._stopper(trigger)
        if stopper is None:
            return
        if self.idle_since is not None:
            self._end_idle()
            if self.current is None:
                return
        # What started the clock cannot stop it: a reply that starts a follow-up is not its answer.
        if trigger.seq != run.start_seq:
            run.stopped_at, run.stopped_by, run.stop_seq = trigger.at, stopper, trigger.seq
            if not self.subject.continues:
                self._close(run)

    def _stopper(self, trigger: Trigger) -> str | None:
        """
        Return the word by which a trigger stops the clock, if it does.
        """
        stops, word = self.subject.stops(self.story.situation_at(trigger.at)), trigger.word
        if word in stops:
            return word
        return next((other for other in ALSO.get(word, ()) if other in stops), None)

    def _end(self, trigger: Trigger) -> None:
        """
        End what the ticket's end ends: all on merging and closing; on being resolved, only what repeats.
        """
        if trigger.word == "merged":
            self.is_over = True
        elif trigger.word == "resolved" and not self.metric.repeats:
            return
        self.waiting = None
        if self.idle_since is not None:
            self._end_idle()
        run = self.current
        if run is not None and run.is_running:
            run.ended_at, run.ended_because = trigger.at, trigger.word
            self._close(run)

    def _start(self, trigger: Trigger, word: str) -> None:
        if self.found and not self.metric.repeats:
            return
        if word in _NOTHING_WHEN_RESOLVED and RESOLVED in self.story.situation_at(trigger.at).conditions:
            return
        self._begin(trigger, word)

    def _begin(self, trigger: Trigger, word: str) -> None:
        """
        Begin a cycle, or remember what would have begun it while nothing is owed.
        """
        if self.is_over or (self.metric.after is not None and not self._gate_is_open(self.metric.after, trigger)):
            return
        is_cancelled = bool(self.metric.cancels_while) and self._is_cancelled(trigger.at)
        self.waiting = word if is_cancelled else None
        if not is_cancelled:
            self.current = Run(len(self.found) + 1, trigger.at, word, trigger.seq)

    def _gate_is_open(self, after: str, trigger: Trigger) -> bool:
        """
        Return whether the metric that must have ended first has.
        """
        clocks = self.others.get(after)
        if not clocks:
            return True
        ended = clocks[0].stopped_at if clocks[0].stopped_at is not None else clocks[0].ended_at
        seq = clocks[0].stop_seq if clocks[0].stop_seq is not None else -1
        return ended is not None and (ended, seq) <= (trigger.at, trigger.seq)

    def _taken_over(self, trigger: Trigger, run: Run) -> None:
        """
        Let a start that stands earlier in the list take over a cycle which a later one began and which is not broken
        yet.
        """
        order = self.metric.starts_on
        if trigger.word not in order or run.started_by not in order:
            return
        if order.index(trigger.word) >= order.index(run.started_by):
            return
        if self._is_broken(run, trigger.at):
            return
        run.started_at, run.started_by, run.start_seq = trigger.at, trigger.word, trigger.seq
        if self.idle_since is not None:
            self.idle_since = trigger.at

    def _is_broken(self, run: Run, at: Instant) -> bool:
        if run.is_broken:
            return True
        measured = measure(run, self.subjects, until=at)
        broken = measured is not None and measured.breached_at is not None
        stands = self.subject.rules.hours.plan.severity_process.breached_before_lowering == "stands"
        run.is_broken = broken and stands
        return broken

    def _is_cancelled(self, at: Instant) -> bool:
        return not self.story.situation_at(at).conditions.isdisjoint(self.metric.cancels_while)

    def _conditions_changed(self, trigger: Trigger) -> None:
        if not self.metric.cancels_while:
            return
        cancelled, run = self._is_cancelled(trigger.at), self.current
        if run is not None:
            # Going on is the rule: putting a ticket on wait and back must not give the vendor a new term.
            idle_since = self.idle_since if self.idle_since is not None else trigger.at
            self.idle_since = idle_since if cancelled and run.is_running else None
        elif not cancelled and self.waiting is not None:
            self._begin(trigger, self.waiting)

    def _reopened(self, trigger: Trigger) -> None:
        """
        Do what the plan says about a reopened ticket: go on, begin a new cycle, or nothing.
        """
        run, metric = self.current, self.metric
        if run is not None and not run.is_running and self.subject.continues and not self.is_over:
            if not self._too_late(run, trigger):
                run.stopped_at = run.stopped_by = run.stop_seq = run.ended_at = run.ended_because = None
        elif run is None and metric.on_reopening == "new_cycle":
            self._begin(trigger, REOPENED)

    def _too_late(self, run: Run, trigger: Trigger) -> bool:
        limit = self.metric.reopened_within
        since = run.stopped_at if run.stopped_at is not None else run.ended_at
        if limit is None or since is None:
            return False
        return trigger.at - since > limit.count * (86_400 if limit.unit is Unit.DAYS else 1)

    def _close(self, run: Run) -> None:
        """
        Write the cycle down, unless it may go on after a reopening.
        """
        if not self.subject.continues or run.ended_because == "merged":
            self._finish(run)

    def _finish(self, run: Run) -> None:
        """
        Write the cycle down: it is over.
        """
        measured = measure(run, self.subjects)
        is_nothing = run.ended_because == "nothing_owed" and run.ended_at == run.started_at
        if measured is not None and not is_nothing:
            self.found.append(_clock(self.subject.name, run, measured, self.story))
        self.current = None
        if self.subjects.moves:
            self._rule()


def _clock(name: str, run: Run, measured: Measured, story: Story) -> Clock:
    promise, legs, due_at, early_at, breached_at, spent, allowed, _, changes, is_agreed, ruling = measured
    # In the order of the fields: to name all of them would take twice as long.
    return Clock(
        name, run.cycle, run.started_at, run.started_by, run.start_seq,
        promise, legs, due_at, early_at,
        run.stopped_at, run.stopped_by, run.stop_seq,
        breached_at, run.ended_at, run.ended_because, spent, allowed,
        _verdict(run, measured), story.exclusion_for(name), changes, is_agreed, ruling,
    )  # fmt: skip


def _verdict(run: Run, measured: Measured) -> Verdict:
    if measured.breached_at is not None:
        return Verdict.BREACHED
    if run.stopped_at is not None:
        return Verdict.MET if measured.is_timed else Verdict.ENDED
    return Verdict.ENDED if run.ended_at is not None else Verdict.PENDING
