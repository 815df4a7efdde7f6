"""
The cards beside a conversation: promises with their pictures and reasons, the contract, what is missing.

Invariant: each figure comes from the fold of the ticket's events or from the contract; the page computes none.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from upheld.apps.contracts.selectors import HoursNow, core_contract, designations_of, hours_now, is_in_term
from upheld.apps.tickets.selectors import TicketPage
from upheld.core import events as ev
from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.clocks.clock import Clock, State
from upheld.core.clocks.explain import Standing, explain, stand
from upheld.core.clocks.fold import story_of
from upheld.core.clocks.rules import Rules
from upheld.core.compliance.observations import Observation
from upheld.core.compliance.scopes import ComplianceError, Part, judge, scope_of_credits
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.severity.suggestion import words_of
from upheld.rendering.explanations import Reader as PlanReader
from upheld.rendering.explanations import computation, plain, sentences
from upheld.rendering.findings import visible
from upheld.rendering.timeline import timeline
from upheld.web.desk import labels
from upheld.web.moments import short
from upheld.web.promises import Promise, promise
from upheld.wording import say

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class ClockCard:
    """
    One clock: how it stands, its target, its picture, and the sentences that explain its due time.
    """

    key: str
    name: str
    promise: Promise
    target: str
    hours: str
    due_at: Instant | None
    picture: SafeString
    sentences: list[str]
    computation: str
    is_live: bool


def clock_cards(page: TicketPage, reader: PlanReader, now: Instant) -> list[ClockCard]:
    """
    Return a card for each clock: those that run first, by due time, then the ended ones, the last first.
    """
    if page.rules is None or page.folded is None:
        return []
    cards = [
        _clock_card(clock, page.rules, page.folded.channel, reader, now) for clock in page.clocks if _is_told(clock)
    ]
    live = sorted((card for card in cards if card.is_live), key=lambda card: (card.due_at is None, card.due_at or 0))
    return live + [card for card in reversed(cards) if not card.is_live]


def _is_told(clock: Clock) -> bool:
    return clock.promise is not None and clock.promise.kind != "none"


def _clock_card(clock: Clock, rules: Rules, channel: str | None, reader: PlanReader, now: Instant) -> ClockCard:
    standing = stand(clock, rules, channel, now)
    explained = explain(clock, rules, channel, now)
    key = f"{clock.metric}-{clock.cycle}"
    length = clock.promise.length if clock.promise else None
    return ClockCard(
        key=key,
        name=f"{reader.metric(clock.metric)}{f' ({clock.cycle})' if clock.cycle > 1 else ''}",
        promise=_promise(clock, standing, reader, now),
        target=reader.length(length) if length is not None else _kind(clock),
        hours=reader.calendar_name(clock.promise.calendar) if clock.promise and length is not None else "",
        due_at=clock.due_at,
        # The picture is made by our own drawing code, which escapes every text in it.
        picture=mark_safe(timeline(explained, reader, name=f"t-{key}", now=now)),  # noqa: S308
        sentences=sentences(explained, reader),
        computation=computation(explained, reader),
        is_live=clock.is_open,
    )


def _kind(clock: Clock) -> str:
    kind = clock.promise.kind if clock.promise else ""
    words = {
        "best_effort": _("best effort"),
        "immediate": _("at once"),
        "agreed": _("as agreed"),
        "missing": _("not given"),
    }
    return words.get(kind, "")


def _promise(clock: Clock, standing: Standing, reader: PlanReader, now: Instant) -> Promise:
    state = standing.state
    if state is State.NOT_DUE:
        return Promise("ended" if not clock.is_open else "paused", _kind(clock) or _("no due time"))
    if state is State.BREACHED and not clock.is_open:
        return Promise("breached", _("Broken"), short(clock.stopped_at or clock.ended_at or now, now))
    if state is State.MET:
        return Promise("met", _("Kept"), short(clock.stopped_at, now) if clock.stopped_at is not None else "")
    share = None if standing.share is None else int(standing.share * _PERCENT)
    return promise(
        state=state.value,
        now=now,
        due_at=standing.due_at,
        left_seconds=standing.left_seconds,
        share=share,
        is_at_risk=standing.is_at_risk,
        resumes_at=standing.resumes_at,
        reason=reader.conditions(standing.paused_by),
    )


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """
    A channel of the tier and whether it is open now; ``until`` is when that changes.
    """

    name: str
    is_open: bool
    until: Instant | None
    limits: str


@dataclass(frozen=True, slots=True)
class ContractCard:
    """
    What the customer is entitled to, now.
    """

    plan: str
    version: str
    tier: str
    calendar: str
    is_open: bool | None
    changes_at: Instant | None
    is_open_to_calls: bool
    is_extended: bool
    channels: list[ChannelNow]
    is_in_term: bool
    contact_lists: list[str] | None
    credits: str
    counts: bool


def contract_card(page: TicketPage, reader: PlanReader | None, now: Instant) -> ContractCard | None:
    """
    Return the card of the ticket's contract, or nothing where it comes under none. One query.
    """
    contract, plan = page.ticket.contract, page.plan
    if contract is None or plan is None or reader is None:
        return None
    lists = designations_of(page.ticket.requester_id, contract, now) if plan.contacts else None
    hours = _hours_now(page, now)
    usual = _usual_hours(page, now)
    counts, told = _credits(page, plan, now)
    return ContractCard(
        plan=reader.named(plan.name, plan.plan),
        version=str(plan.version),
        tier=reader.tier(page.ticket.tier),
        calendar=reader.calendar_name(hours[0]) if hours else "",
        is_open=hours[1] if hours else None,
        changes_at=hours[2] if hours else None,
        is_open_to_calls=usual is not None and usual.is_open_to_calls,
        is_extended=bool(hours and hours[1] and usual is not None and not usual.is_open),
        channels=_channels(page, plan, hours[0] if hours else "", now),
        is_in_term=is_in_term(contract, now),
        contact_lists=[plain(each) for each in sorted(lists)] if lists is not None else None,
        credits=told,
        counts=counts,
    )


def _hours_now(page: TicketPage, now: Instant) -> tuple[str, bool, Instant | None] | None:
    """
    Return (calendar, open now, when that changes) of the hours that hold for the ticket as it is.
    """
    rules = page.rules
    opened = next((event for event in page.events if isinstance(event, ev.Opened)), None)
    if rules is None or opened is None:
        return None
    story = story_of(page.events, rules)
    situation = story.situations[-1]
    _place, name = rules.calendar_rule(rules.facts(opened), situation)
    calendar = rules.calendar(name, situation.severity, opened.channel)
    is_open = calendar.is_open(now)
    return name, is_open, _change(calendar, now, is_open=is_open)


def _usual_hours(page: TicketPage, now: Instant) -> HoursNow | None:
    """
    Return the hours that such a ticket has before anybody telephones about it (CEL-3).
    """
    if page.rules is None:
        return None
    return hours_now(page.rules, now, severity=page.ticket.severity or None, channel=page.ticket.channel or None)


def _change(calendar: CompiledCalendar, now: Instant, *, is_open: bool) -> Instant | None:
    """
    Return when a calendar opens or closes next; nothing where it never does as far as it is known.
    """
    try:
        return calendar.next_close(now) if is_open else calendar.next_open(now)
    except CalendarError:
        return None


def _channels(page: TicketPage, plan: Plan, support_hours: str, now: Instant) -> list[ChannelNow]:
    rules, found = page.rules, []
    tier = plan.tiers.get(page.ticket.tier)
    if rules is None or tier is None:
        return []
    severity = page.ticket.severity or None
    for name, openings in tier.channels.items():
        fitting = [each for each in openings if not each.severities or severity in each.severities]
        calendars = [
            rules.calendar(support_hours if each.open == "support_hours" else each.open, severity, name)
            for each in fitting
        ]
        is_open = any(each.is_open(now) for each in calendars)
        changes = [_change(each, now, is_open=False) for each in calendars] if not is_open else []
        until = min((each for each in changes if each is not None), default=None)
        only = sorted({labels.severity(plan, word) for each in openings for word in each.severities})
        rule = plan.channels.get(name)
        shown = in_language(rule.name if rule else None, labels.language(), plain(name))
        found.append(ChannelNow(visible(shown), is_open, until, ", ".join(only)))
    return found


def _credits(page: TicketPage, plan: Plan, now: Instant) -> tuple[bool, str]:
    """
    Return whether any clock of the ticket counts for credits, and otherwise why none does.
    """
    if not plan.credits or page.folded is None or page.ticket.contract is None:
        return False, _("the plan has none")
    contract = core_contract(page.ticket.contract)
    reasons = []
    for scheme in plan.credits.values():
        for clock in page.clocks:
            try:
                standing = judge(
                    Observation(page.ticket.public_id, contract, page.folded, clock),
                    scope_of_credits(scheme, plan),
                    now,
                )
            except ComplianceError:
                continue
            if standing.part not in (Part.NOT_COUNTED, Part.UNOBSERVABLE):
                return True, _("counts for SLA credits")
            reasons.append(say(standing.code, dict(standing.facts)))
    return False, reasons[0] if reasons else _("nothing counts yet")


@dataclass(frozen=True, slots=True)
class Severity:
    """
    The severity in force and how it came: what the customer said, what a rule suggested, who decided and why.
    """

    name: str
    tone: str
    is_assigned: bool
    said: str
    rule: str
    decided: ev.SeverityAssigned | ev.SeverityConfirmed | None
    decided_by: str
    may_confirm: bool


def _suggested(plan: Plan | None, event: ev.SeveritySuggested) -> str:
    """
    Return what a rule suggested, in the policy's words and with the rule's place in the plan (CEL-6).
    """
    words = in_language(words_of(plan, event.rule), get_language() or "en") if plan else ""
    told = f"{labels.severity(plan, event.severity or '')}, “{words}”" if words else ""
    return visible(f"{told} ({event.rule})" if told else event.rule)


def severity_of(page: TicketPage) -> Severity:
    """
    Return the ticket's severity with the steps that led to it (CEL-5).
    """
    ticket, plan = page.ticket, page.plan
    decided = [each for each in page.events if isinstance(each, ev.SeverityAssigned | ev.SeverityConfirmed)]
    suggested = [each for each in page.events if isinstance(each, ev.SeveritySuggested)]
    last = decided[-1] if decided else None
    by = page.people.get(last.actor.ref) if last is not None else None
    return Severity(
        name=labels.severity(plan, ticket.severity),
        tone=labels.tone(plan, ticket.severity),
        is_assigned=ticket.is_severity_assigned,
        said=labels.severity(plan, ticket.urgency),
        rule=_suggested(plan, suggested[-1]) if suggested else "",
        decided=last,
        decided_by=str(by) if by is not None else "",
        may_confirm=not ticket.is_severity_assigned and plan is not None and ticket.urgency in plan.severities,
    )


def missing_intake(page: TicketPage, reader: PlanReader | None) -> list[str]:
    """
    Return what was asked for and is not there yet, in the plan's words.
    """
    asked: tuple[str, ...] = ()
    for event in page.events:
        if isinstance(event, ev.IntakeRequested):
            asked = event.items
        elif isinstance(event, ev.IntakeCompleted):
            asked = ()
    fields = {field.field: field for field in page.plan.intake.fields} if page.plan else {}
    return [reader.named(fields[name].ask, plain(name)) if reader and name in fields else plain(name) for name in asked]
