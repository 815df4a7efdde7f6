"""
The plan documents that ship say what their sources say: every figure of the published tables, and every clause's field.
"""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.catalogues.plans import NAMES, loaded, plan_of
from upheld import catalogues
from upheld.catalogues import UnknownCatalogueError
from upheld.core.durations import parse_duration
from upheld.core.plan.model.bands import holes


def promises(plan, tier, metric):
    """What a tier promises of a metric: severity to duration, or the word that stands in its place."""
    return {row.severity[0]: row.within or row.kind for row in plan.tiers[tier].targets[metric]}


def promised(*texts):
    return tuple(text if text == "none" else parse_duration(text) for text in texts)


def test_what_ships():
    assert set(NAMES) == set(catalogues.names())


def test_a_name_that_does_not_ship_is_refused():
    with pytest.raises(UnknownCatalogueError) as refused:
        catalogues.read("../celigo")
    assert refused.value.code == "catalogue.unknown"
    assert refused.value.params["known"] == catalogues.names()


@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_worked_by(name):
    assert loaded(name).errors == ()


def test_assumptions_cover_what_the_sources_leave_open():
    abouts = {name: {each.about for each in plan_of(name).assumptions} for name in ("celigo", "opigno")}
    assert {
        "calendars.office.zone",
        "calendars.office.holidays",
        "metrics.follow_up.starts_on",
        "credits.warranty.table",
        "credits.warranty.zone",
        "severities",
        "tiers.preferred.hours",
    } <= abouts["celigo"]
    assert {"calendars.business.zone", "calendars.business.holidays", "severities", "terms.notice"} <= abouts["opigno"]


CEL_7 = [
    # section 4: priority, then first response and follow up of each plan
    ("essential", "urgent", "4h", "1d"),
    ("essential", "high", "1d", "1d"),
    ("essential", "normal", "3d", "2d"),
    ("essential", "low", "5d", "2d"),
    ("preferred", "urgent", "2h", "1d"),
    ("preferred", "high", "8h", "1d"),
    ("preferred", "normal", "2d", "2d"),
    ("preferred", "low", "2d", "2d"),
    ("premier", "urgent", "1h", "12h"),
    ("premier", "high", "4h", "12h"),
    ("premier", "normal", "1d", "2d"),
    ("premier", "low", "1d", "2d"),
]


@pytest.mark.requirement_part("CEL-7")
@pytest.mark.parametrize(
    ("tier", "severity", "first", "follow"), CEL_7, ids=[f"CEL-7-{row[0]}-{row[1]}" for row in CEL_7]
)
def test_celigo_target_table(tier, severity, first, follow):
    plan = plan_of("celigo")
    found = tuple(promises(plan, tier, metric)[severity] for metric in ("first_response", "follow_up"))
    assert found == promised(first, follow)


def test_celigo_promises_nothing_else():
    plan = plan_of("celigo")
    assert list(plan.tiers) == ["essential", "preferred", "premier"]
    assert sum(len(rows) for tier in plan.tiers.values() for rows in tier.targets.values()) == 2 * len(CEL_7)
    assert plan.days == "hours"
    lengths = {name: each.day.count // 3600 for name, each in plan.calendars.items()}
    assert lengths == {"office": 9, "follow": 24, "always": 24, "business_days": 24}


@pytest.mark.requirement_part("CEL-2")
def test_celigo_hours():
    plan = plan_of("celigo")
    office, follow, always = (plan.calendars[name] for name in ("office", "follow", "always"))
    assert [[str(window) for window in day] for day in office.week.days] == [["08:00-17:00"]] * 5 + [[], []]
    assert [[str(window) for window in day] for day in follow.week.days] == (
        [["00:00-24:00"]] * 4 + [["00:00-17:00"], [], ["16:00-24:00"]]
    )
    assert always.week.days == (always.week.days[0],) * 7
    assert {each.zone for each in plan.calendars.values()} == {"America/Los_Angeles"}
    assert office.holidays["us"].effect == follow.holidays["us"].effect == "limited"
    assert follow.support_day == {"sun": "mon"}
    assert always.holidays == {}


@pytest.mark.requirement_part("CEL-3", "CEL-4")
def test_celigo_telephone_after_hours():
    plan = plan_of("celigo")
    first, second = plan.tiers["preferred"].hours
    assert (first.severity, first.phoned, first.use) == (("urgent",), True, "always")
    assert (second.severity, second.phoned, second.use) == ((), None, "follow")
    assert [rule.use for rule in plan.tiers["essential"].hours] == ["office"]
    assert [rule.use for rule in plan.tiers["premier"].hours] == ["always"]
    assert {tier: set(each.channels) for tier, each in plan.tiers.items()} == {
        "essential": {"portal", "chat"},
        "preferred": {"portal", "chat", "phone"},
        "premier": {"portal", "chat", "phone"},
    }
    phone = [(each.open, each.severities) for each in plan.tiers["preferred"].channels["phone"]]
    assert phone == [("support_hours", ()), ("always", ("urgent",))]
    assert plan.channels["phone"].address == "+1 (650) 579-0210"


@pytest.mark.requirement_part("CEL-6")
def test_celigo_severity_questions():
    plan = plan_of("celigo")
    assert list(plan.severities) == ["urgent", "high", "normal", "low"]
    assert [len(each.when) for each in plan.severities.values()] == [2, 3, 2, 3]
    assert plan.severity_process.precedence == ({"production": ("false",)},)
    assert plan.severity_questions["production"].from_field == "environment"


CEL_12 = [
    ("0", "0"),
    ("3.991812", "0"),
    ("4", "10"),
    ("5.5", "10"),
    ("6", "15"),
    ("7.9999999999", "15"),
    ("8", "20"),
    ("9.99", "20"),
    ("10", "25"),
    ("10.05", "25"),
    ("10.1", "25"),
    ("10.1000000001", "30"),
    ("100", "30"),
]


@pytest.mark.requirement_part("CEL-12")
@pytest.mark.parametrize(("percent", "credit"), CEL_12, ids=[f"CEL-12-{row[0]}" for row in CEL_12])
def test_celigo_credit_table(percent, credit):
    table = plan_of("celigo").credits["warranty"].table
    rows = [row for row in table if Fraction(percent) in row.band]
    assert [row.pays.share for row in rows] == [Decimal(credit)]


@pytest.mark.parametrize("name", NAMES)
def test_each_credit_table_is_whole(name):
    for scheme in plan_of(name).credits.values():
        assert holes([row.band for row in scheme.table], Decimal(0), Decimal(100)) == []


@pytest.mark.requirement_part("CEL-11", "CEL-12", "CEL-13")
def test_celigo_warranty():
    scheme = plan_of("celigo").credits["warranty"]
    assert (scheme.tiers, scheme.severities) == (("preferred", "premier"), ("urgent", "high", "normal"))
    assert (scheme.opened, scheme.excluded_leave, scheme.belongs_by) == ("in_support_hours", "both", "opened")
    assert (scheme.per.each, scheme.zone, scheme.of) == ("quarter", "America/Los_Angeles", "violation_share")
    assert [(cap.pays.share, cap.across) for cap in scheme.cap] == [(Decimal(100), "credit")]
    claim = scheme.claim
    assert (claim.within, claim.business_days, claim.at_most) == (parse_duration("5 business days"), "business_days", 1)
    assert (claim.in_writing, claim.current_on_payments, claim.late) == (True, True, "forfeited")
    assert claim.must_state == ("date", "time", "duration")
    assert scheme.applied == "next_billing"


@pytest.mark.requirement_part("CEL-14")
def test_celigo_follow_up():
    metric = plan_of("celigo").metrics["follow_up"]
    assert metric.starts_on == ("customer_message", "reply")
    assert (metric.repeats, metric.after, metric.cancels_while) == (True, "first_response", ("waiting_on_customer",))


@pytest.mark.requirement_part("CEL-8", "CEL-9")
def test_celigo_coverage():
    rules = plan_of("celigo").coverage
    decided = {
        kind: [(rule.coverage, bool(rule.grounds)) for rule in rules if kind in rule.request_type]
        for kind in ("question", "defect", "field_mapping", "new_flow", "foreign_custom_code", "other_custom_code")
    }
    assert decided == {
        "question": [("covered", False)],
        "defect": [("chargeable", True), ("not_covered", True), ("covered", False)],
        "field_mapping": [("chargeable", True), ("covered", False)],
        "new_flow": [("chargeable", False)],
        "foreign_custom_code": [("not_covered", False)],
        "other_custom_code": [("best_effort", False)],
    }
    assert [rule.excluded_from for rule in rules if rule.coverage == "best_effort"] == ["credits"]
    assert all(rule.needs_approval for rule in rules if rule.coverage == "chargeable")
    (add_on,) = [rule for rule in rules if rule.add_on]
    assert (add_on.tier, add_on.coverage) == (("preferred", "premier"), "covered")


@pytest.mark.requirement_part("CEL-10")
def test_celigo_intake():
    intake = plan_of("celigo").intake
    required = {field.field for field in intake.fields if field.required}
    assert required == {"steps", "expected", "actual", "records", "credentials"}
    assert {field.field for field in intake.fields if field.kind == "secret"} == {"credentials", "other_credentials"}
    assert intake.missing == "clock_runs"


OPI_6 = [
    # table "Initial Response", the columns Pro, Business, Corporate
    ("critical", "3d", "1d", "4h"),
    ("major", "none", "3d", "8h"),
    ("minor", "none", "none", "24h"),
    ("trivial", "none", "none", "48h"),
]


@pytest.mark.requirement_part("OPI-6")
@pytest.mark.parametrize(
    ("severity", "figures"), [(row[0], row[1:]) for row in OPI_6], ids=[f"OPI-6-{row[0]}" for row in OPI_6]
)
def test_opigno_target_table(severity, figures):
    plan = plan_of("opigno")
    found = tuple(promises(plan, tier, "first_response")[severity] for tier in ("pro", "business", "corporate"))
    assert found == promised(*figures)


@pytest.mark.requirement_part("OPI-6")
def test_opigno_hours():
    plan = plan_of("opigno")
    assert list(plan.tiers) == ["pro", "business", "corporate"]
    business = plan.calendars["business"]
    assert [[str(window) for window in day] for day in business.week.days] == [["09:00-17:00"]] * 5 + [[], []]
    assert (business.zone, business.day, business.holidays) == ("Europe/Zurich", parse_duration("8h"), {})
    assert plan.days == "hours"
    assert all([rule.use for rule in tier.hours] == ["business"] for tier in plan.tiers.values())


@pytest.mark.requirement_part("OPI-4", "OPI-10")
def test_opigno_channels_and_people():
    plan = plan_of("opigno")
    channels = [set(tier.channels) for tier in plan.tiers.values()]
    assert channels == [{"portal"}, {"portal", "email"}, {"portal", "email", "slack"}]
    manager = plan.roles["success_manager"]
    assert (manager.tiers, plan.calendars[manager.hours].zone) == (("business", "corporate"), "customer")
    assert manager.agrees == ("engagement_plan",)
    assert plan.roles["technical_expert"].tiers == ("corporate",)


@pytest.mark.requirement_part("OPI-1", "OPI-3", "OPI-18")
def test_opigno_terms():
    terms = plan_of("opigno").terms
    assert (terms.length, terms.notice) == promised("1 year", "1 month")
    assert (terms.renews, terms.notice_in_writing, terms.zone) == ("automatically", True, "Europe/Zurich")
    assert (terms.vendor_changes, terms.covers) == ("not_worse", "instance")


@pytest.mark.requirement_part("OPI-9")
def test_opigno_coaching():
    coaching = plan_of("opigno").allowances["coaching"]
    assert (coaching.by_tier["business"].seconds, coaching.gives.word) == (7200, "contract")
    assert (coaching.tiers, coaching.every.each, coaching.scope) == (("business", "corporate"), "month", "plan")
    assert (coaching.carry_over, coaching.draws, coaching.contacts) == (None, "held", "designated")


@pytest.mark.requirement_part("OPI-12", "OPI-13", "OPI-21")
def test_opigno_review_and_deployment():
    plan = plan_of("opigno")
    review, deployment = plan.allowances["health_review"], plan.allowances["deployment"]
    assert (review.gives.count, review.every.each, review.scope) == (1, "year", "instance")
    assert review.every.starts == "contract"
    assert (deployment.gives.count, deployment.every.each, deployment.scope) == (1, "month", "instance")
    assert (deployment.ahead, deployment.ahead_days) == (parse_duration("7 business days"), "business")
    assert (deployment.needs, deployment.with_) == (("scope", "timing"), "support_engineer")
    assert review.tiers == deployment.tiers == ("corporate",)


@pytest.mark.requirement_part("OPI-15")
def test_opigno_development_hours():
    development = plan_of("opigno").allowances["development"]
    assert (development.above.seconds, development.parts) == (8 * 3600, ("analysis", "development", "testing"))
    assert (development.every.each, development.carry_over, development.refund) == ("term", None, "none")
    assert (development.overdraft.then, development.tiers) == ("topped_up", ())


@pytest.mark.requirement_part("OPI-5", "OPI-16", "OPI-22")
def test_opigno_contacts_and_coverage():
    plan = plan_of("opigno")
    contacts = plan.contacts["designated"]
    assert (contacts.at_least, contacts.tiers, contacts.sees) == (1, ("business", "corporate"), "all_tickets")
    assert contacts.transfer_names_successor
    assert contacts.knowledge_confirmed
    code = [(rule.tier, rule.coverage) for rule in plan.coverage if "custom_code" in rule.request_type]
    assert code == [(("business", "corporate"), "covered"), ((), "not_covered")]
    never = {kind for rule in plan.coverage if rule.coverage == "not_covered" for kind in rule.request_type}
    assert {"hosting", "content", "first_level", "third_party"} <= never


@pytest.mark.requirement_part("OPI-7", "OPI-8", "OPI-11", "OPI-14", "OPI-17")
def test_opigno_rights():
    plan = plan_of("opigno")
    rights = plan.rights
    assert (rights["remote_access"].needs_approval, rights["remote_access"].logged) == ("customer", True)
    exclusive = rights["exclusive_features"]
    assert (exclusive.survives_term, exclusive.scope, exclusive.elsewhere) == (True, "instance", "by_agreement")
    assert exclusive.violation_ends_contract
    releases = rights["early_releases"]
    assert (releases.tiers, releases.confidential_until) == (("business", "corporate"), "release")
    assert releases.confidential
    materials = rights["materials"]
    assert (materials.confidential, materials.logged, materials.scope) == (True, True, "user")
    reproduction = plan.reproduction
    assert (reproduction.required, reproduction.otherwise, reproduction.excluded_from) == (True, "closed", "targets")
    assert reproduction.platforms == ("Linux", "MySQL", "Apache", "Nginx")


def test_itsm_measures_a_desk_that_logs_its_solutions():
    plan = plan_of("itsm")
    assert list(plan.severities) == ["critical", "high", "moderate", "low"]
    hours = [(rule.severity, rule.use) for rule in plan.tiers["standard"].hours]
    assert hours == [(("critical",), "always"), ((), "office")]
    assert plan.metrics["resolution"].pauses_while == ("waiting_on_customer", "waiting_on_third_party")
    assert promises(plan, "standard", "resolution") == {
        "critical": parse_duration("24h"),
        "high": parse_duration("3d"),
        "moderate": parse_duration("7d"),
        "low": parse_duration("10d"),
    }
    (scheme,) = plan.credits.values()
    assert (scheme.per.each, scheme.of, scheme.claim.automatic) == ("month", "violation_share", True)
    assert scheme.cap[0].pays.share == Decimal(25)


def test_versions_begin_when_their_sources_do():
    assert plan_of("celigo").effective == dt.date(2022, 5, 1)
    assert plan_of("opigno").effective == dt.date(2023, 11, 1)


@pytest.mark.requirement_part("OPT-1", "OPT-6", "OPT-7")
def test_optimy_hours_and_priorities():
    plan = plan_of("optimy")
    business = plan.calendars["business"]
    assert (business.zone, list(business.holidays)) == ("America/Toronto", ["CA-ON"])
    assert [[str(window) for window in day] for day in business.week.days] == [["09:00-17:30"]] * 5 + [[], []]
    assert list(plan.severities) == ["high", "medium", "low"]
    rows = [row for metric in plan.metrics for row in plan.tiers["standard"].targets[metric]]
    assert [row.kind for row in rows] == ["missing"] * 6
    assert (plan.metrics["response"].stops_on, plan.severity_process.until_assigned) == (("acknowledgement",), "none")


@pytest.mark.requirement_part("OPT-2", "OPT-3", "OPT-4", "OPT-8")
def test_optimy_availability():
    plan = plan_of("optimy")
    target = plan.availability["platform"]
    assert (target.target, target.per.each, target.zone) == (Decimal("99.90"), "month", "America/Toronto")
    assert (target.formula, target.downtime.partial) == ("total_less_maintenance", "ignored")
    assert len(target.exclusions) == len(plan.exclusions) == 9
    kinds = {name: (each.counts_as, each.outside, each.notice) for name, each in plan.maintenance.items()}
    assert kinds == {
        "regular": ("downtime", "business", None),
        "scheduled": ("maintenance", "business", parse_duration("5 business days")),
        "emergency": ("maintenance", None, None),
        "protective": ("maintenance", None, None),
    }
    regular, scheduled = plan.maintenance["regular"], plan.maintenance["scheduled"]
    assert (regular.at_most, regular.per.each, scheduled.late_notice_becomes) == (1, "week", "emergency")
    assert (scheduled.short_notice_if, scheduled.notified) == (("vendor_change_control",), ("instruct",))
    assert (plan.recovery.may_lose, plan.recovery.severities) == (parse_duration("24h elapsed"), ("high",))
    assert plan.recovery.needs_decision


@pytest.mark.requirement_part("OPT-9", "OPT-10", "OPT-11", "OPT-14")
def test_optimy_people():
    plan = plan_of("optimy")
    desk, instruct = plan.contacts["help_desk"], plan.contacts["instruct"]
    assert (desk.at_most, desk.verified, desk.may) == (2, True, ("open_tickets",))
    assert (instruct.at_least, instruct.at_most, instruct.may) == (2, 2, ("instruct", "receive_notices"))
    assert plan.terms.reported_within == parse_duration("30d")
    assert plan.roles["success_executive"].languages == ("en", "fr", "de", "it")
    assert len(plan.duties) == 7


@pytest.mark.requirement_part("CPI-1", "CPI-2", "CPI-3")
def test_cpi_levels():
    plan = plan_of("cpi")
    rows = plan.tiers["standard"].targets["first_response"]
    assert [(row.severity[0], row.within, row.early) for row in rows] == [
        ("level_1", parse_duration("2h"), None),
        ("level_2", parse_duration("8h"), None),
        ("level_3", parse_duration("24h"), None),
        ("level_4", parse_duration("48h"), parse_duration("24h")),
    ]
    assert plan.severities["level_1"].reported_by == ("portal", "phone")
    assert plan.channels["phone"].address == "800.999.0197"
    assert plan.calendars["always"].week.days == (plan.calendars["always"].week.days[0],) * 7


@pytest.mark.requirement_part("CPI-4", "CPI-5", "CPI-6")
def test_cpi_services_and_rights():
    plan = plan_of("cpi")
    block = plan.allowances["block"]
    assert (block.gives.word, block.draws, block.overdraft.then, block.low_at.seconds) == (
        "contract", "logged", "approval", 7200
    )  # fmt: skip
    listed = {kind for kind, each in plan.request_types.items() if each.draws_on == "block"}
    assert len(listed) == 7, "the six of the list, and others"
    assert plan.reviews["status_meeting"].on_request
    secret = plan.rights["confidential_information"]
    assert (len(secret.exceptions), secret.survives_term, secret.confidential) == (4, True, True)
    assert plan.rights["publicity"].survives_term
    assert plan.rights["client_files"].needs_approval == "customer"


@pytest.mark.requirement_part("CAP-1", "CAP-3", "CAP-9")
def test_connecta_targets():
    plan = plan_of("connecta")
    assert list(plan.tiers) == ["essential", "advisor", "alliance"]
    for tier in plan.tiers.values():
        (row,), (emergency,) = tier.targets["priority_assignment"], tier.targets["emergency_response"]
        assert (row.within, row.bound, emergency.kind) == (parse_duration("4h"), "exclusive", "immediate")
    assert plan.metrics["priority_assignment"].stops_on == ("severity_assigned",)
    response = plan.calendars["response"]
    assert [[str(window) for window in day] for day in response.week.days] == [["09:00-17:00"]] * 5 + [[], []]
    assert (response.zone, plan.severity_process.needs_reason) == ("Europe/Brussels", "always")


@pytest.mark.requirement_part("CAP-2", "CAP-4", "CAP-5", "CAP-6", "CAP-7")
def test_connecta_rights():
    plan = plan_of("connecta")
    training, workshop = plan.allowances["training"], plan.allowances["workshop"]
    assert (training.gives.seconds, training.every.each, training.tiers) == (
        3 * 3600, "half_year", ("advisor", "alliance")
    )  # fmt: skip
    assert (training.valid_for, training.anchored) == (parse_duration("6 months"), "contract")
    assert (workshop.gives.count, workshop.every.each, workshop.tiers) == (1, "year", ("alliance",))
    assert plan.allowances["tickets"].gives.word == "unlimited"
    assert (plan.fair_use.times_own, plan.fair_use.times_peers, plan.fair_use.then) == (2, 2, "suggest_tier")
    audit = plan.reviews["audit"]
    assert (audit.every.each, audit.tiers) == ("quarter", ("advisor", "alliance"))
    assert [tier.features[-1] for tier in plan.tiers.values()] == ["training_material", "research", "priority_line"]
    assert (plan.terms.tier_change, plan.terms.tier_change_fee) == ("any_time", "undefined")


@pytest.mark.requirement_part("CLX-1", "CLX-3")
def test_cloudextend():
    plan = plan_of("cloudextend")
    office = plan.calendars["office"]
    assert [[str(window) for window in day] for day in office.week.days] == [["03:00-17:00"]] * 5 + [[], []]
    assert (office.zone, office.holidays["us"].effect) == ("America/Los_Angeles", "closed")
    (row,) = plan.tiers["essential"].targets["first_response"]
    assert row.within == parse_duration("4h")
