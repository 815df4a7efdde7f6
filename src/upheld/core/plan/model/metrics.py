"""
Metrics (what is measured) and targets (what is promised).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from upheld.core.durations import DayMode, Duration, parse_range
from upheld.core.errors import UpheldError
from upheld.core.plan.model.base import (
    Condition,
    Length,
    Name,
    Names,
    Part,
    Percent,
    Text,
    problem,
    refuse,
)


class Start(enum.StrEnum):
    """
    What starts a clock.
    """

    OPENED = "opened"
    CUSTOMER_MESSAGE = "customer_message"
    REPLY = "reply"
    PHONED = "phoned"
    SEVERITY_ASSIGNED = "severity_assigned"
    SEVERITY_CONFIRMED = "severity_confirmed"
    ASSIGNED = "assigned"
    WORKAROUND = "workaround"
    RESOLVED = "resolved"
    INTAKE_COMPLETED = "intake_completed"


class Stop(enum.StrEnum):
    """
    What stops a clock. A *reply* is a public message by a human of the vendor; an *acknowledgement* is one too, or an
    event of its own, never an automatic one.
    """

    REPLY = "reply"
    ACKNOWLEDGEMENT = "acknowledgement"
    CALL_BACK = "call_back"
    SEVERITY_ASSIGNED = "severity_assigned"
    SEVERITY_CONFIRMED = "severity_confirmed"
    ASSIGNED = "assigned"
    WORKAROUND = "workaround"
    REMEDIATION_PLAN = "remediation_plan"
    REPRODUCED = "reproduced"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CUSTOMER_MESSAGE = "customer_message"


MILESTONE: Final = "milestone:"
"""Prefix of a start or stop that is one of the plan's milestones: ``milestone:part_identified``."""
AFTER: Final = "after:"
"""Prefix of a start that is the end of another metric's clock: ``after:first_response``."""


def _trigger(known: type[enum.StrEnum], prefixes: tuple[str, ...], code: str) -> Any:
    words = [each.value for each in known]

    def read(value: Any) -> Any:
        if isinstance(value, known):
            return value
        if isinstance(value, str) and (value in words or value.startswith(prefixes)):
            return value
        raise refuse(code, given=str(value), known=words)

    return Annotated[
        str,
        BeforeValidator(read),
        WithJsonSchema({"anyOf": [{"enum": words}, {"type": "string", "pattern": "^(milestone|after):"}]}),
    ]


StartOn: TypeAlias = _trigger(Start, (MILESTONE, AFTER), "plan.unknown_start")  # type: ignore[valid-type]
StopOn: TypeAlias = _trigger(Stop, (MILESTONE,), "plan.unknown_stop")  # type: ignore[valid-type]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Metric(Part):
    """
    What is measured: from which event to which, and when time does not count.
    """

    name: Text | None = None
    """What people call it."""
    starts_on: Annotated[tuple[StartOn, ...], BeforeValidator(_listed)] = ("opened",)
    """What starts the clock; of several, the earlier in the list takes over a cycle that a later one started."""
    stops_on: Annotated[tuple[StopOn, ...], BeforeValidator(_listed)]
    """What stops it; any of them."""
    pauses_while: Names = ()
    """Conditions in which time does not count: statuses of the ticket (``waiting_on_customer`` ...),
    ``intake_missing``, or the plan's own."""
    cancels_while: Names = ()
    """Conditions in which nothing is owed: the clock ends without a verdict; if the condition ends and nothing else
    happened, it goes on where it was."""
    after: Name | None = None
    """Metric whose first clock must have ended before this one can start."""
    repeats: bool = False
    """Whether it runs again (a new cycle) after it was stopped."""
    reopened: Literal["continue", "new_cycle", "nothing"] | None = None
    """What a reopened ticket does: the clock goes on, a new cycle starts, or nothing. Unless told: a clock that stops
    on ``resolved`` or ``closed`` goes on, a repeating one starts a new cycle, others do nothing."""
    reopened_within: Length | None = None
    """How long after being resolved a ticket can be reopened; later it becomes a new, linked ticket."""
    days: DayMode | None = None
    """What "days" mean in its targets: ``hours``, ``same_time`` or ``end_of_day``."""
    at_risk: Percent = Field(default="75%", validate_default=True)
    """Share of the target from which the clock counts as at risk."""
    raised: Literal["from_change", "from_start"] | None = None
    """As in ``severity_process.raised``, for this metric alone."""
    lowered: Literal["from_change", "from_start"] | None = None
    """As in ``severity_process.lowered``, for this metric alone."""
    only_if: Condition = Condition()
    """Tickets that have this clock at all."""

    @property
    def on_reopening(self) -> str:
        """
        What a reopened ticket does, as written or by default.
        """
        if self.reopened:
            return self.reopened
        if {"resolved", "closed"} & set(self.stops_on):
            return "continue"
        return "new_cycle" if self.repeats else "nothing"


def _promise(value: Any) -> dict[str, Any]:
    """
    Return the keys of a target that is written as one text: ``4h``, ``< 4h``, ``24-48h``, ``best effort``, ``as
    agreed``, ``none``.
    """
    text = str(value).strip()
    if text in ("none", "best effort", "immediate", "missing", "as agreed"):
        return {"kind": text.removeprefix("as ").replace(" ", "_")}
    bound = "exclusive" if text.startswith("<") and not text.startswith("<=") else "inclusive"
    try:
        early, late = parse_range(text.lstrip("<= "))
    except UpheldError as error:
        raise problem(error) from None
    return {"within": late, "early": early, "bound": bound}


class Target(Condition):
    """
    What is promised, and for which tickets.
    """

    within: Length | None = None
    """How long it may take."""
    early: Length | None = None
    """The early end of a promised range; the late end is ``within``."""
    bound: Literal["inclusive", "exclusive"] = "inclusive"
    """Whether the last instant still keeps the promise ("within") or not ("less than")."""
    kind: Literal["duration", "best_effort", "none", "immediate", "missing", "agreed"] = "duration"
    """``agreed``: due on a date that is agreed with the customer on the ticket; ``best_effort`` and ``none`` have no
    due time; ``immediate`` promises without a figure; ``missing``: the source should say, but does not, and each
    contract must."""
    use: Name | None = None
    """Calendar on which it runs, in place of the tier's hours."""
    or_met_by: Annotated[tuple[StopOn, ...], BeforeValidator(_listed)] = ()
    """Other events that keep this promise too."""
    or_agreed: bool = False
    """Whether a date agreed with the customer takes the place of the due time."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, str):
            return _promise(value)
        if isinstance(value, Mapping) and isinstance(value.get("within"), str | int):
            rest = {key: each for key, each in value.items() if key != "within"}
            return {**_promise(value["within"]), **rest}
        return value

    @model_validator(mode="after")
    def _whole(self) -> Target:
        if (self.kind == "duration") != (self.within is not None):
            raise refuse("plan.target_without_length")
        return self

    def promise(self) -> tuple[Duration | None, str, str]:
        """
        Return what two targets must share to be the same promise: length, bound, kind.
        """
        return self.within, self.bound, self.kind


TARGET_KEYS: Final = frozenset(Target.model_fields)


def _targets(value: Any) -> Any:
    """
    Read a target for all, a mapping from severity to target, or a list of targets with conditions, as such a list.
    """
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Mapping):
        return value
    if set(value) & TARGET_KEYS:
        return [value]
    rows: list[Any] = []
    for severity, each in value.items():
        several = each if isinstance(each, list) else [each]
        rows += [{"severity": [severity], **(one if isinstance(one, Mapping) else {"within": one})} for one in several]
    return rows


Targets: TypeAlias = Annotated[
    tuple[Target, ...],
    BeforeValidator(_targets),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "object"},
                {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object"}]}},
            ]
        }
    ),
]
"""Targets of one metric in one tier; the first that fits a ticket is its target."""
