"""
Who asked for what is not there or not theirs: a line in the log for each, so that somebody who tries numbers shows.

Invariant: a line has the address without its query, and who asked by id; addresses that hold a secret are not logged.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from upheld.web.headers import Respond

log: Final = logging.getLogger("upheld.access")
PLACES: Final = ("/desk/", "/portal/", "/api/v1/")
REFUSED: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


def log_refusals(respond: Respond) -> Respond:
    """
    Log what somebody who is known was refused, or told not to exist.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        if response.status_code in REFUSED and request.path.startswith(PLACES) and (who := _who(request)):
            log.info("refused %d: %s %s by %s", response.status_code, request.method, ascii(request.path)[1:-1], who)
        return response

    return answer


def _who(request: HttpRequest) -> str:
    """
    Return who asked, as far as the request has come to know it; nothing of it is looked up.
    """
    caller = getattr(request, "caller", None)
    if caller is not None:
        return f"{caller.person.public_id} (key {caller.key.prefix})" if caller.key else str(caller.person.public_id)
    return str(getattr(getattr(request, "_cached_user", None), "public_id", ""))
