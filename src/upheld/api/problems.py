"""
What went wrong, as RFC 9457 problem documents with stable codes.

Invariant: every answer of the API from 400 on is one of these; what is missing and what is somebody else's give the
same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpResponse

from upheld.core.errors import UpheldError
from upheld.wording import say

MEDIA_TYPE: Final = "application/problem+json"
TYPE: Final = "urn:upheld:problem:"
RETRY_SECONDS: Final = 5

STATUSES: Final[Mapping[str, HTTPStatus]] = {
    "ticket.changed_meanwhile": HTTPStatus.PRECONDITION_FAILED,
    "ticket.merged": HTTPStatus.CONFLICT,
    "ticket.same_severity": HTTPStatus.CONFLICT,
    "ticket.same_status": HTTPStatus.CONFLICT,
    "ticket.not_resolved": HTTPStatus.CONFLICT,
    "ticket.not_held": HTTPStatus.CONFLICT,
    "ticket.nothing_to_confirm": HTTPStatus.CONFLICT,
    "ticket.nothing_to_change": HTTPStatus.BAD_REQUEST,
    "ticket.same_team": HTTPStatus.CONFLICT,
    "ticket.linked_already": HTTPStatus.CONFLICT,
    "ticket.split_already": HTTPStatus.CONFLICT,
    "ticket.merge_other_way": HTTPStatus.CONFLICT,
    "ticket.not_open": HTTPStatus.CONFLICT,
    "ticket.legal_hold": HTTPStatus.CONFLICT,
    "ticket.nothing_to_erase": HTTPStatus.CONFLICT,
    "ticket.other_contract": HTTPStatus.CONFLICT,
    "ticket.too_many_links": HTTPStatus.CONFLICT,
    "event.corrected_already": HTTPStatus.CONFLICT,
    "event.unknown": HTTPStatus.NOT_FOUND,
    "view.name_taken": HTTPStatus.CONFLICT,
    "view.too_many": HTTPStatus.CONFLICT,
    "view.not_yours": HTTPStatus.FORBIDDEN,
    "answer.title_taken": HTTPStatus.CONFLICT,
    "answer.too_many": HTTPStatus.CONFLICT,
    "answer.not_yours": HTTPStatus.FORBIDDEN,
    "ticket.foreign_contract": HTTPStatus.NOT_FOUND,
    "contract.version_taken": HTTPStatus.CONFLICT,
    "contract.list_full": HTTPStatus.CONFLICT,
    "contract.already_listed": HTTPStatus.CONFLICT,
    "recompute.basis_changed": HTTPStatus.CONFLICT,
    "recompute.running": HTTPStatus.CONFLICT,
    "recompute.nobody_behind": HTTPStatus.CONFLICT,
    "recompute.same_version": HTTPStatus.CONFLICT,
    "holidays.nothing_changes": HTTPStatus.CONFLICT,
    "holidays.listed_already": HTTPStatus.CONFLICT,
    "file.too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "file.quota_reached": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "file.missing": HTTPStatus.NOT_FOUND,
    "file.no_space": HTTPStatus.INSUFFICIENT_STORAGE,
    "instant.naive": HTTPStatus.BAD_REQUEST,
    "instant.unreadable": HTTPStatus.BAD_REQUEST,
    "instant.out_of_range": HTTPStatus.BAD_REQUEST,
    "intake.unknown_contract": HTTPStatus.NOT_FOUND,
    "intake.unknown_instance": HTTPStatus.NOT_FOUND,
}
"""The status of a refusal by a service; one that is not listed is understood and impossible: 422."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """
    One thing wrong with a request: in ``body``, ``query``, ``header`` or ``file``, at a JSON pointer or a name.
    """

    where: str
    at: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """
        Return it as it is sent.
        """
        return {
            "in": self.where,
            "at": self.at,
            "code": self.code,
            "params": dict(self.params),
            "title": say(self.code, self.params),
        }


class ApiError(UpheldError):
    """
    A request that the API refuses by itself, with the status it answers.
    """

    def __init__(
        self,
        code: str,
        status: HTTPStatus,
        *,
        flaws: Sequence[Flaw] = (),
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code, **params)
        self.status = status
        self.flaws = tuple(flaws)
        self.headers = dict(headers or {})


def missing() -> ApiError:
    """
    Return the one answer to what does not exist and to what is not the caller's.
    """
    return ApiError("request.not_found", HTTPStatus.NOT_FOUND)


def refused(code: str, *flaws: Flaw, **params: Any) -> ApiError:
    """
    Return the answer 400 to a request that cannot be understood.
    """
    return ApiError(code, HTTPStatus.BAD_REQUEST, flaws=flaws, **params)


def invalid(flaws: Sequence[Flaw]) -> ApiError:
    """
    Return the answer 400 to a request whose parts are not as they must be; its code is that of a single flaw.
    """
    if len(flaws) == 1:
        return ApiError(flaws[0].code, HTTPStatus.BAD_REQUEST, flaws=flaws, **flaws[0].params)
    return ApiError("request.invalid", HTTPStatus.BAD_REQUEST, flaws=flaws, count=len(flaws))


def answer(
    code: str,
    params: Mapping[str, Any],
    status: HTTPStatus,
    *,
    flaws: Sequence[Flaw] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """
    Return a problem document.
    """
    document = {
        "type": f"{TYPE}{code}",
        "title": say(code, params),
        "status": status.value,
        "code": code,
        "params": params,
        "errors": [flaw.shown() for flaw in flaws],
    }
    body = json.dumps(document, default=str, ensure_ascii=False).encode("utf-8", "replace")
    response = HttpResponse(body, status=status.value, content_type=MEDIA_TYPE)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def answer_error(error: UpheldError) -> HttpResponse:
    """
    Return the problem document of an anticipated error.
    """
    if isinstance(error, ApiError):
        return answer(error.code, error.params, error.status, flaws=error.flaws, headers=error.headers)
    status = STATUSES.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    if status is HTTPStatus.NOT_FOUND:
        return answer_error(missing())
    headers = {}
    if error.code == "ticket.changed_meanwhile":
        headers["ETag"] = f'"{error.params["found"]}"'
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return answer(error.code, error.params, status, headers=headers)
