"""
Mapping files: which column of an export means what, and which word of it is which of ours.

Invariant: a mapping is whole before a row is read; an unknown key or a word that is no event, state or column of
ours is refused with its line and the nearest word that is.
"""

from __future__ import annotations

import difflib
import importlib.resources
from pathlib import Path
from typing import Final, Literal

import pydantic
from pydantic_core import PydanticCustomError

from upheld.core.events import Status
from upheld.core.plan.reading import read_document, validate

RESOLVED: Final = "resolved"
CLOSED: Final = "closed"
OPEN: Final = "open"

State = Literal[
    "open", "waiting_on_support", "waiting_on_customer", "waiting_on_third_party", "on_hold", "resolved", "closed"
]
KindOfEvent = Literal[
    "opened",
    "message_received",
    "message_sent",
    "acknowledged",
    "severity_assigned",
    "status_changed",
    "assigned",
    "workaround_given",
    "remediation_planned",
    "escalated",
    "resolved",
    "reopened",
    "closed",
    "ignored",
]
SERVICENOW_COLUMNS: Final = frozenset(
    {
        "ticket",
        "updated",
        "opened",
        "state",
        "severity",
        "customer",
        "team",
        "channel",
        "order",
        "reopened",
        "resolved",
        "closed",
        "active",
    }
)
TICKET_COLUMNS: Final = frozenset(
    {"ticket", "customer", "opened", "first_response", "resolved", "closed", "severity", "status", "channel"}
)
EVENT_COLUMNS: Final = frozenset({"ticket", "customer", "at", "event", "severity", "status", "channel", "team"})


JSON_SHAPES: Final = frozenset({"zendesk", "jira"})
JSON_COLUMNS: Final = frozenset({"ticket", "opened", "severity", "state", "customer", "channel"})
"""For JSON, the place of a field, with dots: ``via.channel``."""


class Mapping(pydantic.BaseModel):
    """
    A mapping as it is used. ``columns`` gives the export's column by our name; ``states``, ``severities``,
    ``channels``, ``statuses`` and ``events`` give our word by the export's.

    Words of ``severities`` and ``channels`` that are not listed stay as they are, in lower case, if the table is empty.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    version: Literal[1] = pydantic.Field(alias="upheld-mapping")
    shape: Literal["servicenow", "csv", "zendesk", "jira"]
    rows: Literal["ticket", "event"] = "ticket"
    columns: dict[str, str]
    dates: str = "iso"
    zone: str | None = None
    nulls: tuple[str, ...] = ("",)
    resolved_by: Literal["state", "column"] = "state"
    states: dict[str, State] = pydantic.Field(default_factory=dict)
    severities: dict[str, str] = pydantic.Field(default_factory=dict)
    channels: dict[str, str] = pydantic.Field(default_factory=dict)
    events: dict[str, KindOfEvent] = pydantic.Field(default_factory=dict)
    facts: tuple[str, ...] = ()

    @pydantic.model_validator(mode="after")
    def _columns_fit(self) -> Mapping:
        for column in self.columns:
            if column not in self.known_columns:
                known = sorted(self.known_columns)
                near = next(iter(difflib.get_close_matches(column, known, n=1)), known[0])
                facts = {"given": column, "nearest": near, "known": known, "at": ("columns", column)}
                raise PydanticCustomError("mapping.unknown_column", "", facts)
        for column in self.required_columns:
            if column not in self.columns:
                raise PydanticCustomError("mapping.needs_column", "", {"column": column, "at": ("columns",)})
        return self

    @property
    def known_columns(self) -> frozenset[str]:
        """
        Return the names that ``columns`` may use.
        """
        if self.shape == "servicenow":
            return SERVICENOW_COLUMNS
        if self.shape in JSON_SHAPES:
            return JSON_COLUMNS
        return TICKET_COLUMNS if self.rows == "ticket" else EVENT_COLUMNS

    @property
    def required_columns(self) -> tuple[str, ...]:
        """
        Return the names without which nothing can be said.
        """
        if self.shape == "servicenow":
            return ("ticket", "updated", "opened", "state")
        if self.shape in JSON_SHAPES:
            return ("ticket", "opened")
        return ("ticket", "opened") if self.rows == "ticket" else ("ticket", "at", "event")


def shipped(shape: str) -> Mapping:
    """
    Return the mapping that comes with Upheld for a shape: ``servicenow``, ``csv``, ``zendesk`` or ``jira``.
    """
    raw = importlib.resources.files("upheld.importers").joinpath("shapes", f"{shape}.yaml").read_bytes()
    return validate(read_document(raw, f"{shape}.yaml"), Mapping)


def load(path: Path) -> Mapping:
    """
    Return the mapping of a file.

    Raises :class:`~upheld.core.plan.places.DocumentError` with every finding and its place, ``OSError`` for a file that
    cannot be opened.
    """
    return validate(read_document(path.read_bytes(), path.name), Mapping)


def status_of(state: str) -> str:
    """
    Return the status that an open state of a mapping stands for.
    """
    return Status.WAITING_ON_SUPPORT.value if state == OPEN else state
