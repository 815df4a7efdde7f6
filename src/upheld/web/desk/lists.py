"""
The desk's list: one page of a queue, its refresh, and what is done to several tickets at once.

Invariant: a refresh writes nothing; where nothing happened and the minute is the same it answers 304 without a list.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts.selectors import plan_of, published_plans
from upheld.apps.parties.selectors import staff_with
from upheld.apps.tickets import selectors
from upheld.apps.tickets.services import handling
from upheld.core.errors import UpheldError
from upheld.web.desk import labels, queues
from upheld.web.desk.permission import READ, access_to, needs, reader_of
from upheld.web.desk.rows import rows_of
from upheld.wording import say

MOST_AT_ONCE = 100


def _state(request: HttpRequest) -> tuple[str, dict[str, int], int]:
    """
    Return (entity tag, counts of the queues, unread notices): what a refresh depends on. Three queries.
    """
    reader, access = reader_of(request), access_to(request)
    counts = selectors.queue_counts(access, reader.now, end_of_day=queues.end_of_day(reader))
    unread = unread_count(access.person)
    parts = (
        selectors.newest_change(access),
        counts,
        unread,
        reader.now // 60,
        request.GET.urlencode(),
        access.person.zone,
    )
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"', counts, unread


def _listed(request: HttpRequest, tag: str, counts: dict[str, int], unread: int) -> dict[str, Any]:
    reader, access = reader_of(request), access_to(request)
    wanted = queues.wanted(request.GET, access.person)
    page = selectors.desk_list(access, wanted.filters, reader.now, end_of_day=queues.end_of_day(reader))
    return {
        "nav_desk": True,
        "wanted": wanted,
        "queue": wanted.queue,
        "rows": rows_of(page, reader.now),
        "older": f"?{wanted.address(after=page.following)}" if page.following else "",
        "newer": f"?{wanted.address()}" if wanted.filters.before else "",
        "counts": {name: queues.counted(count) for name, count in counts.items()},
        "groups": ((_("Promises"), queues.PROMISES), (_("Views"), queues.VIEWS)),
        "total": queues.counted(counts[wanted.queue.name]) if wanted.queue.name in counts else None,
        "unread": unread,
        "tag": tag,
        "address": request.GET.urlencode(),
        "may_assign": access.may("tickets.assign"),
    }


@require_GET
@needs(*READ)
def tickets(request: HttpRequest) -> HttpResponse:
    """
    Show a page of a queue.
    """
    shown = _listed(request, *_state(request))
    plans = [plan_of(version.pk) for version in published_plans()]
    chosen = shown["wanted"].filters
    shown |= {
        "severities": {name: labels.severity(plan, name) for plan in plans for name in plan.severities},
        "tiers": {name: labels.tier(plan, name) for plan in plans for name in plan.tiers},
        "statuses": {name: words for name, words in labels.STATUSES.items() if name != "merged"},
        "staff": staff_with("tickets.reply", reader_of(request).now),
        "chosen": chosen,
    }
    return render(request, "desk/list.html", shown)


@require_GET
@needs(*READ)
def refresh(request: HttpRequest) -> HttpResponse:
    """
    Answer a list that is open: 304, or the list as it is now.
    """
    tag, counts, unread = _state(request)
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = render(request, "desk/_refresh.html", _listed(request, tag, counts, unread))
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_POST
@needs("tickets.assign")
def assign_several(request: HttpRequest) -> HttpResponse:
    """
    Give the marked tickets to the agent.
    """
    access, now, done = access_to(request), reader_of(request).now, 0
    for public_id in request.POST.getlist("ticket")[:MOST_AT_ONCE]:
        ticket = selectors.find(access, public_id[:16])
        if ticket is None or ticket.assignee_id == access.person.pk:
            continue
        try:
            handling.assign(ticket=ticket, to=access.person, by=access.person, now=now)
            done += 1
        except UpheldError as error:
            messages.error(request, f"#{ticket.number}: {say(error.code, error.params)}")
    if done:
        messages.success(
            request, ngettext("%(n)d ticket is yours now.", "%(n)d tickets are yours now.", done) % {"n": done}
        )
    elif not request.POST.getlist("ticket"):
        messages.info(request, _("Mark the tickets first, then assign them."))
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/desk/")
    return back if is_ours else "/desk/"
