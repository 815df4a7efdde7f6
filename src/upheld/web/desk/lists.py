"""
The desk's list: one page of a queue or of a saved view, and its refresh.

Invariant: a refresh writes nothing; where nothing happened and the minute is the same it answers 304 without a list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts.selectors import contracts_found, is_in_term, plan_of, published_plans
from upheld.apps.parties.selectors import customers_found, people_found, staff_with, teams
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import SavedView
from upheld.web.desk import labels, queues
from upheld.web.desk.permission import READ, access_to, needs, reader_of
from upheld.web.desk.row_html import rows_html
from upheld.web.desk.rows import rows_of

MOST_FOUND = 5
"""People, customers and contracts that a search shows beside tickets."""


def _beside(request: HttpRequest) -> tuple[list[SavedView], int]:
    """
    Return what stands beside a list: the saved views that the agent sees, and the number of unread notices. Two
    queries.
    """
    access = access_to(request)
    return selectors.views_of(access), unread_count(access)


def _tag(request: HttpRequest, views: Sequence[SavedView], unread: int) -> str:
    """
    Return the entity tag of a list: what changes where something happened, and with each minute. One query.
    """
    reader, access = reader_of(request), access_to(request)
    parts = (
        selectors.newest_change(access, reader.now),
        [(each.public_id, each.changed_at) for each in views],
        unread,
        reader.now // 60,
        request.GET.urlencode(),
        access.person.zone,
    )
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def _counts(request: HttpRequest, views: Sequence[SavedView]) -> dict[str, int]:
    """
    Return how many tickets are in each queue and in each saved view that searches for no text (a view of "me" is the
    reader's own). One query.
    """
    reader, access = reader_of(request), access_to(request)
    wanted = {each.public_id: queues.wanted(QueryDict(each.query), access.person).filters for each in views}
    filters = {f"view:{key}": each for key, each in wanted.items() if not each.text.strip()}
    return selectors.queue_counts(access, reader.now, end_of_day=queues.end_of_day(reader), views=filters)


def _sidebar(request: HttpRequest, views: Sequence[SavedView], counts: dict[str, int]) -> list[dict[str, Any]]:
    """
    Return the saved views as the sidebar shows them; a count is left out where a text is searched.
    """
    here = queues.kept_query(request.GET)
    return [
        {
            "view": each,
            "count": queues.counted(counts[f"view:{each.public_id}"]) if f"view:{each.public_id}" in counts else "",
            "is_here": bool(here) and here == each.query,
        }
        for each in views
    ]


def _listed(request: HttpRequest, tag: str, views: Sequence[SavedView], unread: int) -> dict[str, Any]:
    """
    Return what the list shows. Three queries, one more for all tickets.
    """
    reader, access = reader_of(request), access_to(request)
    counts = _counts(request, views)
    wanted = queues.wanted(request.GET, access.person)
    page = selectors.desk_list(
        access,
        wanted.filters,
        reader.now,
        end_of_day=queues.end_of_day(reader),
        is_newest_last=wanted.queue is queues.ALL,
    )
    return {
        "nav_desk": True,
        "wanted": wanted,
        "queue": wanted.queue,
        "listed": len(page.tickets),
        "only_of": page.tickets[0].customer if wanted.filters.customer and page.tickets else None,
        "table_rows": rows_html(rows_of(page, reader.now)),
        "older": f"?{wanted.address(after=page.following)}" if page.following else "",
        "newer": f"?{wanted.address()}" if wanted.filters.before else "",
        "counts": {name: queues.counted(count) for name, count in counts.items()},
        "groups": ((_("Promises"), queues.PROMISES), (_("Views"), queues.VIEWS)),
        "total": queues.counted(counts[wanted.queue.name]) if wanted.queue.name in counts else None,
        "unread": unread,
        "tag": tag,
        "address": request.GET.urlencode(),
        "views": _sidebar(request, views, counts),
        "may": {right.removeprefix("tickets."): access.may(right) for right in access.rights},
        "may_assign": access.may("tickets.assign"),
        "may_share": access.may("views.share"),
    }


@require_safe
@needs(*READ)
def tickets(request: HttpRequest) -> HttpResponse:
    """
    Show a page of a queue.
    """
    views, unread = _beside(request)
    shown = _listed(request, _tag(request, views, unread), views, unread)
    plans = [plan_of(version.pk) for version in published_plans()]
    chosen = shown["wanted"].filters
    shown |= {
        "severities": {name: labels.severity(plan, name) for plan in plans for name in plan.severities},
        "tiers": {name: labels.tier(plan, name) for plan in plans for name in plan.tiers},
        "statuses": {name: words for name, words in labels.STATUSES.items() if name != "merged"},
        "staff": staff_with("tickets.reply", reader_of(request).now),
        "teams": teams(),
        "query_kept": queues.kept_query(request.GET) or f"queue={shown['wanted'].queue.name}",
        "found": _found(request) if chosen.text.strip() and chosen.before is None else None,
        "chosen": chosen,
    }
    shown["narrowings"] = _narrowings(shown)
    return render(request, "desk/list.html", shown)


def _narrowings(shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    """
    Return what narrows a list, each in words with the address of the list without it.
    """
    wanted: queues.Wanted = shown["wanted"]
    query = wanted.query
    people = {each.public_id: str(each) for each in shown["staff"]} | {"nobody": _("nobody"), "me": _("me")}
    teams_of = {each.public_id: str(each) for each in shown["teams"]} | {"none": _("no team")}
    names: tuple[tuple[str, str, Mapping[str, object]], ...] = (
        ("q", _("text"), {wanted.filters.text: f"“{wanted.filters.text}”"}),
        ("customer", _("customer"), {wanted.filters.customer: shown["only_of"] or _("one customer")}),
        ("severity", _("severity"), shown["severities"]),
        ("tier", _("tier"), shown["tiers"]),
        ("status", _("status"), shown["statuses"]),
        ("assignee", _("assignee"), people),
        ("team", _("team"), teams_of),
    )
    return [
        (f"{what}: {known.get(value, value)}", f"/desk/?{wanted.without(name, value)}")
        for name, what, known in names
        for value in query.getlist(name)
        if value.strip()
    ]


@require_safe
@needs(*READ)
def refresh(request: HttpRequest) -> HttpResponse:
    """
    Answer a list that is open: 304, or the list as it is now.
    """
    views, unread = _beside(request)
    tag = _tag(request, views, unread)
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = render(request, "desk/_refresh.html", _listed(request, tag, views, unread))
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _found(request: HttpRequest) -> dict[str, Any] | None:
    """
    Return the people, customers and contracts that a search finds beside tickets, for those who may read them.
    """
    access, reader = access_to(request), reader_of(request)
    if not access.may("customers.read"):
        return None
    text = request.GET.get("q", "")[: queues.MOST_SEARCHED]
    shown = {
        "people": people_found(access, text, reader.now, most=MOST_FOUND),
        "customers": customers_found(access, text, most=MOST_FOUND),
        "contracts": [
            (each, labels.tier(plan_of(each.plan_version_id), each.tier), is_in_term(each, reader.now))
            for each in contracts_found(access, text, most=MOST_FOUND)
        ],
    }
    return shown if any(shown.values()) else None
