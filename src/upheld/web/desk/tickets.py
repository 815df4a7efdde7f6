"""
A ticket's page, its refresh, and its files.

Invariant: a refresh writes nothing to the database (who is here lies beside it); a file is never shown, always
downloaded.
"""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upheld.apps.tickets import selectors
from upheld.apps.tickets.services import files
from upheld.web.desk import presence, ticket_page
from upheld.web.desk.permission import READ, access_to, needs, reader_of

FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
@needs(*READ)
def ticket(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show a ticket.
    """
    return render(request, "desk/ticket.html", ticket_page.shown(request, ticket_page.page_of(request, public_id)))


@require_safe
@needs(*READ)
def pulse(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Answer an open page: who else is here, what has happened since, and how the promises stand; 304 where nothing has
    changed.
    """
    access, reader = access_to(request), reader_of(request)
    found = selectors.find(access, public_id)
    if found is None:
        raise Http404
    is_writing = request.GET.get("writing") == "1"
    others = presence.seen(public_id, access.person, reader.now, is_writing=is_writing)
    tag = f'"{found.version}.{reader.now // 60}.{"".join(f"{each.initials}{each.is_writing:d}" for each in others)}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        page = ticket_page.page_of(request, public_id)
        seen = request.GET.get("version", "")
        parts = ticket_page.moving(page, reader) | {"others": others, "is_news": seen != str(found.version)}
        response = render(request, "desk/_pulse.html", parts)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@needs(*READ)
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """
    Send a file: as a download, of unknown type, under the name that it had.
    """
    found = selectors.attachment(access_to(request), public_id)
    if found is None:
        raise Http404
    try:
        content = files.read(found)
    except files.FileError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type="application/octet-stream")
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
