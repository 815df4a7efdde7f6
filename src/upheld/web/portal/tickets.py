"""
The list of tickets and a ticket's page, for its customer.

Invariant: a ticket of somebody else answers exactly as one that is missing; a poll writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts.selectors import channels_now, designations_of, hours_now, is_in_term, portal_channel
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.selectors import TicketPage, attachment, find, portal_list, sees_all_of, ticket_page
from upheld.apps.tickets.services import conversation, files
from upheld.apps.tickets.services.intake import MOST_TEXT
from upheld.apps.tickets.services.recording import TicketError
from upheld.rendering.explanations import Reader as PlanReader
from upheld.web.portal.names import called, plan_reader, shown_name
from upheld.web.portal.permission import PortalRequest, for_customers
from upheld.web.portal.promises import Headline, Teller, over, untold
from upheld.web.portal.rows import row_words
from upheld.web.portal.story import entries, missing
from upheld.wording import say

STATES: Final[Mapping[str, bool | None]] = {"open": True, "closed": False, "all": None}
MOST_SEARCH: Final = 200
MOST_DIGITS: Final = 18


@require_GET
@for_customers("own.read")
def ticket_list(request: PortalRequest) -> HttpResponse:
    """
    Show one's own tickets, or all of one's organisations as far as one may read them.
    """
    state = request.GET.get("state", "open")
    text = request.GET.get("q", "").replace("\0", "")[:MOST_SEARCH]
    sees_more = bool(sees_all_of(request.portal))
    whose = "mine" if request.GET.get("whose") == "mine" or not sees_more else "all"
    page = portal_list(
        request.portal,
        is_open=STATES.get(state, True),
        text=text,
        only_mine=whose == "mine",
        before=key_of(request.GET.get("before", "")),
    )
    plans, now = page.plans, request.reader.now
    rows = [
        (each, row_words(each, plans.get(each.plan_version_id or 0), now), _requester(request, each))
        for each in page.tickets
    ]
    kept = {"state": state if state in STATES else "open", "whose": whose, "q": text}
    older = f"?{urlencode({**kept, 'before': '{}-{}'.format(*page.following)})}" if page.following else ""
    facts = {"rows": rows, **kept, "sees_more": sees_more, "older": older, "is_later": "before" in request.GET}
    return render(request, "portal/tickets.html", {**shell(request, "tickets"), **facts})


def shell(request: PortalRequest, active: str) -> dict[str, Any]:
    """
    Return what each page of the portal shows around itself. One query.
    """
    return {"here": active, "unread": unread_count(request.person)}


def _requester(request: PortalRequest, ticket: Ticket) -> str:
    return shown_name(ticket.requester, request.person, by_customer=True)


def key_of(text: str) -> tuple[int, int] | None:
    """
    Return the key of the page that is asked for; what is none asks for the first page.
    """
    at, _dash, key = text.partition("-")
    if at.isdecimal() and key.isdecimal() and max(len(at), len(key)) <= MOST_DIGITS:
        return int(at), int(key)
    return None


@require_GET
@for_customers("own.read")
def ticket(request: PortalRequest, public_id: str) -> HttpResponse:
    """
    Show a ticket: its promise, the conversation, and a box to write.
    """
    return _page(request, _found(request, public_id))


def _found(request: PortalRequest, public_id: str) -> TicketPage:
    page = ticket_page(request.portal, public_id, internal=False)
    if page is None:
        raise Http404
    return page


def _page(request: PortalRequest, page: TicketPage, *, status: int = 200, **facts: Any) -> HttpResponse:
    draft = page.draft.fields.get("text", "") if page.draft else ""
    context = {
        **shell(request, "tickets"),
        **_told(request, page),
        **_talk(request, page),
        **_aside(request, page),
        "may_write": may_write(request, page.ticket),
        "text": draft,
        "is_new": "sent" in request.GET,
        "most_files": files.MOST_FILES,
        "most_mb": files.MOST_BYTES // 2**20,
        **facts,
    }
    return render(request, "portal/ticket.html", context, status=status)


def may_write(request: PortalRequest, found: Ticket) -> bool:
    """
    Return whether the person may write on a ticket: their own, or any of the customer's with the right for that.
    """
    is_own = found.requester_id == request.person.pk
    return request.portal.may_in(found.customer_id, "own.reply" if is_own else "customer.reply")


def words_of(request: PortalRequest, page: TicketPage) -> PlanReader | None:
    """
    Return the words of the ticket's plan for the reader, where it has a plan.
    """
    return plan_reader(page.plan, request.reader.zone, get_language() or "en") if page.plan else None


def _told(request: PortalRequest, page: TicketPage) -> dict[str, Any]:
    """
    Return the headline and all promises of a ticket.
    """
    found, now, words = page.ticket, request.reader.now, words_of(request, page)
    headline: Headline | None = over(found, now)
    lines = []
    if page.rules is not None and page.folded is not None and words is not None:
        teller = Teller(page.rules, words, now, request.reader.zone_name)
        headline = headline or teller.headline(page.folded, found.status)
        lines = teller.lines(page.folded)
    return {
        "ticket": found,
        "headline": headline or untold(found),
        "lines": lines,
        "promise_tag": _promise_tag(request, found),
    }


def _talk(request: PortalRequest, page: TicketPage) -> dict[str, Any]:
    words = words_of(request, page)
    return {
        "ticket": page.ticket,
        "entries": entries(page, request.person, words),
        "missing": missing(page.events, words) if page.ticket.is_open and not page.ticket.resolved_at else [],
        "is_held_up": page.plan is not None and page.plan.intake.missing in ("clock_pauses", "clock_not_started"),
        "talk_tag": _talk_tag(page.ticket),
    }


def _aside(request: PortalRequest, page: TicketPage) -> dict[str, Any]:
    """
    Return hours and telephone for the severity of the ticket, and what it is under. One query.
    """
    found, words, now = page.ticket, words_of(request, page), request.reader.now
    facts: dict[str, Any] = {"words": words, "requester": _requester(request, found)}
    contract = found.contract
    if words is None or contract is None:
        return facts
    facts |= {
        "contract": contract,
        "tier": words.tier(contract.tier),
        "severity": _severity(found, words),
        "environment": called(words.plan, "environments", found.environment, words.language),
        "kind": called(words.plan, "request_types", found.request_type, words.language),
    }
    if page.rules is None or not found.is_open or not is_in_term(contract, now):
        return facts
    severity = page.folded.severity if page.folded else None
    designated = bool(designations_of(request.person.pk, contract, now))
    channels = channels_now(page.rules, now, is_designated=designated)
    telephones = [each for each in channels if each.channel.kind == "telephone" and severity in each.open_for]
    hours = hours_now(page.rules, now, severity=severity, channel=portal_channel(words.plan))
    return {**facts, "hours": hours, "telephones": telephones}


def _severity(found: Ticket, words: PlanReader) -> str:
    if found.severity and found.is_severity_assigned:
        return words.severity(found.severity)
    urgency = words.plan.urgencies.get(found.urgency)
    if urgency is not None:
        return words.named(urgency.name, found.urgency)
    return words.severity(found.urgency) if found.urgency else ""


def _promise_tag(request: PortalRequest, found: Ticket) -> str:
    """
    Return what changes whenever the promise reads differently: the ticket, or the minute.
    """
    return f'"p{found.version}-{found.generation}-{request.reader.now // 60}"'


def _talk_tag(found: Ticket) -> str:
    return f'"t{found.version}"'


@require_GET
@for_customers("own.read")
def live_promise(request: PortalRequest, public_id: str) -> HttpResponseBase:
    """
    Show the promise anew if it reads differently by now.
    """
    found = _visible(request, public_id)
    tag = _promise_tag(request, found)
    if request.headers.get("If-None-Match") == tag:
        return _unchanged(tag)
    return _live(request, "portal/headline.html", _told(request, _found(request, public_id)), tag)


@require_GET
@for_customers("own.read")
def live_conversation(request: PortalRequest, public_id: str) -> HttpResponseBase:
    """
    Show the conversation anew if something was said or done.
    """
    found = _visible(request, public_id)
    tag = _talk_tag(found)
    if request.headers.get("If-None-Match") == tag:
        return _unchanged(tag)
    return _live(request, "portal/conversation.html", _talk(request, _found(request, public_id)), tag)


def _visible(request: PortalRequest, public_id: str) -> Ticket:
    found = find(request.portal, public_id)
    if found is None:
        raise Http404
    return found


def _unchanged(tag: str) -> HttpResponseBase:
    response = HttpResponseNotModified()
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _live(request: PortalRequest, template: str, facts: Mapping[str, Any], tag: str) -> HttpResponse:
    response = render(request, template, dict(facts))
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_POST
@for_customers("own.reply")
def write(request: PortalRequest, public_id: str) -> HttpResponseBase:
    """
    Take in a message of the customer; what is refused comes back with everything that was typed.
    """
    found, text, place = _writable(request, public_id), request.POST.get("text", ""), f"ticket:{public_id}"
    kept = files.unseal(sealed=request.POST.getlist("kept"), person=request.person, place=place)
    stored, refused = files.store_all(
        sent=request.FILES.getlist("files"), customer_id=found.customer_id, already=len(kept)
    )
    stored = [*kept, *stored]
    problems = [say(each.code, each.params) for each in refused]
    if not problems:
        try:
            _written(request, found, text, stored)
        except TicketError as error:
            problems = [say(error.code, error.params)]
        else:
            return HttpResponseRedirect(f"{reverse('portal:ticket', args=[public_id])}?sent=1#write")
    sealed = [(each, files.seal(stored=each, person=request.person, place=place)) for each in stored]
    facts = {"text": text[: 2 * MOST_TEXT], "problems": problems, "kept": sealed}
    return _page(request, _found(request, public_id), status=HTTPStatus.UNPROCESSABLE_ENTITY, **facts)


def _writable(request: PortalRequest, public_id: str) -> Ticket:
    found = _visible(request, public_id)
    if not may_write(request, found):
        raise Http404
    return found


def _written(request: PortalRequest, found: Ticket, text: str, stored: list[dict[str, Any]]) -> None:
    seen = request.POST.get("seen", "")
    conversation.customer_message(
        ticket=found,
        by=request.person,
        text=text.replace("\0", ""),
        now=request.reader.now,
        files=tuple(stored),
        seen_messages=int(seen) if seen.isdecimal() and len(seen) < MOST_DIGITS else None,
    )


@require_POST
@for_customers("own.reply")
def solved(request: PortalRequest, public_id: str) -> HttpResponseBase:
    """
    Take it from the customer that it works again.
    """
    found = _writable(request, public_id)
    try:
        conversation.customer_resolves(ticket=found, by=request.person, now=request.reader.now)
    except TicketError as error:
        messages.info(request, say(error.code, error.params))
    else:
        messages.success(request, _("Good to hear. Write again if it comes back: that opens the ticket again."))
    return redirect("portal:ticket", public_id=public_id)


@require_POST
@for_customers("own.reply")
def keep_draft(request: PortalRequest, public_id: str) -> HttpResponse:
    """
    Keep what somebody has typed for a ticket so far.
    """
    found = _writable(request, public_id)
    text = request.POST.get("text", "").replace("\0", "")
    place = f"ticket:{found.public_id}"
    if text.strip():
        conversation.save_draft(person=request.person, place=place, fields={"text": text}, now=request.reader.now)
    else:
        conversation.forget_draft(person=request.person, place=place)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_GET
@for_customers("own.read")
def download(request: PortalRequest, public_id: str) -> HttpResponseBase:
    """
    Give a file of a ticket, always as a download that no browser runs.
    """
    found = attachment(request.portal, public_id)
    if found is None:
        raise Http404
    try:
        opened = files.read(found)
    except files.FileError:
        raise Http404 from None
    response = FileResponse(opened, as_attachment=True, filename=found.name, content_type="application/octet-stream")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
