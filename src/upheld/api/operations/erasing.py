"""
Erasing a file or the text of a message for good.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from ninja import Router

from upheld.api.gate import JSON, ApiRequest, Rule, operation
from upheld.api.operations.tickets import answer_ticket
from upheld.api.problems import missing
from upheld.api.shapes.tickets import Erasure, TicketOut
from upheld.api.sides import checked_id, staff_ticket
from upheld.apps.tickets import selectors
from upheld.apps.tickets.services import erasing

router = Router(tags=["tickets"])
RULE: Final = Rule(rights=("tickets.erase",), takes=JSON)


@operation(router, "POST", "/tickets/{ticket}/attachments/{attachment}/erasure", RULE, answer=TicketOut)
def erase_file(
    request: ApiRequest, ticket: str, attachment: str, body: Erasure, response: HttpResponse
) -> dict[str, Any]:
    """
    Erase a file of the ticket for good; the event log keeps who did it, when and why.
    """
    caller, found = request.caller, staff_ticket(request.caller, ticket, "tickets.erase")
    file = selectors.file_of(found, checked_id(attachment))
    if file is None:
        raise missing()
    done = erasing.erase_file(attachment=file, by=caller.person, reason=body.reason, now=caller.now)
    return answer_ticket(response, selectors.reread(done))


@operation(router, "POST", "/tickets/{ticket}/messages/{message}/erasure", RULE, answer=TicketOut)
def erase_text(request: ApiRequest, ticket: str, message: str, body: Erasure, response: HttpResponse) -> dict[str, Any]:
    """
    Erase the text of a message for good; with the first message goes the subject. Its files stay.
    """
    caller, found = request.caller, staff_ticket(request.caller, ticket, "tickets.erase")
    there = selectors.find_message(found, checked_id(message))
    if there is None or there.payload.erased_at is not None:
        raise missing()
    done = erasing.erase_text(ticket=found, seq=there.seq, by=caller.person, reason=body.reason, now=caller.now)
    return answer_ticket(response, selectors.reread(done))
