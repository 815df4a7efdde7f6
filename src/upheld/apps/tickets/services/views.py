"""
Saved views: a list with its filters, kept under a name, for oneself or shared.

Invariant: a view keeps an address and nothing else; what somebody then sees follows from their own rights.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction

from upheld.apps.parties.models import Person, Team
from upheld.apps.tickets.models import SavedView
from upheld.apps.tickets.services import sharing
from upheld.apps.tickets.services.recording import TicketError
from upheld.core.instants import Instant

MOST_VIEWS: Final = 50
MOST_NAME: Final = 60
MOST_QUERY: Final = 2000


def _checked(name: str) -> str:
    cleaned = " ".join(name.split())[:MOST_NAME]
    if not cleaned:
        raise TicketError("view.empty_name")
    return cleaned


@transaction.atomic
def save_view(
    *, owner: Person, name: str, query: str, now: Instant, team: Team | None = None, is_shared: bool = False
) -> SavedView:
    """
    Keep a list under a name: for oneself, for a ``team``, or (``is_shared`` without a team) for everybody.

    Raises :class:`TicketError` ``view.empty_name``, ``view.name_taken`` or ``view.too_many``.
    """
    cleaned = _checked(name)
    Person.objects.select_for_update().get(pk=owner.pk)
    own = SavedView.objects.filter(owner=owner)
    if own.filter(name=cleaned).exists():
        raise TicketError("view.name_taken", given=cleaned)
    if own.count() >= MOST_VIEWS:
        raise TicketError("view.too_many", most=MOST_VIEWS)
    return SavedView.objects.create(
        owner=owner,
        name=cleaned,
        query=query[:MOST_QUERY],
        audience=sharing.audience_of(team=team, is_shared=is_shared),
        team=team,
        made_at=now,
        changed_at=now,
    )


@transaction.atomic
def change_view(
    *,
    view: SavedView,
    by: Person,
    now: Instant,
    name: str,
    query: str,
    team: Team | None = None,
    is_shared: bool = False,
) -> SavedView:
    """
    Change a view of one's own: its name, its list, who sees it.

    Raises :class:`TicketError` ``view.not_yours``, ``view.empty_name`` or ``view.name_taken``.
    """
    locked = SavedView.objects.select_for_update().get(pk=view.pk)
    sharing.check_changes(locked, by, "view.not_yours")
    cleaned = _checked(name)
    if SavedView.objects.filter(owner=by, name=cleaned).exclude(pk=locked.pk).exists():
        raise TicketError("view.name_taken", given=cleaned)
    locked.name, locked.query, locked.changed_at = cleaned, query[:MOST_QUERY], now
    locked.audience, locked.team = sharing.audience_of(team=team, is_shared=is_shared), team
    locked.save()
    return locked


@transaction.atomic
def delete_view(*, view: SavedView, by: Person, may_share: bool) -> None:
    """
    Delete a view of one's own, or a shared one by somebody who may share.

    Raises :class:`TicketError` ``view.not_yours``.
    """
    sharing.check_deletes(view, by, "view.not_yours", may_share=may_share)
    SavedView.objects.filter(pk=view.pk).delete()
