"""
The conversation of a ticket: messages, notes, and between them quiet lines for what happened, each with its why.

Invariant: whatever was recorded is either shown or part of what is shown; who did it and why stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import Message, Ticket
from upheld.apps.tickets.selectors import TicketPage
from upheld.apps.tickets.services.progress import CORRECTABLE
from upheld.apps.tickets.suppositions import Effect, told
from upheld.core import events as ev
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.rendering.explanations import plain
from upheld.web.desk import labels
from upheld.web.desk.effects import Teller
from upheld.web.moments import full, length


@dataclass(frozen=True, slots=True)
class Line:
    """
    Something that happened: when, what, who, why, and what it did to promises. ``why`` names the clock that explains.
    """

    at: Instant
    recorded_at: Instant
    icon: str
    words: str
    actor: str
    reason: str
    effects: list[str]
    why: str
    text: str
    seq: int = 0
    to: Ticket | None = None
    may_correct: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """
    A message or a line; one of the two is there.
    """

    message: Message | None = None
    line: Line | None = None
    is_new: bool = False


ICONS: Mapping[str, str] = {
    "severity_assigned": "gauge",
    "severity_confirmed": "gauge",
    "call_logged": "phone",
    "assigned": "user",
    "resolved": "circle-check",
    "closed": "archive",
    "reopened": "rotate-ccw",
    "paused": "pause",
    "resumed": "play",
    "coverage_decided": "shield",
    "exclusion_decided": "shield-off",
    "intake_requested": "clipboard-list",
    "intake_completed": "clipboard-check",
    "reproduction_recorded": "flask-conical",
    "workaround_given": "signpost",
    "remediation_planned": "calendar-check",
    "milestone_reached": "flag",
    "merged": "merge",
    "split": "split",
    "linked": "link",
    "corrected": "undo-2",
    "payload_erased": "eraser",
}
OUTCOMES: Mapping[str, Lazy] = {
    "reproduced": gettext_lazy("the error shows here too"),
    "not_reproducible": gettext_lazy("the error cannot be reproduced"),
    "waiting_for_customer": gettext_lazy("to reproduce it we need something from the customer"),
}
_AT_OPENING = (ev.UrgencyStated, ev.ContractBound, ev.SeverityAssigned, ev.IntakeRequested, ev.Paused)


def thread(page: TicketPage, teller: Teller | None, *, newer_than: int | None = None) -> list[Item]:
    """
    Return the conversation in the order in which things happened; what came after ``newer_than`` is marked.
    """
    by_seq = {message.seq: message for message in page.messages}
    done = told(page.events, page.rules) if page.rules is not None else {}
    found: list[Item] = []
    for event in page.events:
        is_new = newer_than is not None and event.seq > newer_than
        if event.seq in by_seq:
            found.append(Item(message=by_seq[event.seq], is_new=is_new))
        elif not _is_part_of_opening(event, page):
            found.append(Item(line=_line(event, page, done.get(event.seq, ()), teller), is_new=is_new))
    return found


def _is_part_of_opening(event: ev.Event, page: TicketPage) -> bool:
    opened = page.events[0]
    if isinstance(event, ev.MessageReceived | ev.MessageSent | ev.Opened):
        return True
    is_same = event.actor == opened.actor or isinstance(event, ev.IntakeRequested)
    return isinstance(event, _AT_OPENING) and event.effective_at == opened.effective_at and is_same


def _line(event: ev.Event, page: TicketPage, effects: tuple[Effect, ...], teller: Teller | None) -> Line:
    payload = page.texts.get(event.seq)
    shown = [each for each in effects if each.kind != "started"] or list(effects)
    return Line(
        at=event.effective_at,
        recorded_at=event.recorded_at or event.effective_at,
        icon=ICONS.get(event.kind, "dot"),
        words=_words(event, page),
        actor=actor_of(event, page.people),
        reason=_reason(event),
        effects=[teller.line(each) for each in shown] if teller is not None else [],
        why=f"why-{shown[0].clock.metric}-{shown[0].clock.cycle}" if shown else "",
        text=payload.text if payload is not None and payload.erased_at is None else "",
        seq=event.seq,
        to=page.related.get(_named(event)),
        may_correct=isinstance(event, CORRECTABLE),
    )


def _named(event: ev.Event) -> str:
    """
    Return the public id of the other ticket that an event names.
    """
    if isinstance(event, ev.Linked):
        return event.to
    return event.into if isinstance(event, ev.Merged | ev.Split) else ""


def _words(event: ev.Event, page: TicketPage) -> str:
    """
    Return what happened, with the names of teams and of what was taken back.
    """
    if isinstance(event, ev.Corrected):
        wrong = page.taken_back.get(event.corrected_seq)
        told = _words(wrong, page) if wrong is not None else str(event.corrected_seq)
        return _("taken back: {what}").format(what=told)
    if isinstance(event, ev.Assigned) and event.to is not None and event.to.startswith(ev.TEAM):
        ref = event.to.removeprefix(ev.TEAM)
        return _("given to the team {team}").format(team=page.teams.get(ref, ref))
    if isinstance(event, ev.Assigned) and event.to == event.actor.ref:
        return _("took it")
    return words_of(event, page.plan, page.people)


def _reason(event: ev.Event) -> str:
    if not event.reason:
        return ""
    return str(labels.HELD.get(event.reason, event.reason)) if isinstance(event, ev.Paused) else event.reason


def actor_of(event: ev.Event, people: Mapping[str, Person]) -> str:
    """
    Return who did it.
    """
    person = people.get(event.actor.ref)
    if person is not None:
        return str(person)
    return {ev.Side.CUSTOMER: _("the customer"), ev.Side.VENDOR: _("support")}.get(event.actor.side, "Upheld")


def words_of(event: ev.Event, plan: Plan | None, people: Mapping[str, Person]) -> str:  # noqa: C901, PLR0911, PLR0912  (a sentence a kind)
    """
    Return what happened, without who.
    """
    match event:
        case ev.SeverityAssigned():
            return _("severity {severity}").format(severity=labels.severity(plan, event.severity))
        case ev.SeverityConfirmed():
            return _("severity {severity} confirmed").format(severity=labels.severity(plan, event.severity))
        case ev.UrgencyStated():
            return _("the customer says {urgency}").format(urgency=labels.severity(plan, event.urgency))
        case ev.StatusChanged():
            return labels.status(event.status).lower()
        case ev.Assigned():
            person = people.get(event.to or "")
            return _("assigned to {name}").format(name=person) if person is not None else _("assigned to nobody")
        case ev.CallLogged():
            return _call(event)
        case ev.CoverageDecided():
            return _("coverage: {coverage}").format(
                coverage=str(labels.COVERAGES.get(event.coverage.value, event.coverage.value)).lower()
            )
        case ev.ExclusionDecided():
            text = _("taken out of the promise: {cause}") if event.excluded else _("counts again: {cause}")
            return text.format(cause=plain(event.cause).lower())
        case ev.IntakeRequested():
            return _("asked for: {items}").format(items=", ".join(plain(item).lower() for item in event.items))
        case ev.Paused():
            return (
                _("held")
                if event.condition == "held"
                else _("paused: {condition}").format(condition=labels.conditions(plan, (event.condition,)))
            )
        case ev.Resumed():
            return _("released") if event.condition == "held" else _("goes on")
        case ev.ContractBound():
            return _("under the contract with tier {tier}").format(tier=labels.tier(plan, event.tier))
        case ev.Resolved():
            return _("resolved")
        case ev.Reopened():
            return _("reopened")
        case ev.Closed():
            return _("closed")
        case ev.IntakeCompleted():
            return _("everything that the plan asks for is there")
        case ev.ReproductionRecorded():
            return str(OUTCOMES.get(event.outcome, plain(event.outcome).lower()))
        case ev.WorkaroundGiven():
            return _("the customer has a way around")
        case ev.RemediationPlanned():
            at = event.promised_for
            return _("plan to mend it, agreed for {moment}").format(moment=full(at)) if at else _("plan to mend it")
        case ev.MilestoneReached():
            known = plan.milestones.get(event.milestone) if plan else None
            return _("reached: {milestone}").format(milestone=labels.text_of(known, event.milestone, labels.language()))
        case ev.PayloadErased():
            return _("something was erased for good")
        case ev.Merged():
            return _("merged; it goes on in")
        case ev.Split():
            return _("a message became")
        case ev.Linked():
            return _("linked to")
        case _:
            return plain(event.kind).lower()


def _call(event: ev.CallLogged) -> str:
    text = _("call from the customer") if event.inbound else _("call to the customer")
    return f"{text}, {length(event.seconds)}" if event.seconds else text
