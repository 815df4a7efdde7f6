"""
Whether the service is alive, and whether it can work: for whoever restarts it and whoever sends it calls.

Invariant: nothing about the installation is told.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from upheld.apps.work.room import has_room
from upheld.apps.work.selectors import is_database_ready


@require_safe
def alive(_request: HttpRequest) -> JsonResponse:
    """
    Answer 200: the process answers. No query.
    """
    return JsonResponse({"status": "alive"})


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """
    Answer 200 where the database answers and has all its tables, and there is room on the disk, else 503. One query.
    """
    if is_database_ready() and has_room([Path(settings.HOME), Path(settings.MEDIA_ROOT)]):
        return JsonResponse({"status": "ready"})
    return JsonResponse({"status": "unavailable"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
