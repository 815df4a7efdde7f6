"""
Who decides what a command does: named by ``--by``, and permitted to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from upheld.core.errors import UpheldError

if TYPE_CHECKING:
    from upheld.apps.parties.models import Person


class DecisionError(UpheldError):
    """
    Nobody is named who may decide.
    """


def decider(email: str, *, right: str, missing: str, refused: str) -> Person:
    """
    Return the person of an address, who must have a right.

    Raises :class:`DecisionError` with the code ``missing`` where no address is given, ``refused`` for somebody who is
    unknown or lacks the right.
    """
    from upheld.apps.parties.models import Person  # noqa: PLC0415  (Django is loaded by now)
    from upheld.apps.parties.selectors import rights_of  # noqa: PLC0415
    from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415

    if not email:
        raise DecisionError(missing)
    found = Person.objects.filter(email__iexact=email, is_active=True).first()
    if found is None or right not in rights_of(found, read_clock()):
        raise DecisionError(refused, given=email)
    return found
