"""
Answers to requests that carried an idempotency key: the same request again gets the same answer and has no effect.

Invariant: one scope and key has one answer; it is committed together with what the request did.
"""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction

from upheld.apps.tickets.models import Reply
from upheld.apps.tickets.services.recording import TicketError
from upheld.core.instants import Instant

KEPT_SECONDS: Final = 48 * 3600
"""How long an answer is kept at least; callers are promised 24 hours."""
PENDING: Final = 0
"""The status of an answer that is still being made."""


def answered(*, scope: str, key: str, digest: str) -> Reply | None:
    """
    Return the answer that was given to a key, or nothing. One query.

    Raises :class:`TicketError` ``idempotency.other_request`` where the key came with another request.
    """
    found = Reply.objects.filter(scope=scope, key=key).first()
    if found is not None and found.request_digest != digest:
        raise TicketError("idempotency.other_request")
    return found


def claim(*, scope: str, key: str, digest: str, now: Instant) -> Reply | None:
    """
    Reserve a key for the request that is about to take effect, or return nothing where another was quicker.

    MUST be called inside the transaction of the effect: a second request with the key waits until that has ended.
    """
    try:
        with transaction.atomic():
            return Reply.objects.create(
                scope=scope, key=key, request_digest=digest, status=PENDING, body=b"", made_at=now
            )
    except IntegrityError:
        return None


def keep(*, reply: Reply, status: int, body: bytes) -> None:
    """
    Fill in the answer of a reserved key.
    """
    Reply.objects.filter(pk=reply.pk).update(status=status, body=body)


def keep_once(*, scope: str, key: str, digest: str, status: int, body: bytes, now: Instant) -> None:
    """
    Keep the answer of a request whose effect cannot happen twice by itself; the first answer stays.
    """
    row = Reply(scope=scope, key=key, request_digest=digest, status=status, body=body, made_at=now)
    Reply.objects.bulk_create([row], ignore_conflicts=True)


def forget_old(*, now: Instant, most: int = 1000) -> int:
    """
    Delete up to ``most`` answers that were kept long enough, and return how many.
    """
    old = Reply.objects.filter(made_at__lt=now - KEPT_SECONDS).order_by("pk").values_list("pk", flat=True)[:most]
    return Reply.objects.filter(pk__in=list(old)).delete()[0]
