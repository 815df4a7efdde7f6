"""
Payments: what a row of a credit table pays, and the upper limits that hold it.

Invariant: amounts stay exact fractions until one rounding to the currency's smallest coin; two currencies never meet in
one credit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from upheld.core.compliance.percentages import written
from upheld.core.dates import MONTHS
from upheld.core.errors import UpheldError
from upheld.core.money import Money, MoneyError, rounded
from upheld.core.plan.model.compliance import Cap, CreditScheme, Pay

FEE: Final = "fee"
DOWNTIME_FEE: Final = "downtime_fee"


class CreditError(UpheldError):
    """
    A credit that cannot be computed from what is given, or not yet by Upheld.
    """


class Step(NamedTuple):
    """
    One step of the reckoning: a sentence's code and its facts.
    """

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """
    What shares and days are taken of: the fee of the period, other amounts by the plan's name for them
    (``service_fee``, ``charge``, ``contract_value``, ``downtime_fee``), and the days of the period.
    """

    fee: Money | None
    others: Mapping[str, Money] = field(default_factory=dict)
    days_in_period: int | None = None

    def amount(self, name: str) -> Money | None:
        """
        Return what the plan calls ``name``, or nothing where the contract has none; a fee of zero is none.
        """
        found = self.fee if name == FEE else self.others.get(name)
        return found if found is not None and found.amount else None


class Owed(NamedTuple):
    """
    An exact sum before rounding (in ``currency``), days of service, or both; nothing where there is no basis for a sum.
    """

    sum: Fraction | None
    currency: str | None
    days: Fraction | None
    step: Step

    @property
    def money(self) -> Money | None:
        """
        Return the sum rounded half up to the smallest coin.
        """
        return None if self.sum is None or self.currency is None else rounded(self.sum, self.currency)


def owed(pay: Pay, basis: Basis, share_of: str, units: int = 1) -> Owed | None:
    """
    Return what ``pay`` comes to for a number of units, or nothing where the amount that it is a share of is missing.

    Raises :class:`CreditError` ``credit.pays_nothing_named`` for a row that names nothing.
    """
    if pay.share is not None:
        return _part(basis, share_of, Fraction(pay.share) * units)
    if pay.money is not None:
        exact = Fraction(pay.money.amount) * units
        return Owed(exact, pay.money.currency, None, Step("credit.money", {"units": units, "money": pay.money}))
    if pay.days is not None:
        return _days(basis, share_of, Fraction(pay.days) * units)
    if pay.times is not None:
        return _part(basis, DOWNTIME_FEE, Fraction(pay.times) * units * 100)
    raise CreditError("credit.pays_nothing_named")


def _part(basis: Basis, name: str, percent: Fraction) -> Owed | None:
    base = basis.amount(name)
    if base is None:
        return None
    exact = Fraction(base.amount) * percent / 100
    params = {"share": written(percent), "base": base, "of": name, "amount": rounded(exact, base.currency)}
    return Owed(exact, base.currency, None, Step("credit.share", params))


def _days(basis: Basis, share_of: str, days: Fraction) -> Owed:
    base = basis.amount(share_of)
    if base is None or not basis.days_in_period:
        return Owed(None, None, days, Step("credit.days", {"days": written(days)}))
    exact = Fraction(base.amount) * days / basis.days_in_period
    params = {"days": written(days), "of": basis.days_in_period, "base": base, "amount": rounded(exact, base.currency)}
    return Owed(exact, base.currency, days, Step("credit.days_of_fee", params))


def is_nothing(pay: Pay) -> bool:
    """
    Return whether a row pays nothing, such as ``0%``.
    """
    amount = pay.money.amount if pay.money else None
    return not any((pay.share, pay.days, pay.times, amount))


def capped(
    before: Owed, scheme: CreditScheme, basis: Basis, *, violations: int, already: Mapping[int, Money]
) -> tuple[Owed, tuple[Step, ...]]:
    """
    Return what is left under all upper limits of a scheme, and a step for each limit that took something away.

    ``already`` is what was given before under a limit (by its position) that reaches over several credits. Raises
    :class:`CreditError` ``credit.cap_not_computed`` for a limit that cannot be told here.
    """
    left, steps = before, []
    for index, cap in enumerate(scheme.cap):
        factor = _factor(cap, scheme, index, violations)
        most = _most_days(cap, left, basis, factor)
        if left.days is not None and most is not None:
            under = _under_days(left, most, index)
        else:
            under = _under_money(left, _limit(cap, scheme, index, basis, factor), already.get(index), index)
        if under is not None:
            left = under
            steps.append(under.step)
    return left, tuple(steps)


def _most_days(cap: Cap, left: Owed, basis: Basis, factor: Fraction) -> Fraction | None:
    """
    Return a limit in days of service: as the plan writes it, or, where no sum is known, as a share of the period's
    days.
    """
    if cap.pays.days is not None:
        return Fraction(cap.pays.days) * factor
    if left.sum is None and cap.pays.share is not None and basis.days_in_period:
        return Fraction(cap.pays.share) / 100 * basis.days_in_period * factor
    return None


def _under_days(left: Owed, most: Fraction, index: int) -> Owed | None:
    days = left.days
    if days is None or days <= most:
        return None
    step = Step("credit.capped_days", {"number": index + 1, "before": written(days), "after": written(most)})
    return Owed(None if left.sum is None else left.sum * most / days, left.currency, most, step)


def _under_money(left: Owed, limit: Money, given: Money | None, index: int) -> Owed | None:
    rest = _left(limit, given)
    money = left.money
    if left.sum is None or money is None:
        raise CreditError("credit.cap_not_computed", number=index + 1)
    _same_currency(money, rest)
    if money.amount <= rest.amount:
        return None
    params = {"number": index + 1, "before": money, "limit": limit, "after": rest}
    exact = Fraction(rest.amount)
    days = None if left.days is None else left.days * exact / left.sum
    return Owed(exact, left.currency, days, Step("credit.capped", params))


def _limit(cap: Cap, scheme: CreditScheme, index: int, basis: Basis, factor: Fraction) -> Money:
    pays = cap.pays
    base = basis.amount(FEE if scheme.share_of == DOWNTIME_FEE else scheme.share_of)
    if pays.money is not None:
        return pays.money if factor == 1 else rounded(Fraction(pays.money.amount) * factor, pays.money.currency)
    if base is not None and pays.share is not None:
        return rounded(Fraction(base.amount) * Fraction(pays.share) / 100 * factor, base.currency)
    if base is not None and pays.days is not None and basis.days_in_period:
        return rounded(Fraction(base.amount) * Fraction(pays.days) / basis.days_in_period * factor, base.currency)
    raise CreditError("credit.cap_not_computed", number=index + 1)


def _factor(cap: Cap, scheme: CreditScheme, index: int, violations: int) -> Fraction:
    """
    Return how many of the scheme's periods (for a limit on each violation: how many violations) a limit covers.

    A fixed sum is the limit of the longer period as it stands; a share or days are those of the credit's own period.
    """
    over = cap.over
    if over is None or over.each == scheme.per.each:
        return Fraction(1)
    if over.each == "violation":
        return Fraction(violations)
    if over.each in ("incident", "rolling"):
        raise CreditError("credit.cap_not_computed", number=index + 1)
    if cap.pays.share is None or scheme.share_of == "contract_value":
        return Fraction(1)
    if over.each in MONTHS and scheme.per.each in MONTHS:
        return Fraction(MONTHS[over.each], MONTHS[scheme.per.each])
    raise CreditError("credit.cap_not_computed", number=index + 1)


def _left(limit: Money, given: Money | None) -> Money:
    if given is None:
        return limit
    _same_currency(limit, given)
    return Money(max(Decimal(0), limit.amount - given.amount), limit.currency)


def _same_currency(one: Money, other: Money) -> None:
    if one.currency != other.currency:
        raise MoneyError("money.mixed_currencies", one=one.currency, other=other.currency)
