"""
The addresses of the API and of the two questions about the service's health.
"""

from __future__ import annotations

from django.urls import path

from upheld.api import health
from upheld.api.routes import urls

urlpatterns = [
    path("api/v1/", urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
