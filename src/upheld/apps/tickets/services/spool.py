"""
The spool: what somebody sends is kept raw before any rule runs.

Invariant: once :func:`spool` has returned, nothing that follows can lose what was sent; the same key is kept once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from upheld.apps.parties.models import Customer, Person
from upheld.apps.tickets.models import Submission
from upheld.apps.work.faults import fault
from upheld.core.instants import Instant


def spool(
    *,
    key: str,
    channel: str,
    person: Person | None,
    customer: Customer | None,
    content: Mapping[str, Any],
    now: Instant,
) -> Submission:
    """
    Keep what was sent, in a transaction of its own, and return it; a second sending with the same key returns the
    kind: str = Submission.Kind.TICKET,
    first.

    MUST be called outside a transaction, so that it is on disk when it returns.
    """
    raw = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    fault("intake.before_spool")
    try:
        with transaction.atomic():
            made = Submission.objects.create(
                key=key,
                channel=channel,
                person=person,
                customer=customer,
                raw=raw,
                kind=kind,
                digest=hashlib.sha256(raw).hexdigest(),
                received_at=now,
            )
    except IntegrityError:
        return Submission.objects.get(key=key)
    fault("intake.spooled")
    return made
