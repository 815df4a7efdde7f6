"""
Cancelling a contract and changing its tier, from the desk: seen first, decided with a reason.

Invariant: nothing is changed but by the digest of a preview that the person has seen; what was typed is never lost.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts import term_changes, term_previews
from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import find_contract, plan_of
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, to_datetime
from upheld.web import plan_words
from upheld.web.contract_changes import cancellation_words, tier_name, tier_words
from upheld.web.desk import labels
from upheld.web.desk.act_forms import moment_of
from upheld.web.desk.permission import access_to, needs, person_of, reader_of
from upheld.web.words import say

RIGHT: Final = "contracts.write"
METHODS: Final = ("GET", "HEAD", "POST")


def _contract(request: HttpRequest, public_id: str) -> Contract:
    found = find_contract(access_to(request), public_id)
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, template: str, contract: Contract, **more: Any) -> HttpResponse:
    plan = plan_of(contract.plan_version_id)
    facts = {
        "nav_customers": True,
        "unread": unread_count(access_to(request)),
        "contract": contract,
        "tier": tier_name(plan, contract.tier, labels.language()),
        "today": term_changes.today(contract, reader_of(request).now),
        "reason": request.POST.get("reason", ""),
        **more,
    }
    return render(request, template, facts, status=400 if more.get("problem") and request.method == "POST" else 200)


def _done(request: HttpRequest, contract: Contract, words: str) -> HttpResponseRedirect:
    messages.success(request, words)
    return HttpResponseRedirect(f"/desk/contracts/{contract.public_id}/")


@require_http_methods(METHODS)
@needs(RIGHT)
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show which ends a notice can reach and which it reaches, and cancel so.
    """
    contract, reader = _contract(request, public_id), reader_of(request)
    given = request.POST if request.method == "POST" else request.GET
    typed, is_asked = given.get("received", ""), "received" in given
    in_writing = "written" in given or not is_asked
    received_at = _received(request, reader.now)
    try:
        received_at = _received(request, moment_of(typed, reader) or reader.now)
        if request.method == "POST":
            term_changes.cancel(
                contract=contract,
                received_at=received_at,
                in_writing=in_writing,
                digest=request.POST.get("digest", ""),
                reason=request.POST.get("reason", ""),
                by=person_of(request),
                now=reader.now,
            )
            return _done(request, contract, _("Cancelled as shown."))
    except forms.ValidationError as error:
        more = {"in_writing": in_writing, "received": typed, "problem": error.messages[0]}
        return _shown(request, "desk/cancel.html", contract, **more)
    except UpheldError as error:
        problem = say(error.code, error.params)
        return _cancelling(request, contract, received_at, in_writing=in_writing, problem=problem)
    return _cancelling(request, contract, received_at, in_writing=in_writing)


def _received(request: HttpRequest, typed: Instant) -> Instant:
    """
    Return the instant of receipt that was shown, which is exact where "now" was typed as nothing.
    """
    kept = request.POST.get("received_at", "")
    return int(kept) if kept.isdecimal() and len(kept) < 12 else typed  # noqa: PLR2004  (an instant has ten digits)


def _cancelling(
    request: HttpRequest, contract: Contract, received_at: Instant, *, in_writing: bool, problem: str = ""
) -> HttpResponse:
    seen = None
    try:
        seen = term_previews.preview_cancellation(contract=contract, received_at=received_at, in_writing=in_writing)
    except UpheldError as error:
        problem = problem or say(error.code, error.params)
    local = to_datetime(received_at, reader_of(request).zone)
    return _shown(
        request,
        "desk/cancel.html",
        contract,
        seen=seen,
        ends=cancellation_words(seen) if seen else [],
        received=f"{local:%Y-%m-%dT%H:%M}",
        received_at=received_at,
        in_writing=in_writing,
        problem=problem,
    )


@require_http_methods(METHODS)
@needs(RIGHT)
def tier(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Show what another tier means from a day on, and change to it so.
    """
    contract, now = _contract(request, public_id), reader_of(request).now
    given = request.POST if request.method == "POST" else request.GET
    plan, language = plan_of(contract.plan_version_id), labels.language()
    facts: dict[str, Any] = {
        "tiers": [(name, tier_name(plan, name, language)) for name in plan.tiers if name != contract.tier],
        "wanted": given.get("tier", ""),
        "on": given.get("on", "") or str(term_changes.today(contract, now)),
    }
    if not facts["wanted"]:
        return _shown(request, "desk/tier.html", contract, **facts)
    try:
        on = _day(facts["on"])
        if request.method == "POST":
            term_changes.change_tier(
                contract=contract,
                tier=facts["wanted"],
                on=on,
                digest=request.POST.get("digest", ""),
                reason=request.POST.get("reason", ""),
                by=person_of(request),
                now=now,
            )
            return _done(request, contract, _("Decided as shown."))
    except (UpheldError, forms.ValidationError) as error:
        facts["problem"] = (
            error.messages[0] if isinstance(error, forms.ValidationError) else plan_words.refusal(error, plan, language)
        )
    try:
        today = term_changes.today(contract, now)
        seen = term_previews.preview_tier(contract=contract, tier=facts["wanted"], on=_day(facts["on"]), today=today)
        facts["words"] = tier_words(seen, plan, language, now)
    except UpheldError as error:
        facts.setdefault("problem", plan_words.refusal(error, plan, language))
    except forms.ValidationError:
        pass
    return _shown(request, "desk/tier.html", contract, **facts)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise forms.ValidationError(_("This is no date. Write it as 2026-04-17.")) from None
