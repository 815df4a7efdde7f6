"""
Second factors: who changes theirs is logged out everywhere else.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from upheld.apps.parties.models import Person

CHANGES: Final = (authenticator_added, authenticator_removed, authenticator_reset)


def watch() -> None:
    """
    End a person's other sessions whenever a second factor of theirs is added, removed or made anew; the library tells
    of it by signals only.
    """
    for change in CHANGES:
        change.connect(end_others, dispatch_uid="upheld.web.accounts.factors")


def end_others(*, request: HttpRequest, user: Person, **_more: Any) -> None:
    """
    End all sessions of a person but the one that asks.
    """
    for each in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key or ""):
        each.end()
