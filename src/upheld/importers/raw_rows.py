"""
The rows of an export as they stand, ticket by ticket, to be kept beside what was made of them.

Invariant: cells are handed out literally, formulas included; a column that carries rights or secrets is refused before
a row is read, for what is imported is kept.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from upheld.core.errors import Finding
from upheld.importers import mappings, tables
from upheld.importers.histories import ImportRefusedError

FORBIDDEN: Final = re.compile(
    r"^(user_?)?(pass(word|wd|phrase)?(_?(hash|digest|salt))?|pwd)$"
    r"|^(api|access|auth|refresh|session|secret|private)_?(key|token|secret|cookie)s?$|^(token|secret|otp|totp|mfa)s?$"
    r"|^(user_?)?(roles?|rights?|permissions?|scopes?|groups?_of_rights)$|^is_?(admin|staff|superuser|root)$"
    r"|^(customer|tenant|organi[sz]ation)_?(pk|public_?id)$"
)
"""Names of columns that are never imported: passwords and their hashes, keys and tokens, rights, our own identities."""


@dataclass(frozen=True, slots=True)
class RawRows:
    """
    The rows of one ticket: the header, and each row with its line.
    """

    ticket: str
    header: Sequence[str]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def cell(self, column: str) -> str:
        """
        Return the last value of a column that is not empty, or "".
        """
        index = self.header.index(column) if column in self.header else None
        if index is None:
            return ""
        return next((cells[index].strip() for _, cells in reversed(self.rows) if cells[index].strip()), "")


def header_of(path: Path, mapping: mappings.Mapping) -> tuple[str, ...]:
    """
    Return the export's header.

    Raises :class:`~upheld.importers.histories.ImportRefusedError` ``import.forbidden_column`` for one with rights or
    secrets in it, and what opening the table raises.
    """
    return _open(path, mapping).header


def _open(path: Path, mapping: mappings.Mapping) -> tables.Table:
    table = tables.open_table(tables.survey(path), mapping.columns, mapping.required_columns)
    for name in table.header:
        if FORBIDDEN.match("_".join(name.casefold().replace("-", " ").split())):
            raise ImportRefusedError("import.forbidden_column", file=path.name, line=table.header_line, column=name)
    return table


def raw_rows(path: Path, mapping: mappings.Mapping) -> Iterator[RawRows]:
    """
    Yield the rows of each ticket in the order in which tickets first appear. Tickets that stand together are handed out
    one by one; where one comes back, everything is gathered first.
    """
    table = _open(path, mapping)
    if _is_together(table):
        for ticket, group in itertools.groupby(_rows(table), key=lambda each: each[0]):
            yield RawRows(ticket, table.header, tuple((line, cells) for _, line, cells in group))
        return
    gathered: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for ticket, line, cells in _rows(table):
        gathered.setdefault(ticket, []).append((line, cells))
    for ticket, rows in gathered.items():
        yield RawRows(ticket, table.header, tuple(rows))


def _rows(table: tables.Table) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    ignored: list[Finding] = []
    at = table.columns["ticket"]
    for line, cells in tables.rows(table, ignored):
        yield cells[at].strip(), line, tuple(cells[:-1])


def _is_together(table: tables.Table) -> bool:
    seen: set[str] = set()
    last = None
    for ticket, _, _ in _rows(table):
        if ticket != last:
            if ticket in seen:
                return False
            seen.add(ticket)
            last = ticket
    return True


def as_record(rows: RawRows) -> Mapping[str, object]:
    """
    Return what is kept of a ticket's rows: plain data, as they stood.
    """
    return {"header": list(rows.header), "rows": [[line, *cells] for line, cells in rows.rows]}
