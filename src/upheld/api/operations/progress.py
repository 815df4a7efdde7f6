"""
What becomes of a fault: reproduction, way around, plan, milestones; and taking back what was recorded wrongly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from ninja import Router

from upheld.api.gate import JSON, ApiRequest, Rule, operation
from upheld.api.operations.tickets import answer_ticket
from upheld.api.shapes.progress import Correction, Milestone, Remediation, Reproduction, Workaround
from upheld.api.shapes.tickets import TicketOut
from upheld.api.sides import staff_ticket
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.services import progress

router = Router(tags=["tickets"])
STATUS: Final = Rule(rights=("tickets.status",), takes=JSON, has_version=True)
BACKDATE: Final = Rule(rights=("tickets.backdate",), takes=JSON, has_version=True)


def done(
    request: ApiRequest, response: HttpResponse, ticket: str, rule: Rule, service: Callable[..., Ticket], **given: Any
) -> dict[str, Any]:
    """
    Let a service change a ticket that the caller handles with the rule's right, and return the ticket.
    """
    caller = request.caller
    changed = service(
        ticket=staff_ticket(caller, ticket, rule.rights[0]),
        by=caller.person,
        now=caller.now,
        expected_version=request.expected_version,
        **given,
    )
    return answer_ticket(response, selectors.reread(changed))


@operation(router, "POST", "/tickets/{ticket}/reproductions", STATUS, answer=TicketOut, status=201)
def record_reproduction(request: ApiRequest, ticket: str, body: Reproduction, response: HttpResponse) -> dict[str, Any]:
    """
    Record an attempt to reproduce the error.
    """
    given = {"outcome": body.outcome, "text": body.text}
    return done(request, response, ticket, STATUS, progress.record_reproduction, **given)


@operation(router, "POST", "/tickets/{ticket}/workarounds", STATUS, answer=TicketOut, status=201)
def record_workaround(request: ApiRequest, ticket: str, body: Workaround, response: HttpResponse) -> dict[str, Any]:
    """
    Say that the customer was given a way around.
    """
    return done(request, response, ticket, STATUS, progress.record_workaround, text=body.text)


@operation(router, "POST", "/tickets/{ticket}/remediations", STATUS, answer=TicketOut, status=201)
def plan_remediation(request: ApiRequest, ticket: str, body: Remediation, response: HttpResponse) -> dict[str, Any]:
    """
    Record the plan by which the fault will be mended, and the date that was agreed.
    """
    given = {"promised_for": body.promised_for, "text": body.text}
    return done(request, response, ticket, STATUS, progress.plan_remediation, **given)


@operation(router, "POST", "/tickets/{ticket}/milestones", STATUS, answer=TicketOut, status=201)
def reach_milestone(request: ApiRequest, ticket: str, body: Milestone, response: HttpResponse) -> dict[str, Any]:
    """
    Say that a milestone that the plan names was reached.
    """
    return done(request, response, ticket, STATUS, progress.reach_milestone, milestone=body.milestone)


@operation(router, "POST", "/tickets/{ticket}/corrections", BACKDATE, answer=TicketOut, status=201)
def correct_event(request: ApiRequest, ticket: str, body: Correction, response: HttpResponse) -> dict[str, Any]:
    """
    Take back an event that was recorded wrongly: it counts as if it had never been, and the record of it stays.
    """
    return done(request, response, ticket, BACKDATE, progress.correct, seq=body.event, reason=body.reason)
