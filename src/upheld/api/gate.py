"""
The gate: what every call passes before an operation runs, and what every answer passes afterwards.

Invariant: an operation exists only with a :class:`Rule` that says who may call it; the order is always the same: who,
how often, whether at all, what kind of request, whether it was answered before, and only then the operation.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeAlias, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from ninja import Router
from ninja.decorators import decorate_view
from ninja.operation import Operation

from upheld.api import limits, problems
from upheld.api.callers import AUTHENTICATION, SAFE_METHODS, Caller, caller_of
from upheld.api.problems import ApiError, Flaw, refused
from upheld.api.reading import is_storable
from upheld.apps.tickets.models import Reply
from upheld.apps.tickets.services import answers
from upheld.apps.work.clock import now as read_clock
from upheld.core.errors import UpheldError

Respond: TypeAlias = Callable[..., HttpResponseBase]
View = TypeVar("View", bound=Callable[..., Any])

JSON_BYTES: Final = 2**20
FILE_BYTES: Final = 26 * 2**20
MOST_KEY: Final = 200
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
_ETAG: Final = re.compile(r'"(\d{1,9})"')
JSON: Final = ("application/json",)
PATCHES: Final = ("application/json", "application/merge-patch+json")
FORM: Final = ("multipart/form-data",)


class ApiRequest(HttpRequest):
    """
    A request that has passed the gate.
    """

    caller: Caller
    expected_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    Who may call an operation, and with what.

    ``rights``: any of them suffices to get in (none: whoever has authenticated); what a person may do with one ticket
    or customer is decided by selectors and services after that. ``takes`` are the content types of the body.
    ``is_spooled``: it keeps what was sent before anything else, so it runs outside a transaction and cannot take effect
    twice by itself. ``hides`` are fields of the answer that are shown once and never again.
    """

    rights: tuple[str, ...]
    takes: tuple[str, ...] = ()
    gives: str = "application/json"
    most_bytes: int = JSON_BYTES
    has_version: bool = False
    is_spooled: bool = False
    by_session_only: bool = False
    hides: tuple[str, ...] = ()


RULES: Final[dict[str, Rule]] = {}
"""The rule of each operation, by its id."""


def operation(  # noqa: PLR0913  (read as a line of a table)
    router: Router, method: str, path: str, rule: Rule, *, answer: Any, status: int = 200, **more: Any
) -> Callable[[View], View]:
    """
    Make a function an operation of the API, behind the gate.
    """

    def register(view: View) -> View:
        name = view.__name__
        RULES[name] = rule
        guarded = decorate_view(functools.partial(_gate, rule))(view)
        return router.api_operation(
            [method],
            path,
            auth=AUTHENTICATION,
            response={status: answer},
            operation_id=name,
            summary=(view.__doc__ or name).strip().split(".")[0],
            **more,
        )(guarded)

    return register


def _gate(rule: Rule, run: Respond) -> Respond:
    asked, filled = _names(run, "query"), _names(run, "form", "file")

    @functools.wraps(run)
    def respond(request: HttpRequest, **path: Any) -> HttpResponseBase:
        try:
            caller = _admitted(request, rule)
            _check_request(request, rule, asked, filled)
            return _answered(request, rule, caller, functools.partial(run, request, **path))
        except UpheldError as error:
            return problems.answer_error(error)
        except RequestDataTooBig:
            return problems.answer_error(_too_large(rule))

    return respond


def _names(run: Respond, *sources: str) -> frozenset[str]:
    """
    Return the names of an operation's query parameters, or of its form's fields.
    """
    made: Operation = run.__self__  # type: ignore[attr-defined]
    return frozenset(
        name
        for model in made.models
        if model.__ninja_param_source__ in sources
        for name in getattr(model, "__ninja_flatten_map__", model.model_fields)
    )


def _admitted(request: HttpRequest, rule: Rule) -> Caller:
    try:
        caller = caller_of(request, read_clock())
    except ApiError as error:
        if error.status is HTTPStatus.UNAUTHORIZED:
            limits.check(limits.STRANGERS, limits.address_of(request))
        raise
    request.caller = caller  # type: ignore[attr-defined]
    limits.check(limits.CALLS, caller.scope)
    if rule.rights and not any(caller.access.holds(right) for right in rule.rights):
        raise ApiError("auth.right_missing", HTTPStatus.FORBIDDEN, rights=list(rule.rights))
    if rule.by_session_only and caller.key is not None:
        raise ApiError("auth.session_needed", HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Session"})
    return caller


def _check_request(request: HttpRequest, rule: Rule, asked: frozenset[str], filled: frozenset[str]) -> None:
    if rule.gives != "*/*" and not request.accepts(rule.gives):
        raise ApiError("request.not_acceptable", HTTPStatus.NOT_ACCEPTABLE, gives=rule.gives)
    _check_fields(request.GET, asked, "query")
    _check_body(request, rule)
    if rule.takes == FORM:
        _check_fields(request.POST, filled, "body")
        _check_fields(request.FILES, filled, "file")
    request.expected_version = _expected_version(request, rule)  # type: ignore[attr-defined]


def _check_fields(given: MultiValueDict[str, Any], known: frozenset[str], where: str) -> None:
    """
    Refuse fields that are not known, texts that cannot be stored, and several files where there is one.
    """
    flaws = []
    for name, values in given.lists():
        shown = name[:MOST_KEY].encode("utf-8", "replace").decode()
        if name not in known:
            flaws.append(Flaw(where, shown, "request.unknown_parameter", {"field": shown, "known": sorted(known)}))
        elif where == "file" and len(values) > 1:
            flaws.append(Flaw(where, shown, "request.bad_value", {"field": shown}))
        elif not all(is_storable(str(value)) for value in values):
            flaws.append(Flaw(where, shown, "text.unstorable"))
    if flaws:
        raise problems.invalid(flaws)


def _check_body(request: HttpRequest, rule: Rule) -> None:
    if request.method in SAFE_METHODS:
        return
    try:
        announced = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        raise refused("request.bad_header", Flaw("header", "Content-Length", "request.bad_header")) from None
    if announced > rule.most_bytes:
        raise _too_large(rule)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ApiError("request.encoded", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers={"Accept-Encoding": "identity"})
    if rule.takes and request.content_type not in rule.takes:
        raise ApiError(
            "request.unsupported_type",
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            headers={"Accept": ", ".join(rule.takes)},
            takes=list(rule.takes),
        )
    if rule.takes and rule.takes != FORM and len(request.body) > rule.most_bytes:
        raise _too_large(rule)


def _too_large(rule: Rule) -> ApiError:
    return ApiError("request.too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, most_bytes=rule.most_bytes)


def _expected_version(request: HttpRequest, rule: Rule) -> int | None:
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    found = _ETAG.fullmatch(given.strip())
    if not rule.has_version or found is None:
        raise refused("request.bad_if_match", Flaw("header", "If-Match", "request.bad_if_match"))
    return int(found[1])


def _answered(
    request: HttpRequest, rule: Rule, caller: Caller, run: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """
    Run an operation, or give the answer that it gave before.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method in SAFE_METHODS:
        return run()
    if not _KEY.fullmatch(key):
        raise refused("idempotency.bad_key", Flaw("header", "Idempotency-Key", "idempotency.bad_key"))
    known = {"scope": caller.scope, "key": key, "digest": _digest(request, rule)}
    before = answers.answered(**known)
    if before is not None:
        return _replayed(before)
    if rule.is_spooled:
        response = run()
        if response.status_code < HTTPStatus.BAD_REQUEST:
            answers.keep_once(**known, status=response.status_code, body=_kept_body(response, rule), now=caller.now)
        return response
    return _once(rule, caller, known, run)


def _once(
    rule: Rule, caller: Caller, known: Mapping[str, str], run: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    with transaction.atomic():
        claimed = answers.claim(**known, now=caller.now)
        if claimed is not None:
            response = run()
            if response.status_code < HTTPStatus.BAD_REQUEST:
                answers.keep(reply=claimed, status=response.status_code, body=_kept_body(response, rule))
            else:
                transaction.set_rollback(True)
            return response
    before = answers.answered(**known)
    if before is None:
        raise ApiError("request.busy", HTTPStatus.CONFLICT, headers={"Retry-After": "1"})
    return _replayed(before)


def _digest(request: HttpRequest, rule: Rule) -> str:
    """
    Return the digest of what makes a request this one and no other.
    """
    text = hashlib.sha256()
    parts = [request.method or "", request.get_full_path(), request.headers.get("If-Match", "")]
    text.update("\n".join(parts).encode("utf-8", "surrogatepass"))
    if rule.takes == FORM:
        for name, values in sorted(request.POST.lists()):
            text.update(repr((name, values)).encode("utf-8", "surrogatepass"))
        for name, files in sorted(request.FILES.lists()):
            for each in files:
                text.update(repr((name, each.name, each.size)).encode("utf-8", "surrogatepass"))
                for chunk in each.chunks():
                    text.update(chunk)
                each.seek(0)
    else:
        text.update(request.body)
    return text.hexdigest()


KEPT_HEADERS: Final = ("ETag", "Location")


def _kept_body(response: HttpResponseBase, rule: Rule) -> bytes:
    """
    Return what is kept of an answer: the headers that belong to it and its body, without what is shown only once.
    """
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    body = response.content.decode() if isinstance(response, HttpResponse) else ""
    if rule.hides:
        body = json.dumps(json.loads(body) | dict.fromkeys(rule.hides), ensure_ascii=False)
    return json.dumps({"headers": headers, "body": body}, ensure_ascii=False).encode()


def _replayed(before: Reply) -> HttpResponse:
    kept = json.loads(bytes(before.body))
    response = HttpResponse(kept["body"], status=before.status, content_type="application/json; charset=utf-8")
    for name, value in kept["headers"].items():
        response.headers[name] = value
    response.headers["Idempotent-Replayed"] = "true"
    return response
