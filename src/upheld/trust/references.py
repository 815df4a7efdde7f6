"""
No reference leads nowhere, and none leads from one customer to another.

Every foreign key between the tables of the house is walked; a new table is covered by being there. People belong to a
customer by a membership, whenever it was, or work for the vendor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, ForeignKey, Model, OuterRef, QuerySet

from upheld.apps.contracts.models import Contract, DesignatedContact
from upheld.apps.parties.models import Grant, Membership
from upheld.apps.tickets.models import Message, Ticket
from upheld.core import events as ev
from upheld.trust.batches import TicketBatch
from upheld.trust.violations import Run, Violation, row_of

MOST_TOLD = 1000
OWNER = "customer"


def tables() -> list[type[Model]]:
    """
    Return the tables of the house.
    """
    return [model for model in apps.get_models() if model.__module__.startswith("upheld.")]


def references_of(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    """
    Return the foreign keys of a table.
    """
    return [field for field in model._meta.get_fields() if isinstance(field, ForeignKey)]  # noqa: SLF001


def has_owner(model: type[Model]) -> bool:
    """
    Return whether the rows of a table belong to a customer.
    """
    return any(field.name == OWNER for field in references_of(model))


def dangling(model: type[Model], field: ForeignKey[Any, Any], run: Run) -> Iterator[Violation]:
    """
    Yield rows whose reference leads to a row that is not there.
    """
    run.checked["references"] += 1
    there = Exists(field.remote_field.model._default_manager.filter(pk=OuterRef(field.attname)))  # noqa: SLF001
    rows: QuerySet[Any] = model._default_manager.filter(**{f"{field.attname}__isnull": False})  # noqa: SLF001
    for row in rows.exclude(there).order_by("pk")[:MOST_TOLD]:
        facts = {"column": field.name, "leads_to": getattr(row, field.attname)}
        yield Violation("verify.reference_leads_nowhere", row_of(row), 0, facts)


def crossing(model: type[Model], field: ForeignKey[Any, Any], run: Run) -> Iterator[Violation]:
    """
    Yield rows of one customer that refer to a row of another one.
    """
    if field.name == OWNER or not has_owner(model) or not has_owner(field.remote_field.model):
        return
    run.checked["references_of_customers"] += 1
    rows: QuerySet[Any] = model._default_manager.filter(  # noqa: SLF001
        **{f"{field.attname}__isnull": False, f"{OWNER}__isnull": False, f"{field.name}__{OWNER}__isnull": False}
    )
    for row in rows.exclude(**{f"{field.name}__{OWNER}_id": F(f"{OWNER}_id")}).order_by("pk")[:MOST_TOLD]:
        facts = {"column": field.name, "leads_to": getattr(row, field.attname)}
        yield Violation("verify.reference_crosses_customers", row_of(row), 0, facts)


def strangers(run: Run) -> Iterator[Violation]:
    """
    Yield rows of a customer that name a person who never belonged to it nor to the vendor.
    """
    named: tuple[tuple[QuerySet[Any], str], ...] = (
        (Ticket.objects.filter(is_imported=False), "requester"),
        (DesignatedContact.objects.all(), "person"),
        (Message.objects.filter(by_customer=True, author__isnull=False), "author"),
    )
    for rows, column in named:
        run.checked["references_to_people"] += 1
        members = Membership.objects.filter(person_id=OuterRef(f"{column}_id"), customer_id=OuterRef("customer_id"))
        staff = Grant.objects.filter(person_id=OuterRef(f"{column}_id"))
        for row in rows.exclude(Exists(members)).exclude(Exists(staff)).order_by("pk")[:MOST_TOLD]:
            facts = {"column": column, "leads_to": getattr(row, f"{column}_id")}
            yield Violation("verify.person_of_another_customer", row_of(row), 0, facts)


def check_events(batch: TicketBatch, run: Run) -> Iterator[Violation]:
    """
    Yield events that name a contract or a ticket of another customer.
    """
    contracts: dict[str, set[tuple[int, int]]] = {}
    tickets: dict[str, set[tuple[int, int]]] = {}
    for ticket in batch.whole():
        for event in batch.events[ticket.pk]:
            place = (ticket.pk, event.seq)
            if isinstance(event, ev.ContractBound):
                contracts.setdefault(event.contract, set()).add(place)
            elif isinstance(event, ev.Merged | ev.Split | ev.Linked):
                named = event.to if isinstance(event, ev.Linked) else event.into
                tickets.setdefault(named, set()).add(place)
    run.checked["references_in_events"] += len(contracts) + len(tickets)
    owners = {ticket.pk: ticket for ticket in batch.tickets}
    for places_of, model in ((contracts, Contract), (tickets, Ticket)):
        rows = model._default_manager.filter(public_id__in=places_of)  # noqa: SLF001
        known = dict(rows.values_list("public_id", "customer_id"))
        for name, places in places_of.items():
            for key, seq in sorted(places):
                if known.get(name) != owners[key].customer_id:
                    facts = {"ticket": owners[key].number, "seq": seq, "leads_to": name}
                    row = next(each for each in batch.rows[key] if each.seq == seq)
                    yield Violation("verify.event_crosses_customers", row_of(row), key, facts)
