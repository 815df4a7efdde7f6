"""
Money and shares: exact decimals and fractions, never a float.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from upheld.core.errors import UpheldError

MINOR_DIGITS: Final = {
    "BHD": 3,
    "CLP": 0,
    "IQD": 3,
    "ISK": 0,
    "JOD": 3,
    "JPY": 0,
    "KRW": 0,
    "KWD": 3,
    "LYD": 3,
    "OMR": 3,
    "PYG": 0,
    "RWF": 0,
    "TND": 3,
    "UGX": 0,
    "VND": 0,
    "VUV": 0,
    "XAF": 0,
    "XOF": 0,
    "XPF": 0,
}
"""Digits after the point where a currency (ISO 4217) has other than two."""


MOST: Final = Decimal(10) ** 18
"""The largest amount; more is a slip of the pen."""


class MoneyError(UpheldError):
    """
    Amounts of two currencies in one sum, or an amount finer than the currency's smallest coin.
    """


def minor_digits(currency: str) -> int:
    """
    Return how many digits a currency has after the point (ISO 4217).
    """
    return MINOR_DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """
    An amount in one currency (three capital letters of ISO 4217), exact to the currency's smallest coin.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise MoneyError("money.not_finite", given=str(self.amount))
        if abs(self.amount) > MOST:
            raise MoneyError("money.too_large", given=str(self.amount), most=str(MOST))
        exact = self.amount.quantize(Decimal(1).scaleb(-minor_digits(self.currency)), ROUND_HALF_UP)
        if exact != self.amount:
            raise MoneyError("money.too_fine", given=str(self.amount), currency=self.currency)
        object.__setattr__(self, "amount", exact)

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise MoneyError("money.mixed_currencies", one=self.currency, other=other.currency)
        return Money(self.amount + other.amount, self.currency)

    def share(self, part: Fraction | Decimal) -> Money:
        """
        Return ``part`` of the amount (``Fraction(1, 10)`` is ten percent), rounded half up to the smallest coin.
        """
        return rounded(Fraction(self.amount) * Fraction(part), self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,}"


def rounded(amount: Fraction, currency: str) -> Money:
    """
    Return an exact amount as money, rounded half up to the currency's smallest coin.
    """
    scale = 10 ** minor_digits(currency)
    doubled = amount * scale * 2
    units = (abs(doubled.numerator) // doubled.denominator + 1) // 2
    return Money(Decimal(-units if amount < 0 else units) / scale, currency)
