"""
The plan document as a whole.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from upheld.core.durations import DayMode
from upheld.core.plan.model.availability import (
    AvailabilityTarget,
    Exclusion,
    IncidentNotice,
    MaintenanceKind,
    MeasuredTarget,
    Provisioning,
    Recovery,
    SecurityFix,
)
from upheld.core.plan.model.base import Date, Name, Part, Text, Zone, refuse
from upheld.core.plan.model.calendars import CalendarRule, HolidayList
from upheld.core.plan.model.compliance import CompliancePromise, CreditScheme
from upheld.core.plan.model.entitlements import Allowance, FairUse, Review
from upheld.core.plan.model.metrics import Metric
from upheld.core.plan.model.severities import (
    Environment,
    Question,
    ScoreBands,
    SeverityMatrix,
    SeverityProcess,
    SeverityRule,
    Urgency,
)
from upheld.core.plan.model.terms import (
    ContactList,
    CoverageRule,
    Duty,
    Intake,
    Reproduction,
    RequestType,
    Right,
    Role,
    Terms,
)
from upheld.core.plan.model.tiers import Channel, EscalationStep, Tier

FORMAT = 1


def _version(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Assumption(Part):
    """
    Something that the policy leaves open, and how it was read.
    """

    about: str
    """Key path of what rests on it, e.g. ``calendars.office.zone``."""
    text: str
    """The source's words, or what it does not say."""
    reading: str
    """How it was read."""
    chosen_by: str | None = None
    """Who chose the reading."""
    chosen_on: Date | None = None
    """When."""


class Plan(Part):
    """
    A support policy, written so that it can be worked by.
    """

    upheld: Literal[1]
    """Version of the format."""
    plan: Name
    """Name of the plan."""
    version: Annotated[str, BeforeValidator(_version), WithJsonSchema({"type": ["string", "integer"]})]
    """Version of the plan; a published one never changes."""
    name: Text | None = None
    """What people call it."""
    vendor: str | None = None
    """Whose policy it is."""
    source: str | None = None
    """Where the policy stands."""
    effective: Date | None = None
    """First day on which the version can rule."""
    language: str = Field(default="en", pattern="^[a-z]{2}(-[A-Z]{2})?$")
    """Language of texts without one."""
    zone: Zone | None = None
    """Zone of the plan's own dates and periods."""
    days: DayMode | None = None
    """What "days" mean in targets: ``hours``, ``same_time`` or ``end_of_day``."""
    assumptions: tuple[Assumption, ...] = ()
    """What the policy leaves open."""
    holiday_lists: dict[Name, HolidayList] = {}
    """Holiday lists by name."""
    calendars: dict[Name, CalendarRule]
    """Calendars of support hours."""
    channels: dict[Name, Channel] = {}
    """Ways to reach support."""
    regions: dict[Name, tuple[str, ...]] = {}
    """Groups of countries and subdivisions under a name."""
    products: dict[Name, Text] = {}
    """Products that the plan is for."""
    components: dict[Name, Text] = {}
    """Components or services whose availability or severity is told apart."""
    environments: dict[Name, Environment] = {}
    """Environments of an instance."""
    severities: dict[Name, SeverityRule]
    """Severities, the gravest first."""
    urgencies: dict[Name, Urgency] = {}
    """Customers' words for urgency, where they are not the severities."""
    severity_questions: dict[Name, Question] = {}
    """Questions that suggest a severity."""
    severity_matrix: SeverityMatrix | None = None
    """A matrix that suggests one."""
    severity_scores: tuple[ScoreBands, ...] = ()
    """Scales whose numbers suggest one."""
    severity_process: SeverityProcess = SeverityProcess()
    """Who assigns the severity."""
    statuses: dict[Name, Text] = {}
    """Further conditions of a ticket in which clocks may pause."""
    milestones: dict[Name, Text] = {}
    """Events of the plan's own that start or stop clocks."""
    request_types: dict[Name, RequestType] = {}
    """Kinds of requests."""
    coverage: tuple[CoverageRule, ...] = ()
    """What is covered."""
    intake: Intake = Intake()
    """What a ticket must say."""
    duties: dict[Name, Duty] = {}
    """Duties of the customer."""
    reproduction: Reproduction | None = None
    """What becomes of errors that cannot be reproduced."""
    metrics: dict[Name, Metric]
    """What is measured."""
    tiers: dict[Name, Tier]
    """Tiers, from the lowest to the highest."""
    add_ons: dict[Name, Text] = {}
    """What can be bought beside a tier."""
    escalations: dict[Name, tuple[EscalationStep, ...]] = {}
    """Escalation ladders."""
    exclusions: dict[Name, Exclusion] = {}
    """Causes that take a clock or downtime out of a promise."""
    compliance: dict[Name, CompliancePromise] = {}
    """Promises about all clocks of a period."""
    credits: dict[Name, CreditScheme] = {}
    """What is owed for broken promises."""
    availability: dict[Name, AvailabilityTarget] = {}
    """Availability that is promised."""
    measured: dict[Name, MeasuredTarget] = {}
    """Other measured values that are promised."""
    maintenance: dict[Name, MaintenanceKind] = {}
    """Kinds of maintenance."""
    notices: dict[Name, IncidentNotice] = {}
    """What customers are told of incidents."""
    recovery: Recovery | None = None
    """What a recovery may lose."""
    security_fixes: dict[Name, SecurityFix] = {}
    """How fast vulnerabilities are fixed."""
    provisioning: dict[Name, Provisioning] = {}
    """How long deliveries take."""
    allowances: dict[Name, Allowance] = {}
    """Hours, counts and money that contracts hold."""
    fair_use: FairUse | None = None
    """When use is unusually high."""
    reviews: dict[Name, Review] = {}
    """Meetings, audits and reports that are owed."""
    roles: dict[Name, Role] = {}
    """People whom the vendor names for a customer."""
    rights: dict[Name, Right] = {}
    """Further rights of tiers."""
    contacts: dict[Name, ContactList] = {}
    """Lists of the customer's people."""
    terms: Terms = Terms()
    """Term, notice and changes."""

    @model_validator(mode="after")
    def _not_empty(self) -> Plan:
        for key in ("calendars", "severities", "metrics", "tiers"):
            if not getattr(self, key):
                raise refuse("plan.section_empty", section=key)
        return self
