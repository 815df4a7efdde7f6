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
    mode: str | None = None

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
    metric, tier = course.plan.metrics.get(name), course.plan.tiers.get(moment.tier)
    if metric is None or tier is None or not fits(metric.only_if, course, moment):
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
        in_days = target.within is not None and target.within.unit == "days"
        mode = ((target.within and target.within.mode) or metric.days or course.plan.days) if in_days else None
        return Owed(target, (moment.tier, index), hours, calendar, moment.severity, mode)
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
        self.keeps: int | None = None

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

    def __init__(
        self, course: Course, name: str, cycle: Cycle, until: Instant | None, *, phase: int | None = None
    ) -> None:
        """
        Count under what was agreed over time; or, where ``phase`` is given, as if the holidays of that phase had always
        been known, and nothing can be late.
        """
        self.whole, self.name, self.cycle, self.is_lenient = course, name, cycle, phase is not None
        began = (cycle.began.at, cycle.began.seq)
        self.first = sum((each.at, each.seq) < began for each in course.shifts) - 1
        self._agree_to(self.first if phase is None else course.lasting(self.first, phase))
        self.is_kept = False
        self.since = self.counted_from = self.floor = cycle.began.at
        self.moment = course.at(self.since)
        self.owed = owed(self.course, name, self.moment)
        self.was_owed = self.owed is not None and self.owed.target.kind != "none"
        self.stretches: list[tuple[Instant, Instant, bool]] = []
        self.counted = self.held = 0
        self.breach: Instant | None = None
        shifts = self._shifts(until) if phase is None else list(range(self.first + 1, phase))
        self._walk(until, shifts, phase)
        self.due = self._due()
        if until is not None:
            self._close(until)

    def _agree_to(self, phase: int) -> None:
        self.course = self.whole.under(phase)
        nearest = [
            each.agreed.plan.metrics for each in reversed(self.whole.shifts) if self.name in each.agreed.plan.metrics
        ]
        self.metric = self.course.plan.metrics.get(self.name) or nearest[0][self.name]

    def _shifts(self, until: Instant | None) -> list[int]:
        """
        Return the shifts that lie in the life of the cycle, which is counted until an instant.
        """
        shifts = enumerate(self.whole.shifts)
        return [index for index, each in shifts if index > self.first and (until is None or each.at < until)]

    def _walk(self, until: Instant | None, shifts: list[int], phase: int | None) -> None:
        for at in sorted({*self.whole.moments, *(self.whole.shifts[each].at for each in shifts)}):
            is_taken = at <= self.cycle.began.at or (until is not None and at >= until)
            for each in shifts:
                if self.whole.shifts[each].at == at:
                    is_taken = self._shift(each, phase) or is_taken
            if at in self.whole.moments and not is_taken:
                self._change(at, self.whole.moments[at])

    def _shift(self, index: int, phase: int | None) -> bool:
        """
        Let something else be agreed, unless the promise is broken; return whether the moment was taken with it.
        """
        shift = self.whole.shifts[index]
        due = self._due()
        if not self.is_lenient and self.breach is None and due is not None and self.owed is not None:
            self.breach = (
                due if (due <= shift.at if self.owed.target.bound == "exclusive" else due < shift.at) else None
            )
        self.is_kept = self.is_kept or self.breach is not None
        if self.is_kept or (phase is not None and shift.kind == "calendar"):
            return False
        if shift.kind == "plan":
            self._plan(shift.at, index if phase is None else self.whole.lasting(index, phase))
            return True
        again = Count(self.whole, self.name, self.cycle, shift.at, phase=index)
        names = ("course", "metric", "moment", "owed", "was_owed", "stretches", "counted", "held", "counted_from")
        for name in names:
            setattr(self, name, getattr(again, name))
        self.since = self.floor = shift.at
        return False

    def _plan(self, at: Instant, phase: int) -> None:
        self._close(at)
        old, allowed = self.owed, self._seconds(self.owed)
        self._agree_to(phase)
        self.since, self.moment = at, self.whole.at(at)
        self.owed, self.floor = owed(self.course, self.name, self.moment), at
        self.was_owed = self.was_owed or (self.owed is not None and self.owed.target.kind != "none")
        if self.owed is None or self.owed.target.within is None:
            self._again()
            return
        if old is not None and self._length(old) == self._length(self.owed) and old.sort[1:] == self.owed.sort[1:]:
            return
        if self._is_from_move(old, allowed, self.owed):
            self.counted_from, self.counted, self.held = at, 0, 0
        else:
            self._again()

    def _length(self, owed: Owed) -> tuple[object, ...] | None:
        length = owed.target.within
        return None if length is None else (length.unit, length.count, length.elapsed, owed.mode)

    def _is_from_move(self, old: Owed | None, allowed: int | None, new: Owed) -> bool:
        said = self.course.plan.terms.moved_clocks
        if said is not None or old is None or old.target.within is None or new.target.within is None:
            return said in (None, "from_move")
        seconds = self._seconds(new)
        if seconds is not None and allowed is not None:
            return seconds < allowed
        was, now = old.target.within, new.target.within
        return (was.unit, old.mode) == (now.unit, new.mode) and now.count < was.count

    def _seconds(self, owed: Owed | None) -> int | None:
        """
        Return the support seconds of what is owed, or nothing for days that are not counted in hours.
        """
        if owed is None or owed.target.within is None:
            return None
        length = owed.target.within
        if length.unit == "seconds":
            return length.count
        day = self.course.plan.calendars[owed.calendar].day if owed.calendar in self.course.plan.calendars else None
        return length.count * day.count if length.unit == "days" and owed.mode in (None, "hours") and day else None

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
        plan = self.course.plan
        if self.is_kept and (moment.tier not in plan.tiers or moment.severity not in (None, *plan.severities)):
            return
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
        due = None if self.is_lenient else self._due()
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
