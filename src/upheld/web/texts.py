"""
What a request says, without what no database can keep.

Invariant: no view of ours ever sees U+0000: in an address it names nothing that is there, in a field it is dropped, as
a browser cannot even show it. The API refuses it by itself, with a code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from upheld.web.headers import Respond

NUL: Final = "\0"
_OWN_RULES: Final = "/api/"


class StorableTexts:
    """
    Clean the fields of each request to a page before its view runs.
    """

    def __init__(self, get_response: Respond) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """
        Answer a request.
        """
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, named: Mapping[str, Any]
    ) -> None:
        """
        Drop U+0000 from what was sent.

        Raises :class:`Http404` where the address has one.
        """
        if request.path.startswith(_OWN_RULES):
            return
        if any(NUL in str(value) for value in named.values()):
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = without_nul(request.GET)  # type: ignore[assignment]  # a copy stays as it is
        if request.method == "POST" and any(NUL in each for _name, values in request.POST.lists() for each in values):
            request.POST = without_nul(request.POST)  # type: ignore[assignment]  # the same


def without_nul(given: QueryDict) -> QueryDict:
    """
    Return the fields of a form or an address without U+0000 in their values.
    """
    cleaned = given.copy()
    for name, values in given.lists():
        cleaned.setlist(name, [each.replace(NUL, "") for each in values])
    cleaned._mutable = False  # noqa: SLF001  (as it came; Django has no other way)
    return cleaned
