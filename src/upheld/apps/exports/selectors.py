"""
Reading exports, and the tickets that stand in them.

Invariant: a person sees their own exports and nobody else's; which tickets stand in one follows from what they may see
when it is made, and what is handed out from what they may see then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from upheld.apps.exports.models import Export
from upheld.apps.exports.table import READ
from upheld.apps.parties.selectors import Access
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.selectors import Filters, in_queue, narrowed, visible
from upheld.core.instants import Instant

MOST_AT_ONCE: Final = 5000
"""A list of so many tickets is downloaded at once; a longer one becomes an export."""
MOST_SHOWN: Final = 50
SEES: Final = ("tickets.read", "tickets.read_assigned")
"""Who has neither has no list to export."""


def listed(access: Access, filters: Filters, now: Instant, *, end_of_day: Instant) -> list[tuple[Any, ...]] | None:
    """
    Return the tickets of a list for its table (:data:`~upheld.apps.exports.table.READ`), the next promise to break
    first, or nothing where they are more than :data:`MOST_AT_ONCE`. One query.
    """
    found = narrowed(in_queue(visible(access), filters.queue, access.person, now, end_of_day), filters, access)
    rows = list(found.order_by("due", "pk").values_list(*READ)[: MOST_AT_ONCE + 1])  # type: ignore[misc]  # annotated
    return None if len(rows) > MOST_AT_ONCE else rows


def filters_of(export: Export) -> Filters:
    """
    Return what an export is narrowed to.
    """
    given: dict[str, Any] = {
        name: tuple(each) if isinstance(each, list) else each for name, each in export.filters.items()
    }
    return Filters(**given)


def page_of(export: Export, access: Access, size: int) -> list[tuple[Any, ...]]:
    """
    Return the next tickets of an export for its table, in the order of their opening, which changes never: so that each
    stands in it once, whatever happens meanwhile. Each list is that of the moment when it was asked for. One query.
    """
    found = _found(export, access).filter(pk__gt=export.reached)
    return list(found.order_by("pk").values_list(*READ)[:size])


def count_of(export: Export, access: Access) -> int:
    """
    Return how many tickets an export has. One query.
    """
    return _found(export, access).order_by().count()


def _found(export: Export, access: Access) -> QuerySet[Ticket]:
    filters = filters_of(export)
    queue = in_queue(visible(access), filters.queue, access.person, export.asked_at, export.end_of_day)
    return narrowed(queue, filters, access)


def sees_everything(access: Access) -> bool:
    """
    Return whether somebody sees all tickets, whatever stands in an export of theirs.
    """
    return access.may("tickets.read") and access.teams is None


def seen_numbers(access: Access, numbers: Iterable[int]) -> set[int]:
    """
    Return those of some numbers whose tickets somebody may see now. One query.
    """
    # By number first: with both as conditions SQLite walks all tickets of a team for each few numbers.
    seen = Exists(visible(access).filter(pk=OuterRef("pk")))
    return set(Ticket.objects.filter(seen, number__in=list(numbers)).values_list("number", flat=True))


def exports_of(access: Access) -> list[Export]:
    """
    Return somebody's exports, the newest first. One query.
    """
    return list(Export.objects.filter(by=access.person).order_by("-asked_at", "-pk")[:MOST_SHOWN])


def find_export(access: Access, public_id: str) -> Export | None:
    """
    Return an export of somebody, or nothing. One query.
    """
    return Export.objects.filter(by=access.person, public_id=public_id).first()
