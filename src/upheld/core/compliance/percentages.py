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
    over, under = number.as_integer_ratio()
    ratios = [edge.as_integer_ratio() for edge in edges]
    sides = [_side(over, under, *ratio) for ratio in ratios]
    digits = DIGITS
    while True:
        # Whole numbers in place of fractions: a statement writes thousands of these.
        units, scale = _rounded(over, under, digits)
        if [_side(units, scale, *ratio) for ratio in ratios] == sides:
            return _decimal(units, scale, digits)
        digits += 1


def _side(over: int, under: int, edge_over: int, edge_under: int) -> int:
    one, other = over * edge_under, edge_over * under
    return (one > other) - (one < other)


def _rounded(over: int, under: int, digits: int) -> tuple[int, int]:
    """
    Return a ratio as whole units of a scale, rounded half away from zero.
    """
    scale = 10**digits
    units = (abs(over) * scale * 2 // under + 1) // 2
    return (-units if over < 0 else units), scale


def _decimal(units: int, scale: int, digits: int) -> str:
    whole, rest = divmod(abs(units), scale)
    sign = "-" if units < 0 else ""
    decimals = f"{rest:0{digits}}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"
