"""
What is done on a ticket: messages, files, calls, decisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import FileResponse, HttpResponse
from ninja import File, Form, Router, UploadedFile

from upheld.api.callers import Caller
from upheld.api.gate import FILE_BYTES, FORM, JSON, ApiRequest, Rule, operation
from upheld.api.operations.tickets import answer_ticket
from upheld.api.problems import Flaw, missing, refused
from upheld.api.shapes.tickets import (
    Attachments,
    Exclusion,
    FileForm,
    MessageOut,
    Messages,
    NewCall,
    NewMessage,
    Release,
    TicketOut,
    attachment_out,
    message_out,
)
from upheld.api.sides import READ, check_customer, check_staff, checked_id, find_ticket, staff_ticket
from upheld.apps.contracts.selectors import find_contract
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.services import conversation, files, handling
from upheld.core.errors import UpheldError

router = Router(tags=["tickets"])
WRITE = ("tickets.reply", "tickets.note", "own.reply", "customer.reply")


@operation(router, "GET", "/tickets/{ticket}/messages", Rule(rights=READ), answer=Messages)
def list_messages(request: ApiRequest, ticket: str) -> dict[str, Any]:
    """
    Read the conversation; notes and their files only from the vendor's side.
    """
    found = find_ticket(request.caller, ticket)
    internal = selectors.is_staff_side(request.caller.access, found)
    return {"items": [message_out(each) for each in selectors.conversation(found, internal=internal)]}


@operation(
    router,
    "POST",
    "/tickets/{ticket}/messages",
    Rule(rights=WRITE, takes=JSON, has_version=True),
    answer=MessageOut,
    status=201,
)
def write_message(request: ApiRequest, ticket: str, body: NewMessage, response: HttpResponse) -> dict[str, Any]:
    """
    Write a reply or a note from the vendor's side, a message from the customer's.
    """
    found = find_ticket(request.caller, ticket)
    _check_writer(request.caller, found, body)
    return _written(request, found, body, (), response)


def _written(
    request: ApiRequest,
    ticket: Ticket,
    body: NewMessage,
    sent: tuple[Mapping[str, Any], ...],
    response: HttpResponse,
) -> dict[str, Any]:
    """
    Write a message from the caller's side and return it.
    """
    caller, version = request.caller, request.expected_version
    given: dict[str, Any] = {
        "ticket": ticket,
        "by": caller.person,
        "text": body.text,
        "now": caller.now,
        "files": sent,
        "expected_version": version,
    }
    if not selectors.is_staff_side(caller.access, ticket):
        changed = conversation.customer_message(**given)
    elif body.is_internal:
        changed = conversation.note(**given)
    else:
        changed = conversation.reply(**given, then_status=body.then_status)
    response.headers["ETag"] = f'"{changed.version}"'
    return message_out(selectors.last_message(changed, caller.person))


def _check_writer(caller: Caller, ticket: Ticket, body: NewMessage) -> None:
    """
    Refuse whoever may not write this on a ticket; customers write no notes and set no status.
    """
    if selectors.is_staff_side(caller.access, ticket):
        check_staff(caller, ticket, "tickets.note" if body.is_internal else "tickets.reply")
    elif body.is_internal or body.then_status is not None:
        check_staff(caller, ticket, "tickets.reply")
    else:
        check_customer(caller, ticket)
    if body.is_internal and body.then_status is not None:
        flaw = Flaw("body", "/then_status", "request.bad_value", {"field": "then_status"})
        raise refused("request.bad_value", flaw, field="then_status")


@operation(router, "GET", "/tickets/{ticket}/attachments", Rule(rights=READ), answer=Attachments)
def list_attachments(request: ApiRequest, ticket: str) -> dict[str, Any]:
    """
    List the files of a ticket.
    """
    found = find_ticket(request.caller, ticket)
    internal = selectors.is_staff_side(request.caller.access, found)
    return {"items": [attachment_out(each) for each in selectors.files_of(found, internal=internal)]}


@operation(
    router,
    "POST",
    "/tickets/{ticket}/attachments",
    Rule(rights=WRITE, takes=FORM, most_bytes=FILE_BYTES, has_version=True),
    answer=MessageOut,
    status=201,
)
def send_file(
    request: ApiRequest,
    ticket: str,
    response: HttpResponse,
    file: File[UploadedFile],
    form: Form[FileForm],
) -> dict[str, Any]:
    """
    Send a file as a message; without a text, the message is the file's name.
    """
    found = find_ticket(request.caller, ticket)
    message = NewMessage(
        text=form.text.strip() or files.shown_name(file.name or ""), is_internal=form.is_internal, then_status=None
    )
    _check_writer(request.caller, found, message)
    stored = files.store(sent=file, customer_id=found.customer_id)
    try:
        return _written(request, found, message, (stored,), response)
    except UpheldError:
        files.place_of(stored["storage_key"]).unlink(missing_ok=True)
        raise


@operation(
    router,
    "GET",
    "/tickets/{ticket}/attachments/{attachment}/content",
    Rule(rights=READ, gives="*/*"),
    answer=None,
)
def download_file(request: ApiRequest, ticket: str, attachment: str) -> FileResponse:
    """
    Download a file's bytes, always as a download and never as a page.
    """
    found = selectors.attachment(request.caller.access, checked_id(attachment))
    if found is None or found.ticket.public_id != checked_id(ticket):
        raise missing()
    answer = FileResponse(files.read(found), as_attachment=True, filename=found.name)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["ETag"] = f'"{found.digest}"'
    return answer


@operation(
    router,
    "POST",
    "/tickets/{ticket}/calls",
    Rule(rights=("tickets.log_call",), takes=JSON, has_version=True),
    answer=TicketOut,
    status=201,
)
def log_call(request: ApiRequest, ticket: str, body: NewCall, response: HttpResponse) -> dict[str, Any]:
    """
    Log a telephone call; one made earlier counts when it was made.
    """
    caller = request.caller
    found = staff_ticket(caller, ticket, "tickets.log_call")
    if body.called_at is not None and body.called_at < caller.now:
        check_staff(caller, found, "tickets.backdate")
    done = conversation.log_call(
        ticket=found,
        by=caller.person,
        inbound=body.is_inbound,
        now=caller.now,
        at=body.called_at,
        seconds=body.seconds,
        text=body.text,
        reason=body.reason,
        expected_version=request.expected_version,
    )
    return answer_ticket(response, selectors.reread(done))


@operation(
    router,
    "POST",
    "/tickets/{ticket}/severity-confirmation",
    Rule(rights=("tickets.classify",), has_version=True),
    answer=TicketOut,
)
def confirm_severity(request: ApiRequest, ticket: str, response: HttpResponse) -> dict[str, Any]:
    """
    Confirm the urgency that the customer stated as the severity.
    """
    found = staff_ticket(request.caller, ticket, "tickets.classify")
    done = handling.confirm_severity(
        ticket=found, by=request.caller.person, now=request.caller.now, expected_version=request.expected_version
    )
    return answer_ticket(response, selectors.reread(done))


@operation(
    router,
    "POST",
    "/tickets/{ticket}/exclusions",
    Rule(rights=("tickets.classify",), takes=JSON, has_version=True),
    answer=TicketOut,
)
def decide_exclusion(request: ApiRequest, ticket: str, body: Exclusion, response: HttpResponse) -> dict[str, Any]:
    """
    Decide whether a cause takes the ticket, or one metric of it, out of the promise.
    """
    found = staff_ticket(request.caller, ticket, "tickets.classify")
    done = handling.decide_exclusion(
        ticket=found,
        cause=body.cause,
        excluded=body.is_excluded,
        metric=body.metric,
        by=request.caller.person,
        reason=body.reason,
        now=request.caller.now,
        expected_version=request.expected_version,
    )
    return answer_ticket(response, selectors.reread(done))


@operation(
    router,
    "POST",
    "/tickets/{ticket}/intake-completion",
    Rule(rights=("tickets.classify",), has_version=True),
    answer=TicketOut,
)
def complete_intake(request: ApiRequest, ticket: str, response: HttpResponse) -> dict[str, Any]:
    """
    Say that everything the plan demands is there.
    """
    found = staff_ticket(request.caller, ticket, "tickets.classify")
    done = handling.complete_intake(
        ticket=found, by=request.caller.person, now=request.caller.now, expected_version=request.expected_version
    )
    return answer_ticket(response, selectors.reread(done))


@operation(
    router,
    "POST",
    "/tickets/{ticket}/release",
    Rule(rights=("tickets.classify",), takes=JSON, has_version=True),
    answer=TicketOut,
)
def release_ticket(request: ApiRequest, ticket: str, body: Release, response: HttpResponse) -> dict[str, Any]:
    """
    Release a held ticket under a contract that runs.
    """
    found = staff_ticket(request.caller, ticket, "tickets.classify")
    contract = find_contract(request.caller.access, body.contract)
    if contract is None or contract.customer_id != found.customer_id:
        raise missing()
    done = handling.release(
        ticket=found,
        contract=contract,
        by=request.caller.person,
        reason=body.reason,
        now=request.caller.now,
        expected_version=request.expected_version,
    )
    return answer_ticket(response, selectors.reread(done))
