"""
Customers, their contracts, and the plans that were published.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from upheld.api.callers import Caller
from upheld.api.cursors import Page, PageQuery, cut, page, position, size_of
from upheld.api.gate import JSON, ApiRequest, Rule, operation
from upheld.api.problems import ApiError, Flaw, missing, refused
from upheld.api.shapes.contracts import (
    ContractOut,
    ContractQuery,
    NewContract,
    PlanOut,
    PlanQuery,
    contract_out,
    plan_out,
)
from upheld.api.shapes.parties import CustomerOut, People, customer_out, person_out
from upheld.api.sides import checked_id
from upheld.apps.contracts import selectors, services
from upheld.apps.contracts.models import PlanVersion
from upheld.apps.parties.models import Brand, Customer
from upheld.apps.parties.selectors import brand_named, brands, customers_page, find_customer, members_of
from upheld.core.errors import UpheldError
from upheld.core.money import Money
from upheld.core.plan.places import DocumentError

router = Router(tags=["contracts"])
CUSTOMERS = ("customers.read", "own.read")
CONTRACTS = ("customers.read", "contract.read")
PLANS = ("plans.read", "contract.read")
YAML = ("application/yaml", "application/x-yaml", "text/yaml")
_DOCUMENT = {
    "requestBody": {"required": True, "content": {"application/yaml": {"schema": {"type": "string"}}}},
}


@operation(router, "GET", "/customers", Rule(rights=CUSTOMERS), answer=Page[CustomerOut])
def list_customers(request: ApiRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """
    List customers by name.
    """
    after = position(request, request.caller, query, str, int)
    rows = customers_page(request.caller.access, after=after, size=size_of(query))
    kept, following = cut(rows, size_of(query), lambda each: (each.name, each.pk))
    return page(request, request.caller, query, [customer_out(each) for each in kept], following)


@operation(router, "GET", "/customers/{customer}", Rule(rights=CUSTOMERS), answer=CustomerOut)
def read_customer(request: ApiRequest, customer: str) -> dict[str, Any]:
    """
    Read a customer.
    """
    return customer_out(_customer(request.caller, customer))


def _customer(caller: Caller, public_id: str) -> Customer:
    found = find_customer(caller.access, checked_id(public_id))
    if found is None:
        raise missing()
    return found


@operation(router, "GET", "/customers/{customer}/people", Rule(rights=("customers.read",)), answer=People)
def list_people(request: ApiRequest, customer: str) -> dict[str, Any]:
    """
    List the people of a customer.
    """
    found = _customer(request.caller, customer)
    return {"items": [person_out(each) for each in members_of(found.pk, request.caller.now)]}


@operation(router, "GET", "/contracts", Rule(rights=CONTRACTS), answer=Page[ContractOut])
def list_contracts(request: ApiRequest, query: Query[ContractQuery]) -> dict[str, Any]:
    """
    List contracts, the last begun first.
    """
    before = position(request, request.caller, query, str, int)
    rows = selectors.contracts_page(
        request.caller.access, customer=query.customer or "", before=before, size=size_of(query)
    )
    kept, following = cut(rows, size_of(query), lambda each: (each.starts_on.isoformat(), each.pk))
    items = [contract_out(each, request.caller.now) for each in kept]
    return page(request, request.caller, query, items, following)


@operation(router, "GET", "/contracts/{contract}", Rule(rights=CONTRACTS), answer=ContractOut)
def read_contract(request: ApiRequest, contract: str) -> dict[str, Any]:
    """
    Read a contract with its instances.
    """
    found = selectors.find_contract(request.caller.access, checked_id(contract))
    if found is None:
        raise missing()
    return contract_out(found, request.caller.now)


@operation(
    router,
    "POST",
    "/contracts",
    Rule(rights=("contracts.write",), takes=JSON),
    answer=ContractOut,
    status=201,
)
def make_contract(request: ApiRequest, body: NewContract, response: HttpResponse) -> dict[str, Any]:
    """
    Make a contract of a customer for a tier of a published plan version.
    """
    caller = request.caller
    customer, plan = find_customer(caller.access, body.customer), selectors.find_plan(caller.access, body.plan)
    if customer is None or plan is None:
        raise missing()
    made = services.make_contract(
        customer=customer,
        brand=_brand(body.brand),
        plan_version=plan,
        tier=body.tier,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        now=caller.now,
        zone=body.zone,
        fee=Money(body.fee.amount, body.fee.currency) if body.fee else None,
        fee_per=body.fee.per if body.fee else "quarter",
        products=body.products,
        add_ons=body.add_ons,
    )
    response.headers["Location"] = f"/api/v1/contracts/{made.public_id}"
    return contract_out(made, caller.now)


def _brand(public_id: str | None) -> Brand:
    if public_id is not None:
        found = brand_named(public_id)
        if found is None:
            raise missing()
        return found
    known = brands()
    if len(known) != 1:
        flaw = Flaw("body", "/brand", "request.missing_field", {"field": "brand"})
        raise refused("request.missing_field", flaw, field="brand")
    return known[0]


@operation(router, "GET", "/plans", Rule(rights=PLANS), answer=Page[PlanOut])
def list_plans(request: ApiRequest, query: Query[PlanQuery]) -> dict[str, Any]:
    """
    List published plan versions, the newest first.
    """
    before = position(request, request.caller, query, int, int)
    rows = selectors.plans_page(request.caller.access, plan=query.plan or "", before=before, size=size_of(query))
    kept, following = cut(rows, size_of(query), lambda each: (each.published_at, each.pk))
    return page(request, request.caller, query, [plan_out(each) for each in kept], following)


@operation(router, "GET", "/plans/{plan}", Rule(rights=PLANS), answer=PlanOut)
def read_plan(request: ApiRequest, plan: str) -> dict[str, Any]:
    """
    Read a plan version.
    """
    return plan_out(_plan(request.caller, plan))


@operation(router, "GET", "/plans/{plan}/document", Rule(rights=PLANS, gives="*/*"), answer=None)
def read_document(request: ApiRequest, plan: str) -> HttpResponse:
    """
    Read the document of a plan version, byte for byte as it was published.
    """
    found = _plan(request.caller, plan)
    answer = HttpResponse(bytes(found.document), content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.plan}-{found.version}.yaml"'
    answer.headers["ETag"] = f'"{found.digest}"'
    return answer


def _plan(caller: Caller, public_id: str) -> PlanVersion:
    found = selectors.find_plan(caller.access, checked_id(public_id))
    if found is None:
        raise missing()
    return found


@operation(
    router,
    "POST",
    "/plans",
    Rule(rights=("plans.publish",), takes=YAML),
    answer=PlanOut,
    status=201,
    openapi_extra=_DOCUMENT,
)
def publish_plan(request: ApiRequest, response: HttpResponse) -> dict[str, Any]:
    """
    Publish a plan document, sent as it is; a version that was published never changes.
    """
    try:
        made = services.publish_plan(
            raw=request.body, file="document.yaml", by=request.caller.person, now=request.caller.now
        )
    except DocumentError as error:
        raise _unusable(error) from error
    response.headers["Location"] = f"/api/v1/plans/{made.public_id}"
    return plan_out(made)


def _unusable(error: DocumentError) -> UpheldError:
    """
    Return the answer to a document that cannot be used: every finding with line and column.
    """
    flaws = [
        Flaw("body", str(each.places[0]).partition(":")[2] if each.places else "", each.code, each.params)
        for each in error.findings[:200]
    ]
    return ApiError(error.code, HTTPStatus.UNPROCESSABLE_ENTITY, flaws=flaws, **error.params)
