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
from upheld.api.shapes.base import At, Body, Day, Id, Moment, Name, Ref, Zone
from upheld.api.shapes.tickets import ref
from upheld.apps.contracts.models import Contract, PlanVersion
from upheld.apps.contracts.selectors import is_in_term
from upheld.core.instants import Instant

FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2199, 12, 31)
Term = Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]


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


class EndingOut(Schema):
    """
    How a term can be ended: until which day notice counts, when it ends then, when it renews otherwise.
    """

    term: int
    first: dt.date
    last: dt.date | None
    last_day_of_notice: dt.date
    too_late_from: At
    ends_on: dt.date
    renews_on: dt.date | None


class CancellationOut(Schema):
    """
    What a notice does: `ends_on` is the contract's last day through it; `is_late` says that it is refused for the
    `running` term and recorded for the next. Cancel with the `digest`.
    """

    digest: str
    received_at: At
    received_on: dt.date
    in_writing: bool
    zone: str
    ends_on: dt.date
    is_late: bool
    ends_anyway: bool
    running: EndingOut
    following: EndingOut | None


class CancellationQuery(Schema):
    """
    Which notice: when it was received (now, unless told), and whether in writing.
    """

    received_at: Moment | None = None
    in_writing: bool = True


class NewCancellation(Body):
    """
    A cancellation as it was shown.
    """

    received_at: Moment
    in_writing: bool = True
    digest: Digest
    reason: Reason


class TierQuery(Schema):
    """
    Which tier, and from which day (today in the contract's zone, unless told).
    """

    tier: Name
    on: dt.date | None = None


class TierFeesOut(Schema):
    """
    What is paid: `rule` is the plan's (`undefined`: it says nothing, and no sum is made up); amounts are rounded half
    up to the smallest coin.
    """

    rule: str
    per: str
    before: dict[str, str] | None
    after: dict[str, str] | None
    due: dict[str, str] | None
    counts_from: dt.date | None
    rounding: str
    lines: list[dict[str, Any]]


class PromiseOut(Schema):
    """
    A promise on both sides: `verdict` is `better`, `same`, `worse` or `not_comparable`.
    """

    section: str
    name: str
    verdict: str
    before: str
    after: str
    because: str


class ClockMoveOut(Schema):
    """
    A running clock whose due time would move if the change were made now.
    """

    ticket: str
    number: int
    metric: str
    before: At | None
    after: At | None
    effect: str


class TierPreviewOut(Schema):
    """
    What a change of tier means: fees, allowances (name and what becomes of it), promises that differ, and the clocks of
    open tickets as if it were made now. Change it with the `digest`.
    """

    digest: str
    before: str
    after: str
    on: dt.date
    is_upgrade: bool
    open_tickets_move: bool
    fees: TierFeesOut
    allowances: list[list[str]]
    counts: dict[str, int]
    promises: list[PromiseOut]
    clocks: list[ClockMoveOut]


class NewTier(Body):
    """
    A change of tier as it was shown.
    """

    tier: Name
    on: Term
    digest: Digest
    reason: Reason


class ChangeOut(Schema):
    """
    A change of a contract that was decided; one that waits for its day has no `applied_at`.
    """

    id: str
    kind: str
    effective_on: dt.date
    reason: str
    recorded_at: At
    applied_at: At | None
