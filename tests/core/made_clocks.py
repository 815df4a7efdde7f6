"""
Clocks, observations and plans as tests of compliance and credits make them: only what matters is said.
"""

from upheld.core.clocks.clock import Clock, Exclusion, Promise, TicketClocks, Verdict
from upheld.core.compliance.observations import Observation
from upheld.core.durations import parse_duration
from upheld.core.instants import parse_instant
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan

HOUR = 3_600
ACME = Contract(customer="acme", tier="gold", contract="A-1")
NOW = parse_instant("2026-07-02T00:00:00Z")
"""Two days after the second quarter of 2026."""
OPENED = parse_instant("2026-05-04T10:00:00Z")


def at(text):
    """The instant of an ISO 8601 date and time with its offset."""
    return parse_instant(text)


def promise(length="4h", *, severity="high", kind="duration", calendar="office", exclusive=False):
    return Promise(
        rule="tiers.gold.targets.first_response[0]",
        severity=severity,
        kind=kind,
        length=parse_duration(length) if length else None,
        early=None,
        is_exclusive=exclusive,
        calendar=calendar,
        hours_rule="tiers.gold.hours[0]",
    )


def clock(verdict="met", *, opened=OPENED, spent=HOUR, allowed=4 * HOUR, metric="first_response", **keys):
    """A clock with a verdict, timed as if all time counted; a running one is due when ``due_at`` says."""
    verdict = Verdict(verdict)
    if verdict is Verdict.BREACHED and spent <= allowed:
        spent = allowed + HOUR
    stopped = opened + spent if verdict in (Verdict.MET, Verdict.BREACHED) else None
    ended = opened + spent if verdict in (Verdict.ENDED, Verdict.UNOBSERVABLE) else None
    facts = {
        "metric": metric,
        "cycle": 1,
        "started_at": opened,
        "started_by": "opened",
        "start_seq": 1,
        "promise": promise(),
        "legs": (),
        "due_at": opened + allowed,
        "early_at": None,
        "stopped_at": stopped,
        "stopped_by": "reply" if stopped else None,
        "stop_seq": 2 if stopped else None,
        "breached_at": opened + allowed if verdict is Verdict.BREACHED else None,
        "ended_at": ended,
        "ended_because": "merged" if ended else None,
        "spent": spent,
        "allowed": allowed,
        "verdict": verdict,
    }
    return Clock(**{**facts, **keys})


def excluded(cause="beyond_control"):
    return Exclusion(cause=cause, seq=9)


def facts(*, opened=OPENED, clocks=(), **keys):
    known = {
        "opened_at": opened,
        "tier": "gold",
        "channel": "portal",
        "severity": "high",
        "request_type": None,
        "environment": None,
        "component": None,
        "channel_open": True,
        "in_support_hours": True,
        "clocks": clocks,
    }
    return TicketClocks(**{**known, **keys})


def seen(one=None, *, ticket="T-1", contract=ACME, opened=OPENED, about=None, **keys):
    """An observation of a clock (or of one with a verdict, given by ``keys``)."""
    found = one if one is not None else clock(opened=opened, **keys)
    return Observation(ticket, contract, facts(opened=opened, clocks=(found,), **(about or {})), found)


def many(met=0, breached=0, **keys):
    """So many observations in time and late, each of a ticket of its own."""
    verdicts = ["breached"] * breached + ["met"] * met
    return [seen(verdict=verdict, ticket=f"T-{number}", **keys) for number, verdict in enumerate(verdicts)]


def plan(**sections):
    """A small plan with the given sections in place of its own."""
    written = {
        "upheld": 1,
        "plan": "small",
        "version": "1",
        "calendars": {"office": {"zone": "UTC", "week": {"mon-fri": "09:00-17:00"}, "day": "8h"}},
        "channels": {"portal": "portal", "chat": "chat", "mail": "mail"},
        "severities": {"high": {}, "low": {}},
        "metrics": {"first_response": {"stops_on": "reply"}, "resolution": {"stops_on": "resolved"}},
        "tiers": {
            "bronze": {"hours": "office", "targets": {"first_response": "8h"}},
            "gold": {
                "hours": "office",
                "channels": {"portal": "office", "chat": "office"},
                "targets": {"first_response": "4h"},
            },
        },
    }
    return Plan.model_validate({**written, **sections})
