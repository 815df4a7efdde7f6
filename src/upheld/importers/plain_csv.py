"""
Plain CSV: one row for each ticket, or one row for each event, with a mapping of columns and words.

Invariant: a kind of event counts as observed only if the mapping names the column or the word that shows it; an
empty cell of such a column says that it did not happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from upheld.core.events import (
    KINDS,
    Actor,
    Assigned,
    Closed,
    Event,
    MessageSent,
    Opened,
    Resolved,
    SeverityAssigned,
    Side,
    StatusChanged,
)
from upheld.core.instants import Instant
from upheld.importers import mappings, tables
from upheld.importers.account import Account
from upheld.importers.histories import ImportedLog, Progress, TicketHistory
from upheld.importers.moments import MomentReader
from upheld.importers.packed import PackedHistories

_VENDOR: Final = Actor(Side.VENDOR)
_TICKET_KINDS: Final = {
    "opened": "opened",
    "first_response": "message_sent",
    "resolved": "resolved",
    "closed": "closed",
    "severity": "severity_assigned",
}
_WORDED: Final = {"severity_assigned": "severity", "status_changed": "status", "assigned": "team"}
"""Kinds of events that carry a word, and the column in which it stands."""
_UNKNOWN: Final = {
    "severity": "import.unknown_severity",
    "channel": "import.unknown_channel",
    "status": "import.unknown_status",
}


def read_csv(
    path: Path, mapping: mappings.Mapping, *, zone: str | None = None, on_progress: Progress | None = None
) -> ImportedLog:
    """
    Return the tickets of a plain CSV. ``zone`` overrides the mapping's; without either, UTC.

    Raises :class:`~upheld.importers.histories.ImportRefusedError` for a file that cannot be read whole.
    """
    read_in = zone or mapping.zone or "UTC"
    file = tables.survey(path)
    account = Account(file)
    wanted = {**mapping.columns, **{f"fact:{name}": name for name in mapping.facts}}
    table = tables.open_table(file, wanted, mapping.required_columns)
    reader = _Reader(mapping, MomentReader(mapping.dates, read_in), account, table)
    rows = 0
    for line, cells in tables.rows(table, account.findings, on_progress):
        rows += 1
        reader.take(line, cells)
    misshapen = sum(each.code == "import.cell_count" for each in account.findings)
    histories = PackedHistories.of(reader.histories())
    unused = account.counts["unused"] + misshapen
    account.refuse_if_useless(rows + misshapen, unused)
    reader.tell_assumptions(read_in)
    return ImportedLog(
        source=path.name,
        rows=rows + misshapen,
        histories=histories,
        observed=reader.observed(),
        last=account.last,
        zone=read_in,
        findings=tuple(sorted(account.findings, key=lambda each: each.places[0].line)),
        assumptions=tuple(account.assumptions),
        checks=account.checks(),
        unused_rows=unused,
    )


class _Reader:
    """
    Turns rows into events, ticket by ticket.
    """

    def __init__(self, mapping: mappings.Mapping, moments: MomentReader, account: Account, table: tables.Table) -> None:
        self._mapping, self._moments, self._account = mapping, moments, account
        self._at: Mapping[str, int] = table.columns
        self._nulls = frozenset(mapping.nulls)
        states = {given: mappings.status_of(state) for given, state in mapping.states.items()}
        self._words = {"severity": mapping.severities, "channel": mapping.channels, "status": states}
        self._found: dict[str, list[tuple[Instant, int, Event]]] = {}
        self._customers: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        self._facts: dict[str, dict[str, str]] = {}

    def take(self, line: int, cells: list[str]) -> None:
        """
        Take one row; one without ticket or without a readable instant is listed and not used.
        """
        ticket = self._cell(cells, "ticket")
        if not ticket:
            self._account.counts["unused"] += 1
            self._account.found("import.no_ticket", line)
            return
        if self._mapping.rows == "ticket" and ticket in self._lines:
            self._account.counts["unused"] += 1
            self._account.found("import.ticket_twice", line, ticket=ticket, first=self._lines[ticket])
            return
        taken = self._ticket_row if self._mapping.rows == "ticket" else self._event_row
        if not taken(ticket, line, cells):
            self._account.counts["unused"] += 1
            return
        self._lines.setdefault(ticket, line)
        self._customers[ticket] = self._customers.get(ticket) or self._cell(cells, "customer")
        self._facts[ticket] = {name: self._cell(cells, f"fact:{name}") for name in self._mapping.facts}

    def histories(self) -> Iterator[TicketHistory]:
        """
        Yield the histories in the order of the file; a ticket without an opening is listed and left out.
        """
        for ticket, found in self._found.items():
            found.sort(key=lambda each: each[:2])
            events = [event for _, _, event in found]
            if not any(isinstance(event, Opened) for event in events):
                self._account.counts["unused"] += len(events)
                self._account.found("import.no_opening", self._lines[ticket], ticket=ticket, given="")
                continue
            numbered = tuple(replace(event, seq=seq) for seq, event in enumerate(events))
            yield TicketHistory(ticket, self._customers[ticket], numbered, self._lines[ticket], self._facts[ticket])

    def observed(self) -> frozenset[str]:
        """
        Return the kinds of events that this mapping can show.
        """
        if self._mapping.rows == "event":
            return frozenset(
                set(self._mapping.events.values()) - {"ignored"} or (set(KINDS) & set(_TICKET_KINDS.values()))
            )
        return frozenset(kind for column, kind in _TICKET_KINDS.items() if column in self._at)

    def tell_assumptions(self, zone: str) -> None:
        """
        Say how the file was read where it left something open.
        """
        self._account.tell_zone(self._moments, zone)
        none = sum(not customer for customer in self._customers.values())
        self._account.tell_customers(self._mapping, several=0, none=none)
        if self._mapping.rows == "ticket":
            self._account.assumed("assume.one_row_a_ticket", columns=sorted(set(_TICKET_KINDS) & set(self._at)))

    def _cell(self, cells: list[str], name: str) -> str:
        """
        Return a cell, or "" where the column is absent or the cell is one of the null words.
        """
        index = self._at.get(name)
        cell = "" if index is None else cells[index].strip()
        return "" if cell in self._nulls else cell

    def _moment(self, cells: list[str], name: str, line: int, ticket: str) -> Instant | None:
        """
        Return the instant of a cell; one that is not readable is listed.
        """
        cell = self._cell(cells, name)
        if not cell:
            return None
        at = self._moments.read(cell)
        if at is None:
            self._account.found("import.unreadable_date", line, ticket=ticket, given=cell, column=name)
        else:
            self._account.seen(at)
        return at

    def _ticket_row(self, ticket: str, line: int, cells: list[str]) -> bool:
        """
        Make the events of a row that tells a whole ticket, and say whether it could be used.
        """
        opened = self._moment(cells, "opened", line, ticket)
        if opened is None:
            if not self._cell(cells, "opened"):
                self._account.found("import.no_opening", line, ticket=ticket, given="")
            return False
        made: list[Event] = [Opened(seq=0, effective_at=opened, channel=self._word(cells, "channel", line))]
        severity = self._word(cells, "severity", line)
        if severity is not None:
            made.append(SeverityAssigned(seq=1, effective_at=opened, severity=severity))
        for name in ("first_response", "resolved", "closed"):
            at = self._moment(cells, name, line, ticket)
            if at is not None and at < opened:
                given, start = self._cell(cells, name), self._cell(cells, "opened")
                self._account.found(
                    "import.ends_before_opening", line, ticket=ticket, given=given, column=name, opened=start
                )
            elif at is not None:
                made.append(_dated(name, at))
        self._found[ticket] = [(event.effective_at, position, event) for position, event in enumerate(made)]
        return True

    def _event_row(self, ticket: str, line: int, cells: list[str]) -> bool:
        """
        Make the event of a row that tells one, and say whether it could be used.
        """
        at = self._moment(cells, "at", line, ticket)
        if at is None:
            if not self._cell(cells, "at"):
                self._account.found("import.unreadable_date", line, ticket=ticket, given="", column="at")
            return False
        given = self._cell(cells, "event")
        kind = self._mapping.events.get(given) if self._mapping.events else (given if given in KINDS else None)
        if kind is None:
            self._account.found("import.unknown_event", line, ticket=ticket, given=given)
            return False
        if kind == "ignored":
            return True
        event = self._event(kind, at, cells, line)
        if event is None:
            self._account.found(
                "import.event_without_word", line, ticket=ticket, given=given, column=_WORDED.get(kind, kind)
            )
            return False
        self._found.setdefault(ticket, []).append((at, line, event))
        return True

    def _event(self, kind: str, at: Instant, cells: list[str], line: int) -> Event | None:
        """
        Return the event of a kind, or ``None`` where the word that it needs is missing.
        """
        if kind in _WORDED:
            word = self._word(cells, _WORDED[kind], line)
            return None if word is None else _worded(kind, at, word)
        extra: dict[str, Any] = {}
        if kind in {"opened", "message_received", "message_sent"}:
            extra["channel"] = self._word(cells, "channel", line)
        if kind in {"message_sent", "acknowledged"}:
            extra["actor"] = _VENDOR
        return KINDS[kind](seq=0, effective_at=at, **extra)

    def _word(self, cells: list[str], name: str, line: int) -> str | None:
        """
        Return our word for a cell: as the mapping says, or as it stands (in lower case) where the mapping has no table.
        """
        cell = self._cell(cells, name)
        if not cell:
            return None
        if name == "team":
            return cell
        words: Mapping[str, str] = self._words[name]
        if not words:
            return cell.lower()
        found = words.get(cell)
        if found is None:
            self._account.found(_UNKNOWN[name], line, given=cell)
        return found


def _worded(kind: str, at: Instant, word: str) -> Event:
    """
    Return an event that carries one word.
    """
    if kind == "severity_assigned":
        return SeverityAssigned(seq=0, effective_at=at, severity=word)
    return (
        StatusChanged(seq=0, effective_at=at, status=word)
        if kind == "status_changed"
        else Assigned(seq=0, effective_at=at, to=word)
    )


def _dated(column: str, at: Instant) -> Event:
    """
    Return the event that a dated column of a ticket row stands for.
    """
    if column == "first_response":
        return MessageSent(seq=0, effective_at=at, actor=_VENDOR)
    return Resolved(seq=0, effective_at=at) if column == "resolved" else Closed(seq=0, effective_at=at)
