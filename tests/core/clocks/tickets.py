"""
Tickets and plans in a few words, for tests of clocks.

A ticket is written a line an event: ``"01 09:00 opened portal"`` is 2026-06-01 (a Monday) 09:00 UTC. A plan has an
office (Mon-Fri 9-17 UTC, day 8h) and a calendar that never closes; what a test needs otherwise it passes as overrides.
"""

import copy
import datetime as dt

from upheld.core import events as ev
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.instants import parse_instant, to_datetime
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.support_hours import SupportHours

FIRST_RESPONSE = {"starts_on": "opened", "stops_on": ["reply", "call_back"]}
RESOLUTION = {"starts_on": "opened", "stops_on": "resolved", "pauses_while": "waiting_on_customer"}
NEXT_RESPONSE = {"starts_on": "customer_message", "stops_on": "reply", "repeats": True, "after": "first_response"}
FOLLOW_UP = {
    "starts_on": ["customer_message", "reply"],
    "stops_on": ["reply", "call_back"],
    "repeats": True,
    "after": "first_response",
    "cancels_while": "waiting_on_customer",
}
CALENDARS = {
    "office": {"zone": "UTC", "week": {"mon-fri": "09:00-17:00"}, "day": "8h"},
    "always": {"zone": "UTC", "week": "24x7", "day": "24h"},
}
AFTER_HOURS = [{"phoned": True, "use": "always"}, {"use": "office"}]


def document(metrics=None, targets=None, **more):
    """A whole plan document; ``targets`` and ``hours`` are the only tier's."""
    tier = {"hours": more.pop("hours", "office"), "targets": targets or {"first_response": "4h"}}
    tier["channels"] = more.pop("tier_channels", {})
    base = {
        "upheld": 1,
        "plan": "made",
        "version": "1",
        "days": "hours",
        "calendars": copy.deepcopy(CALENDARS),
        "channels": {"portal": "portal", "phone": "telephone"},
        "severities": {"high": None, "mid": None, "low": None},
        "metrics": metrics or {"first_response": FIRST_RESPONSE},
        "tiers": {"standard": tier},
    }
    base["calendars"].update(more.pop("calendars", {}))
    return {**base, **more}


def rules(metrics=None, targets=None, *, contract=None, lists=None, **more):
    return rules_of(document(metrics, targets, **more), lists=lists, **(contract or {}))


def rules_of(plan, *, lists=None, first="2026-01-01", last="2027-12-31", **contract):
    plan = plan if isinstance(plan, Plan) else Plan.model_validate(plan)
    given = {"customer": "c", "tier": next(iter(plan.tiers)), **contract}
    hours = SupportHours(plan, dt.date.fromisoformat(first), dt.date.fromisoformat(last), lists or {})
    return Rules(hours, Contract(**given))


def at(text):
    """``"01 09:00"`` in June 2026, or a whole ISO instant."""
    return parse_instant(text) if "T" in text else parse_instant(f"2026-06-{text.replace(' ', 'T')}:00Z")


def shown(instant):
    return None if instant is None else f"{to_datetime(instant):%d %H:%M}"


KINDS = {
    "opened": lambda *rest: (ev.Opened, {"channel": rest[0] if rest else None}),
    "reply": lambda: (ev.MessageSent, {}),
    "automatic_reply": lambda: (ev.MessageSent, {"automatic": True}),
    "internal_note": lambda: (ev.MessageSent, {"public": False}),
    "customer": lambda: (ev.MessageReceived, {}),
    "automatic_customer": lambda: (ev.MessageReceived, {"automatic": True}),
    "acknowledged": lambda: (ev.Acknowledged, {}),
    "automatic_acknowledgement": lambda: (ev.Acknowledged, {"automatic": True}),
    "call": lambda: (ev.CallLogged, {}),
    "call_back": lambda: (ev.CallLogged, {"inbound": False}),
    "urgency": lambda word: (ev.UrgencyStated, {"urgency": word}),
    "suggested": lambda word: (ev.SeveritySuggested, {"severity": word, "rule": "r"}),
    "severity": lambda word: (ev.SeverityAssigned, {"severity": word}),
    "confirmed": lambda word: (ev.SeverityConfirmed, {"severity": word}),
    "status": lambda word: (ev.StatusChanged, {"status": word}),
    "waiting": lambda: (ev.StatusChanged, {"status": "waiting_on_customer"}),
    "back": lambda: (ev.StatusChanged, {"status": "waiting_on_support"}),
    "on_hold": lambda: (ev.StatusChanged, {"status": "on_hold"}),
    "paused": lambda word: (ev.Paused, {"condition": word}),
    "resumed": lambda *rest: (ev.Resumed, {"condition": rest[0] if rest else None}),
    "asked": lambda: (ev.IntakeRequested, {}),
    "complete": lambda: (ev.IntakeCompleted, {}),
    "coverage": lambda word: (ev.CoverageDecided, {"coverage": ev.Coverage(word)}),
    "excluded": lambda cause, *rest: (ev.ExclusionDecided, {"cause": cause, "metric": rest[0] if rest else None}),
    "not_excluded": lambda cause: (ev.ExclusionDecided, {"cause": cause, "excluded": False}),
    "assigned": lambda: (ev.Assigned, {"to": "somebody"}),
    "workaround": lambda: (ev.WorkaroundGiven, {}),
    "reproduced": lambda: (ev.ReproductionRecorded, {"outcome": "reproduced"}),
    "not_reproducible": lambda: (ev.ReproductionRecorded, {"outcome": "not_reproducible"}),
    "agreed": lambda *when: (ev.RemediationPlanned, {"promised_for": at(" ".join(when))}),
    "milestone": lambda word: (ev.MilestoneReached, {"milestone": word}),
    "tier": lambda word: (ev.ContractBound, {"contract": "k", "tier": word}),
    "resolved": lambda: (ev.Resolved, {}),
    "reopened": lambda: (ev.Reopened, {}),
    "closed": lambda: (ev.Closed, {}),
    "merged": lambda: (ev.Merged, {"into": "t2"}),
    "corrected": lambda seq: (ev.Corrected, {"corrected_seq": int(seq)}),
}


def ticket(*lines):
    """The events of the lines, recorded in their order (``seq`` 1, 2, ...)."""
    events = []
    for seq, line in enumerate(lines, 1):
        words = line.split()
        when, words = (words[0], words[1:]) if "T" in words[0] else (" ".join(words[:2]), words[2:])
        kind, fields = KINDS[words[0]](*words[1:])
        events.append(kind(seq=seq, effective_at=at(when), **fields))
    return events


def clocks(the_rules, *lines, metric=None):
    found = fold(ticket(*lines), the_rules).clocks
    return [clock for clock in found if metric in (None, clock.metric)]


def one(the_rules, *lines, metric=None):
    found = clocks(the_rules, *lines, metric=metric)
    assert len(found) == 1, [(clock.metric, clock.cycle) for clock in found]
    return found[0]


def due(the_rules, *lines, metric=None):
    return shown(one(the_rules, *lines, metric=metric).due_at)


def told(the_rules, *lines, metric=None):
    """Each clock as (started, by, due, stopped or ended, verdict, reason)."""
    return [
        (
            shown(clock.started_at),
            clock.started_by,
            shown(clock.due_at),
            shown(clock.stopped_at if clock.stopped_at is not None else clock.ended_at),
            clock.verdict.value,
            clock.ended_because,
        )
        for clock in clocks(the_rules, *lines, metric=metric)
    ]
