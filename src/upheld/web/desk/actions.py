"""
What an agent does on a ticket; each a form that is posted, one service, and the page again.

Invariant: a refusal changes nothing and loses nothing that was typed; what somebody else did meanwhile is shown before
it is overtaken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from upheld.apps.contracts.selectors import contracts_of_customer
from upheld.apps.parties.models import Person
from upheld.apps.parties.placeholders import signed
from upheld.apps.parties.selectors import staff_with
from upheld.apps.tickets.models import Message, Ticket
from upheld.apps.tickets.selectors import TicketPage
from upheld.apps.tickets.services import conversation, files, handling
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant
from upheld.web import plan_words
from upheld.web.desk import labels, ticket_page
from upheld.web.desk.permission import access_to, needs, person_of, reader_of
from upheld.web.desk.ticket_page import Refused
from upheld.wording import say

AT_ONCE_SECONDS = 90
NO_SPACE = 507
CONFLICT = 409


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}


def _done(ticket: Ticket, words: str, request: HttpRequest, *, tail: str = "") -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(f"/desk/tickets/{ticket.public_id}/{tail}")


def _act(
    request: HttpRequest, public_id: str, form: str, change: Callable[[TicketPage, Person, Instant], str]
) -> HttpResponse:
    """
    Do a change and show the page again; a refusal is shown in the form that asked for it.
    """
    page = ticket_page.page_of(request, public_id)
    try:
        words = change(page, person_of(request), reader_of(request).now)
    except UpheldError as error:
        refused = Refused(form, plan_words.refusal(error, page.plan, labels.language()), _typed(request))
        return ticket_page.answer(request, page, refused)
    return _done(page.ticket, words, request)


@require_POST
@needs("tickets.reply", "tickets.note")
def speak(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Send a reply or write a note, with its files; where others wrote meanwhile, show both texts first.
    """
    is_note = request.POST.get("as") == "note"
    access, page = access_to(request), ticket_page.page_of(request, public_id)
    if not access.may("tickets.note" if is_note else "tickets.reply"):
        raise PermissionDenied
    text = request.POST.get("text", "").replace("\x00", "")
    sent = text if is_note or not text.strip() else signed(text, access.person)
    newer = _newer(request, page)
    if any(each.author_id == access.person.pk and each.payload.text == sent for each in newer):
        return HttpResponseRedirect(f"/desk/tickets/{public_id}/?sent=1#latest")  # the same form, posted twice
    kept, refusals = _files(request, page)
    if newer and not is_note:
        words = _("Somebody wrote while you did. Read it below; your text is kept, and sending it again is one click.")
        since = _number(request.POST.get("seq"))
        return _again(request, page, words, kept, since=since, status=CONFLICT)
    if refusals:
        is_full = any(each.code == "file.no_space" for each in refusals)
        words = " ".join(say(each.code, each.params) for each in refusals)
        return _again(request, page, words, kept, status=NO_SPACE if is_full else 422)
    try:
        words = _said(request, page, sent, kept, is_note=is_note)
    except UpheldError as error:
        return _again(request, page, say(error.code, error.params), kept)
    return _done(page.ticket, words, request, tail="?sent=1#latest")


def _said(request: HttpRequest, page: TicketPage, text: str, kept: list[dict[str, object]], *, is_note: bool) -> str:
    by, now, stored = person_of(request), reader_of(request).now, tuple(kept)
    if is_note:
        conversation.note(ticket=page.ticket, by=by, text=text, now=now, files=stored)
        return _("Your note is kept.")
    then = request.POST.get("then") or None
    conversation.reply(
        ticket=page.ticket,
        by=by,
        text=text,
        now=now,
        then_status=then,
        files=stored,
        expected_version=page.ticket.version,
    )
    return _("Your reply is sent.")


def _newer(request: HttpRequest, page: TicketPage) -> list[Message]:
    seen = _number(request.POST.get("seq"))
    return [each for each in page.messages if seen is not None and each.seq > seen]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004  (no ticket has more events)


def _files(request: HttpRequest, page: TicketPage) -> tuple[list[dict[str, object]], list[files.FileError]]:
    """
    Return the files of the form: those that an earlier refusal kept, and those that came with it.
    """
    place = f"ticket:{page.ticket.public_id}"
    before = files.unseal(sealed=request.POST.getlist("kept"), person=person_of(request), place=place)
    new, refusals = files.store_all(
        sent=request.FILES.getlist("files"), customer_id=page.ticket.customer_id, already=len(before)
    )
    return [*before, *new], refusals


def _again(  # noqa: PLR0913  (what a refused form is made of)
    request: HttpRequest,
    page: TicketPage,
    words: str,
    kept: list[dict[str, object]],
    *,
    since: int | None = None,
    status: int = 422,
) -> HttpResponse:
    place, by = f"ticket:{page.ticket.public_id}", person_of(request)
    sealed = tuple((str(each["name"]), files.seal(stored=each, person=by, place=place)) for each in kept)
    refused = Refused("speak", words, _typed(request), sealed, since)
    return ticket_page.answer(request, page, refused, status=status)


@require_POST
@needs("tickets.reply", "tickets.note")
def draft(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Keep what the agent has typed so far, and whether it is a note.
    """
    page = ticket_page.page_of(request, public_id)
    text, place = request.POST.get("text", "").replace("\x00", ""), f"ticket:{page.ticket.public_id}"
    if text.strip():
        fields = {"text": text} | ({"as": "note"} if request.POST.get("as") == "note" else {})
        conversation.save_draft(person=person_of(request), place=place, fields=fields, now=reader_of(request).now)
    else:
        conversation.forget_draft(person=person_of(request), place=place)
    return HttpResponse(status=204)


@require_POST
@needs("tickets.classify")
def severity(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Assign the severity, or confirm what the customer said.
    """

    def change(page: TicketPage, by: Person, now: Instant) -> str:
        if request.POST.get("confirm"):
            handling.confirm_severity(ticket=page.ticket, by=by, now=now, expected_version=_version(request))
            return _("Severity confirmed.")
        chosen, reason = request.POST.get("severity", ""), request.POST.get("reason", "")
        handling.assign_severity(
            ticket=page.ticket, severity=chosen, by=by, reason=reason, now=now, expected_version=_version(request)
        )
        return _("Severity assigned.")

    return _act(request, public_id, "severity", change)


def _version(request: HttpRequest) -> int | None:
    return _number(request.POST.get("version"))


@require_POST
@needs("tickets.status")
def status(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Change for whom the ticket waits; resolve, close or reopen it.
    """

    def change(page: TicketPage, by: Person, now: Instant) -> str:
        wanted, reason = request.POST.get("status", ""), request.POST.get("reason", "")
        handling.change_status(
            ticket=page.ticket, status=wanted, by=by, now=now, reason=reason, expected_version=_version(request)
        )
        return _("The ticket is %(status)s.") % {"status": labels.status(wanted).lower()}

    return _act(request, public_id, "status", change)


@require_POST
@needs("tickets.assign")
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Give the ticket to the agent, to somebody else, or to nobody.
    """

    def change(page: TicketPage, by: Person, now: Instant) -> str:
        ref = request.POST.get("to", "")
        if not ref:
            handling.assign(ticket=page.ticket, to=None, by=by, now=now, expected_version=_version(request))
            return _("The ticket is nobody's.")
        staff = {each.public_id: each for each in staff_with("tickets.reply", now, team=page.ticket.team_id)}
        to = by if ref == "me" else staff.get(ref)
        if to is None:
            raise UpheldError("ticket.unknown_assignee")
        handling.assign(ticket=page.ticket, to=to, by=by, now=now, expected_version=_version(request))
        return _("The ticket is %(name)s's.") % {"name": to} if to != by else _("The ticket is yours.")

    return _act(request, public_id, "assign", change)


@require_POST
@needs("tickets.classify")
def coverage(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Decide whether the plan covers the request.
    """

    def change(page: TicketPage, by: Person, now: Instant) -> str:
        wanted, reason = request.POST.get("coverage", ""), request.POST.get("reason", "")
        handling.decide_coverage(
            ticket=page.ticket, coverage=wanted, by=by, reason=reason, now=now, expected_version=_version(request)
        )
        return _("Coverage decided.")

    return _act(request, public_id, "coverage", change)


@require_POST
@needs("tickets.classify")
def intake(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Say that everything the plan demands is there.
    """

    def change(page: TicketPage, by: Person, now: Instant) -> str:
        handling.complete_intake(ticket=page.ticket, by=by, now=now)
        return _("Everything is there.")

    return _act(request, public_id, "intake", change)


@require_POST
@needs("contracts.write", "tickets.classify")
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Release a held ticket under a contract that runs.
    """

    def change(page: TicketPage, by: Person, now: Instant) -> str:
        ref, reason = request.POST.get("contract", ""), request.POST.get("reason", "")
        contracts = {each.public_id: each for each in contracts_of_customer(page.ticket.customer_id)}
        if ref not in contracts:
            raise UpheldError("ticket.foreign_contract")
        handling.release(ticket=page.ticket, contract=contracts[ref], by=by, reason=reason, now=now)
        return _("Released.")

    return _act(request, public_id, "release", change)


@require_POST
@needs("tickets.log_call")
def call(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Log a telephone call, now or, by those who may, back-dated with a reason.
    """

    def change(page: TicketPage, by: Person, now: Instant) -> str:
        at = _instant(request, now)
        if at is not None and now - at > AT_ONCE_SECONDS and not access_to(request).may("tickets.backdate"):
            raise PermissionDenied
        conversation.log_call(
            ticket=page.ticket,
            by=by,
            inbound=request.POST.get("direction") != "out",
            now=now,
            at=at,
            seconds=(_number(request.POST.get("minutes")) or 0) * 60 or None,
            text=request.POST.get("text", "").replace("\x00", ""),
            reason=request.POST.get("reason", ""),
        )
        return _("The call is logged.")

    return _act(request, public_id, "call", change)


def _instant(request: HttpRequest, now: Instant) -> Instant | None:
    """
    Return the moment that was typed in the agent's zone; nothing where none was.
    """
    text = request.POST.get("at", "").strip()
    if not text:
        return None
    try:
        typed = dt.datetime.fromisoformat(text.replace(" ", "T"))
    except ValueError:
        raise UpheldError("event.bad_moment", given=text[:40]) from None
    if typed.tzinfo is None:
        typed = typed.replace(tzinfo=reader_of(request).zone)
    at = int(typed.timestamp())
    # A minute is typed, an instant is meant: this minute is now.
    return now if 0 <= now - at < 60 else at  # noqa: PLR2004
