"""
Each notice has one cause and each mail one id: what people were told follows from one outbox row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from upheld.apps.channels.models import Mail, Notice
from upheld.apps.work.models import OutboxRow
from upheld.trust.violations import Run, Violation, row_of


def check_notices(keys: Sequence[int], run: Run) -> Iterator[Violation]:
    """
    Yield notices that nothing caused.
    """
    rows = list(Notice.objects.filter(pk__in=keys).order_by("pk"))
    causes = _there(row.key for row in rows)
    for row in rows:
        run.checked["notices"] += 1
        if row.key not in causes:
            yield Violation("verify.notice_without_cause", row_of(row), row.pk, {"key": row.key, "code": row.code})


def check_mails(keys: Sequence[int], run: Run) -> Iterator[Violation]:
    """
    Yield mails that nothing caused, that no row will send, or whose id is not their own.
    """
    rows = list(Mail.objects.select_related("person").filter(pk__in=keys).order_by("pk"))
    causes = _there(_cause(row) for row in rows)
    work = _there(f"mail:{row.pk}" for row in rows)
    for row in rows:
        run.checked["mails"] += 1
        if code := _fault(row, causes, work):
            yield Violation(code, row_of(row), row.pk, {"key": row.key, "message_id": row.message_id})


def _fault(row: Mail, causes: set[str], work: set[str]) -> str:
    mark = hashlib.sha256(row.key.encode()).hexdigest()[:32]
    if not row.message_id.startswith(f"<{mark}@"):
        return "verify.mail_id"
    if _cause(row) not in causes:
        return "verify.mail_without_cause"
    if f"mail:{row.pk}" not in work:
        return "verify.mail_without_work"
    if (row.state == Mail.State.SENT) != (row.sent_at is not None):
        return "verify.mail_state"
    return ""


def _cause(row: Mail) -> str:
    return row.key.removesuffix(f":{row.person.public_id}")


def _there(keys: Iterator[str]) -> set[str]:
    return set(OutboxRow.objects.filter(key__in=list(keys)).values_list("key", flat=True))
