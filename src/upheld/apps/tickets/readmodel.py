"""
The read model: what a ticket's row and clock rows must say, as a function of its events alone.

Invariant: pure; :mod:`upheld.apps.tickets.services.recording` writes what is computed here, and ``upheld verify``
computes it again and compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from upheld.core import events as ev
from upheld.core.clocks.clock import Clock, TicketClocks, Verdict
from upheld.core.clocks.fold import fold
from upheld.core.clocks.risk import at_risk_at
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant


@dataclass(frozen=True, slots=True)
class ReadModel:
    """
    The fields of ``Ticket``, of its ``ClockRow`` rows and of its ``Timer`` rows that follow from events.
    """

    ticket: dict[str, Any]
    clocks: tuple[dict[str, Any], ...]
    timers: tuple[dict[str, Any], ...] = ()


def read_model(events: Sequence[ev.Event], rules: Rules | None, now: Instant) -> ReadModel:
    """
    Return the read model of a ticket at ``now``; without rules (not entitled, no contract) it has no clocks.
    """
    ordered = ev.in_order(events)
    facts = _facts(ordered)
    if rules is None:
        return ReadModel(facts | _next(()), ())
    folded = fold(ordered, rules)
    facts["severity"] = folded.severity or ""
    clocks = tuple(_clock_row(clock, folded, rules, now) for clock in folded.clocks)
    rows = zip(folded.clocks, clocks, strict=True)
    timers = tuple(each for clock, row in rows for each in _timers(clock, row["at_risk_at"]))
    return ReadModel(facts | _next(clocks), clocks, timers)


def _timers(clock: Clock, risk: Instant | None) -> Iterator[dict[str, Any]]:
    """
    Yield what becomes true of a clock if nothing happens before: it is at risk; it is broken.

    A breach that the events themselves show keeps its timer, so that it is told also where it was recorded before a
    worker came to it. Where the last instant does not keep the promise any more, it is broken at its due time itself,
    otherwise a second later.
    """
    if clock.due_at is None or clock.promise is None:
        return
    fields = {"metric": clock.metric, "cycle": clock.cycle}
    if clock.verdict is Verdict.BREACHED or (clock.is_open and clock.verdict is Verdict.PENDING):
        yield {"kind": "breach", **fields, "due_at": clock.due_at + (0 if clock.promise.is_exclusive else 1)}
    if clock.verdict is Verdict.PENDING and risk is not None and risk < clock.due_at:
        yield {"kind": "at_risk", **fields, "due_at": risk}


def _facts(ordered: Sequence[ev.Event]) -> dict[str, Any]:
    """
    Return the fields that follow without any plan.
    """
    facts: dict[str, Any] = {
        "status": ev.Status.WAITING_ON_SUPPORT.value,
        "is_open": True,
        "urgency": "",
        "severity": "",
        "is_severity_assigned": False,
        "coverage": ev.Coverage.UNDECIDED.value,
        "resolved_at": None,
        "closed_at": None,
        "messages_count": 0,
        "last_message_at": None,
        "last_message_by_customer": True,
        "assignee_ref": None,
        "team_ref": None,
    }
    for event in ordered:
        _apply(facts, event)
    return facts


def _apply(facts: dict[str, Any], event: ev.Event) -> None:
    at = event.effective_at
    match event:
        case ev.Opened():
            facts |= {"messages_count": 1, "last_message_at": at}
        case ev.UrgencyStated():
            facts["urgency"] = event.urgency
        case ev.SeverityAssigned() | ev.SeverityConfirmed():
            facts |= {"severity": event.severity, "is_severity_assigned": True}
        case ev.StatusChanged():
            facts["status"] = event.status
        case ev.CoverageDecided():
            facts["coverage"] = event.coverage.value
        case ev.Assigned():
            facts |= _given_to(event.to)
        case ev.MessageReceived() | ev.MessageSent():
            _message(facts, event)
        case ev.Resolved():
            facts |= {"resolved_at": at, "status": "resolved"}
        case ev.Reopened():
            facts |= {"resolved_at": None, "closed_at": None, "is_open": True, "status": "waiting_on_support"}
        case ev.Closed():
            facts |= {"closed_at": at, "is_open": False, "status": "closed"}
        case ev.Merged():
            facts |= {"closed_at": at, "is_open": False, "status": "merged"}
        case _:
            return


def _given_to(to: str | None) -> dict[str, Any]:
    """
    Return whose the ticket is: a person's, a team's (and nobody's there yet), or nobody's.
    """
    if to is not None and to.startswith(ev.TEAM):
        return {"assignee_ref": None, "team_ref": to.removeprefix(ev.TEAM)}
    return {"assignee_ref": to}


def _message(facts: dict[str, Any], event: ev.MessageReceived | ev.MessageSent) -> None:
    if event.public:
        facts["messages_count"] += 1
    if event.automatic or not event.public:
        return
    by_customer = isinstance(event, ev.MessageReceived)
    facts |= {"last_message_at": event.effective_at, "last_message_by_customer": by_customer}
    if by_customer and facts["status"] == ev.Status.WAITING_ON_CUSTOMER:
        facts["status"] = ev.Status.WAITING_ON_SUPPORT.value


def _clock_row(clock: Clock, ticket: TicketClocks, rules: Rules, now: Instant) -> dict[str, Any]:
    channel = ticket.channel
    promise = clock.promise
    revision = ""
    if promise is not None:
        ruling = rules.ruling(clock.ruling)
        revision = ruling.calendar(promise.calendar, promise.severity, channel).revision.digest
    verdict = clock.verdict_at(now)
    leg = clock.legs[-1] if clock.legs else None
    paused = leg.paused_by if clock.is_open and leg is not None and leg.until is None else ()
    breached = clock.due_at if verdict is Verdict.BREACHED else clock.breached_at
    return {
        "metric": clock.metric,
        "cycle": clock.cycle,
        "severity": (promise.severity or "") if promise else "",
        "rule": promise.rule if promise else "",
        "calendar": promise.calendar if promise else "",
        "revision": revision,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "early_at": clock.early_at,
        "at_risk_at": at_risk_at(clock, rules, channel),
        "stopped_at": clock.stopped_at,
        "ended_at": clock.ended_at,
        "ended_because": clock.ended_because or "",
        "breached_at": breached,
        "spent_seconds": clock.spent,
        "allowed_seconds": clock.allowed,
        "verdict": verdict.value,
        "paused_by": ",".join(paused),
        "exclusion": clock.exclusion.cause if clock.exclusion else "",
    }


def _next(clocks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """
    Return the next promise: of the clocks that still run, a broken one first, then the one due first, then a paused
    one.
    """
    running = [row for row in clocks if row["stopped_at"] is None and row["ended_at"] is None]
    timed = sorted((row for row in running if row["due_at"] is not None), key=lambda row: row["due_at"])
    paused = [row for row in running if row["paused_by"]]
    chosen = next(iter(timed or paused), None)
    if chosen is None:
        return {"next_metric": "", "next_due_at": None, "next_at_risk_at": None, "next_state": ""}
    state = "breached" if chosen["verdict"] == Verdict.BREACHED else "paused" if chosen["due_at"] is None else "running"
    return {
        "next_metric": chosen["metric"],
        "next_due_at": chosen["due_at"],
        "next_at_risk_at": chosen["at_risk_at"],
        "next_state": state,
    }
