"""
Quantities of allowances: what a tier is granted, and which of two is more.
"""

from __future__ import annotations

from upheld.core.plan.model.entitlements import Allowance, Quantity


def granted(allowance: Allowance, tier: str) -> Quantity | None:
    """
    Return what an allowance gives in a tier each time, or nothing where the tier does not have it.
    """
    if allowance.tiers and tier not in allowance.tiers:
        return None
    much = allowance.by_tier.get(tier, allowance.gives)
    return None if much.word == "none" else much


def compared(before: Quantity, after: Quantity) -> int | None:
    """
    Return 1 where ``after`` is more, -1 where it is less, 0 where both are the same, nothing where it cannot be told.
    """
    if before == after:
        return 0
    if "unlimited" in (before.word, after.word):
        return 1 if after.word == "unlimited" else -1
    if before.money and after.money and before.money.currency == after.money.currency:
        return 1 if after.money.amount > before.money.amount else -1
    for one, other in ((before.seconds, after.seconds), (before.count, after.count)):
        if one is not None and other is not None:
            return 1 if other > one else -1
    return None
