"""
How promises were kept, as it is sent: shares are exact decimals in percent, and each has its denominator beside it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ninja import Schema
from pydantic import Field

from upheld.api.shapes.base import At, Ref
from upheld.api.shapes.tickets import ref
from upheld.apps.tickets.compliance import SchemeNow
from upheld.apps.tickets.overview import Breach, Kept, Load
from upheld.core.compliance.percentages import written
from upheld.core.credits.credit import CreditResult
from upheld.core.money import Money


class MoneyOut(Schema):
    """
    A sum.
    """

    amount: str
    currency: str


class OwedOut(Schema):
    """
    What is owed at a number: the row of the table that holds it, and the sum, where it has one.
    """

    number: str | None
    band: str | None
    amount: MoneyOut | None
    is_owed: bool
    is_final: bool


class SchemeOut(Schema):
    """
    A credit scheme in its running period. `events` is the denominator; clocks without a verdict stand beside it.
    """

    scheme: str
    measure: str
    period: str
    first_day: str
    last_day: str
    events: int
    violations: int
    running: int
    excluded: int
    not_counted: int
    violation_percent: str | None
    now: OwedOut | None
    after_one_more: OwedOut | None
    problem: str | None = Field(description="The code of why it cannot be reckoned, where it cannot.")


class Compliance(Schema):
    """
    The running periods of a contract.
    """

    contract: str
    schemes: list[SchemeOut]


class OverviewQuery(Schema):
    """
    How far back.
    """

    days: int = Field(30, ge=1, le=1100)


class KeptOut(Schema):
    """
    How promises were kept. `events` (met and broken) is the denominator of `percent`.
    """

    plan: str
    metric: str
    events: int
    met: int
    breached: int
    running: int
    excluded: int
    ended: int
    unobservable: int
    percent: str | None


class LoadOut(Schema):
    """
    What somebody, a team, or nobody (`who` is null) has now.
    """

    who: Ref | None
    open: int
    breached: int
    at_risk: int
    waiting: int
    unassigned: int


class Overview(Schema):
    """
    The lead's overview.
    """

    since: str
    total: KeptOut
    metrics: list[KeptOut]
    people: list[LoadOut]
    teams: list[LoadOut]
    causes: dict[str, int]


class BreachOut(Schema):
    """
    A broken promise and its cause.
    """

    ticket: Ref
    number: int
    customer: Ref
    metric: str
    cycle: int
    due_at: At
    stopped_at: At | None
    late_seconds: int
    cause: str


class BreachesOut(Schema):
    """
    Broken promises.
    """

    items: list[BreachOut]


def percent(share: Fraction | None) -> str | None:
    """
    Return a share in percent, exact up to six digits after the point.
    """
    return None if share is None else written(share * 100)


def _money(amount: Money | None) -> dict[str, str] | None:
    return None if amount is None else {"amount": f"{amount.amount:f}", "currency": amount.currency}


def _owed(result: CreditResult | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {
        "number": None if result.number is None else written(result.number),
        "band": result.band,
        "amount": _money(result.amount),
        "is_owed": result.is_owed,
        "is_final": result.is_final,
    }


def scheme_out(one: SchemeNow) -> dict[str, Any]:
    """
    Return a scheme in its running period.
    """
    tally = one.statement.tally if one.statement else None
    beside = tally.events + tally.pending + tally.excluded if tally else 0
    return {
        "scheme": one.name,
        "measure": one.scheme.of,
        "period": one.period.label,
        "first_day": one.period.first.isoformat(),
        "last_day": one.period.last.isoformat(),
        "events": tally.events if tally else 0,
        "violations": tally.breached if tally else 0,
        "running": tally.pending if tally else 0,
        "excluded": tally.excluded if tally else 0,
        "not_counted": tally.total - beside if tally else 0,
        "violation_percent": percent(one.violation_share),
        "now": _owed(one.statement.result if one.statement else None),
        "after_one_more": _owed(one.after_one_more),
        "problem": one.problem.code if one.problem is not None else None,
    }


def kept_out(kept: Kept) -> dict[str, Any]:
    """
    Return how promises of a metric were kept.
    """
    names = ("plan", "metric", "events", "met", "breached", "running", "excluded", "ended", "unobservable")
    return {**{name: getattr(kept, name) for name in names}, "percent": percent(kept.share)}


def load_out(load: Load) -> dict[str, Any]:
    """
    Return what somebody has.
    """
    names = ("open", "breached", "at_risk", "waiting", "unassigned")
    return {"who": ref(load.who), **{name: getattr(load, name) for name in names}}


def breach_out(breach: Breach) -> dict[str, Any]:
    """
    Return a broken promise.
    """
    ticket = breach.ticket
    return {
        "ticket": {"id": ticket.public_id, "name": ticket.subject},
        "number": ticket.number,
        "customer": ref(ticket.customer),
        "metric": breach.metric,
        "cycle": breach.cycle,
        "due_at": breach.due_at,
        "stopped_at": breach.stopped_at,
        "late_seconds": breach.late_by,
        "cause": breach.cause,
    }
