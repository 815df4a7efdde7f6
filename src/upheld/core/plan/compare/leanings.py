"""
Which way a key of the plan format leans: whether more of it is better for the customer, less, or neither.

Invariant: a key without an entry is never passed over: where it differs, the change is not comparable.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from upheld.core.plan.model import availability as av
from upheld.core.plan.model import compliance as co
from upheld.core.plan.model import entitlements as en
from upheld.core.plan.model import metrics as me
from upheld.core.plan.model import terms as te
from upheld.core.plan.model import tiers as ti
from upheld.core.plan.model.base import Part


class Lean(enum.StrEnum):
    """
    What makes a value better: more of it, less, a wider set, a narrower one, yes, no, or a place earlier in a list.
    """

    MORE = "more"
    LESS = "less"
    WIDER = "wider"
    NARROWER = "narrower"
    RANKED = "ranked"
    HOURS = "hours"
    NAME = "name"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Leaning:
    """
    How a key leans. ``absent`` is what no value is: ``best``, ``worst``, or neither (not comparable); ``ranks`` are
    the values of a ranked key, the best first.
    """

    lean: Lean
    absent: str = ""
    ranks: tuple[Any, ...] = ()


def _more(absent: str = "worst") -> Leaning:
    return Leaning(Lean.MORE, absent)


def _less(absent: str = "best") -> Leaning:
    return Leaning(Lean.LESS, absent)


def _ranked(*ranks: Any) -> Leaning:
    return Leaning(Lean.RANKED, ranks=ranks)


WIDER: Final = Leaning(Lean.WIDER)
"""A set in which more members are better, and an empty one has none."""
WIDER_ALL: Final = Leaning(Lean.WIDER, absent="best")
"""The same, where an empty one means all."""
NARROWER: Final = Leaning(Lean.NARROWER)
YES: Final = _ranked(*(True, False))
NO: Final = _ranked(*(False, True))
HOURS: Final = Leaning(Lean.HOURS)
NAME: Final = Leaning(Lean.NAME)
"""A label for people: no promise."""
ELSEWHERE: Final = Leaning(Lean.ELSEWHERE)
"""Compared by its meaning in a place of its own."""

LEANINGS: Final[Mapping[type[Part], Mapping[str, Leaning]]] = {
    en.Allowance: {
        "tiers": ELSEWHERE, "by_tier": ELSEWHERE, "gives": ELSEWHERE, "every": ELSEWHERE,
        "valid_for": _more("best"), "increment": _less(), "minimum": _less(), "ahead": _less(), "low_at": _more(),
        "expiry_notice": _more(), "refund": _ranked("unused", "prorated", "none"), "above": _less(),
        "contacts": _ranked("all", "designated"), "needs": NARROWER, "parts": NARROWER, "with_": WIDER,
        "price": _less(""),        "refund_within": _more("best"), "carry_over": _more(),
    },
    en.Carry: {"share": _more(), "at_most": _more("best"), "lasts": _more("best"), "times": _more("best")},
    en.Overdraft: {
        "then": _ranked("next_period", "charged", "approval", "topped_up", "held", "refused"), "rate": _less(""),
        "at_most": _more("best"), "free": _more(), "needs_approval": YES, "block_price": _less(""),
    },
    en.FairUse: {"times_own": _more("best"), "times_peers": _more("best"), "at_most": _more("best")},
    en.Review: {
        "tiers": ELSEWHERE, "every": ELSEWHERE, "on_request": NO, "contains": WIDER,
        "due_after": _less(""), "with_": WIDER,
    },
    te.Role: {
        "tiers": ELSEWHERE, "hours": HOURS, "languages": WIDER, "activities": WIDER, "agrees": WIDER,
    },
    te.Right: {
        "tiers": ELSEWHERE, "survives_term": YES, "confidential": NO,
        "confidential_until": _ranked("release", "always"), "elsewhere": _ranked("allowed", "by_agreement", "refused"),
        "needs_approval": _ranked("no", "customer", "vendor"), "violation_ends_contract": NO,
    },
    te.ContactList: {
        "tiers": ELSEWHERE, "at_most": _more("best"), "at_least": _less("best"), "verified": NO,
        "by_tier": ELSEWHERE, "sees": _ranked("all_tickets", "own_tickets"), "may": NARROWER,
        "knowledge_confirmed": NO, "required_available": NARROWER,
    },
    te.Terms: {
        "notice": _less(), "notice_in_writing": NO, "fee_rises_at_most": _less("worst"), "grace": _more(),
        "reinstatement": _less(), "reinstatement_within": _more("best"),
        "vendor_changes": _ranked("never", "not_worse", "with_notice", "any"), "change_notice": _more(),
        "tier_change": _ranked("any_time", "upgrade_any_time", "at_renewal", "never"),
        "reported_within": _more("best"), "closes_without_answer": _more("best"), "version_supported": _more(""),
        "version_fixes": _more(""), "acceptance": _more("best"),
        "released_clock_from": _ranked("opening", "release"),
    },
    te.Intake: {
        "fields": ELSEWHERE, "missing": _ranked("clock_runs", "clock_pauses", "clock_not_started"),
    },
    te.IntakeField: {"required": NO, "ask": NAME},
    te.Duty: {"breach": _ranked("noted", "pause", "exclusion")},
    te.Reproduction: {
        "required": NO, "within": _more("best"), "otherwise": _ranked("open", "best_effort", "closed"),
        "second_report_reopens": YES, "excluded_from": _ranked("nothing", "credits", "targets"), "platforms": WIDER_ALL,
    },
    te.RequestType: {"tiers": ELSEWHERE, "routes": WIDER},
    me.Metric: {
        "stops_on": NARROWER, "pauses_while": NARROWER, "cancels_while": NARROWER, "repeats": YES,
        "at_risk": NAME, "days": ELSEWHERE,
    },
    co.CreditScheme: {
        "tiers": ELSEWHERE, "table": ELSEWHERE, "severities": WIDER_ALL, "metrics": WIDER_ALL,
        "components": WIDER_ALL, "opened": _ranked("any_time", "while_open", "in_support_hours"),
        "exclusions": ELSEWHERE, "minimum": _less(), "cap": ELSEWHERE, "one_per_cause": NO,
        "form": _ranked("money", "credit", "service_days"), "applied": _ranked("at_once", "next_billing", "renewal"),
        "ends_contract_after": _less(""),
    },
    co.Claim: {
        "within": _more("best"), "must_state": NARROWER, "at_most": _more("best"), "current_on_payments": NO,
        "paying_heals": _ranked(*(True, None, False)), "late": _ranked("decided", "forfeited"), "automatic": YES,
        "in_writing": NO, "answered_within": _less("worst"), "business_days": HOURS,
    },
    av.AvailabilityTarget: {
        "target": _more(), "by_tier": ELSEWHERE, "at_most_down": _less("worst"), "exclusions": NARROWER, "total": HOURS,
    },
    av.Downtime: {
        "at_least": _less(), "failed_checks": _less(), "slower_than": _less("worst"),
        "starts": _ranked("begin", "detected", "reported", "ticket"),
        "partial": _ranked("counts", "by_share", "ignored"),
    },
    av.MaintenanceKind: {
        "notice": _more(), "at_most": _less("worst"), "longest": _less("worst"),
        "short_notice_if": NARROWER, "counts_as": _ranked("downtime", "neither", "maintenance"), "notified": WIDER,
    },
    av.IncidentNotice: {"within": _less(), "every": _less("worst")},
    av.Recovery: {
        "may_lose": _less("worst"), "may_take": _less("worst"), "snapshots_every": _less("worst"),
        "kept_for": _more(), "needs_decision": YES, "notice": _ranked("before", "either", "after"),
    },
    av.SecurityFix: {"within": _less(), "releases": _ranked("all_affected", "supported", "current")},
    av.Provisioning: {"within": _less(), "fee": _less()},
    ti.EscalationStep: {
        "at": _less(""), "after": _less(""), "acknowledged_within": _less("worst"), "repeats_every": _less("worst"),
        "waived_by": NARROWER,
    },
    ti.Channel: {"address": NAME},
}  # fmt: skip
"""Leanings by part and key."""


def leaning(part: type[Part], key: str) -> Leaning | None:
    """
    Return how a key leans, or nothing where nothing can be said.
    """
    return NAME if key == "name" else LEANINGS.get(part, {}).get(key)
