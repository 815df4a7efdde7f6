"""
Importing: another desk's tickets become tickets of ours, in batches, and once.

Invariant: a ticket is known by its source and the id it has there; what is there already is left as it is, so that an
import that was broken off goes on and one that was done changes nothing. Imported history fires no timer and tells
nobody. Neither people nor rights are imported: whoever wrote is one placeholder a customer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.db import transaction

from upheld.apps.contracts import services as contracts
from upheld.apps.contracts.models import Contract, PlanVersion
from upheld.apps.contracts.selectors import plan_of
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Brand, Customer, Person
from upheld.apps.tickets.models import ClockRow, Ticket
from upheld.apps.tickets.services.histories import Happening, History, write
from upheld.core import events as ev
from upheld.core.calendars import zones
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.contract import Contract as CoreContract
from upheld.core.plan.model import Plan
from upheld.core.plan.support_hours import SupportHours
from upheld.importers.histories import ImportedLog, Progress, TicketHistory
from upheld.importers.raw_rows import RawRows, as_record

BATCH: Final = 100
NO_CUSTOMER: Final = "(none named)"
"""Id and name of the customer of tickets for which the export names none."""
SUBJECT_COLUMNS: Final = ("short_description", "subject", "title", "summary")
"""Columns whose words make a ticket's subject, unless told; the first that is there."""
_FEE_PER: Final = "quarter"
_MARGIN: Final = 2 * 366 * 86_400


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    A ticket that the plan cannot judge and that was therefore left out: where it stands, and why.
    """

    ticket: str
    line: int
    code: str
    params: Mapping[str, object]


@dataclass(slots=True)
class Imported:
    """
    What an import did: how much is new, how much was there already, and what was left out.
    """

    tickets: int = 0
    events: int = 0
    clocks: int = 0
    known: int = 0
    changed_since: int = 0
    customers: int = 0
    contracts: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """
        How many rows of ours it made or changed; nothing at the second run.
        """
        return self.tickets + self.events + self.clocks + self.customers + self.contracts


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    Under what the tickets are imported: a contract of ours for all of them, or a plan version with, for each customer
    of the export, the contract that it is to get (``None``: none).
    """

    source: str
    version: PlanVersion
    brand: Brand | None = None
    contract: Contract | None = None
    contract_of: Callable[[str], CoreContract | None] = lambda _customer: None
    subject: tuple[str, ...] = ()


def contract_named(public_id: str) -> Contract | None:
    """
    Return a contract by its id, or nothing. One query.
    """
    return Contract.objects.select_related("customer", "plan_version").filter(public_id=public_id).first()


def import_log(
    *,
    log: ImportedLog,
    rows: Iterable[RawRows],
    terms: Terms,
    now: Instant,
    on_progress: Progress | None = None,
) -> Imported:
    """
    Import what is not there yet of an export whose rows come ticket by ticket.

    Each batch is a transaction of its own: broken off, what is there stays, and the next run goes on behind it.
    """
    result = Imported()
    known = dict(
        Ticket.objects.filter(source=terms.source, external_id__gt="").values_list("external_id", "submissions__digest")
    )
    seats = _Seats(log, terms, now, result)
    batch: list[History] = []
    lines: dict[str, int] = {}
    for done, (history, raw) in enumerate(_with_rows(log, rows), 1):
        if history.ticket in known:
            result.known += 1
            result.changed_since += hashlib.sha256(_raw(raw)).hexdigest() != known[history.ticket]
        else:
            batch.append(_history(history, raw, seats, now))
            lines[history.ticket] = history.line
        if len(batch) == BATCH:
            _write(batch, lines, result, now)
            batch, lines = [], {}
        if on_progress is not None and done % BATCH == 0:
            on_progress(done, len(log.histories))
    _write(batch, lines, result, now)
    if on_progress is not None:
        on_progress(len(log.histories), len(log.histories))
    return result


def try_import(
    *,
    log: ImportedLog,
    source: str,
    plan: Plan,
    contract_of: Callable[[str], CoreContract | None],
    on_progress: Progress | None = None,
) -> Imported:
    """
    Return what an import would do, writing nothing.
    """
    result = Imported()
    known = set(Ticket.objects.filter(source=source).values_list("external_id", flat=True))
    there = set(Customer.objects.filter(source=source).values_list("external_id", flat=True))
    first = min((history.events[0].effective_at for history in log.histories), default=0)
    hours = SupportHours(plan, to_datetime(max(first - _MARGIN, 0)).date(), to_datetime(log.last + _MARGIN).date())
    rules: dict[str, Rules | None] = {}
    for done, history in enumerate(log.histories, 1):
        if history.ticket in known:
            result.known += 1
            continue
        customer = history.customer
        if customer not in rules:
            made = contract_of(customer)
            rules[customer] = Rules(hours, made) if made else None
            result.customers += (customer or NO_CUSTOMER) not in there
            result.contracts += (customer or NO_CUSTOMER) not in there and made is not None
        _try_one(history, rules[customer], log, result)
        if on_progress is not None and done % BATCH == 0:
            on_progress(done, len(log.histories))
    return result


def _try_one(history: TicketHistory, rules: Rules | None, log: ImportedLog, result: Imported) -> None:
    try:
        clocks = fold(history.events, rules, observed=log.observed).clocks if rules is not None else ()
    except UpheldError as error:
        result.refused.append(_refusal(history.ticket, history.line, error))
        return
    result.tickets += 1
    result.events += len(history.events) + (rules is not None)
    result.clocks += len(clocks)


def _refusal(ticket: str, line: int, error: UpheldError) -> Refusal:
    return Refusal(ticket, line, error.code, dict(error.params))


@dataclass(frozen=True, slots=True)
class _Seat:
    """
    Where the tickets of one customer of the export go.
    """

    customer: Customer
    contract: Contract | None
    requester: Person


class _Seats:
    """
    Customers, contracts and placeholders by the export's names; made at the first ticket that needs them, or found.
    """

    def __init__(self, log: ImportedLog, terms: Terms, now: Instant, result: Imported) -> None:
        self.observed = tuple(sorted(log.observed))
        self.terms = terms
        self._log, self._now, self._result = log, now, result
        self._known: dict[str, _Seat] = {}
        self._first: dict[str, Instant] = {}
        for history in log.histories:
            at = history.events[0].effective_at
            self._first[history.customer] = min(at, self._first.get(history.customer, at))

    def of(self, customer: str) -> _Seat:
        """
        Return where the tickets of a customer go.
        """
        found = self._known.get(customer)
        if found is None:
            found = self._known[customer] = self._make(customer)
        return found

    @transaction.atomic
    def _make(self, name: str) -> _Seat:
        terms = self.terms
        if terms.contract is not None:
            owner = terms.contract.customer
            return _Seat(owner, terms.contract, parties.placeholder_of(customer=owner, now=self._now))
        wanted = terms.contract_of(name)
        key = (name or NO_CUSTOMER)[:200]
        customer = Customer.objects.filter(source=terms.source, external_id=key).first()
        if customer is None:
            zone = wanted.zone if wanted else "UTC"
            regions = wanted.regions if wanted else ()
            customer = parties.add_customer(name=key, zone=zone, regions=regions, source=terms.source, external_id=key)
            self._result.customers += 1
        contract = self._contract(customer, name, wanted) if wanted else None
        return _Seat(customer, contract, parties.placeholder_of(customer=customer, now=self._now))

    def _contract(self, customer: Customer, name: str, wanted: CoreContract) -> Contract:
        version = self.terms.version
        same = Contract.objects.filter(customer=customer, plan_version=version, tier=wanted.tier)
        found = same.select_related("customer", "plan_version").first()
        if found is not None or self.terms.brand is None:
            return found or same.get()
        self._result.contracts += 1
        return contracts.make_contract(
            customer=customer,
            brand=self.terms.brand,
            plan_version=version,
            tier=wanted.tier,
            starts_on=to_datetime(self._first[name], zones.zone(wanted.zone)).date(),
            ends_on=None,
            now=self._now,
            zone=wanted.zone,
            fee=wanted.fee,
            fee_per=_fee_per(version),
        )


def _fee_per(version: PlanVersion) -> str:
    """
    Return the period for which fees are given: that of the plan's first credits.
    """
    schemes = plan_of(version.pk).credits.values()
    return next((str(each.per.each) for each in schemes), _FEE_PER)


def _with_rows(log: ImportedLog, rows: Iterable[RawRows]) -> Iterator[tuple[TicketHistory, RawRows]]:
    """
    Yield each history with the rows that it came from; rows of tickets that could not be read have none.
    """
    histories = {history.ticket.strip(): history for history in log.histories}
    for raw in rows:
        history = histories.get(raw.ticket)
        if history is not None:
            yield history, raw


def _raw(raw: RawRows) -> bytes:
    return json.dumps(as_record(raw), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _history(history: TicketHistory, raw: RawRows, seats: _Seats, now: Instant) -> History:
    seat, source = seats.of(history.customer), seats.terms.source
    return History(
        key=f"import:{source}:{history.ticket}"[:200],
        raw=_raw(raw),
        requester=seat.requester,
        customer_id=seat.customer.pk,
        contract=seat.contract,
        subject=_subject(history, raw, seats.terms.subject),
        happenings=_happenings(history, seat, seats.observed),
        recorded_at=now,
        is_imported=True,
        source=source,
        external_id=history.ticket,
    )


def _subject(history: TicketHistory, raw: RawRows, columns: Sequence[str]) -> str:
    """
    Return the words of the columns that make the subject, else the ticket's own id.
    """
    chosen = columns or [name for name in SUBJECT_COLUMNS if name in raw.header][:1]
    words = [word for word in map(raw.cell, chosen) if word and word != "?"]
    return f"{history.ticket}: {' · '.join(words)}" if words else history.ticket


def _happenings(history: TicketHistory, seat: _Seat, observed: tuple[str, ...]) -> list[Happening]:
    """
    Return the events as they are recorded here: what the export can show is told at the opening, the contract is bound,
    and teams stand as teams.
    """
    opened, *rest = history.events
    if isinstance(opened, ev.Opened):
        opened = replace(opened, observed=observed)
    events = [opened]
    if seat.contract is not None:
        bound = ev.ContractBound(
            seq=0, effective_at=opened.effective_at, contract=seat.contract.public_id, tier=seat.contract.tier
        )
        events.append(bound)
    events += [
        replace(each, to=f"{ev.TEAM}{each.to}") if isinstance(each, ev.Assigned) and each.to else each for each in rest
    ]
    return [Happening(each) for each in events]


def _write(batch: Sequence[History], lines: Mapping[str, int], result: Imported, now: Instant) -> None:
    """
    Write a batch; where one ticket of it cannot be judged, the others one by one.
    """
    try:
        written = write(batch, now=now)
    except UpheldError as error:
        if len(batch) == 1:
            ticket = batch[0].external_id
            result.refused.append(_refusal(ticket, lines[ticket], error))
            return
        for each in batch:
            _write([each], lines, result, now)
        return
    result.tickets += len(written)
    result.events += sum(len(each.happenings) for each in batch)
    result.clocks += ClockRow.objects.filter(ticket__in=written).count()
