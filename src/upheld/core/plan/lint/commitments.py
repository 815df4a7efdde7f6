"""
What a contract holds besides targets: contacts, allowances, maintenance, availability, term.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from upheld.core.durations import DAY, Duration, Unit
from upheld.core.plan.lint.found import Found, Key, error, note, warning
from upheld.core.plan.model import Plan
from upheld.core.plan.model.entitlements import Allowance, Quantity
from upheld.core.plan.model.terms import ContactList
from upheld.core.plan.places import Path

_DAYS: Final = {Unit.DAYS: (1, 1), Unit.MONTHS: (28, 31), Unit.YEARS: (365, 366)}
"""Fewest and most calendar days of a unit. Support days count as one: they are never shorter."""


def check(plan: Plan) -> Iterator[Found]:
    """
    Yield limits that cannot hold together, and what the plan leaves undefined.
    """
    for name, contacts in plan.contacts.items():
        yield from _contacts(contacts, ("contacts", name))
    for name, allowance in plan.allowances.items():
        yield from _allowance(allowance, ("allowances", name))
    yield from _availability(plan)
    yield from _maintenance(plan)
    yield from _terms(plan)
    yield from _anchors(plan)
    yield from _left_open(plan)


def _contacts(contacts: ContactList, path: Path) -> Iterator[Found]:
    limits = [(contacts.at_most, (*path, "at_most"))]
    limits += [(most, (*path, "by_tier", tier)) for tier, most in contacts.by_tier.items()]
    for most, where in limits:
        if most is not None and contacts.at_least > most:
            lower: Path = (*path, "at_least")
            yield error("lint.contacts_reversed", where, lower, list=path[1], least=contacts.at_least, most=most)


def _size(much: Quantity) -> tuple[str, int] | None:
    """
    Return what a quantity counts, and how much in its smallest unit; nothing for a word.
    """
    if much.money is not None:
        return much.money.currency, int(much.money.amount * 1_000_000)
    for kind in ("seconds", "count"):
        value = getattr(much, kind)
        if value is not None:
            return kind, value
    return None


def _allowance(allowance: Allowance, path: Path) -> Iterator[Found]:
    """
    Yield amounts of an allowance that are counted in another unit than its grant, are nothing, or exceed it.
    """
    grants = [(allowance.gives, (*path, "gives"))]
    grants += [(much, (*path, "by_tier", tier)) for tier, much in allowance.by_tier.items()]
    most = [size for much, _ in grants if (size := _size(much))]
    for much, where in grants:
        size = _size(much)
        if size and size[1] < 0:
            yield error("lint.allowance_not_positive", where, allowance=path[1], part="gives")
        elif size and most[0][0] != size[0]:
            yield error("lint.allowance_mixed_units", where, grants[0][1], allowance=path[1], part="by_tier")
    for key, part in _parts_of_use(allowance):
        size = _size(part)
        if size is None or not most:
            continue
        where = (*path, *key)
        facts = {"allowance": path[1], "part": key[-1]}
        if size[1] <= 0 and key != ("low_at",):
            yield error("lint.allowance_not_positive", where, **facts)
        elif size[0] != most[0][0]:
            yield error("lint.allowance_mixed_units", where, grants[0][1], **facts)
        elif key in {("increment",), ("minimum",), ("low_at",)} and size[1] > max(each[1] for each in most):
            yield error("lint.allowance_exceeds_grant", where, grants[0][1], **facts)
    if allowance.carry_over and allowance.every is None:
        yield warning("lint.carry_over_of_single_grant", Key((*path, "carry_over")), allowance=path[1])


def _parts_of_use(allowance: Allowance) -> Iterator[tuple[Path, Quantity]]:
    named: list[tuple[Path, Quantity | None]] = [
        (("increment",), allowance.increment),
        (("minimum",), allowance.minimum),
        (("low_at",), allowance.low_at),
        (("carry_over", "at_most"), allowance.carry_over.at_most if allowance.carry_over else None),
        (("overdraft", "block"), allowance.overdraft.block),
        *((("rates", index, "minimum"), band.minimum) for index, band in enumerate(allowance.rates)),
    ]
    yield from ((key, much) for key, much in named if much is not None)


def _availability(plan: Plan) -> Iterator[Found]:
    for name, target in plan.availability.items():
        if target.downtime.partial == "undefined":
            path: Path = ("availability", name, "downtime", "partial")
            yield warning("lint.partial_outage_undefined", Key(path), target=name)


def _maintenance(plan: Plan) -> Iterator[Found]:
    for name, kind in plan.maintenance.items():
        path: Path = ("maintenance", name)
        if kind.counts_as == "undefined" and plan.availability:
            yield warning("lint.maintenance_undefined", Key((*path, "counts_as")), kind=name)
        if kind.at_most is not None and kind.per is None:
            yield error("lint.maintenance_without_period", Key((*path, "at_most")), kind=name)
        if kind.per and plan.zone is None:
            yield warning("lint.maintenance_period_zone", Key((*path, "per")), kind=name)


def _days(length: Duration) -> tuple[int, int]:
    if length.unit is Unit.SECONDS:
        return length.count // DAY, -(-length.count // DAY)
    fewest, most = _DAYS[length.unit]
    return length.count * fewest, length.count * most


def _terms(plan: Plan) -> Iterator[Found]:
    terms = plan.terms
    if terms.length and terms.notice and _days(terms.notice)[0] > _days(terms.length)[1]:
        where: Path = ("terms", "length")
        facts = {"notice": str(terms.notice), "length": str(terms.length)}
        yield error("lint.notice_longer_than_term", ("terms", "notice"), where, **facts)
    yield from _renewal_and_changes(plan)
    if plan.effective is None:
        yield note("lint.effective_absent", ("effective",), plan=plan.plan)


def _renewal_and_changes(plan: Plan) -> Iterator[Found]:
    """
    Yield what is said of renewals and of changes by the vendor and has no effect, or lacks its length.
    """
    terms = plan.terms
    says = terms.model_fields_set
    if "renews" in says and terms.renews == "automatically" and not (terms.length or terms.renews_for):
        yield warning("lint.renewal_without_length", ("terms", "renews"))
    if terms.renews_for and terms.renews == "not":
        yield warning("lint.renewal_length_unused", ("terms", "renews_for"), ("terms", "renews"))
    if terms.vendor_changes == "with_notice" and terms.change_notice is None:
        yield warning("lint.change_notice_missing", ("terms", "vendor_changes"))
    if terms.change_notice and "vendor_changes" in says and terms.vendor_changes != "with_notice":
        where = ("terms", "vendor_changes")
        yield warning("lint.change_notice_unused", ("terms", "change_notice"), where, rule=terms.vendor_changes)


def _anchors(plan: Plan) -> Iterator[Found]:
    """
    Yield yearly grants and reviews of which the plan does not say whose year it is.
    """
    for section in ("reviews", "allowances"):
        for name, each in getattr(plan, section).items():
            period = each.every
            is_said = period is None or period.starts is not None or "anchored" in each.model_fields_set
            if not is_said and period.each in {"quarter", "half_year", "year"}:
                yield note("lint.year_silent", Key((section, name, "every")), name=name, each=period.each)


def _left_open(plan: Plan) -> Iterator[Found]:
    """
    Yield what follows from a promise and is not said: the formula of availability, whether paying late heals, the fee
    of a changed tier.
    """
    for name, target in plan.availability.items():
        if plan.maintenance and "formula" not in target.model_fields_set:
            path: Path = ("availability", name, "formula")
            yield note("lint.formula_silent", Key(path), target=name, default=target.formula)
    for name, scheme in plan.credits.items():
        if scheme.claim.current_on_payments and scheme.claim.paying_heals is None:
            yield note("lint.paying_heals_silent", Key(("credits", name, "claim", "paying_heals")), credit=name)
    terms = plan.terms
    promised = "tier_change" in terms.model_fields_set and terms.tier_change != "never" and len(plan.tiers) > 1
    if promised and terms.tier_change_fee == "undefined":
        yield note("lint.tier_change_fee_silent", Key(("terms", "tier_change_fee")), when=terms.tier_change)
