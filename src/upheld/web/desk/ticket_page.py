"""
Everything that a ticket's page is made of, put together once for showing it, refreshing it and showing it again after a
refusal.

Invariant: nothing is written; what somebody typed before a refusal is shown again as they typed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import contracts_of_customer, is_in_term
from upheld.apps.parties.placeholders import signature_of
from upheld.apps.parties.selectors import staff_with
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.selectors import TicketPage
from upheld.apps.tickets.services import files
from upheld.apps.tickets.services.intake import MOST_TEXT
from upheld.rendering.explanations import Reader as PlanReader
from upheld.web.desk import acts, cards, labels, presence
from upheld.web.desk.effects import Teller, of_sending, of_severities
from upheld.web.desk.permission import access_to, reader_of
from upheld.web.desk.thread import thread
from upheld.web.reader import Reader

FINAL = acts.FINAL


@dataclass(frozen=True, slots=True)
class Refused:
    """
    What was refused on the page: which form, why in words, what was typed, and files that are kept already.

    ``since`` is the last event that the agent had seen, where others went on meanwhile.
    """

    form: str
    words: str
    typed: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[tuple[str, str], ...] = ()
    since: int | None = None


def page_of(request: HttpRequest, public_id: str) -> TicketPage:
    """
    Return a ticket that the agent may see; missing and foreign are the same. Nine queries.
    """
    page = selectors.ticket_page(access_to(request), public_id, internal=True)
    if page is None:
        raise Http404
    return page


def plan_reader(page: TicketPage, reader: Reader) -> PlanReader | None:
    """
    Return whoever puts the plan's names and times into the agent's words.
    """
    return PlanReader(page.plan, reader.zone.key, labels.language()) if page.plan is not None else None


def moving(page: TicketPage, reader: Reader) -> dict[str, Any]:
    """
    Return the parts that change while time passes: promises and contract.
    """
    words = plan_reader(page, reader)
    clocks = cards.clock_cards(page, words, reader.now) if words else []
    return {
        "ticket": page.ticket,
        "live_clocks": [each for each in clocks if each.is_live],
        "past_clocks": [each for each in clocks if not each.is_live],
        "contract": cards.contract_card(page, words, reader.now),
        "contract_row": page.ticket.contract,
        "coverage": labels.COVERAGES.get(page.ticket.coverage, page.ticket.coverage),
    }


def _running(ticket: Ticket, reader: Reader) -> list[Contract]:
    """
    Return the contracts under which a held ticket can be released; one query for one that is held, none otherwise.
    """
    if ticket.is_entitled:
        return []
    return [each for each in contracts_of_customer(ticket.customer_id) if is_in_term(each, reader.now)]


def shown(request: HttpRequest, page: TicketPage, refused: Refused | None = None) -> dict[str, Any]:
    """
    Return what the page's template shows.
    """
    reader, access, ticket = reader_of(request), access_to(request), page.ticket
    words = plan_reader(page, reader)
    teller = Teller(words, reader.now) if words else None
    is_final = ticket.status in FINAL
    can_suppose = teller is not None and page.rules is not None and not is_final
    return {
        **moving(page, reader),
        "nav_desk": True,
        "page": page,
        "items": thread(page, teller, newer_than=refused.since if refused else None),
        "severity": cards.severity_of(page),
        "missing": cards.missing_intake(page, words),
        "sending": of_sending(page.events, page.rules, teller) if can_suppose and teller and page.rules else None,
        "severities": of_severities(page.events, page.plan, page.rules, teller, current=ticket.severity)
        if page.plan is not None and teller is not None and not is_final
        else [],
        "statuses": [
            (name, labels.status(name))
            for name in labels.STATUSES
            if name not in ("merged", "resolved", "closed", ticket.status)
        ],
        "status": labels.status(ticket.status),
        "coverages": labels.COVERAGES,
        "channel": labels.channel(ticket.channel),
        "contracts": _running(ticket, reader),
        "held": labels.HELD.get(ticket.held_reason, ticket.held_reason),
        "staff": staff_with("tickets.reply", reader.now, team=ticket.team_id),
        "may": {right.removeprefix("tickets."): access.may(right) for right in access.rights},
        "unread": unread_count(access),
        "others": presence.seen(ticket.public_id, access.person, reader.now, is_writing=False),
        "last_seq": max((event.seq for event in page.events), default=0),
        "is_final": is_final,
        "acts": acts.offered(page, access),
        "together": list(page.related.values()),
        "may_see_customers": access.may("customers.read"),
        "refused": refused,
        "text": refused.typed.get("text", "") if refused else (page.draft.fields.get("text", "") if page.draft else ""),
        "writes_note": (refused.typed if refused else page.draft.fields if page.draft else {}).get("as") == "note",
        "signature": signature_of(access.person),
        "most_text": MOST_TEXT,
        "most_bytes": files.MOST_BYTES,
        "most_mb": files.MOST_BYTES // 2**20,
        "most_files": files.MOST_FILES,
    }


def answer(request: HttpRequest, page: TicketPage, refused: Refused, *, status: int = 422) -> HttpResponse:
    """
    Show the page again with what was refused.
    """
    return render(request, "desk/ticket.html", shown(request, page, refused), status=status)
