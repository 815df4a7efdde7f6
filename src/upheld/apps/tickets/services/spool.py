"""
The spool: what somebody sends is kept raw before any rule runs.

Invariant: once :func:`spool` has returned, nothing that follows can lose what was sent; the same key is kept once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.db import IntegrityError, connection, transaction

from upheld.apps.parties.models import Customer, Person
from upheld.apps.tickets.models import Submission
from upheld.apps.work.faults import fault
from upheld.apps.work.statements import insert
from upheld.core.instants import Instant


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
    Return what keeps a statement whole: by itself it is a transaction already, so that no BEGIN and COMMIT go with it.
    """
    return transaction.atomic() if connection.in_atomic_block else contextlib.nullcontext()
