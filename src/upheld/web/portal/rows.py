"""
A ticket's promise as a line of the list says it, from the ticket's row alone.

Invariant: what is late by now is told as late, whether or not a timer has written it down.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from upheld.apps.tickets.models import Ticket
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.rendering.explanations import Reader as PlanReader
from upheld.web import moments
from upheld.web.portal.promises import what, when


@dataclass(frozen=True, slots=True)
class RowWords:
    """
    A ticket's promise in the list.
    """

    tone: str
    icon: str
    words: str
    detail: str = ""


def row_words(ticket: Ticket, plan: Plan | None, now: Instant) -> RowWords:
    """
    Return a ticket's promise as a line of the list says it.
    """
    if ticket.status in ("resolved", "closed"):
        at = ticket.resolved_at or ticket.closed_at
        detail = moments.short(at, now) if at is not None else ""
        return RowWords("done", "circle-check", _("Solved") if ticket.resolved_at else _("Closed"), detail)
    if ticket.status == "merged":
        return RowWords("quiet", "git-merge", _("Goes on in another ticket"))
    if not ticket.is_entitled:
        return RowWords("quiet", "archive", _("Kept; no running contract covers it yet"))
    if ticket.next_due_at is None or plan is None:
        return _without_due(ticket)
    thing = what(plan, ticket.next_metric) or called_metric(plan, ticket.next_metric)
    if ticket.next_due_at < now:
        late = _("was due %(when)s") % {"when": moments.short(ticket.next_due_at, now)}
        return RowWords("bad", "triangle-alert", _("%(what)s is late") % {"what": capital(thing)}, late)
    by = _("%(what)s by %(when)s") % {"what": capital(thing), "when": when(ticket.next_due_at, now)}
    return RowWords("good", "clock", by, moments.relative(ticket.next_due_at, now))


def _without_due(ticket: Ticket) -> RowWords:
    if ticket.status == "waiting_on_customer":
        return RowWords("warn", "message-circle-question-mark", _("We are waiting for your answer"))
    if ticket.next_state == "paused":
        return RowWords("quiet", "pause", _("Our time stands still"))
    return RowWords("info", "message-circle", _("With support"))


def called_metric(plan: Plan, name: str) -> str:
    """
    Return what the plan calls a metric.
    """
    return PlanReader(plan, "UTC").metric(name)


def capital(text: str) -> str:
    """
    Return a text with a capital first letter.
    """
    return text[:1].upper() + text[1:]
