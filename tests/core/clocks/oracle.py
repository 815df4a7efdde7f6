"""
A slow clock that shares nothing with the engine: it walks a ticket minute by minute and counts on its fingers.

It knows one metric as plain words, its events on whole minutes and no two in the same one. Open minutes come from sets.
"""

import dataclasses

MINUTE = 60


@dataclasses.dataclass
class Shape:
    """A metric and what the plan says about it. ``allowed`` is minutes by severity, gravest first."""

    starts: tuple
    stops: tuple
    allowed: dict
    pauses: tuple = ()
    cancels: tuple = ()
    repeats: bool = False
    continues: bool = False
    gate: object = None
    exclusive: bool = False
    raised: str = "from_change"
    lowered: str = "from_start"
    missing: str = "clock_runs"


class Cycle:
    def __init__(self, at, by, desk):
        self.start, self.by, self.desk, self.shape = at, by, desk, desk.shape
        self.life = []
        self.counted = 0
        self.mark = None
        self.breach = None
        self.end = self.because = None
        self.answer = None
        self.rule = self.desk.rule()
        self.meet(at)

    @property
    def left(self):
        return self.rule[0] - self.counted

    def meet(self, at):
        """Where nothing is left, the clock is due as soon as it may be."""
        self.mark = self.desk.standing(at, self.rule[1]) if self.left <= 0 else None

    def look(self, at):
        if self.answer is not None or self.breach is not None or self.is_paused() or self.mark is None:
            return
        if self.mark < at or (self.shape.exclusive and self.mark <= at):
            self.breach = self.mark

    def is_paused(self):
        return bool(self.desk.pausing())

    def minute(self, at):
        paused = self.is_paused() or self.answer is not None
        self.life.append((at, paused))
        if paused or at not in self.desk.open[self.rule[1]]:
            return
        self.counted += 1
        if self.left == 0:
            self.mark = at + MINUTE

    def changed(self, at, was_paused, was_missing):
        """The situation is another one from ``at`` on."""
        if was_missing and "intake_missing" not in self.desk.conditions and self.shape.missing == "clock_not_started":
            self.life, self.counted = [], 0
            self.meet(at)
        if was_paused and not self.is_paused():
            self.meet(at)
        rule = self.desk.rule()
        if self.breach is not None or rule == self.rule:
            return
        old, new = self.rule[2], rule[2]
        same = self.rule[:2] == rule[:2]
        self.rule = rule
        if old == new or same:
            pass
        elif list(self.shape.allowed).index(new) < list(self.shape.allowed).index(old):
            self.recount(self.shape.raised)
        else:
            self.recount(self.shape.lowered)
        if self.mark is None or not same:
            self.meet(at)

    def recount(self, how):
        if how == "from_change":
            self.counted = 0
        else:
            open_minutes = self.desk.open[self.rule[1]]
            self.counted = sum(not paused and at in open_minutes for at, paused in self.life)

    def due(self, at, *, paused):
        if self.breach is not None:
            return self.breach
        if paused:
            return None
        if self.mark is not None:
            return self.mark
        left, minutes = self.left, self.desk.open[self.rule[1]]
        while left:
            left -= at in minutes
            at += MINUTE
        return at

    def finish(self, at, because, *, stopped):
        """What happens at the end itself, such as being resolved, comes too late to pause it."""
        self.end, self.because = at, because
        verdict = "breached" if self.breach is not None else "met" if stopped else "ended"
        self.answer = (self.due(at, paused=self.desk.was_paused), verdict, self.breach, self.counted * MINUTE)

    def tell(self, now):
        if self.answer is None:
            verdict = "breached" if self.breach is not None else "pending"
            self.answer = (self.due(now, paused=self.is_paused()), verdict, self.breach, self.counted * MINUTE)
        return (self.start, self.by, self.end, self.because, *self.answer)


class Desk:
    """The walk. ``open`` has the open minutes of each calendar; ``calendar_of(severity, phoned)`` chooses one."""

    def __init__(self, shape, open_minutes, calendar_of, severity):
        self.shape, self.open, self.calendar_of = shape, open_minutes, calendar_of
        self.severity, self.phoned, self.status, self.conditions = severity, False, None, set()
        self.found, self.cycle, self.owed, self.over, self.was_paused = [], None, None, False, False
        self.idle = None

    def rule(self):
        return self.shape.allowed[self.severity], self.calendar_of(self.severity, self.phoned), self.severity

    def standing(self, at, calendar):
        while at not in self.open[calendar] and at - MINUTE not in self.open[calendar]:
            at += MINUTE
        return at

    def all_conditions(self):
        return self.conditions | ({self.status} if self.status else set())

    def pausing(self):
        words = set(self.shape.pauses) | set(self.shape.cancels)
        words |= {"resolved"} if self.shape.continues else set()
        words |= {"intake_missing"} if self.shape.missing != "clock_runs" else set()
        return words & self.all_conditions()

    def walk(self, story, now):
        """``story`` is {instant: (kind, word)}; returns the cycles as tuples."""
        for at in range(min(story), now + MINUTE, MINUTE):
            if self.cycle is not None:
                self.cycle.look(at)
            if at in story:
                self.happens(at, *story[at])
            if self.cycle is not None and at < now:
                self.cycle.minute(at)
        if self.cycle is not None:
            self.cycle.look(now)
        self.end_idle()
        told = [each.tell(now) for each in self.found]
        return told + ([self.cycle.tell(now)] if self.cycle else [])

    def runs(self):
        return self.cycle is not None and self.cycle.answer is None

    def happens(self, at, kind, word):
        was, missing = self.all_conditions(), "intake_missing" in self.conditions
        self.was_paused = bool(self.pausing())
        was_resolved = "resolved" in self.conditions
        self.situation(kind, word)
        if self.cycle is not None:
            self.cycle.changed(at, self.was_paused, missing)
        if self.all_conditions() != was and self.shape.cancels and kind not in ("resolved", "closed"):
            self.cancelled_or_not(at)
        if kind == "reopened":
            self.reopened(at)
        elif kind == "closed" and not was_resolved:
            self.trigger(at, "resolved")
            self.trigger(at, "closed")
        elif not (kind == "resolved" and was_resolved):
            self.trigger(at, kind)
        if self.all_conditions() != was and self.shape.cancels and kind in ("resolved", "closed"):
            self.cancelled_or_not(at)

    def situation(self, kind, word):
        if kind == "customer_message" and self.status == "waiting_on_customer":
            self.status = None
        elif kind == "status":
            self.status = word
        elif kind == "severity":
            self.severity = word
        elif kind == "phoned":
            self.phoned = True
        elif kind == "asked":
            self.conditions.add("intake_missing")
        elif kind == "complete":
            self.conditions.discard("intake_missing")
        elif kind in ("resolved", "closed"):
            self.conditions.add("resolved")
        elif kind == "reopened":
            self.conditions.discard("resolved")

    def is_cancelled(self):
        return bool(set(self.shape.cancels) & self.all_conditions())

    def cancelled_or_not(self, at):
        if self.runs() and self.is_cancelled():
            if self.cycle.breach is None and self.idle is None:
                self.idle = (at, self.cycle.due(at, paused=self.was_paused), self.cycle.counted)
        elif self.cycle is not None:
            self.idle = None
        elif not self.is_cancelled() and self.owed:
            self.begin(at, self.owed)

    def end_idle(self):
        """Nothing was owed any more: the cycle ended when the idle time began."""
        idle, cycle, self.idle = self.idle, self.cycle, None
        if idle is None or not self.runs() or cycle.breach is not None:
            return
        at, due, counted = idle
        cycle.end, cycle.because = at, "nothing_owed"
        cycle.answer = (due, "ended", None, counted * MINUTE)
        if at != cycle.start:
            self.found.append(cycle)
        self.cycle = None

    def close(self, at, because, *, stopped):
        self.cycle.finish(at, because, stopped=stopped)
        if not self.shape.continues or because == "merged":
            self.found.append(self.cycle)
            self.cycle = None

    def trigger(self, at, kind):
        if self.runs() and kind in self.shape.stops:
            self.end_idle()
        if self.runs() and kind in self.shape.stops and self.cycle.start != at:
            self.close(at, None, stopped=True)
        if kind in ("merged", "closed") or (kind == "resolved" and self.shape.repeats):
            self.over = self.over or kind == "merged"
            self.owed = None
            self.end_idle()
            if self.runs():
                self.close(at, kind, stopped=False)
        if self.runs():
            self.take_over(at, kind)
        elif self.cycle is None and self.may_start(kind):
            self.begin(at, kind)

    def may_start(self, kind):
        is_first = self.shape.repeats or not self.found
        return kind in self.shape.starts and is_first and "resolved" not in self.conditions

    def take_over(self, at, kind):
        order = self.shape.starts
        if self.cycle.breach is not None or kind not in order or self.cycle.by not in order:
            return
        if order.index(kind) < order.index(self.cycle.by):
            self.cycle = Cycle(at, kind, self)
            if self.idle is not None:
                self.idle = (at, None, 0)

    def begin(self, at, by):
        if self.over or not (self.shape.gate is None or self.shape.gate(at)):
            return
        if self.is_cancelled():
            self.owed = by
        else:
            self.owed = None
            self.cycle = Cycle(at, by, self)

    def reopened(self, at):
        if self.shape.continues:
            if self.cycle is not None and not self.runs() and not self.over:
                self.cycle.answer = self.cycle.end = self.cycle.because = None
        elif self.shape.repeats and self.cycle is None:
            self.begin(at, "reopened")
