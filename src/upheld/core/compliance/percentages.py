"""
Percentages in writing: exact numbers printed so that no reader is misled about which side of an edge they lie on.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final

DIGITS: Final = 6
"""Digits after the point of a number that has no end."""


def written(number: Fraction, edges: Iterable[Decimal] = ()) -> str:
    """
    Return a number as decimal text: exact where six digits after the point can be, otherwise rounded half up to six,
    and to more where fewer would put it on, or across, one of the ``edges`` that it does not touch.

    >>> written(Fraction(3900, 977), [Decimal(4)]), written(Fraction(39999999, 10**7), [Decimal(4)])
    ('3.991812', '3.9999999')
    """
    sides = [(Fraction(edge), _side(number, Fraction(edge))) for edge in edges]
    digits = DIGITS
    while True:
        text, value = _rounded(number, digits)
        if all(_side(value, edge) == side for edge, side in sides):
            return text
        digits += 1


def _side(number: Fraction, edge: Fraction) -> int:
    return (number > edge) - (number < edge)


def _rounded(number: Fraction, digits: int) -> tuple[str, Fraction]:
    scale = 10**digits
    doubled = abs(number) * scale * 2
    units = (doubled.numerator // doubled.denominator + 1) // 2
    whole, rest = divmod(units, scale)
    sign = "-" if number < 0 and units else ""
    decimals = f"{rest:0{digits}}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}", Fraction(-units if sign else units, scale)
