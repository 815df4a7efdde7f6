"""
Tables over a number: gaps, overlaps and rows outside of what the number can be.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from upheld.core.plan.lint.found import Found, Key, error, warning
from upheld.core.plan.model.bands import Band, Hole, holes
from upheld.core.plan.places import Path


class Row(NamedTuple):
    """
    A row of a table: its band, and where it stands.
    """

    band: Band
    path: Path


def gaps_and_overlaps(
    rows: Sequence[Row],
    limits: tuple[Decimal, Decimal | None],
    path: Path,
    *,
    table: str,
    whole: bool = False,
) -> Iterator[Found]:
    """
    Yield numbers between ``limits`` (both inclusive) that no row holds or several do, naming numbers and lines.

    ``whole`` says that only whole numbers count; ``table`` is what people know it by.
    """
    bands = [row.band for row in rows]
    for index, row in enumerate(rows):
        if _is_outside(row.band, *limits):
            yield warning("lint.table_row_outside", Key(row.path), given=str(bands[index]), table=table)
    for hole in holes(bands, *limits):
        if whole and not _holds_whole_number(bands, hole):
            continue
        params = {"numbers": _numbers(bands, hole), "table": table}
        if hole.kind == "gap":
            beside = _beside(rows, hole)
            first = beside[0] if beside else path
            yield error("lint.table_gap", Key(first), *map(Key, beside[1:]), **params)
        else:
            paths = [rows[index].path for index in hole.bands]
            given = [str(bands[index]) for index in hole.bands]
            yield error("lint.table_overlap", Key(paths[0]), *map(Key, paths[1:]), rows=given, **params)


def _is_outside(band: Band, lowest: Decimal, highest: Decimal | None) -> bool:
    above = (
        highest is not None
        and band.low is not None
        and (band.low > highest or (band.low == highest and not band.low_in))
    )
    below = band.high is not None and (band.high < lowest or (band.high == lowest and not band.high_in))
    return above or below


def _beside(rows: Sequence[Row], hole: Hole) -> list[Path]:
    """
    Return the rows that end where a gap begins, then those that begin where it ends.
    """
    below = [row.path for row in rows if hole.low is not None and row.band.high == hole.low]
    above = [row.path for row in rows if hole.high is not None and row.band.low == hole.high]
    return list(dict.fromkeys((*below, *above)))


def _holds(bands: Sequence[Band], hole: Hole, number: Fraction) -> bool:
    """
    Return whether a number on the edge of a hole belongs to it.
    """
    return tuple(index for index, band in enumerate(bands) if number in band) == hole.bands


def _holds_whole_number(bands: Sequence[Band], hole: Hole) -> bool:
    if hole.low is None or hole.high is None:
        return True
    low, high = math.ceil(hole.low), math.floor(hole.high)
    if high - low > 1:
        return True
    return any(_holds(bands, hole, Fraction(number)) for number in range(low, high + 1))


def _numbers(bands: Sequence[Band], hole: Hole) -> str:
    """
    Return the numbers of a hole as a document would write them.
    """
    if hole.low is not None and hole.low == hole.high:
        return f"= {hole.low}"
    low = "" if hole.low is None else f"{'>=' if _holds(bands, hole, Fraction(hole.low)) else '>'} {hole.low}"
    high = "" if hole.high is None else f"{'<=' if _holds(bands, hole, Fraction(hole.high)) else '<'} {hole.high}"
    return " and ".join(part for part in (low, high) if part)
