"""
Reading takes no longer than it may: each statement of a request that only reads has a few seconds.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from upheld.apps.work.patience import statements_within
from upheld.web.headers import Respond

READS = frozenset({"GET", "HEAD"})


def limit_reading(respond: Respond) -> Respond:
    """
    Give up on a statement that takes longer than ``READ_SECONDS``, of pages and of the API alike.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method not in READS or not settings.READ_SECONDS:
            return respond(request)
        with statements_within(settings.READ_SECONDS):
            return respond(request)

    return answer
