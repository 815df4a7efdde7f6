"""
Proration: what a fee comes to for a part of its period.

Invariant: a part is a share of whole days, exact until the one rounding at its end (half up to the currency's smallest
coin); the parts of one period add up to within a coin of the whole.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from upheld.core.calendars import zones
from upheld.core.dates import MONTHS
from upheld.core.money import Money
from upheld.core.plan.model.compliance import Period
from upheld.core.reckoning_periods import ReckoningPeriod, reckoning
from upheld.core.terms.successive import TermError

ROUNDING: Final = "half_up"
"""The rounding rule: half a coin and more is a coin."""
_NOON: Final = 12 * 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    A fee for ``days`` of the ``of_days`` of its period, from ``first`` through ``last``; ``amount`` is rounded by
    :data:`ROUNDING`.
    """

    fee: Money
    first: dt.date
    last: dt.date
    days: int
    of_days: int
    amount: Money


def fee_period(per: str, starts_on: dt.date, day: dt.date, zone: str) -> ReckoningPeriod:
    """
    Return the period of a contract's fee (``month``, ``quarter``, ``half_year`` or ``year``, from the contract's first
    day on) that a day lies in.

    Raises :class:`TermError` ``terms.unknown_fee_period``.
    """
    if per not in MONTHS:
        raise TermError("terms.unknown_fee_period", given=per, known=list(MONTHS))
    rule = Period.model_validate({"each": per, "starts": "contract"})
    noon = zones.resolve(zones.zone(zone), day, _NOON)
    return reckoning(rule, zone, contract_start=starts_on).period_of(noon)


def prorated(fee: Money, first: dt.date, last: dt.date, *, since: dt.date) -> Part:
    """
    Return the part of a fee for a period (``first`` through ``last``) from a day on.

    Raises :class:`TermError` ``terms.day_outside_period``.
    """
    if not first <= since <= last:
        raise TermError("terms.day_outside_period", given=str(since), first=str(first), last=str(last))
    days, of_days = (last - since).days + 1, (last - first).days + 1
    return Part(fee=fee, first=since, last=last, days=days, of_days=of_days, amount=fee.share(Fraction(days, of_days)))


def fee_for(per: str, list_price: Money | None, term_months: int | None) -> Money | None:
    """
    Return the fee of a period from a list price for a term of so many months, or nothing where it cannot be told.
    """
    if list_price is None or not term_months or per not in MONTHS:
        return None
    return list_price.share(Fraction(MONTHS[per], term_months))
