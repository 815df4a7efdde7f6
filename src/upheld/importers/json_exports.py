"""
What the readers of JSON exports share: fields by the mapping, words, moments, and the account.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Final

from upheld.core.instants import Instant
from upheld.importers import mappings
from upheld.importers.account import Account
from upheld.importers.histories import ImportedLog, Progress, TicketHistory
from upheld.importers.json_files import JsonFile, Record, at_path, word
from upheld.importers.moments import MomentReader

_PROGRESS_EVERY: Final = 500


class JsonReader(ABC):
    """
    Turns the objects of an export into histories. ``observed`` are the kinds of events that such an export can show.
    """

    observed: ClassVar[frozenset[str]]

    def __init__(self, mapping: mappings.Mapping, found: JsonFile, zone: str) -> None:
        self.mapping, self.zone = mapping, zone
        self.account = Account(found.file)
        self._moments = MomentReader(mapping.dates, zone)

    @abstractmethod
    def history(self, line: int, record: Record) -> TicketHistory | None:
        """
        Return one ticket's history, or nothing (with a finding) where it cannot be used.
        """

    def field(self, record: Record, name: str) -> Any:
        """
        Return a field by our name, where the mapping says it stands.
        """
        path = self.mapping.columns.get(name)
        return None if path is None else at_path(record, path)

    def facts(self, record: Record) -> dict[str, str]:
        """
        Return the fields that are kept beside a ticket.
        """
        return {name: word(at_path(record, name)) for name in self.mapping.facts}

    def opening(self, record: Record, ticket: str, line: int) -> Instant | None:
        """
        Return when the ticket was opened; one without ticket or without a readable opening is listed.
        """
        if not ticket:
            self.account.found("import.no_ticket", line)
            return None
        given = self.field(record, "opened")
        if not given:
            self.account.found("import.no_opening", line, ticket=ticket, given="")
            return None
        return self._read(given, "opened", ticket, line)

    def moment(self, record: Record, path: str, ticket: str, line: int) -> Instant | None:
        """
        Return the moment at a path; one that is not readable is listed.
        """
        return self._read(at_path(record, path), path, ticket, line)

    def _read(self, given: Any, column: str, ticket: str, line: int) -> Instant | None:
        at = self._moments.read(given) if isinstance(given, str) else None
        if at is None:
            shown = "" if given is None else str(given)[:80]
            self.account.found("import.unreadable_date", line, ticket=ticket, given=shown, column=column)
        else:
            self.account.seen(at)
        return at

    def state(self, given: str, ticket: str, line: int) -> str | None:
        """
        Return the mapping's word for a status; an unknown one is listed.
        """
        found = self.mapping.states.get(given)
        if found is None and given:
            self.account.found("import.unknown_state", line, ticket=ticket, given=given)
        return found

    def severity(self, given: str, line: int) -> str | None:
        """
        Return the plan's severity for a word of the export; an unknown one is listed.
        """
        return self.said(given, self.mapping.severities, "import.unknown_severity", line)

    def said(self, given: str, words: dict[str, str], code: str, line: int) -> str | None:
        """
        Return our word for one of the export: by the table, or as it is (in lower case) where there is no table.
        """
        if not given or given in self.mapping.nulls:
            return None
        if not words:
            return given.lower()
        found = words.get(given)
        if found is None:
            self.account.found(code, line, given=given)
        return found

    def tell_assumptions(self) -> None:
        """
        Say how the export was read where it left something open.
        """
        self.account.tell_zone(self._moments, self.zone)
        self.account.tell_customers(self.mapping, several=0, none=self.account.counts["without_customer"])


def imported(found: JsonFile, reader: JsonReader, on_progress: Progress | None) -> ImportedLog:
    """
    Return the log that a reader makes of the objects of an export.
    """
    account = reader.account
    histories: dict[str, TicketHistory] = {}
    unused = 0
    for position, (line, record) in enumerate(found.records, 1):
        history = reader.history(line, record)
        if history is None:
            unused += 1
        elif history.ticket in histories:
            unused += 1
            account.found("import.ticket_twice", line, ticket=history.ticket, first=histories[history.ticket].line)
        else:
            histories[history.ticket] = history
            account.counts["tickets"] += 1
            account.counts["without_customer"] += not history.customer
        if on_progress is not None and (position % _PROGRESS_EVERY == 0 or position == len(found.records)):
            on_progress(position, len(found.records))
    account.refuse_if_useless(len(found.records), unused)
    reader.tell_assumptions()
    return ImportedLog(
        source=found.file.path.name,
        rows=len(found.records),
        histories=tuple(histories.values()),
        observed=reader.observed,
        last=account.last,
        zone=reader.zone,
        findings=tuple(sorted(account.findings, key=lambda each: each.places[0].line)),
        assumptions=tuple(account.assumptions),
        checks=account.checks(),
        unused_rows=unused,
    )
