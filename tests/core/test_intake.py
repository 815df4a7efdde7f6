"""
Intake by the plan: what is asked, what is missing, whether clocks wait, who may, and what came in time.
"""

import datetime as dt

import pytest

from tests.core.clocks.tickets import document
from upheld.catalogues import read
from upheld.core import intake
from upheld.core.plan.circumstances import Circumstances
from upheld.core.plan.loading import load
from upheld.core.plan.model import Plan

PLANS = {name: load(read(name), name).plan for name in ("celigo", "cloudextend", "opigno", "optimy", "cpi", "connecta")}


def asked_of(name, **facts):
    plan = PLANS[name]
    return Circumstances(tier=next(iter(plan.tiers)), **facts)


def missing(name, given, *, has_files=False, in_vault=(), **facts):
    return intake.missing(PLANS[name], asked_of(name, **facts), given, has_files=has_files, in_vault=in_vault)


@pytest.mark.requirement_part("CEL-10")
def test_celigo_asks_for_what_its_policy_demands():
    found = missing("celigo", {"steps": "one, two", "expected": " "})
    assert found.names == ("expected", "actual", "records")
    assert [each.field.field for each in found.secrets] == ["credentials"], "pictures and other credentials never block"
    assert (found.clock, found.rule, found.is_waited_for) == ("clock_runs", "intake.missing", False)
    assert found.fields[0].place == "intake.fields[1]"
    whole = dict.fromkeys(("steps", "expected", "actual", "records"), "said")
    assert missing("celigo", whole, in_vault={"credentials"}) == intake.Missing(rule="intake.missing")


@pytest.mark.requirement_part("CLX-3")
def test_cloudextend_wants_no_credentials():
    found = missing("cloudextend", {})
    assert found.names == ("steps", "expected", "actual", "records")
    assert found.secrets == ()
    optional = [each.field for each in PLANS["cloudextend"].intake.fields if not each.required]
    assert optional == ["pictures"]


@pytest.mark.requirement("OPT-12")
def test_optimy_asks_by_type_of_request():
    everything = ("project", "owner", "owner_mail", "form", "happened", "pictures", "impact")
    assert missing("optimy", {}, request_type="issue").names == everything
    assert missing("optimy", {}, request_type="question").names == ("project", "owner", "owner_mail", "form", "impact")
    assert "pictures" not in missing("optimy", {}, has_files=True, request_type="issue").names
    kinds = {each.field: each.kind for each in PLANS["optimy"].intake.fields}
    assert (kinds["owner_mail"], kinds["happened"], kinds["pictures"]) == ("mail", "date", "file")
    assert all(set(each.ask) == {"en", "fr", "de", "it"} for each in PLANS["optimy"].intake.fields)


def plan(**more):
    field = {"field": "steps", "ask": "Steps?", "severity": "high", "channel": "portal", "add_on": "plus"}
    more = {"intake": {"fields": [field]}, "add_ons": {"plus": "Plus"}, **more}
    return Plan.model_validate(document(**more))


@pytest.mark.parametrize(
    ("facts", "count"),
    [
        ({"severity": "high", "channel": "portal", "add_ons": frozenset({"plus"})}, 1),
        ({"severity": "low", "channel": "portal", "add_ons": frozenset({"plus"})}, 0),
        ({"severity": "high", "channel": "phone", "add_ons": frozenset({"plus"})}, 0),
        ({"severity": "high", "channel": "portal"}, 0),
    ],
)
def test_a_field_is_asked_under_all_of_its_conditions(facts, count):
    assert len(intake.asked(plan(), Circumstances(tier="standard", **facts))) == count


@pytest.mark.parametrize(
    ("choice", "clock", "rule", "waits"),
    [
        (None, "clock_runs", "", False),
        ("clock_runs", "clock_runs", "intake.missing", False),
        ("clock_pauses", "clock_pauses", "intake.missing", True),
        ("clock_not_started", "clock_not_started", "intake.missing", True),
    ],
)
@pytest.mark.requirement_part("CEL-10")
def test_whether_the_clock_waits_is_the_plans_choice_and_it_says_so(choice, clock, rule, waits):
    fields = [{"field": "steps", "ask": "Steps?"}]
    rules = plan(intake={"fields": fields, **({"missing": choice} if choice else {})})
    found = intake.missing(rules, Circumstances(tier="standard"), {})
    assert (found.clock, found.rule, found.is_waited_for) == (clock, rule, waits)
    assert not intake.missing(rules, Circumstances(tier="standard"), {"steps": "x"}).is_waited_for


@pytest.mark.requirement_part("OPT-10")
@pytest.mark.parametrize(
    ("within", "happened", "last"),
    [
        ("30d", "2026-06-09", "2026-07-09"),
        ("30d elapsed", "2026-06-09", "2026-07-09"),
        ("48h", "2026-06-09", "2026-06-11"),
        ("1 month", "2026-01-31", "2026-02-28"),
        ("1 year", "2024-02-29", "2025-02-28"),
    ],
)
def test_until_when_an_incident_can_be_reported(within, happened, last):
    rules = plan(terms={"reported_within": within})
    day, end = dt.date.fromisoformat(happened), dt.date.fromisoformat(last)
    assert intake.reported(rules, day, end) == (day, end, False)
    assert intake.reported(rules, day, end + dt.timedelta(days=1)) == (day, end, True)


def test_a_plan_without_a_limit_says_nothing():
    assert intake.reported(PLANS["celigo"], dt.date(2020, 1, 1), dt.date(2026, 1, 1)) is None


def test_the_day_of_the_incident_is_read_from_the_plans_own_field():
    day = intake.happened_on
    assert day(PLANS["optimy"], {"happened": "2026-06-09"}) == dt.date(2026, 6, 9)
    assert day(PLANS["optimy"], {"happened": "last week"}) is None
    assert day(PLANS["optimy"], {}) is None
    assert day(PLANS["celigo"], {"happened": "2026-06-09"}) is None


@pytest.mark.requirement_part("OPT-9")
def test_instructions_are_for_those_who_are_authorised():
    rules = PLANS["optimy"]
    assert intake.lists_that_may(rules, "standard", "instruct") == ("instruct",)
    assert intake.lists_that_may(rules, "standard", "open_tickets") == ("help_desk",)
    asked = asked_of("optimy", request_type="instruction")
    assert not intake.is_authorised(rules, asked, {"help_desk"})
    assert intake.is_authorised(rules, asked, {"help_desk", "instruct"})
    assert intake.is_authorised(rules, asked_of("optimy", request_type="issue"), ())


def test_an_act_that_no_list_reserves_is_everybodys():
    rules = Plan.model_validate(document(request_types={"order": {"act": "instruct"}}))
    assert intake.is_authorised(rules, Circumstances(tier="standard", request_type="order"), ())


@pytest.mark.requirement_part("OPI-5")
def test_only_designated_contacts_ask_for_meetings():
    assert intake.lists_that_may(PLANS["opigno"], "corporate", "request_meetings") == ("designated",)
    assert intake.lists_that_may(PLANS["opigno"], "pro", "request_meetings") == ()
