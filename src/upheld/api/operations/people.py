"""
Oneself: who one is, one's keys, what one was told.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from upheld.api.cursors import Page, page, position, size_of
from upheld.api.gate import JSON, ApiRequest, Rule, operation
from upheld.api.problems import ApiError, missing
from upheld.api.shapes.parties import (
    KeyOut,
    Keys,
    MadeKeyOut,
    Marked,
    Me,
    NewKey,
    NoticeOut,
    NoticeQuery,
    key_out,
    notice_out,
)
from upheld.api.shapes.tickets import ref
from upheld.api.sides import READ, checked_id
from upheld.apps.channels import services as channels
from upheld.apps.channels.selectors import find_notice, notices_page
from upheld.apps.parties import selectors, services
from upheld.core.instants import Instant

router = Router(tags=["me"])
REAUTHENTICATION_SECONDS: Final = 900


@operation(router, "GET", "/me", Rule(rights=()), answer=Me)
def read_me(request: ApiRequest) -> dict[str, Any]:
    """
    Read who calls, and what this key or session may do.
    """
    caller = request.caller
    access, person = caller.access, caller.person
    names = ("name", "email", "zone", "language")
    return {
        "id": person.public_id,
        **{name: getattr(person, name) for name in names},
        "is_staff": access.is_staff,
        "rights": sorted(access.rights),
        "customers": [
            {"customer": ref(each), "part": access.parts[each.pk]} for each in selectors.customers_joined(access)
        ],
        "key": caller.key.public_id if caller.key else None,
    }


@operation(router, "GET", "/keys", Rule(rights=(), by_session_only=True), answer=Keys)
def list_keys(request: ApiRequest) -> dict[str, Any]:
    """
    List one's keys, without their secrets.
    """
    return {"items": [key_out(each) for each in selectors.keys_of(request.caller.person)]}


@operation(
    router,
    "POST",
    "/keys",
    Rule(rights=(), takes=JSON, by_session_only=True, hides=("text",)),
    answer=MadeKeyOut,
    status=201,
)
def make_key(request: ApiRequest, body: NewKey) -> dict[str, Any]:
    """
    Make a key. Only somebody who has just shown who they are can, in a browser.
    """
    caller = request.caller
    _check_recent(request, caller.now)
    made = services.make_key(
        owner=caller.person, name=body.name, scopes=body.scopes, now=caller.now, expires_at=body.expires_at
    )
    return {**key_out(made.key), "text": made.text}


def _check_recent(request: HttpRequest, now: Instant) -> None:
    """
    Refuse a session in which nobody has lately shown who they are.

    Raises :class:`ApiError` 401 ``auth.reauthentication_needed``.
    """
    shown = [float(each.get("at", 0)) for each in request.session.get("account_authentication_methods", [])]
    most = int(getattr(settings, "ACCOUNT_REAUTHENTICATION_TIMEOUT", REAUTHENTICATION_SECONDS))
    if not shown or now - max(shown) > most:
        headers = {"WWW-Authenticate": "Session"}
        raise ApiError("auth.reauthentication_needed", HTTPStatus.UNAUTHORIZED, headers=headers)


@operation(router, "DELETE", "/keys/{key}", Rule(rights=(), by_session_only=True), answer=KeyOut)
def revoke_key(request: ApiRequest, key: str) -> dict[str, Any]:
    """
    Revoke a key, at once.
    """
    found = selectors.find_key(request.caller.person, checked_id(key))
    if found is None:
        raise missing()
    services.revoke_key(key=found, now=request.caller.now)
    return key_out(found) | {"revoked_at": found.revoked_at or request.caller.now}


@operation(router, "GET", "/notices", Rule(rights=READ), answer=Page[NoticeOut])
def list_notices(request: ApiRequest, query: Query[NoticeQuery]) -> dict[str, Any]:
    """
    List what one was told, the newest first.
    """
    caller, before = request.caller, position(request, request.caller, query, int, int)
    found = notices_page(caller.access, unread_only=query.is_unread, before=before, size=size_of(query))
    items = [notice_out(each, caller.person) for each in found.notices]
    return page(request, caller, query, items, found.following)


@operation(router, "POST", "/notices/{notice}/read", Rule(rights=READ), answer=Marked)
def mark_notice(request: ApiRequest, notice: str) -> dict[str, Any]:
    """
    Mark a notice as read.
    """
    found = find_notice(request.caller.access, checked_id(notice))
    if found is None:
        raise missing()
    person, now = request.caller.person, request.caller.now
    return {"marked": channels.mark_read(person=person, now=now, public_id=found.public_id)}


@operation(router, "POST", "/notices/read", Rule(rights=READ), answer=Marked)
def mark_notices(request: ApiRequest) -> dict[str, Any]:
    """
    Mark all notices as read.
    """
    return {"marked": channels.mark_read(person=request.caller.person, now=request.caller.now)}
