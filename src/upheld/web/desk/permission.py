"""
The one way to declare what a view of the desk needs; the access matrix reads it from ``needs`` of each view.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import Access
from upheld.web.reader import Reader, ReadRequest

View: TypeAlias = Callable[..., HttpResponseBase]

READ: Final = ("tickets.read", "tickets.read_assigned")
"""Either of these opens the desk; what is seen then follows from which."""


def needs(*rights: str) -> Callable[[View], View]:
    """
    Let a view answer only somebody of the vendor's side who holds one of ``rights``.

    Nobody logged in is sent to the log-in page; a customer's person gets what a missing page gets; an agent without the
    right is refused.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            reader = cast("ReadRequest", request).reader
            if reader.access is None:
                back = request.get_full_path() if request.method == "GET" else "/desk/"
                return HttpResponseRedirect(f"{_login()}?next={quote(back)}")
            if not reader.access.is_staff:
                raise Http404
            if not any(reader.access.may(right) for right in rights):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.__dict__["needs"] = rights  # read by the access matrix
        return checked

    return wrap


def _login() -> str:
    return resolve_url(settings.LOGIN_URL)


def reader_of(request: HttpRequest) -> Reader:
    """
    Return who reads.
    """
    return cast("ReadRequest", request).reader


def access_to(request: HttpRequest) -> Access:
    """
    Return what the agent may do; a view behind :func:`needs` always has one.
    """
    access = reader_of(request).access
    if access is None:
        raise PermissionDenied
    return access


def person_of(request: HttpRequest) -> Person:
    """
    Return the agent.
    """
    return access_to(request).person
