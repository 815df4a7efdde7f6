"""
Handling a ticket: severity, status, assignment, coverage, exclusions, release.

Invariant: whatever a person decides is kept with who, when and why.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import is_in_term, plan_of
from upheld.apps.parties.models import Person, Team
from upheld.apps.tickets.codec import decode
from upheld.apps.tickets.models import EventRow, Ticket
from upheld.apps.tickets.services.recording import Fact, TicketError, Told, actor_of, record
from upheld.core import events as ev
from upheld.core.clocks.story import HELD
from upheld.core.instants import Instant


def _head(by: Person, now: Instant, reason: str = "") -> dict[str, Any]:
    return {
        "seq": 0,
        "effective_at": now,
        "actor": actor_of(by, of_customer=False),
        "reason": reason.strip() or None,
    }


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise TicketError("ticket.reason_missing")


@transaction.atomic
def assign_severity(
    *,
    ticket: Ticket,
    severity: str,
    by: Person,
    reason: str,
    now: Instant,
    expected_version: int | None = None,
) -> Ticket:
    """
    Assign the severity, first or again; a change of one that was assigned needs a reason (CEL-5).

    Raises :class:`TicketError` ``ticket.no_plan``, ``ticket.unknown_severity``, ``ticket.reason_missing``,
    ``ticket.same_severity``.
    """
    if ticket.plan_version_id is None:
        raise TicketError("ticket.no_plan")
    known = plan_of(ticket.plan_version_id).severities
    if severity not in known:
        raise TicketError("ticket.unknown_severity", given=severity, known=list(known))
    if ticket.is_severity_assigned:
        if ticket.severity == severity:
            raise TicketError("ticket.same_severity", given=severity)
        _needs_reason(reason)
    event = ev.SeverityAssigned(**_head(by, now, reason), severity=severity)
    told = [Told("ticket.severity", "requester", {"severity": severity, "reason": reason})]
    return record(ticket=ticket, facts=[Fact(event)], now=now, told=told, expected_version=expected_version)


@transaction.atomic
def confirm_severity(*, ticket: Ticket, by: Person, now: Instant, expected_version: int | None = None) -> Ticket:
    """
    Confirm the severity that the customer stated (CPI-3).

    Raises :class:`TicketError` ``ticket.nothing_to_confirm``.
    """
    stated = ticket.urgency
    if ticket.plan_version_id is None or stated not in plan_of(ticket.plan_version_id).severities:
        raise TicketError("ticket.nothing_to_confirm")
    return record(
        ticket=ticket,
        facts=[Fact(ev.SeverityConfirmed(**_head(by, now), severity=stated))],
        now=now,
        expected_version=expected_version,
    )


@transaction.atomic
def change_status(
    *, ticket: Ticket, status: str, by: Person, now: Instant, reason: str = "", expected_version: int | None = None
) -> Ticket:
    """
    Set for whom the ticket waits, or resolve, close or reopen it; reopening needs a reason.

    Raises :class:`TicketError` ``ticket.unknown_status``, ``ticket.same_status``, ``ticket.not_resolved``,
    ``ticket.reason_missing``.
    """
    if status == ticket.status:
        raise TicketError("ticket.same_status", given=status)
    head = _head(by, now, reason)
    event: ev.Event
    if status == "resolved":
        event = ev.Resolved(**head)
    elif status == "closed":
        event = ev.Closed(**head)
    elif status == "reopened":
        if ticket.resolved_at is None and ticket.closed_at is None:
            raise TicketError("ticket.not_resolved")
        _needs_reason(reason)
        event = ev.Reopened(**head)
    elif status in set(ev.Status):
        event = ev.StatusChanged(**head, status=status)
    else:
        known = [*map(str, ev.Status), "resolved", "closed", "reopened"]
        raise TicketError("ticket.unknown_status", given=status, known=known)
    told = [Told(f"ticket.{status}", "requester")] if status in ("resolved", "closed") else []
    return record(ticket=ticket, facts=[Fact(event)], now=now, told=told, expected_version=expected_version)


@transaction.atomic
def assign(
    *, ticket: Ticket, to: Person | None, by: Person, now: Instant, expected_version: int | None = None
) -> Ticket:
    """
    Give the ticket to an agent, or to nobody.
    """
    event = ev.Assigned(**_head(by, now), to=to.public_id if to else None)
    told = [Told("ticket.assigned", "assignee")] if to is not None and to.pk != by.pk else []
    return record(ticket=ticket, facts=[Fact(event)], now=now, told=told, expected_version=expected_version)


@transaction.atomic
def move_to_team(*, ticket: Ticket, team: Team | None, now: Instant) -> Ticket:
    """
    Give the ticket to another team; who sees it changes at once.
    """
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    locked.team = team
    locked.changed_at = max(now, locked.changed_at)
    locked.save(update_fields=["team", "changed_at"])
    return locked


@transaction.atomic
def decide_coverage(
    *, ticket: Ticket, coverage: str, by: Person, reason: str, now: Instant, expected_version: int | None = None
) -> Ticket:
    """
    Decide whether the plan covers the request, with a reason that the customer sees (CEL-9, OPI-16).

    Raises :class:`TicketError` ``ticket.unknown_coverage`` or ``ticket.reason_missing``.
    """
    if coverage not in set(ev.Coverage):
        raise TicketError("ticket.unknown_coverage", given=coverage, known=[*map(str, ev.Coverage)])
    if coverage != ev.Coverage.COVERED:
        _needs_reason(reason)
    event = ev.CoverageDecided(**_head(by, now, reason), coverage=ev.Coverage(coverage))
    told = [Told("ticket.coverage", "requester", {"coverage": coverage, "reason": reason})]
    return record(ticket=ticket, facts=[Fact(event)], now=now, told=told, expected_version=expected_version)


@transaction.atomic
def decide_exclusion(
    *,
    ticket: Ticket,
    cause: str,
    excluded: bool,
    by: Person,
    reason: str,
    now: Instant,
    metric: str | None = None,
    expected_version: int | None = None,
) -> Ticket:
    """
    Decide whether a cause takes the ticket, or one metric of it, out of the promise.

    Raises :class:`TicketError` ``ticket.unknown_cause``, ``ticket.no_plan`` or ``ticket.reason_missing``.
    """
    if ticket.plan_version_id is None:
        raise TicketError("ticket.no_plan")
    known = plan_of(ticket.plan_version_id).exclusions
    if cause not in known:
        raise TicketError("ticket.unknown_cause", given=cause, known=sorted(known))
    _needs_reason(reason)
    event = ev.ExclusionDecided(**_head(by, now, reason), cause=cause, excluded=excluded, metric=metric)
    return record(ticket=ticket, facts=[Fact(event)], now=now, expected_version=expected_version)


@transaction.atomic
def complete_intake(*, ticket: Ticket, by: Person, now: Instant, expected_version: int | None = None) -> Ticket:
    """
    Say that everything the plan demands is there.
    """
    return record(
        ticket=ticket, facts=[Fact(ev.IntakeCompleted(**_head(by, now)))], now=now, expected_version=expected_version
    )


@transaction.atomic
def record_workaround(*, ticket: Ticket, by: Person, now: Instant) -> Ticket:
    """
    Say that the customer was given a way around.
    """
    return record(ticket=ticket, facts=[Fact(ev.WorkaroundGiven(**_head(by, now)))], now=now)


@transaction.atomic
def release(
    *, ticket: Ticket, contract: Contract, by: Person, reason: str, now: Instant, expected_version: int | None = None
) -> Ticket:
    """
    Release a held ticket under a contract that runs; clocks count from then, or from the opening where the plan says so
    (CEL-1).

    Raises :class:`TicketError` ``ticket.not_held``, ``ticket.foreign_contract``, ``ticket.contract_not_running``.
    """
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if locked.is_entitled:
        raise TicketError("ticket.not_held")
    if contract.customer_id != locked.customer_id:
        raise TicketError("ticket.foreign_contract")
    if not is_in_term(contract, now):
        raise TicketError("ticket.contract_not_running")
    locked.contract, locked.plan_version, locked.tier = contract, contract.plan_version, contract.tier
    locked.is_entitled, locked.held_reason = True, ""
    locked.team = locked.team or contract.team
    locked.save()
    head = _head(by, now, reason)
    facts = [
        Fact(ev.ContractBound(**head, contract=contract.public_id, tier=contract.tier)),
        _end_of_hold(locked, head),
    ]
    return record(
        ticket=locked,
        facts=facts,
        now=now,
        told=[Told("ticket.released", "requester")],
        expected_version=expected_version,
    )


def _end_of_hold(ticket: Ticket, head: dict[str, Any]) -> Fact:
    """
    Return the event that lets clocks run: from now on, or (by correcting the hold away) as if it had never been.
    """
    if ticket.plan_version_id is not None and plan_of(ticket.plan_version_id).terms.released_clock_from == "opening":
        for row in EventRow.objects.filter(ticket=ticket, kind="paused").order_by("seq"):
            event = decode(row.record)
            if isinstance(event, ev.Paused) and event.condition == HELD:
                return Fact(ev.Corrected(**head, corrected_seq=row.seq))
    return Fact(ev.Resumed(**head, condition=HELD))
