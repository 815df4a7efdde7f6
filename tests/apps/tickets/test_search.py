"""
Searching: the words of messages too, on every database alike, and never by what somebody may not see.
"""

import pytest
from django.db import connection

from tests import factories
from tests.cases import of_row
from tests.factories import NOW
from upheld.apps.contracts.selectors import contracts_found
from upheld.apps.parties.models import Customer, Person
from upheld.apps.parties.selectors import access_of, customers_found, people_found
from upheld.apps.tickets import search, selectors
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.selectors import Filters
from upheld.apps.tickets.services import conversation, handling

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


@pytest.fixture
def world():
    return factories.World()


def found(person, text):
    access = access_of(person, NOW)
    page = selectors.desk_list(access, Filters(queue="all", text=text), NOW, end_of_day=NOW)
    return {each.number for each in page.tickets}


@pytest.mark.parametrize(
    "text",
    ["pallets", "PALLETS", "pallets Geneva", "pall gen", "geneva, pallets!", "#{number}", "{number}", "stopped", "Dana",
     "dana@northwind", "northwind"],
)  # fmt: skip
def test_a_ticket_is_found_by_number_subject_people_and_every_word_of_a_message(world, text):
    ticket = world.ticket(text="Forty pallets for Geneva wait.")
    world.ticket(subject="Another", text="Nothing of it").requester  # noqa: B018
    assert ticket.number in found(world.agent, text.format(number=ticket.number))


@pytest.mark.parametrize("text", ["pallets Zurich", "%", "_", "'", "&|!:*", "\\", "zzz"])
def test_what_is_not_there_is_not_found_and_no_character_breaks_it(world, text):
    world.ticket(text="Forty pallets for Geneva wait.")
    assert found(world.agent, text) == set()


def test_a_note_finds_its_ticket_for_staff_alone(world):
    ticket = world.ticket()
    conversation.note(ticket=ticket, by=world.agent, text="certificate xylophone", now=NOW)
    sam = factories.person("sam@upheld.test", name="Sam", role="contractor")
    assert found(world.agent, "xylophone") == {ticket.number}
    assert found(sam, "xylophone") == set()
    handling.assign(ticket=ticket, to=sam, by=world.lead, now=NOW)
    assert found(sam, "xylophone") == {ticket.number}
    mine = selectors.portal_list(access_of(world.contact, NOW), text="xylophone")
    assert mine.tickets == []


def test_people_customers_and_contracts_are_found_by_those_who_may_read_them(world):
    agent = access_of(world.agent, NOW)
    assert [each.person for each in people_found(agent, "whitf northwind", NOW, most=5)] == [world.contact]
    assert customers_found(agent, "north", most=5) == [world.customer]
    assert contracts_found(agent, "preferred", most=5) == [world.contract]
    sam = access_of(factories.person("sam@upheld.test", name="Sam", role="contractor"), NOW)
    assert people_found(sam, "dana", NOW, most=5) == []
    assert customers_found(sam, "north", most=5) == contracts_found(sam, "preferred", most=5) == []


@pytest.mark.parametrize("text", ["pallets", "stopped", "Dana", "northwind", "{number}", "geneva pall", "zzz", "o"])
@of_row("AT-RS-002")
def test_few_are_named_and_many_are_walked_to_with_the_same_result(world, text, monkeypatch):
    ticket = world.ticket(text="Forty pallets for Geneva wait.")
    world.ticket(subject="Another", text="Nothing of it")
    asked = text.format(number=ticket.number)
    named = found(world.agent, asked)
    monkeypatch.setattr(search, "MOST_NAMED", 0)
    assert found(world.agent, asked) == named


@pytest.mark.parametrize(
    ("model", "condition", "index"),
    [
        (Ticket, {"subject__icontains": "pallet"}, "ticket_subject_parts"),
        (Customer, {"name__icontains": "pallet"}, "customer_name_parts"),
        (Person, {"name__icontains": "pallet"}, "person_name_parts"),
        (Person, {"email__istartswith": "pallet"}, "person_email_parts"),
    ],
)
@of_row("AT-RS-002")
def test_parts_of_words_are_found_by_an_index_where_there_is_one(db, model, condition, index):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite reads the texts")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in model.objects.filter(**condition).order_by().values("pk").explain()
