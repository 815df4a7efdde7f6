"""
Many rows written at once are as ``save`` would write them.
"""

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import NOW
from upheld.apps.tickets.models import ClockRow, EventRow, SavedView, Ticket, Timer
from upheld.apps.work.bulk import insert_each, update_each
from upheld.apps.work.models import OutboxRow

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


def values(model):
    return [
        {name: bytes(value) if name == "record" else value for name, value in row.items()}
        for row in model.objects.order_by("pk").values()
    ]


def test_many_rows_are_changed_each_to_its_own_and_no_other():
    world = factories.World()
    tickets = [world.ticket() for _ in range(3)]
    expected = values(Ticket)
    for index, ticket in enumerate(tickets[:2]):
        changed = {"severity": f"s'{index}", "next_due_at": [None, NOW][index], "is_open": False, "edition_id": None}
        for name, value in changed.items():
            setattr(ticket, name, value)
        ticket.subject = "not among the fields"
        expected[index].update(changed)
    with CaptureQueriesContext(connection) as seen:
        names = ["severity", "next_due_at", "is_open", "edition_id"]
        update_each(Ticket, names, [[*(getattr(each, name) for name in names), each.pk] for each in tickets[:2]])
    assert values(Ticket) == expected
    if connection.vendor == "postgresql":
        assert len(seen) == 1


@pytest.mark.parametrize("model", [EventRow, ClockRow, Timer])
def test_new_rows_are_as_they_were_given(model):
    factories.World().ticket()
    before = values(model)
    unique = "seq" if model is EventRow else "cycle"
    rows = list(model.objects.order_by("pk").values())
    names = [name for name in rows[0] if name != "id"]
    for row in rows:
        row[unique] += 50
    insert_each(model, names, [[row[name] for name in names] for row in rows])
    made = values(model)[len(before) :]
    assert [row | {"id": 0} for row in made] == [row | {"id": 0, unique: row[unique] + 50} for row in before]


def write_outbox(*keys, unless_there=False):
    names = ("key", "handler", "arguments", "due_at", "created_at")
    insert_each(OutboxRow, names, [(key, "h", {"at": [1]}, NOW, NOW) for key in keys], unless_there=unless_there)


def test_fields_that_are_not_named_get_their_defaults():
    write_outbox("one")
    OutboxRow.objects.create(key="two", handler="h", arguments={"at": [1]}, due_at=NOW, created_at=NOW)
    one, two = values(OutboxRow)
    assert one | {"id": 0, "key": ""} == two | {"id": 0, "key": ""}


def test_each_row_has_a_public_id_of_its_own():
    agent = factories.World().agent
    rows = [(name, "", agent.pk, NOW, NOW) for name in "ab"]
    insert_each(SavedView, ("name", "query", "owner_id", "made_at", "changed_at"), rows)
    assert sorted(SavedView.objects.values_list("name", "audience")) == [("a", "self"), ("b", "self")]
    assert len(set(SavedView.objects.values_list("public_id", flat=True)) - {""}) == 2


def test_what_is_there_already_is_passed_over_or_refused():
    write_outbox("one")
    write_outbox("one", "two", unless_there=True)
    assert list(OutboxRow.objects.order_by("pk").values_list("key", "arguments")) == [
        ("one", {"at": [1]}),
        ("two", {"at": [1]}),
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        write_outbox("three", "two")
    assert OutboxRow.objects.count() == 2


def test_what_is_too_long_for_a_column_is_refused_and_not_cut_off():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no longest text")
    ticket = factories.World().ticket()
    ticket.severity = "x" * 64
    with pytest.raises(DataError), transaction.atomic():
        update_each(Ticket, ["severity"], [(ticket.severity, ticket.pk)])
    assert Ticket.objects.get().severity != ticket.severity


def test_nothing_is_asked_of_the_database_for_no_rows():
    with CaptureQueriesContext(connection) as seen:
        update_each(Ticket, ["severity"], [])
        insert_each(Ticket, ["severity"], [])
    assert len(seen) == 0
