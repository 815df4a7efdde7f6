"""
Two values of one key: which is better, as far as that can be told.

Invariant: values of different kinds (support time and all time, months and days that overlap, two currencies) are never
ranked.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, Final

from upheld.core.durations import DAY, Duration, Unit
from upheld.core.money import Money
from upheld.core.plan.compare.changes import Verdict
from upheld.core.plan.compare.leanings import Lean, Leaning
from upheld.core.plan.model.entitlements import Quantity
from upheld.core.plan.quantities import compared

_DAYS: Final = {Unit.DAYS: (1, 1), Unit.MONTHS: (28, 31), Unit.YEARS: (365, 366)}
_MONTHS: Final = {Unit.MONTHS: 1, Unit.YEARS: 12}


def judged(leaning: Leaning, before: Any, after: Any) -> Verdict:
    """
    Return what a change of one value is for the customer.
    """
    if before == after or leaning.lean is Lean.NAME:
        return Verdict.SAME
    if leaning.lean in (Lean.WIDER, Lean.NARROWER):
        wider = (before, after) if leaning.lean is Lean.WIDER else (after, before)
        return _set(_members(wider[0]), _members(wider[1]), is_all=leaning.absent == "best")
    return _signed(_preferred(leaning, before, after))


def _preferred(leaning: Leaning, before: Any, after: Any) -> int | None:
    """
    Return 1 where ``after`` is better, -1 where it is worse, 0 where it is as good, nothing where it cannot be told.
    """
    if leaning.lean is Lean.RANKED:
        known = before in leaning.ranks and after in leaning.ranks
        return leaning.ranks.index(before) - leaning.ranks.index(after) if known else None
    if leaning.lean not in (Lean.MORE, Lean.LESS):
        return None
    order = _ordered(leaning, before, after)
    return order if order is None or leaning.lean is Lean.MORE else -order


def _signed(order: int | None) -> Verdict:
    """
    Return better for a positive number, worse for a negative one.
    """
    if order is None:
        return Verdict.NOT_COMPARABLE
    return Verdict.SAME if order == 0 else (Verdict.BETTER if order > 0 else Verdict.WORSE)


def _ordered(leaning: Leaning, before: Any, after: Any) -> int | None:
    """
    Return whether ``after`` is more (1) or less (-1); for a key of which less is better, the absent value that is best
    counts as the least.
    """
    if before is None or after is None:
        if not leaning.absent:
            return None
        is_top = (leaning.absent == "best") == (leaning.lean is Lean.MORE)
        return (1 if is_top else -1) if after is None else (-1 if is_top else 1)
    return order_of(before, after)


def order_of(before: Any, after: Any) -> int | None:
    """
    Return 1 where ``after`` is more, -1 where it is less, 0 where both are as much, nothing where it cannot be told.
    """
    if before == after:
        return 0
    if isinstance(before, Duration) and isinstance(after, Duration):
        return _durations(before, after)
    if isinstance(before, Money) and isinstance(after, Money):
        return _plain(before.amount, after.amount) if before.currency == after.currency else None
    if isinstance(before, Quantity) and isinstance(after, Quantity):
        return compared(before, after)
    is_number = isinstance(before, int | Decimal) and isinstance(after, int | Decimal)
    return _plain(before, after) if is_number else None


def _plain(before: Any, after: Any) -> int:
    return int(after > before) - int(after < before)


def _durations(before: Duration, after: Duration) -> int | None:
    if before.elapsed != after.elapsed or before.mode != after.mode:
        return None
    if before.unit is after.unit:
        return _plain(before.count, after.count)
    if before.unit in _MONTHS and after.unit in _MONTHS:
        return _plain(before.count * _MONTHS[before.unit], after.count * _MONTHS[after.unit])
    if Unit.SECONDS in (before.unit, after.unit) and not (before.elapsed or _whole_days(before, after)):
        return None
    one, other = _range(before), _range(after)
    return (1 if one[1] < other[0] else None) or (-1 if other[1] < one[0] else None)


def _whole_days(*lengths: Duration) -> bool:
    return all(each.unit is not Unit.SECONDS or each.count % DAY == 0 for each in lengths)


def _range(length: Duration) -> tuple[int, int]:
    if length.unit is Unit.SECONDS:
        return length.count // DAY, -(-length.count // DAY)
    fewest, most = _DAYS[length.unit]
    return length.count * fewest, length.count * most


def _members(value: Any) -> AbstractSet[Any]:
    if value is None:
        return frozenset()
    return frozenset(value) if isinstance(value, tuple | list | AbstractSet) else frozenset({value})


def _set(before: AbstractSet[Any], after: AbstractSet[Any], *, is_all: bool) -> Verdict:
    """
    Return better where ``after`` has all of ``before`` and more; an empty one is all, where ``is_all``.
    """
    if before == after:
        return Verdict.SAME
    if is_all and not (before and after):
        return Verdict.BETTER if not after else Verdict.WORSE
    if before <= after:
        return Verdict.BETTER
    return Verdict.WORSE
