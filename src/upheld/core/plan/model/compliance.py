"""
Promises about many clocks at once, and what is owed when promises were broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from upheld.core.plan.model.bands import Band, parse_band
from upheld.core.plan.model.base import (
    Amount,
    Answers,
    Condition,
    Length,
    Name,
    Names,
    Part,
    Percent,
    PlanValueError,
    Span,
    Text,
    ZoneOrCustomer,
    parse_money,
    parsed,
    refuse,
)

BandKey: TypeAlias = Annotated[
    Band, parsed(parse_band, Band), WithJsonSchema({"type": "string", "examples": ["< 4%", ">= 4% and < 6%"]})
]


class Period(Part):
    """
    The stretch of time over which something is counted.
    """

    each: Literal["month", "quarter", "half_year", "year", "term", "week", "rolling", "incident", "violation"]
    """Its length; ``rolling`` is the last ``length`` at any time; ``incident`` and ``violation`` are limits for each
    of these."""
    starts: str | None = None
    """First day of the first one, month and day (``02-01`` for a fiscal year from February), or ``contract`` for the
    day of the contract's start; 1 January unless told."""
    length: Span | None = None
    """Length of a rolling one."""
    partial: Literal["whole", "subscription_days", "none"] = "whole"
    """What a period counts that the contract covers in part: all of it, only the subscription's days, or nothing."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"each": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _rolling(self) -> Period:
        if (self.each == "rolling") != (self.length is not None):
            raise refuse("plan.rolling_without_length")
        return self


class Stage(Part):
    """
    One demand on the clocks of a period: a share in time, a number late, or an average.
    """

    events: BandKey | None = None
    """Numbers of clocks in the period for which it holds, e.g. ``">= 40"``; any number unless told."""
    at_least: Percent | None = None
    """Share that must be in time."""
    at_most_late: int | None = Field(default=None, ge=0)
    """Number that may be late."""
    average: bool = False
    """Whether the average over the period must be in time, not each clock."""
    within: Length | None = None
    """Time that counts, where it is not each clock's own target."""
    share_of_target: Percent | None = None
    """The same, as a share of each clock's own target (``200%``)."""

    @model_validator(mode="after")
    def _one_demand(self) -> Stage:
        if sum((self.at_least is not None, self.at_most_late is not None, self.average)) != 1:
            raise refuse("plan.stage_needs_one_demand")
        if self.within is not None and self.share_of_target is not None:
            raise refuse("plan.stage_has_two_times")
        return self


class CompliancePromise(Condition):
    """
    A promise about all clocks of a period; it holds where all its stages that apply hold.
    """

    metrics: Names
    """Metrics that count."""
    per: Period
    """Period over which they are counted."""
    stages: tuple[Stage, ...] = Field(min_length=1)
    """The demands, e.g. 95% in time and all within twice the time."""


class Pay(Part):
    """
    What a row of a credit table pays: a share of the fee, days of service, money, or a multiple of what was lost.
    """

    share: Percent | None = None
    """Share of the fee."""
    days: Decimal | None = None
    """Days of service."""
    money: Amount | None = None
    """A sum."""
    times: Decimal | None = None
    """Multiple of the fee for the time that was lost."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return _pay(value) if isinstance(value, str | int | Decimal) else value


def _pay(value: Any) -> dict[str, Any]:
    text = str(value).strip().lower()
    if text.endswith("%"):
        return {"share": text}
    if text in ("0", "none"):
        return {"share": "0%"}
    for suffix in (" days", " day"):
        if text.endswith(suffix) and text.removesuffix(suffix).replace(".", "", 1).isdigit():
            return {"days": Decimal(text.removesuffix(suffix))}
    if text.endswith("x") and text[:-1].replace(".", "", 1).isdigit():
        return {"times": Decimal(text[:-1])}
    try:
        return {"money": parse_money(str(value))}
    except PlanValueError:
        raise refuse("plan.bad_pay", given=str(value)) from None


class CreditRow(Part):
    """
    One row of a credit table.
    """

    band: BandKey
    """Numbers for which it holds."""
    pays: Pay
    """What it pays."""


def _rows(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [{"band": band, "pays": pays} for band, pays in value.items()]
    return value


Table: TypeAlias = Annotated[
    tuple[CreditRow, ...],
    BeforeValidator(_rows),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "integer"]}}),
]


class Each(Part):
    """
    A credit for every unit, in place of a table.
    """

    unit: Literal["violation", "started_hour", "hour", "started_day", "percent_point", "step"]
    """What is counted."""
    beyond: str | None = None
    """From where it is counted, e.g. ``4h`` or ``99.9%``; from the target unless told."""
    step: str | None = None
    """Size of a step, e.g. ``2h`` or ``3ms``."""
    pays: Pay
    """What each pays."""


class Cap(Part):
    """
    An upper limit.
    """

    pays: Pay
    """The most that is paid."""
    over: Period | None = None
    """Over what it is summed; the credit's own period unless told."""
    across: Literal["credit", "service", "contract", "customer"] = "credit"
    """How far it reaches: this credit alone, all credits of a service, of the contract, or of the customer."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"pays": value} if isinstance(value, str) else value


class Claim(Part):
    """
    How a credit is claimed.
    """

    within: Span | None = None
    """How long after the period (or the incident) it can be claimed; never forfeited unless told."""
    business_days: Name | None = None
    """Calendar that says which days count in ``within``; calendar days unless told."""
    counted_from: Literal["period_end", "incident_end", "failure"] = "period_end"
    """From when ``within`` is counted."""
    in_writing: bool = True
    """Whether it must be written."""
    must_state: Names = ()
    """What it must say: ``date``, ``time``, ``duration``, ``evidence``, ``description`` ..."""
    at_most: int | None = Field(default=None, ge=1)
    """How many claims a customer has in a period."""
    current_on_payments: bool = False
    """Whether the customer must have paid all that is due."""
    paying_heals: bool | None = None
    """Whether paying within the window heals an overdue invoice."""
    late: Literal["forfeited", "decided"] = "forfeited"
    """What becomes of a late claim; it is kept either way."""
    answered_within: Length | None = None
    """How long the vendor may take to decide."""
    automatic: bool = False
    """Whether the credit is given without a claim."""


class CreditScheme(Part):
    """
    Money (or service) owed for broken promises: what is counted, over which clocks, by which table.
    """

    name: Text | None = None
    """What people call it."""
    tiers: Names = ()
    """Tiers that have it; all unless told."""
    severities: Names = ()
    """Severities that count; the others leave numerator and denominator."""
    metrics: Names = ()
    """Metrics that count, or measured values where the table is about ``metric_value``; all unless told."""
    components: Names = ()
    """Components or availability targets that count."""
    opened: Literal["any_time", "while_open", "in_support_hours"] = "any_time"
    """``while_open``: only tickets count that came through a channel of the tier while that was open;
    ``in_support_hours``: only those that came through one of its channels in the support hours that rule them."""
    excluded_leave: Literal["numerator", "both"] = "both"
    """Whether an excluded clock leaves the numerator only, or the denominator too."""
    exclusions: Names = ()
    """Causes that exclude a clock when a person has decided so."""
    per: Period
    """Period for which it is computed."""
    zone: ZoneOrCustomer = "contract"
    """Zone in which periods are cut, or ``contract``: that of each contract."""
    belongs_by: Literal["opened", "due", "ended"] = "opened"
    """What puts a clock into a period: its ticket's opening, its due time, or its end."""
    of: Literal["violation_share", "violations", "compliance", "availability", "downtime", "metric_value"]
    """What the table is about: share of violations in percent, their number, share in time, availability in percent,
    downtime in minutes, or a measured value."""
    compliance: Name | None = None
    """Compliance promise whose breach alone makes a credit due."""
    table: Table = ()
    """Rows; together they must hold every number once."""
    each: Each | None = None
    """A credit for every unit, in place of a table."""
    share_of: Literal["fee", "service_fee", "charge", "contract_value", "downtime_fee"] = "fee"
    """What a share is taken of: the contract's fee for the period, that of the affected service, or another charge."""
    minimum: Amount | None = None
    """Smaller credits are not paid."""
    cap: tuple[Cap, ...] = ()
    """Upper limits; all hold."""
    one_per_cause: bool = False
    """Whether one cause makes one credit, however many promises it broke."""
    form: Literal["credit", "service_days", "money"] = "credit"
    """How it is given: against future invoices, as service, or paid out."""
    applied: Literal["next_billing", "renewal", "at_once"] = "next_billing"
    """When it is given."""
    only_if: Condition = Condition()
    """Tickets whose clocks count."""
    needs: dict[Name, Answers] = {}
    """Facts of the contract that must hold, such as ``multi_zone: true``."""
    claim: Claim = Claim()
    """How it is claimed."""
    ends_contract: BandKey | None = None
    """Numbers at which the customer may end the contract."""
    ends_contract_after: int | None = Field(default=None, ge=1)
    """How many periods in a row must reach them."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("cap"), str | dict):
            return {**value, "cap": [value["cap"]]}
        return value

    @model_validator(mode="after")
    def _table_or_each(self) -> CreditScheme:
        if bool(self.table) == bool(self.each):
            raise refuse("plan.table_or_each")
        return self
