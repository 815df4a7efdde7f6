"""
The replay's CSV: one row for each clock.

Invariant: a cell that a spreadsheet would run as a formula is neutralised here, on the way out, and nowhere else.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from upheld.core.cells import literal
from upheld.core.compliance.observations import Observation
from upheld.core.compliance.scopes import Scope, judge
from upheld.core.instants import Instant
from upheld.importers.histories import TicketHistory
from upheld.replay.judging import OWN_VERDICT
from upheld.replay.report import iso

COLUMNS: Final = (
    "ticket", "customer", "contract", "tier", "metric", "cycle", "severity", "opened_at", "started_at",
    "due_at", "stopped_at",     "standing", "late_seconds", "spent_seconds", "allowed_seconds", "own_verdict", "line",
)  # fmt: skip
_SCOPE: Final = Scope()


class ClockFile:
    """
    Writes the rows while the replay runs, so that none has to be kept. Use it in a ``with`` statement: the file appears
    under its name when all of it is there, and not at all where something fails.
    """

    def __init__(self, path: Path, now: Instant) -> None:
        self._now = now
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._file = self._part.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow(COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()

    def row(self, one: Observation, history: TicketHistory) -> list[str]:
        """
        Return the row of a clock.
        """
        clock, contract = one.clock, one.contract
        cells = (
            one.ticket, contract.customer, contract.contract, one.facts.tier, clock.metric, clock.cycle, one.severity,
            iso(one.facts.opened_at), iso(clock.started_at), iso(one.due_at), iso(clock.stopped_at),
            judge(one, _SCOPE, self._now).part.value, one.late_by(self._now), clock.spent, clock.allowed,
            history.facts.get(OWN_VERDICT, ""), history.line,
        )  # fmt: skip
        return [literal(cell) for cell in cells]

    def take(self, rows: Sequence[list[str]]) -> None:
        """
        Write rows.
        """
        self._writer.writerows(rows)
