"""
The list of tickets and a ticket's page, for its customer.

Invariant: a ticket of somebody else answers exactly as one that is missing; a poll writes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
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
from django.views.decorators.http import require_POST, require_safe

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts.selectors import (
    ChannelNow,
    channels_now,
    designations_of,
    hours_now,
    is_in_term,
    only_writers,
    portal_channel,
)
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.selectors import (
    TicketPage,
    attachment,
    colleagues_of,
    find,
    portal_list,
    sees_all_of,
    ticket_page,
)
from upheld.apps.tickets.services import conversation, files, posting
from upheld.apps.tickets.services.intake import MOST_TEXT
from upheld.apps.tickets.services.recording import TicketError
from upheld.core import events as ev
from upheld.core.severity.reporting import channels_used, unreported
from upheld.rendering.explanations import Reader as PlanReader
from upheld.rendering.explanations import plain
from upheld.web.portal.forms import ASKED, AnswersForm
from upheld.web.portal.names import called, plan_reader, shown_name
from upheld.web.portal.permission import PortalRequest, for_customers
from upheld.web.portal.promises import Headline, Teller, over, untold
from upheld.web.portal.rows import row_words
from upheld.web.portal.story import entries, missing, question
from upheld.web.words import say

log = logging.getLogger("upheld.web")
STATES: Final = ("open", "yours", "closed", "all")
MOST_SEARCH: Final = 200
MOST_DIGITS: Final = 18


@require_safe
@for_customers("own.read")
def ticket_list(request: PortalRequest) -> HttpResponse:
    """
    Show one's own tickets, or all of one's organisations as far as one may read them.
    """
    state = request.GET.get("state", "open")
    text = request.GET.get("q", "").replace("\0", "")[:MOST_SEARCH]
    sees_more = bool(sees_all_of(request.portal))
    whose = "mine" if request.GET.get("whose") == "mine" or not sees_more else "all"
    colleagues = colleagues_of(request.portal) if sees_more else []
    colleague = next((each for each in colleagues if each.public_id == request.GET.get("by", "")), None)
    page = portal_list(
        request.portal,
        state=state if state in STATES else "open",
        text=text,
        only_mine=whose == "mine",
        requester=colleague,
        before=key_of(request.GET.get("before", "")),
    )
    plans, now = page.plans, request.reader.now
    rows = [
        (each, row_words(each, plans.get(each.plan_version_id or 0), now), _requester(request, each))
        for each in page.tickets
    ]
    kept = {"state": state if state in STATES else "open", "whose": whose, "q": text}
    kept["by"] = colleague.public_id if colleague else ""
    older = f"?{urlencode({**kept, 'before': '{}-{}'.format(*page.following)})}" if page.following else ""
    facts = {"rows": rows, **kept, "sees_more": sees_more, "older": older, "is_later": "before" in request.GET}
    facts["colleagues"] = [(each, shown_name(each, request.person, by_customer=True)) for each in colleagues]
    return render(request, "portal/tickets.html", {**shell(request, "tickets"), **facts})


def shell(request: PortalRequest, active: str) -> dict[str, Any]:
    """
    Return what each page of the portal shows around itself. One query.
    """
    return {"here": active, "unread": unread_count(request.portal)}


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


@require_safe
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
        "only_writers": _only_writers(request, page.ticket),
        "asks_confirmation": is_solved_by_support(page),
        "answers": answers_form(page),
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


def is_solved_by_support(page: TicketPage) -> bool:
    """
    Return whether support says that a ticket is solved and the customer has not said so.
    """
    last = next((each for each in reversed(page.events) if isinstance(each, ev.Resolved | ev.Closed)), None)
    return page.ticket.status == "resolved" and last is not None and last.actor.side is not ev.Side.CUSTOMER


def _only_writers(request: PortalRequest, found: Ticket) -> tuple[str, ...]:
    """
    Return who alone may write, where the plan reserves it and the reader is not among them.
    """
    if found.contract is None or not found.is_entitled:
        return ()
    return only_writers(found.contract, request.person.pk, request.reader.now)


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
        "missing": [question(each, words) for each in open_questions(page)],
        "is_held_up": page.plan is not None and page.plan.intake.missing in ("clock_pauses", "clock_not_started"),
        "talk_tag": _talk_tag(page.ticket),
    }


def open_questions(page: TicketPage) -> tuple[str, ...]:
    """
    Return the names of what is still asked for on a ticket that is worked on.
    """
    return missing(page.events) if page.ticket.is_open and not page.ticket.resolved_at else ()


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
    return {**facts, "hours": hours, "telephones": telephones, **_also_by(page, words, channels)}


def _also_by(page: TicketPage, words: PlanReader, channels: Sequence[ChannelNow]) -> dict[str, Any]:
    """
    Return through what else what was stated must be reported before support can confirm it (CPI-2): the channels as
    people call them, the severity, and when they open for it.
    """
    told, plan = page.events, words.plan
    if any(isinstance(each, ev.SeverityAssigned | ev.SeverityConfirmed) for each in told):
        return {}
    urgency = plan.urgencies.get(page.ticket.urgency)
    severity = urgency.severity if urgency is not None else page.ticket.urgency
    missing = unreported(plan, severity, channels_used(told, plan)) if severity else ()
    opens = [each.opens_at for each in channels if each.name in missing and severity not in each.open_for]
    return {
        "also_by": [words.named(plan.channels[each].name, plain(each)) for each in missing],
        "also_for": words.severity(severity),
        "also_opens_at": min((each for each in opens if each is not None), default=None),
    }


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


@require_safe
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


@require_safe
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
    found, place = _writable(request, public_id), f"ticket:{public_id}"
    page = _found(request, public_id)
    form = answers_form(page, request.POST)
    kept = files.unseal(sealed=request.POST.getlist("kept"), person=request.person, place=place)
    stored, refused = files.store_all(
        sent=request.FILES.getlist("files"), customer_id=found.customer_id, already=len(kept)
    )
    stored = [*kept, *stored]
    problems = [say(each.code, each.params) for each in refused]
    if form.is_valid() and not problems:
        try:
            return _posted(request, found, form.answers(), stored)
        except TicketError as error:
            problems = [say(error.code, error.params)]
    sealed = [(each, files.seal(stored=each, person=request.person, place=place)) for each in stored]
    text = request.POST.get("text", "")[: 2 * MOST_TEXT]
    facts = {"text": text, "problems": problems, "kept": sealed, "answers": form, "is_refused": True}
    return _page(request, page, status=HTTPStatus.UNPROCESSABLE_ENTITY, **facts)


def answers_form(page: TicketPage, data: Mapping[str, Any] | None = None) -> AnswersForm:
    """
    Return the fields for what a ticket still lacks.
    """
    draft = {} if page.draft is None else page.draft.fields
    language = get_language() or "en"
    return AnswersForm(data, plan=page.plan, missing=open_questions(page), language=language, initial=draft)


def _writable(request: PortalRequest, public_id: str) -> Ticket:
    found = _visible(request, public_id)
    if not may_write(request, found):
        raise Http404
    return found


def _posted(
    request: PortalRequest, found: Ticket, answers: Mapping[str, str], stored: list[dict[str, Any]]
) -> HttpResponseBase:
    """
    Keep a message and record it. What fails then through an error of ours is not lost, and must not be sent again.
    """
    seen = request.POST.get("seen", "")
    submission = posting.keep(
        ticket=found,
        by=request.person,
        text=request.POST.get("text", "").replace("\0", ""),
        seen=int(seen) if seen.isdecimal() and len(seen) < MOST_DIGITS else None,
        fields=answers,
        files=stored,
        now=request.reader.now,
    )
    try:
        posting.post(submission=submission, now=request.reader.now)
    except TicketError:
        raise
    except Exception:
        log.exception("message %s waits in the spool", submission.public_id)
        conversation.forget_draft(person=request.person, place=f"ticket:{found.public_id}")
        messages.success(
            request, _("We have your message. It appears here in a moment; do not send it again, nothing is lost.")
        )
    return HttpResponseRedirect(f"{reverse('portal:ticket', args=[found.public_id])}?sent=1#write")


@require_POST
@for_customers("own.reply")
def solved(request: PortalRequest, public_id: str) -> HttpResponseBase:
    """
    Take it from the customer that it works again, or that what support did has solved it.
    """
    found = _writable(request, public_id)
    try:
        if request.POST.get("confirm"):
            conversation.customer_confirms(ticket=found, by=request.person, now=request.reader.now)
        else:
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
    typed = {
        name: value.replace("\0", "")
        for name, value in request.POST.items()
        if (name == "text" or name.startswith(ASKED)) and isinstance(value, str) and value.strip()
    }
    place = f"ticket:{found.public_id}"
    if typed:
        conversation.save_draft(person=request.person, place=place, fields=typed, now=request.reader.now)
    else:
        conversation.forget_draft(person=request.person, place=place)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
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
