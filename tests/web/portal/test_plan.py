"""
A person's plan: promises, hours in their zone, channels, contacts, term.
"""

import datetime as dt
import io

import pypdf
import pytest
from django.urls import reverse

from tests import factories
from upheld.apps.channels.models import Notice
from upheld.apps.channels.words import notice_words
from upheld.apps.contracts import services as contract_services
from upheld.apps.contracts.models import DesignatedContact
from upheld.apps.parties.models import Person
from upheld.apps.work import relay
from upheld.core.instants import parse_instant
from upheld.rendering import policy_pdf
from upheld.web import policies

pytestmark = pytest.mark.django_db
PLAN = "/portal/plan/"


def test_what_is_promised_stands_in_plain_words(world, dana):
    promises = dana.get(PLAN).context["promises"]
    assert promises["metrics"] == ["First response", "Follow up"]
    assert {row.name: [cell[1] for cell in row.cells] for row in promises["rows"]} == {
        "Urgent": ["2 hours", "1 support day of 24 hours"],
        "High": ["8 hours", "1 support day of 24 hours"],
        "Normal": ["2 support days of 24 hours", "2 support days of 24 hours"],
        "Low": ["2 support days of 24 hours", "2 support days of 24 hours"],
    }
    assert promises["rows"][0].cells[0][2] == "after a telephone call: At all times"


@pytest.mark.requirement_part("CEL-2")
def test_hours_of_the_coming_week_are_in_the_readers_zone_with_holidays(world, dana, at):
    at(parse_instant("2026-05-22T16:00:00Z"))
    weeks = dana.get(PLAN).context["weeks"]
    assert [week[0] for week in weeks] == ["Urgent", "High, Normal, Low"]
    urgent, others = ([(str(day.date), day.windows, day.holiday) for day in week[2]] for week in weeks)
    assert urgent[:4] == [
        ("2026-05-23", "00:00-10:00", ""),
        ("2026-05-24", "closed", ""),
        ("2026-05-25", "09:00-24:00", "Memorial Day"),
        ("2026-05-26", "all day", "Memorial Day"),
    ]
    assert others[2:4] == [("2026-05-25", "09:00-17:00", "Memorial Day"), ("2026-05-26", "17:00-24:00", "Memorial Day")]


@pytest.mark.requirement_part("CEL-4", "CEL-18")
def test_channels_say_whether_they_are_open_and_give_the_number_to_those_who_may_call(world, dana, at):
    def channels():
        return {each.name: (each.words, each.address) for each in dana.get(PLAN).context["channels"]}

    assert channels() == {
        "Customer Compass (online)": ("open now", ""),
        "Chat in Customer Compass": ("open now", ""),
        "Telephone": ("open now", "+1 (650) 579-0210"),
    }
    at(parse_instant("2026-04-18T16:00:00Z"))
    assert channels()["Chat in Customer Compass"] == ("closed now", "")
    assert channels()["Telephone"] == ("open now for Urgent", "+1 (650) 579-0210")
    at(parse_instant("2027-02-01T18:00:00Z"))
    assert channels()["Telephone"][1] == ""
    assert "This contract does not run now." in dana.get(PLAN).content.decode()


@pytest.fixture
def designated(world):
    """A Corporate contract of Opigno with Dana as its designated contact."""
    contract = factories.contract(world.customer, factories.plan_version("opigno"), tier="corporate")
    return contract_services.name_contact(
        contract=contract, person=world.contact, contact_list="designated", by=world.lead, now=world.now
    )


def transfer(client, contact, **facts):
    given = {"list": "designated", "leaving": contact.person.public_id, **facts}
    return client.post(reverse("portal:transfer_contact", args=[contact.contract.public_id]), given, follow=True)


@pytest.mark.requirement_part("OPI-5", "OPI-22")
def test_a_contact_hands_over_to_a_named_successor_and_never_to_nobody(world, dana, designated):
    li = factories.member(world.customer, "li@northwind.test", name="Li Chen", part="requester")
    refused = transfer(dana, designated)
    assert "at least 1" in refused.content.decode().lower() or "1" in refused.content.decode()
    assert DesignatedContact.objects.get().until is None
    transfer(dana, designated, successor=li.public_id)
    designated.refresh_from_db()
    assert designated.until == world.now
    assert (designated.successor.person, designated.successor.named_by) == (li, world.contact)


def test_the_vendor_is_told_when_a_contact_hands_over(world, dana, designated):
    li = factories.member(world.customer, "li@northwind.test", name="Li Chen", part="requester")
    ada = Person.objects.get(email="admin@upheld.test")
    transfer(dana, designated, successor=li.public_id)
    relay.run_until_idle("test", world.now)
    told = [notice_words(each, "UTC", "en") for each in Notice.objects.filter(person=ada, ticket=None).order_by("pk")]
    assert told == [
        "Northwind Traders: Dana Whitfield is a contact now (designated).",
        "Northwind Traders: Li Chen is a contact now (designated).",
        "Northwind Traders: Dana Whitfield handed over to Li Chen as a contact (designated).",
    ]


@pytest.mark.requirement_part("OPI-22")
def test_a_designated_contact_sees_all_tickets_of_the_customer_while_on_the_list(world, dana, browse, designated):
    li = factories.member(world.customer, "li@northwind.test", name="Li Chen", part="requester")
    danas = world.ticket(subject="Danas own", contract=world.contract.public_id)
    address = f"/portal/tickets/{danas.public_id}/"
    assert browse(li).get(address).status_code == 404
    transfer(dana, designated, successor=li.public_id)
    assert browse(li).get(address).status_code == 200
    assert "Danas own" in browse(li).get("/portal/").content.decode()
    transfer(dana, designated.contract.designated_contacts.get(until=None), successor=world.contact.public_id)
    assert browse(li).get(address).status_code == 404


def test_only_members_can_be_named_and_only_by_those_who_manage(world, dana, browse, designated):
    stranger = factories.member(factories.customer("Ostrava Optics"), "iva@ostrava.test", name="Iva Stranger")
    address = reverse("portal:name_contact", args=[designated.contract.public_id])
    assert dana.post(address, {"list": "designated", "person": stranger.public_id}).status_code == 404
    vera = factories.member(world.customer, "vera@northwind.test", name="Vera View", part="viewer")
    assert browse(vera).post(address, {"list": "designated", "person": vera.public_id}).status_code == 403
    assert "Iva Stranger" not in dana.get(PLAN, {"contract": designated.contract.public_id}).content.decode()
    dana.post(address, {"list": "designated", "person": vera.public_id})
    assert DesignatedContact.objects.filter(person=vera, until=None).exists()


def test_the_term_is_shown_to_those_who_manage_it(world, dana, browse, designated):
    address = f"{PLAN}?contract={designated.contract.public_id}"
    page = dana.get(address)
    assert page.context["term"]["last_day"] == dt.date(2026, 11, 30)
    assert "Cancel by" in page.content.decode()
    li = factories.member(world.customer, "li@northwind.test", name="Li Chen", part="requester")
    theirs = browse(li).get(address).content.decode()
    assert "Cancel by" not in theirs
    assert "4 hours" in theirs


def test_the_plan_of_somebody_without_a_contract_says_so(world, browse):
    nina = browse(factories.member(factories.customer("Newcomers"), "nina@new.test", name="Nina New"))
    assert "No contract yet" in nina.get(PLAN).content.decode()


def policy_of(contract):
    return f"/portal/plan/{contract.public_id}/policy.pdf"


def text_of(answer):
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join("".join(each.extract_text() for each in pages).split())


@pytest.mark.requirement_part("B-2")
def test_the_policy_can_be_had_on_paper_with_ones_own_tier_alone(world, dana):
    address = policy_of(world.contract)
    assert f'href="{address}"' in dana.get(PLAN).content.decode()
    answer = dana.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith('attachment; filename="celigo')
    text = text_of(answer)
    assert "Preferred" in text
    assert "within 8 hours" in text
    assert "within 1 hour" not in text  # what Premier has
    assert "within 5 days" not in text  # what Essential has
    assert "+1 (650)" not in text


def test_the_same_policy_is_made_once(world, dana, monkeypatch):
    first = dana.get(policy_of(world.contract)).content
    monkeypatch.setattr(policies, "policy_pdf", None)
    assert dana.get(policy_of(world.contract)).content == first


def test_where_pdfs_cannot_be_made_nobody_is_offered_one(world, dana, monkeypatch):
    monkeypatch.setattr(policy_pdf, "NEEDS", ("no_such_typesetter",))
    assert "policy.pdf" not in dana.get(PLAN).content.decode()
    assert dana.get(policy_of(world.contract)).status_code == 404
