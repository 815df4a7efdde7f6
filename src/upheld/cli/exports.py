"""
What every command that reads another desk's export asks for, and how it is read.
"""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import parse_money
from upheld.importers import mappings
from upheld.importers.histories import ImportedLog
from upheld.replay import assignments


class Export(enum.StrEnum):
    """
    Shapes of exports.
    """

    SERVICENOW = "servicenow"
    CSV = "csv"
    ZENDESK = "zendesk"
    JIRA = "jira"


ShapeOption = Annotated[Export, typer.Option("--format-of-export", help="Shape of the export.")]
MappingOption = Annotated[
    Path | None, typer.Option("--mapping", help="Mapping of columns and words, in place of the one that ships.")
]
CustomersOption = Annotated[
    Path | None, typer.Option("--customers", help="Who has which tier, fee and zone (YAML or CSV).")
]
TierOption = Annotated[
    str | None,
    typer.Option("--tier", help="Tier of every customer, where no file says it."),
]
FeeOption = Annotated[
    str | None, typer.Option("--fee", help="Fee of every customer for a credit period, where no file says it.")
]
ZoneOption = Annotated[
    str | None, typer.Option("--zone", help="Zone of times without one (IANA name); the plan's unless told.")
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until", help="Moment at which open clocks are judged (ISO 8601 with offset); the log's last unless told."
    ),
]

DEFAULT = Export.SERVICENOW


def mapping_of(file: Path | None, shape: Export) -> mappings.Mapping:
    """
    Return the mapping of a file, or the one that ships for the shape.
    """
    return mappings.load(file) if file else mappings.shipped(shape.value)


def contracts_for(
    log: ImportedLog, plan: Plan, customers: Path | None, *, tier: str | None, fee: str | None, zone: str
) -> assignments.Assignments:
    """
    Return who has which tier, fee and zone: as a file of customers says, else the same for everybody.
    """
    if customers:
        return assignments.load(customers, plan, (each.customer for each in log.histories), zone=zone)
    return assignments.for_all(plan, tier, zone, parse_money(fee) if fee else None)
