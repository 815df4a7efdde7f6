"""
Names that a plan uses: each must be declared in the section that it refers to.

Invariant: every field of the model that holds names stands in exactly one of the tables here (a test holds that), so
that a new field cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from upheld.core.events import Status
from upheld.core.plan.lint.found import Found, Key, error, misnamed
from upheld.core.plan.lint.walk import fields_of, names_in, parts
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Part
from upheld.core.plan.model.metrics import AFTER, MILESTONE, TARGET_KEYS
from upheld.core.plan.places import Path


@dataclass(frozen=True, slots=True)
class Kind:
    """
    What a name refers to: one of these sections of the plan, or one of the words that the format knows by itself.
    """

    sections: tuple[str, ...]
    words: tuple[str, ...] = ()

    def known(self, plan: Plan) -> tuple[str, ...]:
        """
        Return all names that may stand here: the plan's, then the format's.
        """
        return (*(name for section in self.sections for name in getattr(plan, section)), *self.words)


def _of(*sections: str, words: tuple[str, ...] = ()) -> Kind:
    return Kind(sections, words)


CALENDARS: Final = _of("calendars")
SEVERITIES: Final = _of("severities")
TIERS: Final = _of("tiers")
METRICS: Final = _of("metrics")
QUESTIONS: Final = _of("severity_questions")
EXCLUSIONS: Final = _of("exclusions")
MILESTONES: Final = _of("milestones")
ADD_ONS: Final = _of("add_ons")
CONDITIONS_OF_TICKETS: Final = _of("statuses", words=(*(each.value for each in Status), "intake_missing"))

VALUES: Final[Mapping[str, Kind]] = {
    "Condition.severity": SEVERITIES,
    "Condition.channel": _of("channels"),
    "Condition.request_type": _of("request_types"),
    "Condition.environment": _of("environments"),
    "Condition.product": _of("products"),
    "Condition.component": _of("components"),
    "Condition.tier": TIERS,
    "Condition.add_on": ADD_ONS,
    "Condition.without_add_on": ADD_ONS,
    "Condition.reached": MILESTONES,
    "Condition.inside": CALENDARS,
    "Condition.outside": CALENDARS,
    "SeverityProcess.until_assigned": _of("severities", words=("urgency", "suggestion", "gravest", "none")),
    "SeverityMatrix.rows": QUESTIONS,
    "SeverityMatrix.columns": QUESTIONS,
    "SeverityMatrix.cells": SEVERITIES,
    "ScoreBands.bands": SEVERITIES,
    "SeverityRule.reported_by": _of("channels"),
    "Urgency.severity": SEVERITIES,
    "Environment.severities": SEVERITIES,
    "HolidayRule.severities": SEVERITIES,
    "HolidayRule.channels": _of("channels"),
    "HoursRule.use": CALENDARS,
    "ChannelHours.open": _of("calendars", words=("support_hours",)),
    "ChannelHours.severities": SEVERITIES,
    "EscalationStep.metric": METRICS,
    "Metric.pauses_while": CONDITIONS_OF_TICKETS,
    "Metric.cancels_while": CONDITIONS_OF_TICKETS,
    "Metric.after": METRICS,
    "Target.use": CALENDARS,
    "CompliancePromise.metrics": METRICS,
    "Claim.business_days": CALENDARS,
    "CreditScheme.tiers": TIERS,
    "CreditScheme.severities": SEVERITIES,
    "CreditScheme.metrics": _of("metrics", "measured"),
    "CreditScheme.components": _of("components", "availability"),
    "CreditScheme.exclusions": EXCLUSIONS,
    "CreditScheme.compliance": _of("compliance"),
    "AvailabilityTarget.component": _of("components"),
    "AvailabilityTarget.total": _of("calendars", words=("all_time",)),
    "AvailabilityTarget.exclusions": EXCLUSIONS,
    "MaintenanceKind.outside": CALENDARS,
    "MaintenanceKind.notice_days": CALENDARS,
    "MaintenanceKind.late_notice_becomes": _of("maintenance"),
    "MaintenanceKind.notified": _of("contacts"),
    "Recovery.severities": SEVERITIES,
    "RateBand.hours": CALENDARS,
    "Allowance.tiers": TIERS,
    "Allowance.ahead_days": CALENDARS,
    "Allowance.with": _of("roles"),
    "Review.tiers": TIERS,
    "Review.with": _of("roles"),
    "Terms.closes_days": CALENDARS,
    "ContactList.tiers": TIERS,
    "ContactList.required_available": SEVERITIES,
    "CoverageRule.becomes": _of("request_types"),
    "RequestType.draws_on": _of("allowances"),
    "RequestType.tiers": TIERS,
    "Role.tiers": TIERS,
    "Role.hours": CALENDARS,
    "Right.tiers": TIERS,
}
"""What the names in a field refer to."""

KEYS: Final[Mapping[str, Kind]] = {
    "Tier.channels": _of("channels"),
    "Tier.targets": METRICS,
    "AvailabilityTarget.by_tier": TIERS,
    "MeasuredTarget.by_tier": TIERS,
    "Allowance.by_tier": TIERS,
    "ContactList.by_tier": TIERS,
}
"""What the keys of a field refer to."""

ANSWERED: Final[Mapping[str, Kind]] = {
    "Condition.answers": QUESTIONS,
    "SeverityRule.when": QUESTIONS,
    "SeverityProcess.precedence": QUESTIONS,
}
"""Fields that hold answers to questions; both must be declared."""

FREE: Final = frozenset(
    {
        "AvailabilityTarget.needs",
        "Allowance.needs",
        "Allowance.parts",
        "Claim.must_state",
        "ContactList.may",
        "CoverageRule.grounds",
        "CoverageRule.offers",
        "CreditScheme.needs",
        "EscalationStep.step",
        "EscalationStep.to",
        "IntakeField.field",
        "Question.bands",
        "MaintenanceKind.short_notice_if",
        "Plan.plan",
        "RequestType.act",
        "RequestType.routes",
        "Right.exceptions",
        "Review.contains",
        "Role.activities",
        "Role.agrees",
        "ScoreBands.scale",
        "SecurityFix.scale",
        "SecurityFix.within",
        "Tier.features",
    }
)
"""Fields whose names are words of the plan's own that nothing else declares."""

TRIGGERS: Final = ("starts_on", "stops_on", "or_met_by", "waived_by")

RESERVED: Final[Mapping[str, frozenset[str]]] = {
    "calendars": frozenset({"support_hours", "all_time", "elapsed"}),
    "severities": frozenset({"urgency", "suggestion", "gravest", "none"}) | TARGET_KEYS,
    "holiday_lists": frozenset({"customer"}),
}
"""Names that a section cannot declare, for the format gives them a meaning of its own where they would be used."""


def check(plan: Plan) -> Iterator[Found]:
    """
    Yield every name that nothing declares, and every declared one that the format reserves.
    """
    for part, path in parts(plan):
        for key, value in fields_of(part):
            yield from _field(plan, part, key, value, (*path, key))
    for section, words in RESERVED.items():
        for name in getattr(plan, section):
            if name in words:
                yield error("lint.reserved_name", Key((section, name)), section=section, given=name)


def used(plan: Plan, section: str) -> set[str]:
    """
    Return the names of a section that something in the plan refers to.
    """
    found: set[str] = set()
    for part, _ in parts(plan):
        for key, value in fields_of(part):
            kind = table_entry(VALUES, part, key)
            if kind and section in kind.sections:
                found.update(name for name, _ in names_in(value, ()))
    return found


def table_entry(table: Mapping[str, Any], part: Part, key: str) -> Any:
    """
    Return what a table says of a part's field, also where a parent class declares it.
    """
    for kind in type(part).__mro__:
        if (entry := f"{kind.__name__}.{key}") in table:
            return table[entry]
    return None


def _field(plan: Plan, part: Part, key: str, value: Any, path: Path) -> Iterator[Found]:
    if not value:
        return
    if kind := table_entry(VALUES, part, key):
        for name, where in names_in(value, path):
            yield from _named(plan, kind, name, where)
    if kind := table_entry(KEYS, part, key):
        for name in value:
            yield from _named(plan, kind, name, (*path, name), key=True)
    yield from _special(plan, part, key, value, path)


def _special(plan: Plan, part: Part, key: str, value: Any, path: Path) -> Iterator[Found]:
    """
    Yield what is not known in fields that hold more than names: events, places, answers.
    """
    if key in TRIGGERS:
        yield from _triggers(plan, value, path)
    elif key == "region":
        yield from _regions(plan, value, path)
    elif key == "cells":
        yield from _cells(plan, path)
    elif key == "from_field":
        yield from _field_answers(plan, value, path)
    elif table_entry(ANSWERED, part, key):
        sets = [((), value)] if key == "answers" else [((index,), each) for index, each in enumerate(value)]
        for way, each in sets:
            yield from _answers(plan, each, (*path, *way))


def _named(plan: Plan, kind: Kind, name: str, path: Path, *, key: bool = False) -> Iterator[Found]:
    known = kind.known(plan)
    if name not in known:
        code, params = misnamed("lint.unknown_name", name, known)
        yield error(code, Key(path) if key else path, section=kind.sections[0], **params)


def _triggers(plan: Plan, value: tuple[str, ...], path: Path) -> Iterator[Found]:
    for index, word in enumerate(value):
        for prefix, kind in ((MILESTONE, MILESTONES), (AFTER, METRICS)):
            if word.startswith(prefix):
                yield from _named(plan, kind, word.removeprefix(prefix), (*path, index))


def _regions(plan: Plan, value: tuple[str, ...], path: Path) -> Iterator[Found]:
    for index, region in enumerate(value):
        if region not in plan.regions and not region[:2].isupper():
            code, params = misnamed("lint.unknown_region", region, tuple(plan.regions))
            yield error(code, (*path, index), **params)


def _answers(plan: Plan, value: Mapping[str, tuple[str, ...]], path: Path) -> Iterator[Found]:
    for question, answers in value.items():
        if question not in plan.severity_questions:
            yield from _named(plan, QUESTIONS, question, (*path, question), key=True)
            continue
        for index, answer in enumerate(answers):
            yield from _answer(plan, question, answer, (*path, question, index))


def _answer(plan: Plan, question: str, answer: str, path: Path, *, key: bool = False) -> Iterator[Found]:
    known = plan.severity_questions[question].answers
    if answer not in known:
        code, params = misnamed("lint.unknown_answer", answer, known)
        yield error(code, Key(path) if key else path, ("severity_questions", question), question=question, **params)


def _field_answers(plan: Plan, field: str, path: Path) -> Iterator[Found]:
    """
    Yield answers that the ticket's field can never give.
    """
    kind = VALUES[f"Condition.{field}"]
    known = (*kind.known(plan), *(("true", "false") if field == "environment" else ()))
    for index, answer in enumerate(plan.severity_questions[str(path[1])].answers):
        if answer not in known:
            code, params = misnamed("lint.unknown_name", answer, known)
            yield error(code, (*path[:-1], "answers", index), section=kind.sections[0], **params)


def _cells(plan: Plan, path: Path) -> Iterator[Found]:
    """
    Yield rows and columns of the matrix that are no answers, and cells that are missing.
    """
    matrix = plan.severity_matrix
    if not matrix or not {matrix.rows, matrix.columns} <= set(plan.severity_questions):
        return
    for row, cells in matrix.cells.items():
        yield from _answer(plan, matrix.rows, row, (*path, row), key=True)
        for column in cells:
            yield from _answer(plan, matrix.columns, column, (*path, row, column), key=True)
    for row in plan.severity_questions[matrix.rows].answers:
        for column in plan.severity_questions[matrix.columns].answers:
            if column not in matrix.cells.get(row, {}):
                where = (*path, row) if row in matrix.cells else path
                yield error("lint.matrix_cell_missing", Key(where), row=row, column=column)
