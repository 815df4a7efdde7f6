"""
A batch of tickets with all that belongs to them, read by a fixed number of queries and shared by every check.

Invariant: a ticket whose chain is broken is told once, by the chain; no other check reads its events.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Model

from upheld.apps.tickets import codec
from upheld.apps.tickets.models import Attachment, ClockRow, EventRow, Message, Payload, Ticket, Timer
from upheld.core.errors import UpheldError
from upheld.core.events import Event
from upheld.trust.chains import faults_of
from upheld.trust.violations import Violation

Row = TypeVar("Row", bound=Model)


class TicketBatch:
    """
    Tickets by primary key, with their rows, each kind read once and only if asked for.
    """

    def __init__(self, keys: Sequence[int]) -> None:
        self.keys = list(keys)

    def _by_ticket(self, model: type[Row], *order: str) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {key: [] for key in self.keys}
        for row in model._default_manager.filter(ticket_id__in=self.keys).order_by(*order):  # noqa: SLF001
            found[row.ticket_id].append(row)  # type: ignore[attr-defined]
        return found

    @cached_property
    def tickets(self) -> list[Ticket]:
        """
        The tickets, with contract, customer and people.
        """
        related = ("contract__customer", "customer", "requester", "assignee", "plan_version", "edition")
        found = Ticket.objects.select_related(*related).defer("plan_version__document")
        return list(found.filter(pk__in=self.keys).order_by("pk"))

    @cached_property
    def rows(self) -> dict[int, list[EventRow]]:
        """
        The event rows of each ticket in the order of recording.
        """
        return self._by_ticket(EventRow, "ticket_id", "seq", "pk")

    @cached_property
    def clocks(self) -> dict[int, list[ClockRow]]:
        """
        The stored clocks of each ticket.
        """
        return self._by_ticket(ClockRow, "pk")

    @cached_property
    def timers(self) -> dict[int, list[Timer]]:
        """
        The timers of each ticket.
        """
        return self._by_ticket(Timer, "due_at", "pk")

    @cached_property
    def payloads(self) -> dict[int, list[Payload]]:
        """
        The payloads of each ticket.
        """
        return self._by_ticket(Payload, "pk")

    @cached_property
    def messages(self) -> dict[int, list[Message]]:
        """
        The messages of each ticket.
        """
        return self._by_ticket(Message, "pk")

    @cached_property
    def attachments(self) -> dict[int, list[Attachment]]:
        """
        The attachments of each ticket.
        """
        return self._by_ticket(Attachment, "pk")

    @cached_property
    def events(self) -> dict[int, list[Event]]:
        """
        The events of each ticket whose records can all be read.
        """
        told: dict[int, list[Event]] = {}
        for key, rows in self.rows.items():
            try:
                told[key] = [codec.decode(row.record) for row in rows]
            except (UpheldError, ValueError, KeyError, TypeError, AttributeError):
                continue
        return told

    def records(self, key: int) -> list[dict[str, Any]]:
        """
        Return the records of a ticket's events as plain data.
        """
        return [json.loads(bytes(row.record)) for row in self.rows[key]]

    @cached_property
    def faults(self) -> dict[int, Violation]:
        """
        The first fault of each chain that does not hold, as :mod:`upheld.trust.chains` finds it.
        """
        found = ((ticket.pk, next(faults_of(ticket, self), None)) for ticket in self.tickets)
        return {key: fault for key, fault in found if fault is not None}

    def whole(self) -> Iterator[Ticket]:
        """
        Yield the tickets whose chain holds.
        """
        return (ticket for ticket in self.tickets if ticket.pk not in self.faults)
