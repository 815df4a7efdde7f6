"""
Holidays and plan versions: what a change does to the clocks that run, and deciding it.

Invariant: nothing is changed but by a digest of a preview that the lead has seen; what was typed is never lost.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts import editions
from upheld.apps.contracts.editions import LONGEST_TITLE, ListChange
from upheld.apps.contracts.models import HolidayRevision, PlanVersion
from upheld.apps.contracts.selectors import contracts_of_version, find_contract, find_plan, other_versions, plan_of
from upheld.apps.tickets.previews import Preview, Wanted, behind_count, last_recompute, preview
from upheld.apps.tickets.services import recomputing
from upheld.core.errors import UpheldError
from upheld.core.instants import to_datetime
from upheld.web.desk import labels
from upheld.web.desk.permission import access_to, needs, person_of, reader_of
from upheld.wording import say

RIGHT: Final = "clocks.recompute"
SOON: Final = 15
MOST_FEED: Final = 500_000
_KEPT: Final = ("what", "list", "day", "name", "feed", "contract", "target")
ACTS: Final = ("add", "remove", "feed", "renew", "zones", "follow", "move")
EFFECTS: Final[dict[str, tuple[str, str]]] = {
    "due": ("bad", "Due at once"),
    "started": ("warn", "Gets a due time"),
    "earlier": ("warn", "Due earlier"),
    "later": ("good", "Due later"),
    "ended": ("quiet", "Ends without a verdict"),
    "untimed": ("quiet", "Loses its due time"),
}
"""What a move does to a clock: its tone and its words."""


class ChangeForm(forms.Form):
    """
    What is wanted, as it comes from one of the forms of the page or back from its preview.
    """

    what = forms.ChoiceField(choices=[(name, name) for name in ACTS])
    list = forms.CharField(required=False, max_length=63)
    day = forms.DateField(required=False)
    name = forms.CharField(required=False, max_length=LONGEST_TITLE)
    feed = forms.CharField(required=False, max_length=MOST_FEED, strip=False)
    contract = forms.CharField(required=False, max_length=16)
    target = forms.CharField(required=False, max_length=16)


def _version(request: HttpRequest, public_id: str) -> PlanVersion:
    found = find_plan(access_to(request), public_id)
    if found is None:
        raise Http404
    return found


@require_safe
@needs(RIGHT)
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show the holiday lists of a plan version, and the contracts that run under it.
    """
    return _page(request, _version(request, public_id))


def _page(request: HttpRequest, version: PlanVersion, *, status: int = 200, **more: Any) -> HttpResponse:
    access, now = access_to(request), reader_of(request).now
    today = to_datetime(now).date()
    edition = editions.current(version)
    plan = plan_of(version.pk)
    shown = {
        "nav_plans": True,
        "unread": unread_count(access),
        "version": version,
        "edition": edition,
        "lists": [(row, _soon(row, today)) for row in editions.lists_of(edition)],
        "work": last_recompute(version),
        "behind": behind_count(version, edition),
        "zones": editions.zone_changes(version, edition, now),
        "contracts": [(each, labels.tier(plan, each.tier)) for each in contracts_of_version(access, version)],
        "versions": other_versions(access, version),
        "today": today,
        "typed": {name: request.POST.get(name, "") for name in _KEPT},
        **more,
    }
    return render(request, "desk/holidays.html", shown, status=status)


def _soon(row: HolidayRevision, today: dt.date) -> list[tuple[dt.date, str, bool]]:
    """
    Return the next days of a list: date, name, and whether a person added it.
    """
    days = [(dt.date.fromisoformat(day), title) for day, title in sorted(row.days.items())]
    return [(day, title, bool(row.by_hand.get(day.isoformat()))) for day, title in days if day >= today][:SOON]


def _wanted(request: HttpRequest, version: PlanVersion) -> Wanted:
    """
    Return what the form asks for.

    Raises :class:`UpheldError` with what is wrong with it.
    """
    form = ChangeForm(request.POST)
    if not form.is_valid():
        raise editions.HolidayError("holidays.form_unreadable")
    given = form.cleaned_data
    if given["what"] in ("follow", "zones"):
        return Wanted(version, is_rezoned=given["what"] == "zones")
    if given["what"] == "move":
        access = access_to(request)
        contract, target = find_contract(access, given["contract"]), find_plan(access, given["target"])
        if contract is None or target is None or contract.plan_version_id != version.pk:
            raise Http404
        return Wanted(version, contract=contract, target=target)
    return Wanted(version, (_change(request, given),))


def _change(request: HttpRequest, given: dict[str, Any]) -> ListChange:
    what, name, day = given["what"], given["list"], given["day"]
    if what in ("add", "remove") and day is None:
        raise editions.HolidayError("holidays.day_missing")
    if what == "add":
        return ListChange(name, add={day: given["name"]})
    if what == "remove":
        return ListChange(name, remove=frozenset({day}))
    if what == "renew":
        return ListChange(name, is_renewed=True)
    sent = request.FILES.get("file")
    text = given["feed"] if sent is None else sent.read(MOST_FEED).decode("utf-8-sig", "replace")
    return ListChange(name, feed=text)


@require_POST
@needs(RIGHT)
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show what a change would do; nothing changes.
    """
    version = _version(request, public_id)
    try:
        seen = preview(_wanted(request, version), reader_of(request).now)
    except UpheldError as error:
        return _page(request, version, status=400, problem=say(error.code, error.params))
    return _previewed(request, version, seen)


def _previewed(request: HttpRequest, version: PlanVersion, seen: Preview, **more: Any) -> HttpResponse:
    kept = {name: request.POST.get(name, "") for name in _KEPT}
    if seen.wanted.lists and seen.wanted.lists[0].feed is not None:
        kept["feed"] = seen.wanted.lists[0].feed
    counts = [(tone, words, seen.count(name)) for name, (tone, words) in EFFECTS.items() if seen.count(name)]
    rows = [(row, *EFFECTS[row.effect], _metric(version, row.metric)) for row in seen.worst()]
    shown = {
        "nav_plans": True,
        "unread": unread_count(access_to(request)),
        "version": version,
        "seen": seen,
        "kept": kept,
        "counts": counts,
        "rows": rows,
        "more_rows": len(seen.rows) - len(rows),
        "failing": [(ticket, say(error.code, error.params)) for ticket, error in seen.failing[:20]],
        **more,
    }
    return render(request, "desk/holidays_preview.html", shown, status=409 if "problem" in more else 200)


def _metric(version: PlanVersion, name: str) -> str:
    plan = plan_of(version.pk)
    return labels.metric(plan, name) if name in plan.metrics else name


@require_POST
@needs(RIGHT)
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Do what was previewed; open tickets are moved by the relay, and the page shows how far it is.
    """
    version = _version(request, public_id)
    digest, reason = request.POST.get("digest", ""), request.POST.get("reason", "")
    try:
        wanted = _wanted(request, version)
        recomputing.apply(
            wanted=wanted, digest=digest, reason=reason, by=person_of(request), now=reader_of(request).now
        )
    except recomputing.BasisChangedError as error:
        words = say(error.code, error.params)
        return _previewed(request, version, error.fresh, problem=words, reason=reason)
    except UpheldError as error:
        words = say(error.code, error.params)
        try:
            seen = preview(_wanted(request, version), reader_of(request).now)
        except UpheldError:
            return _page(request, version, status=400, problem=words)
        return _previewed(request, version, seen, problem=words, reason=reason)
    messages.success(request, _("Decided. The open tickets are being moved."))
    return HttpResponseRedirect(f"/desk/plans/{version.public_id}/holidays/")


@require_safe
@needs(RIGHT)
def progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show how far the last change is.
    """
    version = _version(request, public_id)
    return render(request, "desk/_holidays_progress.html", {"version": version, "work": last_recompute(version)})
