"""
What is owed at a moment, and counting one cycle of a metric, stretch by stretch.

Invariant: it shares no code with :mod:`upheld.core.clocks`; every count walks the slow hours anew.
"""

from __future__ import annotations

from typing import NamedTuple

from upheld.core.instants import Instant
from upheld.core.plan.model.base import Condition
from upheld.core.plan.model.metrics import Target
from upheld.trust.oracle_course import Course, Happening, Moment
from upheld.trust.oracle_hours import NotUnderstoodError, SlowHours


def fits(condition: Condition, course: Course, moment: Moment) -> bool:
    """
    Return whether every key of a condition that is given fits a ticket at a moment.
    """
    agreed, opening = course.agreed, course.opening
    answers = opening.get("answers", {})
    own: dict[str, object] = {
        "severity": moment.severity,
        "tier": moment.tier,
        "channel": opening.get("channel"),
        "request_type": opening.get("request_type"),
        "environment": opening.get("environment"),
        "product": opening.get("product"),
        "component": answers.get("component"),
        "language": agreed.language,
    }
    regions = set(agreed.regions)
    regions |= {name for name, codes in agreed.plan.regions.items() if regions & set(codes)}
    verdicts = [value in getattr(condition, key) for key, value in own.items() if getattr(condition, key)]
    verdicts += [condition.phoned == moment.phoned] if condition.phoned is not None else []
    verdicts += [bool(moment.reached & set(condition.reached))] if condition.reached else []
    verdicts += [bool(regions & set(condition.region))] if condition.region else []
    verdicts += [bool(agreed.add_ons & set(condition.add_on))] if condition.add_on else []
    verdicts += [not agreed.add_ons & set(condition.without_add_on)]
    verdicts += [any(_was_open(course, name) for name in condition.inside)] if condition.inside else []
    verdicts += [not any(_was_open(course, name) for name in condition.outside)]
    verdicts += [answers.get(question) in wanted for question, wanted in condition.answers.items()]
    return all(verdicts)


def _was_open(course: Course, calendar: str) -> bool:
    return course.agreed.hours(calendar, None, None).is_open(course.opening["effective_at"])


class Owed(NamedTuple):
    """
    What is owed for a metric at a moment: the target, where it stands, the calendar, its name, and for which severity.
    """

    target: Target
    place: tuple[str, int]
    hours: SlowHours
    calendar: str
    severity: str | None

    @property
    def sort(self) -> tuple[object, ...]:
        """
        What two promises share that differ only by the rule that gave them.
        """
        return (self.target.within, self.target.kind, self.target.bound, self.calendar)


def owed(course: Course, name: str, moment: Moment) -> Owed | None:
    """
    Return what is owed at a moment, or nothing.
    """
    metric, tier = course.plan.metrics[name], course.plan.tiers[moment.tier]
    if not fits(metric.only_if, course, moment):
        return None
    for index, target in enumerate(tier.targets.get(name, ())):
        if not fits(target, course, moment):
            continue
        if (target.kind == "agreed" or target.or_agreed) and course.agreements:
            raise NotUnderstoodError("a date that was agreed with the customer")
        calendar = next(rule.use for rule in tier.hours if fits(rule, course, moment))
        if target.within is not None and target.within.elapsed:
            calendar = "elapsed"
        elif target.use:
            calendar = target.use
        hours = course.agreed.hours(calendar, moment.severity, course.opening.get("channel"))
        return Owed(target, (moment.tier, index), hours, calendar, moment.severity)
    return None


class Cycle:
    """
    One cycle of a metric: where it begins and ends, filled in while the course is walked.
    """

    def __init__(self, number: int, happening: Happening) -> None:
        self.number = number
        self.began = happening
        self.stopped: Happening | None = None
        self.ended: Instant | None = None
        self.because = ""
        self.is_broken = False

    @property
    def runs(self) -> bool:
        """
        Whether neither stop nor end is known.
        """
        return self.stopped is None and self.ended is None


class Count:
    """
    Counting one cycle from its beginning, stretch by stretch, up to an instant or without end.
    """

    def __init__(self, course: Course, name: str, cycle: Cycle, until: Instant | None) -> None:
        self.course, self.name, self.metric = course, name, course.plan.metrics[name]
        self.since = self.counted_from = self.floor = cycle.began.at
        self.moment = course.at(self.since)
        self.owed = owed(course, name, self.moment)
        self.was_owed = self.owed is not None and self.owed.target.kind != "none"
        self.stretches: list[tuple[Instant, Instant, bool]] = []
        self.counted = self.held = 0
        self.breach: Instant | None = None
        for at, moment in course.moments.items():
            if at > cycle.began.at and (until is None or at < until):
                self._change(at, moment)
        self.due = self._due()
        if until is not None:
            self._close(until)

    @property
    def paused(self) -> bool:
        """
        Whether time does not count at the moment.
        """
        words = {*self.metric.pauses_while, *self.metric.cancels_while, "held"}
        words |= {"resolved"} if self.metric.on_reopening == "continue" else set()
        words |= {"intake_missing"} if self.course.plan.intake.missing not in (None, "clock_runs") else set()
        return bool(words & self.moment.conditions)

    def _change(self, at: Instant, moment: Moment) -> None:
        self._close(at)
        before, self.moment, self.since = self.moment, moment, at
        arrived = "intake_missing" in before.conditions - moment.conditions
        if arrived and self.course.plan.intake.missing == "clock_not_started":
            self._anew(at)
        new = owed(self.course, self.name, moment)
        if new != self.owed:
            self._promise(new, at, before.severity)

    def _anew(self, at: Instant) -> None:
        self.counted_from, self.counted, self.held, self.stretches = at, 0, 0, []

    def _promise(self, new: Owed | None, at: Instant, severity: str | None) -> None:
        how = self._how(new, severity)
        if self.breach is not None:
            if how != "reconsider":
                return
            self.breach = None
        self.owed, self.floor = new, at
        self.was_owed = self.was_owed or (new is not None and new.target.kind != "none")
        if how == "from_change":
            self.counted_from, self.counted, self.held = at, 0, 0
        elif how != "go_on":
            self._again()

    def _again(self) -> None:
        self.counted_from = self.stretches[0][0] if self.stretches else self.since
        self.counted = self.held = 0
        if self.owed is not None:
            for a, b, was_paused in self.stretches:
                self._add(self.owed.hours.seconds(a, b), is_held=was_paused)

    def _add(self, seconds: int, *, is_held: bool) -> None:
        if is_held:
            self.held += seconds
        else:
            self.counted += seconds

    def _how(self, new: Owed | None, severity: str | None) -> str:
        old = self.owed
        if new is None:
            return "from_start"
        was = severity if old is None else old.severity
        same = old is not None and (old.sort == new.sort or (was == new.severity and old.place == new.place))
        if same or was == new.severity or was is None or new.severity is None:
            return "go_on" if same else "from_start"
        weights = list(self.course.plan.severities)
        process = self.course.plan.severity_process
        if weights.index(new.severity) < weights.index(was):
            return self.metric.raised or process.raised or "from_change"
        if self.breach is not None and process.breached_before_lowering == "reconsidered":
            return "reconsider"
        return self.metric.lowered or process.lowered or "from_start"

    def _close(self, at: Instant) -> None:
        due = self._due()
        if self.breach is None and due is not None and self.owed is not None:
            late = due <= at if self.owed.target.bound == "exclusive" else due < at
            self.breach = due if late else None
        if at > self.since:
            self.stretches.append((self.since, at, self.paused))
            if self.owed is not None:
                self._add(self.owed.hours.seconds(self.since, at), is_held=self.paused)

    def _due(self) -> Instant | None:
        if self.owed is None or self.owed.target.within is None or self.paused:
            return None
        length, hours = self.owed.target.within, self.owed.hours
        mode = length.mode or self.metric.days or self.course.plan.days
        if length.unit == "seconds":
            due = hours.after(self.since, length.count - self.counted)
        elif length.unit == "days" and mode in (None, "hours"):
            day = self.course.plan.calendars[self.owed.calendar].day
            if day is None:
                raise NotUnderstoodError("days without a length")
            due = hours.after(self.since, length.count * day.count - self.counted)
        elif length.unit == "days":
            due = hours.days_after(self.counted_from, length.count, str(mode))
            due = hours.after(due, self.held) if self.held else due
        else:
            raise NotUnderstoodError("months as a target")
        return max(due, self.floor)
