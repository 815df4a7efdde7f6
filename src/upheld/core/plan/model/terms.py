"""
The contract's frame: term, notice, contacts, changes; coverage and intake.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from upheld.core.plan.model.base import Amount, Condition, Length, Name, Names, Part, Percent, Span, Text, Zone


class Terms(Part):
    """
    How long a contract runs, and how it ends.
    """

    covers: Literal["customer", "instance"] = "customer"
    """What one contract is for: all of a customer's instances, or one instance with its environments."""
    length: Span | None = None
    """Length of a term."""
    renews: Literal["automatically", "by_agreement", "not"] = "automatically"
    """How it goes on."""
    renews_for: Span | None = None
    """Length of a further term; the first one's unless told."""
    notice: Span | None = None
    """How long before the end it must be cancelled."""
    notice_in_writing: bool = True
    """Whether in writing."""
    zone: Zone | None = None
    """Zone of its dates; the contract's unless told."""
    fee_rises_at_most: Percent | None = None
    """Most that the fee may rise at a renewal."""
    grace: Span | None = None
    """How long a lapsed contract can be renewed as if nothing had been."""
    reinstatement: Percent | None = None
    """Share of the missed fees that is paid to come back later."""
    reinstatement_within: Span | None = None
    """How long after lapsing one can come back."""
    vendor_changes: Literal["never", "not_worse", "with_notice", "any"] = "any"
    """How the vendor may change the plan in a running term."""
    change_notice: Span | None = None
    """Notice for such a change."""
    tier_change: Literal["any_time", "upgrade_any_time", "at_renewal", "never"] = "any_time"
    """When the customer may change the tier."""
    tier_change_fee: Literal["prorated", "full", "next_term", "undefined"] = "undefined"
    """What is paid for the rest of the period."""
    tier_change_restarts: bool = False
    """Whether the period starts anew."""
    moved_clocks: Literal["from_move", "from_start"] | None = None
    """From when the targets of this version count for a clock that runs when its ticket is moved to it from another
    version; unless told, a shorter target from the move, a longer one from the clock's start."""
    open_tickets_move: bool = True
    """Whether open tickets get the new tier's targets."""
    acceptance: Span | None = None
    """Time for the customer to accept; silence is acceptance."""
    lapsed_tickets: Literal["held", "open"] = "held"
    """What happens to tickets of a customer whose contract has lapsed; nothing is lost."""
    released_clock_from: Literal["release", "opening"] = "release"
    """From when clocks of a held ticket run once it is released."""
    reported_within: Span | None = None
    """How long after it happened an incident must be reported; a later report is kept and marked."""
    closes_without_answer: Span | None = None
    """How long a ticket waits for the customer before it is closed."""
    closes_days: Name | None = None
    """Calendar that says which days count in that; calendar days unless told."""
    reminded_after: Span | None = None
    """When the customer is reminded before."""
    precedence: Literal["contract", "plan"] = "contract"
    """Which one rules where a separate contract says otherwise."""
    version_supported: Span | None = None
    """How long a released version is supported."""
    version_fixes: Span | None = None
    """How long after that it still gets fixes."""


class ContactList(Part):
    """
    A list of the customer's people with dates, and what they may do.
    """

    name: Text | None = None
    """What people call it."""
    at_least: int = Field(default=0, ge=0)
    """How many there must be at all times."""
    at_most: int | None = Field(default=None, ge=1)
    """How many there may be."""
    by_tier: dict[Name, int | None] = {}
    """How many there may be, by tier; without a number, as many as wanted."""
    tiers: Names = ()
    """Tiers that have it; all unless told."""
    may: Names = ()
    """What they alone may do: ``open_tickets``, ``instruct``, ``book``, ``receive_notices``, ``approve`` ..."""
    verified: bool = False
    """Whether the vendor verifies each."""
    knowledge_confirmed: bool = False
    """Whether their knowledge is confirmed when they are named."""
    sees: Literal["own_tickets", "all_tickets"] = "own_tickets"
    """Which of the customer's tickets these people see."""
    transfer_names_successor: bool = False
    """Whether a transfer must name the next one and is told to the vendor."""
    required_available: Names = ()
    """Severities during which one of them must be reachable, else clocks pause."""


class CoverageRule(Condition):
    """
    Whether a request is covered; the first rule that fits decides.
    """

    coverage: Literal["covered", "best_effort", "chargeable", "not_covered", "undecided"]
    """The verdict."""
    rule: Text | None = None
    """The policy's words for it."""
    grounds: Names = ()
    """Grounds on which an agent may decide so; a rule that names some never decides by itself."""
    becomes: Name | None = None
    """Request type that it turns into."""
    excluded_from: Literal["nothing", "targets", "credits"] = "nothing"
    """What its clocks are taken out of."""
    needs_review: bool = False
    """Whether support must first review the request and decide, with a reason, whether and how it is done."""
    needs_approval: bool = False
    """Whether the customer must approve before work starts."""
    rate: Amount | None = None
    """Price of an hour or piece."""
    authorised_up_to: Length | None = None
    """Chargeable time that opening a ticket authorises."""
    offers: Names = ()
    """What is offered instead."""


class RequestType(Part):
    """
    A kind of request.
    """

    name: Text | None = None
    """What people call it."""
    text: Text | None = None
    """The policy's words."""
    draws_on: Name | None = None
    """Allowance that it uses up."""
    routes: Names = ()
    """Where it can be sent: ``product``, ``solution``, ``project`` ..."""
    tiers: Names = ()
    """Tiers that may ask for it; all unless told."""
    act: Name | None = None
    """What one does with it, where only the people of a list may: ``instruct``, where ``contacts`` say who may."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else ({} if value is None else value)


class IntakeField(Condition):
    """
    Something that a ticket must or may say.
    """

    field: Name
    """Its name."""
    ask: Text
    """The question in the customer's words."""
    kind: Literal["text", "long_text", "choice", "date", "link", "file", "secret", "mail", "number"] = "text"
    """What it is; a ``secret`` goes to the vault, never into a message."""
    required: bool = True
    """Whether it must be there; an optional one never blocks."""
    choices: tuple[str, ...] = ()
    """Possible answers of a choice."""
    incident: bool = False
    """Whether this date says when it happened, from which ``terms.reported_within`` counts."""


class Intake(Part):
    """
    What a ticket must say, and what happens while it does not.
    """

    fields: tuple[IntakeField, ...] = ()
    """The fields."""
    missing: Literal["clock_runs", "clock_pauses", "clock_not_started"] | None = None
    """What clocks do while something required is missing and asked for."""


class Duty(Part):
    """
    A duty of the customer.
    """

    text: Text
    """The policy's words."""
    breach: Literal["noted", "exclusion", "pause"] = "noted"
    """What a breach does."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class Reproduction(Part):
    """
    What becomes of an error that cannot be reproduced.
    """

    required: bool = False
    """Whether an error must be reproduced to be worked on."""
    within: Length | None = None
    """How long it is tried."""
    otherwise: Literal["closed", "best_effort", "open"] = "closed"
    """What happens then."""
    second_report_reopens: bool = False
    """Whether a second, written report opens it again."""
    excluded_from: Literal["nothing", "targets", "credits"] = "nothing"
    """What the clocks of an error that cannot be reproduced are taken out of."""
    platforms: tuple[str, ...] = ()
    """Platforms on which it must be reproducible."""


class Role(Part):
    """
    A person whom the vendor names for the customer.
    """

    name: Text | None = None
    """What people call it."""
    tiers: Names = ()
    """Tiers that have one; all unless told."""
    hours: Name | None = None
    """Calendar in which the person is there."""
    languages: tuple[str, ...] = ()
    """Languages that the person speaks."""
    activities: Names = ()
    """What the person does for the customer; work is logged under one of these."""
    agrees: Names = ()
    """Documents that the person keeps and both sides accept, version by version: ``engagement_plan`` ..."""


class Right(Part):
    """
    A right or rule of a tier that is granted, asked for, logged or kept confidential.
    """

    name: Text | None = None
    """What people call it."""
    text: Text | None = None
    """The policy's words."""
    tiers: Names = ()
    """Tiers that have it; all unless told."""
    survives_term: bool = False
    """Whether it goes on after the contract."""
    scope: Literal["contract", "instance", "customer", "user"] = "contract"
    """What it is granted for."""
    needs_approval: Literal["no", "customer", "vendor"] = "no"
    """Who must approve each use."""
    logged: bool = False
    """Whether each use is logged."""
    confidential: bool = False
    """Whether it is confidential."""
    confidential_until: Literal["always", "release"] = "always"
    """How long: without end, or until the official release, which opens it to all."""
    elsewhere: Literal["allowed", "by_agreement", "refused"] = "allowed"
    """Whether it may be used outside ``scope``: freely, by a recorded written agreement, or not at all."""
    violation_ends_contract: bool = False
    """Whether a confirmed violation ends all agreements; a person decides."""
    exceptions: dict[Name, Text] = {}
    """Grounds on which it does not hold, each with the policy's words."""
