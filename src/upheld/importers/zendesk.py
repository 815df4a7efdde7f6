"""
Zendesk exports in JSON: tickets, each with its audits (who did what when) where the export has them.

Invariant: what happened is read from the audits. A ticket without any tells only its opening, its last status and what
its metrics say, and its ``Opened`` event says so: what could not be seen proves nothing by its absence.

The shape is that of the ticket, audit and metric resources of Zendesk's published API: ``created_at``, ``status``,
``priority``, ``via.channel``; audits with ``events`` of the types Create, Change and Comment; ``metric_set`` with
``solved_at`` and ``reply_time_in_minutes.calendar``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from upheld.core.instants import Instant
from upheld.importers import mappings
from upheld.importers.histories import ImportedLog, Progress, TicketHistory
from upheld.importers.json_exports import JsonReader, imported
from upheld.importers.json_files import MAIN_LISTS, JsonFile, Record, at_path, read_json, word
from upheld.importers.story_of_states import StoryOfStates

_SHOWN: Final = frozenset(
    {"opened", "message_received", "message_sent", "severity_assigned", "assigned", "status_changed", "resolved",
     "reopened", "closed"}
)  # fmt: skip
_WITHOUT_AUDITS: Final = frozenset({"opened", "severity_assigned", "resolved", "closed"})
_END_USER: Final = "end-user"
_MINUTE: Final = 60


def read_zendesk(
    path: Path, mapping: mappings.Mapping, *, zone: str | None = None, on_progress: Progress | None = None
) -> ImportedLog:
    """
    Return the tickets of an export. ``zone`` is that of times without an offset (Zendesk writes all in UTC).

    Raises :class:`~upheld.importers.histories.ImportRefusedError` for a file that cannot be read whole.
    """
    found = read_json(path, MAIN_LISTS["zendesk"])
    return imported(found, _Reader(mapping, found, zone or mapping.zone or "UTC"), on_progress)


class _Reader(JsonReader):
    """
    Turns tickets into histories.
    """

    observed = _SHOWN

    def __init__(self, mapping: mappings.Mapping, found: JsonFile, zone: str) -> None:
        super().__init__(mapping, found, zone)
        around = found.around
        self._names = {
            kind: {each.get("id"): word(each) for each in _list(around.get(f"{kind}s"))}
            for kind in ("organization", "group", "brand")
        }
        self._roles = {each.get("id"): each.get("role") for each in _list(around.get("users"))}
        self._audits: dict[Any, list[Record]] = {}
        for audit in _list(around.get("audits")):
            self._audits.setdefault(audit.get("ticket_id"), []).append(audit)
        self.without_audits = 0

    def history(self, line: int, record: Record) -> TicketHistory | None:
        """
        Return one ticket's history, or nothing (with a finding) where it has no opening.
        """
        ticket = word(self.field(record, "ticket"))
        opened = self.opening(record, ticket, line)
        if opened is None:
            return None
        audits = [*_list(record.get("audits")), *self._audits.get(record.get("id"), [])]
        story = StoryOfStates(self.account, opened)
        channel = self.said(word(self.field(record, "channel")), self.mapping.channels, "import.unknown_channel", line)
        has_reply_time = "reply_time_in_minutes" in (record.get("metric_set") or {})
        without = _WITHOUT_AUDITS | {"message_sent"} if has_reply_time else _WITHOUT_AUDITS
        story.open(channel, None if audits else without)
        if audits:
            self._walk(story, record, audits, line, ticket)
        else:
            self._columns(story, record, line, ticket)
        return TicketHistory(ticket, self._customer(record), tuple(story.events), line, self.facts(record))

    def _walk(self, story: StoryOfStates, record: Record, audits: Iterable[Record], line: int, ticket: str) -> None:
        """
        Write down what the audits say, in order of time.
        """
        requester = record.get("requester_id")
        is_opening = True
        dated = [(self.moment(audit, "created_at", ticket, line), audit) for audit in audits]
        for at, audit in sorted(((at, audit) for at, audit in dated if at is not None), key=lambda each: each[0]):
            moment = max(at, story.opened)
            for event in _list(audit.get("events")):
                if event.get("type") == "Comment":
                    by_vendor = self._is_vendor(event.get("author_id", audit.get("author_id")), requester)
                    is_public = bool(event.get("public", True))
                    if by_vendor or (is_public and not is_opening):
                        story.message(moment, None, by_vendor=by_vendor, is_public=is_public)
                    is_opening = False
                else:
                    self._change(story, event, moment, line, ticket)

    def _is_vendor(self, author: Any, requester: Any) -> bool:
        """
        Return whether a person is the vendor's: by the role in the list of users, else anybody but the requester.
        """
        role = self._roles.get(author)
        return bool(author != requester if role is None else role != _END_USER)

    def _change(self, story: StoryOfStates, event: Record, at: Instant, line: int, ticket: str) -> None:
        """
        Write down a change of status, priority or group.
        """
        name, value = event.get("field_name"), word(event.get("value"))
        if event.get("type") not in {"Create", "Change"} or not value:
            return
        if name == "status" and (state := self.state(value, ticket, line)):
            story.change_state(state, at, line, ticket)
        elif name == "priority":
            story.assign_severity(self.severity(value, line), at)
        elif name == "group_id":
            story.assign_team(self._names["group"].get(_number(value), value), at)

    def _columns(self, story: StoryOfStates, record: Record, line: int, ticket: str) -> None:
        """
        Write down what the ticket itself says, for want of audits.
        """
        self.without_audits += 1
        story.assign_severity(self.severity(word(self.field(record, "severity")), line), story.opened)
        metrics = record.get("metric_set") or {}
        minutes = at_path(metrics, "reply_time_in_minutes.calendar")
        if isinstance(minutes, int) and minutes >= 0:
            story.message(story.opened + minutes * _MINUTE, None, by_vendor=True)
        state = self.state(word(record.get("status")), ticket, line)
        solved = self.moment(metrics, "solved_at", ticket, line) if metrics.get("solved_at") else None
        if state in {mappings.RESOLVED, mappings.CLOSED} and solved is None:
            solved = self.moment(record, "updated_at", ticket, line)
            self.account.counts["ends_by_update"] += 1
        if state in {mappings.RESOLVED, mappings.CLOSED} and solved is not None:
            story.solve(max(solved, story.opened))

    def _customer(self, record: Record) -> str:
        given = self.field(record, "customer")
        kind = self.mapping.columns.get("customer", "").removesuffix("_id")
        return self._names.get(kind, {}).get(given) or word(given)

    def tell_assumptions(self) -> None:
        """
        Say how the export was read where it left something open.
        """
        super().tell_assumptions()
        if self.without_audits:
            self.account.assumed(
                "assume.without_audits", tickets=self.without_audits, of=self.account.counts["tickets"]
            )
        if self.account.counts["ends_by_update"]:
            self.account.assumed("assume.ends_by_update", tickets=self.account.counts["ends_by_update"])


def _list(value: Any) -> list[Mapping[str, Any]]:
    """
    Return the objects of a list; nothing for anything else.
    """
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
