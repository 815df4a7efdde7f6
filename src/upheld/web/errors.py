"""
Pages for what went wrong: not found, not allowed, our fault, come back later.

Invariant: what is missing and what belongs to somebody else get the same bytes; the page of an error of ours needs no
database, names an id, and the log has the traceback under that id.
"""

from __future__ import annotations

import logging
import secrets
import sys
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from upheld.apps.work.patience import is_too_slow
from upheld.apps.work.room import is_full

log = logging.getLogger("upheld.web")
RETRY_SECONDS = 15


def _page(request: HttpRequest, status: HTTPStatus, **words: str) -> HttpResponse:
    return render(request, "errors/error.html", {"status": status.value, **words}, status=status.value)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """
    Answer 400: the request does not make sense, or is larger than allowed; then the limit is named.
    """
    limit = _limit(exception)
    if limit:
        return _page(
            request,
            HTTPStatus.BAD_REQUEST,
            title=_("That was too much at once"),
            text=_("%(limit)s Nothing was sent. Go back: what you typed is kept as a draft.") % {"limit": limit},
        )
    return _page(
        request,
        HTTPStatus.BAD_REQUEST,
        title=_("That request could not be read"),
        text=_("Something in it is not as expected. Go back, reload the page and try again."),
    )


def _limit(exception: Exception | None) -> str:
    """
    Return the sentence of the limit that a request went over, or nothing.
    """
    if isinstance(exception, RequestDataTooBig):
        size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        return _("A form can hold %(size)s MB of text; put more into a file.") % {"size": size}
    if isinstance(exception, TooManyFilesSent):
        return _("%(most)s files can be sent at once.") % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
    if isinstance(exception, TooManyFieldsSent):
        return _("A form can have %(most)s fields.") % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}
    return ""


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """
    Answer 403: the page is there, and not for this person. Only for pages that everybody knows to exist.
    """
    del exception
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        title=_("This is not yours to see"),
        text=_("Your account has no right to do this. Ask an administrator of your team if you need it."),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """
    Answer 403: the form was not one that we gave, or it is too old.
    """
    del reason
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        title=_("This form has expired"),
        text=_(
            "Nothing was changed. Go back, reload the page and send it again; what you typed is kept where drafts are."
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """
    Answer 404, the same for what is missing and for what belongs to somebody else.
    """
    del exception
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        title=_("There is nothing here"),
        text=_("The address is wrong, or what was here is not yours to see."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """
    Answer 500 with an id that the log has too, or 503 while the database cannot be reached.
    """
    error = sys.exc_info()[1]
    error_id = secrets.token_hex(5)
    log.error("error %s: %s %s", error_id, request.method, request.path, exc_info=error, extra={"error_id": error_id})
    if is_full(error, [Path(settings.HOME)]):
        return no_space(request)
    if is_too_slow(error):
        return too_slow(request)
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable(request)
    return _bare(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        title=_("Something broke on our side"),
        text=_("What you sent may not have been kept. Try again; if it happens again, tell us this number:"),
        error_id=error_id,
    )


def no_space(request: HttpRequest) -> HttpResponse:
    """
    Answer 507: nothing can be kept until there is room on the disk again.
    """
    del request
    return _later(
        HTTPStatus.INSUFFICIENT_STORAGE,
        title=_("We have no room left"),
        text=_("Our disk is full, so what you sent was not kept. Go back and send it again in a while."),
    )


def too_slow(request: HttpRequest) -> HttpResponse:
    """
    Answer 503: what was asked for takes too long to find. The page does not try again by itself.
    """
    del request
    return _later(
        HTTPStatus.SERVICE_UNAVAILABLE,
        title=_("That would have taken too long"),
        text=_("We stopped looking, so that others do not wait. Ask for less: more letters of a word, or a filter."),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """
    Answer 503: come back in a moment; the page tries again by itself.
    """
    del request
    response = _later(
        HTTPStatus.SERVICE_UNAVAILABLE,
        title=_("One moment, please"),
        text=_("The service is restarting or very busy. This page tries again by itself; what you typed is kept."),
        is_retried=True,
    )
    response.headers["Refresh"] = str(RETRY_SECONDS)
    return response


def _later(status: HTTPStatus, **words: str | bool) -> HttpResponse:
    """
    Return a page that says when to come back.
    """
    response = _bare(status, **words)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _bare(status: HTTPStatus, **words: str | bool) -> HttpResponse:
    """
    Return a page made without the request: its person and messages may be what broke.
    """
    named = {"service_name": settings.SERVICE_NAME, "status": status.value, **words}
    return HttpResponse(render_to_string("errors/error.html", named), status=status)
