"""
Coverage by the plan's rules: what decides, what a person may choose, and when work has to wait.
"""

import dataclasses

import pytest

from tests.core.clocks.tickets import at, document, ticket
from upheld.catalogues import read
from upheld.core import events as ev
from upheld.core.coverage import (
    Charge,
    Choice,
    CoverageError,
    Judgement,
    charge_of,
    check_decision,
    judge,
    why_no_work,
)
from upheld.core.plan.circumstances import Circumstances
from upheld.core.plan.loading import load
from upheld.core.plan.model import Plan

PLANS = {name: load(read(name), name).plan for name in ("celigo", "cloudextend", "opigno", "optimy", "cpi", "connecta")}


def of(name, request_type, tier=None, **facts):
    plan = PLANS[name]
    return judge(plan, Circumstances(tier=tier or next(iter(plan.tiers)), request_type=request_type, **facts))


ADD_ON = frozenset({"custom_integration_maintenance"})

# row, plan, tier, request type, facts, verdict, review, approval, becomes, offers
ROWS = [
    ("CEL-8", "celigo", "essential", "question", {}, "covered", 0, 0, None, ()),
    ("CEL-8", "celigo", "essential", "defect", {}, "covered", 0, 0, None, ()),
    ("CEL-8", "celigo", "essential", "maintenance", {}, "covered", 0, 0, None, ()),
    ("CEL-8", "celigo", "essential", "field_mapping", {}, "covered", 0, 0, None, ()),
    ("CEL-8", "celigo", "essential", "custom_integration", {"add_ons": ADD_ON}, "not_covered", 0, 0, None,
     ("preferred", "premier", "custom_integration_maintenance")),
    ("CEL-8", "celigo", "preferred", "custom_integration", {"add_ons": ADD_ON}, "covered", 0, 0, None, ()),
    ("CEL-8", "celigo", "premier", "custom_integration", {}, "not_covered", 0, 0, None,
     ("custom_integration_maintenance",)),
    *(("CEL-8", "celigo", "essential", kind, {}, "chargeable", 1, 1, "enhancement", ()) for kind in
      ("error_monitoring", "new_connection", "new_protocol", "new_logic", "new_flow")),
    ("CEL-8", "celigo", "premier", "enhancement", {}, "chargeable", 1, 1, None, ()),
    ("CEL-9", "celigo", "premier", "foreign_custom_code", {}, "not_covered", 0, 0, None, ()),
    ("CEL-9", "celigo", "premier", "other_custom_code", {}, "best_effort", 1, 0, None, ()),
    ("CLX-3", "cloudextend", "essential", "unsubscribed", {}, "not_covered", 0, 0, None, ()),
    ("CLX-3", "cloudextend", "essential", "third_party", {}, "not_covered", 0, 0, None, ()),
    ("CLX-3", "cloudextend", "essential", "modified", {}, "not_covered", 0, 0, None, ()),
    ("CLX-4", "cloudextend", "essential", "enhancement", {}, "chargeable", 1, 1, None, ()),
    ("OPI-5", "opigno", "corporate", "first_level", {}, "not_covered", 0, 0, None, ("designated_contact",)),
    ("OPI-5", "opigno", "pro", "first_level", {}, "not_covered", 0, 0, None, ()),
    ("OPI-16", "opigno", "pro", "custom_code", {}, "not_covered", 0, 0, None, ("business", "corporate", "development")),
    ("OPI-16", "opigno", "business", "custom_code", {}, "covered", 0, 0, None, ()),
    ("OPI-16", "opigno", "corporate", "hosting", {}, "not_covered", 0, 0, None, ()),
    ("OPI-16", "opigno", "corporate", "content", {}, "not_covered", 0, 0, None, ()),
    ("OPI-16", "opigno", "corporate", "third_party", {}, "not_covered", 0, 0, None, ()),
    ("OPI-9", "opigno", "pro", "coaching", {}, "not_covered", 0, 0, None, ("business", "corporate")),
    ("OPI-20", "opigno", "corporate", "direct_audit", {}, "covered", 0, 0, None, ()),
    ("OPI-20", "opigno", "business", "direct_audit", {}, "not_covered", 0, 0, None, ("corporate",)),
    ("OPT-13", "optimy", "standard", "suggestion", {}, "covered", 1, 0, None, ()),
    ("OPT-13", "optimy", "standard", "vulnerability", {}, "covered", 0, 0, None, ()),
    ("CPI-4", "cpi", "standard", "reports", {}, "covered", 0, 0, None, ()),
    ("CPI-4", "cpi", "standard", "administration", {}, "undecided", 0, 0, None, ()),
    ("CAP-8", "connecta", "essential", "odoo", {}, "not_covered", 0, 0, None, ()),
    ("CAP-8", "connecta", "alliance", "development", {}, "chargeable", 1, 1, None,
     ("advice", "consultant", "project")),
    ("CAP-8", "connecta", "essential", "usage", {}, "covered", 0, 0, None, ()),
    ("CAP-4", "connecta", "essential", "research", {}, "not_covered", 0, 0, None, ("advisor", "alliance")),
    ("CAP-4", "connecta", "advisor", "research", {}, "covered", 0, 0, None, ()),
    ("CAP-3", "connecta", "essential", "emergency", {}, "covered", 0, 0, None, ()),
    ("any", "celigo", "premier", None, {}, "undecided", 0, 0, None, ()),
]  # fmt: skip


@pytest.mark.requirement_part("CEL-8", "CEL-9", "CLX-3", "CLX-4", "OPI-5", "OPI-9", "OPI-16", "OPI-20", "OPT-13")
@pytest.mark.requirement_part("CPI-4", "CAP-3", "CAP-4", "CAP-8")
@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}-{row[2]}-{row[3]}" for row in ROWS])
def test_what_the_policies_cover(row):
    _, name, tier, request_type, facts, verdict, review, approval, becomes, offers = row
    found = of(name, request_type, tier, **facts)
    assert (found.coverage, found.needs_review, found.needs_approval) == (verdict, bool(review), bool(approval))
    assert (found.becomes, found.offers) == (becomes, offers)
    assert (found.words is None) is (verdict == "undecided")
    assert found.is_settled is (verdict != "undecided" and not review and not approval)


def test_every_request_type_of_every_catalogue_is_judged():
    for name, plan in PLANS.items():
        undecided = {
            kind for kind in plan.request_types for tier in plan.tiers if of(name, kind, tier).coverage == "undecided"
        }
        assert undecided == ({"administration"} if name == "cpi" else set())


@pytest.mark.requirement_part("CEL-8")
def test_a_person_may_decide_on_named_grounds():
    found = of("celigo", "defect", "essential")
    grounds = ("configuration_change", "gap_in_functionality", "not_subscribed")
    assert [(each.coverage, each.rule, each.grounds, each.needs_approval) for each in found.choices] == [
        ("chargeable", "coverage[1]", grounds, True),
        ("not_covered", "coverage[2]", grounds, False),
    ]
    assert (found.rule, found.words) == ("coverage[3]", {"": "5.2: bugs and defects are supported, subject to review."})


@pytest.mark.requirement_part("CEL-8")
def test_what_maintenance_excludes_goes_the_way_of_an_enhancement():
    found = of("celigo", "new_flow", "preferred")
    assert found.routes == ("product", "solution", "project")
    assert [PLANS["celigo"].coverage[int(each[9:-1])].rule[""][:3] for each in found.rules] == ["5.3", "5.4"]


def made(*rules, **more):
    types = {"one": {"routes": ["there"]}, "other": {"routes": ["elsewhere"]}}
    return Plan.model_validate(document(request_types=types, coverage=list(rules), **more))


ONE = Circumstances(tier="standard", request_type="one")


def test_a_plan_without_rules_covers_everything():
    assert judge(made(), ONE) == Judgement(ev.Coverage.COVERED, request_type="one", routes=("there",))


def test_the_first_rule_that_fits_decides():
    rules = [
        {"request_type": "other", "coverage": "covered"},
        {"severity": "high", "coverage": "best_effort"},
        {"request_type": "one", "coverage": "not_covered", "grounds": "spite"},
        {"request_type": "one", "coverage": "chargeable", "rate": "EUR 90"},
        {"coverage": "covered"},
    ]
    found = judge(made(*rules), ONE)
    assert (found.coverage, found.rule, str(found.rate.amount)) == ("chargeable", "coverage[3]", "90.00")
    assert found.choices == (Choice(ev.Coverage.NOT_COVERED, "coverage[2]", ("spite",), None, needs_approval=False),)
    assert judge(made(*rules), dataclasses.replace(ONE, severity="high")).rule == "coverage[1]"


def test_types_that_become_each_other_do_not_turn_for_ever():
    rules = [
        {"request_type": "one", "coverage": "chargeable", "becomes": "other"},
        {"request_type": "other", "coverage": "chargeable", "becomes": "one", "needs_review": True},
    ]
    found = judge(made(*rules), ONE)
    assert (found.rules, found.needs_review) == (("coverage[0]", "coverage[1]"), True)


PLAN = made({"request_type": "one", "coverage": "chargeable", "needs_approval": True}, {"coverage": "covered"})
PROPOSED = ev.ChargeProposed(seq=2, effective_at=at("01 10:00"), amount="450.00", currency="EUR")
DECLINED = ev.ChargeDecided(seq=3, effective_at=at("01 11:00"), approved=False)
APPROVED = ev.ChargeDecided(seq=4, effective_at=at("01 12:00"), approved=True)
OPENED = ticket("01 09:00 opened")


@pytest.mark.requirement_part("CEL-8")
@pytest.mark.parametrize(
    ("events", "state", "why"),
    [
        ((), "none", "coverage.charge_missing"),
        ((PROPOSED,), "proposed", "coverage.charge_waits"),
        ((PROPOSED, DECLINED), "declined", "coverage.charge_declined"),
        ((PROPOSED, APPROVED), "approved", None),
        ((PROPOSED, DECLINED, APPROVED), "approved", None),
        ((DECLINED,), "none", "coverage.charge_missing"),
        (
            (PROPOSED, APPROVED, dataclasses.replace(PROPOSED, seq=5, effective_at=at("02 09:00"), amount="900.00")),
            "proposed",
            "coverage.charge_waits",
        ),
    ],
    ids=["nothing", "proposed", "declined", "approved", "approved-later", "decided-nothing", "proposed-again"],
)
def test_no_work_before_the_charge_is_approved(events, state, why):
    events = [*OPENED, *events]
    assert charge_of(events).state == state
    assert why_no_work(PLAN, judge(PLAN, ONE), events) == why


def test_the_latest_proposal_counts():
    again = dataclasses.replace(PROPOSED, seq=3, effective_at=at("01 11:00"), amount="300.00")
    assert charge_of([PROPOSED, again]) == Charge("proposed", "300.00", "EUR", 3)


def decided(coverage, rule=None):
    return ev.CoverageDecided(seq=2, effective_at=at("01 10:00"), coverage=ev.Coverage(coverage), rule=rule)


def test_what_a_person_decided_takes_the_place_of_the_rules():
    judged = judge(PLAN, ONE)
    assert why_no_work(PLAN, judged, [*OPENED, decided("covered")]) is None
    assert why_no_work(PLAN, judged, [*OPENED, decided("chargeable", "coverage[0]")]) == "coverage.charge_missing"
    other = judge(PLAN, dataclasses.replace(ONE, request_type="other"))
    assert why_no_work(PLAN, other, OPENED) is None
    assert why_no_work(PLAN, other, [*OPENED, decided("chargeable")]) == "coverage.charge_missing"


def test_a_charge_that_was_proposed_waits_even_where_no_rule_wants_one():
    other = judge(PLAN, dataclasses.replace(ONE, request_type="other"))
    assert why_no_work(PLAN, other, [*OPENED, PROPOSED]) == "coverage.charge_waits"


def test_a_request_that_needs_a_review_waits_for_a_decision():
    plan = made({"request_type": "one", "coverage": "covered", "needs_review": True})
    judged = judge(plan, ONE)
    assert why_no_work(plan, judged, OPENED) == "coverage.review_missing"
    assert why_no_work(plan, judged, [*OPENED, decided("covered", "coverage[0]")]) is None


@pytest.mark.parametrize(
    ("coverage", "rule", "ground", "code"),
    [
        ("chargeable", "coverage[99]", None, "coverage.unknown_rule"),
        ("covered", "coverage[1]", "not_subscribed", "coverage.other_verdict"),
        ("chargeable", "coverage[1]", None, "coverage.unknown_ground"),
        ("chargeable", "coverage[1]", "spite", "coverage.unknown_ground"),
    ],
)
def test_a_decision_must_agree_with_the_rule_that_it_names(coverage, rule, ground, code):
    with pytest.raises(CoverageError) as refused:
        check_decision(PLANS["celigo"], ev.Coverage(coverage), rule, ground)
    assert refused.value.code == code


def test_a_decision_that_agrees_is_let_through():
    check_decision(PLANS["celigo"], ev.Coverage.CHARGEABLE, "coverage[1]", "not_subscribed")
    check_decision(PLANS["celigo"], ev.Coverage.COVERED, None, None)
