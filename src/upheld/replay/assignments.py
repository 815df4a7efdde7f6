"""
Who has which contract: the customers' file (MAP) turned into contracts of the core.

Invariant: every customer of a log has one contract or is told to have none; a tier, zone or fee that nobody wrote is an
assumption that is told, never a silent default.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, Literal

import pydantic
from pydantic_core import PydanticCustomError

from upheld.core.calendars import zones
from upheld.core.errors import Finding, Place, UpheldError, Weight
from upheld.core.money import Money
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.places import DocumentError
from upheld.core.plan.reading import read_document, validate

EVERYBODY: Final = "*"
"""In a CSV: the row for every customer without one of its own."""
_CSV_COLUMNS: Final = ("customer", "tier", "fee", "currency", "zone", "region", "contract")
_SEVERAL: Final = ";"


class Entry(pydantic.BaseModel):
    """
    One customer as the file has it. ``fee`` is what the contract costs for one credit period of the plan.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    tier: str | None = None
    fee: Decimal | None = None
    currency: str | None = pydantic.Field(default=None, pattern="^[A-Z]{3}$")
    zone: str | None = None
    region: tuple[str, ...] = ()
    contract: str = ""

    @pydantic.field_validator("fee", mode="before")
    @classmethod
    def _exact(cls, value: Any) -> Any:
        try:
            amount = None if value in (None, "") else Decimal(str(value))
        except InvalidOperation:
            raise PydanticCustomError("customers.bad_fee", "", {"given": str(value)}) from None
        if amount is not None and (not amount.is_finite() or amount < 0):
            raise PydanticCustomError("customers.bad_fee", "", {"given": str(value)})
        return amount

    @pydantic.field_validator("region", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @pydantic.field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        try:
            return value and zones.zone(value).key
        except UpheldError as error:
            raise PydanticCustomError(error.code, "", dict(error.params)) from None

    @pydantic.model_validator(mode="after")
    def _fee_has_currency(self) -> Entry:
        if self.fee is not None and self.currency is None:
            raise PydanticCustomError("customers.fee_without_currency", "", {"fee": str(self.fee)})
        return self


class CustomersFile(pydantic.BaseModel):
    """
    The file as a whole: ``customers`` by the name that the log has for them, and what holds for everybody else.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = pydantic.Field(alias="upheld-customers")
    default: Entry | None = None
    customers: dict[str, Entry] = {}


@dataclass(frozen=True, slots=True)
class Assignments:
    """
    The contracts by customer, the one for everybody else (``None``: customers without a contract are left out), and
    what was found and assumed on the way.
    """

    contracts: Mapping[str, Contract]
    everybody: Contract | None
    assumptions: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def contract_of(self, customer: str) -> Contract | None:
        """
        Return the contract of a customer of the log, or nothing where it has none.
        """
        found = self.contracts.get(customer)
        if found is not None or self.everybody is None:
            return found
        everybody = self.everybody
        return Contract(
            customer=customer, tier=everybody.tier, contract=customer, zone=everybody.zone, regions=everybody.regions,
            fee=everybody.fee,
        )  # fmt: skip


def for_all(plan: Plan, tier: str | None = None, zone: str | None = None, fee: Money | None = None) -> Assignments:
    """
    Return assignments without a file: one tier for all (the lowest unless told) and one fee for a period or none;
    both are told.

    Raises :class:`~upheld.core.plan.places.DocumentError` ``customers.unknown_tier``.
    """
    chosen = tier or next(iter(plan.tiers))
    _check_tier(chosen, plan, None)
    contract = Contract(customer=EVERYBODY, tier=chosen, zone=zone or plan.zone or "UTC", fee=fee)
    facts = {"tier": chosen, "zone": contract.zone, "chosen": "told" if tier else "the plan's lowest"}
    assumed = Finding("assume.one_tier", Weight.ASSUMPTION, (), params=facts)
    if fee is not None:
        assumed = Finding("assume.one_tier_and_fee", Weight.ASSUMPTION, (), params={**facts, "fee": str(fee)})
    return Assignments({}, contract, (assumed,))


def load(path: Path, plan: Plan, customers: Iterable[str], *, zone: str | None = None) -> Assignments:
    """
    Return the assignments of a file, YAML or CSV by its ending.

    ``customers`` are those of the log: one in the file that is not in the log is listed, one in the log without
    contract is told. Raises :class:`~upheld.core.plan.places.DocumentError` with every finding, ``OSError`` for a
    missing file.
    """
    raw = path.read_bytes()
    file, places = _read_csv(raw, path.name) if path.suffix.lower() == ".csv" else _read_yaml(raw, path.name)
    for name, entry in _all(file):
        if entry.tier is not None:
            _check_tier(entry.tier, plan, places.get(name))
    lowest = next(iter(plan.tiers))
    made = {name: _contract(name, entry, file, plan, zone) for name, entry in file.customers.items()}
    everybody = _contract(EVERYBODY, file.default, file, plan, zone) if file.default else None
    present = dict.fromkeys(customers)
    absent = [name for name in file.customers if name not in present]
    findings = [
        Finding(
            "customers.not_in_log", Weight.NOTE, (places[name],) if name in places else (), params={"customer": name}
        )
        for name in absent
    ]
    assumptions = []
    if any(entry.tier is None for _, entry in _all(file)) and not (file.default and file.default.tier):
        assumptions.append(Finding("assume.lowest_tier", Weight.ASSUMPTION, (), params={"tier": lowest}))
    return Assignments(made, everybody, tuple(assumptions), tuple(findings))


def _all(file: CustomersFile) -> list[tuple[str, Entry]]:
    return [*file.customers.items(), *([(EVERYBODY, file.default)] if file.default else [])]


def _contract(name: str, entry: Entry, file: CustomersFile, plan: Plan, zone: str | None) -> Contract:
    """
    Return one contract: what the customer's entry leaves open comes from the file's default, then from the plan.
    """
    default = file.default or Entry()
    fee, currency = (entry.fee, entry.currency) if entry.fee is not None else (default.fee, default.currency)
    return Contract(
        customer=name, contract=entry.contract or name, tier=entry.tier or default.tier or next(iter(plan.tiers)),
        zone=entry.zone or default.zone or zone or plan.zone or "UTC", regions=entry.region or default.region,
        fee=Money(fee, currency) if fee is not None and currency else None,
    )  # fmt: skip


def _check_tier(tier: str, plan: Plan, place: Place | None) -> None:
    if tier not in plan.tiers:
        known = list(plan.tiers)
        near = next(iter(difflib.get_close_matches(tier, known, n=1)), known[0])
        facts = {"given": tier, "known": known, "nearest": near, "plan": plan.plan}
        raise DocumentError([Finding("customers.unknown_tier", Weight.ERROR, (place,) if place else (), params=facts)])


def _read_yaml(raw: bytes, name: str) -> tuple[CustomersFile, dict[str, Place]]:
    document = read_document(raw, name)
    file = validate(document, CustomersFile)
    places = {each: document.place(("customers", each), key=True) for each in file.customers}
    return file, {**places, EVERYBODY: document.place(("default",), key=True)}


def _read_csv(raw: bytes, name: str) -> tuple[CustomersFile, dict[str, Place]]:
    """
    Return a CSV of customers as the same file; several regions of a customer stand with semicolons between them.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused("customers.not_utf8", Place(name, line, 1)) from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    unknown = [column for column in reader.fieldnames or () if column not in _CSV_COLUMNS]
    if "customer" not in (reader.fieldnames or ()) or unknown:
        given = ", ".join(reader.fieldnames or ())
        raise _refused("customers.bad_header", Place(name, 1, 1), given=given, known=list(_CSV_COLUMNS))
    entries: dict[str, Entry] = {}
    places: dict[str, Place] = {}
    line = reader.line_num + 1
    try:
        for row in reader:
            _take_row(row, Place(name, line, 1), entries, places)
            line = reader.line_num + 1
    except csv.Error:
        raise _refused("customers.bad_row", Place(name, line, 1), reason="quotes") from None
    everybody = entries.pop(EVERYBODY, None)
    file = CustomersFile.model_validate({"upheld-customers": 1, "default": everybody, "customers": entries})
    return file, places


def _take_row(row: dict[str, Any], place: Place, entries: dict[str, Entry], places: dict[str, Place]) -> None:
    if None in row or None in row.values():
        raise _refused("customers.bad_row", place, reason="number of cells")
    customer = row.pop("customer")
    if customer in entries:
        raise _refused("customers.twice", place, customer=customer, first=places[customer].line)
    cells = {key: value.strip() for key, value in row.items() if value.strip()}
    if "region" in cells:
        cells["region"] = [each.strip() for each in cells["region"].split(_SEVERAL)]
    try:
        entries[customer] = Entry.model_validate(cells)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        facts = {"column": ".".join(map(str, first["loc"])) or "fee", "given": str(first["input"])[:80]}
        raise _refused("customers.bad_cell", place, **facts) from None
    places[customer] = place


def _refused(code: str, place: Place, **params: Any) -> DocumentError:
    return DocumentError([Finding(code, Weight.ERROR, (place,), params)])
