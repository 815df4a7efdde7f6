"""
Statements whose SQL is made once read and write what Django's own would.
"""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import DAY, NOW
from upheld.apps.contracts.models import Contract, HolidayRevision
from upheld.apps.parties.models import Membership
from upheld.apps.tickets.models import ClockRow, EventRow, Message, Payload, Submission, Ticket, Timer
from upheld.apps.work.models import Heartbeat, OutboxRow
from upheld.apps.work.statements import FEW, Reading, change, insert, insert_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return factories.World()


def outbox(*keys):
    return [OutboxRow(key=key, handler="h", arguments={"key": key}, due_at=NOW, created_at=NOW) for key in keys]


# Writing


@pytest.mark.parametrize("count", [1, 3, FEW, FEW + 1])
def test_rows_are_written_and_get_their_keys(count):
    rows = outbox(*(f"k{index}" for index in range(count)))
    with CaptureQueriesContext(connection) as seen:
        insert(rows)
    assert len([each for each in seen.captured_queries if each["sql"].startswith("INSERT")]) == 1
    assert {row.pk: row.key for row in rows} == dict(OutboxRow.objects.values_list("pk", "key"))
    assert all(not row._state.adding and row._state.db == "default" for row in rows)
    rows[0].attempts = 7
    rows[0].save()
    assert OutboxRow.objects.get(attempts=7).key == "k0"


def test_rows_of_several_tables_are_written_together_and_none_that_is_there_already():
    insert(outbox("there"))
    beats = [Heartbeat(worker="one", at=NOW), Heartbeat(worker="two", at=NOW)]
    with CaptureQueriesContext(connection) as seen:
        insert_together([beats, []], unless_there=[outbox("there", "new")])
    assert len(seen) == (1 if connection.vendor == "postgresql" else 2)
    assert set(Heartbeat.objects.values_list("worker", "at")) == {("one", NOW), ("two", NOW)}
    assert list(OutboxRow.objects.order_by("pk").values_list("key", flat=True)) == ["there", "new"]


def test_a_row_that_is_there_is_changed_with_those_that_are_written_in_the_fields_that_are_named_alone():
    insert(rows := outbox("there", "other"))
    rows[0].attempts, rows[0].arguments, rows[0].handler = 7, {"new": [1]}, "not among the fields"
    with CaptureQueriesContext(connection) as seen:
        insert_together([[Heartbeat(worker="one", at=NOW)]], also=[change(rows[0], ("attempts", "arguments"))])
    assert len(seen) == (1 if connection.vendor == "postgresql" else 2)
    assert sorted(OutboxRow.objects.values_list("key", "attempts", "arguments", "handler")) == [
        ("other", 0, {"key": "other"}, "h"),
        ("there", 7, {"new": [1]}, "h"),
    ]
    assert Heartbeat.objects.count() == 1


def test_of_rows_written_together_none_is_there_where_one_is_refused():
    insert(outbox("there"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together([[Heartbeat(worker="one", at=NOW)], outbox("there")])
    assert not Heartbeat.objects.exists()


COPIED = {
    Submission: {"key": "again", "public_id": "s" * 16},
    Ticket: {"number": 1, "public_id": "t" * 16},
    EventRow: {"seq": 99},
    Payload: {"seq": 99},
    Message: {"seq": 99, "public_id": "m" * 16},
    ClockRow: {"cycle": 99},
    Timer: {"cycle": 99},
    OutboxRow: {"key": "again"},
    Contract: {"public_id": "c" * 16},
}
"""A row of each kind of column is written anew with what must be unique changed."""


@pytest.mark.parametrize("model", COPIED, ids=lambda each: each.__name__)
def test_every_column_is_written_as_django_writes_it(world, model):
    world.ticket()
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    before = model.objects.values(*names).first()
    fresh = model(**before | COPIED[model])
    insert([fresh])
    written = model.objects.values(*names).get(pk=fresh.pk)
    plain = {name: bytes(value) if isinstance(value, memoryview) else value for name, value in written.items()}
    first = {name: bytes(value) if isinstance(value, memoryview) else value for name, value in before.items()}
    assert plain == first | COPIED[model]


def test_what_is_there_already_is_left_as_it_is():
    insert(outbox("a"))
    insert(outbox("a", "b"), unless_there=True)
    assert sorted(OutboxRow.objects.values_list("key", flat=True)) == ["a", "b"]
    insert([], unless_there=True)
    assert OutboxRow.objects.count() == 2


def test_a_broken_constraint_writes_nothing():
    insert(outbox("a"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(outbox("b", "a"))
    assert list(OutboxRow.objects.values_list("key", flat=True)) == ["a"]


def test_a_failure_that_is_caught_inside_a_transaction_spoils_it():
    """As with Django's own writing, nothing can be committed after it."""
    insert(outbox("a"))
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(outbox("a"))
        with pytest.raises(transaction.TransactionManagementError):
            OutboxRow.objects.count()
        transaction.set_rollback(True)


# Reading


@Reading
def contracts(customer: int, tier: str) -> QuerySet[Contract]:
    recorded = HolidayRevision.objects.filter(plan_version=OuterRef("plan_version")).order_by().values("plan_version")
    count = Coalesce(recorded.annotate(count=Count("pk")).values("count"), 0)
    found = Contract.objects.filter(customer_id=customer, tier=tier).select_related("customer", "plan_version", "team")
    return found.defer("plan_version__document").annotate(lists=count).order_by("pk")


@Reading
def memberships(person: int, now: int) -> QuerySet[Membership]:
    current = Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))
    return Membership.objects.filter(current, person_id=person).select_related("customer")


def test_rows_are_read_with_their_relations_in_one_query(world):
    other = factories.contract(factories.customer("Other"), world.version, products=["integrator_io"])
    for one in (world.contract, other):
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                (found,) = contracts(one.customer_id, "preferred")
                assert (found.customer.name, found.plan_version.plan, found.team) == (
                    one.customer.name, one.plan_version.plan, None,
                )  # fmt: skip
            assert len(seen) == 1
            assert found.lists == HolidayRevision.objects.filter(plan_version=one.plan_version).count() > 0
            again = Contract.objects.get(pk=one.pk)
            for field in Contract._meta.concrete_fields:
                assert getattr(found, field.attname) == getattr(again, field.attname)
            assert "document" in found.plan_version.get_deferred_fields()
    assert contracts(world.customer.pk, "no such tier") == []


def test_a_value_that_stands_twice_is_the_same_in_both_places(world):
    member = Membership.objects.get(person=world.contact)
    Membership.objects.filter(pk=member.pk).update(until=NOW + DAY)
    assert [each.pk for each in memberships(world.contact.pk, NOW)] == [member.pk]
    assert memberships(world.contact.pk, NOW + DAY) == []
    assert memberships(world.contact.pk, member.since - 1) == []


def test_a_value_that_the_query_changes_is_refused():
    made = Reading(_starting_with)
    with pytest.raises(TypeError, match="_starting_with"):
        made("a")


def _starting_with(start: str) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(key__startswith=start)


@pytest.mark.django_db(transaction=True)
def test_another_thread_reads_with_its_own_connection(world):
    contracts(world.customer.pk, "preferred")
    found = []

    def read():
        found.extend(each.pk for each in contracts(world.customer.pk, "preferred"))
        connection.close()

    other = threading.Thread(target=read)
    other.start()
    other.join()
    assert found == [world.contract.pk]
