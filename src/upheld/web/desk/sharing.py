"""
Sharing in forms: for whom a view or a saved answer is kept.
"""

from __future__ import annotations

from typing import TypedDict

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from upheld.apps.parties.models import Team
from upheld.apps.parties.selectors import teams
from upheld.apps.tickets.services.recording import TicketError
from upheld.web.desk.permission import access_to


class ForWhom(TypedDict):
    """
    A team, or whether for everybody at the desk; neither for oneself.
    """

    team: Team | None
    is_shared: bool


def for_whom(request: HttpRequest) -> ForWhom:
    """
    Return what the field ``for`` says: ``self``, ``all``, or a team's public id.

    Raises :class:`PermissionDenied` where somebody may not share, and :class:`TicketError` ``ticket.unknown_team``.
    """
    ref = request.POST.get("for", "self")
    if ref == "self":
        return {"team": None, "is_shared": False}
    if not access_to(request).may("views.share"):
        raise PermissionDenied
    if ref == "all":
        return {"team": None, "is_shared": True}
    team = next((each for each in teams() if each.public_id == ref), None)
    if team is None:
        raise TicketError("ticket.unknown_team")
    return {"team": team, "is_shared": False}
