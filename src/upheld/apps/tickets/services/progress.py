"""
What becomes of a fault: whether it shows here too, the way around, the plan and its date, milestones; and taking back
what was recorded wrongly.

Invariant: each is an event with who and when; a mistake is mended by a further event that says why, never by a change.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from upheld.apps.contracts.selectors import plan_of
from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.services.conversation import check_text
from upheld.apps.tickets.services.recording import Fact, TicketError, Told, actor_of, events_of, record
from upheld.core import events as ev
from upheld.core.clocks.story import NOT_REPRODUCIBLE
from upheld.core.instants import Instant

OUTCOMES: Final = ("reproduced", "not_reproducible", "waiting_for_customer")
CORRECTABLE: Final = (
    ev.CallLogged,
    ev.StatusChanged,
    ev.CoverageDecided,
    ev.ExclusionDecided,
    ev.IntakeCompleted,
    ev.ReproductionRecorded,
    ev.WorkaroundGiven,
    ev.RemediationPlanned,
    ev.MilestoneReached,
    ev.Linked,
)
"""What a person may take back: decisions and what was logged by hand. Messages, openings and ends stay."""


def _head(by: Person, now: Instant, reason: str = "") -> dict[str, Any]:
    actor = actor_of(by, of_customer=False)
    return {"seq": 0, "effective_at": now, "actor": actor, "reason": reason.strip() or None}


@transaction.atomic
def record_workaround(
    *, ticket: Ticket, by: Person, now: Instant, text: str = "", expected_version: int | None = None
) -> Ticket:
    """
    Say that the customer was given a way around; ``text`` is what it is, for colleagues.
    """
    kept = check_text(text, may_be_empty=True) or None
    fact = Fact(ev.WorkaroundGiven(**_head(by, now)), text=kept, author=by)
    return record(ticket=ticket, facts=[fact], now=now, expected_version=expected_version)


@transaction.atomic
def record_reproduction(
    *, ticket: Ticket, outcome: str, by: Person, now: Instant, text: str = "", expected_version: int | None = None
) -> Ticket:
    """
    Record an attempt to reproduce the error, with what was tried in ``text``. Where the plan ends what cannot be
    reproduced (OPI-7), the ticket is closed with that text as its reason, and the customer is told.

    Raises :class:`TicketError` ``ticket.unknown_outcome`` or ``ticket.reason_missing``.
    """
    if outcome not in OUTCOMES:
        raise TicketError("ticket.unknown_outcome", given=outcome, known=list(OUTCOMES))
    kept = check_text(text, may_be_empty=True) or None
    facts = [Fact(ev.ReproductionRecorded(**_head(by, now), outcome=outcome), text=kept, author=by)]
    told = []
    if outcome == NOT_REPRODUCIBLE and _ends_what_is_not_reproducible(ticket):
        if kept is None:
            raise TicketError("ticket.reason_missing")
        facts.append(Fact(ev.Closed(**_head(by, now, kept))))
        told.append(Told("ticket.not_reproducible", "requester", {"reason": kept}))
    return record(ticket=ticket, facts=facts, now=now, told=told, expected_version=expected_version)


def _ends_what_is_not_reproducible(ticket: Ticket) -> bool:
    rule = plan_of(ticket.plan_version_id).reproduction if ticket.plan_version_id is not None else None
    return rule is not None and rule.required and rule.otherwise == "closed" and ticket.closed_at is None


@transaction.atomic
def plan_remediation(
    *,
    ticket: Ticket,
    by: Person,
    now: Instant,
    promised_for: Instant | None = None,
    text: str = "",
    expected_version: int | None = None,
) -> Ticket:
    """
    Record the plan by which the fault will be mended, and the date that was agreed with the customer, where one was.

    Raises :class:`TicketError` ``ticket.promised_in_past``.
    """
    if promised_for is not None and promised_for <= now:
        raise TicketError("ticket.promised_in_past", given=promised_for)
    kept = check_text(text, may_be_empty=True) or None
    fact = Fact(ev.RemediationPlanned(**_head(by, now), promised_for=promised_for), text=kept, author=by)
    return record(ticket=ticket, facts=[fact], now=now, expected_version=expected_version)


@transaction.atomic
def reach_milestone(
    *, ticket: Ticket, milestone: str, by: Person, now: Instant, expected_version: int | None = None
) -> Ticket:
    """
    Say that a milestone that the plan names was reached.

    Raises :class:`TicketError` ``ticket.no_plan`` or ``ticket.unknown_milestone``.
    """
    if ticket.plan_version_id is None:
        raise TicketError("ticket.no_plan")
    known = plan_of(ticket.plan_version_id).milestones
    if milestone not in known:
        raise TicketError("ticket.unknown_milestone", given=milestone, known=sorted(known))
    fact = Fact(ev.MilestoneReached(**_head(by, now), milestone=milestone))
    return record(ticket=ticket, facts=[fact], now=now, expected_version=expected_version)


@transaction.atomic
def correct(
    *, ticket: Ticket, seq: int, by: Person, reason: str, now: Instant, expected_version: int | None = None
) -> Ticket:
    """
    Take back an event that was recorded wrongly: it counts as if it had never been. A link is taken back on both sides.

    Raises :class:`TicketError` ``event.unknown``, ``event.corrected_already``, ``event.cannot_be_corrected`` or
    ``ticket.reason_missing``.
    """
    if not reason.strip():
        raise TicketError("ticket.reason_missing")
    wrong = _correctable(ticket, seq)
    fact = Fact(ev.Corrected(**_head(by, now, reason), corrected_seq=seq))
    is_others = ticket.assignee_id not in (None, by.pk)
    told = [Told("ticket.corrected", "assignee", {"by": str(by), "reason": reason})] if is_others else []
    done = record(ticket=ticket, facts=[fact], now=now, told=told, expected_version=expected_version)
    if isinstance(wrong, ev.Linked):
        _unlink(ticket, wrong.to, by, reason, now)
    return done


def _correctable(ticket: Ticket, seq: int) -> ev.Event:
    events = events_of(Ticket.objects.select_for_update().get(pk=ticket.pk))
    wrong = next((each for each in events if each.seq == seq), None)
    if wrong is None:
        raise TicketError("event.unknown", seq=seq)
    if not isinstance(wrong, CORRECTABLE):
        raise TicketError("event.cannot_be_corrected", kind=wrong.kind)
    if all(each.seq != seq for each in ev.in_order(events)):
        raise TicketError("event.corrected_already", seq=seq)
    return wrong


def _unlink(ticket: Ticket, to: str, by: Person, reason: str, now: Instant) -> None:
    other = Ticket.objects.filter(public_id=to).exclude(status="merged").first()
    if other is None:
        return
    back = next(
        (each for each in ev.in_order(events_of(other)) if isinstance(each, ev.Linked) and each.to == ticket.public_id),
        None,
    )
    if back is not None:
        record(ticket=other, facts=[Fact(ev.Corrected(**_head(by, now, reason), corrected_seq=back.seq))], now=now)
