"""
Measuring one cycle: walking from its start through everything that changed, to its due time and its breach.

Invariant: support time is counted on the calendar that ruled each stretch; a paused stretch counts nothing; a clock
is never breached before the change that made it due (DESIGN.md section 6a).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.clocks.clock import Change, Leg, Promise
from upheld.core.clocks.rules import CALENDAR, PLAN, allowed_seconds
from upheld.core.clocks.runs import Measured, Run, Subjects
from upheld.core.clocks.story import INTAKE_MISSING, Situation, Story
from upheld.core.clocks.subjects import Subject
from upheld.core.durations import DayMode, Duration
from upheld.core.instants import Instant
from upheld.core.periods import Period

_NO_PROMISE: Final = "none"


def measure(run: Run, subjects: Subjects, *, until: Instant | None = None) -> Measured | None:
    """
    Return what a cycle comes to, or nothing where no promise ever ruled it.

    ``until`` measures only up to an instant, as if nothing were known after it.
    """
    end = run.stopped_at if run.stopped_at is not None else run.ended_at
    if until is not None and (end is None or until < end):
        end = until
    first = subjects.first_of(run) if subjects.moves else 0
    walk = _Walk(run, subjects.story, subjects.each[first], first)
    walk.begin()
    at = run.started_at
    for index in range(first, subjects.last_of(end)) if subjects.moves else ():
        move = subjects.moves[index]
        _advance(walk, at, move.at)
        # What begins in the second of a move is an ordinary change after it, unless a plan is taken with it.
        at = max(move.at - 1, at)
        if walk.keeps_its_rules(move.at):
            continue
        if move.kind == CALENDAR:
            walk = _counted_again(walk, subjects, first, index)
        else:
            at = move.at
            walk.take_plan(at, subjects, index + 1)
    _advance(walk, at, end)
    if walk.story.agreements:
        walk.agree_upto(end)
    return walk.finish(end)


def _advance(walk: _Walk, after: Instant, before: Instant | None) -> None:
    """
    Take every situation that begins between two instants, both excluded.
    """
    story, times = walk.story, walk.story.situation_times
    for index in range(bisect_right(times, after), len(times)):
        at = times[index]
        if before is not None and at >= before:
            break
        if story.agreements:
            walk.agree_before(at)
        walk.change(at, story.situations[index])
    if before is not None and story.agreements:
        walk.agree_before(before)


def _counted_again(walk: _Walk, subjects: Subjects, first: int, index: int) -> _Walk:
    """
    Return the walk with everything since its start counted on the calendars that rule after the move at ``index``, as
    if they always had; a promise is not broken thereby before the move.
    """
    move, upto = subjects.moves[index], index + 1
    latest = subjects.latest(first, upto)
    fresh = _Walk(walk.run, walk.story, subjects.each[latest], latest, is_immune=True)
    fresh.begin()
    at = walk.run.started_at
    for each in range(first, index):
        earlier = subjects.moves[each]
        if earlier.kind != CALENDAR:
            _advance(fresh, at, earlier.at)
            at = earlier.at
            fresh.take_plan(at, subjects, subjects.latest(each + 1, upto))
    _advance(fresh, at, move.at)
    fresh.take_over(walk, move.at)
    return fresh


class _Stretch(NamedTuple):
    """
    A closed stretch of the walk, as a :class:`Leg`; without a promise where none ruled.
    """

    since: Instant
    until: Instant
    promise: Promise | None
    counted_from: Instant
    paused_by: tuple[str, ...]
    subject: Subject
    ruling: int


class _Retold(NamedTuple):
    """
    Stretches before the index ``upto`` count for a promise, whatever ruled then, on the calendars of a ruling.
    """

    upto: int
    promise: Promise
    subject: Subject
    ruling: int


@dataclass(slots=True)
class _Sums:
    """
    What the stretches before ``upto`` (an index) come to on one calendar: seconds that counted, and seconds paused.
    """

    upto: int
    counted: int = 0
    paused: int = 0


@dataclass(slots=True)
class _Walk:
    """
    The state of the walk: the stretch that began at ``since``, the promise that rules it, and what was counted before
    it.
    """

    run: Run
    story: Story
    subject: Subject
    ruling: int
    since: Instant = 0
    counted_from: Instant = 0
    floor: Instant = 0
    situation: Situation = field(init=False)
    promise: Promise | None = None
    calendar: CompiledCalendar | None = None
    seconds: int | None = None
    """The length of the promise, where that is one in seconds."""
    paused_by: tuple[str, ...] = ()
    consumed: int = 0
    pushed: int = 0
    agreed_due: Instant | None = None
    breached_at: Instant | None = None
    was_promised: bool = False
    stretches: list[_Stretch] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    first: int = 0
    """Index of the first stretch that belongs to the clock; those before it lie before the intake was complete."""
    counting: int = 0
    """Index of the first stretch that counts for the promise that rules."""
    retold: _Retold | None = None
    agreed_upto: int = 0
    """Index of the first agreed date that was not looked at yet."""
    is_immune: bool = False
    """Whether nothing counts as broken for the present."""
    is_kept: bool = False
    """Whether it was broken when its ticket moved, so that it keeps the rules that it had."""
    sums: dict[CompiledCalendar, _Sums] | None = None

    def begin(self) -> None:
        """
        Take the situation at the start.
        """
        self.since = self.counted_from = self.floor = self.run.started_at
        self.situation = self.story.situation_at(self.since)
        if self.story.agreements:
            self.agreed_upto = bisect_left(self.story.agreements, self.since, key=lambda each: each.at)
        self._rule(self.subject.promise(self.situation))
        self.paused_by = self.subject.pauses(self.situation.conditions)

    def _rule(self, promise: Promise | None) -> None:
        self.promise = promise
        self.calendar = self.seconds = None
        if promise is not None:
            self.was_promised = self.was_promised or promise.kind != _NO_PROMISE
            self.calendar, self.seconds = self.subject.counting(self.situation, promise)

    def agree_before(self, at: Instant) -> None:
        """
        Take the dates that were agreed with the customer before an instant.
        """
        agreements = self.story.agreements
        while self.agreed_upto < len(agreements) and agreements[self.agreed_upto].at < at:
            self._agree(*agreements[self.agreed_upto])
            self.agreed_upto += 1

    def agree_upto(self, end: Instant | None) -> None:
        """
        Take the dates that are left, up to and with an instant.
        """
        for each in self.story.agreements[self.agreed_upto :]:
            if end is None or each.at <= end:
                self._agree(*each)

    def _agree(self, at: Instant, promised_for: Instant) -> None:
        """
        Take a date agreed with the customer as the due time, where the promise allows it and is not broken yet.
        """
        if _allows_agreement(self.promise) and self.breached_at is None and not self._is_broken(at, self._threat()):
            self.agreed_due = promised_for

    def keeps_its_rules(self, at: Instant) -> bool:
        """
        Return whether the promise is broken when the ticket moves at ``at``: what is broken is moved no more.
        """
        due = self._threat()
        if self._is_broken(at, due):
            self.breached_at = due
        self.is_kept = self.is_kept or self.breached_at is not None
        return self.is_kept

    def take_plan(self, at: Instant, subjects: Subjects, ruling: int) -> None:
        """
        Let another plan version rule from ``at``: that after so many moves.
        """
        due, allowed, old = self._due(), self._allowed(), self.promise
        self._count(at, None if self.is_immune else due)
        self.subject, self.ruling = subjects.each[ruling], ruling
        self.since, self.situation = at, self.story.situation_at(at)
        self.paused_by = self.subject.pauses(self.situation.conditions)
        new = self.subject.promise(self.situation)
        how = self._how_moved(old, allowed, new)
        self._rule(new)
        self.floor = at
        if not _allows_agreement(new):
            self.agreed_due = None
        if how == "from_change":
            self._restart(at)
        elif how == "from_start":
            self._recount()
        self.changes.append(Change(at, how, old, new, PLAN, due, self._due()))

    def _how_moved(self, old: Promise | None, allowed: int | None, new: Promise | None) -> str:
        """
        Return how a move to another plan version counts: the same target goes on; otherwise as the plan says, and where
        it says nothing a shorter target from the move, a longer one from the start.
        """
        if new is None or new.length is None:
            return "from_start"
        if old is not None and _same_target(old, new):
            return "go_on"
        said = self.subject.rules.hours.plan.terms.moved_clocks
        if said is not None:
            return "from_change" if said == "from_move" else "from_start"
        if old is None or old.length is None:
            return "from_change"
        seconds = allowed_seconds(new.length, self.subject.calendar(new))
        return "from_change" if _is_shorter(new.length, seconds, old.length, allowed) else "from_start"

    def take_over(self, walk: _Walk, at: Instant) -> None:
        """
        Go on at ``at`` in the place of a walk that was counted on other calendars.
        """
        due = walk._due()
        self._count(at, None)
        self.is_immune = False
        self.since = self.floor = at
        own = [change for change in self.changes if not change.moved]
        told = [change for change in walk.changes if change.moved]
        self.changes = sorted([*own, *told], key=lambda change: change.at)
        self.changes.append(Change(at, "from_start", self.promise, self.promise, CALENDAR, due, self._due()))

    def change(self, at: Instant, situation: Situation) -> None:
        """
        Count the stretch that ends at ``at``, then take the new situation.
        """
        self._count(at, self._threat())
        before, self.situation = self.situation, situation
        self.since = at
        self.paused_by = self.subject.pauses(situation.conditions)
        if before.conditions != situation.conditions and self._begins_now(before, situation):
            self._restart(at)
            self.first = len(self.stretches)
            self.sums = None
        if self.is_kept and not self.subject.rules.knows(situation):
            return
        promise = self.subject.promise(situation)
        if promise is not self.promise and promise != self.promise:
            self._take(promise, at, before.severity)

    def _begins_now(self, before: Situation, now: Situation) -> bool:
        """
        Return whether the missing intake was what kept the clock from starting, and is there now.
        """
        waits = self.subject.rules.hours.plan.intake.missing == "clock_not_started"
        return waits and INTAKE_MISSING in before.conditions and INTAKE_MISSING not in now.conditions

    def _restart(self, at: Instant) -> None:
        self.counted_from, self.consumed, self.pushed = at, 0, 0
        self.counting = len(self.stretches)

    def _take(self, promise: Promise | None, at: Instant, severity: str | None) -> None:
        """
        Let another promise rule from ``at``: from the change, from the start, or going on with what was counted.

        ``severity`` is the one before the change.
        """
        how = self._how(self.promise, promise, severity)
        if self.breached_at is not None:
            if how != "reconsider":
                return
            self.breached_at = None
        self.changes.append(Change(at, how, self.promise, promise))
        self._rule(promise)
        self.floor = at
        if not _allows_agreement(promise):
            self.agreed_due = None
        if how == "from_change":
            self._restart(at)
        elif how in ("from_start", "reconsider"):
            self._recount()

    def _how(self, old: Promise | None, new: Promise | None, severity: str | None) -> str:
        """
        Return how a change counts; one that makes the severity neither graver nor lighter begins at the start, unless
        the target is the same.
        """
        if new is None:
            return "from_start"
        was = severity if old is None else old.severity
        goes_on = old is not None and (_same_target(old, new) or (was == new.severity and old.rule == new.rule))
        if goes_on or was == new.severity or was is None or new.severity is None:
            return "go_on" if goes_on else "from_start"
        metric, plan = self.subject.metric, self.subject.rules.hours.plan
        order, process = list(plan.severities), plan.severity_process
        if order.index(new.severity) < order.index(was):
            return metric.raised or process.raised or "from_change"
        if self.breached_at is not None and process.breached_before_lowering == "reconsidered":
            return "reconsider"
        return metric.lowered or process.lowered or "from_start"

    def _recount(self) -> None:
        """
        Count everything since the start again, on the calendar that rules now.
        """
        stretches, first = self.stretches, self.first
        self.counted_from = stretches[first].since if first < len(stretches) else self.since
        self.consumed = self.pushed = 0
        self.counting = first
        if self.calendar is None or self.promise is None:
            return
        self.retold = _Retold(len(stretches), self.promise, self.subject, self.ruling)
        # Sums are kept for each calendar: a ticket whose severity changes a thousand times is still counted once.
        if self.sums is None:
            self.sums = {}
        sums = self.sums.setdefault(self.calendar, _Sums(first))
        for each in stretches[sums.upto :]:
            seconds = self.calendar.between(each.since, each.until)
            if each.paused_by:
                sums.paused += seconds
            else:
                sums.counted += seconds
        sums.upto = len(stretches)
        self.consumed, self.pushed = sums.counted, sums.paused

    def _count(self, at: Instant, due: Instant | None) -> None:
        """
        Close the stretch at ``at``: note a breach in it, add what it counted, and keep it as a leg. ``due`` is when it
        makes the clock due.
        """
        if due is not None and self.breached_at is None and self._is_broken(at, due):
            self.breached_at = due
        if at <= self.since:
            return
        self.stretches.append(
            _Stretch(self.since, at, self.promise, self.counted_from, self.paused_by, self.subject, self.ruling)
        )
        if self.calendar is not None:
            seconds = self.calendar.between(self.since, at)
            if self.paused_by:
                self.pushed += seconds
            else:
                self.consumed += seconds

    def _threat(self) -> Instant | None:
        """
        Return when the clock would be broken by running on, or nothing where it is broken already or cannot be.
        """
        return None if self.is_immune or self.breached_at is not None else self._due()

    def _is_broken(self, at: Instant, due: Instant | None) -> bool:
        if due is None or self.promise is None:
            return False
        return due <= at if self.promise.is_exclusive else due < at

    def _due(self) -> Instant | None:
        """
        Return when the stretch that began at ``since`` makes the clock due, or nothing while it is paused or not timed.
        """
        if self.agreed_due is not None:
            return self.agreed_due
        promise, calendar = self.promise, self.calendar
        if promise is None or calendar is None or promise.length is None or self.paused_by:
            return None
        allowed = self.seconds
        if allowed is None:
            allowed = allowed_seconds(promise.length, calendar)
        if allowed is None:
            due = self._due_by_days(promise.length, calendar)
        else:
            due = calendar.add(self.since, max(allowed - self.consumed, 0))
        return max(due, self.floor)

    def _due_by_days(self, length: Duration, calendar: CompiledCalendar) -> Instant:
        due = calendar.add_days(self.counted_from, length.count, length.mode or DayMode.HOURS)
        return calendar.add(due, self.pushed) if self.pushed else due

    def finish(self, end: Instant | None) -> Measured | None:
        """
        Close the last stretch (at ``end``, or open) and return the sum of it all.
        """
        if self.promise is None or not self.was_promised:
            return None
        due, early = self._due(), None if self.promise.early is None else self._early()
        if end is not None:
            self._count(end, due)
        legs = self._legs()
        if end is None:
            legs.append(Leg(self.since, None, self.promise, self.counted_from, self.paused_by, self.ruling))
        broken, is_agreed = self.breached_at, self.agreed_due is not None
        return Measured(
            self.promise, tuple(legs), due if broken is None else broken, early, broken, self.consumed,
            self._allowed(), self.promise.length is not None or is_agreed, tuple(self.changes), is_agreed, self.ruling,
        )  # fmt: skip

    def _legs(self) -> list[Leg]:
        """
        Return the stretches in which a promise ruled, or for which one counts since it took over from the start.
        """
        if self.retold is None:
            return [
                Leg(each.since, each.until, each.promise, each.counted_from, each.paused_by, each.ruling)
                for each in self.stretches
                if each.promise is not None
            ]
        legs = []
        for index, each in enumerate(self.stretches):
            (promise, _, ruling), counted_from = self._ruling_at(index), each.counted_from
            if self._is_retold(index):
                counted_from = self.stretches[self.first].since
            if promise is not None:
                legs.append(Leg(each.since, each.until, promise, counted_from, each.paused_by, ruling))
        return legs

    def _is_retold(self, index: int) -> bool:
        return self.retold is not None and self.first <= index < self.retold.upto

    def _ruling_at(self, index: int) -> tuple[Promise | None, Subject, int]:
        """
        Return the promise for which a stretch counts, by its index, and by whose rules.
        """
        if self.retold is not None and self._is_retold(index):
            return self.retold[1:]
        each = self.stretches[index]
        return each.promise, each.subject, each.ruling

    def _early(self) -> Instant | None:
        """
        Return the early end of a promised range, wherever in the walk it lies; nothing while a pause keeps it open.
        """
        promise, calendar = self.promise, self.calendar
        if promise is None or promise.early is None or calendar is None:
            return None
        needed = allowed_seconds(promise.early, calendar)
        if needed is None:
            return self._early_by_days(promise.early, calendar)
        for index in range(self.counting, len(self.stretches)):
            each, (ruling, subject, _) = self.stretches[index], self._ruling_at(index)
            if each.paused_by or ruling is None:
                continue
            own = subject.calendar(ruling)
            seconds = own.between(each.since, each.until)
            if seconds >= needed:
                return own.add(each.since, needed)
            needed -= seconds
        return None if self.paused_by else calendar.add(self.since, needed)

    def _early_by_days(self, length: Duration, calendar: CompiledCalendar) -> Instant | None:
        early = calendar.add_days(self.counted_from, length.count, length.mode or DayMode.HOURS)
        paused = [Period(each.since, each.until) for each in self.stretches[self.counting :] if each.paused_by]
        early = calendar.pushed(early, self.counted_from, paused)
        return early if not self.paused_by or early <= self.since else None

    def _allowed(self) -> int | None:
        promise, calendar = self.promise, self.calendar
        if promise is None or promise.length is None or calendar is None:
            return None
        return self.seconds if self.seconds is not None else allowed_seconds(promise.length, calendar)


def _same_target(old: Promise, new: Promise) -> bool:
    """
    Return whether two promises differ in nothing but the rule and severity that gave them.
    """
    return (old.length, old.kind, old.is_exclusive, old.calendar) == (
        new.length,
        new.kind,
        new.is_exclusive,
        new.calendar,
    )


def _is_shorter(new: Duration, new_seconds: int | None, old: Duration, old_seconds: int | None) -> bool:
    """
    Return whether a target is shorter than another: by what they allow in support time, or by days of one mode.
    """
    if new_seconds is not None and old_seconds is not None:
        return new_seconds < old_seconds
    return (new.unit, new.mode) == (old.unit, old.mode) and new.count < old.count


def _allows_agreement(promise: Promise | None) -> bool:
    """
    Return whether a date agreed with the customer can take the place of a promise's due time.
    """
    return promise is not None and (promise.or_agreed or promise.kind == "agreed")
