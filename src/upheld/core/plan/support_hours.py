"""
Support hours of a plan: its calendar rules turned into compiled calendars, for each zone and region that needs its
own.

Invariant: the same plan, holiday lists, dates and customer facts always give the same compiled calendar; each is
compiled once.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from upheld.core.calendars.compiled import CompiledCalendar, compile_calendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.holiday_lists import from_library
from upheld.core.calendars.spec import CalendarSpec, HolidayEffect, HolidayList, Season, always
from upheld.core.calendars.windows import WEEKDAYS
from upheld.core.calendars.zones import ZoneRules
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.model.calendars import CalendarRule, HolidayRule, looks_like_country
from upheld.core.plan.model.calendars import HolidayList as ListRule

ELAPSED: Final = "elapsed"
"""Name of the calendar on which "elapsed" durations run: it never closes."""

_Key: TypeAlias = tuple[str, str, str, frozenset[str]]
"""Calendar, zone, place of the customer where that matters, limited lists that close it."""


@functools.lru_cache(maxsize=64)
def _compiled(spec: CalendarSpec, first: dt.date, last: dt.date) -> CompiledCalendar:
    """
    Return a calendar compiled. The versions of a plan and the customers of a zone share what is the same for them.
    """
    return compile_calendar(spec, first, last)


def as_installed(_zone: str) -> ZoneRules | None:
    """
    Return nothing: every zone goes by the installed zone data.
    """
    return None


@dataclass(frozen=True, slots=True)
class SupportHours:
    """
    The calendars of one plan, compiled from ``first`` to ``last`` (dates, both inclusive).

    ``lists`` holds holiday list revisions by name, where they are kept apart; a country's list that is missing there is
    taken from the ``holidays`` library. ``zones`` gives the rules that were kept of a zone, or nothing where it goes by
    the installed zone data.
    """

    plan: Plan
    first: dt.date
    last: dt.date
    lists: Mapping[str, HolidayList] = field(default_factory=dict)
    zones: Callable[[str], ZoneRules | None] = as_installed
    _compiled: dict[_Key, CompiledCalendar] = field(default_factory=dict, repr=False)

    def calendar(
        self, name: str, contract: Contract, *, severity: str | None = None, channel: str | None = None
    ) -> CompiledCalendar:
        """
        Return the compiled calendar ``name`` as it holds for a customer and, on limited days, for a severity and a
        channel.

        Raises :class:`~upheld.core.calendars.errors.CalendarError` ``calendar.unknown``, and what compiling raises.
        """
        if name == ELAPSED:
            return self._cached((ELAPSED, "UTC", "", frozenset()), always("UTC", name=ELAPSED))
        rule = self.plan.calendars.get(name)
        if rule is None:
            raise CalendarError("calendar.unknown", given=name, known=sorted(self.plan.calendars))
        zone = contract.zone if rule.zone in ("customer", "contract") else rule.zone
        place = _place(contract) if _follows_customer(rule, self.plan) else ""
        key = (name, zone, place, unserved(rule, severity, channel))
        found = self._compiled.get(key)
        return found or self._cached(key, self.spec(name, contract, closing=key[3]))

    def _cached(self, key: _Key, spec: CalendarSpec) -> CompiledCalendar:
        if key not in self._compiled:
            self._compiled[key] = _compiled(spec, self.first, self.last)
        return self._compiled[key]

    def spec(self, name: str, contract: Contract, *, closing: frozenset[str] = frozenset()) -> CalendarSpec:
        """
        Return the calendar ``name`` as the plan writes it, with its holiday lists, for a customer; the limited lists in
        ``closing`` close it.
        """
        rule = self.plan.calendars[name]
        effects = {key: "closed" if key in closing else each.effect for key, each in rule.holidays.items()}
        lists = {key: self._list(key, contract) for key in rule.holidays}
        zone = contract.zone if rule.zone in ("customer", "contract") else rule.zone
        return CalendarSpec(
            name=name,
            zone=zone,
            zone_rules=self.zones(zone),
            week=rule.week,
            seasons=tuple(Season(each.from_, each.until, each.week) for each in rule.seasons),
            dates=rule.dates,
            breaks=rule.breaks,
            holidays=tuple(lists.values()),
            holiday_effects={lists[key].name: HolidayEffect(effect) for key, effect in effects.items()},
            support_day={WEEKDAYS.index(day): WEEKDAYS.index(owner) for day, owner in rule.support_day.items()},
            day_seconds=rule.day.count if rule.day else None,
        )

    def _list(self, name: str, contract: Contract) -> HolidayList:
        """
        Return the holiday list that a calendar names: a revision that is kept apart, one of the plan, or a country's.
        """
        for kept in (f"{name}@{_place(contract)}", name):
            if kept in self.lists:
                return replace(self.lists[kept], name=name)
        rule = self.plan.holiday_lists.get(name)
        if name == "customer" or (rule and rule.customer):
            rule = (
                ListRule.model_validate(_place(contract))
                if contract.regions
                else ListRule(dates={}, country=None, customer=True)
            )
        if rule is None and looks_like_country(name):
            rule = ListRule.model_validate(name)
        if rule is None:
            raise CalendarError("holiday_list.unknown", given=name, known=sorted(self.plan.holiday_lists))
        if rule.feed:
            raise CalendarError("holiday_list.feed_missing", given=name, feed=rule.feed)
        return self._made(name, rule)

    def _made(self, name: str, rule: ListRule) -> HolidayList:
        days: dict[dt.date, str] = {}
        source, revision = "the plan", "plan"
        claimed: tuple[int, ...] = ()
        if rule.country:
            years = range(self.first.year, self.last.year + 1)
            listed = from_library(
                rule.country, rule.subdivision, years=years, categories=rule.categories or ("public",), name=name
            )
            days = {day: title for day, title in listed.days.items() if title not in rule.without}
            source, revision, claimed = listed.source, listed.revision, listed.years
        return HolidayList(name, revision, source, {**days, **rule.dates}, claimed)


def _follows_customer(rule: CalendarRule, plan: Plan) -> bool:
    return any(
        name == "customer" or (name in plan.holiday_lists and plan.holiday_lists[name].customer)
        for name in rule.holidays
    )


def _place(contract: Contract) -> str:
    """
    Return the most exact code of where the customer is, e.g. ``CA-ON``; nothing where none is known.
    """
    codes = [code for code in contract.regions if looks_like_country(code)]
    return max(codes, key=len, default="")


def unserved(rule: CalendarRule, severity: str | None, channel: str | None) -> frozenset[str]:
    """
    Return the limited holiday lists on whose days this severity and channel are not served.
    """
    limited = {name: each for name, each in rule.holidays.items() if each.effect == "limited"}
    return frozenset(name for name, each in limited.items() if not _names(each, severity, channel))


def _names(rule: HolidayRule, severity: str | None, channel: str | None) -> bool:
    return (not rule.severities or severity in rule.severities) and (not rule.channels or channel in rule.channels)
