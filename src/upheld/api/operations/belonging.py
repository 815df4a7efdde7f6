"""
Tickets that belong together: linked, merged, split.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from ninja import Router

from upheld.api.gate import JSON, ApiRequest, Rule, operation
from upheld.api.operations.progress import done
from upheld.api.operations.tickets import answer_ticket
from upheld.api.problems import missing
from upheld.api.shapes.progress import Link, Merge, Split
from upheld.api.shapes.tickets import TicketOut
from upheld.api.sides import staff_ticket
from upheld.apps.tickets import selectors
from upheld.apps.tickets.services import merging

router = Router(tags=["tickets"])
MERGE: Final = Rule(rights=("tickets.merge",), takes=JSON, has_version=True)


@operation(router, "POST", "/tickets/{ticket}/links", MERGE, answer=TicketOut, status=201)
def link_ticket(request: ApiRequest, ticket: str, body: Link, response: HttpResponse) -> dict[str, Any]:
    """
    Say that another ticket of the customer belongs to this one; both show it.
    """
    to = staff_ticket(request.caller, body.to, MERGE.rights[0])
    return done(request, response, ticket, MERGE, merging.link, to=to, reason=body.reason)


@operation(router, "POST", "/tickets/{ticket}/merge", MERGE, answer=TicketOut)
def merge_ticket(request: ApiRequest, ticket: str, body: Merge, response: HttpResponse) -> dict[str, Any]:
    """
    Let a ticket go into another one of the customer: its clocks end and count nowhere, work goes on in the other.
    """
    into = staff_ticket(request.caller, body.into, MERGE.rights[0])
    return done(request, response, ticket, MERGE, merging.merge, into=into, reason=body.reason)


@operation(router, "POST", "/tickets/{ticket}/split", MERGE, answer=TicketOut, status=201)
def split_ticket(request: ApiRequest, ticket: str, body: Split, response: HttpResponse) -> dict[str, Any]:
    """
    Make a ticket of its own from a message of the customer, and return it; it counts from when the customer wrote.
    """
    caller = request.caller
    found = staff_ticket(caller, ticket, MERGE.rights[0])
    message = selectors.find_message(found, body.message)
    if message is None:
        raise missing()
    made = merging.split(
        ticket=found,
        message=message,
        subject=body.subject,
        urgency=body.urgency,
        by=caller.person,
        reason=body.reason,
        now=caller.now,
        expected_version=request.expected_version,
    )
    return answer_ticket(response, selectors.reread(made), is_new=True)
