"""
The API as one thing: its operations, what becomes of their errors, its addresses.

Invariant: every answer of an address under ``api/v1/`` is made here, so that none is a page of HTML.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from upheld.api import door, problems, schema
from upheld.api.operations import (
    belonging,
    clocks,
    contract_terms,
    contracts,
    erasing,
    handling,
    people,
    progress,
    recompute,
    reports,
    saved_answers,
    tickets,
    views,
)
from upheld.api.problems import missing
from upheld.api.reading import StrictParser
from upheld.api.shapes.base import flaws_of
from upheld.core.errors import UpheldError

DESCRIPTION: Final = "Support promises, kept: tickets, clocks and their explanations, contracts, plans."


class Api(NinjaAPI):
    """
    The API, with a schema that says all that the gate does.
    """

    def get_openapi_schema(self, **given: Any) -> Any:
        """
        Return the OpenAPI document.
        """
        return schema.completed(super().get_openapi_schema(**{"path_prefix": "api/v1/", **given}))


api = Api(
    title="Upheld",
    version="1",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    parser=StrictParser(),
    urls_namespace="api",
)
for router in (
    tickets.router,
    handling.router,
    erasing.router,
    progress.router,
    belonging.router,
    clocks.router,
    views.router,
    saved_answers.router,
    reports.router,
    contracts.router,
    contract_terms.router,
    recompute.router,
    people.router,
):
    api.add_router("", router)


@api.exception_handler(UpheldError)
def refused(_request: HttpRequest, error: Any) -> HttpResponse:
    """
    Answer an anticipated error.
    """
    return problems.answer_error(error)


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    """
    Answer a request whose parts are not as they must be.
    """
    return problems.answer_error(problems.invalid(flaws_of(error.errors)))


@api.exception_handler(HttpError)
def unreadable(_request: HttpRequest, error: Any) -> HttpResponse:
    """
    Answer a body that could not be read; what our own parser said stands behind ninja's error.
    """
    cause = error.__cause__
    if isinstance(cause, UpheldError):
        return problems.answer_error(cause)
    return problems.answer("request.unreadable", {}, HTTPStatus(error.status_code))


@api.exception_handler(Http404)
def not_found(_request: HttpRequest, _error: Any) -> HttpResponse:
    """
    Answer what does not exist.
    """
    return problems.answer_error(missing())


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Any) -> HttpResponse:
    """
    Answer an error of ours.
    """
    return door.broken(request, error)


urls = door.addresses(api)
"""For ``path("api/v1/", urls)``."""
