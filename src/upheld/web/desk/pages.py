"""
Customers, contracts, plans and notices, as agents read them.

Invariant: what is foreign is answered exactly as what is missing.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from upheld.apps.channels import services as channel_services
from upheld.apps.channels.selectors import notices_page, parts_of, unread_count
from upheld.apps.channels.words import notice_words, worded
from upheld.apps.contracts.selectors import (
    contacts_of,
    contracts_of_customer,
    find_contract,
    find_plan,
    is_in_term,
    plan_of,
    plans_page,
    running_contracts,
)
from upheld.apps.parties.selectors import customers_page, find_customer, people_of
from upheld.apps.tickets import selectors
from upheld.apps.tickets.overview import loads_of_customers
from upheld.core.instants import to_datetime
from upheld.rendering.explanations import Reader as PlanReader
from upheld.rendering.policy_pdf import is_possible
from upheld.web import moments
from upheld.web.contract_changes import change_words
from upheld.web.desk import contract_cards, labels, queues
from upheld.web.desk.permission import READ, access_to, needs, person_of, reader_of
from upheld.web.desk.plan_tables import tables_of
from upheld.web.desk.rows import rows_of
from upheld.web.policies import policy_file

PAGE = 50
OPEN_SHOWN = 25
DONE_SHOWN = 10
NOTICE_ICONS: Final[Mapping[str, tuple[str, str]]] = {
    "clock.breach": ("triangle-alert", "bad"),
    "clock.at_risk": ("clock-alert", "warn"),
    "ticket.opened_staff": ("inbox", "info"),
    "ticket.held_staff": ("lock", "quiet"),
    "ticket.customer_wrote": ("message-square", "info"),
    "ticket.customer_resolved": ("circle-check", "good"),
    "ticket.customer_confirmed": ("circle-check", "good"),
    "ticket.assigned": ("user-check", "info"),
    "ticket.moved_staff": ("users", "info"),
    "export.ready": ("download", "good"),
    "export.failed": ("triangle-alert", "warn"),
}
"""Icon and tone of what agents are told; the words say the same."""


def _shown(request: HttpRequest, place: str, **more: Any) -> dict[str, Any]:
    return {f"nav_{place}": True, "unread": unread_count(access_to(request)), **more}


@require_safe
@needs("customers.read")
def customers(request: HttpRequest) -> HttpResponse:
    """
    List the customers by name, with their contracts and what is open. Three queries.
    """
    access, now = access_to(request), reader_of(request).now
    after = request.GET.get("after", "").rpartition(".")
    key = (after[0][:200].replace("\x00", ""), int(after[2])) if after[2].isdecimal() and len(after[2]) < 18 else None  # noqa: PLR2004
    found = customers_page(access, after=key, size=PAGE)
    following = f"{found[PAGE - 1].name}.{found[PAGE - 1].pk}" if len(found) > PAGE else ""
    keys = [each.pk for each in found[:PAGE]]
    running, loads = running_contracts(keys, now), loads_of_customers(access, keys, now)
    rows = [
        (
            each,
            [(one, labels.tier(plan_of(one.plan_version_id), one.tier)) for one in running.get(each.pk, ())],
            loads.get(each.pk),
        )
        for each in found[:PAGE]
    ]
    more = {"rows": rows, "following": following, "sees_tickets": access.may("tickets.read")}
    return render(request, "desk/customers.html", _shown(request, "customers", **more))


@require_safe
@needs("customers.read")
def customer(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show a customer: contracts, people, open tickets.
    """
    access, reader = access_to(request), reader_of(request)
    found = find_customer(access, public_id)
    if found is None:
        raise Http404
    filters = selectors.Filters(queue="open", customer=found.public_id)
    page = selectors.desk_list(access, filters, reader.now, end_of_day=queues.end_of_day(reader), size=OPEN_SHOWN)
    contracts = [
        (each, labels.tier(plan_of(each.plan_version_id), each.tier), is_in_term(each, reader.now))
        for each in contracts_of_customer(found.pk)
    ]
    more = {
        "customer": found,
        "contracts": contracts,
        "people": people_of(found.pk, reader.now),
        "rows": rows_of(page, reader.now),
        "following": page.following,
        "done": selectors.done_of_customer(access, found.pk, most=DONE_SHOWN),
        "quarters_of": [each for each, _tier, runs in contracts if runs],
        "may_create": access.may("tickets.create"),
    }
    return render(request, "desk/customer.html", _shown(request, "customers", **more))


@require_safe
@needs("customers.read")
def contract(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show a contract: term, fee, instances, contacts, and what its tier is promised.
    """
    access, reader = access_to(request), reader_of(request)
    found = find_contract(access, public_id)
    if found is None:
        raise Http404
    plan = plan_of(found.plan_version_id)
    words = PlanReader(plan, reader.zone.key, labels.language())
    more = {
        "contract": found,
        "tier": words.tier(found.tier),
        "is_in_term": is_in_term(found, reader.now),
        "contacts": contacts_of(found, reader.now),
        **contract_cards.facts_of(found, plan, words, reader.now),
        "changes": change_words(found, plan, labels.language()),
        "may_change": access.may("contracts.write"),
        "tables": tables_of(bytes(found.plan_version.document), plan, words, found.tier),
    }
    return render(request, "desk/contract.html", _shown(request, "customers", **more))


@require_safe
@needs("plans.read")
def plans(request: HttpRequest) -> HttpResponse:
    """
    List the published plan versions.
    """
    return render(request, "desk/plans.html", _shown(request, "plans", plans=plans_page(access_to(request))[:PAGE]))


@require_safe
@needs("plans.read")
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show a plan version: targets, hours, channels, and what it leaves open.
    """
    found = find_plan(access_to(request), public_id)
    if found is None:
        raise Http404
    document = plan_of(found.pk)
    words = PlanReader(document, reader_of(request).zone.key, labels.language())
    tables = tables_of(bytes(found.document), document, words)
    more = {"version": found, "plan": document, "tables": tables, "can_print": is_possible()}
    return render(request, "desk/plan.html", _shown(request, "plans", **more))


@require_safe
@needs("plans.read")
def plan_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Give the policy of a plan version, all tiers, as a PDF.
    """
    found = find_plan(access_to(request), public_id)
    if found is None:
        raise Http404
    on = to_datetime(reader_of(request).now).date()
    return policy_file(found, tier=None, on=on, language=labels.language())


@require_safe
@needs(*READ)
def notices(request: HttpRequest) -> HttpResponse:
    """
    List what the agent was told, the newest first.
    """
    person = person_of(request)
    at, _dot, key = request.GET.get("before", "").partition(".")
    is_key = at.isdecimal() and key.isdecimal() and len(at) < 18 and len(key) < 18  # noqa: PLR2004
    page = notices_page(access_to(request), before=(int(at), int(key)) if is_key else None)
    zone, language = person.zone, labels.language()
    parts = parts_of(access_to(request), page.notices)
    when = functools.partial(moments.short, now=reader_of(request).now)
    told = [
        (
            each,
            notice_words(each, zone, language, when=when),
            worded(parts.get(each.pk), zone, language, when=when),
            NOTICE_ICONS.get(each.code, ("bell", "quiet")),
        )
        for each in page.notices
    ]
    following = f"{page.following[0]}.{page.following[1]}" if page.following else ""
    return render(request, "desk/notices.html", _shown(request, "notices", told=told, following=following))


@require_POST
@needs(*READ)
def read_notices(request: HttpRequest) -> HttpResponse:
    """
    Mark the agent's notices as read.
    """
    channel_services.mark_read(person=person_of(request), now=reader_of(request).now)
    return HttpResponseRedirect("/desk/notices/")
