"""
Cancelling a contract and changing its tier, on the desk and in the portal: shown first, done as shown, told to those
concerned.
"""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client

from tests import factories
from upheld import catalogues
from upheld.apps.channels.models import Notice
from upheld.apps.channels.words import notice_words
from upheld.apps.contracts import services
from upheld.apps.contracts.models import Contract, ContractChange
from upheld.apps.tickets.models import ClockRow
from upheld.apps.work import relay
from upheld.core.instants import parse_instant
from upheld.core.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Pages:
    """A clock that stands still until it is moved, and everybody's browser."""

    def __init__(self, monkeypatch, world):
        self.world, self.now = world, world.now
        monkeypatch.setattr("upheld.web.reader.read_clock", lambda: self.now)
        finance = factories.person("finance@upheld.test", name="Finn Ance", role="finance", now=world.now)
        self.finance = self.browser(finance)
        self.manager = self.browser(world.contact)

    def browser(self, person):
        client = Client()
        client.force_login(person, backend=BACKEND)
        return client

    @property
    def desk(self):
        return f"/desk/contracts/{self.world.contract.public_id}"

    @property
    def portal(self):
        return f"/portal/plan/{self.world.contract.public_id}"


def hidden(answer):
    """The hidden fields of the page's last form, which decides."""
    form = answer.content.decode().rpartition('method="post"')[2]
    return dict(re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', form))


def told_to_the_vendor(now):
    relay.run_until_idle("test", now)
    found = Notice.objects.filter(ticket=None, person__email="admin@upheld.test").order_by("pk")
    return [notice_words(each, "UTC", "en") for each in found]


@pytest.fixture
def yearly(monkeypatch):
    """A contract of Opigno for one year after another, with a month's notice, counted in Zurich."""
    world = factories.World(now=parse_instant("2026-02-10T12:00:00Z"), plan="opigno", tier="pro")
    Contract.objects.all().delete()
    world.contract = factories.contract(
        world.customer, world.version, tier="pro", starts_on=dt.date(2025, 4, 1), ends_on=dt.date(2026, 3, 31),
        now=world.now,
    )  # fmt: skip
    return Pages(monkeypatch, world)


@pytest.mark.requirement("OPI-3")
@pytest.mark.parametrize(
    ("at", "ends", "is_late"),
    [
        pytest.param("2026-02-28T22:59:59Z", "2026-03-31", False, id="the-last-second-of-the-last-day"),
        pytest.param("2026-02-28T23:00:00Z", "2027-03-31", True, id="a-second-too-late"),
    ],
)
@pytest.mark.parametrize("side", ["desk", "portal"])
def test_both_dates_are_shown_before_anyone_confirms_and_a_late_notice_counts_for_the_next_term(
    yearly, side, at, ends, is_late
):
    yearly.now = parse_instant(at)
    browser, address = (yearly.finance, yearly.desk) if side == "desk" else (yearly.manager, yearly.portal)
    seen = browser.get(f"{address}/cancel/")
    text = " ".join(seen.content.decode().split())
    assert ("Too late for this term." in text, "In time." in text) == (is_late, not is_late)
    assert "Tue 31 Mar 2026" in text
    assert "Wed 31 Mar 2027" in text
    assert "Sat 28 Feb 2026" in text
    assert not ContractChange.objects.exists()
    done = browser.post(f"{address}/cancel/", {**hidden(seen), "reason": "We leave"})
    assert done.status_code == 302
    yearly.world.contract.refresh_from_db()
    assert (str(yearly.world.contract.ends_on), yearly.world.contract.cancelled_at) == (ends, yearly.now)
    change = ContractChange.objects.get()
    assert (change.kind, str(change.effective_on), change.reason, change.recorded_at) == (
        "cancelled", ends, "We leave", yearly.now,
    )  # fmt: skip
    assert change.by.email == ("finance@upheld.test" if side == "desk" else "dana@northwind.test")
    assert change.facts["is_late"] is is_late
    words = [f"Northwind Traders: Dana Whitfield cancelled the contract to {ends}: We leave"]
    assert told_to_the_vendor(yearly.now) == (words if side == "portal" else [])
    assert "Cancelled, ends with" in browser.get(done["Location"].partition("#")[0]).content.decode()
    again = browser.get(f"{address}/cancel/").content.decode()
    assert "cancelled already" in again


def test_a_notice_that_came_by_mail_days_ago_counts_from_then_and_one_by_telephone_is_refused(yearly):
    yearly.now = parse_instant("2026-03-03T09:00:00Z")
    asked = yearly.finance.get(f"{yearly.desk}/cancel/", {"received": "2026-02-27T10:00", "written": "1"})
    assert "In time." in asked.content.decode()
    spoken = yearly.finance.get(f"{yearly.desk}/cancel/", {"received": "2026-02-27T10:00"})
    assert "in writing" in spoken.content.decode()
    assert hidden(spoken) == {}
    done = yearly.finance.post(f"{yearly.desk}/cancel/", {**hidden(asked), "reason": "By mail"})
    assert done.status_code == 302
    assert ContractChange.objects.get().facts["received_at"] == parse_instant("2026-02-27T10:00:00-08:00")


def test_a_notice_is_refused_if_the_last_day_passed_while_the_page_lay_open(yearly):
    yearly.now = parse_instant("2026-02-28T22:59:00Z")
    seen = yearly.manager.get(f"{yearly.portal}/cancel/")
    yearly.now += 120
    late = yearly.manager.post(f"{yearly.portal}/cancel/", {**hidden(seen), "reason": "We leave"})
    text = late.content.decode()
    assert (late.status_code, "Too late for this term." in text, 'value="We leave"' in text) == (400, True, True)
    assert not ContractChange.objects.exists()
    assert yearly.manager.post(f"{yearly.portal}/cancel/", {**hidden(late), "reason": "We leave"}).status_code == 302


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param({"received": "soon", "written": "1"}, 400, id="no-moment"),
        pytest.param({"reason": " "}, 400, id="no-reason"),
        pytest.param({"reason": "x" * 501}, 400, id="long-reason"),
        pytest.param({"digest": "0" * 64}, 400, id="another-digest"),
        pytest.param({"received_at": "4102444800"}, 400, id="in-the-future"),
    ],
)
def test_a_cancelling_that_is_refused_changes_nothing_and_loses_nothing(yearly, given, status):
    seen = yearly.finance.get(f"{yearly.desk}/cancel/")
    was = list(Contract.objects.values())
    answer = yearly.finance.post(f"{yearly.desk}/cancel/", {**hidden(seen), "reason": "They asked", **given})
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert (list(Contract.objects.values()), ContractChange.objects.count()) == (was, 0)
    if "received" in given:
        assert 'value="soon"' in answer.content.decode()


# --- tiers

FEES = {"essential": "USD 400", "preferred": "USD 2,400", "premier": "USD 4,800"}
"""A year."""


@pytest.fixture
def priced(monkeypatch):
    """A contract of Celigo, Preferred, in a plan that says what its tiers cost and how a change is paid."""
    world = factories.World()
    text = catalogues.read("celigo").decode()
    text = text.replace(f"version: {world.version.version}", "version: priced", 1)
    terms = "\n  length: 1 year\n  tier_change: upgrade_any_time\n  tier_change_fee: prorated"
    text = re.sub(r"\n  tier_change: .*", terms, text, count=1)
    text = re.sub(r"\n  tier_change_fee: undefined", "", text)
    for tier, fee in FEES.items():
        text = re.sub(rf"\n  {tier}:\n    name:", rf"\n  {tier}:\n    fee: {fee}\n    name:", text, count=1)
    version = services.publish_plan(raw=text.encode(), file="priced.yaml", by=world.lead, now=world.now)
    Contract.objects.all().delete()
    world.contract = factories.contract(world.customer, version, fee=Money(Decimal(600), "USD"))
    return Pages(monkeypatch, world)


@pytest.mark.requirement("CEL-17")
def test_a_manager_buys_a_higher_tier_with_date_price_and_changes_shown_first(priced):
    ticket = priced.world.ticket(urgency="high", contract=priced.world.contract.public_id)
    assert f"{priced.portal}/tier/" in priced.manager.get("/portal/plan/").content.decode()
    chosen = priced.manager.get(f"{priced.portal}/tier/")
    assert re.findall(r'<option value="(\w+)"', chosen.content.decode()) == ["premier"]
    seen = priced.manager.get(f"{priced.portal}/tier/", {"tier": "premier", "on": "2026-04-17"})
    text = " ".join(seen.content.decode().split())
    # Of the quarter's 91 days 75 are left: 600 x 75/91 back, 1200 x 75/91 charged.
    for words in ("494.51", "989.01", "494.50", "75 of 91 days", "Buy Premier from 17 Apr 2026", "better"):
        assert words in text
    assert f"#{ticket.number}" in text
    before = ClockRow.objects.get(ticket=ticket, metric="first_response").due_at
    assert not ContractChange.objects.exists()
    done = priced.manager.post(f"{priced.portal}/tier/", {**hidden(seen), "reason": "PO 4711"})
    assert done.status_code == 302
    priced.world.contract.refresh_from_db()
    assert (priced.world.contract.tier, priced.world.contract.fee_amount) == ("premier", Decimal(1200))
    change = ContractChange.objects.get()
    assert (change.by, change.reason, change.applied_at) == (priced.world.contact, "PO 4711", priced.now)
    assert change.facts["fees"]["due"] == {"amount": "494.50", "currency": "USD"}
    assert told_to_the_vendor(priced.now) == [
        "Northwind Traders: Dana Whitfield changed to Premier from 2026-04-17: PO 4711"
    ]
    assert ClockRow.objects.get(ticket=ticket, metric="first_response").due_at < before
    assert "highest tier" in priced.manager.get(f"{priced.portal}/tier/").content.decode()


def test_where_the_price_is_not_known_a_manager_can_only_ask(monkeypatch):
    pages = Pages(monkeypatch, factories.World())
    seen = pages.manager.get(f"{pages.portal}/tier/", {"tier": "premier"})
    assert "Ask what it costs" in seen.content.decode()
    for _twice in range(2):
        done = pages.manager.post(f"{pages.portal}/tier/", {**hidden(seen), "reason": "For Christmas"})
        assert done.status_code == 302
    assert not ContractChange.objects.exists()
    assert told_to_the_vendor(pages.now) == [
        "Northwind Traders: Dana Whitfield asks what Premier from 2026-04-17 would cost: For Christmas"
    ]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"tier": "essential"}, id="a-lower-one"),
        pytest.param({"tier": "preferred"}, id="the-same"),
        pytest.param({"tier": "moon"}, id="none"),
        pytest.param({"on": "2020-01-01"}, id="past"),
        pytest.param({"on": "soon"}, id="no-date"),
        pytest.param({"digest": "0" * 64}, id="another-digest"),
        pytest.param({"reason": ""}, id="no-reason"),
    ],
)
def test_what_a_manager_cannot_buy(priced, given):
    seen = priced.manager.get(f"{priced.portal}/tier/", {"tier": "premier"})
    was = list(Contract.objects.values())
    answer = priced.manager.post(f"{priced.portal}/tier/", {**hidden(seen), "reason": "PO 4711", **given})
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (400, True)
    assert (list(Contract.objects.values()), ContractChange.objects.count()) == (was, 0)
    assert told_to_the_vendor(priced.now) == []


def test_finance_decides_a_change_for_a_later_day_on_the_desk(priced):
    first = priced.finance.get(f"{priced.desk}/tier/")
    assert re.findall(r'<option value="(\w+)"', first.content.decode()) == ["essential", "premier"]
    seen = priced.finance.get(f"{priced.desk}/tier/", {"tier": "premier", "on": "2026-05-01"})
    done = priced.finance.post(f"{priced.desk}/tier/", {**hidden(seen), "reason": "Agreed by mail"})
    assert (done.status_code, done["Location"]) == (302, f"{priced.desk}/")
    assert "Changes to Premier on" in priced.finance.get(f"{priced.desk}/").content.decode()
    priced.world.contract.refresh_from_db()
    assert priced.world.contract.tier == "preferred"
    waiting = priced.finance.post(f"{priced.desk}/tier/", {**hidden(seen), "reason": "Again"})
    assert waiting.status_code == 400
    assert ContractChange.objects.count() == 1


def test_agents_and_requesters_decide_nothing(yearly):
    agent = yearly.browser(yearly.world.agent)
    requester = yearly.browser(factories.member(yearly.world.customer, "r@northwind.test", part="requester"))
    for page in ("cancel", "tier"):
        assert agent.get(f"{yearly.desk}/{page}/").status_code == 403
        assert agent.post(f"{yearly.desk}/{page}/", {"reason": "x"}).status_code == 403
        assert requester.get(f"{yearly.portal}/{page}/").status_code == 403
        assert yearly.manager.get(f"{yearly.desk}/{page}/").status_code == 404
    assert "/cancel/" not in agent.get(f"{yearly.desk}/").content.decode()
    assert "/cancel/" not in requester.get("/portal/plan/").content.decode()
