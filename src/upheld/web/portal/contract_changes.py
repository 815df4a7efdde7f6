"""
Cancelling the contract and buying a higher tier, by those who manage a customer's contract.

Invariant: dates, price and promises are shown first, and only what was shown is done. A notice counts from the moment
it is sent, not from the one at which the page was opened.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upheld.apps.contracts import term_changes, term_previews
from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import contracts_for, plan_of
from upheld.apps.contracts.services import ContractError
from upheld.core.errors import UpheldError
from upheld.web import plan_words
from upheld.web.contract_changes import cancellation_words, tier_name, tier_words
from upheld.web.portal.permission import PortalRequest, for_customers
from upheld.web.portal.tickets import shell
from upheld.web.words import say

RIGHT: Final = "contract.change"
METHODS: Final = ("GET", "HEAD", "POST")


def _contract(request: PortalRequest, public_id: str) -> Contract:
    """
    Return a contract that this person may change.
    """
    contracts = contracts_for(request.portal.customers_with(RIGHT))
    found = next((each for each in contracts if each.public_id == public_id), None)
    if found is None:
        raise Http404
    return found


def _shown(request: PortalRequest, template: str, contract: Contract, **more: Any) -> HttpResponseBase:
    plan, language = plan_of(contract.plan_version_id), get_language() or "en"
    facts = {
        **shell(request, "plan"),
        "contract": contract,
        "tier": tier_name(plan, contract.tier, language),
        "reason": request.POST.get("reason", ""),
        **more,
    }
    return render(request, template, facts, status=400 if more.get("problem") and request.method == "POST" else 200)


def _back(request: PortalRequest, contract: Contract, words: str) -> HttpResponseBase:
    messages.success(request, words)
    return HttpResponseRedirect(f"{reverse('portal:plan')}?contract={contract.public_id}#term")


@require_http_methods(METHODS)
@for_customers(RIGHT)
def cancel(request: PortalRequest, contract: str) -> HttpResponseBase:
    """
    Show which end a notice reaches that is sent now, and send it.
    """
    found, now = _contract(request, contract), request.reader.now
    seen, problem = None, ""
    try:
        seen = term_previews.preview_cancellation(contract=found, received_at=now, in_writing=True)
        if request.method == "POST":
            _check_shown(request, seen)
            term_changes.cancel(
                contract=found,
                received_at=now,
                in_writing=True,
                digest=seen.digest,
                reason=request.POST.get("reason", ""),
                by=request.person,
                now=now,
                by_customer=True,
            )
            words = _("Your contract is cancelled. It ends with %(day)s.") % {"day": seen.found.ends_on}
            return _back(request, found, words)
    except UpheldError as error:
        problem = say(error.code, error.params)
    ends = cancellation_words(seen) if seen else []
    return _shown(request, "portal/cancel.html", found, seen=seen, ends=ends, problem=problem)


def _check_shown(request: PortalRequest, seen: term_previews.CancellationPreview) -> None:
    """
    Refuse a notice whose end is not the one that was shown: the last day of notice passed meanwhile.
    """
    if request.POST.get("ends_on", "") != str(seen.found.ends_on):
        raise ContractError("contract.basis_changed")


@require_http_methods(METHODS)
@for_customers(RIGHT)
def tier(request: PortalRequest, contract: str) -> HttpResponseBase:
    """
    Show what a higher tier costs and promises from a day on, and buy it; ask for it where the price is not known.
    """
    found, now = _contract(request, contract), request.reader.now
    given = request.POST if request.method == "POST" else request.GET
    plan, language = plan_of(found.plan_version_id), get_language() or "en"
    order = list(plan.tiers)
    higher = order[order.index(found.tier) + 1 :]
    today = term_changes.today(found, now)
    wanted, on = given.get("tier", ""), given.get("on", "") or str(today)
    facts: dict[str, Any] = {
        "tiers": [(name, tier_name(plan, name, language)) for name in higher],
        "wanted": wanted,
        "on": on,
        "today": today,
    }
    if not wanted:
        return _shown(request, "portal/tier.html", found, **facts)
    try:
        if wanted not in higher:
            raise ContractError("contract.not_for_sale", tier=wanted)
        seen = term_previews.preview_tier(contract=found, tier=wanted, on=_day(on), today=today)
        facts["words"] = tier_words(seen, plan, language, now)
        if request.method == "POST":
            return _decided(request, found, wanted, seen)
    except UpheldError as error:
        facts["problem"] = plan_words.refusal(error, plan, language)
    return _shown(request, "portal/tier.html", found, **facts)


def _decided(
    request: PortalRequest, contract: Contract, wanted: str, seen: term_previews.TierPreview
) -> HttpResponseBase:
    how: dict[str, Any] = {
        "contract": contract,
        "tier": wanted,
        "on": seen.found.on,
        "reason": request.POST.get("reason", ""),
        "by": request.person,
        "now": request.reader.now,
    }
    if not term_changes.is_for_sale(seen):
        term_changes.ask_for_tier(**how)
        return _back(request, contract, _("We have your question, and will tell you what it costs."))
    term_changes.change_tier(**how, digest=request.POST.get("digest", ""), by_customer=True)
    return _back(request, contract, _("It is yours from the day that you chose."))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ContractError("contract.no_date", given=text[:40]) from None
