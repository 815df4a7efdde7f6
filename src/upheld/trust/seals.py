"""
Seals: a root over the heads of the chains, so that a tail that was cut off shows.

A root holds, compressed, the key of the newest ticket and the heads that were new since the root before it, and the
digest over that root's digest and this text. Whoever keeps a root's digest elsewhere can show later that nothing up to
it was cut off or changed.
Invariant: whatever was sealed once must be there for ever, with the same hash.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from upheld.apps.tickets.models import EventRow, Root, Ticket
from upheld.core.instants import Instant
from upheld.trust.violations import Run, Violation, row_of

OVERLAP_SECONDS = 86_400
"""Tickets that changed so long before the last root are sealed again: a clock may have been set back meanwhile."""
LOOKED_UP = 500


@transaction.atomic
def seal(*, now: Instant) -> Root:
    """
    Write a root over the heads of all tickets that changed since the last one, and return it.
    """
    last = Root.objects.select_for_update().order_by("-pk").first()
    tickets = Ticket.objects.all() if last is None else _changed(last)
    newest = EventRow.objects.filter(ticket_id=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    heads = list(tickets.annotate(head_seq=Subquery(newest)).order_by("pk").values_list("pk", "head_seq", "head_hash"))
    newest_key = Ticket.objects.aggregate(newest=Max("pk"))["newest"] or 0
    lines = [str(newest_key), *(f"{key} {seq} {digest}" for key, seq, digest in heads if seq is not None)]
    text = "\n".join(lines)
    previous = last.digest if last else ""
    return Root.objects.create(
        sealed_at=now,
        tickets=Ticket.objects.count(),
        events=EventRow.objects.count(),
        heads=zlib.compress(text.encode()),
        digest=_digest(previous, text),
        previous=previous,
    )


def _changed(last: Root) -> QuerySet[Ticket]:
    newest = int((_text(last) or "0").partition("\n")[0])
    return Ticket.objects.filter(Q(changed_at__gte=last.sealed_at - OVERLAP_SECONDS) | Q(pk__gt=newest))


def _digest(previous: str, text: str) -> str:
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def check(run: Run) -> Iterator[Violation]:
    """
    Yield roots that were changed, and sealed events that are not there any more.
    """
    previous = ""
    for root in Root.objects.order_by("pk").iterator(chunk_size=10):
        run.checked["roots"] += 1
        text = _text(root)
        if root.previous != previous or text is None or root.digest != _digest(root.previous, text):
            yield Violation("verify.root_changed", row_of(root), 0, {"digest": root.digest})
        else:
            yield from _heads(root, text)
        previous = root.digest


def _text(root: Root) -> str | None:
    try:
        return zlib.decompress(bytes(root.heads)).decode()
    except (zlib.error, UnicodeDecodeError):
        return None


def _heads(root: Root, text: str) -> Iterator[Violation]:
    """
    Yield the sealed heads of a root that do not stand in the chains any more.
    """
    heads = [(int(key), int(seq), digest) for key, seq, digest in map(str.split, text.splitlines()[1:])]
    for start in range(0, len(heads), LOOKED_UP):
        some = heads[start : start + LOOKED_UP]
        rows = EventRow.objects.filter(ticket_id__in=[key for key, _, _ in some], hash__in=[each for *_, each in some])
        there = set(rows.values_list("ticket_id", "seq", "hash"))
        for key, seq, digest in some:
            if (key, seq, digest) not in there:
                facts = {"ticket_key": key, "seq": seq, "sealed_at": root.sealed_at}
                yield Violation("verify.sealed_event_gone", f"tickets.Ticket {key}", key, facts)
