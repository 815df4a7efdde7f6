"""
Jira Service Management exports in JSON: issues with their changelog and comments.

Invariant: what happened is read from the changelog and the comments; a field of the issue decides only what no change
shows (the severity and status that it began with).

The shape is that of Jira's published search with ``expand=changelog``: ``key``, ``fields.created``,
``fields.priority``, ``fields.status``, ``fields.comment.comments`` and ``changelog.histories`` with ``items`` of
``field``, ``fromString`` and ``toString``. A comment's ``jsdPublic`` says whether customers see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from upheld.core.instants import Instant
from upheld.importers import mappings
from upheld.importers.histories import ImportedLog, Progress, TicketHistory
from upheld.importers.json_exports import JsonReader, imported
from upheld.importers.json_files import MAIN_LISTS, Record, at_path, read_json, word
from upheld.importers.story_of_states import StoryOfStates

_SHOWN: Final = frozenset(
    {"opened", "message_received", "message_sent", "severity_assigned", "assigned", "status_changed", "resolved",
     "reopened", "closed"}
)  # fmt: skip
_CUSTOMER: Final = "customer"
"""Jira's account type of people who only ask."""


def read_jira(
    path: Path, mapping: mappings.Mapping, *, zone: str | None = None, on_progress: Progress | None = None
) -> ImportedLog:
    """
    Return the issues of an export. ``zone`` is that of times without an offset (Jira writes one).

    Raises :class:`~upheld.importers.histories.ImportRefusedError` for a file that cannot be read whole.
    """
    found = read_json(path, MAIN_LISTS["jira"])
    return imported(found, _Reader(mapping, found, zone or mapping.zone or "UTC"), on_progress)


class _Reader(JsonReader):
    """
    Turns issues into histories.
    """

    observed = _SHOWN

    def history(self, line: int, record: Record) -> TicketHistory | None:
        """
        Return one issue's history, or nothing (with a finding) where it has no opening.
        """
        ticket = word(self.field(record, "ticket"))
        opened = self.opening(record, ticket, line)
        if opened is None:
            return None
        story = StoryOfStates(self.account, opened)
        channel = self.said(word(self.field(record, "channel")), self.mapping.channels, "import.unknown_channel", line)
        story.open(channel)
        changes = list(self._changes(record, ticket, line))
        comments = list(self._comments(record, ticket, line))
        story.assign_severity(self.severity(self._first(record, changes, "priority", "severity"), line), opened)
        begins = self.state(self._first(record, changes, "status", "state"), ticket, line)
        if begins is not None and begins not in {mappings.RESOLVED, mappings.CLOSED}:
            story.change_state(begins, opened, line, ticket)
        elif begins is not None and not changes:
            at = self.moment(record, "fields.resolutiondate", ticket, line)
            story.change_state(begins, max(opened, at or opened), line, ticket)
        for at, kind, value in sorted([*changes, *comments], key=lambda each: each[0]):
            self._take(story, max(at, opened), kind, value, (line, ticket))
        customer = word(self.field(record, "customer"))
        return TicketHistory(ticket, customer, tuple(story.events), line, self.facts(record))

    def _take(self, story: StoryOfStates, at: Instant, kind: str, value: Any, where: tuple[int, str]) -> None:
        line, ticket = where
        if kind == "status":
            state = self.state(value[1], ticket, line)
            if state is not None:
                story.change_state(state, at, line, ticket)
        elif kind == "priority":
            story.assign_severity(self.severity(value[1], line), at)
        elif kind == "assignee":
            story.assign_team(value[1], at)
        else:
            by_vendor, is_public = value
            if by_vendor or is_public:
                story.message(at, None, by_vendor=by_vendor, is_public=is_public)

    def _changes(self, record: Record, ticket: str, line: int) -> Iterator[tuple[Instant, str, Any]]:
        """
        Yield (when, field, (from, to)) of each change that is looked at.
        """
        for history in at_path(record, "changelog.histories") or []:
            at = self.moment(history, "created", ticket, line)
            if at is None:
                continue
            for item in history.get("items") or []:
                name = str(item.get("field", "")).lower()
                if name in {"status", "priority", "assignee"}:
                    yield at, name, (word(item.get("fromString")), word(item.get("toString")))

    def _comments(self, record: Record, ticket: str, line: int) -> Iterator[tuple[Instant, str, Any]]:
        """
        Yield (when, "comment", (by the vendor, public)) of each comment.
        """
        reporter = at_path(record, "fields.reporter.accountId")
        for comment in at_path(record, "fields.comment.comments") or []:
            at = self.moment(comment, "created", ticket, line)
            if at is None:
                continue
            author = comment.get("author") or {}
            is_customer = author.get("accountType") == _CUSTOMER or author.get("accountId") == reporter is not None
            yield at, "comment", (not is_customer, comment.get("jsdPublic", True) is not False)

    def _first(self, record: Record, changes: list[tuple[Instant, str, Any]], name: str, column: str) -> str:
        """
        Return the word with which a field began: what its first change came from, else what it is.
        """
        dated = [(at, value) for at, kind, value in changes if kind == name]
        return min(dated, key=lambda each: each[0])[1][0] if dated else word(self.field(record, column))
