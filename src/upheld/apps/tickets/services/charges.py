"""
Charges: what the plan does not include is proposed to the customer, and done only when the customer has approved it.

Invariant: a charge is decided by the customer's side, once a proposal; a proposal that was declined can be approved
later. Nothing here moves money.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from upheld.apps.contracts.selectors import rules_of
from upheld.apps.parties.models import Person
from upheld.apps.tickets.judgements import judgements
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.services.recording import Fact, TicketError, Told, actor_of, events_of, record
from upheld.core import events as ev
from upheld.core.coverage import charge_of
from upheld.core.instants import Instant
from upheld.core.money import Money, MoneyError


@transaction.atomic
def propose_charge(
    *,
    ticket: Ticket,
    amount: str,
    currency: str,
    by: Person,
    reason: str,
    now: Instant,
    expected_version: int | None = None,
) -> Ticket:
    """
    Propose a charge to the customer, with what it is for; the ticket waits on the customer then (CEL-8).

    Raises :class:`TicketError` ``coverage.bad_amount``, ``coverage.bad_currency`` or ``ticket.reason_missing``.
    """
    if not reason.strip():
        raise TicketError("ticket.reason_missing")
    money = _money(amount, currency)
    head = _head(by, now, reason, of_customer=False)
    proposed = ev.ChargeProposed(**head, amount=str(money.amount), currency=money.currency)
    facts = [Fact(proposed)]
    if ticket.status != ev.Status.WAITING_ON_CUSTOMER:
        facts.append(Fact(ev.StatusChanged(**head, status=ev.Status.WAITING_ON_CUSTOMER.value)))
    params = {"amount": proposed.amount, "currency": proposed.currency, "reason": reason.strip()}
    told = [Told("ticket.charge_proposed", "requester", params)]
    return record(ticket=ticket, facts=facts, now=now, told=told, expected_version=expected_version)


@transaction.atomic
def decide_charge(
    *,
    ticket: Ticket,
    approved: bool,
    by: Person,
    now: Instant,
    reason: str = "",
    of_customer: bool = True,
    expected_version: int | None = None,
) -> Ticket:
    """
    Approve or decline the charge that was proposed; ``of_customer`` is false where support records what the customer
    said elsewhere, which needs a reason. Declined, the ticket is support's again, to close; approved later, it reopens.

    Raises :class:`TicketError` ``coverage.nothing_proposed``, ``coverage.decided_already``, ``ticket.reason_missing``.
    """
    charge = charge_of(events_of(ticket))
    if charge.state == "none":
        raise TicketError("coverage.nothing_proposed")
    if charge.state == "approved" or (charge.state == "declined" and not approved):
        raise TicketError("coverage.decided_already", state=charge.state)
    if not of_customer and not reason.strip():
        raise TicketError("ticket.reason_missing")
    said = reason.strip() or f"{charge.amount} {charge.currency}"
    head = _head(by, now, said, of_customer=of_customer)
    facts = [Fact(ev.ChargeDecided(**head, approved=approved))]
    if ticket.closed_at is not None or ticket.resolved_at is not None:
        facts += [Fact(ev.Reopened(**head))] if approved else []
    elif ticket.status == ev.Status.WAITING_ON_CUSTOMER:
        facts.append(Fact(ev.StatusChanged(**head, status=ev.Status.WAITING_ON_SUPPORT.value)))
    code = "ticket.charge_approved" if approved else "ticket.charge_declined"
    params = {"by": str(by), "amount": charge.amount, "currency": charge.currency, "reason": said}
    return record(
        ticket=ticket, facts=facts, now=now, told=[Told(code, "team", params)], expected_version=expected_version
    )


def check_work(ticket: Ticket) -> None:
    """
    Refuse to finish work that may not be done yet: not reviewed, or not approved by the customer (CEL-8). No query
    where the plan asks for neither, else one.

    Raises :class:`TicketError` with the code of :func:`~upheld.core.coverage.why_no_work`.
    """
    if ticket.contract is None or ticket.plan_version_id is None or ticket.is_imported:
        return
    rules = rules_of(ticket.contract, ticket.plan_version_id, ticket.edition_id)
    if not any(rule.needs_review or rule.needs_approval for rule in rules.hours.plan.coverage):
        return
    found = judgements(events_of(ticket), rules)
    if found.waits is not None:
        raise TicketError(found.waits, amount=found.charge.amount or "", currency=found.charge.currency or "")


def _money(amount: str, currency: str) -> Money:
    code = currency.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise TicketError("coverage.bad_currency", given=currency)
    try:
        money = Money(Decimal(amount.strip()), code)
    except (InvalidOperation, MoneyError):
        raise TicketError("coverage.bad_amount", given=amount) from None
    if money.amount <= 0:
        raise TicketError("coverage.bad_amount", given=amount)
    return money


def _head(by: Person, now: Instant, reason: str, *, of_customer: bool) -> dict[str, Any]:
    actor = actor_of(by, of_customer=of_customer)
    return {"seq": 0, "effective_at": now, "actor": actor, "reason": reason.strip()}
