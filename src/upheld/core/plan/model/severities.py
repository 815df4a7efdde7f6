"""
Severities: their order, the questions that suggest one, and who decides.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from upheld.core.plan.model.base import Answers, Name, Names, Part, Text, refuse
from upheld.core.plan.model.compliance import BandKey


class SeverityRule(Part):
    """
    One severity. The order in the document is the order of weight, the gravest first.
    """

    name: Text | None = None
    """What people call it."""
    text: Text | None = None
    """The policy's words for it."""
    when: tuple[dict[Name, Answers], ...] = ()
    """Sets of answers to the questions; the severity is suggested where all answers of one set fit."""
    lines: tuple[Text, ...] = ()
    """The policy's words for each set of ``when``, in the same order."""
    reported_by: Names = ()
    """Channels through which it must be reported, each of them; until then a stated one cannot be confirmed."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if value is None:
            return {}
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, dict) and isinstance(value.get("when"), dict):
            return {**value, "when": [value["when"]]}
        return value

    @model_validator(mode="after")
    def _a_line_a_set(self) -> SeverityRule:
        if self.lines and len(self.lines) != len(self.when):
            raise refuse("plan.lines_not_sets", lines=len(self.lines), sets=len(self.when))
        return self


class Question(Part):
    """
    A question whose answer helps to find the severity.
    """

    ask: Text
    """The question in the customer's words."""
    answers: tuple[str, ...] = ("true", "false")
    """Possible answers; yes and no unless told, or the names of ``bands``."""
    bands: dict[Name, BandKey] = {}
    """Numbers that stand for each answer, where people answer with a number: ``{many: "> 20%", few: "<= 20%"}``."""
    asked_of: Literal["customer", "support"] = "customer"
    """Who answers it; what is left to the vendor's discretion is asked of support alone."""
    from_field: Literal["environment", "request_type", "product", "component"] | None = None
    """Field of the ticket that answers it already; where the answers are ``true`` and ``false``, ``environment``
    answers whether the environment is a production one."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"ask": value}
        if isinstance(value, dict) and isinstance(value.get("answers"), list):
            return {
                **value,
                "answers": [str(each).lower() if isinstance(each, bool) else each for each in value["answers"]],
            }
        if isinstance(value, dict) and isinstance(value.get("bands"), dict):
            return {**value, "answers": list(value["bands"])}
        return value

    @model_validator(mode="after")
    def _one_band_an_answer(self) -> Question:
        if self.bands and set(self.bands) != set(self.answers):
            raise refuse("plan.bands_not_answers", answers=list(self.answers), bands=list(self.bands))
        return self


class SeverityMatrix(Part):
    """
    A severity by two questions: rows by columns.
    """

    rows: Name
    """Question of the rows."""
    columns: Name
    """Question of the columns."""
    cells: dict[str, dict[str, Name]]
    """Severity for each answer of the rows and each of the columns."""


class ScoreBands(Part):
    """
    A severity by a number from a named scale, e.g. CVSS 3; the bands must cover the scale without gap or overlap.
    """

    scale: Name
    """Name of the scale, with its version."""
    lowest: str = "0"
    """Lowest number of the scale."""
    highest: str = "10"
    """Highest number of the scale."""
    bands: dict[str, Name]
    """Severity for each band, e.g. ``">= 9"`` or ``">= 7 and < 9"``."""


class SeverityProcess(Part):
    """
    Who assigns the severity, what holds before, and what wins where rules disagree.
    """

    assigned_by: Literal["support", "customer", "either", "rules"] = "support"
    """Who has the last word."""
    confirmed_by_support: bool = False
    """Whether a stated severity counts only when support has confirmed it; until then ``until_assigned: urgency`` gives
    none, and clocks show no due time."""
    until_assigned: Name = "urgency"
    """Which severity clocks use before one is assigned: ``urgency`` (the customer's, where it names a severity),
    ``suggestion`` (of the rules), ``gravest``, ``none`` (the clock shows no due time yet), or a severity by its
    name."""
    conflict: Literal["gravest", "lightest", "first", "ask"] = "ask"
    """Which severity is suggested where several fit: the gravest, the lightest, the first in ``precedence``, or
    none."""
    precedence: tuple[dict[Name, Answers], ...] = ()
    """Sets of answers that win over all others, in order, e.g. ``{production: false}``."""
    raised: Literal["from_change", "from_start"] | None = None
    """Whether a graver severity's target runs from the change or from the clock's start; from the change unless
    told."""
    lowered: Literal["from_change", "from_start"] | None = None
    """The same for a lighter severity; from the start unless told."""
    needs_reason: Literal["changes", "always"] = "changes"
    """Whether support gives a reason for every severity that it assigns, or only where it changes one."""
    breached_before_lowering: Literal["stands", "reconsidered"] = "stands"
    """Whether a breach that had happened before the severity was lowered stands."""


class Urgency(Part):
    """
    A word that customers have for how urgent it is, where it is not a severity itself.
    """

    name: Text | None = None
    """What customers read."""
    severity: Name | None = None
    """Severity that it stands for until support assigns one."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else ({} if value is None else value)


class Environment(Part):
    """
    An environment of a customer's instance.
    """

    name: Text | None = None
    """What people call it."""
    production: bool = False
    """Whether it is in productive use."""
    severities: Names = ()
    """Severities that its tickets can have; all unless told."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {} if value is None else ({"name": value} if isinstance(value, str) else value)
