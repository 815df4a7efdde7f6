"""
Reading what people were told.

Invariant: a person reads their own notices and nobody else's.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from upheld.apps.channels.models import Notice
from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import Access
from upheld.apps.tickets.selectors import visible


@dataclass(frozen=True, slots=True)
class NoticePage:
    """
    A page of notices, the newest first, and the key of the next page.
    """

    notices: list[Notice]
    following: tuple[int, int] | None


def notices_page(
    access: Access, *, unread_only: bool = False, before: tuple[int, int] | None = None, size: int = 50
) -> NoticePage:
    """
    Return a page of a person's notices with their tickets, without those of tickets that they may see no more. One
    query.
    """
    still_visible = Q(ticket__isnull=True) | Q(ticket__in=visible(access))
    found = Notice.objects.filter(still_visible, person=access.person).select_related("ticket__customer")
    if unread_only:
        found = found.filter(read_at__isnull=True)
    if before is not None:
        at, key = before
        found = found.filter(Q(made_at__lt=at) | Q(made_at=at, pk__lt=key))
    rows = list(found.order_by("-made_at", "-pk")[: size + 1])
    following = (rows[size - 1].made_at, rows[size - 1].pk) if len(rows) > size else None
    return NoticePage(rows[:size], following)


def unread_count(person: Person, *, most: int = 100) -> int:
    """
    Return how many notices a person has not read, counted up to ``most``. One query.
    """
    return Notice.objects.filter(person=person, read_at__isnull=True).order_by()[:most].count()
