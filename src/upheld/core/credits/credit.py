"""
The credit of one period: the number that is measured, the row that holds it, what it pays, limits and minimum.

Invariant: the number is compared as an exact fraction; exactly one reason says why nothing is owed, and none where
something is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from upheld.core.compliance.percentages import written
from upheld.core.compliance.stages import Outcome
from upheld.core.compliance.tallies import Tally
from upheld.core.credits.payments import Basis, CreditError, Owed, Step, capped, is_nothing, owed
from upheld.core.money import Money, MoneyError, rounded
from upheld.core.plan.model.compliance import CreditScheme, Each, Pay

MEASURES: Final = ("violation_share", "violations", "compliance")
"""Measures that clocks give; the others need outages or measured values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """
    What a credit depends on beside its clocks.

    ``facts`` are the contract's; ``promise`` is what came of the compliance promise that the scheme names; ``others``
    and ``days_in_period`` are as in :class:`~upheld.core.credits.payments.Basis`; ``already`` is what was given before
    under each limit (by position); ``causes`` counts the violations that had a cause of their own; ``is_partial`` says
    that the contract covers the period only in part.
    """

    tier: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    promise: Outcome | None = None
    others: Mapping[str, Money] = field(default_factory=dict)
    days_in_period: int | None = None
    already: Mapping[int, Money] = field(default_factory=dict)
    causes: int | None = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditResult:
    """
    What is owed for one period, and how it was reckoned.

    ``number`` is exact, in percent where the measure is a share; ``row`` is the position of the row that applied.
    ``amount`` is zero where nothing is owed, and ``None`` where it has no money value (no fee, or days alone).
    ``reason`` says why nothing is owed. A result ``is_final`` once no clock is pending.
    """

    measure: str
    number: Fraction | None = None
    violations: int = 0
    events: int = 0
    row: int | None = None
    band: str | None = None
    before_caps: Money | None = None
    amount: Money | None = None
    days: Fraction | None = None
    reason: Step | None = None
    steps: tuple[Step, ...] = ()
    is_final: bool = True
    may_end_contract: bool = False

    @property
    def is_owed(self) -> bool:
        """
        Return whether anything is owed.
        """
        return self.reason is None


_ALONE: Final = Circumstances()


def credit(
    scheme: CreditScheme, tally: Tally, fee: Money | None, circumstances: Circumstances = _ALONE
) -> CreditResult:
    """
    Return what a scheme owes for the clocks of one period whose fee is ``fee`` (``None``: there is none).

    Raises :class:`CreditError` ``credit.measure_not_computed``, ``credit.unit_not_computed``, ``credit.no_row``,
    ``credit.promise_missing``, ``credit.causes_missing``, ``credit.cap_not_computed``, and
    :class:`~upheld.core.money.MoneyError` ``money.mixed_currencies``.
    """
    if scheme.of not in MEASURES:
        raise CreditError("credit.measure_not_computed", measure=scheme.of)
    basis = Basis(fee=fee, others=circumstances.others, days_in_period=circumstances.days_in_period)
    reckoned = _Reckoned(scheme, tally, basis, circumstances)
    if reason := _barred(scheme, tally, circumstances):
        return reckoned.nothing(reason)
    reckoned.measure()
    if reason := _promise_kept(scheme, circumstances):
        return reckoned.nothing(reason)
    return reckoned.by_table() if scheme.table else reckoned.by_unit()


def _barred(scheme: CreditScheme, tally: Tally, circumstances: Circumstances) -> Step | None:
    """
    Return why the contract or the period has no credit, before anything is counted.
    """
    if scheme.tiers and circumstances.tier is not None and circumstances.tier not in scheme.tiers:
        return Step("credit.tier_not_in_scheme", {"tier": circumstances.tier})
    for name, wanted in scheme.needs.items():
        given = circumstances.facts.get(name)
        if given not in wanted:
            return Step("credit.need_unmet", {"name": name, "given": given or "none", "wanted": list(wanted)})
    if circumstances.is_partial and scheme.per.partial == "none":
        return Step("credit.partial_period", {})
    if not tally.events:
        return Step("credit.no_events", {})
    return None


def _promise_kept(scheme: CreditScheme, circumstances: Circumstances) -> Step | None:
    if scheme.compliance is None:
        return None
    if circumstances.promise is None:
        raise CreditError("credit.promise_missing", name=scheme.compliance)
    if circumstances.promise is Outcome.BROKEN:
        return None
    code = "credit.promise_kept" if circumstances.promise is Outcome.KEPT else "credit.promise_not_judged"
    return Step(code, {"name": scheme.compliance})


@dataclass(slots=True)
class _Reckoned:
    """
    A credit on its way from the tally to the result.
    """

    scheme: CreditScheme
    tally: Tally
    basis: Basis
    circumstances: Circumstances
    number: Fraction | None = None
    row: int | None = None
    violations: int = 0
    steps: list[Step] = field(default_factory=list)

    def measure(self) -> None:
        """
        Find the exact number, in percent where it is a share.
        """
        tally, scheme = self.tally, self.scheme
        self.violations = self._causes() if scheme.one_per_cause else tally.breached
        if scheme.of == "violations":
            self.number = Fraction(self.violations)
            self.steps.append(Step("credit.count", {"violations": self.violations, "events": tally.events}))
            return
        counted = tally.breached if scheme.of == "violation_share" else tally.events - tally.breached
        self.number = Fraction(counted * 100, tally.events)
        code = "credit.ratio" if scheme.of == "violation_share" else "credit.ratio_in_time"
        self.steps.append(Step(code, {"count": counted, "events": tally.events, "number": self._shown()}))

    def _causes(self) -> int:
        if self.circumstances.causes is None:
            raise CreditError("credit.causes_missing")
        return self.circumstances.causes

    def _shown(self) -> str:
        bands = [row.band for row in self.scheme.table]
        if self.scheme.ends_contract:
            bands.append(self.scheme.ends_contract)
        edges = [edge for band in bands for edge in (band.low, band.high) if edge is not None]
        return written(self.number or Fraction(0), edges)

    def by_table(self) -> CreditResult:
        """
        Return what the row pays that holds the number.
        """
        number = self.number or Fraction(0)
        found = [(index, row) for index, row in enumerate(self.scheme.table) if number in row.band]
        if not found:
            raise CreditError("credit.no_row", number=self._shown())
        self.row, row = found[0]
        code = "credit.row_of_count" if self.scheme.of == "violations" else "credit.row"
        self.steps.append(Step(code, {"number": self._shown(), "band": str(row.band), "row": self.row + 1}))
        return self._paid(row.pays, 1)

    def by_unit(self) -> CreditResult:
        """
        Return what every unit pays, where units take the place of a table.
        """
        each = self.scheme.each
        if each is None:
            raise CreditError("credit.no_row", number=self._shown())
        units = self._units(each)
        self.steps.append(Step("credit.units", {"units": units, "unit": each.unit}))
        if not units:
            return self.nothing(Step("credit.no_unit_reached", {"unit": each.unit}))
        return self._paid(each.pays, units)

    def _units(self, each: Each) -> int:
        """
        Return the whole units: violations beyond a number that is free, or percent points past a share.
        """
        number = self.number or Fraction(0)
        is_share = self.scheme.of != "violations"
        beyond = _beyond(each)
        if each.unit == "violation":
            free = beyond or Fraction(0)
            return max(0, int(self.violations - free))
        if each.unit == "percent_point" and is_share and beyond is not None:
            past = number - beyond if self.scheme.of == "violation_share" else beyond - number
            return max(0, past.numerator // past.denominator)
        raise CreditError("credit.unit_not_computed", unit=each.unit, measure=self.scheme.of)

    def _paid(self, pays: Pay, units: int) -> CreditResult:
        if is_nothing(pays):
            found = owed(pays, self.basis, self.scheme.share_of, units)
            self.steps += [found.step] if found else []
            return self.nothing(Step("credit.row_pays_nothing", {}))
        found = owed(pays, self.basis, self.scheme.share_of, units)
        if found is None:
            return self.nothing(Step("credit.no_fee", {"of": self.scheme.share_of}))
        self.steps.append(found.step)
        self._one_currency(found)
        return self._limited(found)

    def _one_currency(self, found: Owed) -> None:
        """
        Refuse a sum in another currency than the fee's: one statement never mixes them.
        """
        fee = self.basis.fee
        if fee is not None and found.currency is not None and found.currency != fee.currency:
            raise MoneyError("money.mixed_currencies", one=fee.currency, other=found.currency)

    def _limited(self, found: Owed) -> CreditResult:
        already = self.circumstances.already
        left, steps = capped(found, self.scheme, self.basis, violations=self.violations, already=already)
        self.steps += steps
        money = left.money
        minimum = self.scheme.minimum
        if minimum is not None and money is not None:
            if minimum.currency != money.currency:
                raise MoneyError("money.mixed_currencies", one=minimum.currency, other=money.currency)
            if money.amount < minimum.amount:
                return self.nothing(Step("credit.below_minimum", {"amount": money, "minimum": minimum}), found.money)
        if not left.days and (money is None or not money.amount):
            return self.nothing(Step("credit.nothing_left", {}), found.money)
        return self._result(money, left.days, found.money, None)

    def nothing(self, reason: Step, before: Money | None = None) -> CreditResult:
        """
        Return a result that owes nothing, for a reason.
        """
        fee = self.basis.fee
        zero = rounded(Fraction(0), fee.currency) if fee else None
        return self._result(zero, None, before if before is not None else zero, reason)

    def _result(
        self, amount: Money | None, days: Fraction | None, before: Money | None, reason: Step | None
    ) -> CreditResult:
        scheme, tally, number = self.scheme, self.tally, self.number
        may_end = number is not None and scheme.ends_contract is not None and number in scheme.ends_contract
        return CreditResult(
            measure=scheme.of,
            number=number,
            violations=self.violations if number is not None else tally.breached,
            events=tally.events,
            row=self.row,
            band=None if self.row is None else str(scheme.table[self.row].band),
            before_caps=before,
            amount=amount,
            days=days,
            reason=reason,
            steps=tuple(self.steps),
            is_final=not tally.pending,
            may_end_contract=may_end,
        )


def _beyond(each: Each) -> Fraction | None:
    """
    Return the number from which units are counted, of ``2`` or ``99.9%``, or nothing where none is written.
    """
    if each.beyond is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%?", each.beyond.strip())
    if not found:
        raise CreditError("credit.beyond_unreadable", given=each.beyond)
    return Fraction(found[1])
