"""
The spool: what somebody sends is kept raw before any rule runs.

Invariant: once :func:`spool` has returned, nothing that follows can lose what was sent; the same key is kept once. What
is left in it, the relay works off: later and later where it fails, and never faster than the database recovers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Q

from upheld.apps.parties.models import Customer, Person
from upheld.apps.tickets.models import Submission
from upheld.apps.tickets.services.recording import TicketError
from upheld.apps.work.faults import fault
from upheld.apps.work.statements import insert
from upheld.core.instants import Instant

AT_IT_SECONDS: Final = 5
"""For so long the request that brought it may still be at it."""
RETRY_SECONDS: Final = (5, 30, 120, 600, 1800, 3600, 6 * 3600)
MOST_ATTEMPTS: Final = len(RETRY_SECONDS) + 1
"""What could not be made something of so often is left to a person: the log and ``upheld verify`` say so."""
log = logging.getLogger("upheld.intake")


def spool(
    *,
    key: str,
    channel: str,
    person: Person | None,
    customer: Customer | None,
    content: Mapping[str, Any],
    now: Instant,
    kind: str = Submission.Kind.TICKET,
) -> Submission:
    """
    Keep what was sent, in a transaction of its own, and return it; a second sending with the same key returns the
    first.

    MUST be called outside a transaction, so that it is on disk when it returns.
    """
    raw = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    fault("intake.before_spool")
    try:
        with _alone():
            made = Submission(
                key=key,
                channel=channel,
                kind=kind,
                person=person,
                customer=customer,
                raw=raw,
                digest=hashlib.sha256(raw).hexdigest(),
                received_at=now,
            )
            insert([made])
    except IntegrityError:
        return Submission.objects.select_related("person", "customer").get(key=key)
    fault("intake.spooled")
    return made


def _alone() -> AbstractContextManager[None]:
    """
    Return what keeps a statement whole: by itself it is a transaction already, so that no BEGIN and COMMIT go with it;
    on SQLite they do, for whoever begins a transaction waits for it in turn.
    """
    is_needed = connection.in_atomic_block or connection.vendor == "sqlite"
    return transaction.atomic() if is_needed else contextlib.nullcontext()


def work_off(*, kind: str, make: Callable[..., object], now: Instant, most: int = 50) -> int:
    """
    Make tickets or messages of what a crash or an error of ours left in the spool, the oldest first, and return how
    many; ``make`` is called with ``submission`` and ``now``.

    Where one fails the others go on, and it is tried again later; only the database's own failures are raised.
    """
    left = Submission.objects.filter(
        Q(retry_at=None) | Q(retry_at__lte=now),
        kind=kind,
        state=Submission.State.SPOOLED,
        received_at__lte=now - AT_IT_SECONDS,
        attempts__lt=MOST_ATTEMPTS,
    ).order_by("received_at", "pk")
    done = 0
    for submission in left[:most]:
        _count_attempt(submission, now)
        try:
            make(submission=submission, now=now)
        except TicketError:
            continue
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("the submission %s failed", submission.key)
            continue
        done += 1
    return done


def _count_attempt(submission: Submission, now: Instant) -> None:
    """
    Note an attempt before it is made, so that one that kills the process counts too.
    """
    attempts = submission.attempts + 1
    retry_at = now + RETRY_SECONDS[attempts - 1] if attempts < MOST_ATTEMPTS else None
    if retry_at is None:
        log.error("the submission %s is tried for the last time", submission.key)
    Submission.objects.filter(pk=submission.pk).update(attempts=attempts, retry_at=retry_at)


def try_again(*, now: Instant) -> int:
    """
    Let what was left to a person be tried again from the start, and return how much that was.
    """
    left = Submission.objects.filter(state=Submission.State.SPOOLED, attempts__gte=MOST_ATTEMPTS)
    return left.update(attempts=0, retry_at=now)
