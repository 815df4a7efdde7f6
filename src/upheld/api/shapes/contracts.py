"""
Contracts and plan versions as they are sent and received.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from upheld.api.cursors import PageQuery
from upheld.api.shapes.base import At, Body, Day, Id, Name, Ref, Zone
from upheld.api.shapes.tickets import ref
from upheld.apps.contracts.models import Contract, PlanVersion
from upheld.apps.contracts.selectors import is_in_term
from upheld.core.instants import Instant

FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2199, 12, 31)
Term = Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY)]


class Fee(Schema):
    """
    What is paid, and per what.
    """

    amount: str
    currency: str
    per: str


class EnvironmentOut(Schema):
    """
    An environment of an instance.
    """

    environment: str
    url: str


class InstanceOut(Schema):
    """
    An instance with its environments.
    """

    id: str
    name: str
    environments: list[EnvironmentOut]


class PlanOut(Schema):
    """
    A published plan version; `digest` is the SHA-256 of the document's bytes.
    """

    id: str
    plan: str
    version: str
    name: str
    digest: str
    published_at: At


class ContractOut(Schema):
    """
    A customer's contract; days are those of its zone, `ends_on` is its last one.
    """

    id: str
    customer: Ref
    brand: Ref
    plan: PlanOut
    tier: str
    zone: str
    starts_on: dt.date
    ends_on: dt.date | None
    is_running: bool
    fee: Fee | None
    products: list[str]
    add_ons: list[str]
    team: Ref | None
    instances: list[InstanceOut]
    created_at: At
    cancelled_at: At | None


class ContractQuery(PageQuery):
    """
    Whose contracts.
    """

    customer: Id | None = None


class PlanQuery(PageQuery):
    """
    Which plan's versions.
    """

    plan: Name | None = None


class NewFee(Body):
    """
    A fee: an exact amount, its currency (ISO 4217), and per what it is paid.
    """

    amount: Annotated[Decimal, Field(strict=False, ge=0, max_digits=14, decimal_places=3)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    per: Literal["month", "quarter", "year"] = "quarter"


class NewContract(Body):
    """
    A contract to make.
    """

    customer: Id
    plan: Id = Field(description="The id of a published plan version.")
    tier: Name
    starts_on: Term
    ends_on: Term | None = None
    brand: Id | None = Field(None, description="May be left out where there is one brand.")
    zone: Zone | None = Field(None, description="The customer's, unless told.")
    fee: NewFee | None = None
    products: list[Name] = Field([], max_length=50)
    add_ons: list[Name] = Field([], max_length=50)


def plan_out(plan: PlanVersion) -> dict[str, Any]:
    """
    Return a plan version.
    """
    names = ("plan", "version", "name", "digest", "published_at")
    return {"id": plan.public_id, **{name: getattr(plan, name) for name in names}}


def contract_out(contract: Contract, now: Instant) -> dict[str, Any]:
    """
    Return a contract with its instances.
    """
    names = ("tier", "zone", "starts_on", "ends_on", "products", "add_ons", "created_at", "cancelled_at")
    fee = {"amount": str(contract.fee_amount), "currency": contract.fee_currency, "per": contract.fee_per}
    return {
        "id": contract.public_id,
        **{name: getattr(contract, name) for name in names},
        **{name: ref(getattr(contract, name)) for name in ("customer", "brand", "team")},
        "plan": plan_out(contract.plan_version),
        "is_running": is_in_term(contract, now),
        "fee": fee if contract.fee_amount is not None else None,
        "instances": [
            {
                "id": each.public_id,
                "name": each.name,
                "environments": [{"environment": one.environment, "url": one.url} for one in each.environments.all()],
            }
            for each in contract.instances.all()
        ],
    }
