"""
Changing several things of a ticket, or of several tickets, in one step: all of it or nothing.

Invariant: each part is one of the services of :mod:`handling`, in a fixed order, inside one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from upheld.apps.parties.models import Person, Team
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.services import handling
from upheld.apps.tickets.services.recording import TicketError
from upheld.core.instants import Instant


@dataclass(frozen=True, slots=True)
class Change:
    """
    What is to become of a ticket; ``None`` leaves a thing as it is, ``is_assigned`` says whether ``assignee`` counts.
    """

    ticket: Ticket
    severity: str | None = None
    status: str | None = None
    coverage: str | None = None
    team: Team | None = None
    is_assigned: bool = False
    assignee: Person | None = None
    reason: str = ""
    expected_version: int | None = None


class ChangeError(TicketError):
    """
    A change that was refused among several: its code and facts are those of the refusal, ``position`` counts from 0.
    """

    def __init__(self, position: int, error: TicketError) -> None:
        super().__init__(error.code, **error.params)
        self.position = position


@transaction.atomic
def change(*, wanted: Change, by: Person, now: Instant) -> Ticket:
    """
    Change a ticket; where one part is refused, nothing has changed.

    Raises :class:`TicketError` as the services of :mod:`handling` do, and ``ticket.nothing_to_change``.
    """
    ticket, expected = wanted.ticket, wanted.expected_version
    done = ticket
    if wanted.severity is not None:
        done = handling.assign_severity(
            ticket=done, severity=wanted.severity, by=by, reason=wanted.reason, now=now, expected_version=expected
        )
        expected = None
    if wanted.coverage is not None:
        done = handling.decide_coverage(
            ticket=done, coverage=wanted.coverage, by=by, reason=wanted.reason, now=now, expected_version=expected
        )
        expected = None
    if wanted.team is not None:
        done = handling.move_to_team(
            ticket=done, team=wanted.team, by=by, reason=wanted.reason, now=now, expected_version=expected
        )
        expected = None
    if wanted.is_assigned:
        done = handling.assign(ticket=done, to=wanted.assignee, by=by, now=now, expected_version=expected)
        expected = None
    if wanted.status is not None:
        done = handling.change_status(
            ticket=done, status=wanted.status, by=by, now=now, reason=wanted.reason, expected_version=expected
        )
    if done is ticket:
        raise TicketError("ticket.nothing_to_change")
    return done


@transaction.atomic
def change_all(*, wanted: Sequence[Change], by: Person, now: Instant) -> list[Ticket]:
    """
    Change several tickets; where one is refused, none has changed.

    Raises :class:`ChangeError` with the position of the refused one.
    """
    done = []
    for position, each in enumerate(wanted):
        try:
            done.append(change(wanted=each, by=by, now=now))
        except TicketError as error:
            raise ChangeError(position, error) from error
    return done
