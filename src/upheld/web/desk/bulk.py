"""
What is done to several marked tickets at once: given to somebody or to a team, another status.

Invariant: each ticket is done by itself; one that cannot be done does not hold up the others, and is named with why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from upheld.apps.channels.selectors import unread_count
from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import staff_with, teams
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.services import changing
from upheld.apps.tickets.services.changing import Change
from upheld.apps.tickets.services.recording import TicketError
from upheld.core.errors import UpheldError
from upheld.web.desk.permission import access_to, needs, reader_of
from upheld.web.redirects import is_own
from upheld.wording import say

MOST_AT_ONCE: Final = 100
RIGHTS: Final = {
    "take": "tickets.assign",
    "assign": "tickets.assign",
    "team": "tickets.assign",
    "status": "tickets.status",
}


@dataclass(frozen=True, slots=True)
class Undone:
    """
    A ticket that could not be done, and why.
    """

    ticket: Ticket
    words: str


@require_POST
@needs("tickets.assign", "tickets.status")
def several(request: HttpRequest) -> HttpResponse:
    """
    Do one thing to the marked tickets; a page names those that could not be done.
    """
    access = access_to(request)
    what, marked = request.POST.get("do", "take"), request.POST.getlist("ticket")[:MOST_AT_ONCE]
    if what not in RIGHTS or not access.may(RIGHTS[what]):
        raise PermissionDenied
    if not marked:
        messages.info(request, _("Mark the tickets first, then say what is to become of them."))
        return HttpResponseRedirect(back_of(request))
    try:
        change = _change(request, what)
    except UpheldError as error:
        messages.error(request, say(error.code, error.params))
        return HttpResponseRedirect(back_of(request))
    done, undone = _do(request, [each[:16] for each in marked], change)
    if not undone:
        words = ngettext("%(n)d ticket is done.", "%(n)d tickets are done.", done)
        if what == "take":
            words = ngettext("%(n)d ticket is yours now.", "%(n)d tickets are yours now.", done)
        messages.success(request, words % {"n": done})
        return HttpResponseRedirect(back_of(request))
    shown = {"nav_desk": True, "unread": unread_count(access), "done": done, "undone": undone, "back": back_of(request)}
    return render(request, "desk/bulk.html", shown, status=207)


def _do(request: HttpRequest, marked: list[str], change: Callable[[Ticket], Change]) -> tuple[int, list[Undone]]:
    """
    Change each ticket that the agent handles; those that are not theirs are left out as if they were not there.
    """
    access, now, done, undone = access_to(request), reader_of(request).now, 0, []
    known = selectors.find_all(access, marked)
    for ticket in (known[each] for each in dict.fromkeys(marked) if each in known):
        if not selectors.is_staff_side(access, ticket):
            continue
        try:
            changing.change(wanted=change(ticket), by=access.person, now=now)
            done += 1
        except UpheldError as error:
            undone.append(Undone(ticket, say(error.code, error.params)))
    return done, undone


def _change(request: HttpRequest, what: str) -> Callable[[Ticket], Change]:
    """
    Return what is to become of each ticket.

    Raises :class:`TicketError` ``ticket.unknown_assignee`` or ``ticket.unknown_team``.
    """
    reason = request.POST.get("reason", "")[:500]
    if what == "team":
        team = next((each for each in teams() if each.public_id == request.POST.get("team")), None)
        if team is None:
            raise TicketError("ticket.unknown_team")
        return lambda ticket: Change(ticket, team=team, reason=reason)
    if what == "status":
        status = request.POST.get("status", "")
        return lambda ticket: Change(ticket, status=status, reason=reason)
    to = access_to(request).person if what == "take" else _to(request)
    return lambda ticket: Change(ticket, is_assigned=True, assignee=to)


def _to(request: HttpRequest) -> Person | None:
    ref = request.POST.get("to", "me")
    if ref == "me":
        return access_to(request).person
    if ref == "nobody":
        return None
    found = next((each for each in staff_with("tickets.reply", reader_of(request).now) if each.public_id == ref), None)
    if found is None:
        raise TicketError("ticket.unknown_assignee")
    return found


def back_of(request: HttpRequest) -> str:
    """
    Return the page of the desk that the form came from.
    """
    back = request.POST.get("back", "")
    return back if is_own(back) and back.startswith("/desk/") else "/desk/"
