"""
Where a person is logged in, and ending one of those sessions.

Invariant: a person sees and ends their own sessions only.
"""

from __future__ import annotations

import re
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from upheld.web.accounts.views import reader_of

BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("HeadlessChrome", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""Marks in what a browser says of itself, the more particular first."""


def browser_words(agent: str) -> str:
    """
    Return a browser and its system as people call them: ``Firefox, Windows``.
    """
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}/", agent)), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(each for each in (browser, system) if each) or gettext("Unknown browser")


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """
    Show where the person is logged in, this browser first.
    """
    found = sorted(UserSession.objects.purge_and_list(request.user), key=lambda each: not each.is_current())
    rows = [
        {
            "key": each.pk,
            "browser": browser_words(each.user_agent),
            "ip": each.ip,
            "at": int(each.created_at.timestamp()),
            "is_current": each.is_current(),
        }
        for each in found
    ]
    return render(request, "accounts/sessions.html", {"rows": rows})


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """
    End one session of the person; this browser's own is ended by logging out.
    """
    found = UserSession.objects.filter(user=reader_of(request).person, pk=pk).first()
    if found is not None and found.is_current():
        return redirect("account_logout")
    if found is not None:
        found.end()
        messages.success(request, gettext("That session is ended."))
    return redirect("usersessions_list")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """
    End all sessions of the person but this one.
    """
    for each in UserSession.objects.filter(user=reader_of(request).person):
        if not each.is_current():
            each.end()
    messages.success(request, gettext("All other sessions are ended."))
    return redirect("usersessions_list")
