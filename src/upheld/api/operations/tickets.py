"""
Tickets: listed, opened, read, changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from upheld.api.callers import Caller
from upheld.api.cursors import Page, page, position, size_of
from upheld.api.gate import JSON, PATCHES, ApiRequest, Rule, operation
from upheld.api.problems import ApiError, Flaw, missing, refused
from upheld.api.shapes.tickets import (
    BulkItem,
    BulkPatch,
    NewTicket,
    TicketOut,
    TicketPatch,
    TicketQuery,
    TicketRow,
    Tickets,
    ticket_out,
    ticket_row,
)
from upheld.api.sides import READ, check_staff, find_ticket, forbidden
from upheld.apps.parties.models import Customer, Person, Team
from upheld.apps.parties.selectors import find_customer, member_of, staff_with, teams
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.services import changing, intake
from upheld.apps.tickets.services.changing import Change, ChangeError
from upheld.apps.tickets.services.spool import spool
from upheld.core.calendars.zones import zone
from upheld.core.instants import Instant, to_datetime

router = Router(tags=["tickets"])
CHANGES = ("tickets.classify", "tickets.assign", "tickets.status")
STAFF_READS = ("tickets.read", "tickets.read_assigned")
STAFF_FIELDS = ("severity", "channel", "opened_at")


@operation(router, "GET", "/tickets", Rule(rights=READ), answer=Page[TicketRow])
def list_tickets(request: ApiRequest, query: Query[TicketQuery]) -> dict[str, Any]:
    """
    List tickets: staff get what is due first, customers what changed last.
    """
    caller, before = request.caller, position(request, request.caller, query, int, int)
    if any(caller.access.may(right) for right in STAFF_READS):
        filters = selectors.Filters(
            **query.dict(include={"queue", "text"}),
            severity=tuple(query.severity),
            tier=tuple(query.tier),
            status=tuple(query.status),
            customer=query.customer or "",
            assignee=query.assignee or "",
            team=query.team or "",
            before=before,
        )
        end = end_of_day(caller)
        desk = selectors.desk_list(caller.access, filters, caller.now, end_of_day=end, size=size_of(query))
        rows, following = desk.tickets, desk.following
    else:
        state = "all" if query.queue == "all" else "open"
        found = selectors.portal_list(caller.access, state=state, text=query.text, before=before, size=size_of(query))
        rows, following = found.tickets, found.following
    return page(request, caller, query, [ticket_row(each) for each in rows], following)


def end_of_day(caller: Caller) -> Instant:
    """
    Return the last instant of the caller's day.
    """
    place = zone(caller.person.zone)
    tomorrow = to_datetime(caller.now, place).date() + dt.timedelta(days=1)
    return int(dt.datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=place).timestamp()) - 1


@operation(
    router,
    "POST",
    "/tickets",
    Rule(rights=("tickets.create", "own.create"), takes=JSON, is_spooled=True),
    answer=TicketOut,
    status=201,
)
def open_ticket(request: ApiRequest, body: NewTicket, response: HttpResponse) -> dict[str, Any]:
    """
    Open a ticket. It is kept as it was sent before any rule is applied to it.
    """
    caller = request.caller
    customer, requester = _for_whom(caller, body)
    by_staff = caller.access.may("tickets.create")
    content = body.dict(exclude={"customer", "requester"}, exclude_none=True)
    if by_staff:
        content |= {"by_staff": True, "by": caller.person.public_id}
    submission = spool(
        key=_spool_key(request),
        channel=body.channel or "portal",
        person=requester,
        customer=customer,
        content=content,
        now=caller.now,
    )
    return answer_ticket(response, intake.submit(submission=submission, now=caller.now), is_new=True)


def _spool_key(request: ApiRequest) -> str:
    """
    Return under which key a request is spooled: the same request with the same idempotency key is kept once.
    """
    given = request.headers.get("Idempotency-Key") or secrets.token_hex(16)
    parts = f"{request.caller.scope}\n{given}".encode() + b"\n" + request.body
    return f"api:{hashlib.sha256(parts).hexdigest()}"


def _for_whom(caller: Caller, body: NewTicket) -> tuple[Customer, Person]:
    """
    Return the customer and the person for whom a ticket is opened.
    """
    if not caller.access.may("tickets.create"):
        return _own_customer(caller, body), caller.person
    _check_backdating(caller, body)
    if body.customer is None or body.requester is None:
        lacking = "customer" if body.customer is None else "requester"
        raise refused(
            "request.missing_field",
            Flaw("body", f"/{lacking}", "request.missing_field", {"field": lacking}),
            field=lacking,
        )
    customer = find_customer(caller.access, body.customer)
    requester = member_of(customer.pk, body.requester, caller.now) if customer is not None else None
    if customer is None or requester is None:
        raise missing()
    return customer, requester


def _own_customer(caller: Caller, body: NewTicket) -> Customer:
    for name in STAFF_FIELDS:
        if getattr(body, name) is not None:
            raise forbidden("tickets.create")
    if body.requester not in (None, caller.person.public_id):
        raise missing()
    found = [each for each in caller.access.customers if caller.access.may_in(each.pk, "own.create")]
    if body.customer is not None:
        found = [each for each in found if each.public_id == body.customer]
        if not found:
            raise missing()
    if len(found) > 1:
        raise refused(
            "request.missing_field",
            Flaw("body", "/customer", "request.missing_field", {"field": "customer"}),
            field="customer",
        )
    if not found:
        raise forbidden("own.create")
    return found[0]


def _check_backdating(caller: Caller, body: NewTicket) -> None:
    if body.opened_at is None:
        return
    if not caller.access.may("tickets.backdate"):
        raise forbidden("tickets.backdate")
    if body.opened_at > caller.now:
        raise ApiError("event.in_future", HTTPStatus.UNPROCESSABLE_ENTITY, given=body.opened_at)
    if not body.reason.strip():
        raise ApiError("event.backdated_without_reason", HTTPStatus.UNPROCESSABLE_ENTITY)


def answer_ticket(response: HttpResponse, ticket: Ticket, *, is_new: bool = False) -> dict[str, Any]:
    """
    Return a ticket with its version as ETag.
    """
    response.headers["ETag"] = f'"{ticket.version}"'
    if is_new:
        response.headers["Location"] = f"/api/v1/tickets/{ticket.public_id}"
    return ticket_out(ticket)


@operation(router, "GET", "/tickets/{ticket}", Rule(rights=READ), answer=TicketOut)
def read_ticket(request: ApiRequest, ticket: str, response: HttpResponse) -> dict[str, Any]:
    """
    Read a ticket. Its ETag is its version, for If-Match.
    """
    return answer_ticket(response, find_ticket(request.caller, ticket))


@operation(
    router,
    "PATCH",
    "/tickets/{ticket}",
    Rule(rights=CHANGES, takes=PATCHES, has_version=True),
    answer=TicketOut,
)
def change_ticket(request: ApiRequest, ticket: str, body: TicketPatch, response: HttpResponse) -> dict[str, Any]:
    """
    Change severity, coverage, team, assignee and status, all in one step or not at all.
    """
    caller = request.caller
    wanted = _change(caller, find_ticket(caller, ticket), body, request.expected_version)
    done = changing.change(wanted=wanted, by=caller.person, now=caller.now)
    return answer_ticket(response, selectors.reread(done))


def _change(caller: Caller, ticket: Ticket, body: TicketPatch, version: int | None) -> Change:
    is_assigned = "assignee" in body.model_fields_set
    for right, is_asked in (
        ("tickets.classify", body.severity is not None or body.coverage is not None),
        ("tickets.assign", is_assigned or body.team is not None),
        ("tickets.status", body.status is not None),
    ):
        if is_asked:
            check_staff(caller, ticket, right)
    return Change(
        ticket=ticket,
        severity=body.severity,
        status=body.status,
        coverage=body.coverage,
        team=_team(body.team) if body.team is not None else None,
        is_assigned=is_assigned,
        assignee=_assignee(caller, ticket, body.assignee) if body.assignee is not None else None,
        reason=body.reason,
        expected_version=version,
    )


def _team(public_id: str) -> Team:
    found = next((each for each in teams() if each.public_id == public_id), None)
    if found is None:
        raise missing()
    return found


def _assignee(caller: Caller, ticket: Ticket, public_id: str) -> Person:
    found = staff_with("tickets.reply", caller.now, team=ticket.team_id)
    person = next((each for each in found if each.public_id == public_id), None)
    if person is None:
        raise missing()
    return person


@operation(router, "PATCH", "/tickets", Rule(rights=CHANGES, takes=PATCHES), answer=Tickets)
def change_tickets(request: ApiRequest, body: BulkPatch) -> dict[str, Any]:
    """
    Change up to 100 tickets: where one of the changes is refused, none is made.
    """
    caller = request.caller
    known = selectors.find_all(caller.access, [each.id for each in body.items])
    wanted = [_item(caller, position, each, known) for position, each in enumerate(body.items)]
    try:
        done = changing.change_all(wanted=wanted, by=caller.person, now=caller.now)
    except ChangeError as error:
        raise _item_refused(error.position, error.code, error.params) from error
    return {"items": [ticket_out(each) for each in selectors.reread_all(done)]}


def _item(caller: Caller, position: int, item: BulkItem, known: dict[str, Ticket]) -> Change:
    if item.id not in known:
        raise _item_refused(position, "request.not_found", {})
    try:
        return _change(caller, known[item.id], item, item.version)
    except ApiError as error:
        raise _item_refused(position, error.code, error.params) from error


def _item_refused(position: int, code: str, params: dict[str, Any]) -> ApiError:
    return refused("request.item_refused", Flaw("body", f"/items/{position}", code, params), position=position)
