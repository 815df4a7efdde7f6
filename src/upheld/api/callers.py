"""
Who calls: a key in ``Authorization: Bearer``, or somebody who is logged in, in a browser.

Invariant: a key may do what its scopes and its owner's rights of this moment both allow; a session may write only with
its CSRF token. No password is hashed for a call.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from upheld.api.problems import ApiError
from upheld.apps.parties.models import Key, Person
from upheld.apps.parties.selectors import Access, access_of, person_of_key
from upheld.apps.parties.services import note_key_use
from upheld.core.instants import Instant

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
CHALLENGE: Final = 'Bearer realm="upheld"'
_KEY: Final = re.compile(r"uph_[0-9a-f]{10}_[A-Za-z0-9_-]{40}")


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Who calls, what they may do, and the one instant of the call; ``key`` is ``None`` for a session.
    """

    access: Access
    now: Instant
    key: Key | None = None

    @property
    def person(self) -> Person:
        """
        The person who calls, or whose key it is.
        """
        return self.access.person

    @property
    def scope(self) -> str:
        """
        A name for the caller: whose idempotency keys and calls are counted together.
        """
        return f"key:{self.key.public_id}" if self.key is not None else f"person:{self.person.public_id}"


def caller_of(request: HttpRequest, now: Instant) -> Caller:
    """
    Return who calls. Two queries with a customer's key, three with one of the vendor's people (one more in the first
    call of a minute), four with a session.

    Raises :class:`ApiError` 401 ``auth.needed`` or ``auth.bad_key``, the same for every key that does not work, and 403
    ``auth.csrf`` for a session that writes without its token.
    """
    header = request.headers.get("Authorization")
    if header is not None:
        return _by_key(header, now)
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return _by_session(request, now)
    raise _unknown("auth.needed")


def _by_key(header: str, now: Instant) -> Caller:
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer" or not _KEY.fullmatch(text):
        raise _unknown("auth.bad_key")
    found = person_of_key(text, now)
    if found is None:
        raise _unknown("auth.bad_key")
    owner, scopes, key = found
    note_key_use(key=key, now=now)
    return Caller(access_of(owner, now, scopes), now, key)


def _by_session(request: HttpRequest, now: Instant) -> Caller:
    if request.method not in SAFE_METHODS and check_csrf(request) is not None:
        raise ApiError("auth.csrf", HTTPStatus.FORBIDDEN)
    person = request.user
    if not isinstance(person, Person) or not person.is_active:
        raise _unknown("auth.needed")
    return Caller(access_of(person, now), now)


def _unknown(code: str) -> ApiError:
    error = ', error="invalid_token"' if code == "auth.bad_key" else ""
    return ApiError(code, HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": f"{CHALLENGE}{error}"})


class Known(AuthBase):
    """
    Says in the schema how to authenticate; the gate has done it before an operation runs.
    """

    def __call__(self, request: HttpRequest) -> Any:
        """
        Return the caller whom the gate has found.
        """
        return getattr(request, "caller", None)


class ApiKey(Known):
    """
    A key in the header ``Authorization``.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_bearerFormat = "uph_<prefix>_<secret>"  # noqa: N815  (the name is OpenAPI's)


class Session(Known):
    """
    The cookie of somebody who is logged in; what writes needs the header ``X-CSRFToken`` too.
    """

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = "upheld"


AUTHENTICATION: Final = (ApiKey(), Session())
