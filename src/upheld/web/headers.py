"""
The headers that every response carries, whatever it is and whoever made it.

Invariant: a page can run only our own scripts and styles, from files; it cannot be framed; nothing that a person may
see is kept by a cache unless its view says how.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Respond: TypeAlias = Callable[[HttpRequest], HttpResponseBase]

POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
)
"""Content Security Policy, level 3; ``data:`` images are those of Tabler's style sheet and of authenticator codes."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def security_headers(get_response: Respond) -> Respond:
    """
    Add to each response the headers that it does not set by itself.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # A view that answers conditional requests says `private, no-cache`; what says nothing is not kept at all.
        response.headers.setdefault("Cache-Control", "no-store")
        if settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")
        return response

    return respond
