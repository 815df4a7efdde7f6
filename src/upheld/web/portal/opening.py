"""
A new ticket: the form with the promise that it would have, and sending it.

Invariant: what was sent is spooled before anything else happens to it; looking at the promise writes nothing.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts.selectors import only_writers, portal_channel
from upheld.apps.parties.selectors import customers_of
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.selectors import draft_for, submission_of
from upheld.apps.tickets.services import conversation, files, intake
from upheld.apps.tickets.services.recording import TicketError
from upheld.apps.tickets.services.spool import spool
from upheld.core.plan.model.base import in_language
from upheld.web.portal import choices, questions
from upheld.web.portal.forecast import forecast
from upheld.web.portal.forms import NewTicketForm, new_key
from upheld.web.portal.permission import PortalRequest, for_customers
from upheld.web.words import say

log = logging.getLogger("upheld.web")
CHOICES: Final = ("urgency", "request_type", "place", "product")
KEPT: Final = "kept"
"""Name of the fields that carry files which were stored with a form that came back."""


def basis_of(request: PortalRequest, key: str) -> choices.Basis | None:
    """
    Return what a new ticket comes under: the one that is named, or the only one; nothing where one must be chosen.
    """
    offered = offers(request)
    if key:
        found = next((each for each in offered if each.key == key), None)
        if found is None:
            raise Http404
        return found
    return offered[0] if len(offered) == 1 else None


def offers(request: PortalRequest) -> list[choices.Basis]:
    """
    Return all that a new ticket of this person can come under.
    """
    customers = list(customers_of(request.portal))
    return choices.bases(request.portal, customers, request.reader.now, get_language() or "en")


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers("own.create")
def new_ticket(request: PortalRequest) -> HttpResponseBase:
    """
    Show the form of a new ticket, or take it in.
    """
    basis = basis_of(request, request.POST.get("contract") or request.GET.get("contract", ""))
    if basis is None:
        return render(request, "portal/choose.html", {"offers": offers(request), "here": "new"})
    if request.method == "POST":
        return _take_in(request, basis)
    draft = draft_for(request.person, basis.place)
    initial = {"key": new_key(), **(draft.fields if draft else {})}
    form = NewTicketForm(initial=initial, basis=basis)
    return _page(request, form, draft=draft)


def _take_in(request: PortalRequest, basis: choices.Basis) -> HttpResponseBase:
    form = NewTicketForm(request.POST, basis=basis)
    stored, refused = _stored(request, basis)
    if not form.is_valid() or refused:
        return _again(request, form, stored, refused)
    if "later" not in request.POST and form.demand(stored):
        return _again(request, form, stored, [], may_wait=True)
    return _send(request, form, stored)


def _stored(request: PortalRequest, basis: choices.Basis) -> tuple[list[dict[str, Any]], list[files.FileError]]:
    """
    Return the files of the form: those stored with a form that came back, and those that come now.
    """
    kept = files.unseal(sealed=request.POST.getlist(KEPT), person=request.person, place=basis.place)
    sent_files = request.FILES.getlist("files")
    stored, refused = files.store_all(sent=sent_files, customer_id=basis.customer.pk, already=len(kept))
    return [*kept, *stored], refused


def _send(request: PortalRequest, form: NewTicketForm, stored: list[dict[str, Any]]) -> HttpResponseBase:
    now, basis = request.reader.now, form.basis
    submission = spool(
        key=f"portal:{request.person.pk}:{form.cleaned_data['key']}",
        channel=portal_channel(basis.plan) if basis.plan else "portal",
        person=request.person,
        customer=basis.customer,
        content=form.content(stored),
        now=now,
    )
    try:
        ticket = intake.submit(submission=submission, now=now)
    except TicketError as error:
        form.add_error(None, say(error.code, error.params))
        return _again(request, form, stored, [])
    except Exception:
        # It is spooled, so nothing is lost: the relay makes the ticket. The customer must not send it again.
        log.exception("submission %s waits in the spool", submission.public_id)
        conversation.forget_draft(person=request.person, place=basis.place)
        return redirect("portal:sent", public_id=submission.public_id)
    conversation.forget_draft(person=request.person, place=basis.place)
    return _to(ticket)


def _to(ticket: Ticket) -> HttpResponseRedirect:
    response = redirect("portal:ticket", public_id=ticket.public_id)
    return HttpResponseRedirect(f"{response.url}?sent=1")


def _again(
    request: PortalRequest,
    form: NewTicketForm,
    stored: list[dict[str, Any]],
    refused: list[files.FileError],
    *,
    may_wait: bool = False,
) -> HttpResponse:
    """
    Show the form with its errors and with everything that was typed and uploaded; it gets a token of its own.
    """
    typed = request.POST.copy()
    typed["key"] = new_key()
    form.data = typed
    kept = [(each, files.seal(stored=each, person=request.person, place=form.basis.place)) for each in stored]
    facts = {"kept": kept, "refused": [say(each.code, each.params) for each in refused], "may_wait": may_wait}
    return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, **facts)


def _page(request: PortalRequest, form: NewTicketForm, *, status: int = 200, **facts: Any) -> HttpResponse:
    context = {
        "form": form,
        "basis": form.basis,
        "forecast": forecast(request, form.basis, chosen_of(form)),
        "severity_fields": form.severity_fields(),
        "forecast_params": ",".join(["contract", *(name for name in form.fields if is_choice(name))]),
        "only_writers": _only_writers(request, form.basis),
        "own_fields": list(form.own_fields()),
        "secret_questions": [in_language(each.ask, form.basis.language) for each in form.secrets],
        "files_label": _files_label(form),
        "here": "new",
        "unread": unread_count(request.portal),
        "most_files": files.MOST_FILES,
        "most_mb": files.MOST_BYTES // 2**20,
        **facts,
    }
    return render(request, "portal/new.html", context, status=status)


def _only_writers(request: PortalRequest, basis: choices.Basis) -> tuple[str, ...]:
    """
    Return who alone may write under the contract, where the reader is not among them.
    """
    if basis.contract is None or not basis.is_running:
        return ()
    return only_writers(basis.contract, request.person.pk, request.reader.now)


def _files_label(form: NewTicketForm) -> str:
    """
    Return what the files are asked for: the plan's own words, where it asks for some.
    """
    asked = [in_language(each.ask, form.basis.language) for each in form.asked if each.kind == "file"]
    return " / ".join(asked) or _("Files")


def chosen_of(form: NewTicketForm) -> dict[str, str]:
    """
    Return what is chosen in a form now.
    """
    return {name: str(form[name].value() or "") for name in form.fields if is_choice(name)}


def is_choice(name: str) -> bool:
    """
    Return whether a field of the form decides about what is promised.
    """
    return name in CHOICES or name.startswith(questions.ASKED)


@require_safe
@for_customers("own.create")
def promise(request: PortalRequest) -> HttpResponse:
    """
    Show the promise that a request would have as it is chosen; nothing is written.
    """
    basis = basis_of(request, request.GET.get("contract", ""))
    if basis is None:
        raise Http404
    chosen = {name: str(value) for name, value in request.GET.items() if is_choice(name)}
    facts = {"forecast": forecast(request, basis, chosen), "basis": basis, "is_partial": True}
    return render(request, "portal/forecast.html", facts)


@require_POST
@for_customers("own.create")
def keep_draft(request: PortalRequest) -> HttpResponse:
    """
    Keep what somebody has typed for a new ticket so far.
    """
    basis = basis_of(request, request.POST.get("contract") or request.GET.get("contract", ""))
    if basis is None:
        raise Http404
    form = NewTicketForm(basis=basis)
    names = [name for name in form.fields if name != "key"]
    typed = {name: request.POST[name].replace("\0", "") for name in names if request.POST.get(name)}
    if any(form.is_typed(name) for name in typed):
        conversation.save_draft(person=request.person, place=basis.place, fields=typed, now=request.reader.now)
    else:
        conversation.forget_draft(person=request.person, place=basis.place)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
@for_customers("own.create")
def drop_draft(request: PortalRequest) -> HttpResponseBase:
    """
    Start again with an empty form.
    """
    basis = basis_of(request, request.POST.get("contract", ""))
    if basis is None:
        raise Http404
    conversation.forget_draft(person=request.person, place=basis.place)
    messages.info(request, _("The draft is gone."))
    return HttpResponseRedirect(f"{redirect('portal:new').url}?contract={basis.key}&fresh={basis.key}")


@require_safe
@for_customers("own.create")
def sent(request: PortalRequest, public_id: str) -> HttpResponseBase:
    """
    Say that we have what was sent although it is no ticket yet, and go to the ticket once it is one.
    """
    submission = submission_of(request.person, public_id)
    if submission is None:
        raise Http404
    if submission.ticket is not None:
        return _to(submission.ticket)
    return render(request, "portal/sent.html", {"submission": submission, "here": "tickets"})
