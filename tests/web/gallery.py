"""
Addresses of the tests: the real ones, a page with every component, and pages that go wrong on purpose.
"""

from django.db import OperationalError
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path
from django_cotton.compiler_regex import CottonCompiler

from tests.source_tree import ROOT
from upheld.web.promises import promise

NOW = 1_773_585_000  # Sunday 15 March 2026, 14:30 UTC
HOUR = 3600

STATES = [
    {"state": "breached", "due_at": NOW - 4320, "metric": "First response"},
    {
        "state": "running",
        "is_at_risk": True,
        "due_at": NOW + 1080,
        "left_seconds": 1080,
        "share": 92,
        "metric": "First response",
    },
    {"state": "running", "due_at": NOW + 19_200, "left_seconds": 19_200, "share": 34},
    {"state": "outside_hours", "left_seconds": 3 * HOUR, "resumes_at": NOW + 18 * HOUR, "share": 20},
    {"state": "paused", "left_seconds": 6 * HOUR, "share": 60, "reason": "waiting for steps to reproduce"},
    {"state": "met", "due_at": NOW - 60},
    {"state": "ended", "reason": "merged"},
    {"state": "unobservable"},
]


def desk(request):
    return page(request, "gallery_desk.html")


def portal(request):
    return page(request, "gallery_portal.html")


def page(request, name):
    source = (ROOT / "tests/web/templates" / name).read_text(encoding="utf-8")

    template = engines["django"].from_string(CottonCompiler().process(source))
    rows = [{"promise": promise(now=NOW, **state), "number": 48213 - number} for number, state in enumerate(STATES)]

    return HttpResponse(template.render({"rows": rows, "now": NOW, "evil": "<script>alert(1)</script>\"'"}, request))


def broken(request):
    raise ZeroDivisionError("on purpose")


def unreachable(request):
    raise OperationalError("the database is locked")


urlpatterns = [
    path("", include("upheld.config.urls")),
    path("gallery/desk/", desk),
    path("gallery/portal/", portal),
    path("gallery/broken/", broken),
    path("gallery/unreachable/", unreachable),
]
handler400 = "upheld.web.errors.bad_request"
handler403 = "upheld.web.errors.forbidden"
handler404 = "upheld.web.errors.not_found"
handler500 = "upheld.web.errors.server_error"
