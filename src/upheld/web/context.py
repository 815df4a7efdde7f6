"""
What every template can show without asking for it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from upheld.web.reader import Reader


def shell(request: HttpRequest) -> dict[str, Any]:
    """
    Return the reader, the service's name and whether a plainer page is wanted (no reader: an error before it was
    known).
    """
    reader: Reader | None = getattr(request, "reader", None)
    return {
        "reader": reader,
        "now": reader.now if reader else None,
        "theme": reader.theme if reader else "auto",
        "service_name": settings.SERVICE_NAME,
    }
