"""
Cancelling a contract and changing its tier: decided by a preview, with the reason and the person on record.

Invariant: what was shown is what is done: a decision is refused where its basis has changed; nothing of a contract's
past is rewritten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from upheld.apps.contracts.models import Contract, ContractChange
from upheld.apps.contracts.selectors import plan_of
from upheld.apps.contracts.services import ContractError, tell_vendor
from upheld.apps.contracts.term_previews import TierPreview, agreed_of, preview_cancellation, preview_tier
from upheld.apps.parties.models import Person
from upheld.apps.work.handlers import handler
from upheld.apps.work.services import enqueue
from upheld.core.calendars import zones
from upheld.core.instants import Instant, to_datetime
from upheld.core.money import Money
from upheld.core.plan.model.base import in_language

LONGEST_REASON: Final = 500
PRICED: Final = frozenset({"prorated", "full", "next_term"})
"""Rules of fees by which what a change of tier costs is known."""


@transaction.atomic
def cancel(
    *,
    contract: Contract,
    received_at: Instant,
    in_writing: bool,
    digest: str,
    reason: str,
    by: Person,
    now: Instant,
    by_customer: bool = False,
) -> ContractChange:
    """
    Cancel a contract as it was previewed: to the end of the running term, or of the next where the notice was too late.
    The vendor is told where a customer's person does it.

    Raises :class:`ContractError` ``contract.reason_missing``, ``contract.reason_too_long``, ``contract.basis_changed``,
    ``contract.received_later`` and what the preview raises; nothing has changed then.
    """
    told = _reason(reason)
    if received_at > now:
        raise ContractError("contract.received_later")
    locked = _locked(contract)
    found = preview_cancellation(contract=locked, received_at=received_at, in_writing=in_writing)
    if found.digest != digest:
        raise ContractError("contract.basis_changed")
    locked.ends_on, locked.cancelled_at = found.found.ends_on, now
    locked.save(update_fields=["ends_on", "cancelled_at"])
    made = ContractChange.objects.create(
        customer_id=locked.customer_id,
        contract=locked,
        kind=ContractChange.Kind.CANCELLED,
        effective_on=found.found.ends_on,
        facts=found.facts,
        digest=digest,
        reason=told,
        by=by,
        recorded_at=now,
        applied_at=now,
    )
    if by_customer:
        facts = {"by": by.name, "ends": str(made.effective_on), "reason": told}
        tell_vendor(locked, "contract.cancelled", f"contract-change:{made.pk}", now, **facts)
    return made


@transaction.atomic
def change_tier(
    *,
    contract: Contract,
    tier: str,
    on: dt.date,
    digest: str,
    reason: str,
    by: Person,
    now: Instant,
    new_fee: Money | None = None,
    by_customer: bool = False,
) -> ContractChange:
    """
    Change a contract's tier as it was previewed: at once where the day is today, else on the day.

    Open tickets follow where the plan says so. A customer's person can only buy a higher tier whose sum is known, and
    the vendor is told of it. Raises :class:`ContractError` ``contract.not_for_sale`` for another,
    ``contract.reason_missing``, ``contract.reason_too_long``, ``contract.basis_changed``, ``contract.change_waits``,
    and what the preview raises; nothing has changed then.
    """
    told = _reason(reason)
    locked = _locked(contract)
    waiting = ContractChange.objects.filter(contract=locked, applied_at=None).first()
    if waiting is not None:
        raise ContractError("contract.change_waits", tier=waiting.facts["after"], on=str(waiting.effective_on))
    found = preview_tier(contract=locked, tier=tier, on=on, today=today(locked, now), new_fee=new_fee)
    if found.digest != digest:
        raise ContractError("contract.basis_changed")
    if by_customer and not is_for_sale(found):
        raise ContractError("contract.not_for_sale", tier=tier)
    made = ContractChange.objects.create(
        customer_id=locked.customer_id,
        contract=locked,
        kind=ContractChange.Kind.TIER_CHANGED,
        effective_on=on,
        facts=found.facts,
        digest=digest,
        reason=told,
        by=by,
        recorded_at=now,
    )
    if on <= today(locked, now):
        _apply(made, locked, now)
    else:
        begins = zones.resolve(zones.zone(agreed_of(locked).zone), on, 0)
        key = f"contract-change:{made.pk}"
        enqueue(key=key, handler="contracts.apply_change", arguments={"change": made.pk}, now=now, due_at=begins)
    if by_customer:
        _tell_of_tier(locked, "contract.tier_changed", f"contract-change:{made.pk}", tier, on, by, told, now)
    return made


def is_for_sale(found: TierPreview) -> bool:
    """
    Return whether a customer can buy a tier without a person of the vendor's: it goes up, and the sum is known.
    """
    fees = found.found.fees
    return found.found.is_upgrade and fees.rule in PRICED and fees.after is not None


@transaction.atomic
def ask_for_tier(*, contract: Contract, tier: str, on: dt.date, reason: str, by: Person, now: Instant) -> None:
    """
    Tell the vendor that a customer asks what a tier would cost; asked again on the same day, it is told once.

    Raises :class:`ContractError` ``contract.reason_too_long``, and what the preview raises.
    """
    told = reason.strip()
    if len(told) > LONGEST_REASON:
        raise ContractError("contract.reason_too_long", most=LONGEST_REASON)
    day = today(contract, now)
    preview_tier(contract=contract, tier=tier, on=on, today=day)
    key = f"tier-wanted:{contract.pk}:{tier}:{on}:{day}"
    _tell_of_tier(contract, "contract.tier_wanted", key, tier, on, by, told or "-", now)


def _tell_of_tier(  # noqa: PLR0917  (what the notice says, in its order)
    contract: Contract, code: str, key: str, tier: str, on: dt.date, by: Person, reason: str, now: Instant
) -> None:
    plan = plan_of(contract.plan_version_id)
    name = in_language(plan.tiers[tier].name, "en", tier)
    tell_vendor(contract, code, key, now, by=by.name, tier=name, on=str(on), reason=reason)


@handler("contracts.apply_change")
def apply_change(arguments: Mapping[str, Any], now: Instant) -> None:
    """
    Let a change that was decided earlier take effect on its day; one that did already does nothing.
    """
    found = ContractChange.objects.select_for_update().select_related("contract").get(pk=arguments["change"])
    if found.applied_at is None:
        _apply(found, _locked(found.contract), now)


def _apply(change: ContractChange, contract: Contract, now: Instant) -> None:
    contract.tier = change.facts["after"]
    fees = change.facts["fees"]
    fields = ["tier"]
    if fees["after"] is not None and fees["rule"] in {"prorated", "full"}:
        contract.fee_amount, contract.fee_currency = fees["after"]["amount"], fees["after"]["currency"]
        fields += ["fee_amount", "fee_currency"]
    contract.save(update_fields=fields)
    change.applied_at = now
    change.save(update_fields=["applied_at"])
    if change.facts["open_tickets_move"]:
        arguments = {"contract": contract.pk, "change": change.pk}
        enqueue(key=f"follow-tier:{change.pk}", handler="tickets.follow_tier", arguments=arguments, now=now)


def today(contract: Contract, now: Instant) -> dt.date:
    """
    Return the day on which an instant falls where the contract's days are cut.
    """
    return to_datetime(now, zones.zone(agreed_of(contract).zone)).date()


def _locked(contract: Contract) -> Contract:
    found = Contract.objects.select_for_update(of=("self",)).select_related("customer")
    return found.get(pk=contract.pk)


def _reason(reason: str) -> str:
    told = reason.strip()
    if not told:
        raise ContractError("contract.reason_missing")
    if len(told) > LONGEST_REASON:
        raise ContractError("contract.reason_too_long", most=LONGEST_REASON)
    return told
