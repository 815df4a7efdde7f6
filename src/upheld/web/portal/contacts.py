"""
Naming contacts, and handing their part over, by those who manage a customer's contract.

Invariant: only people of the customer can be named; a list never has fewer than the plan demands.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import contacts_on, contracts_for, plan_of
from upheld.apps.contracts.services import ContractError, end_contact, name_contact
from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import member_of
from upheld.web import plan_words
from upheld.web.portal.permission import PortalRequest, for_customers


def _managed(request: PortalRequest, public_id: str) -> Contract:
    """
    Return a contract whose contacts this person may name.
    """
    contracts = contracts_for(request.portal.customers_with("contacts.write"))
    found = next((each for each in contracts if each.public_id == public_id), None)
    if found is None:
        raise Http404
    return found


def _member(request: PortalRequest, contract: Contract, field: str) -> Person:
    found = member_of(contract.customer_id, request.POST.get(field, ""), request.reader.now)
    if found is None:
        raise Http404
    return found


def _back(contract: Contract) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('portal:plan')}?contract={contract.public_id}#contacts")


@require_POST
@for_customers("contacts.write")
def name(request: PortalRequest, contract: str) -> HttpResponseBase:
    """
    Put a member on a contact list.
    """
    found = _managed(request, contract)
    person = _member(request, found, "person")
    try:
        name_contact(
            contract=found,
            person=person,
            contact_list=request.POST.get("list", ""),
            by=request.person,
            now=request.reader.now,
            reason=request.POST.get("reason", "")[:500],
        )
    except ContractError as error:
        messages.error(request, _refusal(error, found))
    else:
        messages.success(request, _("%(person)s is a contact now.") % {"person": person})
    return _back(found)


def _refusal(error: ContractError, contract: Contract) -> str:
    return plan_words.refusal(error, plan_of(contract.plan_version_id), get_language() or "en")


@require_POST
@for_customers("contacts.write")
def transfer(request: PortalRequest, contract: str) -> HttpResponseBase:
    """
    Take somebody off a contact list, with who follows them in the same step.
    """
    found = _managed(request, contract)
    current = contacts_on(found, request.POST.get("list", ""), request.reader.now)
    leaving = next((each for each in current if each.person.public_id == request.POST.get("leaving", "")), None)
    if leaving is None:
        raise Http404
    successor = _member(request, found, "successor") if request.POST.get("successor") else None
    try:
        end_contact(
            contact=leaving,
            by=request.person,
            now=request.reader.now,
            successor=successor,
            reason=request.POST.get("reason", "")[:500],
        )
    except ContractError as error:
        messages.error(request, _refusal(error, found))
    else:
        messages.success(request, _("The change is recorded."))
    return _back(found)
