"""
What a request would be promised if it were sent now: a fold without a ticket.

Invariant: nothing is written; the same rules make the promise of the ticket once it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import formats
from django.utils.translation import gettext as _

from upheld.apps.contracts.selectors import (
    ChannelNow,
    HoursNow,
    channels_now,
    designations_of,
    hours_now,
    open_severities,
    portal_channel,
    rules_of,
)
from upheld.apps.tickets.selectors import preview
from upheld.core import events as ev
from upheld.core.clocks.clock import TicketClocks
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.model import Plan
from upheld.core.severity.reporting import unreported
from upheld.web.portal import choices, questions
from upheld.web.portal.names import called, plan_reader
from upheld.web.portal.permission import PortalRequest
from upheld.web.portal.promises import Headline, Teller, when


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    The promise of the chosen urgency, a line for each of the others, and what can be done while support is closed.
    """

    headline: Headline
    dues: dict[str, str] = field(default_factory=dict)
    hours: HoursNow | None = None
    open_for: tuple[str, ...] = ()
    """Urgencies for which support is there now, as people call them, where it is not there for all."""
    telephones: tuple[ChannelNow, ...] = ()
    chosen: choices.Urgency | None = None
    suggested: questions.Suggested | None = None
    open_questions: tuple[str, ...] = ()
    fitting: str = ""
    """The urgency that the answers point to."""
    also_by: tuple[str, ...] = ()
    """Channels through which what is chosen must be reported as well, as people call them."""


def forecast(request: PortalRequest, basis: choices.Basis, chosen: Mapping[str, str]) -> Forecast:
    """
    Return what a request would be promised. Four queries at most, whatever the number of urgencies.
    """
    plan = basis.plan
    if plan is None or basis.contract is None or not basis.is_running:
        return Forecast(_held(basis, request))
    rules = rules_of(basis.contract)
    reader = request.reader
    teller = Teller(rules, plan_reader(plan, reader.zone, basis.language), reader.now, reader.zone_name)
    offered = choices.urgencies(plan, basis.language)
    suggestion = questions.suggestion_of(plan, chosen)
    severity = suggestion.severity if suggestion else None
    opened = _opened(rules, chosen, reader.now)
    found = {each.name: _told(preview(basis.contract, opened, each.name, rules, severity), teller) for each in offered}
    picked = next((each for each in offered if each.name == chosen.get("urgency")), None)
    fitting = next((each for each in offered if severity and each.severity == severity), None)
    is_answered = bool(questions.answers_in(chosen, plan))
    if picked is None and len(offered) == 1:
        picked = offered[0]
    if picked is None and is_answered:
        picked = fitting
    headline = found[picked.name][0] if picked else Headline("info", _("Choose how urgent it is"), _choose())
    severity = picked.severity if picked else severity
    designated = bool(designations_of(request.person.pk, basis.contract, reader.now))
    channels = channels_now(rules, reader.now, is_designated=designated)
    return Forecast(
        headline=headline,
        dues={name: words for name, (_headline, words) in found.items()},
        hours=hours_now(rules, reader.now, severity=severity, channel=portal_channel(plan)),
        open_for=_open_for(rules, offered, reader.now),
        telephones=tuple(each for each in channels if each.channel.kind == "telephone"),
        chosen=picked,
        suggested=questions.suggested(plan, suggestion, basis.language) if is_answered else None,
        open_questions=suggestion.open_questions if suggestion else (),
        fitting=fitting.name if fitting and is_answered else "",
        also_by=_also_by(plan, severity, basis.language),
    )


def _open_for(rules: Rules, offered: list[choices.Urgency], now: Instant) -> tuple[str, ...]:
    there = open_severities(rules, now)
    return tuple(each.label for each in offered if each.severity in there)


def _also_by(plan: Plan, severity: str | None, language: str) -> tuple[str, ...]:
    """
    Return through what else than the portal a severity must be reported before support can confirm it (CPI-2).
    """
    missing = unreported(plan, severity, [portal_channel(plan) or ""]) if severity else ()
    return tuple(called(plan, "channels", each, language) for each in missing)


def _choose() -> str:
    return _("You then see here until when you will have our first answer, before you send anything.")


def _opened(rules: Rules, chosen: Mapping[str, str], now: Instant) -> ev.Opened:
    """
    Return the opening that a request would have as it is chosen.
    """
    plan = rules.hours.plan
    return ev.Opened(
        seq=1,
        effective_at=now,
        actor=ev.Actor(ev.Side.CUSTOMER),
        channel=portal_channel(plan),
        request_type=_known(chosen.get("request_type"), plan.request_types),
        environment=_known((chosen.get("place") or "").partition("@")[0], plan.environments),
    )


def _told(folded: TicketClocks, teller: Teller) -> tuple[Headline, str]:
    """
    Return headline and short words of what a request would be promised.
    """
    found = teller.next_of(folded)
    due = found[1].due_at if found else None
    return teller.headline(folded), _("answer by %(when)s") % {"when": when(due, teller.now)} if due else ""


def _known(name: str | None, known: Mapping[str, object]) -> str | None:
    return name if name in known else None


def _held(basis: choices.Basis, request: PortalRequest) -> Headline:
    """
    Return what somebody reads whose contract does not run.
    """
    if basis.contract is None:
        why = _("%(customer)s has no contract with us yet.") % {"customer": basis.customer}
    else:
        ended = basis.contract.ends_on
        why = _("Your contract does not run now.")
        if ended is not None and ended < to_datetime(request.reader.now, request.reader.zone).date():
            why = _("Your contract ended on %(date)s.") % {"date": formats.date_format(ended, _("j F Y"))}
    rest = _(
        "You can write all the same. We keep it and tell our people; once a contract covers it, work and the promised "
        "times begin. Nothing you send is lost."
    )
    return Headline("quiet", _("We will keep your request"), f"{why} {rest}")
