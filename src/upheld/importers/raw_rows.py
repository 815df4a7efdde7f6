"""
The rows of an export as they stand, ticket by ticket, to be kept beside what was made of them.

Invariant: cells are handed out literally, formulas included; a column that carries rights or secrets is refused before
a row is read, for what is imported is kept.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from upheld.core.errors import Finding
from upheld.importers import mappings, tables
from upheld.importers.histories import ImportRefusedError
from upheld.importers.json_files import MAIN_LISTS, Record, at_path, read_json, word

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
    Return the export's header; for JSON, the names of the fields.

    Raises :class:`~upheld.importers.histories.ImportRefusedError` ``import.forbidden_column`` for one with rights or
    secrets in it, and what opening the table raises.
    """
    if mapping.shape not in MAIN_LISTS:
        return _open(path, mapping).header
    found = read_json(path, MAIN_LISTS[mapping.shape])
    names: dict[str, int] = {}
    for line, record in found.records:
        for name in _fields(record):
            names.setdefault(name, line)
    for name, line in names.items():
        _refuse_forbidden(name, path.name, line)
    return tuple(names)


def _refuse_forbidden(name: str, file: str, line: int) -> None:
    if FORBIDDEN.match("_".join(name.casefold().replace("-", " ").split())):
        raise ImportRefusedError("import.forbidden_column", file=file, line=line, column=name)


def _fields(record: Record) -> dict[str, str]:
    """
    Return the plain fields of an object and of its ``fields``, by name.
    """
    inner = record.get("fields")
    both = {**record, **(inner if isinstance(inner, dict) else {})}
    return {name: word(value) for name, value in both.items() if not isinstance(value, dict | list)}


def _objects(path: Path, mapping: mappings.Mapping) -> Iterator[RawRows]:
    """
    Yield each object of an export in JSON: its plain fields, and all of it as it stood.
    """
    seen: set[str] = set()
    for line, record in read_json(path, MAIN_LISTS[mapping.shape]).records:
        ticket = word(at_path(record, mapping.columns["ticket"]))
        if ticket in seen:
            continue
        seen.add(ticket)
        fields = _fields(record)
        whole = json.dumps(record, ensure_ascii=False, default=str)
        yield RawRows(ticket, (*fields, "json"), ((line, (*fields.values(), whole)),))


def _open(path: Path, mapping: mappings.Mapping) -> tables.Table:
    table = tables.open_table(tables.survey(path), mapping.columns, mapping.required_columns)
    for name in table.header:
        _refuse_forbidden(name, path.name, table.header_line)
    return table


def raw_rows(path: Path, mapping: mappings.Mapping) -> Iterator[RawRows]:
    """
    Yield the rows of each ticket in the order in which tickets first appear. Tickets that stand together are handed out
    one by one; where one comes back, everything is gathered first.
    """
    if mapping.shape in MAIN_LISTS:
        yield from _objects(path, mapping)
        return
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
