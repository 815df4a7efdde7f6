"""
Who may open a page of the portal.

Invariant: a view gets ``request.portal``, the person's access on the customers' side alone: somebody who also works for
the vendor sees here what the customer sees.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec, TypeAlias, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import Access
from upheld.web.errors import forbidden
from upheld.web.reader import ReadRequest

P = ParamSpec("P")
POLLS: Final = "X-Upheld-Poll"


class PortalRequest(ReadRequest):
    """
    A request as the portal's views get it.
    """

    portal: Access
    person: Person


View: TypeAlias = Callable[Concatenate[PortalRequest, P], HttpResponseBase]


def for_customers(right: str) -> Callable[[View[P]], Callable[Concatenate[Any, P], HttpResponseBase]]:
    """
    Let a view be opened by those who hold a right in at least one customer; ``permission`` on the view names the right.
    """

    def guard(view: View[P]) -> Callable[Concatenate[Any, P], HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            reader = request.reader
            if reader.person is None or reader.access is None:
                return _to_login(request)
            request.person = reader.person
            request.portal = replace(reader.access, rights=frozenset(), teams=frozenset())
            if not request.portal.customers_with(right):
                return forbidden(request)
            return view(request, *args, **kwargs)

        guarded.permission = right  # type: ignore[attr-defined]
        return cast("Callable[Concatenate[Any, P], HttpResponseBase]", guarded)

    return guard


def _to_login(request: HttpRequest) -> HttpResponse:
    """
    Send somebody unknown to the log-in; a poll only learns that there is nothing for it any more.
    """
    if POLLS in request.headers:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    return redirect_to_login(request.get_full_path())
