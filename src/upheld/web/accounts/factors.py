"""
Second factors: their secrets are sealed in the database, and who changes theirs is logged out everywhere else.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any, Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from upheld.apps.parties import sealing
from upheld.apps.parties.models import Person

_ANY_OF_BASE32: Final = str.maketrans("0189", "WXYZ")
CHANGES: Final = (authenticator_added, authenticator_removed, authenticator_reset)


log = logging.getLogger("upheld.accounts")


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """
    Keeps secrets of second factors sealed.
    """

    def encrypt(self, text: str) -> str:
        """
        Return a secret as it lies in the database.
        """
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """
        Return a secret for use; one that no key opens is reported in the log and becomes one that no code fits.
        """
        try:
            return sealing.unseal(encrypted_text)
        except sealing.SealError:
            log.error("a second factor's secret cannot be opened: is UPHELD_SEALING_KEY the key that sealed it?")  # noqa: TRY400  (a traceback tells no more)
            return secrets.token_hex(40).translate(_ANY_OF_BASE32)


def reseal() -> int:
    """
    Seal all secrets with the newest key, and return of how many rows.
    """
    return sealing.reseal_factors(Authenticator.objects)


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
