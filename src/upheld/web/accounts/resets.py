"""
A new password by mail, for somebody who cannot log in.

Invariant: the request does the same and answers the same whether anybody has the address or not: the worker looks who
it is, and writes to the address that is stored, never to the one that was typed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator, ResetPasswordForm
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, override

from upheld.apps.parties.models import canonical_email
from upheld.apps.parties.selectors import person_with_address
from upheld.apps.work.clock import now as read_clock
from upheld.apps.work.handlers import handler
from upheld.apps.work.services import enqueue
from upheld.core.instants import Instant

SEND: Final = "accounts.send_reset"


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """
    Asks for the address, and leaves everything else to the worker.
    """

    def clean_email(self) -> str:
        """
        Return the address in the form in which addresses are kept; nobody looks here whose it is.
        """
        return canonical_email(self.cleaned_data["email"])

    @transaction.atomic
    def save(self, request: HttpRequest, **_more: Any) -> str:
        """
        Enqueue the mail, to be written if somebody has the address.
        """
        del request
        email, ref = str(self.cleaned_data["email"]), secrets.token_hex(12)
        enqueue(key=f"reset:{ref}", handler=SEND, arguments={"email": email, "ref": ref}, now=read_clock())
        return email


@handler(SEND, is_outside=True)
def send_reset(arguments: Mapping[str, Any], now: Instant) -> None:
    """
    Write to somebody how they choose a new password, if the address is that of an active person.
    """
    del now
    person = person_with_address(arguments["email"])
    if person is None:
        return
    token = EmailAwarePasswordResetTokenGenerator().make_token(person)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": token})
    with override(person.language):
        facts = {"address": f"{settings.UPHELD_BASE_URL}{path}", "minutes": settings.PASSWORD_RESET_TIMEOUT // 60}
        message = EmailMessage(
            subject=gettext("Choose a new password"),
            body=render_to_string("accounts/reset_mail.txt", facts),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[person.email],
            headers={
                "Message-ID": f"<reset-{arguments['ref']}@{settings.UPHELD_MAIL_DOMAIN}>",
                "Auto-Submitted": "auto-generated",
            },
        )
    message.send()
