"""
Credit tables at every number, upper limits, and allowances of a tier.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from upheld.core.dates import MONTHS
from upheld.core.plan.compare.changes import ABSENT, Change, Said, Verdict, merely, plainly
from upheld.core.plan.compare.parts import Compared
from upheld.core.plan.compare.values import order_of
from upheld.core.plan.model.compliance import Cap, CreditScheme, Pay, Period
from upheld.core.plan.model.entitlements import Allowance, Quantity
from upheld.core.plan.places import Path
from upheld.core.plan.quantities import granted

PAYS: Final = ("share", "money", "days", "times")


def credit_changes(
    compared: Compared, before: CreditScheme, after: CreditScheme, names: tuple[str, str]
) -> Iterator[Change]:
    """
    Yield how the table and the limits of two schemes differ.
    """
    where: tuple[Path, Path] = ("credits", names[0]), ("credits", names[1])
    if before.of == after.of and before.table != after.table:
        verdict, because = tables(before, after)
        values = _entries(len(before.table)), _entries(len(after.table))
        yield compared.change(
            (names[0], "table"), verdict, values, because, ((*where[0], "table"), (*where[1], "table"))
        )
    if before.cap != after.cap:
        verdict = _caps(before.cap, after.cap)
        values = _caps_told(before.cap), _caps_told(after.cap)
        paths = (*where[0], "cap"), (*where[1], "cap")
        yield compared.change((names[0], "cap"), verdict, values, merely(verdict), paths)
    if set(before.exclusions) != set(after.exclusions):
        verdict = _exclusions(before.exclusions, after.exclusions)
        values = plainly(before.exclusions), plainly(after.exclusions)
        paths = (*where[0], "exclusions"), (*where[1], "exclusions")
        yield compared.change((names[0], "exclusions"), verdict, values, merely(verdict), paths)


def _entries(count: int) -> Said:
    return Said("compare.entries", {"count": count})


def _exclusions(before: tuple[str, ...], after: tuple[str, ...]) -> Verdict:
    """
    Return whether fewer causes exclude a violation; a scheme that names none excludes every cause that was decided.
    """
    one, other = set(before), set(after)
    if not other:
        return Verdict.WORSE
    if not one:
        return Verdict.BETTER
    return Verdict.BETTER if other < one else Verdict.WORSE


def tables(before: CreditScheme, after: CreditScheme) -> tuple[Verdict, Said]:
    """
    Return which of two tables about the same number pays more, tried at every edge and between all edges.
    """
    better, worse = None, None
    for number in _numbers(before, after):
        pays = _pays(before, number), _pays(after, number)
        if pays[0] is None or pays[1] is None:
            return Verdict.NOT_COMPARABLE, Said("compare.table_gap", {"number": _number(number)})
        order = _order(pays[0], pays[1])
        if order is None:
            return Verdict.NOT_COMPARABLE, Said("compare.table_kinds", {"number": _number(number)})
        facts = {"number": _number(number), "before": told(pays[0]), "after": told(pays[1])}
        better = better or (facts if order > 0 else None)
        worse = worse or (facts if order < 0 else None)
    if worse:
        return Verdict.WORSE, Said("compare.table_worse", worse)
    return (Verdict.BETTER, Said("compare.table_better", better)) if better else (Verdict.SAME, Said("compare.same"))


def _numbers(*schemes: CreditScheme) -> list[Fraction]:
    """
    Return every edge of the tables, a number between each two, and one beyond the last.
    """
    bands = [row.band for scheme in schemes for row in scheme.table]
    ends = [edge for band in bands for edge in (band.low, band.high) if edge is not None]
    edges = sorted({Fraction(0), *map(Fraction, ends)})
    between = [(one + other) / 2 for one, other in itertools.pairwise(edges)]
    highest = Fraction(100) if schemes[0].of in ("violation_share", "compliance", "availability") else edges[-1] + 1
    beyond = [(edges[-1] + highest) / 2, highest] if edges[-1] < highest else []
    return sorted({*edges, *between, *beyond})


def _pays(scheme: CreditScheme, number: Fraction) -> Pay | None:
    return next((row.pays for row in scheme.table if number in row.band), None)


def _is_nothing(pay: Pay) -> bool:
    return all(not getattr(pay, kind) for kind in PAYS[:1] + PAYS[2:]) and not (pay.money and pay.money.amount)


def _order(before: Pay, after: Pay) -> int | None:
    """
    Return 1 where ``after`` pays more; nothing can be said of two kinds of payment unless one is nothing.
    """
    nothing = _is_nothing(before), _is_nothing(after)
    if any(nothing):
        return nothing[0] - nothing[1]
    for kind in PAYS:
        one, other = getattr(before, kind), getattr(after, kind)
        if one is not None and other is not None:
            return order_of(one, other)
    return None


def told(pay: Pay) -> str:
    """
    Return what is paid: ``10%``, ``3d``, ``USD 100.00``, ``2x``.
    """
    if pay.share is not None:
        return f"{pay.share.normalize():f}%"
    if pay.money is not None:
        return str(pay.money)
    return f"{pay.days:f}d" if pay.days is not None else f"{pay.times:f}x"


def _number(number: Fraction) -> str:
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"


def _caps(before: tuple[Cap, ...], after: tuple[Cap, ...]) -> Verdict:
    if not before or not after:
        return Verdict.WORSE if after else Verdict.BETTER
    if len(before) != 1 or len(after) != 1:
        if set(map(repr, before)) < set(map(repr, after)):
            return Verdict.WORSE
        return Verdict.BETTER if set(map(repr, after)) < set(map(repr, before)) else Verdict.NOT_COMPARABLE
    one, other = before[0], after[0]
    if (one.over, one.across) != (other.over, other.across):
        return Verdict.NOT_COMPARABLE
    order = _order(one.pays, other.pays)
    if order is None:
        return Verdict.NOT_COMPARABLE
    return Verdict.SAME if order == 0 else (Verdict.BETTER if order > 0 else Verdict.WORSE)


def _caps_told(caps: tuple[Cap, ...]) -> Said:
    return plainly([told(each.pays) for each in caps]) if caps else ABSENT


def allowance_changes(
    compared: Compared, before: Allowance, after: Allowance, names: tuple[str, str], tiers: tuple[str, str]
) -> Iterator[Change]:
    """
    Yield how much two tiers are granted, and how often.
    """
    amounts = granted(before, tiers[0]), granted(after, tiers[1])
    paths: list[Path] = []
    for allowance, name, tier in zip((before, after), names, tiers, strict=True):
        base: Path = ("allowances", name)
        paths.append((*base, "by_tier", tier) if tier in allowance.by_tier else (*base, "gives"))
    if before.every == after.every:
        if amounts[0] == amounts[1]:
            return
        order = order_of(amounts[0], amounts[1])
        because = Said("compare.grant", {"every": _every(after.every)})
    else:
        order = _yearly(amounts[0], before.every, amounts[1], after.every)
        because = Said("compare.grant_rhythm", {"before": _every(before.every), "after": _every(after.every)})
    verdict = Verdict.NOT_COMPARABLE
    if order is not None:
        verdict = Verdict.SAME if order == 0 else (Verdict.BETTER if order > 0 else Verdict.WORSE)
    values = _grant(amounts[0], before.every), _grant(amounts[1], after.every)
    yield compared.change((names[0], "gives"), verdict, values, because, (paths[0], paths[1]))


def _yearly(before: Quantity | None, one: Period | None, after: Quantity | None, other: Period | None) -> int | None:
    """
    Return which rhythm grants more, where the one that grants more at a time also grants more over a year.
    """
    if before is None or after is None or one is None or other is None:
        return None
    if one.each not in MONTHS or other.each not in MONTHS:
        return None
    at_a_time = order_of(before, after)
    years = [_times(each, Fraction(12, MONTHS[rule.each])) for each, rule in ((before, one), (after, other))]
    if at_a_time is None or years[0] is None or years[1] is None:
        return None
    over_a_year = (years[1] > years[0]) - (years[1] < years[0])
    return over_a_year if at_a_time in {over_a_year, 0} or over_a_year == 0 else None


def _times(much: Quantity, times: Fraction) -> Fraction | None:
    for value in (much.seconds, much.count):
        if value is not None:
            return value * times
    return Fraction(much.money.amount) * times if much.money else None


def quantity(much: Quantity | None) -> Any:
    """
    Return a quantity as a plan writes it.
    """
    if much is None:
        return "none"
    if much.seconds is not None:
        hours = Decimal(much.seconds) / 3_600
        return f"{hours.normalize():f}h"
    return str(much.money) if much.money else (much.word or much.count)


def _grant(much: Quantity | None, every: Period | None) -> Said:
    if much is None:
        return ABSENT
    return Said("compare.granted", {"much": quantity(much), "every": _every(every)})


def _every(period: Period | None) -> str:
    return "once" if period is None else (str(period.length) if period.length else period.each)
