"""
A ticket's conversation as its customer reads it: messages, and quiet lines for what happened between.

Invariant: internal notes, reasons that were written for colleagues, and other people's addresses are never in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import Message
from upheld.apps.tickets.selectors import TicketPage
from upheld.core import events as ev
from upheld.core.clocks.story import HELD
from upheld.core.instants import Instant
from upheld.core.plan.model.base import in_language
from upheld.rendering.explanations import Reader as PlanReader
from upheld.web import moments
from upheld.web.portal.names import shown_name

_STATUSES: Final[dict[str, str | LazyText]] = {
    "waiting_on_customer": gettext_lazy("We are waiting for your answer"),
    "waiting_on_support": gettext_lazy("It is with us again"),
    "waiting_on_third_party": gettext_lazy("We are waiting for a third party"),
    "on_hold": gettext_lazy("It is on hold"),
}
_COVERAGES: Final[dict[str, str | LazyText]] = {
    "covered": gettext_lazy("Your plan covers this"),
    "best_effort": gettext_lazy("We do our best for this, without a promised time"),
    "chargeable": gettext_lazy("This is charged; we ask you before we start"),
    "not_covered": gettext_lazy("Your plan does not cover this"),
    "undecided": gettext_lazy("We still check whether your plan covers this"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A message (with its author's name) or a line about something that happened.
    """

    at: Instant
    seq: int
    author: str = ""
    is_mine: bool = False
    message: Message | None = None
    line: str = ""


def entries(page: TicketPage, reader: Person, words: PlanReader | None) -> list[Entry]:
    """
    Return messages and lines in the order in which they happened.
    """
    found = [_entry(message, reader) for message in page.messages]
    said = {message.seq for message in page.messages}
    for event in page.events:
        line = "" if event.seq in said else _line(event, page, reader, words)
        if line:
            found.append(Entry(event.effective_at, event.seq, line=line))
    return sorted(found, key=lambda entry: (entry.at, entry.seq))


def _entry(message: Message, reader: Person) -> Entry:
    author = shown_name(message.author, reader, by_customer=message.by_customer)
    is_mine = message.author_id == reader.pk
    return Entry(message.sent_at, message.seq, author, is_mine, message)


def _line(event: ev.Event, page: TicketPage, reader: Person, words: PlanReader | None) -> str:
    match event:
        case ev.SeverityAssigned() | ev.SeverityConfirmed():
            name = words.severity(event.severity) if words else event.severity
            return _("Support rated this as %(severity)s") % {"severity": name}
        case ev.CallLogged():
            return _call(event, page, reader)
        case ev.StatusChanged():
            return str(_STATUSES.get(event.status, ""))
        case ev.CoverageDecided():
            verdict = str(_COVERAGES[event.coverage.value])
            return f"{verdict}: {event.reason}" if event.reason else verdict
        case ev.Resumed() if event.condition == HELD:
            return _("Your contract covers this now; the promised times count")
    return _outcome(event, page, reader)


def _outcome(event: ev.Event, page: TicketPage, reader: Person) -> str:
    by_customer = event.actor.side is ev.Side.CUSTOMER
    who = shown_name(page.people.get(event.actor.ref), reader, by_customer=by_customer)
    lines: dict[type[ev.Event], str] = {
        ev.Resolved: _("%(who)s: it works again") if by_customer else _("%(who)s: solved"),
        ev.Reopened: _("%(who)s: open again"),
        ev.Closed: _("%(who)s: this solved it") if by_customer else _("%(who)s: closed"),
        ev.WorkaroundGiven: _("%(who)s gave a workaround"),
        ev.IntakeCompleted: _("Everything that your plan asks for is here"),
        ev.Merged: _("%(who)s joined this with another ticket"),
    }
    found = lines.get(type(event), "")
    return found % {"who": who} if found else ""


def _call(event: ev.CallLogged, page: TicketPage, reader: Person) -> str:
    who = shown_name(page.people.get(event.actor.ref), reader, by_customer=False)
    words = _("Your call with %(who)s") if event.inbound else _("%(who)s called you")
    length = f", {moments.length(event.seconds)}" if event.seconds else ""
    return words % {"who": who} + length


def missing(events: Sequence[ev.Event]) -> tuple[str, ...]:
    """
    Return the names of what the plan asks for and what is still missing.
    """
    asked: tuple[str, ...] = ()
    for event in events:
        if isinstance(event, ev.IntakeRequested):
            asked = event.items
        elif isinstance(event, ev.IntakeCompleted):
            asked = ()
    return asked


def question(name: str, words: PlanReader | None) -> str:
    """
    Return what the plan asks for, as the customer reads it.
    """
    fields = {each.field: each for each in words.plan.intake.fields} if words else {}
    return in_language(fields[name].ask, words.language) if words and name in fields else name
