"""
Lists of tickets as files: a short one is downloaded at once, a longer one becomes an export, made in the background.

Invariant: no cell is run by a spreadsheet (``apps.exports.table``); an export is seen and downloaded by who asked for
it; a refresh writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from django.contrib import messages
from django.db import OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts.selectors import plan_of, published_plans
from upheld.apps.exports import selectors, services, table
from upheld.apps.exports.models import Export
from upheld.apps.parties.selectors import find_customer, staff_with, teams
from upheld.apps.tickets.services.views import MOST_QUERY
from upheld.apps.work.patience import is_too_slow
from upheld.core.errors import UpheldError
from upheld.core.instants import to_datetime
from upheld.web.desk import labels, queues
from upheld.web.desk.permission import READ, access_to, needs, person_of, reader_of
from upheld.wording import say

R = TypeVar("R", bound=HttpResponseBase)
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
PAGE = "/desk/exports/"


def csv_answer(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, name: str) -> HttpResponse:
    """
    Return rows as a CSV file to download (UTF-8 with a mark, so that spreadsheets read it as that).
    """
    return _as_file(HttpResponse(table.head(columns) + table.lines(columns, rows)), name)


def _as_file(response: R, name: str) -> R:
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
@needs(*READ)
def tickets_file(request: HttpRequest) -> HttpResponseBase:
    """
    Give the list that the address asks for as CSV, whole; one that is too long for that is offered as an export.
    """
    reader, access = reader_of(request), access_to(request)
    wanted = queues.wanted(request.GET, access.person)
    filters, end = wanted.from_start().filters, queues.end_of_day(reader)
    try:
        rows = selectors.listed(access, filters, reader.now, end_of_day=end)
    except OperationalError as error:
        if not is_too_slow(error):
            raise
        rows = None
    if rows is None:
        query = queues.kept_query(request.GET) or f"queue={wanted.queue.name}"
        return HttpResponseRedirect(f"{PAGE}?list={quote(query)}")
    content = table.head() + table.ticket_lines(rows, access.person.language)
    return _as_file(HttpResponse(content), f"tickets-{wanted.queue.name}.csv")


def _wanted(request: HttpRequest, query: str) -> queues.Wanted:
    return queues.wanted(QueryDict(query[:MOST_QUERY]), access_to(request).person).from_start()


def in_words(request: HttpRequest, wanted: queues.Wanted) -> str:
    """
    Return what a list holds, in words: "Breached · Urgent, High · Northwind Traders · “pallets”".
    """
    filters = wanted.filters
    plans = [plan_of(version.pk) for version in published_plans()] if filters.severity or filters.tier else []
    severities = {name: labels.severity(plan, name) for plan in plans for name in plan.severities}
    tiers = {name: labels.tier(plan, name) for plan in plans for name in plan.tiers}
    parts = [
        str(wanted.queue.words),
        ", ".join(severities.get(each, each) for each in filters.severity),
        ", ".join(tiers.get(each, each) for each in filters.tier),
        ", ".join(labels.status(each) for each in filters.status),
        _customer(request, filters.customer),
        _assignee(request, filters.assignee),
        _team(filters.team),
        _("“%(text)s”") % {"text": " ".join(filters.text.split())} if filters.text.strip() else "",
    ]
    return " · ".join(part for part in parts if part)


def _customer(request: HttpRequest, name: str) -> str:
    found = find_customer(access_to(request), name) if name else None
    return found.name if found else (_("one customer") if name else "")


def _assignee(request: HttpRequest, name: str) -> str:
    if name in ("", "nobody"):
        return _("nobody's") if name else ""
    people = staff_with("tickets.reply", reader_of(request).now)
    found = next((str(each) for each in people if each.public_id == name), name)
    return _("of %(person)s") % {"person": found}


def _team(name: str) -> str:
    if name in ("", "none"):
        return _("no team") if name else ""
    return next((str(each) for each in teams() if each.public_id == name), name)


def _shown(request: HttpRequest) -> dict[str, Any]:
    """
    Return what the table of exports shows, with its tag. One query.
    """
    reader, exports = reader_of(request), selectors.exports_of(access_to(request))
    state = [(each.public_id, each.state, each.done, each.total) for each in exports]
    seen = repr((state, reader.now // 60, reader.zone.key))
    return {
        "exports": [(each, _standing(each), _share(each)) for each in exports],
        "unfinished": sum(each.is_unfinished for each in exports),
        "kept_days": services.KEPT_SECONDS // 86_400,
        "tag": f'"{hashlib.sha256(seen.encode()).hexdigest()[:24]}"',
    }


def _share(export: Export) -> int | None:
    """
    Return how much of an export is written, in percent, where that is known.
    """
    return None if not export.total else min(100, 100 * export.done // export.total)


def _standing(export: Export) -> str:
    """
    Return why there is no file, in words; empty where there is one, or will be.
    """
    return say(export.problem, {}) if export.problem else ""


@require_safe
@needs(*READ)
def page(request: HttpRequest) -> HttpResponse:
    """
    Show the agent's exports; with ``list``, the address of a list, offer to make one of it.
    """
    return _page(request, request.GET.get("list", ""))


def _page(request: HttpRequest, query: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    shown = _shown(request) | {"nav_desk": True, "unread": unread_count(access_to(request)), "problem": problem}
    if query:
        wanted = _wanted(request, query)
        shown |= {"query": queues.kept_query(wanted.query), "title": in_words(request, wanted)}
        shown |= {"most": selectors.MOST_AT_ONCE, "back": f"/desk/?{shown['query']}"}
    return render(request, "desk/exports.html", shown, status=status)


@require_safe
@needs(*READ)
def refresh(request: HttpRequest) -> HttpResponse:
    """
    Answer a page that is open: 304, or the exports as they are now.
    """
    shown = _shown(request)
    response: HttpResponse
    if request.headers.get("If-None-Match") == shown["tag"]:
        response = HttpResponseNotModified()
    else:
        response = render(request, "desk/_exports.html", shown)
    response.headers["ETag"] = shown["tag"]
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_POST
@needs(*READ)
def ask(request: HttpRequest) -> HttpResponse:
    """
    Ask for a list as an export.
    """
    query, reader = request.POST.get("query", ""), reader_of(request)
    wanted = _wanted(request, query)
    try:
        services.ask(
            by=person_of(request),
            filters=wanted.filters,
            title=in_words(request, wanted),
            end_of_day=queues.end_of_day(reader),
            now=reader.now,
        )
    except UpheldError as error:
        return _page(request, query, problem=say(error.code, error.params), status=409)
    messages.success(request, _("The file is being made. You are told when it is ready."))
    return HttpResponseRedirect(PAGE)


def _export(request: HttpRequest, public_id: str) -> Export:
    found = selectors.find_export(access_to(request), public_id)
    if found is None:
        raise Http404
    return found


@require_POST
@needs(*READ)
def put_away(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Cancel an export, or delete its file.
    """
    export = _export(request, public_id)
    services.put_away(export=export, now=reader_of(request).now)
    messages.success(request, _("The file is deleted.") if export.is_ready else _("The export is cancelled."))
    return HttpResponseRedirect(PAGE)


@require_safe
@needs(*READ)
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """
    Send the file of an export: as a download, without tickets that the agent may see no more.
    """
    export, access, reader = _export(request, public_id), access_to(request), reader_of(request)
    try:
        content = services.fetch(export=export, access=access, now=reader.now)
    except UpheldError as error:
        messages.error(request, say(error.code, error.params))
        return HttpResponseRedirect(PAGE)
    response = StreamingHttpResponse(content)
    if selectors.sees_everything(access):
        response.headers["Content-Length"] = str(export.size)
    queue = export.filters.get("queue", "open")
    day = to_datetime(export.asked_at, reader.zone).strftime("%Y-%m-%d")
    return _as_file(response, f"tickets-{queue}-{day}.csv")
