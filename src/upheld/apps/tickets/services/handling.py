"""
Handling a ticket: severity, status, assignment, team, coverage, exclusions, release.

Invariant: whatever a person decides is kept with who, when and why.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import is_in_term, newest_edition, plan_of
from upheld.apps.parties.models import Person, Team
from upheld.apps.tickets.codec import decode
from upheld.apps.tickets.models import EventRow, Ticket
from upheld.apps.tickets.services.charges import check_work
from upheld.apps.tickets.services.recording import Fact, TicketError, Told, actor_of, events_of, record
from upheld.core import events as ev
from upheld.core.clocks.story import HELD
from upheld.core.coverage import CoverageError, check_decision
from upheld.core.instants import Instant
from upheld.core.plan.model.base import in_language
from upheld.core.severity.reporting import channels_used, unreported


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
    Assign the severity, first or again; a change of one that was assigned needs a reason (CEL-5), a first one where the
    plan says so (CAP-9).

    Raises :class:`TicketError` ``ticket.no_plan``, ``ticket.unknown_severity``, ``ticket.reason_missing``,
    ``ticket.same_severity``.
    """
    if ticket.plan_version_id is None:
        raise TicketError("ticket.no_plan")
    plan = plan_of(ticket.plan_version_id)
    if severity not in plan.severities:
        raise TicketError("ticket.unknown_severity", given=severity, known=list(plan.severities))
    if ticket.is_severity_assigned and ticket.severity == severity:
        raise TicketError("ticket.same_severity", given=severity)
    if ticket.is_severity_assigned or plan.severity_process.needs_reason == "always":
        _needs_reason(reason)
    event = ev.SeverityAssigned(**_head(by, now, reason), severity=severity)
    told = [Told("ticket.severity", "requester", {"severity": severity, "reason": reason})]
    return record(ticket=ticket, facts=[Fact(event)], now=now, told=told, expected_version=expected_version)


@transaction.atomic
def confirm_severity(*, ticket: Ticket, by: Person, now: Instant, expected_version: int | None = None) -> Ticket:
    """
    Confirm the severity that the customer stated (CPI-3); one that must come through several channels only when it has
    (CPI-2).

    Raises :class:`TicketError` ``ticket.nothing_to_confirm`` or ``ticket.severity_unreported``.
    """
    stated = ticket.urgency
    plan = plan_of(ticket.plan_version_id) if ticket.plan_version_id is not None else None
    if plan is None or stated not in plan.severities:
        raise TicketError("ticket.nothing_to_confirm")
    if plan.severities[stated].reported_by and (
        lacking := unreported(plan, stated, channels_used(events_of(ticket), plan))
    ):
        names = [in_language(plan.channels[each].name, plan.language, each) for each in lacking]
        raise TicketError("ticket.severity_unreported", severity=stated, channels=names)
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
    Set for whom the ticket waits, or resolve, close or reopen it; reopening needs a reason, and what the plan wants
    reviewed or approved first is not resolved before (it can be closed).

    Raises :class:`TicketError` ``ticket.unknown_status``, ``ticket.same_status``, ``ticket.not_resolved``,
    ``ticket.reason_missing``, or as :func:`~upheld.apps.tickets.services.charges.check_work` does.
    """
    if status == ticket.status:
        raise TicketError("ticket.same_status", given=status)
    head = _head(by, now, reason)
    event: ev.Event
    if status == "resolved":
        check_work(ticket)
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
def move_to_team(
    *, ticket: Ticket, team: Team, by: Person, reason: str, now: Instant, expected_version: int | None = None
) -> Ticket:
    """
    Give the ticket to another team, where it is nobody's until somebody there takes it; who sees it changes at once.

    Raises :class:`TicketError` ``ticket.same_team`` or ``ticket.reason_missing``.
    """
    if ticket.team_id == team.pk:
        raise TicketError("ticket.same_team", given=team.name)
    _needs_reason(reason)
    event = ev.Assigned(**_head(by, now, reason), to=f"{ev.TEAM}{team.public_id}")
    told = [Told("ticket.moved_staff", "team", {"by": str(by), "reason": reason})]
    return record(ticket=ticket, facts=[Fact(event)], now=now, told=told, expected_version=expected_version)


@transaction.atomic
def decide_coverage(
    *,
    ticket: Ticket,
    coverage: str,
    by: Person,
    reason: str,
    now: Instant,
    rule: str | None = None,
    ground: str | None = None,
    expected_version: int | None = None,
) -> Ticket:
    """
    Decide whether the plan covers the request, with a reason that the customer sees (CEL-9, OPI-16).

    ``rule`` is the place of the plan's rule that the decision follows (``coverage[2]``), ``ground`` the one of its
    grounds that holds. Raises :class:`TicketError` ``ticket.unknown_coverage``, ``ticket.reason_missing``, or as
    :func:`~upheld.core.coverage.check_decision` does.
    """
    if coverage not in set(ev.Coverage):
        raise TicketError("ticket.unknown_coverage", given=coverage, known=[*map(str, ev.Coverage)])
    if coverage != ev.Coverage.COVERED:
        _needs_reason(reason)
    if rule is not None and ticket.plan_version_id is not None:
        try:
            check_decision(plan_of(ticket.plan_version_id), ev.Coverage(coverage), rule, ground)
        except CoverageError as error:
            raise TicketError(error.code, **error.params) from None
    event = ev.CoverageDecided(**_head(by, now, reason), coverage=ev.Coverage(coverage), rule=rule)
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
    locked.edition_id = newest_edition(contract.plan_version_id)
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
