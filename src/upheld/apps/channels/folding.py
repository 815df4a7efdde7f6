"""
Folding: what could not be told for hours, because no worker ran or everything was held, is told at once: one notice and
one mail for a person.

Invariant: each cause still makes its own notice, once; one that is late stands under the fold of its person and sends
no mail of its own. A fold is closed when nothing late is left to come to it.
"""

from __future__ import annotations

from typing import Final

from upheld.apps.channels.models import Notice
from upheld.apps.parties.models import Person
from upheld.apps.tickets.services.timers import earliest_due
from upheld.apps.work.models import new_public_id
from upheld.apps.work.services import LEASE_SECONDS, enqueue
from upheld.core.instants import Instant

LATE_SECONDS: Final = 3600
"""What is told so long after it happened is late."""
QUIET_SECONDS: Final = 2 * LEASE_SECONDS
"""When nothing has come to a fold for so long it is closed: longer than a killed worker may hold rows back."""
LONGEST_SECONDS: Final = 1800
"""A fold is closed at the latest after so long: something that fails again and again holds nobody's mail back."""


def is_late(happened_at: Instant | None, now: Instant) -> bool:
    """
    Return whether something is told too late to be told by itself.
    """
    return happened_at is not None and now - happened_at > LATE_SECONDS


def fold(notice: Notice, *, happened_at: Instant, is_mailed: bool, now: Instant) -> None:
    """
    Put a notice under the fold of its person, which is made where there is none.
    """
    over = _gathering(notice.person, now)
    notice.fold, notice.happened_at, notice.is_mailed = over, happened_at, is_mailed
    notice.save(update_fields=["fold", "happened_at", "is_mailed"])


def _gathering(person: Person, now: Instant) -> Notice:
    found = Notice.objects.select_for_update().filter(person=person, code=Notice.GATHERING).first()
    if found is not None:
        return found
    public_id = new_public_id()
    made, is_new = Notice.objects.get_or_create(
        person=person,
        code=Notice.GATHERING,
        defaults={"public_id": public_id, "key": f"fold:{public_id}", "made_at": now},
    )
    if is_new:
        enqueue(
            key=made.key,
            handler="channels.close_fold",
            arguments={"notice": made.pk},
            now=now,
            due_at=now + QUIET_SECONDS,
        )
    return made


def open_until(over: Notice, now: Instant) -> Instant | None:
    """
    Return when to look again whether a fold can be closed, or nothing where it can be now.
    """
    if now >= over.made_at + LONGEST_SECONDS:
        return None
    newest = Notice.objects.filter(fold=over).order_by("-made_at").values_list("made_at", flat=True).first()
    quiet_at = (newest or over.made_at) + QUIET_SECONDS
    if now < quiet_at:
        return quiet_at
    earliest = earliest_due(now=now)
    return now + QUIET_SECONDS if is_late(earliest, now) else None


def close(over: Notice, now: Instant) -> list[Notice]:
    """
    Let a person see a fold, and return the notices that ask for a mail: the fold, or the only one that stands under it,
    which then stands by itself.
    """
    parts = list(Notice.objects.filter(fold=over).order_by("happened_at", "pk").only("pk", "happened_at", "is_mailed"))
    if len(parts) <= 1:
        Notice.objects.filter(fold=over).update(fold=None)
        over.delete()
        return [each for each in parts if each.is_mailed]
    over.code, over.made_at = Notice.FOLDED, now
    over.is_mailed = any(each.is_mailed for each in parts)
    over.params = {"count": len(parts), "since": parts[0].happened_at, "until": parts[-1].happened_at}
    over.save(update_fields=["code", "made_at", "params", "is_mailed"])
    return [over] if over.is_mailed else []
