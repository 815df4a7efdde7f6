"""
Labels above a line of time: each gets a row and a side, so that none touches another, the picture's edge or a line.

Invariant: what fits on the width it was placed for fits on every wider one. A label's place is a share of the width,
its letters have a size of their own; in a row labels stand in the order of their places, so a wider picture only moves
them apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import combinations, permutations
from typing import Final, NamedTuple

from upheld.rendering.axis import Share

ROW: Final = 15
"""Height of a row of labels in pixels."""
GAP: Final = 8
_LETTER: Final = 0.58
_STRONG_LETTER: Final = 0.63
"""Width of a letter over its height, on the safe side for the fonts that pages have."""
_FEW: Final = 5
"""Of so many labels every order is tried."""
_ANCHORS: Final = ("middle", "start", "end")
_PREFERENCES: Final = (_ANCHORS, ("end", "middle", "start"), ("start", "middle", "end"), ("start",), ("end",))


class Label(NamedTuple):
    """
    Words at a share of the width; ``rank`` says which is placed first (0) and so next to the bar.
    """

    share: Share
    words: str
    colour: str
    rank: int
    is_strong: bool


class Placed(NamedTuple):
    """
    A label with its row (0 is the lowest) and anchor; ``left`` and ``right`` are its ends in pixels.
    """

    label: Label
    row: int
    anchor: str
    at: float
    left: float
    right: float


def width_of(words: str, *, size: int = 11, is_strong: bool = False) -> float:
    """
    Return about how wide words are, in pixels; never less than they turn out.
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    letter = _STRONG_LETTER if is_strong else _LETTER
    return ((len(words) - wide) * letter + wide) * size


def place(labels: Iterable[Label], wide: int) -> list[Placed]:
    """
    Return the labels with their rows for a picture of ``wide`` pixels or more.

    By rank first; where a line would go through a label, in the order that leaves the fewest such places and rows.
    """
    ranked = sorted(labels, key=lambda each: (each.rank, each.share))
    by_place = sorted(ranked, key=lambda each: each.share)
    best = _in_turn(ranked, wide, _ANCHORS)
    if _crossings(best) == 0:
        return best
    orders = list(permutations(ranked)) if len(ranked) <= _FEW else [by_place, by_place[::-1]]
    return min([best, *(_in_turn(order, wide, each) for order in orders for each in _PREFERENCES)], key=_blemishes)


def _in_turn(labels: Iterable[Label], wide: int, anchors: Sequence[str]) -> list[Placed]:
    placed: list[Placed] = []
    for label in labels:
        placed.append(_best(label, placed, wide, anchors))
    return placed


def _blemishes(placed: Sequence[Placed]) -> tuple[int, int, int]:
    """
    Return what is not beautiful: lines through labels, rows, and important labels far from the bar.
    """
    return _crossings(placed), max(each.row for each in placed), sum(each.row for each in placed if not each.label.rank)


def _crossings(placed: Sequence[Placed]) -> int:
    return sum(_cross(one, other) for one, other in combinations(placed, 2))


def _best(label: Label, others: Sequence[Placed], wide: int, anchors: Sequence[str]) -> Placed:
    rows = range(len(others) + 1)
    sides = _inside(label, anchors, wide) or _inside(label, _ANCHORS, wide) or [_set(label, "middle", wide)]
    tries = [each._replace(row=row) for row in rows for each in sides]
    free = [each for each in tries if not any(_touch(each, other) for other in others)]
    return next((each for each in free if not any(_cross(each, other) for other in others)), free[0])


def _inside(label: Label, anchors: Sequence[str], wide: int) -> list[Placed]:
    tries = (_set(label, anchor, wide) for anchor in anchors)
    return [each for each in tries if each.left >= 0 and each.right <= wide]


def _set(label: Label, anchor: str, wide: int) -> Placed:
    at, size = label.share.pixels(wide), width_of(label.words, is_strong=label.is_strong)
    left = at - {"start": 0, "middle": size / 2, "end": size}[anchor]
    return Placed(label, 0, anchor, at, left, left + size)


def _touch(one: Placed, other: Placed) -> bool:
    """
    Return whether two labels of one row touch, or would on a wider picture.
    """
    if one.row != other.row:
        return False
    first, second = (one, other) if one.at <= other.at else (other, one)
    return first.right + GAP > second.left


def _cross(one: Placed, other: Placed) -> bool:
    """
    Return whether the line of the upper label goes through the lower one.
    """
    if one.row == other.row:
        return False
    upper, lower = (one, other) if one.row > other.row else (other, one)
    if upper.at > lower.at:
        return lower.right + 3 > upper.at
    return lower.left - 3 < upper.at
