"""
A ticket as one row of the desk's list.

Invariant: whatever a row says about its promise is said in words; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.selectors import Page
from upheld.apps.tickets.standings import NextPromise, next_promises
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.web import moments
from upheld.web.desk import labels
from upheld.web.promises import Promise, promise


@dataclass(frozen=True, slots=True)
class Row:
    """
    What one row shows. ``mark`` changes whenever something happened to the ticket, not when time passes.
    """

    ticket: Ticket
    promise: Promise | None
    due_at: Instant | None
    details: str
    tier: str
    severity: str
    tone: str

    @property
    def mark(self) -> str:
        """
        What tells two states of the ticket apart.
        """
        return f"{self.ticket.version}.{self.ticket.changed_at}"

    @property
    def is_pressing(self) -> bool:
        """
        Whether the promise is broken or about to be.
        """
        return self.promise is not None and self.promise.state in ("breached", "at_risk")

    @property
    def is_done(self) -> bool:
        """
        Whether the ticket is solved or closed, so that nothing of it waits for a decision.
        """
        return self.ticket.status == "resolved" or not self.ticket.is_open

    @property
    def otherwise(self) -> str:
        """
        What stands in place of a promise where none runs.
        """
        if not self.ticket.is_entitled:
            return _("Held: no running contract")
        if self.ticket.status != "waiting_on_support":
            return labels.status(self.ticket.status)
        return _("Nothing due")


def rows_of(page: Page, now: Instant) -> list[Row]:
    """
    Return the rows of a page of tickets. One query.
    """
    standing = next_promises(page.tickets, page.rules, now)
    names = _Names(page.plans)
    return [_row(ticket, standing.get(ticket.pk), names, now) for ticket in page.tickets]


class _Names:
    """
    What the plans of a page call things, each looked up once.
    """

    def __init__(self, plans: Mapping[int, Plan]) -> None:
        self._plans = plans
        self._known: dict[tuple[object, ...], str] = {}

    def of(self, find: Callable[[Plan | None, Any], str], ticket: Ticket, name: object) -> str:
        """
        Return what ``find`` of :mod:`upheld.web.desk.labels` calls a name of a ticket's plan.
        """
        key = (find, ticket.plan_version_id, name)
        if key not in self._known:
            self._known[key] = find(self._plans.get(ticket.plan_version_id or 0), name)
        return self._known[key]


def _row(ticket: Ticket, standing: NextPromise | None, names: _Names, now: Instant) -> Row:
    return Row(
        ticket=ticket,
        promise=_promise(ticket, standing, names, now) if standing is not None and ticket.is_open else None,
        due_at=standing.due_at if standing is not None else None,
        details=_details(ticket, now),
        tier=names.of(labels.tier, ticket, ticket.tier),
        severity=names.of(labels.severity, ticket, ticket.severity),
        tone=names.of(labels.tone, ticket, ticket.severity),
    )


def _promise(ticket: Ticket, standing: NextPromise, names: _Names, now: Instant) -> Promise:
    return promise(
        state=standing.state,
        now=now,
        due_at=standing.due_at,
        left_seconds=standing.left_seconds,
        share=standing.share,
        is_at_risk=standing.is_at_risk,
        metric=names.of(labels.metric, ticket, standing.metric),
        resumes_at=standing.resumes_at,
        reason=names.of(labels.conditions, ticket, standing.paused_by),
    )


def _details(ticket: Ticket, now: Instant) -> str:
    """
    Return the small line under the subject: how it came, and who wrote last.
    """
    parts = [labels.channel(ticket.channel)]
    if ticket.last_message_at is not None:
        ago = moments.relative(ticket.last_message_at, now)
        told = _("customer wrote %(ago)s") if ticket.last_message_by_customer else _("we answered %(ago)s")
        parts.append(told % {"ago": ago})
    return " · ".join(part for part in parts if part)
