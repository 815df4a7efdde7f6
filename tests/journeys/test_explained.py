"""
Why each due time is what it is, told to two people who read in two zones, on the desk, in the portal and by the API.

A ticket has all that moves a clock: its severity rises, support waits for the customer, the office closes for a day,
the customer telephones and its hours change. Every clock names its rule and calendar, the stretches that counted and
those that did not, and the pauses; in words, and as a picture.
"""

import datetime as dt
import html
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from tests import factories
from upheld.apps.contracts import services as contract_services
from upheld.apps.contracts.editions import ListChange
from upheld.apps.parties import services as parties
from upheld.apps.tickets.previews import Wanted, preview
from upheld.apps.tickets.services import conversation, handling, recomputing
from upheld.core.instants import parse_instant

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
PLAN = b"""
upheld: 1
plan: explained
version: 1
effective: 2026-01-01
zone: Europe/Zurich
days: hours
holiday_lists: {ours: {dates: {2026-12-25: Christmas}}}
calendars:
  office: {name: Office hours, zone: Europe/Zurich, week: {mon-fri: "09:00-17:00"}, day: 8h, holidays: {ours: closed}}
  always: {name: Round the clock, zone: Europe/Zurich, week: 24x7, day: 24h}
channels: {portal: portal, phone: telephone}
severities: {urgent: Urgent, normal: Normal}
severity_process: {until_assigned: normal, raised: from_start, lowered: from_start}
metrics:
  first_response: {name: First response, starts_on: opened, stops_on: reply}
  resolution: {name: Resolution, starts_on: opened, stops_on: resolved, pauses_while: waiting_on_customer}
tiers:
  standard:
    name: Standard
    hours: [{severity: urgent, phoned: true, use: always}, {use: office}]
    channels: {portal: office, phone: always}
    targets:
      first_response: {urgent: 2h, normal: 8h}
      resolution: {urgent: 16h, normal: 40h}
"""
OPENED, ASSIGNED, RAISED, REPLIED, WROTE, CLOSED, CALLED, NOW = (
    parse_instant(f"2026-03-{at}:00Z")
    for at in ("06T14:00", "06T14:10", "06T14:30", "06T15:00", "09T14:00", "09T14:15", "09T14:30", "09T15:30")
)


class World:
    """Jo, an agent, reads in Los Angeles, Dana, a customer, in Sydney; the ticket was opened in Zurich's afternoon."""

    def __init__(self):
        self.agent = factories.agent(now=OPENED)
        self.lead = factories.agent("lead@upheld.test", name="Priya Nair", role="lead", now=OPENED)
        admin = factories.person("admin@upheld.test", name="Ada Admin", role="admin", now=OPENED)
        version = contract_services.publish_plan(raw=PLAN, file="explained", by=admin, now=OPENED)
        customer = factories.customer(zone="Europe/Zurich", regions=("CH",))
        self.dana = factories.member(customer, now=OPENED)
        factories.contract(customer, version, tier="standard", now=OPENED)
        self.ticket = factories.ticket(self.dana, customer, urgency="normal", now=OPENED)
        self.happen(version)

    def happen(self, version):
        ticket, jo = self.ticket, self.agent
        handling.assign_severity(ticket=ticket, severity="normal", by=jo, reason="", now=ASSIGNED)
        handling.assign_severity(ticket=ticket, severity="urgent", by=jo, reason="All orders", now=RAISED)
        conversation.reply(ticket=ticket, by=jo, text="Which?", now=REPLIED, then_status="waiting_on_customer")
        conversation.customer_message(ticket=ticket, by=self.dana, text="All.", now=WROTE)
        wanted = Wanted(version, (ListChange("ours", add={dt.date(2026, 3, 10): "Founders' day"}),))
        work = recomputing.apply(
            wanted=wanted, digest=preview(wanted, CLOSED).digest, reason="Closed", by=self.lead, now=CLOSED
        )
        recomputing.run(work=work, clock=lambda: CLOSED)
        ticket.refresh_from_db()
        conversation.log_call(ticket=ticket, by=jo, inbound=True, text="Again", now=CALLED)


@pytest.fixture
def world(monkeypatch):
    for place in ("upheld.web.reader", "upheld.api.gate"):
        monkeypatch.setattr(f"{place}.read_clock", lambda: NOW)
    return World()


def page(person, address):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def explained(person, ticket, metric):
    key = parties.make_key(owner=person, name="k", scopes=parties.rights_of(person, NOW), now=NOW).text
    address = f"/api/v1/tickets/{ticket.public_id}/clocks/{metric}/1"
    answer = Client().get(address, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def stories():
    """What each reader must be told of each clock, from the file beside: the sentences, then the sum."""
    for block in Path(__file__).with_name("explained.txt").read_text("utf-8").strip().split("\n\n"):
        head, *story, total = block.split("\n")
        yield (*head.removeprefix("# ").split(), story, total.removeprefix("= "))


STRETCHES = {
    "first_response": [(OPENED, REPLIED, "counted")],
    "resolution": [
        (OPENED, REPLIED, "counted"),
        (REPLIED, WROTE, "paused"),
        (WROTE, CALLED, "counted"),
        (CALLED, NOW, "counted"),
        (NOW, parse_instant("2026-03-10T05:00:00Z"), "to_come"),
    ],
}
RULES = {
    "first_response": ("tiers.standard.targets.first_response[0]", "office"),
    "resolution": ("tiers.standard.targets.resolution[0]", "always"),
}
LABELS = {
    ("jo", "first_response"): {"opened 06:00", "Urgent 06:30", "kept 07:00", "due 08:00"},
    ("jo", "resolution"): {
        "opened Fri 06:00",
        "Urgent Fri 06:30",
        "revised hours Mon 07:15",
        "customer called Mon 07:30",
        "now Mon 08:30",
        "due Mon 22:00",
    },
    ("dana", "first_response"): {"opened 01:00", "Urgent 01:30", "kept 02:00", "due 03:00"},
    ("dana", "resolution"): {
        "opened Sat 01:00",
        "Urgent Sat 01:30",
        "revised hours Tue 01:15",
        "customer called Tue 01:30",
        "now Tue 02:30",
        "due Tue 16:00",
    },
}
"""What the pictures say beside their marks, on the clocks of each reader."""


def labels(picture):
    """The texts that are drawn, parsed as the SVG document that it is."""
    return {"".join(each.itertext()) for each in ET.fromstring(picture).iter(f"{SVG}text")}  # noqa: S314  (made by ours)


def drawn(shown):
    """The pictures of a page that are timelines of clocks, by their titles."""
    found = re.findall(r"<svg\b(?:(?!</svg>).)*what counted.*?</svg>", shown, re.DOTALL)
    return {re.search(r"<title[^>]*>([^:<]+): what counted", each)[1]: each for each in found}


@pytest.mark.requirement("B-3")
def test_every_due_time_explains_itself_to_each_reader_in_words_and_as_a_picture(world):
    ticket, people = world.ticket, {"jo": world.agent, "dana": world.dana}
    pages = {"jo": page(world.agent, f"/desk/tickets/{ticket.public_id}/"),
             "dana": page(world.dana, f"/portal/tickets/{ticket.public_id}/")}  # fmt: skip
    for who, metric, story, total in stories():
        why = explained(people[who], ticket, metric)
        # By the API: the rule and the calendar, the steps, the stretches with the pause, their sum, the picture.
        assert (why["clock"]["target"], why["clock"]["calendar"]) == RULES[metric]
        assert [each["words"] for each in why["steps"]] == story
        found = [
            (parse_instant(each["since"]), parse_instant(each["until"]), each["kind"]) for each in why["stretches"]
        ]
        assert found == STRETCHES[metric]
        assert [each["words"] for each in why["stretches"] if each["kind"] == "paused"] == [
            "paused: waiting on the customer"
        ] * (metric == "resolution")
        assert why["sum"] == total
        assert labels(why["picture"]) >= LABELS[who, metric]
        # On the desk and in the portal: the same story beside the same picture.
        name = {"first_response": "First response", "resolution": "Resolution"}[metric]
        picture = drawn(pages[who])[name]
        assert labels(picture) >= LABELS[who, metric]
        assert " ".join(story) in words(pages[who].replace(picture, ""))


def test_both_are_told_the_same_instants(world):
    """The zone changes what is read, never what is due."""
    for metric in STRETCHES:
        one, other = (explained(each, world.ticket, metric) for each in (world.agent, world.dana))
        assert one["clock"] == other["clock"]
        plain = [[(each["code"], each["at"], each["params"]) for each in why["steps"]] for why in (one, other)]
        assert plain[0] == plain[1]
