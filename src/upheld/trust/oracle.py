"""
A slow, independent oracle of clocks: it reads the stored bytes of a ticket's events and the published document, and
says what each clock must be.

Invariant: it shares no code with :mod:`upheld.core.clocks` and :mod:`upheld.core.calendars`; what it does not
understand it refuses with :class:`~upheld.trust.oracle_hours.NotUnderstoodError` rather than guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.metrics import Metric
from upheld.trust.oracle_counts import Count, Cycle, owed
from upheld.trust.oracle_course import Agreed, Course, Happening, Record
from upheld.trust.oracle_hours import NotUnderstoodError

_SILENT_WHEN_RESOLVED: Final = frozenset(
    ["customer_message", "reply", "phoned", "assigned", "severity_assigned", "severity_confirmed", "intake_completed"]
)


class SlowClock(NamedTuple):
    """
    What the oracle says of a clock.
    """

    metric: str
    cycle: int
    started_at: Instant
    due_at: Instant | None
    stopped_at: Instant | None
    ended_at: Instant | None
    ended_because: str
    breached_at: Instant | None
    spent_seconds: int
    verdict: str
    exclusion: str
    stop_seq: int = 0


class Metronome:
    """
    All cycles of one metric on one ticket.
    """

    def __init__(self, course: Course, name: str, others: Mapping[str, list[SlowClock]]) -> None:
        self.whole, self.name, self.others = course, name, others
        self.phase = 0
        self.told: list[SlowClock] = []
        self.cycle: Cycle | None = None
        self.waits: str | None = None
        self.idle_since: Instant | None = None
        self.is_over = False

    @property
    def course(self) -> Course:
        """
        The course under what is agreed now, or under what the cycle keeps that was broken when something else was
        agreed.
        """
        kept = self.cycle.keeps if self.cycle is not None else None
        return self.whole.under(self.phase if kept is None else kept)

    @property
    def metric(self) -> Metric:
        """
        The metric, as the plan says or the nearest one that has it.
        """
        plans = [each.agreed.plan for each in reversed(self.whole.shifts)]
        nearest = next(plan.metrics[self.name] for plan in plans if self.name in plan.metrics)
        return self.course.plan.metrics.get(self.name, nearest)

    @property
    def goes_on(self) -> bool:
        """
        Whether a reopened ticket lets the same cycle go on.
        """
        return self.metric.on_reopening == "continue"

    def clocks(self) -> list[SlowClock]:
        """
        Return the cycles, after hearing everything that happened.
        """
        for happening in self.whole.happenings:
            self._hear(happening)
        self._end_idle()
        if self.cycle is not None:
            self._tell(self.cycle)
        return self.told

    def _hear(self, happening: Happening) -> None:
        if happening.word == "shifted":
            self._shifted(happening)
        elif happening.word == "conditions_changed":
            self._conditions(happening)
        elif happening.word == "reopened":
            self._reopened(happening)
        else:
            self._stop(happening)
            self._end(happening)
        if self.cycle is not None and self.cycle.runs:
            self._take_over(happening)
        elif self.cycle is None and (self.metric.repeats or not self.told) and self._starts(happening):
            self._begin(happening)

    def _shifted(self, happening: Happening) -> None:
        before, self.phase = self.phase, self.phase + 1
        cycle, kind = self.cycle, self.whole.shifts[self.phase].kind
        if cycle is None or cycle.keeps is not None:
            return
        if cycle.runs and self._broken(cycle, happening.at):
            cycle.keeps = before
        elif kind == "plan" and self._owes(before, happening.at) and not self._owes(self.phase, happening.at):
            if cycle.runs:
                cycle.ended, cycle.because = happening.at, "plan_moved"
            self.waits = self.idle_since = None
            self._tell(cycle)
            self.cycle = None

    def _owes(self, phase: int, at: Instant) -> bool:
        found = owed(self.whole.under(phase), self.name, self.whole.at(at))
        return found is not None and found.target.kind != "none"

    def _starts(self, happening: Happening) -> bool:
        resolved = "resolved" in self.course.at(happening.at).conditions
        return happening.word in self.metric.starts_on and not (resolved and happening.word in _SILENT_WHEN_RESOLVED)

    def _stop(self, happening: Happening) -> None:
        cycle = self.cycle
        if cycle is None or not cycle.runs or happening.seq == cycle.began.seq:
            return
        words = {happening.word} | ({"acknowledgement"} if happening.word == "reply" else set())
        promise = owed(self.course, self.name, self.course.at(happening.at))
        if not words & {*self.metric.stops_on, *(promise.target.or_met_by if promise else ())}:
            return
        self._end_idle()
        if self.cycle is cycle:
            cycle.stopped = happening
            self._close(cycle)

    def _end_idle(self) -> None:
        """
        End the cycle of which nothing was owed any more where that began, unless it was broken before.
        """
        cycle, since = self.cycle, self.idle_since
        self.idle_since = None
        if cycle is not None and since is not None and cycle.runs and not self._broken(cycle, since):
            cycle.ended, cycle.because = since, "nothing_owed"
            self._tell(cycle)
            self.cycle = None

    def _end(self, happening: Happening) -> None:
        if happening.word == "merged":
            self.is_over = True
        elif happening.word == "resolved":
            if not self.metric.repeats:
                return
        elif happening.word != "closed":
            return
        self.waits = None
        self._end_idle()
        if self.cycle is not None and self.cycle.runs:
            self.cycle.ended, self.cycle.because = happening.at, happening.word
            self._close(self.cycle)

    def _begin(self, happening: Happening) -> None:
        if self.is_over or not self._is_its_turn(happening):
            return
        if self.course.at(happening.at).conditions & set(self.metric.cancels_while):
            self.waits = happening.word
            return
        self.waits = None
        self.cycle = Cycle(len(self.told) + 1, happening)

    def _is_its_turn(self, happening: Happening) -> bool:
        earlier = self.others.get(self.metric.after or "", [])
        if not earlier:
            return True
        if earlier[0].stopped_at is not None:
            return (earlier[0].stopped_at, earlier[0].stop_seq) <= (happening.at, happening.seq)
        return earlier[0].ended_at is not None and earlier[0].ended_at <= happening.at

    def _take_over(self, happening: Happening) -> None:
        cycle, order = self.cycle, self.metric.starts_on
        if cycle is None or happening.word not in order or cycle.began.word not in order:
            return
        if order.index(happening.word) < order.index(cycle.began.word) and not self._broken(cycle, happening.at):
            cycle.began = happening
            self.idle_since = None if self.idle_since is None else happening.at

    def _broken(self, cycle: Cycle, at: Instant) -> bool:
        if cycle.is_broken:
            return True
        count = Count(self.whole, self.name, cycle, at)
        broken = count.owed is not None and count.was_owed and count.breach is not None
        cycle.is_broken = broken and self.course.plan.severity_process.breached_before_lowering == "stands"
        return broken

    def _conditions(self, happening: Happening) -> None:
        if not self.metric.cancels_while:
            return
        nothing = bool(self.course.at(happening.at).conditions & set(self.metric.cancels_while))
        cycle = self.cycle
        if cycle is not None:
            since = happening.at if self.idle_since is None else self.idle_since
            self.idle_since = since if nothing and cycle.runs else None
        elif not nothing and self.waits is not None:
            self._begin(happening._replace(word=self.waits))

    def _reopened(self, happening: Happening) -> None:
        cycle = self.cycle
        if cycle is not None and not cycle.runs and self.goes_on and not self.is_over:
            limit = self.metric.reopened_within
            ended = cycle.stopped.at if cycle.stopped else cycle.ended
            seconds = None if limit is None else limit.count * (86_400 if limit.unit == "days" else 1)
            if seconds is None or ended is None or happening.at - ended <= seconds:
                cycle.stopped, cycle.ended, cycle.because = None, None, ""
        elif cycle is None and self.metric.on_reopening == "new_cycle":
            self._begin(happening)

    def _close(self, cycle: Cycle) -> None:
        if not self.goes_on or cycle.because == "merged":
            self._tell(cycle)
            self.cycle = None

    def _tell(self, cycle: Cycle) -> None:
        end = cycle.stopped.at if cycle.stopped else cycle.ended
        count = Count(self.whole, self.name, cycle, end)
        if count.owed is None or not count.was_owed or (cycle.because == "nothing_owed" and end == cycle.began.at):
            return
        met = "met" if count.owed.target.within is not None else "ended"
        verdict = "breached" if count.breach is not None else met if cycle.stopped else "ended" if end else "pending"
        self.told.append(
            SlowClock(
                self.name,
                cycle.number,
                cycle.began.at,
                count.breach if count.breach is not None else count.due,
                cycle.stopped.at if cycle.stopped else None,
                cycle.ended,
                cycle.because,
                count.breach,
                count.counted,
                verdict,
                self.whole.cause_outside(self.name),
                cycle.stopped.seq if cycle.stopped else 0,
            )
        )


def slow_clocks(
    records: Sequence[Record], agreed: Agreed, later: Mapping[int, tuple[str, Agreed]] | None = None
) -> list[SlowClock]:
    """
    Return every clock of a ticket, from its events' records. ``later`` says what was agreed from a move on (``plan`` or
    ``calendar``), by the ``seq`` of the event.

    Raises :class:`NotUnderstoodError` for what the oracle does not know.
    """
    course = Course(records, agreed, later or {})
    tiers = {moment.tier for moment in course.moments.values()}
    plans = [shift.agreed.plan for shift in course.shifts]
    promised = {name for plan in plans for tier in tiers & set(plan.tiers) for name in plan.tiers[tier].targets}
    told: dict[str, list[SlowClock]] = {}
    for name in _gates_first(plans):
        if name in promised:
            told[name] = Metronome(course, name, told).clocks()
    return [clock for clocks in told.values() for clock in clocks]


def _gates_first(plans: Sequence[Plan]) -> Iterator[str]:
    """
    Yield the metrics, each after the one it waits for.
    """
    left = {
        name: [plan.metrics[name] for plan in plans if name in plan.metrics] for plan in plans for name in plan.metrics
    }
    while left:
        free = [name for name, known in left.items() if not {metric.after for metric in known} & set(left)]
        if not free:
            raise NotUnderstoodError("metrics that wait for each other")
        for name in free:
            for metric in left.pop(name):
                _check(metric)
            yield name


def _check(metric: Metric) -> None:
    if any(word.startswith("after:") for word in metric.starts_on):
        raise NotUnderstoodError("a clock that starts when another one ends")
