"""
Successive terms: a contract's first term and those by which it renews.

Invariant: terms follow each other without a gap, and each start is reckoned from the first one, never from the one
before: terms that began on 29 February begin on the 28th in other years and on the 29th again in the next leap year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from upheld.core.dates import ONE_DAY, months_later
from upheld.core.durations import DAY, Duration, Unit
from upheld.core.errors import UpheldError
from upheld.core.plan.model.terms import Terms


class TermError(UpheldError):
    """
    A contract whose term does not allow what is asked, or that says too little to tell.
    """


class Term(NamedTuple):
    """
    One term: its number from 1, its first and its last day (both in it; ``None``: no end was agreed).
    """

    number: int
    first: dt.date
    last: dt.date | None

    def holds(self, day: dt.date) -> bool:
        """
        Return whether a day lies in the term.
        """
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """
    What a contract agreed: its first day, the last day of its first term where that was written down, the last day
    through a cancellation, the plan's rules, and the zone of its dates.
    """

    starts_on: dt.date
    ends_on: dt.date | None
    rules: Terms
    zone: str
    cancelled_to: dt.date | None = None

    @property
    def renews(self) -> bool:
        """
        Whether it goes on by itself: the plan says so, and how long a term is.
        """
        return self.rules.renews == "automatically" and self.renewal is not None and self.cancelled_to is None

    @property
    def renewal(self) -> Duration | None:
        """
        The length of a further term.
        """
        return self.rules.renews_for or self.rules.length

    @property
    def last_day(self) -> dt.date | None:
        """
        The day with which it ends as things stand; ``None`` where it goes on.
        """
        if self.cancelled_to is not None:
            return self.cancelled_to
        return None if self.renews else first_term(self).last


def agreed_zone(rules: Terms, plan_zone: str | None, contract_zone: str) -> str:
    """
    Return the zone in which a contract's days are cut: that of the plan's terms, else the contract's own.

    ``plan_zone`` is the zone of the plan's dates; it rules where the contract has none of its own (UTC).
    """
    if rules.zone:
        return rules.zone
    return plan_zone if contract_zone == "UTC" and plan_zone else contract_zone


def first_term(agreed: Agreed) -> Term:
    """
    Return the first term: to the day that was agreed, else as long as the plan says, else without an end.
    """
    if agreed.ends_on is not None:
        return Term(1, agreed.starts_on, agreed.ends_on)
    length = agreed.rules.length
    return Term(1, agreed.starts_on, later(agreed.starts_on, length) - ONE_DAY if length else None)


def terms(agreed: Agreed) -> Iterator[Term]:
    """
    Yield the terms in order: without end where the contract renews by itself, through the last day where it was
    cancelled.

    A further term is reckoned from the contract's first day, unless the first term had a length of its own.
    """
    first = first_term(agreed)
    yield _cut(first, agreed)
    step = agreed.renewal
    if first.last is None or step is None or agreed.rules.renews != "automatically":
        return
    anchor, passed = _anchor(agreed, first, step)
    number = 2
    while True:
        begins = later(anchor, step, times=number - 1 - passed)
        if agreed.cancelled_to is not None and begins > agreed.cancelled_to:
            return
        yield _cut(Term(number, begins, later(anchor, step, times=number - passed) - ONE_DAY), agreed)
        number += 1


def _anchor(agreed: Agreed, first: Term, step: Duration) -> tuple[dt.date, int]:
    """
    Return the day from which further terms are reckoned, and how many terms lie before it.
    """
    last = first.last or first.first
    if later(agreed.starts_on, step) - ONE_DAY == last:
        return agreed.starts_on, 0
    return last + ONE_DAY, 1


def _cut(term: Term, agreed: Agreed) -> Term:
    end = agreed.cancelled_to
    return term if end is None or (term.last is not None and term.last <= end) else term._replace(last=end)


def term_on(agreed: Agreed, day: dt.date) -> Term | None:
    """
    Return the term that a day lies in, the first one for a day before it, and nothing after the end.
    """
    for term in terms(agreed):
        if day < term.first or term.holds(day):
            return term
    return None


def later(day: dt.date, length: Duration, *, times: int = 1) -> dt.date:
    """
    Return the date ``times`` lengths later: months and years by the calendar (a day that its month lacks becomes the
    month's last), days and whole days of hours as days.

    Raises :class:`TermError` ``terms.length_not_days`` for hours that are no whole days.

    >>> later(dt.date(2026, 1, 31), Duration(1, Unit.MONTHS)), later(dt.date(2024, 2, 29), Duration(1, Unit.YEARS))
    (datetime.date(2026, 2, 28), datetime.date(2025, 2, 28))
    """
    if length.unit in (Unit.MONTHS, Unit.YEARS):
        return months_later(day, times * length.count * (12 if length.unit is Unit.YEARS else 1))
    if length.unit is Unit.DAYS:
        return day + ONE_DAY * (times * length.count)
    if length.count % DAY:
        raise TermError("terms.length_not_days", given=str(length))
    return day + ONE_DAY * (times * length.count // DAY)
