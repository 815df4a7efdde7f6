"""
Reading what people were told.

Invariant: a person reads their own notices and nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from upheld.apps.channels.models import Mail, Notice
from upheld.apps.parties.selectors import Access
from upheld.apps.tickets.selectors import visible


@dataclass(frozen=True, slots=True)
class NoticePage:
    """
    A page of notices, the newest first, and the key of the next page.
    """

    notices: list[Notice]
    following: tuple[int, int] | None


def _own(access: Access) -> QuerySet[Notice]:
    """
    Return somebody's notices, without those of tickets that they may see no more, and without those that stand under
    another one.
    """
    own = Notice.objects.filter(_still_visible(access), person=access.person, fold__isnull=True)
    return own.exclude(code=Notice.GATHERING)


def _still_visible(access: Access) -> Q:
    seen = visible(access)
    if not seen.query.where:  # all there are
        return Q()
    # Asked of each notice: for a list of what is visible PostgreSQL would go through all tickets there are.
    return Q(ticket__isnull=True) | Q(Exists(seen.filter(pk=OuterRef("ticket_id"))))


MOST_PARTS = 200
"""So many notices of a fold are shown."""


def parts_of(access: Access, notices: Iterable[Notice]) -> dict[int, list[Notice]]:
    """
    Return what stands under the folds among some notices, by the fold's primary key: broken promises first, without
    warnings of promises that broke, and without tickets that somebody may see no more. A query for each fold.
    """
    return {each.pk: _shown_parts(each, access) for each in notices if each.code == Notice.FOLDED}


def _shown_parts(over: Notice, access: Access) -> list[Notice]:
    own = Notice.objects.filter(_still_visible(access), fold=over)
    parts = list(own.select_related("ticket__customer").order_by("happened_at", "pk"))
    broken = {promise_of(each) for each in parts if each.code == "clock.breach"}
    told = [each for each in parts if each.code != "clock.at_risk" or promise_of(each) not in broken]
    return sorted(told, key=lambda each: each.code != "clock.breach")[:MOST_PARTS]


def promise_of(told: Notice | Mail) -> tuple[int | None, str, int]:
    """
    Return the promise that a notice or a mail is about: its ticket, metric and cycle.
    """
    return told.ticket_id, str(told.params.get("metric", "")), int(told.params.get("cycle", 0))


def notices_page(
    access: Access, *, unread_only: bool = False, before: tuple[int, int] | None = None, size: int = 50
) -> NoticePage:
    """
    Return a page of a person's notices with their tickets, without those of tickets that they may see no more. One
    query.
    """
    found = _own(access).select_related("ticket__customer")
    if unread_only:
        found = found.filter(read_at__isnull=True)
    if before is not None:
        at, key = before
        found = found.filter(Q(made_at__lt=at) | Q(made_at=at, pk__lt=key))
    rows = list(found.order_by("-made_at", "-pk")[: size + 1])
    following = (rows[size - 1].made_at, rows[size - 1].pk) if len(rows) > size else None
    return NoticePage(rows[:size], following)


def find_notice(access: Access, public_id: str) -> Notice | None:
    """
    Return a notice of somebody, or nothing. One query.
    """
    return _own(access).filter(public_id=public_id).first()


def unread_count(access: Access, *, most: int = 100) -> int:
    """
    Return how many notices somebody has not read, of those that they may see, counted up to ``most``. One query.
    """
    return _own(access).filter(read_at__isnull=True).order_by()[:most].count()
