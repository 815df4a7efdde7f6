"""
Allowances: hours, counts and money that a contract holds, with their lapse, carry-over, increments and rates.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from upheld.core.durations import Unit, parse_duration
from upheld.core.errors import UpheldError
from upheld.core.money import Money
from upheld.core.plan.model.base import (
    Amount,
    Condition,
    Length,
    Name,
    Names,
    Part,
    Percent,
    Span,
    Text,
    parse_money,
    problem,
    refuse,
)
from upheld.core.plan.model.compliance import Period


class Quantity(Part):
    """
    So much of something: seconds, a count, or money.
    """

    seconds: int | None = None
    """Working time."""
    count: int | None = None
    """Number."""
    money: Money | None = None
    """Sum."""
    word: Literal["contract", "unlimited", "none"] | None = None
    """``contract``: each contract says; ``unlimited``: fair use; ``none``: nothing."""


def _quantity(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return {"count": value}
    if not isinstance(value, str):
        return value
    if value in ("contract", "unlimited", "none"):
        return {"word": value}
    if value[:3].isupper():
        return {"money": _money(value)}
    try:
        duration = parse_duration(value)
    except UpheldError as error:
        raise problem(error) from None
    if duration.unit is not Unit.SECONDS:
        raise refuse("plan.bad_quantity", given=value)
    return {"seconds": duration.count}


def _money(value: str) -> Money:
    try:
        return parse_money(value)
    except UpheldError as error:
        raise problem(error) from None


Much: TypeAlias = Annotated[
    Quantity,
    BeforeValidator(_quantity),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["2h", 4, "USD 500"]}),
]


class Carry(Part):
    """
    What is not used and lives on.
    """

    share: Percent = Decimal(100)
    """Share of the period's grant that is carried over."""
    at_most: Much | None = None
    """The most that is carried over."""
    lasts: Span | None = None
    """How long it lives on; until it is used unless told."""
    times: int | None = Field(default=None, ge=1)
    """How often the same hours can be carried over."""


class RateBand(Condition):
    """
    What time costs (or draws) in certain hours; the first that fits counts.
    """

    hours: Name | None = None
    """Calendar in whose open time it holds; always unless told."""
    rate: Amount | None = None
    """Price of an hour (or a piece)."""
    times: Decimal | None = None
    """Multiple of the usual price or drawdown."""
    minimum: Much | None = None
    """The least that one use draws in these hours."""


class Overdraft(Part):
    """
    What happens when more is used than is left.
    """

    then: Literal["refused", "approval", "charged", "next_period", "held", "topped_up"] = "approval"
    """Refused; held for approval; charged at a rate; drawn from the next period; the ticket waits for the next grant;
    or the customer is asked to buy more."""
    rate: Amount | None = None
    """Price of an hour (or a piece) beyond."""
    at_most: Much | None = None
    """How far it may go."""
    free: Much | None = None
    """How much of it costs nothing."""
    needs_approval: bool = False
    """Whether the customer must approve it each time."""
    settled: Period | None = None
    """Period at whose end what is still owed is billed, where it is not billed with the next invoice."""
    block: Much | None = None
    """Size of a block that can be bought."""
    block_price: Amount | None = None
    """Price of such a block."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"then": value} if isinstance(value, str) else value


class Allowance(Part):
    """
    Something that a contract may use up.
    """

    name: Text | None = None
    """What people call it."""
    gives: Much
    """How much is granted each time: ``2h``, ``1``, ``USD 500``; ``contract``: each contract says; ``unlimited``: fair
    use."""
    by_tier: dict[Name, Much] = {}
    """How much, where it differs by tier; a tier that is missing has ``gives``."""
    tiers: Names = ()
    """Tiers that have it; all unless told."""
    every: Period | None = None
    """How often it is granted; once unless told."""
    anchored: Literal["calendar", "contract"] = "calendar"
    """Whether periods begin with the calendar's or on the contract's day."""
    scope: Literal["contract", "instance", "customer", "plan", "user"] = "contract"
    """What it is granted for."""
    valid_for: Span | None = None
    """How long a grant lives; to the end of its period unless told, for ever where it is granted once."""
    carry_over: Annotated[Carry | None, BeforeValidator(lambda value: None if value == "none" else value)] = None
    """What lives on into the next period; ``none`` unless told."""
    increment: Much | None = None
    """Steps in which use is counted, rounded up."""
    minimum: Much | None = None
    """The least that one use draws."""
    draws: Literal["held", "booked", "logged", "resolved", "opened"] = "logged"
    """What uses it up: a session held, booked, time logged, a ticket resolved or opened."""
    rounded: Literal["each", "request", "period"] = "each"
    """What is rounded up: each entry, all of a request, or all of a period."""
    rates: tuple[RateBand, ...] = ()
    """What use costs or draws in certain hours."""
    overdraft: Overdraft = Overdraft()
    """What happens when more is used than is left."""
    low_at: Much | None = None
    """Balance at which the customer is told."""
    expiry_notice: Span | None = None
    """How long before it lapses the customer is told."""
    refund: Literal["none", "unused", "prorated"] = "none"
    """What is paid back for unused hours at the end."""
    refund_within: Span | None = None
    """How long after the contract's start it is paid back; always unless told."""
    refund_rate: Literal["paid", "reached_tier"] = "paid"
    """At which price: what was paid, or that of the tier which the use really reached."""
    ahead: Span | None = None
    """How long ahead a use must be asked for."""
    ahead_days: Name | None = None
    """Calendar that says which days count in ``ahead``; calendar days unless told."""
    needs: Names = ()
    """What a request must say."""
    parts: Names = ()
    """Parts that an estimate must have, each with its hours; their sum is what ``above`` judges."""
    with_: Name | None = Field(default=None, alias="with")
    """Role of which a person is assigned to each use before it takes place."""
    above: Much | None = None
    """Only requests strictly larger than this are considered; smaller ones are grouped."""
    contacts: Literal["all", "designated"] = "all"
    """Who may ask for it."""
    covers: Condition = Condition()
    """Tickets that draw on it."""
    price: Amount | None = None
    """Price of a grant that is bought apart."""


class FairUse(Part):
    """
    When use is unusually high.
    """

    of: Literal["tickets", "hours"] = "tickets"
    """What is counted."""
    over: Length
    """Stretch over which it is counted."""
    times_own: Decimal | None = None
    """Multiple of the customer's own stretch before."""
    times_peers: Decimal | None = None
    """Multiple of the median of the tier."""
    at_most: int | None = Field(default=None, ge=1)
    """A fixed limit."""
    then: Literal["suggest_tier", "notify", "charge"] = "suggest_tier"
    """What follows; a ticket is never lost."""


class Review(Part):
    """
    A meeting, audit, report or check that the vendor owes from time to time.
    """

    name: Text | None = None
    """What people call it."""
    tiers: Names = ()
    """Tiers that have it; all unless told."""
    every: Period
    """How often."""
    on_request: bool = False
    """Whether it is held only when asked for."""
    contains: Names = ()
    """What it contains."""
    due_after: Length | None = None
    """How long after the period's end it is due."""
    with_: Name | None = Field(default=None, alias="with")
    """Role that holds it."""
