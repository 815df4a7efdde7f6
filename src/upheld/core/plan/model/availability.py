"""
Availability promised, and maintenance that may interrupt it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from upheld.core.plan.model.base import (
    Amount,
    Answers,
    Length,
    Name,
    Names,
    Part,
    Percent,
    Span,
    Text,
    ZoneOrCustomer,
    refuse,
)
from upheld.core.plan.model.compliance import Period


class Downtime(Part):
    """
    Which time counts as down.
    """

    counts: Literal["no_access", "errors", "failed_checks", "latency", "reported"] = "no_access"
    """What is observed: no access, errors, failed checks in a row, slow answers, or what the customer reported."""
    at_least: Length | None = None
    """Shorter interruptions do not count."""
    failed_checks: int | None = Field(default=None, ge=1)
    """How many checks in a row must fail."""
    slower_than: Percent | None = None
    """Latency, as a share of the normal one, from which it counts."""
    starts: Literal["begin", "detected", "reported", "ticket"] = "begin"
    """From when it is counted."""
    partial: Literal["counts", "by_share", "ignored", "undefined"] = "undefined"
    """Whether an outage of a part counts wholly, by its share, or not."""


class Exclusion(Part):
    """
    A cause that takes time out of downtime, or a clock out of a promise, when a person has decided so.
    """

    text: Text
    """The policy's words."""
    decided_by: Literal["support", "manager", "automatic"] = "support"
    """Who decides; ``automatic`` where recorded facts say it."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class AvailabilityTarget(Part):
    """
    A promise that something is available for a share of the time.
    """

    target: Percent | None = None
    """Share promised to all."""
    by_tier: dict[Name, Percent] = {}
    """Share promised to each tier."""
    component: Name | None = None
    """Component or service; the whole unless told."""
    per: Period
    """Period over which it is measured."""
    zone: ZoneOrCustomer = "contract"
    """Zone in which periods are cut, or ``contract``: that of each contract."""
    total: Name = "all_time"
    """Calendar whose time is the whole, or ``all_time``."""
    formula: Literal["total_less_maintenance", "total", "downtime_alone", "weighted"] = "total"
    """``total``: (T - D) / T; ``total_less_maintenance``: (T - M - D) / (T - M); ``downtime_alone``: a limit on D
    itself; ``weighted``: mean over components."""
    downtime: Downtime = Downtime()
    """Which time counts as down."""
    exclusions: Names = ()
    """Causes that take time out of D."""
    at_most_down: Length | None = None
    """Longest downtime of a period, where the promise is a time and not a share."""
    needs: dict[Name, Answers] = {}
    """Facts of the contract that must hold, such as ``multi_zone: true``."""

    @model_validator(mode="after")
    def _some_target(self) -> AvailabilityTarget:
        if self.target is None and not self.by_tier and self.at_most_down is None:
            raise refuse("plan.availability_without_target")
        return self


class MeasuredTarget(Part):
    """
    A promise about a measured value: latency, loss, success of backups.
    """

    name: Text | None = None
    """What people call it."""
    unit: str
    """Unit of the value: ``ms``, ``%`` ..."""
    promise: str
    """What it must be: ``<= 30``, ``>= 99.9``."""
    statistic: Literal["every", "average", "percentile", "share"] = "average"
    """How values are brought together."""
    percentile: Percent | None = None
    """Which percentile."""
    over: Length | None = None
    """Stretch over which they are."""
    per: Period | None = None
    """Period of the promise."""
    by_tier: dict[Name, str] = {}
    """The promise where it differs by tier."""


class MaintenanceWindow(Part):
    """
    When maintenance may be: a recurrence and hours in a zone.
    """

    rule: str | None = Field(default=None, pattern=r"^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9+,-]+)*$")
    """Days on which it may be, as an RRULE of iCalendar: ``FREQ=MONTHLY;BYDAY=2SU`` is each second Sunday."""
    hours: str
    """Hours of those days: ``09:00-12:00``, ``23:00-06:00 next day``."""
    zone: ZoneOrCustomer
    """Zone of the hours."""
    region: tuple[str, ...] = ()
    """Regions of the plan, or countries, of the customers for whom it holds; all unless told."""
    customer_may_move: bool = False
    """Whether the customer may move it."""


class MaintenanceKind(Part):
    """
    A kind of maintenance; which kind a piece of work is follows from recorded facts, the first that fits.
    """

    name: Text | None = None
    """What people call it."""
    windows: tuple[MaintenanceWindow, ...] = ()
    """When it may be."""
    outside: Name | None = None
    """Calendar of which no open time may be touched."""
    notice: Span | None = None
    """How long ahead it must be announced."""
    notice_days: Name | None = None
    """Calendar that says which days count in ``notice``; calendar days unless told."""
    short_notice_if: Names = ()
    """Causes for which a shorter notice does."""
    immediate_threat: bool = False
    """Whether it is for an immediate threat only."""
    at_most: int | None = Field(default=None, ge=1)
    """How many there may be ..."""
    per: Period | None = None
    """... in this period."""
    longest: Length | None = None
    """Longest sum in that period."""
    counts_as: Literal["maintenance", "downtime", "neither", "undefined"] = "undefined"
    """Where its minutes go in the availability formula."""
    late_notice_becomes: Name | None = None
    """Kind that it turns into when the notice was too short."""
    notified: Names = ()
    """Contact lists that receive the notice."""


class IncidentNotice(Part):
    """
    What a customer is told of an incident, and when.
    """

    within: Length
    """Time after it became known."""
    what: Literal["incident", "data_breach", "root_cause", "maintenance_start", "maintenance_end", "low_balance"] = (
        "incident"
    )
    """What is told."""
    every: Length | None = None
    """How often it is repeated until it is over."""


class Recovery(Part):
    """
    What a recovery from a snapshot may lose, and how long it may take.
    """

    may_lose: Length | None = None
    """Most data that may be lost (recovery point)."""
    may_take: Length | None = None
    """Longest time that it may take (recovery time)."""
    severities: Names = ()
    """Severities for which it is allowed."""
    needs_decision: bool = True
    """Whether a person must decide it, on record."""
    notice: Literal["before", "after", "either"] = "either"
    """When the customer must be told."""
    snapshots_every: Length | None = None
    """How often snapshots are made."""
    kept_for: Length | None = None
    """How long they are kept."""


class SecurityFix(Part):
    """
    How fast a vulnerability is fixed.
    """

    scale: Name
    """Scale of its score."""
    within: dict[Name, Length]
    """Time for each severity of that scale."""
    releases: Literal["current", "supported", "all_affected"] = "supported"
    """Releases that get the fix."""


class Provisioning(Part):
    """
    How long it takes to deliver something ordered.
    """

    within: Length
    """Time from the order's validation."""
    fee: Amount | None = None
    """Price of it."""
