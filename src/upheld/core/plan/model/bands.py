"""
Bands: the rows of a table over a number ("< 4%", ">= 4% and < 6%", "99.0% - 99.9%"), exact at their edges.

Invariant: a band knows for each edge whether it belongs to it, so that gaps and overlaps of a table are found
exactly, down to a single point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from upheld.core.errors import UpheldError


class BandError(UpheldError):
    """
    A text that is no band, or one that holds no number.
    """


@dataclass(frozen=True, slots=True)
class Band:
    """
    The numbers between two edges, each ``None`` where there is none; ``text`` is how the document wrote it.
    """

    low: Decimal | None
    low_in: bool
    high: Decimal | None
    high_in: bool
    text: str = ""

    def __contains__(self, number: Fraction | Decimal | int) -> bool:
        value = Fraction(number)
        if self.low is not None and (value < Fraction(self.low) or (value == Fraction(self.low) and not self.low_in)):
            return False
        return self.high is None or value < Fraction(self.high) or (value == Fraction(self.high) and self.high_in)

    def __str__(self) -> str:
        return self.text


_NUMBER: Final = r"(\d++(?:\.\d++)?+)\s*+(%?)"
_COMPARED: Final = re.compile(rf"(<=|>=|<|>|=)\s*+{_NUMBER}")
_RANGE: Final = re.compile(rf"{_NUMBER}\s*+(?:-|to)\s*+{_NUMBER}")


def parse_band(text: str) -> Band:
    """
    Return the band that ``text`` names: comparisons joined by "and", or ``low - high`` with the low edge in and the
    high edge out. A lone number is that point.

    Raises :class:`BandError` ``band.unreadable`` or ``band.empty``.
    """
    words = str(text).strip()
    if found := _RANGE.fullmatch(words):
        return _checked(Band(Decimal(found[1]), low_in=True, high=Decimal(found[3]), high_in=False, text=words))
    if found := re.fullmatch(_NUMBER, words):
        point = Decimal(found[1])
        return Band(point, low_in=True, high=point, high_in=True, text=words)
    low, low_in, high, high_in = None, True, None, True
    for part in re.split(r" and | ?, ?", " ".join(words.split())):
        compared = _COMPARED.fullmatch(part.strip())
        if not compared:
            raise BandError("band.unreadable", given=words)
        sign, number = compared[1], Decimal(compared[2])
        # Each comparison narrows: of two edges at one number, the one that leaves it out is the narrower.
        if sign in (">", ">=", "=") and (low is None or (number, sign == ">") > (low, not low_in)):
            low, low_in = number, sign != ">"
        if sign in ("<", "<=", "=") and (high is None or (-number, sign == "<") > (-high, not high_in)):
            high, high_in = number, sign != "<"
    return _checked(Band(low, low_in, high, high_in, words))


def _checked(band: Band) -> Band:
    if band.low is None or band.high is None:
        return band
    if band.low > band.high or (band.low == band.high and not (band.low_in and band.high_in)):
        raise BandError("band.empty", given=band.text)
    return band


@dataclass(frozen=True, slots=True)
class Hole:
    """
    Numbers that no band of a table holds (``gap``), or more than one (``overlap``), between two edges.
    """

    kind: str
    low: Decimal | None
    high: Decimal | None
    bands: tuple[int, ...] = ()


def holes(bands: Sequence[Band], lowest: Decimal | None, highest: Decimal | None) -> list[Hole]:
    """
    Return all gaps and overlaps of a table over the numbers from ``lowest`` to ``highest``, both inclusive (``None``:
    no end).

    Every edge and every stretch between two edges is tried, which is exact: between edges nothing changes.
    """
    edges = sorted(
        {edge for band in bands for edge in (band.low, band.high) if edge is not None} | _ends(lowest, highest)
    )
    inside = [edge for edge in edges if _within(edge, lowest, highest)]
    found: list[Hole] = []
    is_next = False
    for low, high, sample in _samples(inside, lowest, highest):
        holders = tuple(index for index, band in enumerate(bands) if sample in band)
        if len(holders) == 1:
            is_next = False
            continue
        hole = Hole("gap" if not holders else "overlap", low, high, holders)
        if is_next and (found[-1].kind, found[-1].bands) == (hole.kind, hole.bands):
            found[-1] = replace(found[-1], high=high)
        else:
            found.append(hole)
        is_next = True
    return found


def _ends(lowest: Decimal | None, highest: Decimal | None) -> set[Decimal]:
    return {end for end in (lowest, highest) if end is not None}


def _within(edge: Decimal, lowest: Decimal | None, highest: Decimal | None) -> bool:
    return (lowest is None or edge >= lowest) and (highest is None or edge <= highest)


def _samples(
    edges: Sequence[Decimal], lowest: Decimal | None, highest: Decimal | None
) -> Iterable[tuple[Decimal | None, Decimal | None, Fraction]]:
    """
    Return (low, high, a number between) for each edge itself and each open stretch between neighbours.
    """
    if not edges:
        yield None, None, Fraction(0)
        return
    if lowest is None:
        yield None, edges[0], Fraction(edges[0]) - 1
    for index, edge in enumerate(edges):
        yield edge, edge, Fraction(edge)
        if index + 1 < len(edges):
            yield edge, edges[index + 1], (Fraction(edge) + Fraction(edges[index + 1])) / 2
    if highest is None:
        yield edges[-1], None, Fraction(edges[-1]) + 1
