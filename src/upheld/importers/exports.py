"""
Exports of every shape, read by the reader of theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from upheld.importers import jira, plain_csv, servicenow, zendesk
from upheld.importers.histories import ImportedLog, Progress
from upheld.importers.mappings import Mapping

SHAPES: Final[dict[str, Callable[..., ImportedLog]]] = {
    "servicenow": servicenow.read_log,
    "csv": plain_csv.read_csv,
    "zendesk": zendesk.read_zendesk,
    "jira": jira.read_jira,
}
"""The reader of each shape, by the word that a mapping file says (``shape``)."""


def read_export(path: Path, mapping: Mapping, *, zone: str | None, on_progress: Progress | None = None) -> ImportedLog:
    """
    Return the histories of an export; ``zone`` is that of times without one. Raises what the shape's reader raises.
    """
    return SHAPES[mapping.shape](path, mapping, zone=zone, on_progress=on_progress)
