"""
The two sides of a comparison: a tier of a plan with its calendars, compiled for the year that is tried.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from upheld.core.calendars import zones
from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.periods import Period
from upheld.core.plan.contract import Contract
from upheld.core.plan.lint.situations import Situation, first_fit, situations
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Condition
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.support_hours import SupportHours

USUAL_YEAR: Final = 2026
_CUSTOMERS: Final = ("customer", "contract")


def year_of(*plans: Plan) -> int:
    """
    Return the year that is tried: the first whole one of the later plan.
    """
    days = [plan.effective for plan in plans if plan.effective]
    year = max((day.year for day in days), default=USUAL_YEAR)
    return min(max(year, 1971), 2190)


@dataclass(frozen=True, slots=True)
class Side:
    """
    One tier of a plan, for a contract (or for a customer of whom nothing is known).
    """

    plan: Plan
    tier: str
    contract: Contract
    hours: SupportHours
    is_known: bool
    year: int
    _calendars: dict[tuple[str, str | None, str | None], CompiledCalendar | None] = field(
        default_factory=dict, repr=False
    )

    @property
    def rules(self) -> Tier:
        """
        The tier as the plan writes it.
        """
        return self.plan.tiers[self.tier]

    def calendar(self, name: str, severity: str | None = None, channel: str | None = None) -> CompiledCalendar | None:
        """
        Return a calendar as it holds for a severity and a channel, or nothing where it cannot be compiled.
        """
        key = (name, severity, channel)
        if key not in self._calendars:
            try:
                found = self.hours.calendar(name, self.contract, severity=severity, channel=channel)
            except CalendarError:
                found = None
            self._calendars[key] = found
        return self._calendars[key]

    def follows_customer(self, name: str) -> bool:
        """
        Return whether a calendar's hours depend on facts of the customer that are not known here.
        """
        rule = self.plan.calendars.get(name)
        return rule is not None and not self.is_known and (rule.zone in _CUSTOMERS or "customer" in rule.holidays)

    def support_calendar(self, situation: Situation) -> str | None:
        """
        Return the calendar of the hours rule that decides in a situation, if one does.
        """
        at = self.hours_rule(situation)
        return None if at is None else self.rules.hours[at].use

    def hours_rule(self, situation: Situation) -> int | None:
        """
        Return the position of the hours rule that decides in a situation.
        """
        return first_fit(self.rules.hours, {**situation, "tier": self.tier}, self.plan)

    def span(self) -> Period:
        """
        Return the year that is tried, as instants.
        """
        place = zones.zone(self.plan.zone or "UTC")
        first, following = (dt.date(year, 1, 1) for year in (self.year, self.year + 1))
        return Period(zones.resolve(place, first, 0), zones.resolve(place, following, 0))

    def open_periods(self, calendar: CompiledCalendar, span: Period) -> tuple[Period, ...]:
        """
        Return the open time of a calendar in a span.
        """
        return calendar.open_periods(span.start, span.end)


def side(plan: Plan, tier: str, year: int, contract: Contract | None, lists: Mapping[str, object]) -> Side:
    """
    Return a side; ``contract`` gives zone and place of the customer where they are known.
    """
    days = dt.date(year - 1, 12, 1), dt.date(year + 2, 12, 31)
    hours = SupportHours(plan, *days, dict(lists))  # type: ignore[arg-type]
    return Side(plan, tier, contract or Contract(customer="", tier=tier), hours, contract is not None, year)


@dataclass(frozen=True, slots=True)
class Sides:
    """
    Both sides.
    """

    before: Side
    after: Side

    def __iter__(self) -> Iterator[Side]:
        return iter((self.before, self.after))

    def situations(self, conditions: Iterable[Condition]) -> list[Situation] | None:
        """
        Return every situation that the rules of either side tell apart, or nothing where they are too many.
        """
        rules = [Condition(severity=tuple(self.severities())), *conditions]
        found: dict[tuple[tuple[str, str | bool | None], ...], Situation] = {}
        for plan in (self.before.plan, self.after.plan):
            tried = situations(plan, rules, fixed={"tier": None})
            if not tried:
                return None
            found.update({tuple(each.items()): each for each in tried})
        return list(found.values())

    def severities(self) -> list[str]:
        """
        Return the severities that both sides have.
        """
        other = self.after.plan.severities
        return [name for name in self.before.plan.severities if name in other]


def unions(*parts: Iterable[str]) -> list[str]:
    """
    Return the names of several mappings, each once, in their order.
    """
    return list(dict.fromkeys(itertools.chain(*parts)))
