"""
Saved answers and one's signature: kept on a page of their own, and put into the reply box of a ticket filled with its
facts.

Invariant: an answer put into a reply is text like any other: the agent reads and changes it before it is sent. What is
told to a customer is in their zone and language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import formats, timezone, translation
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upheld.apps.channels.selectors import unread_count
from upheld.apps.parties import placeholders
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import teams
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import SavedAnswer
from upheld.apps.tickets.selectors import TicketPage
from upheld.apps.tickets.services import conversation, saved_answers
from upheld.core.calendars.zones import zone
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant
from upheld.web.desk import labels, ticket_page
from upheld.web.desk.permission import access_to, needs, person_of, reader_of
from upheld.web.desk.sharing import for_whom
from upheld.web.moments import local
from upheld.wording import say

WRITE: Final = ("tickets.reply", "tickets.note")
BECOMES: Final[Mapping[str, Lazy]] = {
    "ticket.number": gettext_lazy("the ticket's number"),
    "ticket.subject": gettext_lazy("its subject"),
    "requester.name": gettext_lazy("who asked"),
    "customer.name": gettext_lazy("their company"),
    "agent.name": gettext_lazy("you"),
    "contract.tier": gettext_lazy("the tier of the contract"),
    "clock.metric": gettext_lazy("the next promise"),
    "clock.due": gettext_lazy("until when it is promised, in the requester's zone"),
}
"""Each placeholder, with what stands for it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """
    An answer with a ticket's facts in place.
    """

    answer: SavedAnswer
    text: str


def facts_of(page: TicketPage, agent: Person) -> dict[str, str]:
    """
    Return the facts of a ticket for its requester, in their zone and language; a fact that is not there is empty.
    """
    ticket, requester = page.ticket, page.ticket.requester
    with translation.override(requester.language), timezone.override(zone(requester.zone)):
        return {
            "ticket.number": f"#{ticket.number}",
            "ticket.subject": ticket.subject,
            "requester.name": requester.name,
            "customer.name": ticket.customer.name,
            "agent.name": str(agent),
            "contract.tier": labels.tier(page.plan, ticket.tier),
            "clock.metric": labels.metric(page.plan, ticket.next_metric) if ticket.next_metric else "",
            "clock.due": _moment(ticket.next_due_at) if ticket.next_due_at is not None else "",
        }


def _moment(instant: Instant) -> str:
    """
    Return a moment to the minute with its zone, as a customer can rely on it.
    """
    place = timezone.get_current_timezone_name().rsplit("/", 1)[-1].replace("_", " ")
    return f"{formats.date_format(local(instant), _('l j F Y, H:i'))} ({place})"


# ---- in a reply -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*WRITE)
def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show the answers filled with a ticket's facts; a form keeps what was typed so far, and the one that is chosen is put
    below it. The reply box shows the same list without leaving the page.
    """
    page, by = ticket_page.page_of(request, public_id), person_of(request)
    if request.method == "POST":
        return _put(request, page, by)
    facts = facts_of(page, by)
    found = [Filled(each, placeholders.fill(each.text, facts)) for each in selectors.answers_of(access_to(request))]
    shown = {"ticket": page.ticket, "answers": found, "nav_desk": True, "unread": unread_count(access_to(request))}
    return render(request, "desk/choose_answer.html", shown)


def _put(request: HttpRequest, page: TicketPage, by: Person) -> HttpResponse:
    """
    Keep what was typed as the draft, with the chosen answer below it, and go on where it belongs.
    """
    ref, here = request.POST.get("answer", ""), f"/desk/tickets/{page.ticket.public_id}/"
    typed = request.POST.get("text")
    if typed is None:
        typed = page.draft.fields.get("text", "") if page.draft else ""
    if ref:
        answer = selectors.find_answer(access_to(request), ref)
        if answer is None:
            raise Http404
        filled = placeholders.fill(answer.text, facts_of(page, by))
        typed = f"{typed.rstrip()}\n\n{filled}" if typed.strip() else filled
    if typed.strip():
        place = f"ticket:{page.ticket.public_id}"
        conversation.save_draft(person=by, place=place, fields={"text": typed}, now=reader_of(request).now)
    return HttpResponseRedirect(f"{here}#reply" if ref else f"{here}answers/")


# ---- the page of answers --------------------------------------------------------------------------------------------


@require_safe
@needs(*WRITE)
def page(request: HttpRequest) -> HttpResponse:
    """
    List the answers that the agent can use, with a form for a new one, and their signature.
    """
    return _page(request)


def _page(request: HttpRequest, problem: str = "", *, form: str = "", status: int = 200) -> HttpResponse:
    access = access_to(request)
    shown = {
        "nav_answers": True,
        "unread": unread_count(access),
        "answers": selectors.answers_of(access),
        "teams": teams(),
        "may_share": access.may("views.share"),
        "placeholders": [(f"{{{name}}}", words) for name, words in BECOMES.items()],
        "problem": problem,
        "form": form,
        "typed": {name: str(value) for name, value in request.POST.items()} if problem else {},
        "person": access.person,
        "signature": placeholders.signature_of(access.person),
        "most_text": saved_answers.MOST_ANSWER,
        "most_signature": parties.MOST_SIGNATURE,
    }
    return render(request, "desk/answers.html", shown, status=status)


def _given(request: HttpRequest) -> dict[str, Any]:
    """
    Return title, text and audience of a form; raises what :func:`for_whom` raises.
    """
    words = {"title": request.POST.get("title", ""), "text": request.POST.get("text", "")}
    return {**words, **for_whom(request)}


@require_POST
@needs(*WRITE)
def save(request: HttpRequest) -> HttpResponse:
    """
    Keep a new answer.
    """
    try:
        made = saved_answers.save_answer(owner=person_of(request), now=reader_of(request).now, **_given(request))
    except UpheldError as error:
        return _page(request, say(error.code, error.params), form="new", status=422)
    messages.success(request, _("“%(title)s” is kept.") % {"title": made.title})
    return HttpResponseRedirect("/desk/answers/")


def _answer(request: HttpRequest, public_id: str) -> SavedAnswer:
    found = selectors.find_answer(access_to(request), public_id)
    if found is None:
        raise Http404
    return found


@require_POST
@needs(*WRITE)
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Change an answer of one's own.
    """
    answer = _answer(request, public_id)
    try:
        given = _given(request)
        saved_answers.change_answer(answer=answer, by=person_of(request), now=reader_of(request).now, **given)
    except UpheldError as error:
        return _page(request, say(error.code, error.params), form=public_id, status=422)
    messages.success(request, _("The answer is changed."))
    return HttpResponseRedirect("/desk/answers/")


@require_POST
@needs(*WRITE)
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Delete an answer.
    """
    answer, access = _answer(request, public_id), access_to(request)
    try:
        saved_answers.delete_answer(answer=answer, by=access.person, may_share=access.may("views.share"))
    except UpheldError as error:
        return _page(request, say(error.code, error.params), form=public_id, status=422)
    messages.success(request, _("“%(title)s” is deleted.") % {"title": answer.title})
    return HttpResponseRedirect("/desk/answers/")


@require_POST
@needs(*WRITE)
def sign(request: HttpRequest) -> HttpResponse:
    """
    Keep the agent's signature.
    """
    try:
        parties.set_signature(person=person_of(request), text=request.POST.get("signature", ""))
    except UpheldError as error:
        return _page(request, say(error.code, error.params), form="signature", status=422)
    messages.success(request, _("Your signature is kept."))
    return HttpResponseRedirect("/desk/answers/")
