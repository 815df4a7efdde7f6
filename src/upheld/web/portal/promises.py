"""
Promises as a customer reads them: one sentence with its reason and a ring, each further one in a line.

Invariant: nothing is computed here but shares of a ring; what is due, and why, is what the core says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils import formats
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upheld.apps.tickets.models import Ticket
from upheld.core.clocks.clock import Clock, State, TicketClocks
from upheld.core.clocks.explain import Standing, explain, stand
from upheld.core.clocks.rules import Rules
from upheld.core.durations import HOUR, MINUTE, Duration, Unit
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.support_hours import ELAPSED
from upheld.rendering.explanations import Reader as PlanReader
from upheld.rendering.explanations import sentences
from upheld.rendering.timeline import timeline
from upheld.web import moments

DAY: Final = 24 * HOUR
MOST_HOURS: Final = 100
"""From so many hours on a ring tells days."""
LIVE: Final = (State.RUNNING, State.OUTSIDE_HOURS, State.PAUSED, State.BREACHED, State.NOT_DUE)
ICONS: Final = {
    "good": "circle-check",
    "warn": "message-circle-question-mark",
    "bad": "triangle-alert",
    "quiet": "pause",
    "info": "info",
    "done": "circle-check",
}


@dataclass(frozen=True, slots=True)
class Ring:
    """
    A ring of what is left: ``left`` of 100 parts, and the time in words within it.
    """

    left: int
    words: str


@dataclass(frozen=True, slots=True)
class Headline:
    """
    The promise that matters now, as a sentence with its reason; ``tone`` is good, warn, bad, quiet, info or done.
    """

    tone: str
    title: str
    reason: str = ""
    ring: Ring | None = None

    @property
    def icon(self) -> str:
        """
        The icon that stands where there is no ring.
        """
        return ICONS[self.tone]


@dataclass(frozen=True, slots=True)
class Line:
    """
    One promise of a ticket: what, how it stands, and how that is counted.
    """

    name: str
    tone: str
    words: str
    detail: str
    sentences: tuple[str, ...]
    picture: SafeString


def what(plan: Plan, metric: str, cycle: int = 1) -> str:
    """
    Return what a promise is of, as a part of "You will have ... by": an answer, a workaround, the solution.
    """
    rule = plan.metrics.get(metric)
    stops = {str(each) for each in rule.stops_on} if rule else set()
    starts = {str(each) for each in rule.starts_on} if rule else set()
    if stops & {"reply", "acknowledgement"}:
        return _("our first answer") if "opened" in starts and cycle == 1 else _("our next answer")
    if "resolved" in stops or "closed" in stops:
        return _("the solution")
    return _("a workaround") if "workaround" in stops else ""


def when(instant: Instant, now: Instant) -> str:
    """
    Return a moment as a sentence says it after "by": ``18:18 today``, ``Sunday 18:18``, ``12 April, 18:18``.
    """
    moment, today = moments.local(instant), moments.local(now)
    clock = formats.date_format(moment, "H:i")
    days = (moment.date() - today.date()).days
    if days == 0:
        return _("%(clock)s today") % {"clock": clock}
    if days == 1:
        return _("%(clock)s tomorrow") % {"clock": clock}
    if 0 < days <= moments.NEAR_DAYS:
        return _("%(day)s %(clock)s") % {"day": formats.date_format(moment, "l"), "clock": clock}
    date = formats.date_format(moment, _("j F") if moment.year == today.year else _("j F Y"))
    return _("%(date)s, %(clock)s") % {"date": date, "clock": clock}


def span(duration: Duration, plan: Plan, calendar: str) -> str:
    """
    Return a promised length as people say it: ``2 hours``, ``30 minutes``, ``2 support days of 9 hours``.
    """
    if duration.unit is Unit.SECONDS:
        return _hours(duration.count)
    if duration.unit is not Unit.DAYS:
        return str(duration)
    days = ngettext("%(count)d support day", "%(count)d support days", duration.count) % {"count": duration.count}
    rule = plan.calendars.get(calendar)
    if rule is None or rule.day is None or str(duration.mode or "hours") != "hours":
        return days
    return _("%(days)s of %(hours)s") % {"days": days, "hours": _hours(rule.day.count)}


def _hours(seconds: int) -> str:
    hours, minutes = divmod(seconds // MINUTE, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes or not hours:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return " ".join(parts)


def ring(clock: Clock, standing: Standing, now: Instant) -> Ring | None:
    """
    Return the ring of a clock that has a due time ahead.
    """
    due = standing.due_at
    if due is None or due <= now:
        return None
    whole = max(due - clock.started_at, 1)
    return Ring(max(1, min(100, 100 * (due - now) // whole)), _left(due - now))


def _left(seconds: int) -> str:
    if seconds < MINUTE:
        return moments.length(seconds)
    if seconds < HOUR:
        return _("%(count)d min") % {"count": seconds // MINUTE}
    if seconds < DAY:
        return f"{seconds // HOUR}:{seconds % HOUR // MINUTE:02d}"
    if seconds < MOST_HOURS * HOUR:
        return _("%(count)d h") % {"count": seconds // HOUR}
    return _("%(count)d d") % {"count": seconds // DAY}


@dataclass(frozen=True, slots=True)
class Teller:
    """
    Tells the promises of one ticket (or of a request that is not sent yet) to one reader at one instant.
    """

    rules: Rules
    words: PlanReader
    now: Instant
    place: str
    """The reader's zone in words: its city."""

    @property
    def plan(self) -> Plan:
        """
        The plan whose promises are told.
        """
        return self.rules.hours.plan

    def standings(self, folded: TicketClocks) -> list[tuple[Clock, Standing]]:
        """
        Return each clock with how it stands.
        """
        return [(clock, stand(clock, self.rules, folded.channel, self.now)) for clock in folded.clocks]

    def next_of(self, folded: TicketClocks) -> tuple[Clock, Standing] | None:
        """
        Return the promise that matters now: the broken one first, then the next due, then one that is paused.
        """
        live = [each for each in self.standings(folded) if each[0].is_open and each[1].state in LIVE]
        far = 2**62
        ranked = sorted(live, key=lambda each: (each[1].state is State.NOT_DUE, each[1].due_at or far))
        return ranked[0] if ranked else None

    def headline(self, folded: TicketClocks, status: str = "") -> Headline:
        """
        Return the promise that matters now, in a sentence.
        """
        found = self.next_of(folded)
        if found is None and status == "waiting_on_customer":
            return Headline(
                "warn", _("We are waiting for your answer"), _("As soon as you write, it is our turn again.")
            )
        if found is None:
            return self._nothing_left(folded)
        clock, standing = found
        if standing.state is State.BREACHED and standing.due_at is not None:
            return self._late(clock, standing.due_at)
        if standing.state is State.PAUSED:
            return self._paused(clock, standing)
        if standing.due_at is None:
            return Headline("info", _("We answer as soon as we can"), self._no_figure(clock))
        return Headline("good", self._by(clock, standing.due_at), self._reason(clock), ring(clock, standing, self.now))

    def _by(self, clock: Clock, due: Instant) -> str:
        thing = what(self.plan, clock.metric, clock.cycle)
        facts = {"what": thing or self.words.metric(clock.metric), "when": when(due, self.now), "place": self.place}
        if thing:
            return _("You will have %(what)s by %(when)s (%(place)s time)") % facts
        return _("%(what)s: by %(when)s (%(place)s time)") % facts

    def _reason(self, clock: Clock) -> str:
        """
        Return from what the due time follows: severity, tier, length, hours, and from when they count.
        """
        promise = clock.promise
        if promise is None or promise.length is None:
            return ""
        facts = {
            "severity": self.words.severity(promise.severity),
            "tier": self.words.tier(self.rules.contract.tier),
            "length": span(promise.length, self.plan, promise.calendar),
            "hours": _("day and night") if promise.calendar == ELAPSED else _("in support hours"),
        }
        text = (
            _("%(severity)s on your %(tier)s plan: %(length)s %(hours)s")
            if promise.severity
            else _("Your %(tier)s plan: %(length)s %(hours)s")
        )
        return text % facts + self._counted_from(clock)

    def _counted_from(self, clock: Clock) -> str:
        leg = clock.legs[-1] if clock.legs else None
        if leg is None:
            return "."
        calendar = self.rules.calendar(leg.promise.calendar, leg.promise.severity, None)
        opens = calendar.next_open(leg.counted_from)
        if opens > leg.counted_from:
            return _(". Support is closed before that, so the time counts from %(opens)s.") % {
                "opens": moments.short(opens, self.now)
            }
        return _(", counted from %(start)s.") % {"start": moments.short(leg.counted_from, self.now)}

    def _late(self, clock: Clock, due: Instant) -> Headline:
        thing = what(self.plan, clock.metric, clock.cycle) or self.words.metric(clock.metric)
        facts = {"what": thing, "when": moments.short(due, self.now), "late": moments.length(self.now - due)}
        return Headline(
            "bad",
            _("We are late: you should have had %(what)s by %(when)s") % facts,
            _("That was %(late)s ago. Support has been warned; it counts as a broken promise.") % facts,
        )

    def _paused(self, clock: Clock, standing: Standing) -> Headline:
        conditions = self.words.conditions(standing.paused_by)
        if "waiting_on_customer" in standing.paused_by:
            return Headline("quiet", _("We are waiting for you"), self._rest(standing, _("until you answer")))
        del clock
        return Headline("quiet", _("The time stands still: %(why)s") % {"why": conditions}, self._rest(standing, ""))

    def _rest(self, standing: Standing, until: str) -> str:
        left = standing.left_seconds
        if left is None or left <= 0:
            return _("The time for our answer goes on when that is over.")
        facts = {"left": moments.length(left), "until": until or _("until that is over")}
        return _("Our time stands still %(until)s; %(left)s of support time are left then.") % facts

    def _no_figure(self, clock: Clock) -> str:
        kind = clock.promise.kind if clock.promise else ""
        if not clock.promise or clock.promise.severity is None:
            return _("As soon as support has judged how severe it is, you see here until when you will hear from us.")
        if kind == "best_effort":
            return _("Your plan promises our best effort for this, without a fixed time.")
        return _("Your plan names no fixed time for this.")

    def _nothing_left(self, folded: TicketClocks) -> Headline:
        kept = [clock for clock in folded.clocks if clock.stopped_at is not None]
        if not kept:
            return Headline("info", _("We answer as soon as we can"), _("Your plan names no fixed time for this."))
        last = max(kept, key=lambda clock: clock.stopped_at or 0)
        return self._answered(last, stand(last, self.rules, folded.channel, self.now))

    def _answered(self, clock: Clock, standing: Standing) -> Headline:
        facts = {"when": moments.short(clock.stopped_at or self.now, self.now)}
        if standing.state is State.BREACHED or clock.due_at is None or clock.stopped_at is None:
            return Headline("done", _("We answered: %(when)s") % facts)
        facts["early"] = moments.length(clock.due_at - clock.stopped_at)
        return Headline(
            "done", _("We answered: %(when)s") % facts, _("That was %(early)s before the time we promised.") % facts
        )

    def lines(self, folded: TicketClocks) -> list[Line]:
        """
        Return every promise of the ticket with how it is counted.
        """
        return [self._line(index, *each, folded.channel) for index, each in enumerate(self.standings(folded), 1)]

    def _line(self, index: int, clock: Clock, standing: Standing, channel: str | None) -> Line:
        explained = explain(clock, self.rules, channel, self.now)
        cycle = f" {clock.cycle}" if clock.cycle > 1 else ""
        words, detail, tone = self._standing(clock, standing)
        picture = timeline(explained, self.words, name=f"clock-{index}", now=self.now)
        return Line(
            name=f"{self.words.metric(clock.metric)}{cycle}",
            tone=tone,
            words=words,
            detail=detail,
            sentences=tuple(sentences(explained, self.words)),
            picture=mark_safe(picture),  # noqa: S308  (made by ours; every text in it is escaped there)
        )

    def _standing(self, clock: Clock, standing: Standing) -> tuple[str, str, str]:
        """
        Return how a clock stands: words, detail, tone.
        """
        due = moments.short(standing.due_at, self.now) if standing.due_at is not None else ""
        stopped = moments.short(clock.stopped_at, self.now) if clock.stopped_at is not None else ""
        quiet = {
            State.PAUSED: (_("Stands still"), self.words.conditions(standing.paused_by), "quiet"),
            State.ENDED: (_("Ended"), "", "quiet"),
            State.UNOBSERVABLE: (_("No fixed time"), "", "quiet"),
            State.NOT_DUE: (_("No fixed time"), "", "quiet"),
            State.BREACHED: (_("Late"), _("was due %(due)s") % {"due": due}, "bad"),
            State.OUTSIDE_HOURS: (_("Due %(due)s") % {"due": due}, self._closed(standing), "good"),
        }
        if standing.state is State.MET:
            return _("Kept"), _("%(at)s, due %(due)s") % {"at": stopped, "due": due} if due else stopped, "good"
        return quiet.get(standing.state, (_("Due %(due)s") % {"due": due}, _("runs"), "good"))

    def _closed(self, standing: Standing) -> str:
        if standing.resumes_at is None:
            return _("support is closed")
        return _("support is closed, goes on %(opens)s") % {"opens": moments.short(standing.resumes_at, self.now)}


def untold(ticket: Ticket) -> Headline:
    """
    Return the headline of a ticket that no running contract covers.
    """
    if ticket.contract is None:
        reason = _("Your organisation has no contract with us. We tell you here and by mail as soon as one covers it.")
    else:
        reason = _(
            "Your contract does not run now. Nothing is lost: as soon as it is renewed, this goes on, and the times we "
            "promise count then. Somebody of ours has been told."
        )
    return Headline("quiet", _("We have your request and keep it"), reason)


def over(ticket: Ticket, now: Instant) -> Headline | None:
    """
    Return the headline of a ticket that is solved, closed or merged, and nothing for any other.
    """
    at = ticket.resolved_at or ticket.closed_at
    facts = {"when": moments.short(at, now) if at is not None else ""}
    again = _("Is it not? Write below and it is open again.")
    titles = {
        "resolved": _("Solved %(when)s") % facts,
        "closed": _("Closed %(when)s") % facts,
        "merged": _("This goes on in another ticket"),
    }
    title = titles.get(ticket.status)
    return Headline("done", title, "" if ticket.status == "merged" else again) if title else None
