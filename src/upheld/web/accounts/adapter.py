"""
What django-allauth asks us.
"""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upheld.apps.parties.models import canonical_email
from upheld.web.redirects import is_own


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """
    Nobody makes an account by themselves; an address has one form.
    """

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right. Check both and try again."),
        "too_many_login_attempts": _(
            "Too many failed log-ins for this address. Wait five minutes, then try again; your account is not locked."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """
        Return that nobody can sign up: people are invited.
        """
        del request
        return False

    def clean_email(self, email: str) -> str:
        """
        Return the address in the form in which it is kept.
        """
        return canonical_email(email)

    def populate_username(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """
        Do nothing: people have no user names.
        """

    def is_safe_url(self, url: str | None) -> bool:
        """
        Return whether somebody may be sent to an address after logging in: only to a page of ours.
        """
        return url is not None and is_own(url)
