"""
Clocks of a ticket with their explanations, and its events as evidence.
"""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from upheld.api.cursors import Page, PageQuery, cut, page, position, size_of
from upheld.api.gate import ApiRequest, Rule, operation
from upheld.api.problems import missing
from upheld.api.shapes.clocks import Clocks, ExplanationOut, clock_out, explanation_out
from upheld.api.shapes.tickets import EventOut
from upheld.api.sides import READ, checked_id, staff_ticket
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import EventRow
from upheld.apps.tickets.selectors import TicketPage
from upheld.core.clocks.clock import Clock
from upheld.core.clocks.explain import explain, stand
from upheld.rendering.explanations import Reader

router = Router(tags=["clocks"])


@operation(router, "GET", "/tickets/{ticket}/clocks", Rule(rights=READ), answer=Clocks)
def list_clocks(request: ApiRequest, ticket: str) -> dict[str, Any]:
    """
    Read the clocks of a ticket as they stand now.
    """
    caller, found = request.caller, _page(request, ticket)
    if found.folded is None or found.rules is None or found.plan is None:
        return {"items": []}
    reader = Reader(found.plan, caller.person.zone, caller.person.language)
    channel = found.folded.channel
    return {
        "items": [
            clock_out(each, stand(each, found.rules, channel, caller.now), _name(each, reader)) for each in found.clocks
        ]
    }


def _page(request: ApiRequest, ticket: str) -> TicketPage:
    found = selectors.ticket_page(request.caller.access, checked_id(ticket), internal=False)
    if found is None:
        raise missing()
    return found


def _name(clock: Clock, reader: Reader) -> str:
    return f"{reader.metric(clock.metric)} ({clock.cycle})" if clock.cycle > 1 else reader.metric(clock.metric)


@operation(router, "GET", "/tickets/{ticket}/clocks/{metric}/{cycle}", Rule(rights=READ), answer=ExplanationOut)
def explain_clock(request: ApiRequest, ticket: str, metric: str, cycle: str) -> dict[str, Any]:
    """
    Explain why a clock is due when it is: steps and stretches, as data, in words and as a picture.
    """
    caller, found = request.caller, _page(request, ticket)
    clock = next((each for each in found.clocks if (each.metric, str(each.cycle)) == (metric, cycle)), None)
    if clock is None or found.folded is None or found.rules is None or found.plan is None:
        raise missing()
    channel = found.folded.channel
    return explanation_out(
        explain(clock, found.rules, channel, caller.now),
        stand(clock, found.rules, channel, caller.now),
        Reader(found.plan, caller.person.zone, caller.person.language),
        caller.now,
    )


@operation(router, "GET", "/tickets/{ticket}/events", Rule(rights=("tickets.read",)), answer=Page[EventOut])
def list_events(request: ApiRequest, ticket: str, query: Query[PageQuery]) -> dict[str, Any]:
    """
    Read the event chain of a ticket in the order of recording, for audits.
    """
    found = staff_ticket(request.caller, ticket, "tickets.read")
    after = position(request, request.caller, query, int) or (0,)
    rows = selectors.event_rows(found, after=after[0], most=size_of(query) + 1)
    kept, following = cut(rows, size_of(query), lambda row: (row.seq,))
    return page(request, request.caller, query, [_event(each) for each in kept], following)


def _event(row: EventRow) -> dict[str, Any]:
    names = ("seq", "kind", "effective_at", "recorded_at", "hash")
    return {**{name: getattr(row, name) for name in names}, "record": bytes(row.record).decode()}
