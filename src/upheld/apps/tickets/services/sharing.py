"""
Sharing: what an agent keeps under a name (views, saved answers), for oneself, for a team or for everybody.

Invariant: only its owner changes it; whoever may share also deletes what others share.
"""

from __future__ import annotations

from upheld.apps.parties.models import Person, Team
from upheld.apps.tickets.models import Audience, SavedAnswer, SavedView
from upheld.apps.tickets.services.recording import TicketError


def audience_of(*, team: Team | None, is_shared: bool) -> Audience:
    """
    Return for whom something is kept; ``is_shared`` counts where there is no team.
    """
    if team is not None:
        return Audience.TEAM
    return Audience.ALL if is_shared else Audience.SELF


def check_changes(kept: SavedView | SavedAnswer, by: Person, code: str) -> None:
    """
    Raise :class:`TicketError` with the code where somebody may not change what was kept.
    """
    if kept.owner_id != by.pk:
        raise TicketError(code)


def check_deletes(kept: SavedView | SavedAnswer, by: Person, code: str, *, may_share: bool) -> None:
    """
    Raise :class:`TicketError` with the code where somebody may not delete what was kept.
    """
    if kept.audience == Audience.SELF or not may_share:
        check_changes(kept, by, code)
