"""
What a plan must know of one contract to be worked by: whose it is, which tier, where the customer is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from upheld.core.money import Money

UNKNOWN_ZONE: Final = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """
    A customer's contract, as far as clocks and credits depend on it.

    ``regions`` are the codes of the customer's country and subdivision (``("CA", "CA-ON")``) and any names of the
    plan for them; ``zone`` is the zone in which the contract's dates and periods are cut; ``fee`` is what one credit
    period costs.
    """

    customer: str
    tier: str
    contract: str = ""
    zone: str = UNKNOWN_ZONE
    regions: tuple[str, ...] = ()
    language: str = "en"
    add_ons: frozenset[str] = field(default_factory=frozenset)
    fee: Money | None = None
    facts: tuple[tuple[str, str], ...] = ()
