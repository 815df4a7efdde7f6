"""
Handing mails over: to the next server, in their order, at the rate that it allows.

Invariant: trouble of a server is told apart from trouble of one address (RFC 5321, 4.2): a server that is away or sends
everybody away keeps all mail waiting; an address that it refuses for good gets no more for a day.
"""

from __future__ import annotations

import smtplib
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage

from upheld.apps.channels.models import Mail
from upheld.apps.channels.selectors import promise_of
from upheld.apps.parties.models import Person
from upheld.apps.work.away import AwayError
from upheld.apps.work.handlers import LaterError
from upheld.apps.work.models import OutboxRow
from upheld.core.instants import Instant

PERMANENT: Final = 500
"""Codes from here on are for good (RFC 5321, 4.2.1)."""
REFUSED_SECONDS: Final = 86_400
"""So long nothing is tried at an address that was refused."""
ORDER_SECONDS: Final = 5
MINUTE: Final = 60


class RefusedError(Exception):
    """
    The server does not take this mail, and will not later.
    """


class AddressRefusedError(RefusedError):
    """
    The server takes no mail at all for this address.
    """


def deliver(message: EmailMessage) -> None:
    """
    Hand a mail to one person over.

    Raises :class:`~upheld.apps.work.away.AwayError` where the server does not answer or takes nothing from anybody, and
    :class:`RefusedError`; other errors are the mail's own and may pass.
    """
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        if code >= PERMANENT:
            raise AddressRefusedError(_words(code, text)) from error
        raise
    except smtplib.SMTPDataError as error:
        if error.smtp_code >= PERMANENT:
            raise RefusedError(_words(error.smtp_code, error.smtp_error)) from error
        raise AwayError(_words(error.smtp_code, error.smtp_error)) from error
    except OSError as error:  # every SMTPException is one, as is a line that breaks or a name that is not found
        raise AwayError(f"{type(error).__name__}: {error}") from error


def _words(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {said}".split())[:200]


def is_refused(person: Person, now: Instant) -> bool:
    """
    Return whether a server refused the person's address less than a day ago.
    """
    at = person.mail_refused_at
    return person.is_mail_refused and at is not None and now - at < REFUSED_SECONDS


def check_order(mail: Mail, now: Instant) -> None:
    """
    Raise :class:`~upheld.apps.work.handlers.LaterError` while an earlier mail on the same ticket waits for the person;
    one that was given up holds nothing back. One or two queries.
    """
    if mail.ticket_id is None:
        return
    queued = Mail.objects.filter(ticket_id=mail.ticket_id, person_id=mail.person_id, state=Mail.State.QUEUED)
    earlier = [f"mail:{pk}" for pk in queued.filter(pk__lt=mail.pk).values_list("pk", flat=True)]
    if earlier and OutboxRow.objects.filter(key__in=earlier, state=OutboxRow.State.WAITING).exists():
        raise LaterError(now + ORDER_SECONDS)


def check_rate(now: Instant) -> None:
    """
    Raise :class:`~upheld.apps.work.handlers.LaterError` where as many mails went out in a minute as may. One query.
    """
    most = settings.UPHELD_MAILS_PER_MINUTE
    if most and Mail.objects.filter(sent_at__gt=now - MINUTE)[:most].count() >= most:
        raise LaterError(now + ORDER_SECONDS)


def is_stale(mail: Mail) -> bool:
    """
    Return whether a mail warns of a promise of which a later mail says more. One query, none for other mails.
    """
    if mail.code != "clock.at_risk" or mail.ticket_id is None:
        return False
    later = Mail.objects.filter(ticket_id=mail.ticket_id, person_id=mail.person_id, pk__gt=mail.pk)
    return any(promise_of(each) == promise_of(mail) for each in later.filter(code__startswith="clock."))
