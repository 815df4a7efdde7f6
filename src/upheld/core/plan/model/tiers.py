"""
Tiers and what they open: channels, hours, targets.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from upheld.core.plan.model.base import Amount, Condition, Length, Name, Names, Part, Percent, Text
from upheld.core.plan.model.metrics import StopOn, Targets


class Channel(Part):
    """
    A way to reach support.
    """

    kind: Literal["portal", "mail", "chat", "telephone", "slack", "meeting", "form", "api", "monitor"]
    """What it is technically."""
    name: Text | None = None
    """What people call it."""
    address: str | None = None
    """Mail address, telephone number or place; shown only to those entitled to use it now."""
    at_most_per: str | None = None
    """For whom there is one of it, e.g. ``instance``."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"kind": value} if isinstance(value, str) else value


class HoursRule(Condition):
    """
    Which calendar the clocks of a ticket run on; the first rule that fits decides.
    """

    use: Name
    """Calendar."""


class ChannelHours(Part):
    """
    When a channel is open in a tier, and for whom.
    """

    open: Name = "support_hours"
    """Calendar in which it is open, or ``support_hours``: the tier's."""
    severities: Names = ()
    """Severities that may use it; all unless told."""
    contacts: Literal["all", "designated"] = "all"
    """Who may use it."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"open": value} if isinstance(value, str) else value


ChannelOpening: TypeAlias = Annotated[
    tuple[ChannelHours, ...],
    BeforeValidator(lambda value: value if isinstance(value, list | tuple) else [value]),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "array"}]}),
]


class Tier(Part):
    """
    One tier of the plan. The order in the document is from the lowest to the highest.
    """

    name: Text | None = None
    """What people call it."""
    hours: tuple[HoursRule, ...]
    """Support hours: one calendar, or rules of which the first that fits decides; the last one must fit always."""
    channels: dict[Name, ChannelOpening] = {}
    """Channels of the tier, each with its hours, or a list of hours for different severities or contacts; it is open
    for a ticket where any entry that fits it is."""
    targets: dict[Name, Targets] = {}
    """What is promised for each metric."""
    fee: Amount | None = None
    """List price for a term."""
    features: Names = ()
    """Rights of the tier that are neither hours, channels, targets nor allowances, by name."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("hours"), str):
            return {**value, "hours": [{"use": value["hours"]}]}
        return value


class EscalationStep(Condition):
    """
    A step of an escalation ladder.
    """

    step: Name
    """Its name."""
    metric: Name | None = None
    """Clock that it watches; the time since opening where none is named."""
    at: Percent | None = None
    """Share of the target at which it is taken."""
    after: Length | None = None
    """Time after the clock's start (or the opening) at which it is taken, where it is not a share."""
    to: Name
    """Role, team or contact that takes it on."""
    acknowledged_within: Length | None = None
    """Time to take it on; then the next step is due."""
    repeats_every: Length | None = None
    """How often it is repeated until somebody takes it on."""
    effort: Text | None = None
    """What is put to work from then on, e.g. one full-time engineer until it is solved."""
    waived_by: Annotated[
        tuple[StopOn, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
    ] = ()
    """Events that make the step needless."""
