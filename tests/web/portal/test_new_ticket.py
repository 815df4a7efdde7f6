"""
A new ticket: what is asked, what is promised before it is sent, and that nothing sent is lost.
"""

import datetime as dt
import io

import pytest
from django.urls import reverse

from tests import factories
from tests.cases import of_row
from upheld.apps.contracts import services as contract_services
from upheld.apps.tickets.models import Draft, EventRow, Submission, Ticket
from upheld.apps.work import relay
from upheld.core.instants import parse_instant

pytestmark = pytest.mark.django_db
SATURDAY = parse_instant("2026-04-18T16:00:00Z")
NEW = "/portal/new/"


def filled(world, **changes):
    """A form that has all that the plan asks for."""
    return {
        "contract": world.contract.public_id,
        "key": "form-1",
        "subject": "Orders stopped exporting",
        "text": "Since 8:50 no order leaves.",
        "urgency": "urgent",
        "place": "production",
        "request_type": "",
        "asked-steps": "Open the flow",
        "asked-expected": "Orders leave",
        "asked-actual": "Nothing leaves",
        "asked-records": "https://northwind.example/orders/12",
        **changes,
    }


def test_the_form_asks_what_the_plan_asks_and_never_for_secrets(world, dana):
    page = dana.get(NEW)
    form = page.context["form"]
    assert [name for name in form.fields if name.startswith("asked-")] == [
        "asked-steps", "asked-expected", "asked-actual", "asked-records",
    ]  # fmt: skip
    text = page.content.decode()
    assert "Active credentials to the Celigo product" in text
    assert "Never write this in a message" in text
    assert "System is down; or a critical business process is blocked" in text


def test_a_sent_form_becomes_a_ticket_with_the_promise_that_was_shown(world, dana):
    shown = dana.get("/portal/new/promise/", {"contract": world.contract.public_id, "urgency": "urgent"})
    assert "You will have our first answer by 04:00 today (Sydney time)" in shown.content.decode()
    answer = dana.post(NEW, filled(world))
    ticket = Ticket.objects.get()
    assert answer.url == f"/portal/tickets/{ticket.public_id}/?sent=1"
    assert (ticket.urgency, ticket.environment, ticket.contract) == ("urgent", "production", world.contract)
    assert ticket.next_due_at == factories.NOW + 2 * factories.HOUR
    page = dana.get(answer.url).content.decode()
    assert "You will have our first answer by 04:00 today (Sydney time)" in page
    assert "Open the flow" in page


def test_every_urgency_shows_its_own_time_before_one_is_chosen(world, dana):
    dues = dana.get(NEW).context["forecast"].dues
    assert dues == {
        "urgent": "answer by 04:00 today",
        "high": "answer by 10:00 today",
        "normal": "answer by Wednesday 01:00",
        "low": "answer by Wednesday 01:00",
    }


def test_looking_at_the_promise_writes_nothing(world, dana, django_assert_max_num_queries):
    dana.get(NEW)
    with django_assert_max_num_queries(14) as captured:
        dana.get("/portal/new/promise/", {"contract": world.contract.public_id, "urgency": "high", "place": "sandbox"})
    assert not [each for each in captured if not each["sql"].startswith("SELECT")]
    assert Submission.objects.count() == Ticket.objects.count() == 0


@pytest.mark.requirement_part("CEL-18")
def test_the_telephone_number_is_for_those_who_may_call_now(world, dana, at, browse):
    at(SATURDAY)
    number = "+1 (650) 579-0210"
    facts = {"contract": world.contract.public_id}
    urgent = dana.get("/portal/new/promise/", {**facts, "urgency": "urgent"}).content.decode()
    assert number in urgent
    assert "Our time then counts from your call." in urgent
    assert "Support is closed until" in urgent
    assert number not in dana.get("/portal/new/promise/", {**facts, "urgency": "high"}).content.decode()
    other = factories.customer("Small Shop")
    owner = factories.member(other, "sam@small.test", name="Sam Small")
    essential = factories.contract(other, world.version, tier="essential")
    seen = browse(owner).get("/portal/new/promise/", {"contract": essential.public_id, "urgency": "urgent"})
    assert number not in seen.content.decode()


@of_row("BI-WF-002")
def test_a_text_of_10_mb_is_refused_with_the_limit_and_kept(world, dana):
    text = "x" * 2_000_000
    answer = dana.post(NEW, filled(world, text=text))
    assert answer.status_code == 422
    assert "100000" in answer.content.decode().replace(",", "")
    assert answer.context["form"]["text"].value() == text
    assert dana.post(NEW, filled(world, text="x" * 10 * 2**20)).status_code in {400, 413, 422}
    assert not Submission.objects.exists()


@of_row("BI-WF-003")
def test_the_same_form_sent_twice_makes_one_ticket(world, dana):
    first, second = dana.post(NEW, filled(world)), dana.post(NEW, filled(world))
    assert first.url == second.url
    assert Ticket.objects.count() == Submission.objects.count() == 1


def test_a_token_of_somebody_else_is_a_token_of_ones_own(world, dana, browse):
    li = browse(factories.member(world.customer, "li@northwind.test", name="Li Chen", part="requester"))
    dana.post(NEW, filled(world))
    li.post(NEW, filled(world, subject="Lis own"))
    assert sorted(Ticket.objects.values_list("subject", flat=True)) == ["Lis own", "Orders stopped exporting"]


@of_row("BI-WF-005")
def test_what_the_plan_has_no_more_is_chosen_again_and_nothing_is_lost(world, dana):
    answer = dana.post(NEW, filled(world, request_type="gone_meanwhile", place="atlantis"))
    form = answer.context["form"]
    assert answer.status_code == 422
    assert set(form.errors) == {"request_type", "place"}
    assert "Choose again" in str(form.errors["request_type"])
    assert form["asked-steps"].value() == "Open the flow"
    assert "Since 8:50 no order leaves." in answer.content.decode()


@of_row("BI-WF-008")
def test_values_that_are_not_offered_are_field_errors(world, dana):
    other = factories.customer("Ostrava Optics")
    theirs = factories.contract(other, world.version)
    foreign = contract_services.add_instance(
        contract=theirs, name="Shop", environments={"production": "https://o.example/"}
    )
    answer = dana.post(NEW, filled(world, urgency="99", place=f"production@{foreign.public_id}"))
    assert set(answer.context["form"].errors) == {"urgency", "place"}
    assert not Submission.objects.exists()


FIELDS = """
upheld: 1
plan: fields
version: 1
days: hours
calendars: {always: {zone: UTC, week: 24x7, day: 24h}}
channels: {portal: portal}
severities: {high: High, low: Low}
severity_process: {raised: from_change, lowered: from_start, until_assigned: urgency}
metrics: {first_response: {starts_on: opened, stops_on: reply}}
tiers: {only: {hours: always, channels: {portal: always}, targets: {first_response: {high: 1h, low: 1d}}}}
intake:
  missing: clock_runs
  fields:
    - {field: when, ask: Since when?, kind: date, required: false}
    - {field: owner, ask: Whose?, kind: mail, required: false}
    - {field: page, ask: Which page?, kind: link, required: false}
    - {field: amount, ask: How many?, kind: number, required: false}
    - {field: steps, ask: How?, kind: text, severity: high}
"""


@pytest.fixture
def fields_world(world):
    version = contract_services.publish_plan(raw=FIELDS.encode(), file="fields", by=world.lead, now=world.now)
    other = factories.customer("Fields Ltd")
    world.contact = factories.member(other, "fay@fields.test", name="Fay Fields")
    world.contract = factories.contract(other, version, tier="only")
    return world


BAD_FIELDS = [
    *[("BI-WF-009", "when", given, "2026-03-15") for given in ("31.02.2026", "2026-13-01", "tomorrow")],
    *[("BI-WF-011", "owner", given, "mail") for given in ("a@b", "a b@c.d", "x@y.test\nBcc: z", "a" * 320 + "@b.test")],
    *[("BI-WF-012", "page", given, "link") for given in ("javascript:alert(1)", "data:text/html,x", "vbscript:x", "http://[")],
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "given", "told"),
    [case[1:] for case in BAD_FIELDS],
    ids=[f"{case[0]}-{case[2][:12]!r}" for case in BAD_FIELDS],
)
def test_a_field_says_what_is_wrong_with_it(fields_world, browse, field, given, told):
    fay = browse(fields_world.contact)
    answer = fay.post(NEW, {"key": "k", "subject": "s", "urgency": "low", f"asked-{field}": given, "text": "typed"})
    errors = answer.context["form"].errors
    assert answer.status_code == 422
    assert set(errors) == {f"asked-{field}"}
    assert told in str(errors).lower()
    assert not Ticket.objects.exists()


def test_what_is_optional_never_blocks_and_conditions_of_fields_hold(fields_world, browse):
    fay = browse(fields_world.contact)
    assert fay.post(NEW, {"key": "k1", "subject": "s", "urgency": "low"}).status_code == 302
    answer = fay.post(NEW, {"key": "k2", "subject": "s", "urgency": "high"})
    assert set(answer.context["form"].errors) == {"asked-steps"}


def test_what_the_plan_demands_may_be_sent_later(world, dana):
    without = {name: value for name, value in filled(world).items() if not name.startswith("asked-")}
    answer = dana.post(NEW, without)
    assert answer.status_code == 422
    assert len(answer.context["form"].errors) == 4
    assert "Send now, answer later" in answer.content.decode()
    assert not Ticket.objects.exists()
    sent = dana.post(NEW, {**without, "later": "1"})
    page = dana.get(sent.url).content.decode()
    assert "Your plan asks for more." in page
    assert "Which steps reproduce the problem?" in page
    assert "intake_requested" in EventRow.objects.values_list("kind", flat=True)


@of_row("BI-WF-014")
def test_a_lone_surrogate_is_no_error_of_ours(world, dana):
    body = "key=k&later=1&urgency=low&subject=%ED%A0%80&text=%ED%A0%80" + f"&contract={world.contract.public_id}"
    answer = dana.post(NEW, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {302, 422}


@of_row("BI-WF-015")
def test_too_many_fields_are_refused(world, dana):
    answer = dana.post(NEW, {**filled(world), **{f"x{number}": "1" for number in range(1001)}})
    assert answer.status_code == 400
    assert not Submission.objects.exists()


def test_our_failure_loses_nothing_and_the_relay_finishes(world, dana, monkeypatch, at):
    def broken(**_facts):
        raise RuntimeError("our fault")

    with monkeypatch.context() as patch:
        patch.setattr("upheld.web.portal.opening.intake.submit", broken)
        answer = dana.post(NEW, filled(world))
    submission = Submission.objects.get()
    assert answer.url == f"/portal/sent/{submission.public_id}/"
    page = dana.get(answer.url).content.decode()
    assert "Your request is safe with us" in page
    assert not Ticket.objects.exists()
    at(factories.NOW + 60)
    relay.run_until_idle("test", factories.NOW + 60)
    ticket = Ticket.objects.get()
    assert ticket.next_due_at == factories.NOW + 2 * factories.HOUR
    assert dana.get(answer.url).url == f"/portal/tickets/{ticket.public_id}/?sent=1"


def test_a_waiting_submission_is_nobody_elses_to_see(world, dana, browse):
    dana.post(NEW, filled(world))
    li = browse(factories.member(world.customer, "li@northwind.test", name="Li Chen"))
    assert li.get(f"/portal/sent/{Submission.objects.get().public_id}/").status_code == 404


@pytest.mark.requirement_part("CEL-1")
def test_a_lapsed_customer_writes_is_told_and_nothing_is_lost(world, browse):
    lapsed = factories.customer("Lapsed Lamps")
    lou = browse(factories.member(lapsed, "lou@lapsed.test", name="Lou Lapsed", zone="Europe/Berlin"))
    old = factories.contract(lapsed, world.version, starts_on=dt.date(2025, 1, 1), ends_on=dt.date(2026, 3, 31))
    page = lou.get(NEW).content.decode()
    assert "We will keep your request" in page
    assert "Your contract ended on 31 March 2026." in page
    answer = lou.post(NEW, filled(world, contract=old.public_id))
    ticket = Ticket.objects.get()
    assert (ticket.is_entitled, ticket.held_reason, ticket.contract) == (False, "not_entitled", old)
    shown = lou.get(answer.url).content.decode()
    assert "We have your request and keep it" in shown
    assert "Since 8:50 no order leaves." in shown
    assert "Kept; no running contract covers it yet" in lou.get("/portal/").content.decode()


def test_a_customer_without_any_contract_can_write_too(world, browse):
    other = factories.customer("Newcomers")
    nina = browse(factories.member(other, "nina@new.test", name="Nina New"))
    answer = nina.post(NEW, {"key": "k", "subject": "May we?", "text": "Hello", "contract": other.public_id})
    assert nina.get(answer.url).status_code == 200
    assert Ticket.objects.get().held_reason == "not_entitled"


@pytest.mark.requirement_part("CEL-15")
def test_of_several_contracts_one_is_chosen_never_the_first(world, dana):
    opigno = factories.contract(world.customer, factories.plan_version("opigno"), tier="corporate")
    page = dana.get(NEW).content.decode()
    assert "Which contract is it about?" in page
    assert opigno.public_id in page
    assert world.contract.public_id in page
    assert dana.post(NEW, {"key": "k", "subject": "s"}).status_code == 200
    assert not Ticket.objects.exists()
    dana.post(NEW, {"key": "k", "subject": "s", "urgency": "minor", "contract": opigno.public_id})
    assert Ticket.objects.get().contract == opigno


@pytest.mark.requirement_part("OPI-1")
def test_a_ticket_names_instance_and_environment(world, dana):
    shop = contract_services.add_instance(
        contract=world.contract,
        name="Webshop",
        environments={"sandbox": "https://s.example/", "production": "https://p.example/"},
    )
    offered = dana.get(NEW).context["form"].fields["place"].choices
    assert offered[0] == (f"production@{shop.public_id}", "Webshop: Production (p.example)")
    dana.post(NEW, filled(world, place=f"sandbox@{shop.public_id}"))
    ticket = Ticket.objects.get()
    assert (ticket.instance, ticket.environment) == (shop, "sandbox")


def test_drafts_come_back_and_go_when_they_are_sent(world, dana):
    address = f"{reverse('portal:new_draft')}?contract={world.contract.public_id}"
    assert dana.post(address, {"subject": "Half a", "asked-steps": "First", "place": "sandbox"}).status_code == 204
    form = dana.get(NEW).context["form"]
    assert (form["subject"].value(), form["asked-steps"].value(), form["place"].value()) == (
        "Half a",
        "First",
        "sandbox",
    )
    dana.post(NEW, filled(world))
    assert not Draft.objects.exists()
    dana.post(address, {"subject": "", "place": "sandbox"})
    assert not Draft.objects.exists()


def test_files_stay_with_a_form_that_comes_back(world, dana):
    shot = io.BytesIO(b"\x89PNG\r\n\x1a\n and more")
    shot.name = "shot.png"
    again = dana.post(NEW, {**filled(world, subject=""), "files": [shot]})
    assert "shot.png" in again.content.decode()
    sealed = [each[1] for each in again.context["kept"]]
    sent = dana.post(NEW, {**filled(world), "kept": sealed})
    attachment = Ticket.objects.get().attachments.get()
    assert (attachment.name, attachment.content_type) == ("shot.png", "image/png")
    assert f"/portal/files/{attachment.public_id}/" in dana.get(sent.url).content.decode()
