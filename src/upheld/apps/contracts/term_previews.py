"""
What a cancellation or a change of tier would do to a contract, before anybody decides it.

Invariant: nothing is written here. A preview's digest covers everything on which the decision rests; two previews with
one digest say the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from upheld.apps.contracts.models import Contract, PlanVersion
from upheld.apps.contracts.selectors import core_contract, plan_of
from upheld.core.instants import Instant
from upheld.core.money import Money
from upheld.core.plan.compare import Comparison, Ruling, Subject, compare, ruling
from upheld.core.terms.cancellation import Cancellation, Ending, cancellation
from upheld.core.terms.successive import Agreed, TermError, agreed_zone
from upheld.core.terms.tier_change import TierChange, tier_change


def agreed_of(contract: Contract) -> Agreed:
    """
    Return what a contract agreed, with the terms of the plan version that rules it.
    """
    plan = plan_of(contract.plan_version_id)
    return Agreed(
        starts_on=contract.starts_on,
        ends_on=contract.first_ends_on or (None if contract.cancelled_at else contract.ends_on),
        rules=plan.terms,
        zone=agreed_zone(plan.terms, plan.zone, contract.zone),
        cancelled_to=contract.ends_on if contract.cancelled_at is not None else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPreview:
    """
    What a notice would do: both ends that are possible, which of them it reaches, and the digest to decide by.
    """

    contract: Contract
    found: Cancellation
    facts: dict[str, Any]
    digest: str


def preview_cancellation(*, contract: Contract, received_at: Instant, in_writing: bool) -> CancellationPreview:
    """
    Return what a notice received at an instant would do.

    Raises :class:`~upheld.core.terms.successive.TermError`, as :func:`cancellation` does.
    """
    found = cancellation(agreed_of(contract), received_at, in_writing=in_writing)
    facts = {
        "received_at": received_at,
        "received_on": str(found.received_on),
        "in_writing": in_writing,
        "zone": found.zone,
        "ends_on": str(found.ends_on),
        "is_late": found.is_late,
        "ends_anyway": found.ends_anyway,
        "running": _ending(found.running),
        "following": _ending(found.following) if found.following else None,
    }
    return CancellationPreview(contract=contract, found=found, facts=facts, digest=digest_of("cancel", contract, facts))


def _ending(ending: Ending) -> dict[str, Any]:
    return {
        "term": ending.term.number,
        "first": str(ending.term.first),
        "last": str(ending.term.last) if ending.term.last else None,
        "last_day_of_notice": str(ending.last_day_of_notice),
        "too_late_from": ending.too_late_from,
        "ends_on": str(ending.ends_on),
        "renews_on": str(ending.renews_on) if ending.renews_on else None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPreview:
    """
    What a change of tier would mean: fees and allowances, every promise on both sides, and the digest to decide by.
    """

    contract: Contract
    found: TierChange
    comparison: Comparison
    facts: dict[str, Any]
    digest: str


def preview_tier(
    *, contract: Contract, tier: str, on: dt.date, today: dt.date, new_fee: Money | None = None
) -> TierPreview:
    """
    Return what a change to a tier on a day would mean; ``today`` is the day in the contract's zone.

    Raises :class:`~upheld.core.terms.successive.TermError` as
    :func:`~upheld.core.terms.tier_change.tier_change` does, and ``terms.day_is_past``.
    """
    if on < today:
        raise TermError("terms.day_is_past", given=str(on), today=str(today))
    plan = plan_of(contract.plan_version_id)
    fee = Money(contract.fee_amount, contract.fee_currency) if contract.fee_amount is not None else None
    found = tier_change(
        plan, agreed_of(contract), contract.tier, tier, on, fee=fee, fee_per=contract.fee_per, new_fee=new_fee
    )
    sides = Subject(plan=plan, tier=contract.tier), Subject(plan=plan, tier=tier)
    comparison = compare(*sides, contract=core_contract(contract), year=min(max(on.year, 1971), 2190))
    facts = {
        "before": found.before,
        "after": found.after,
        "on": str(found.on),
        "is_upgrade": found.is_upgrade,
        "open_tickets_move": found.open_tickets_move,
        "fees": _fees(found),
        "allowances": [[each.allowance, each.kind] for each in found.allowances],
        "counts": {str(verdict): count for verdict, count in comparison.counts.items()},
    }
    digest = digest_of("tier", contract, facts)
    return TierPreview(contract=contract, found=found, comparison=comparison, facts=facts, digest=digest)


def _fees(found: TierChange) -> dict[str, Any]:
    fees = found.fees
    return {
        "rule": fees.rule,
        "per": fees.per,
        "before": _money(fees.before),
        "after": _money(fees.after),
        "due": _money(fees.due),
        "counts_from": str(fees.counts_from) if fees.counts_from else None,
        "rounding": "half_up",
        "lines": [
            {"kind": each.kind, "first": str(each.part.first), "last": str(each.part.last), "days": each.part.days,
             "of_days": each.part.of_days, "amount": _money(each.amount)}
            for each in fees.lines
        ],
    }  # fmt: skip


def _money(money: Money | None) -> dict[str, str] | None:
    return None if money is None else {"amount": str(money.amount), "currency": money.currency}


def digest_of(kind: str, contract: Contract, facts: dict[str, Any]) -> str:
    """
    Return the digest of what is decided: the contract as it stands, and what was shown.
    """
    state = [contract.public_id, contract.plan_version_id, contract.tier, str(contract.ends_on), contract.cancelled_at]
    told = json.dumps([kind, state, facts], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def move_ruling(contract: Contract, target: PlanVersion) -> tuple[Comparison, Ruling]:
    """
    Return how another version of the plan compares with the one that rules a contract, and whether its terms let the
    vendor move it there in the running term (OPI-18).
    """
    plan, following = plan_of(contract.plan_version_id), plan_of(target.pk)
    found = compare(
        Subject(plan=plan, tier=contract.tier), Subject(plan=following, tier=contract.tier),
        contract=core_contract(contract),
    )  # fmt: skip
    return found, ruling(found, plan.terms)
