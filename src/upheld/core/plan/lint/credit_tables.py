"""
Credit tables and promises about many clocks: every number has one row, worse is never paid less, nothing above the fee.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from upheld.core.plan.lint.found import Found, Key, error, warning
from upheld.core.plan.lint.tables import Row, gaps_and_overlaps
from upheld.core.plan.model import Plan
from upheld.core.plan.model.bands import Band
from upheld.core.plan.model.compliance import CompliancePromise, CreditRow, CreditScheme, Pay
from upheld.core.plan.places import Path

_ALL: Final = Decimal(100)
_FALLING: Final = frozenset({"compliance", "availability"})
"""Measures of which less is worse; of a measured value nobody knows which way is worse."""
_SHARES: Final = frozenset({"violation_share", "compliance", "availability"})


def check(plan: Plan) -> Iterator[Found]:
    """
    Yield what is wrong with credits and with stages of compliance promises.
    """
    for name, scheme in plan.credits.items():
        path: Path = ("credits", name)
        rows = [Row(row.band, (*path, "table", index, "band")) for index, row in enumerate(scheme.table)]
        if rows:
            highest = _ALL if scheme.of in _SHARES else None
            whole = scheme.of == "violations"
            yield from gaps_and_overlaps(rows, (Decimal(0), highest), (*path, "table"), table=name, whole=whole)
        yield from _kinds(scheme, path)
        yield from _direction(scheme, path)
        yield from _shares(scheme, path)
        yield from _fee(plan, scheme, path)
    for name, promise in plan.compliance.items():
        yield from _stages(promise, ("compliance", name))


def _kind(pay: Pay) -> str | None:
    """
    Return what a row pays in; nothing is paid in nothing, and so goes with every kind.
    """
    if pay.money is not None:
        return pay.money.currency if pay.money.amount else None
    return next((key for key in ("share", "days", "times") if getattr(pay, key)), None)


def _amount(pay: Pay) -> Decimal:
    if pay.money is not None:
        return pay.money.amount
    return next((value for value in (pay.share, pay.days, pay.times) if value), Decimal(0))


def _kinds(scheme: CreditScheme, path: Path) -> Iterator[Found]:
    kinds: dict[str, int] = {}
    for index, row in enumerate(scheme.table):
        if kind := _kind(row.pays):
            kinds.setdefault(kind, index)
    if len(kinds) > 1:
        paths: list[Path] = [(*path, "table", index, "pays") for index in kinds.values()]
        yield error("lint.credit_mixed_kinds", paths[0], *paths[1:], table=path[1], kinds=list(kinds))


def _direction(scheme: CreditScheme, path: Path) -> Iterator[Found]:
    """
    Yield the first pair of neighbouring rows of which the worse one pays less.
    """
    if len({kind for row in scheme.table if (kind := _kind(row.pays))}) > 1:
        return
    rising = sorted(enumerate(scheme.table), key=lambda each: _order(each[1].band))
    backward = _backward(rising, falling=scheme.of in _FALLING)
    if scheme.of == "metric_value" and backward and not _backward(rising, falling=True):
        return
    for better, worse in backward[:1]:
        paths: list[Path] = [(*path, "table", index, "pays") for index in (worse, better)]
        bands = [str(scheme.table[index].band) for index in (worse, better)]
        yield error("lint.credit_backward", paths[0], paths[1], table=path[1], worse=bands[0], better=bands[1])


def _order(band: Band) -> tuple[Decimal, bool, Decimal]:
    low = Decimal(-1) if band.low is None else band.low
    return low, not band.low_in, Decimal("Infinity") if band.high is None else band.high


def _backward(rising: Sequence[tuple[int, CreditRow]], *, falling: bool) -> list[tuple[int, int]]:
    """
    Return the pairs (better, worse) of neighbouring rows of which the worse one pays less.
    """
    worsening = rising[::-1] if falling else rising
    return [
        (better[0], worse[0])
        for better, worse in itertools.pairwise(worsening)
        if _amount(worse[1].pays) < _amount(better[1].pays)
    ]


def _shares(scheme: CreditScheme, path: Path) -> Iterator[Found]:
    """
    Yield shares above all of the fee; only of the fee for the time that was lost may more than all be paid.
    """
    if scheme.share_of == "downtime_fee":
        return
    pays = [((*path, "table", index, "pays"), row.pays) for index, row in enumerate(scheme.table)]
    if scheme.each:
        pays.append(((*path, "each", "pays"), scheme.each.pays))
    for where, pay in pays:
        if pay.share is not None and pay.share > _ALL:
            yield error("lint.credit_above_fee", where, table=path[1], given=f"{pay.share}%")
    for index, cap in enumerate(scheme.cap):
        if cap.pays.share is not None and cap.pays.share > _ALL:
            yield error("lint.cap_above_fee", (*path, "cap", index, "pays"), table=path[1], given=f"{cap.pays.share}%")


def _fee(plan: Plan, scheme: CreditScheme, path: Path) -> Iterator[Found]:
    """
    Yield tiers without a list price, where others of the same scheme have one and a share of it is paid.
    """
    tiers = [name for name in scheme.tiers or plan.tiers if name in plan.tiers]
    free = [name for name in tiers if plan.tiers[name].fee is None]
    shares = any(row.pays.share for row in scheme.table) or bool(scheme.each and scheme.each.pays.share)
    if shares and scheme.share_of == "fee" and free and len(free) < len(tiers):
        keys = [Key(("tiers", name)) for name in free]
        yield warning("lint.credit_without_fee", Key(path), *keys, table=path[1], tiers=free)


def _stages(promise: CompliancePromise, path: Path) -> Iterator[Found]:
    """
    Yield numbers of clocks for which a promise with volume bands says nothing, or two different things.
    """
    first_of: dict[tuple[Decimal | None, bool, Decimal | None, bool], Row] = {}
    for index, stage in enumerate(promise.stages):
        if stage.events is None:
            return
        band = stage.events
        edges = band.low, band.low_in, band.high, band.high_in
        first_of.setdefault(edges, Row(band, (*path, "stages", index, "events")))
    # A period without any clock promises nothing, so the table begins at one.
    yield from gaps_and_overlaps(
        list(first_of.values()), (Decimal(1), None), (*path, "stages"), table=str(path[1]), whole=True
    )
