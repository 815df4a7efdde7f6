# ruff: noqa: INP001  (scripts beside the project, not a package of it)
"""
Stories: what happened on a ticket, in words that people read, and what its clocks say about it.

A line is a moment on the wall clock of the plan's zone and what happened then: ``Mon 2026-03-02 16:00  opened``.
Invariant: only the words of ``WORDS`` are understood; anything else is refused, so that no line is passed over.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from upheld.core import events as ev
from upheld.core.clocks.clock import Clock, State, TicketClocks, Verdict
from upheld.core.clocks.explain import explain, stand
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.durations import spell_seconds
from upheld.core.instants import Instant
from upheld.core.plan.contract import Contract
from upheld.core.plan.loading import LoadedPlan
from upheld.core.plan.support_hours import SupportHours
from upheld.rendering.explanations import Reader
from upheld.rendering.timeline import FILE_WIDE, timeline


class ExampleError(Exception):
    """
    An example that cannot be run.
    """


class Words(NamedTuple):
    """
    Words for an event: their pattern, whose groups are the event's fields, its class, and fields that the words imply.
    """

    pattern: str
    event: type[ev.Event]
    fields: Mapping[str, Any] = {}


_VENDOR: Final = {"actor": ev.Actor(ev.Side.VENDOR)}
WORDS: Final = (
    Words(r"opened(?: as (?P<severity>\w+))?(?: by (?P<channel>\w+))?", ev.Opened),
    Words(r"the customer writes", ev.MessageReceived, {"actor": ev.Actor(ev.Side.CUSTOMER)}),
    Words(r"support answers", ev.MessageSent, _VENDOR),
    Words(r"an automatic confirmation goes out", ev.MessageSent, {"automatic": True}),
    Words(r"support writes an internal note", ev.MessageSent, {**_VENDOR, "public": False}),
    Words(r"the customer calls", ev.CallLogged),
    Words(r"support calls back", ev.CallLogged, {"inbound": False}),
    Words(r"the customer states urgency (?P<urgency>\w+)", ev.UrgencyStated),
    Words(r"severity becomes (?P<severity>\w+)", ev.SeverityAssigned),
    Words(r"now (?P<status>waiting on (?:support|customer|third party))", ev.StatusChanged),
    Words(r"details are asked for", ev.IntakeRequested),
    Words(r"the details are there", ev.IntakeCompleted),
    Words(r"a workaround is given", ev.WorkaroundGiven),
    Words(r"both sides agree on (?P<promised_for>\w+ \d{4}-\d\d-\d\d \d\d:\d\d)", ev.RemediationPlanned),
    Words(r"milestone (?P<milestone>\w+)", ev.MilestoneReached),
    Words(r"resolved", ev.Resolved),
    Words(r"reopened", ev.Reopened),
    Words(r"closed", ev.Closed),
    Words(r"merged into another ticket", ev.Merged, {"into": "another"}),
    Words(r"excluded: (?P<cause>\w+)", ev.ExclusionDecided, {"reason": "decided"}),
    Words(r"coverage: (?P<coverage>\w+)", ev.CoverageDecided, {"reason": "decided"}),
)
NOW: Final = "now"
"""A moment at which nothing happens: to look at the clocks."""
_LINE: Final = re.compile(r"(\w{3} \d{4}-\d\d-\d\d \d\d:\d\d)  +(.*)")
_SHOWN: Final = re.compile(r"this desk shows only: (.*)")


class Told(NamedTuple):
    """
    A told ticket: its clocks, the rules that ruled them, the moment of its last line, the zone of its plan.
    """

    clocks: TicketClocks
    rules: Rules
    now: Instant
    zone: ZoneInfo

    def lines(self) -> str:
        """
        Return what the clocks say at the last line, one line a clock.
        """
        lines = (_line(each, self.rules, self.clocks.channel, self.now, self.zone) for each in self.clocks.clocks)
        return "".join(lines) or "no clock\n"

    def picture(self, metric: str) -> str:
        """
        Return the timeline of a metric's first clock, on white ground so that it stands on any page.
        """
        clock = next(each for each in self.clocks.clocks if each.metric == metric)
        explanation = explain(clock, self.rules, self.clocks.channel, self.now)
        drawn = timeline(
            explanation, Reader(self.rules.hours.plan, self.zone.key), name="clock", now=self.now, wide=FILE_WIDE
        )
        return drawn.replace("<svg ", '<svg style="background:#ffffff" ', 1) + "\n"


def tell(told: str, loaded: LoadedPlan, tier: str) -> Told:
    """
    Return what a told ticket comes to under a plan; without a tier, its first.

    Raises :class:`ExampleError` for a line that nobody understands.
    """
    zone = ZoneInfo(loaded.plan.zone or "UTC")
    events: list[ev.Event] = []
    moments: list[Instant] = []
    observed: frozenset[str] | None = None
    for line in told.splitlines():
        if shown := _SHOWN.fullmatch(line):
            observed = frozenset(shown[1].split(", "))
            continue
        found = _LINE.fullmatch(line)
        if not found:
            raise ExampleError(f"not a moment and what happened then: {line}")
        moments.append(_instant(found[1], zone))
        events += _events(found[2], moments[-1], zone, len(events) + 1)
    days = [dt.datetime.fromtimestamp(at, zone).date() for at in moments]
    hours = SupportHours(loaded.plan, min(days) - dt.timedelta(days=30), max(days) + dt.timedelta(days=400))
    contract = Contract(customer="example", tier=tier or next(iter(loaded.plan.tiers)), zone=zone.key)
    rules = Rules(hours, contract)
    return Told(fold(events, rules, observed=observed), rules, max(moments), zone)


def _instant(text: str, zone: ZoneInfo) -> Instant:
    at = dt.datetime.strptime(text[4:], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    if f"{at:%a}" != text[:3]:
        raise ExampleError(f"{text}: that day is a {at:%a}")
    return int(at.timestamp())


def _events(words: str, at: Instant, zone: ZoneInfo, seq: int) -> list[ev.Event]:
    """
    Return what the words say: one event, or an opening and the severity that is known at it.
    """
    if words == NOW:
        return []
    for each in WORDS:
        found = re.fullmatch(each.pattern, words)
        if not found:
            continue
        given: dict[str, Any] = {name: value for name, value in found.groupdict().items() if value is not None}
        given |= {name: value.replace(" ", "_") for name, value in given.items() if name in ("status", "coverage")}
        given |= {name: _instant(value, zone) for name, value in given.items() if name == "promised_for"}
        severity = given.pop("severity", None) if each.event is ev.Opened else None
        event = each.event(seq=seq, effective_at=at, **each.fields, **given)
        return [event, *([ev.SeverityAssigned(seq=seq + 1, effective_at=at, severity=severity)] if severity else [])]
    raise ExampleError(f"nobody knows what this is: {words}")


def _line(clock: Clock, rules: Rules, channel: str | None, now: Instant, zone: ZoneInfo) -> str:
    """
    Return a clock in one line: metric and cycle, how it stands, when it is due, what was counted.
    """
    standing = stand(clock, rules, channel, now)
    name = clock.metric if clock.cycle == 1 else f"{clock.metric} #{clock.cycle}"
    state = str(standing.state).replace("_", " ")
    if standing.state is State.PAUSED:
        state += f" ({', '.join(standing.paused_by)})"
    if standing.state is State.ENDED and clock.ended_because:
        state += f" ({clock.ended_because})"
    if clock.exclusion:
        state += f", excluded ({clock.exclusion.cause})"
    parts = [f"{name}: {state}"]
    if clock.due_at is not None:
        early = f"{_text(clock.early_at, zone)} to " if clock.early_at is not None else ""
        before = "before " if clock.promise and clock.promise.is_exclusive else ""
        parts.append(f"due {early}{before}{_text(clock.due_at, zone)}")
    if clock.verdict is not Verdict.UNOBSERVABLE:
        allowed = f" of {spell_seconds(clock.allowed)}" if clock.allowed is not None else ""
        parts.append(f"{spell_seconds(standing.spent_seconds)}{allowed} counted")
    return ", ".join(parts) + "\n"


def _text(instant: Instant, zone: ZoneInfo) -> str:
    return f"{dt.datetime.fromtimestamp(instant, zone):%a %Y-%m-%d %H:%M}"
