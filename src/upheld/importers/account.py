"""
The account that an importer keeps while it reads: findings, counts behind assumptions, and checks against columns.

Invariant: whatever is noted here ends in the :class:`~upheld.importers.histories.ImportedLog`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from upheld.core.errors import Finding, Weight
from upheld.core.instants import FIRST, Instant
from upheld.importers.histories import Check, ImportRefusedError
from upheld.importers.mappings import Mapping
from upheld.importers.moments import MomentReader
from upheld.importers.tables import TextFile

_LINES_KEPT: Final = 20


class Account:
    """
    Collects what one import has to tell.
    """

    def __init__(self, file: TextFile) -> None:
        self._file = file
        self.findings: list[Finding] = []
        self.assumptions: list[Finding] = list(file.assumptions)
        self.counts: Counter[str] = Counter()
        self.last: Instant = FIRST
        self._checks: dict[str, tuple[list[int], list[int]]] = {}

    def found(self, code: str, line: int, weight: Weight = Weight.WARNING, **params: Any) -> None:
        """
        List something on a line that makes no sense.
        """
        self.findings.append(Finding(code, weight, (self._file.place(line),), params))

    def assumed(self, code: str, **params: Any) -> None:
        """
        Tell a reading that the export left open.
        """
        self.assumptions.append(Finding(code, Weight.ASSUMPTION, (), params))

    def tell_zone(self, moments: MomentReader, zone: str) -> None:
        """
        Tell in which zone times without one were read, where there were any.
        """
        if moments.has_read_local:
            self.assumed("assume.zone", zone=zone)
        if moments.skipped or moments.doubled:
            facts = {"zone": zone, "skipped": len(moments.skipped), "doubled": len(moments.doubled)}
            self.assumed("assume.zone_changes", **facts)

    def tell_customers(self, mapping: Mapping, *, several: int, none: int) -> None:
        """
        Tell which column names the customer, and on how many tickets it does not do so plainly.
        """
        column = mapping.columns.get("customer", "")
        self.assumed("assume.customer_column" if column else "assume.no_customers", column=column)
        if several or (none and column):
            self.assumed("assume.customers_unclear", column=column, several=several, none=none)

    def compared(self, code: str, line: int, *, agrees: bool) -> None:
        """
        Count one comparison of a derived fact with a column.
        """
        good, bad = self._checks.setdefault(code, ([0], []))
        if agrees:
            good[0] += 1
        else:
            bad.append(line)

    def checks(self) -> tuple[Check, ...]:
        """
        Return the comparisons, each with its first disagreements.
        """
        return tuple(
            Check(code, good[0], len(bad), tuple(bad[:_LINES_KEPT])) for code, (good, bad) in self._checks.items()
        )

    def seen(self, instant: Instant) -> None:
        """
        Remember the latest instant that the export mentions.
        """
        self.last = max(self.last, instant)

    def refuse_if_useless(self, rows: int, unused: int) -> None:
        """
        Refuse an export of which hardly anything could be used: then the mapping is wrong, not the rows.
        """
        if rows and not unused * 2 > rows:
            return
        commonest = Counter(each.code for each in self.findings).most_common(1)
        example = next((each for each in self.findings if commonest and each.code == commonest[0][0]), None)
        if not rows and example is None:
            raise ImportRefusedError("import.no_rows", file=self._file.path.name)
        raise ImportRefusedError(
            "import.hardly_usable",
            file=self._file.path.name,
            rows=rows,
            unused=unused,
            commonest=example.code if example else "",
            line=example.places[0].line if example else 0,
            params=dict(example.params) if example else {},
        )
