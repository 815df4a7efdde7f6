"""
The front door: everybody is sent to where they work.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_safe

from upheld.web.reader import Reader

DESK, PORTAL = "/desk/", "/portal/"


def door_of(reader: Reader) -> str:
    """
    Return the address of the desk for the vendor's people, of the portal for all others.
    """
    return DESK if reader.access is not None and reader.access.is_staff else PORTAL


@login_required
def front_door(request: HttpRequest) -> HttpResponse:
    """
    Send the person to their desk or portal.
    """
    return HttpResponseRedirect(door_of(request.reader))  # type: ignore[attr-defined]


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """
    Say that the process answers; no database, no session, for whoever watches it.
    """
    del request
    return JsonResponse({"status": "alive"})
