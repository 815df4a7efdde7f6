"""
Support hours: weekly windows in a zone, holiday lists, dates of their own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from upheld.core.calendars import spec as calendars
from upheld.core.calendars.windows import ALL_DAY, WEEKDAYS, Week, Windows, parse_week, parse_windows
from upheld.core.plan.model.base import Date, Hours, Names, Part, Text, Zone, ZoneOrCustomer, parsed, refuse

ALWAYS = "24x7"


def _week(value: Any) -> Week:
    if value == ALWAYS:
        return Week(((ALL_DAY,),) * len(WEEKDAYS))
    if not isinstance(value, str | Mapping):
        raise refuse("plan.wrong_type", expected="hours of a week", given=str(value))
    return parse_week(value)


def _windows(value: Any) -> Windows:
    if not isinstance(value, str):
        raise refuse("plan.wrong_type", expected="hours", given=str(value))
    return parse_windows(value)


def _weekday(value: Any) -> str:
    if value not in WEEKDAYS:
        raise refuse("plan.unknown_weekday", given=str(value), known=list(WEEKDAYS))
    return str(value)


WeekHours: TypeAlias = Annotated[
    Week,
    parsed(_week, Week),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}),
]
DayHours: TypeAlias = Annotated[
    Windows,
    parsed(_windows, ()),
    WithJsonSchema({"type": "string", "examples": ["09:00-12:00, 13:30-18:00", "22:00-06:00 next day", "closed"]}),
]
SeasonDay: TypeAlias = Annotated[
    calendars.MonthDay | dt.date,
    parsed(calendars.parse_season_day, (calendars.MonthDay, dt.date)),
    WithJsonSchema({"type": "string", "pattern": r"^(\d{4}-)?\d{2}-\d{2}$"}),
]
Weekday: TypeAlias = Annotated[str, BeforeValidator(_weekday), WithJsonSchema({"enum": list(WEEKDAYS)})]


class HolidayList(Part):
    """
    Where the dates of a holiday list come from: a country's list, or dates of one's own, or both. The dates
    themselves are a revision, kept apart from the plan, so that next year's list needs no new plan version.
    """

    country: str | None = None
    """Country (ISO 3166, two letters) whose public holidays are meant."""
    subdivision: str | None = None
    """State, province or canton (ISO 3166-2 without the country)."""
    customer: bool = False
    """Whether the customer's own country and subdivision are meant."""
    categories: tuple[str, ...] = ()
    """Kinds of holidays of the country's list, e.g. ``bank`` or ``government``; public ones unless told."""
    dates: dict[Date, str] = {}
    """Dates of one's own, each with its name."""
    feed: str | None = None
    """Name of an iCalendar feed or file that the operator provides."""
    without: tuple[str, ...] = ()
    """Names of holidays in the country's list that do not count."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """
        Read ``US`` and ``CA-ON`` as country and subdivision.
        """
        if isinstance(value, str):
            country, _, subdivision = value.partition("-")
            return {"country": country, **({"subdivision": subdivision} if subdivision else {})}
        return value

    @model_validator(mode="after")
    def _some_source(self) -> HolidayList:
        if not (self.country or self.customer or self.dates or self.feed):
            raise refuse("plan.holiday_list_empty")
        return self


class HolidayRule(Part):
    """
    What a holiday list does to a calendar.
    """

    effect: Literal["closed", "open", "limited"] = "closed"
    """``closed``; ``open``; ``limited``: open, but only for what the next keys name."""
    severities: Names = ()
    """On limited days: the severities that are served."""
    channels: Names = ()
    """On limited days: the channels that are served."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"effect": value} if isinstance(value, str) else value


class SeasonRule(Part):
    """
    Other weekly hours in a part of the year.
    """

    from_: SeasonDay = Field(alias="from")
    """First day, ``12-01`` every year or ``2025-12-01`` once."""
    until: SeasonDay
    """Last day, inclusive; may lie in the next year."""
    week: WeekHours
    """The weekly hours of the season."""


class CalendarRule(Part):
    """
    A calendar of support hours.
    """

    zone: ZoneOrCustomer
    """Zone in which the hours are meant, or ``customer``: the zone of the customer's contract."""
    week: WeekHours
    """Weekly hours: days or ranges of days with windows (``mon-fri: "08:00-12:00, 13:30-18:00"``), or one unbroken span
    (``sun 16:00 - fri 17:00``), or ``24x7``."""
    day: Hours | None = None
    """How many support hours a "day" has where durations in days are counted in hours."""
    holidays: dict[str, HolidayRule] = {}
    """Holiday lists of the plan, or countries such as ``US`` or ``CA-ON``, with their effect."""
    dates: dict[Date, DayHours] = {}
    """Hours of single dates, in place of the week's and of any holiday: windows or ``closed``."""
    breaks: dict[Date, DayHours] = {}
    """Windows cut out of single dates."""
    seasons: tuple[SeasonRule, ...] = ()
    """Weekly hours in parts of the year."""
    support_day: dict[Weekday, Weekday] = {}
    """Which support day a weekday's hours belong to, where it is not their own: ``{sun: mon}``."""
    printed: dict[Zone, WeekHours] = {}
    """How the source prints these hours in other zones; it decides nothing, and where the calendar says otherwise the
    linter tells."""
    name: Text | None = None
    """What people call it."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """
        Read ``24x7`` as a calendar that is always open, and a list of holiday lists as closing on them.
        """
        if value == "24x7":
            return {"zone": "UTC", "week": "24x7"}
        if isinstance(value, Mapping):
            holidays = value.get("holidays")
            if isinstance(holidays, str):
                return {**value, "holidays": {holidays: "closed"}}
            if isinstance(holidays, list) and all(isinstance(each, str) for each in holidays):
                return {**value, "holidays": dict.fromkeys(holidays, "closed")}
        return value

    @property
    def is_customers_own(self) -> bool:
        """
        Whether its hours or holidays depend on the customer.
        """
        return self.zone == "customer" or "customer" in self.holidays


def looks_like_country(name: str) -> bool:
    """
    Return whether a holiday list's name is written as a country or subdivision code (``US``, ``CA-ON``).
    """
    return re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", name) is not None
