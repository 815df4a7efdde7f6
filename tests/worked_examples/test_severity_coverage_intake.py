"""
The worked examples about severity, coverage, intake and who may write, by their ids.

What is given is read from the row where it is data; what is expected is compared as the row says it.
"""

import dataclasses
import datetime as dt

import pytest

from tests import factories
from tests.core.clocks.tickets import at, fold, one, ticket
from tests.shared_files import shared_rows
from tests.worked_examples.plans import connecta, cpi, shipped
from upheld import catalogues
from upheld.apps.channels.models import Notice
from upheld.apps.contracts import services as contract_services
from upheld.apps.contracts.models import DesignatedContact
from upheld.apps.contracts.services import ContractError
from upheld.apps.tickets.models import ClockRow, Ticket
from upheld.apps.tickets.services import handling
from upheld.apps.work.models import OutboxRow
from upheld.core import events as ev
from upheld.core import intake
from upheld.core.clocks.clock import Verdict
from upheld.core.coverage import charge_of, judge, why_no_work
from upheld.core.instants import parse_instant, to_datetime
from upheld.core.plan.circumstances import Circumstances
from upheld.core.plan.loading import load
from upheld.core.severity.answers import TicketFields
from upheld.core.severity.suggestion import suggest, why_not

PLANS = {name: load(catalogues.read(name), name).plan for name in ("celigo", "opigno", "optimy", "cpi", "connecta")}


def row(name):
    return next(each for each in shared_rows("cases/worked_examples.jsonl") if each["id"] == name)


def answers_of(when):
    return {question: str(answer).lower() for question, answer in when.items()}


LINE_3_3 = (
    "3.3: A non-critical business process is performing poorly or has a bug, but there exists a reasonable work around."
)
CEL_6 = [
    # id, severity, rule, lines of the rules that fit
    ("CEL-6-1", "urgent", "severities.urgent.when[0]", ["3.1: System is down."]),
    (
        "CEL-6-2",
        "urgent",
        "severities.urgent.when[1]",
        ["3.1: A critical business process is blocked, and there is no reasonable work around."],
    ),
    (
        "CEL-6-4",
        "high",
        "severities.high.when[2]",
        ["3.2: A non-critical business process is blocked, and there is no reasonable work around."],
    ),
    (
        "CEL-6-5",
        "normal",
        "severities.normal.when[1]",
        [LINE_3_3],
    ),
    (
        "CEL-6-7",
        "low",
        "severities.low.when[2]",
        [
            "3.1: System is down.",
            "3.4: All test, development, beta, sandbox, and other non-production related issues and requests.",
        ],
    ),
    ("CEL-6-8", None, "", []),
    ("CEL-6-10", None, "", []),
]


@pytest.mark.requirement_part("CEL-6")
@pytest.mark.parametrize(("name", "severity", "rule", "lines"), CEL_6, ids=[each[0] for each in CEL_6])
def test_cel_6_answers_suggest_a_severity_with_the_rule_that_gave_it(name, severity, rule, lines):
    given, expected = row(name), row(name)["expect"]
    found = suggest(PLANS["celigo"], answers_of(given["when"]))
    assert expected.startswith(severity or "no rule")
    assert (found.severity, found.rule) == (severity, rule)
    assert [each.words[""] for each in found.fits] == lines
    assert found.because == ("precedence" if name == "CEL-6-7" else "only_fit" if severity else "no_rule_fits")


@pytest.mark.requirement_part("CEL-6")
@pytest.mark.parametrize("name", ["CEL-6-7"])
def test_cel_6_7_without_a_declared_precedence_the_conflict_is_left_to_a_person(name):
    data = {**shipped("celigo"), "severity_process": {"conflict": "ask"}}
    plan = type(PLANS["celigo"]).model_validate(data)
    found = suggest(plan, answers_of(row(name)["when"]))
    assert (found.severity, found.because) == (None, "several_fit")
    assert [each.severity for each in found.fits] == ["urgent", "low"]


@pytest.mark.requirement_part("CEL-6")
@pytest.mark.parametrize("name", ["CEL-6-8", "CEL-6-10"])
def test_cel_6_gaps_are_told_by_the_linter(name):
    gap = next(each for each in load(catalogues.read("celigo"), "c").findings if each.code == "lint.severity_gap")
    assert gap.params["count"] == 6, "two states with a workaround that blocks, two without one that does not, twice"
    found = suggest(PLANS["celigo"], {**answers_of(row(name)["when"]), "system": "normal", "change": "none"})
    assert (found.severity, found.open_questions) == (None, ())


@pytest.mark.requirement_part("OPI-6", "OPI-19")
@pytest.mark.parametrize(("name", "severity"), [("OPI-6-sev-25of", "major"), ("OPI-6-sev-2of", None)])
def test_opi_6_restrictions_by_the_share_of_users(name, severity):
    share = row(name)["when"].split("%")[0]
    found = suggest(PLANS["opigno"], {"function": "severe_restrictions", "users": share})
    assert found.severity == severity
    assert row(name)["expect"].startswith(severity or "no row")
    assert found.rule == ("severities.major.when[0]" if severity else "")


@pytest.mark.requirement_part("OPI-19")
@pytest.mark.parametrize(("share", "severity"), [("20", None), ("20.0001", "major"), ("20%", None), ("100", "major")])
def test_own_opi_19_exactly_a_fifth_is_not_more_than_a_fifth(share, severity):
    assert suggest(PLANS["opigno"], {"function": "severe_restrictions", "users": share}).severity == severity


OPI_19 = [
    ({"function": "unusable", "impact": "critical", "alternative": "no"}, "critical"),
    ({"function": "unusable", "impact": "critical", "alternative": "yes"}, None),
    ({"function": "unusable", "impact": "other", "alternative": "no"}, None),
    ({"data_corruption": "yes", "function": "little_impact"}, "critical"),
    ({"site": "down"}, "critical"),
    ({"site": "unreachable"}, "critical"),
    ({"site": "severely_degraded"}, "critical"),
    ({"vendor_discretion": "yes", "function": "mild_restrictions"}, "critical"),
    ({"function": "severe_restrictions", "users": "21"}, "major"),
    ({"function": "severe_restrictions", "users": "19"}, None),
    ({"function": "mild_restrictions"}, "minor"),
    ({"function": "little_impact"}, "trivial"),
    ({"display": "spelling"}, "trivial"),
    ({"display": "viewing"}, "trivial"),
]


@pytest.mark.requirement("OPI-19")
@pytest.mark.parametrize(("answers", "severity"), OPI_19, ids=str)
def test_opi_19_every_line_of_the_definitions(answers, severity):
    plan = PLANS["opigno"]
    found = suggest(plan, answers)
    assert found.severity == severity
    assert "vendor_discretion" not in suggest(plan, {}).open_questions, "that one is for support to answer"
    assert "vendor_discretion" in suggest(plan, {}).support_questions
    assumed = {each.about for each in plan.assumptions}
    assert {"severities", "severities.critical.when"} <= assumed


CPI_7 = [
    ({"work": "stopped"}, "production", "level_1"),
    ({"feature": "important", "workaround": "no", "work": "hindered"}, "production", "level_2"),
    ({"feature": "important", "workaround": "no", "work": "hindered"}, "implementation", "level_2"),
    ({"feature": "important", "workaround": "yes"}, "production", "level_3"),
    ({"feature": "less_significant", "workaround": "no"}, "test", "level_3"),
    ({"work": "stopped"}, "test", "level_3"),
    ({"work": "unimpeded", "feature": "available", "request": "information"}, "production", "level_4"),
    ({"work": "unimpeded", "feature": "available", "request": "configuration"}, "production", "level_4"),
    ({"work": "unimpeded", "feature": "available", "request": "documentation"}, "test", "level_4"),
    ({"feature": "less_significant", "workaround": "yes", "work": "unimpeded", "request": "other"}, "test", None),
]


@pytest.mark.requirement("CPI-7")
@pytest.mark.parametrize(("answers", "environment", "level"), CPI_7, ids=str)
def test_cpi_7_every_level(answers, environment, level):
    found = suggest(PLANS["cpi"], answers, TicketFields(environment=environment))
    assert found.severity == level
    assert found.rule.startswith(f"severities.{level}.") if level else found.rule == ""


@pytest.mark.requirement_part("CPI-2", "CPI-7")
@pytest.mark.parametrize("name", ["CPI-2-c"])
def test_cpi_2_c_a_test_system_is_no_level_1_and_the_reason_is_shown(name):
    plan = PLANS["cpi"]
    found = suggest(plan, {"work": "stopped"}, TicketFields(environment="test"))
    assert found.severity == "level_3"
    assert "Level 3" in row(name)["expect"]
    assert "regardless of the environment" in found.winner.words[""]
    (unmet,) = why_not(plan, "level_1", found)
    assert (unmet.question, unmet.given, unmet.wanted) == ("production", "false", ("true",))


@pytest.mark.requirement_part("CPI-1")
@pytest.mark.parametrize("name", ["CPI-1-a"])
def test_cpi_1_a_the_range_of_level_4(name):
    clock = one(cpi(), "2026-04-06T14:00:00Z opened portal", "2026-04-06T14:00:00Z urgency level_4")
    assert (clock.early_at, clock.due_at) == (at("2026-04-07T14:00:00Z"), at("2026-04-08T14:00:00Z"))
    expected = row(name)["expect"]
    assert all(f"{to_datetime(each):%Y-%m-%dT%H:%M:%SZ}" in expected for each in (clock.early_at, clock.due_at))
    assert [clock.verdict_at(clock.due_at + late) for late in (0, 1)] == [Verdict.PENDING, Verdict.BREACHED]


@pytest.mark.requirement_part("CEL-8")
@pytest.mark.parametrize("name", ["CEL-8-a"])
def test_cel_8_a_watching_flows_is_an_enhancement_request(name):
    found = judge(PLANS["celigo"], Circumstances(tier="essential", request_type="error_monitoring"))
    assert "5.3.5" in row(name)["expect"]
    assert found.words[""].startswith("5.3.5")
    assert (found.becomes, found.coverage) == ("enhancement", "chargeable")
    assert (found.needs_review, found.needs_approval) == (True, True)
    assert found.rules == ("coverage[10]", "coverage[11]")
    told = PLANS["celigo"].coverage[11].rule[""]
    assert "the result is communicated" in told


@pytest.mark.requirement_part("CEL-8")
@pytest.mark.parametrize("name", ["CEL-8-c"])
def test_cel_8_c_no_work_and_no_charge_once_the_customer_says_no(name):
    plan = PLANS["celigo"]
    judged = judge(plan, Circumstances(tier="essential", request_type="field_mapping"))
    choice = judged.choices[0]
    assert (choice.coverage, choice.grounds[0], choice.needs_approval) == ("chargeable", "custom_code_needed", True)
    head = {"actor": ev.Actor(ev.Side.VENDOR)}
    decided = ev.CoverageDecided(seq=2, effective_at=at("02 09:00"), coverage=choice.coverage, rule=choice.rule, **head)
    proposed = ev.ChargeProposed(seq=3, effective_at=at("02 09:01"), amount="450.00", currency="USD", **head)
    declined = ev.ChargeDecided(seq=4, effective_at=at("02 10:00"), approved=False)
    events = [*ticket("01 09:00 opened portal"), decided]
    assert row(name)["given"].endswith("450.00 proposed")
    assert why_no_work(plan, judged, events) == "coverage.charge_missing"
    assert why_no_work(plan, judged, [*events, proposed]) == "coverage.charge_waits"
    assert why_no_work(plan, judged, [*events, proposed, declined]) == "coverage.charge_declined"
    assert charge_of([*events, proposed, declined]).state == "declined"
    approved = ev.ChargeDecided(seq=6, effective_at=at("09 10:00"), approved=True)
    assert why_no_work(plan, judged, [*events, proposed, declined, approved]) is None


@pytest.mark.requirement_part("OPT-10")
@pytest.mark.parametrize("name", ["OPT-10-2"])
def test_opt_10_2_thirty_days_after_the_incident(name):
    plan, happened = PLANS["optimy"], dt.date(2026, 6, 9)
    in_time = intake.reported(plan, happened, dt.date(2026, 7, 9))
    late = intake.reported(plan, happened, dt.date(2026, 7, 10))
    assert (in_time.last_day, in_time.is_late, late.is_late) == (dt.date(2026, 7, 9), False, True)
    assert str(in_time.last_day) in row(name)["expect"]
    assert intake.happened_on(plan, {"happened": "2026-06-09"}) == happened


@pytest.mark.requirement_part("CAP-3")
@pytest.mark.parametrize("name", ["CAP-3-a"])
def test_cap_3_a_an_emergency_is_accepted_and_no_clock_is_invented(name):
    plan = PLANS["connecta"]
    asked = Circumstances(tier="essential", request_type="emergency")
    assert judge(plan, asked).coverage == "covered"
    opening = dataclasses.replace(ticket("2026-06-13T09:00:00Z opened portal")[0], request_type="emergency")
    clocks = {clock.metric: clock for clock in fold([opening], connecta()).clocks}
    assert clocks["emergency_response"].due_at is None
    assert "no clock is invented" in row(name)["expect"]
    asks = [each for each in load(catalogues.read("connecta"), "c").findings if "immediate" in each.code]
    assert len(asks) == 3, "the linter asks for calendar and target, in each tier"
    assert plan.escalations == {}, "no rota is named, so nobody is paged"


# With the service


def instants(*texts):
    return [parse_instant(text) for text in texts]


@pytest.mark.requirement_part("CEL-1")
@pytest.mark.parametrize("name", ["CEL-1-a"])
def test_cel_1_a_a_ticket_for_a_lapsed_product_is_kept_and_held(db, name):
    assert "held as not entitled" in row(name)["expect"]
    written, renewed = instants("2026-05-01T07:30:00Z", "2026-05-03T16:00:00Z")
    agent, version, customer = factories.agent(), factories.plan_version(), factories.customer()
    contact = factories.member(customer)
    facts = {"tier": "essential", "now": factories.NOW}
    factories.contract(customer, version, products=["integrator_io"], ends_on=dt.date(2026, 4, 30), **facts)
    other = factories.contract(customer, version, products=["integration_app"], **facts)
    held = factories.ticket(contact, customer, product="integrator_io", now=written)
    assert (held.is_entitled, held.held_reason, held.subject) == (False, "not_entitled", "Orders stopped exporting")
    assert not ClockRow.objects.filter(ticket=held).exclude(due_at=None).exists()
    normal = factories.ticket(contact, customer, product="integration_app", now=written)
    assert (normal.is_entitled, normal.contract_id) == (True, other.pk)
    assert ClockRow.objects.filter(ticket=normal).exclude(due_at=None).count() == 1
    told = OutboxRow.objects.filter(handler__startswith="channels").values_list("arguments", flat=True)
    assert any("ticket.held" in str(each) for each in told) or Notice.objects.filter(code="ticket.held").exists()
    again = factories.contract(
        customer, version, products=["integrator_io"], starts_on=dt.date(2026, 5, 3), ends_on=dt.date(2026, 12, 31),
        tier="essential", now=renewed,
    )  # fmt: skip
    handling.release(ticket=held, contract=again, by=agent, reason="Renewed", now=renewed)
    released = Ticket.objects.get(pk=held.pk)
    assert (released.is_entitled, released.contract_id) == (True, again.pk)
    clock = ClockRow.objects.get(ticket=held, metric="first_response")
    # Sunday 3 May 09:00 Pacific: the clock starts when the office opens, for the plan counts from the release.
    assert to_datetime(clock.due_at) == to_datetime(parse_instant("2026-05-04T19:00:00Z"))


@pytest.mark.requirement_part("OPI-5")
@pytest.mark.parametrize("name", ["OPI-5-a"])
def test_opi_5_a_the_last_designated_contact_stays_until_a_successor_is_named(db, name):
    assert "at least one" in row(name)["expect"]
    world = factories.World(plan="opigno", tier="corporate")
    first = contract_services.name_contact(
        contract=world.contract, person=world.contact, contact_list="designated", by=world.lead, now=world.now
    )
    before = list(DesignatedContact.objects.values())
    with pytest.raises(ContractError) as refused:
        contract_services.end_contact(contact=first, by=world.lead, now=world.now + 1)
    assert (refused.value.code, refused.value.params["least"]) == ("contract.list_too_short", 1)
    assert list(DesignatedContact.objects.values()) == before
    other = factories.member(world.customer, "eve@northwind.test", name="Eve Lindqvist")
    made = contract_services.end_contact(contact=first, by=world.lead, now=world.now + 2, successor=other)
    assert (made.person_id, DesignatedContact.objects.get(pk=first.pk).until) == (other.pk, world.now + 2)
    told = OutboxRow.objects.filter(handler="channels.tell_vendor").values_list("arguments", flat=True)
    assert "contact.transferred" in {each["code"] for each in told}
