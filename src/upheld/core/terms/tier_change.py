"""
Change of tier: from which day it is possible, and what it means for the fee and the allowances.

Invariant: nothing that was granted is taken away: a grant lives as long as its rules say, whatever the tier; where the
plan does not say what is paid, no sum is invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from upheld.core.dates import ONE_DAY
from upheld.core.durations import Duration, Unit
from upheld.core.money import Money
from upheld.core.plan.model import Plan
from upheld.core.plan.model.entitlements import Quantity
from upheld.core.plan.quantities import compared, granted
from upheld.core.terms.proration import Part, fee_for, fee_period, prorated
from upheld.core.terms.successive import Agreed, TermError, term_on


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """
    One line of what a change costs: ``kind`` is ``credit`` (the unused part of the old fee) or ``charge``.
    """

    kind: Literal["credit", "charge"]
    part: Part
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """
    What is paid: the rule of the plan, the fee before and after (per ``per``), the lines, and their sum (what is to
    be paid now; negative: given back). ``counts_from`` is the day from which the new fee counts.

    ``rule`` is ``prorated``, ``full``, ``next_term``, ``undefined`` (the plan is silent: a person decides) or
    ``unknown`` (a fee is not known).
    """

    rule: str
    per: str
    before: Money | None
    after: Money | None
    lines: tuple[FeeLine, ...] = ()
    due: Money | None = None
    counts_from: dt.date | None = None
    restarts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """
    A grant that a contract holds: what is left of it, and the first day on which it has lapsed (``None``: never).
    """

    allowance: str
    granted_on: dt.date
    left: str
    lapses_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceChange:
    """
    What becomes of an allowance: ``gained`` (granted from the day of the change), ``lost`` (no further grants),
    ``more``, ``less`` or ``changed`` (from the next grant on), ``same``. ``lots`` stay as they are.
    """

    allowance: str
    kind: Literal["gained", "lost", "more", "less", "changed", "same"]
    before: Quantity | None
    after: Quantity | None
    counts_from: dt.date | None
    lots: tuple[Lot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TierChange:
    """
    A change of tier on a day: whether it goes up, and what it means; ``open_tickets_move`` tells whether open tickets
    get the new tier's targets from that day.
    """

    plan: str
    before: str
    after: str
    on: dt.date
    is_upgrade: bool
    fees: Fees
    allowances: tuple[AllowanceChange, ...]
    open_tickets_move: bool


def tier_change(  # noqa: PLR0913  (five are the question; the rest is money)
    plan: Plan,
    agreed: Agreed,
    before: str,
    after: str,
    on: dt.date,
    *,
    fee: Money | None = None,
    fee_per: str = "quarter",
    new_fee: Money | None = None,
    lots: Iterable[Lot] = (),
) -> TierChange:
    """
    Return what a change of tier on a day means. ``fee`` is what the contract pays per ``fee_per``; ``new_fee`` what it
    will pay, the new tier's list price unless told.

    Raises :class:`TermError` ``terms.unknown_tier``, ``terms.same_tier``, ``terms.outside_contract``,
    ``terms.tier_change_never``, ``terms.tier_change_at_renewal`` (with the first possible day), and what
    :mod:`proration` and :class:`~upheld.core.money.Money` raise.
    """
    is_upgrade = _checked(plan, agreed, before, after, on)
    price = new_fee or fee_for(fee_per, plan.tiers[after].fee, _months(plan.terms.length))
    return TierChange(
        plan=plan.plan,
        before=before,
        after=after,
        on=on,
        is_upgrade=is_upgrade,
        fees=_fees(agreed, on, fee, price, fee_per),
        allowances=tuple(_allowances(plan, before, after, on, list(lots))),
        open_tickets_move=plan.terms.open_tickets_move,
    )


def _checked(plan: Plan, agreed: Agreed, before: str, after: str, on: dt.date) -> bool:
    """
    Return whether the change goes up; refuse what the plan does not allow.
    """
    order = list(plan.tiers)
    for name in (before, after):
        if name not in order:
            raise TermError("terms.unknown_tier", given=name, known=order)
    if before == after:
        raise TermError("terms.same_tier", tier=after)
    is_upgrade = order.index(after) > order.index(before)
    term = term_on(agreed, on)
    if term is None or on < agreed.starts_on:
        raise TermError("terms.outside_contract", given=str(on), first=str(agreed.starts_on), last=str(agreed.last_day))
    rule = plan.terms.tier_change
    if rule == "never":
        raise TermError("terms.tier_change_never", before=before, after=after)
    waits = rule == "at_renewal" or (rule == "upgrade_any_time" and not is_upgrade)
    if waits and on != term.first:
        if not agreed.renews or term.last is None:
            raise TermError("terms.tier_change_no_renewal", before=before, after=after)
        code = "terms.tier_change_at_renewal"
        raise TermError(code, before=before, after=after, first_day=str(term.last + ONE_DAY))
    return is_upgrade


def _months(length: Duration | None) -> int | None:
    if length is None or length.unit not in (Unit.MONTHS, Unit.YEARS):
        return None
    return length.count * (12 if length.unit is Unit.YEARS else 1)


def _fees(agreed: Agreed, on: dt.date, fee: Money | None, price: Money | None, per: str) -> Fees:
    rule, restarts = agreed.rules.tier_change_fee, agreed.rules.tier_change_restarts
    if rule == "undefined":
        return Fees(rule=rule, per=per, before=fee, after=price, restarts=restarts)
    if rule == "next_term":
        term = term_on(agreed, on)
        begins = on if term is None or on == term.first else (term.last + ONE_DAY if term.last else None)
        return Fees(rule=rule, per=per, before=fee, after=price, counts_from=begins)
    if price is None or fee is None:
        return Fees(rule="unknown", per=per, before=fee, after=price, counts_from=on, restarts=restarts)
    lines = tuple(_lines(agreed, on, fee, price, per))
    due = sum((line.amount for line in lines[1:]), lines[0].amount)
    return Fees(rule=rule, per=per, before=fee, after=price, lines=lines, due=due, counts_from=on, restarts=restarts)


def _lines(agreed: Agreed, on: dt.date, fee: Money, price: Money, per: str) -> Iterator[FeeLine]:
    """
    Yield the unused part of the old fee as a credit (where the plan prorates), and the new fee: for the rest of the
    period, or whole where the plan says ``full`` or the period starts anew.
    """
    period = fee_period(per, agreed.starts_on, on, agreed.zone)
    is_prorated = agreed.rules.tier_change_fee == "prorated"
    if is_prorated:
        rest = prorated(fee, period.first, period.last, since=on)
        yield FeeLine(kind="credit", part=rest, amount=_negative(rest.amount))
    if is_prorated and not agreed.rules.tier_change_restarts:
        charged = prorated(price, period.first, period.last, since=on)
    else:
        anew = fee_period(per, on, on, agreed.zone) if agreed.rules.tier_change_restarts else period
        charged = prorated(price, anew.first, anew.last, since=anew.first)
    yield FeeLine(kind="charge", part=charged, amount=charged.amount)


def _negative(money: Money) -> Money:
    return Money(-money.amount, money.currency)


def _allowances(plan: Plan, before: str, after: str, on: dt.date, lots: list[Lot]) -> Iterator[AllowanceChange]:
    for name, allowance in plan.allowances.items():
        held = tuple(each for each in lots if each.allowance == name)
        one, other = granted(allowance, before), granted(allowance, after)
        if one is None and other is None and not held:
            continue
        kind = _kind(one, other)
        counts_from = {"gained": on, "lost": on}.get(kind)
        yield AllowanceChange(allowance=name, kind=kind, before=one, after=other, counts_from=counts_from, lots=held)


def _kind(
    before: Quantity | None, after: Quantity | None
) -> Literal["gained", "lost", "more", "less", "changed", "same"]:
    if before == after:
        return "same"
    if before is None:
        return "gained"
    if after is None:
        return "lost"
    order = compared(before, after)
    return "changed" if order is None else ("more" if order > 0 else "less")
