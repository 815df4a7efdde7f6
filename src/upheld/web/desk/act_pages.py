"""
The pages of the acts on a ticket: each says first what it would do to the promises, and does it when it is sent.

Invariant: looking at an act writes nothing; a refusal changes nothing and shows the form as it was typed.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from upheld.apps.channels.selectors import unread_count
from upheld.apps.tickets import selectors
from upheld.apps.tickets.selectors import TicketPage
from upheld.apps.tickets.suppositions import suppose
from upheld.core.errors import UpheldError
from upheld.web.desk import act_forms, ticket_page
from upheld.web.desk.acts import Act, Doing, Given
from upheld.web.desk.effects import Teller
from upheld.web.desk.permission import View, access_to, needs, reader_of
from upheld.wording import say


def view_of(act: Act) -> View:
    """
    Return the view of an act: shown on GET, done on POST.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @needs(act.right)
    def view(request: HttpRequest, public_id: str) -> HttpResponse:
        page, access, reader = ticket_page.page_of(request, public_id), access_to(request), reader_of(request)
        if request.method == "POST":
            return _done(request, act, page)
        named = {name: value[:200] for name, value in request.GET.items()}
        form = act.form(initial=_initial(act, page, named), page=page, reader=reader)
        return _shown(request, act, form, Doing(page, access, reader.now, named))

    return view


def _initial(act: Act, page: TicketPage, named: Given) -> Given:
    """
    Return what a fresh form holds: what the address names, and for a split the message's first line as the subject.
    """
    found: Given = dict(named)
    if act.name == "split":
        message = next((each for each in page.messages if each.public_id == named.get("message")), None)
        first = message.payload.text.strip().splitlines()[:1] if message is not None else []
        found["subject"] = first[0][:120] if first else ""
    return found


def _done(request: HttpRequest, act: Act, page: TicketPage) -> HttpResponse:
    access, reader = access_to(request), reader_of(request)
    form = act.form(request.POST, page=page, reader=reader)
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 10 else None  # noqa: PLR2004
    if not form.is_valid():
        return _shown(request, act, form, Doing(page, access, reader.now, dict(request.POST.items())), status=422)
    doing = Doing(page, access, reader.now, form.cleaned_data, seen)
    try:
        words = act.do(doing)
    except UpheldError as error:
        form.add_error(None, say(error.code, error.params))
        return _shown(request, act, form, doing, status=422)
    messages.success(request, words)
    is_still_seen = selectors.find(access, page.ticket.public_id) is not None
    return HttpResponseRedirect(f"/desk/tickets/{page.ticket.public_id}/" if is_still_seen else "/desk/")


def _shown(request: HttpRequest, act: Act, form: act_forms.ActForm, doing: Doing, *, status: int = 200) -> HttpResponse:
    page = doing.page
    more = act.more(doing) if act.more is not None else {}
    context = {
        "act": act,
        "form": form,
        "ticket": page.ticket,
        "lines": _lines(request, act, doing),
        "nav_desk": True,
        "unread": unread_count(access_to(request)),
        **more,
    }
    return render(request, act.template, context, status=status)


def _lines(request: HttpRequest, act: Act, doing: Doing) -> list[str]:
    """
    Return what the act would do to each promise now, in words; nothing where that depends on the form.
    """
    page, reader = doing.page, reader_of(request)
    words = ticket_page.plan_reader(page, reader)
    if act.supposed is None or page.rules is None or words is None:
        return []
    try:
        _clocks, effects = suppose(page.events, act.supposed(doing), page.rules, reader.now)
    except UpheldError:
        return []
    teller = Teller(words, reader.now)
    return [teller.line(each) for each in effects]
