"""
How the next promises of a list's tickets stand at one instant, from the stored clocks and the compiled calendars.

Invariant: nothing is folded and nothing written here; a list of fifty costs one query and fifty look-ups in calendars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from upheld.apps.tickets.models import ClockRow, Ticket
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class NextPromise:
    """
    The promise of a ticket that is due next, as it stands: ``state`` is ``breached``, ``running``, ``outside_hours`` or
    ``paused``; ``left_seconds`` is support time; ``share`` the used part in whole percent, cut off.
    """

    metric: str
    cycle: int
    state: str
    due_at: Instant | None
    left_seconds: int | None = None
    share: int | None = None
    is_at_risk: bool = False
    resumes_at: Instant | None = None
    paused_by: tuple[str, ...] = ()


def next_promises(tickets: Sequence[Ticket], rules: Mapping[int, Rules], now: Instant) -> dict[int, NextPromise]:
    """
    Return the next promise of each ticket that has one, by its primary key. One query.
    """
    waiting = [each.pk for each in tickets if each.next_metric]
    rows = ClockRow.objects.filter(ticket_id__in=waiting, stopped_at__isnull=True, ended_at__isnull=True)
    by_ticket: dict[int, list[ClockRow]] = {}
    for row in rows.order_by("pk"):
        by_ticket.setdefault(row.ticket_id, []).append(row)
    found = {}
    for ticket in tickets:
        chosen = _chosen(ticket, by_ticket.get(ticket.pk, ()))
        if chosen is not None:
            found[ticket.pk] = _standing(ticket, chosen, rules.get(ticket.pk), now)
    return found


def _chosen(ticket: Ticket, rows: Sequence[ClockRow]) -> ClockRow | None:
    own = [row for row in rows if row.metric == ticket.next_metric]
    return next((row for row in own if row.due_at == ticket.next_due_at), own[-1] if own else None)


def _standing(ticket: Ticket, row: ClockRow, rules: Rules | None, now: Instant) -> NextPromise:
    if row.due_at is not None and (row.verdict == "breached" or now > row.due_at):
        return NextPromise(row.metric, row.cycle, "breached", row.due_at)
    if row.paused_by:
        left = None if row.allowed_seconds is None else row.allowed_seconds - row.spent_seconds
        paused_by = tuple(row.paused_by.split(","))
        share = _share(row.allowed_seconds, left)
        return NextPromise(row.metric, row.cycle, "paused", row.due_at, left, share, paused_by=paused_by)
    return _running(ticket, row, rules, now)


def _running(ticket: Ticket, row: ClockRow, rules: Rules | None, now: Instant) -> NextPromise:
    is_at_risk = row.at_risk_at is not None and row.at_risk_at <= now
    if rules is None or row.due_at is None:
        return NextPromise(row.metric, row.cycle, "running", row.due_at, is_at_risk=is_at_risk)
    calendar = rules.calendar(row.calendar, row.severity or None, ticket.channel or None)
    left = calendar.between(now, row.due_at) if row.allowed_seconds is not None else None
    is_open = calendar.is_open(now)
    return NextPromise(
        row.metric,
        row.cycle,
        "running" if is_open else "outside_hours",
        row.due_at,
        left,
        _share(row.allowed_seconds, left),
        is_at_risk,
        None if is_open else calendar.next_open(now),
    )


def _share(allowed: int | None, left: int | None) -> int | None:
    if not allowed or left is None:
        return None
    return max(0, min(_WHOLE, (allowed - left) * _WHOLE // allowed))
