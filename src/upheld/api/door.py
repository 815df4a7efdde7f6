"""
The door: what holds for each address of the API, whether an operation answers or nothing does.

Invariant: HEAD is answered as GET without the body; TRACE, OPTIONS and what else an address does not know get 405 with
``Allow``; headers that would change the method are not looked at; an error of ours tells an id and nothing else.
"""

from __future__ import annotations

import functools
import json
import logging
import secrets
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeAlias

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI

from upheld.api import problems
from upheld.api.problems import missing
from upheld.apps.work.patience import is_too_slow
from upheld.apps.work.room import is_full

Respond: TypeAlias = Callable[..., HttpResponseBase]

log: Final = logging.getLogger("upheld.api")
RETRY_SECONDS: Final = 5
_UNREADABLE: Final = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)


def addresses(api: NinjaAPI) -> tuple[list[URLPattern], str, str]:
    """
    Return all addresses of the API, each behind the door, with an answer to every other one.
    """
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = door(pattern.callback)
    document = functools.partial(_openapi, api)
    made = [each for each in patterns if isinstance(each, URLPattern)]
    return [path("openapi.json", door(document), name="openapi"), *made, re_path("", door(_nothing))], app, namespace


def _nothing(_request: HttpRequest, **_path: Any) -> HttpResponse:
    return problems.answer_error(missing())


def _openapi(api: NinjaAPI, request: HttpRequest) -> HttpResponseBase:
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    return HttpResponse(_document(api), content_type="application/json")


@functools.lru_cache(maxsize=1)
def _document(api: NinjaAPI) -> bytes:
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False).encode()


def door(respond: Respond) -> Respond:
    """
    Put an address behind the door.
    """

    def enter(request: HttpRequest, **given: Any) -> HttpResponseBase:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        try:
            response = respond(request, **given)
        except Exception as error:  # noqa: BLE001  (whatever it was, the answer is a problem document)
            response = broken(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            response = _not_allowed(response)
        if is_head:
            request.method = "HEAD"
            response = _without_body(response)
        return response

    enter.csrf_exempt = True  # type: ignore[attr-defined]  # the gate asks for the token where a session writes
    return enter


def _not_allowed(response: HttpResponseNotAllowed) -> HttpResponse:
    allowed = {each.strip() for each in response.headers["Allow"].split(",")}
    allowed |= {"HEAD"} if "GET" in allowed else set()
    headers = {"Allow": ", ".join(sorted(allowed))}
    return problems.answer(
        "request.method_not_allowed", {"allowed": sorted(allowed)}, HTTPStatus.METHOD_NOT_ALLOWED, headers=headers
    )


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    bare = HttpResponse(status=response.status_code)
    for name, value in response.items():
        bare.headers[name] = value
    if isinstance(response, HttpResponse):
        bare.headers["Content-Length"] = str(len(response.content))
    # What the answer holds open is closed with the bare one; closing here would end the request before its time.
    bare._resource_closers.extend(response._resource_closers)  # type: ignore[attr-defined]  # noqa: SLF001
    return bare


def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """
    Answer 400 to a request that cannot be read, 503 while the database cannot be reached, and 500 with an id that the
    log has too to everything else.
    """
    if isinstance(error, RequestDataTooBig):
        return problems.answer("request.unreadable", {}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if isinstance(error, _UNREADABLE):
        return problems.answer("request.unreadable", {}, HTTPStatus.BAD_REQUEST)
    error_id = secrets.token_hex(5)
    log.error(
        "error %s: %s %s", error_id, request.method, ascii(request.path), exc_info=error, extra={"error_id": error_id}
    )
    if is_full(error, [Path(settings.HOME)]):
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return problems.answer("server.no_space", {}, HTTPStatus.INSUFFICIENT_STORAGE, headers=headers)
    if is_too_slow(error):
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return problems.answer("server.too_slow", {}, HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
    if isinstance(error, OperationalError | InterfaceError):
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return problems.answer("server.unavailable", {}, HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
    return problems.answer("server.error", {"error_id": error_id}, HTTPStatus.INTERNAL_SERVER_ERROR)
