"""
What the plan's rules say of a ticket as it stands: severity, coverage, charge, and whether work may go on.

Invariant: pure; everything follows from the ticket's events and the rules of its contract, and nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from upheld.core import events as ev
from upheld.core.calendars.zones import zone
from upheld.core.clocks.rules import Rules
from upheld.core.clocks.story import tell
from upheld.core.coverage import Charge, Judgement, charge_of, decided_of, judge, why_no_work
from upheld.core.instants import to_datetime
from upheld.core.intake import Reported, reported
from upheld.core.plan.circumstances import Circumstances
from upheld.core.severity.answers import AnswerError, TicketFields
from upheld.core.severity.reporting import channels_used, unreported
from upheld.core.severity.suggestion import Suggestion, suggest


@dataclass(frozen=True, slots=True)
class Judgements:
    """
    What the rules say of a ticket.

    ``suggestion`` is missing where its answers are not those of the plan. ``decided`` is a person's latest decision
    about coverage, which goes before the rules' ``coverage``. ``waits`` is the code of why work may not go on, with its
    sentence in :mod:`upheld.wording`. ``unreported`` are the channels through which the stated severity must still
    come before it can be confirmed. ``reported`` says whether the incident was reported in time, where that is known.
    """

    suggestion: Suggestion | None
    coverage: Judgement
    decided: ev.CoverageDecided | None
    charge: Charge
    waits: str | None
    unreported: tuple[str, ...]
    reported: Reported | None


def judgements(events: Sequence[ev.Event], rules: Rules) -> Judgements:
    """
    Return what the rules say of a ticket.
    """
    plan = rules.hours.plan
    coverage = judge(plan, circumstances_of(events, rules))
    stated = next((each.urgency for each in reversed(events) if isinstance(each, ev.UrgencyStated)), None)
    return Judgements(
        suggestion=suggestion_of(events, rules),
        coverage=coverage,
        decided=decided_of(events),
        charge=charge_of(events),
        waits=why_no_work(plan, coverage, events),
        unreported=unreported(plan, stated or "", channels_used(events, plan)),
        reported=reported_of(events, rules),
    )


def reported_of(events: Sequence[ev.Event], rules: Rules) -> Reported | None:
    """
    Return whether an incident was reported in time, by the days of the plan's zone (else the contract's).
    """
    opened = next((each for each in events if isinstance(each, ev.Opened)), None)
    if opened is None or opened.happened_on is None:
        return None
    plan = rules.hours.plan
    place = plan.terms.zone or plan.zone or rules.contract.zone
    received = to_datetime(opened.effective_at, zone(place)).date()
    return reported(plan, dt.date.fromisoformat(opened.happened_on), received)


def circumstances_of(events: Sequence[ev.Event], rules: Rules) -> Circumstances:
    """
    Return what conditions of the plan ask of a ticket as it stands.
    """
    story = tell(events, rules.hours.plan, rules.contract.tier)
    return rules.circumstances(rules.facts(story.opened), story.situations[-1])


def suggestion_of(events: Sequence[ev.Event], rules: Rules) -> Suggestion | None:
    """
    Return the severity that the rules suggest for the answers that were given when the ticket was opened.
    """
    opened = next((each for each in events if isinstance(each, ev.Opened)), None)
    if opened is None:
        return None
    fields = TicketFields(environment=opened.environment, request_type=opened.request_type, product=opened.product)
    try:
        return suggest(rules.hours.plan, opened.answers, fields)
    except AnswerError:
        return None
