"""
Comparing plans by their meaning: the worked example, each kind of promise, and what must hold of every comparison.
"""

import copy

import pytest

from tests.core.clocks.tickets import document
from tests.shared_files import shared_rows
from upheld import catalogues
from upheld.core.plan.compare import Subject, Verdict, compare, ruling
from upheld.core.plan.compare.comparing import CompareError
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.model.terms import Terms
from upheld.core.plan.reading import read_document
from upheld.wording import say

EXAMPLES = {row["id"]: row for row in shared_rows("cases/worked_examples.jsonl")}


def shipped(name):
    return read_document(catalogues.read(name), f"{name}.yaml")


def compared(before, after, tier=None, *, document=None, **options):
    sides = [Subject(plan=Plan.model_validate(each), document=document, tier=tier) for each in (before, after)]
    return compare(*sides, **options)


def small(*changes, **sections):
    """A plan with one tier, and values put at dotted paths; ``None`` takes a key away."""
    data = {
        **document(targets={"first_response": {"urgent": "4h", "normal": "8h"}},
                   severities={"urgent": None, "normal": None}),
        "channels": {"portal": "portal", "phone": {"kind": "telephone"}},
        **sections,
    }  # fmt: skip
    tier = next(iter(data["tiers"].values()))
    data["tiers"] = {"only": tier}
    return put(data, *changes)


def put(data, *changes):
    data = copy.deepcopy(data)
    for path, value in changes:
        *above, last = path.split(".")
        place = data
        for key in above:
            place = place.setdefault(key, {})
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return data


def verdicts(found, *sections):
    return {
        each.subject: str(each.verdict)
        for each in found.changes
        if (not sections or each.section in sections) and each.verdict is not Verdict.SAME
    }


@pytest.mark.requirement_part("OPI-18")
@pytest.mark.parametrize("row", [pytest.param(EXAMPLES.get("OPI-18-a"), id="OPI-18-a")])
def test_the_worked_example_compares_due_instants_not_numbers(row):
    if row is None:
        pytest.skip("the worked examples are not here")
    source = shipped("opigno")
    after = put(
        source.data,
        ("version", "2024-11"),
        ("tiers.corporate.targets.first_response.critical", "3h"),
        ("tiers.corporate.targets.first_response.major", "10h"),
        ("calendars.business.week", {"mon-fri": "08:00-18:00"}),
        ("tiers.corporate.channels.slack", None),
    )
    found = compared(source.data, after, "corporate", document=source)
    told = verdicts(found)
    assert told[("first_response", "critical")] == "better"
    assert told[("first_response", "major")] == "worse"
    assert told[("slack",)] == "worse"
    assert told[("hours",)] == "better"

    major = next(each for each in found.changes if each.subject == ("first_response", "major"))
    assert say(*major.because).startswith(
        "What starts Mon 2023-03-06 09:00 is due Tue 2023-03-07 09:00 instead of Mon 2023-03-06 17:00, although what "
        "starts Mon 2023-03-06 10:00 is due Tue 2023-03-07 10:00 in both"
    )
    assert (major.before_at.line, major.before_at.path) == (193, "tiers.corporate.targets.first_response.major")

    ruled = ruling(found, Plan.model_validate(source.data).terms)
    assert not ruled.is_allowed
    assert ruled.because.code == "compare.apply_worse"
    assert {each.subject for each in ruled.stands_in_the_way} == {("first_response", "major"), ("slack",)}


@pytest.mark.parametrize("name", catalogues.names())
def test_a_plan_compared_with_itself_is_the_same_everywhere(name):
    found = compare(*[Subject(plan=Plan.model_validate(shipped(name).data), document=shipped(name))] * 2)
    assert verdicts(found) == {}
    assert found.is_nowhere_worse
    assert found.changes


@pytest.mark.requirement_part("OPI-18")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # hours
        pytest.param(("calendars.office.week", {"mon-fri": "09:00-18:00"}), {("hours",): "better"}, id="longer hours"),
        pytest.param(("calendars.office.week", {"mon-fri": "10:00-18:00"}), {("hours",): "worse"}, id="shifted hours"),
        pytest.param(("calendars.office.holidays", {"BE": "closed"}), {("hours",): "worse"}, id="holidays taken out"),
        pytest.param(("calendars.office.holidays", {"BE": "limited"}), {}, id="limited holidays that serve all"),
        # targets
        pytest.param(("tiers.only.targets.first_response.urgent", "3h"),
                     {("first_response", "urgent"): "better"}, id="faster"),
        pytest.param(("tiers.only.targets.first_response.urgent", "5h"),
                     {("first_response", "urgent"): "worse"}, id="slower"),
        pytest.param(("tiers.only.targets.first_response.urgent", "< 4h"),
                     {("first_response", "urgent"): "better"}, id="an exclusive bound"),
        pytest.param(("tiers.only.targets.first_response.urgent", "2-4h"), {}, id="a range with the same late end"),
        pytest.param(("tiers.only.targets.first_response.urgent", "4h elapsed"),
                     {("first_response", "urgent"): "better"}, id="all time in place of support time"),
        pytest.param(("tiers.only.targets.first_response.normal", "1d"), {}, id="a day of eight hours"),
        pytest.param(("tiers.only.targets.first_response.normal", "1d end_of_day"),
                     {("first_response", "normal"): "worse"}, id="the end of the next day"),
        pytest.param(("tiers.only.targets.first_response.normal", "best effort"),
                     {("first_response", "normal"): "worse"}, id="best effort"),
        pytest.param(("tiers.only.targets.first_response.normal", "as agreed"),
                     {("first_response", "normal"): "not_comparable"}, id="as agreed"),
        pytest.param(("tiers.only.targets.first_response.normal", {"within": "8h", "or_met_by": "acknowledgement"}),
                     {("first_response", "normal"): "worse"}, id="more that keeps it"),
        pytest.param(("tiers.only.targets.first_response.normal", {"within": "8h", "or_agreed": True}),
                     {("first_response", "normal"): "not_comparable"}, id="or as agreed"),
        pytest.param(("tiers.only.targets.first_response.normal", {"within": "8h", "use": "always"}),
                     {("first_response", "normal"): "better"}, id="at all times"),
        # metrics
        pytest.param(("metrics.first_response.pauses_while", "waiting_on_customer"),
                     {("first_response", "pauses_while"): "worse"}, id="a pause more"),
        pytest.param(("metrics.first_response.stops_on", ["reply", "call_back", "acknowledgement"]),
                     {("first_response", "stops_on"): "worse"}, id="stopped by more"),
        pytest.param(("metrics.first_response.starts_on", "severity_assigned"),
                     {("first_response", "starts_on"): "not_comparable"}, id="another start"),
        # severities
        pytest.param(("severities.urgent", {"text": "Everything is down."}),
                     {("urgent", "text"): "not_comparable"}, id="words of a severity"),
        pytest.param(("severities.urgent", "On fire"), {}, id="another name for people"),
        # channels
        pytest.param(("tiers.only.channels.phone", "always"), {("phone",): "better"}, id="a channel more"),
        # the frame
        pytest.param(("terms.notice", "1 month"), {("notice",): "worse"}, id="a notice"),
        pytest.param(("terms.length", "2 years"), {("length",): "not_comparable"}, id="a longer term"),
        pytest.param(("duties.patience", "The customer waits."), {("patience",): "worse"}, id="a duty more"),
        pytest.param(("reproduction", {"required": True}), {("reproduction",): "worse"}, id="reproduction"),
        pytest.param(("intake.fields", [{"field": "log", "ask": "The log?", "kind": "file"}]),
                     {("log",): "worse"}, id="something asked for"),
        pytest.param(("intake.fields", [{"field": "log", "ask": "The log?", "kind": "file", "required": False}]),
                     {}, id="something that may be told"),
        pytest.param(("contacts.named", {"at_most": 2}), {("named",): "not_comparable"}, id="a list of contacts"),
        pytest.param(("availability.site", {"target": "99.9%", "per": "month"}), {("site",): "better"},
                     id="availability"),
        pytest.param(("fair_use", {"over": "30d", "at_most": 40}), {("fair_use",): "worse"}, id="fair use"),
        pytest.param(("recovery", {"may_lose": "24h"}), {("recovery",): "better"}, id="recovery"),
    ],
)  # fmt: skip
def test_one_change_is_told_and_nothing_else(change, expected):
    before, after = small(), small(change)
    found = verdicts(compared(before, after))
    assert {key: value for key, value in found.items() if key[0] != "first_response" or key in expected
            or change[0].startswith("tiers")} == expected  # fmt: skip


@pytest.mark.parametrize(
    ("section", "before", "after", "expected"),
    [
        pytest.param("contacts", {"list": {"at_most": 2}}, {"list": {"at_most": 3}},
                     {("list", "at_most"): "better"}, id="more contacts"),
        pytest.param("contacts", {"list": {"at_most": 2}}, {"list": {}}, {("list", "at_most"): "better"},
                     id="as many contacts as wanted"),
        pytest.param("contacts", {"list": {"by_tier": {"only": 5}}}, {"list": {"by_tier": {"only": 3}}},
                     {("list", "at_most"): "worse"}, id="fewer in this tier"),
        pytest.param("allowances", {"help": {"gives": "2h", "every": "month"}},
                     {"help": {"gives": "3h", "every": "month"}}, {("help", "gives"): "better"}, id="more hours"),
        pytest.param("allowances", {"help": {"gives": "2h", "every": "month"}},
                     {"help": {"gives": "6h", "every": "quarter"}}, {("help", "gives"): "same"},
                     id="as much a year, in larger lots"),
        pytest.param("allowances", {"help": {"gives": "2h", "every": "month"}},
                     {"help": {"gives": "3h", "every": "quarter"}}, {("help", "gives"): "not_comparable"},
                     id="larger lots, less a year"),
        pytest.param("allowances", {"help": {"gives": "2h", "every": "month"}},
                     {"help": {"gives": "contract", "every": "month"}}, {("help", "gives"): "not_comparable"},
                     id="as each contract says"),
        pytest.param("allowances", {"help": {"gives": "2h", "increment": "15min"}},
                     {"help": {"gives": "2h", "increment": "1h"}}, {("help", "increment"): "worse"},
                     id="larger increments"),
        pytest.param("allowances", {"help": {"gives": "2h", "valid_for": "6 months"}},
                     {"help": {"gives": "2h", "valid_for": "1 year"}}, {("help", "valid_for"): "better"},
                     id="valid for longer"),
        pytest.param("allowances", {"help": {"gives": "2h"}}, {"support": {"gives": "2h"}}, {}, id="renamed"),
        pytest.param("reviews", {"health": {"every": "quarter"}}, {"health": {"every": "year"}},
                     {("health", "every"): "worse"}, id="rarer reviews"),
        pytest.param("maintenance", {"regular": {"notice": "5d"}}, {"regular": {"notice": "2d"}},
                     {("regular", "notice"): "worse"}, id="shorter notice of maintenance"),
        pytest.param("maintenance", {"regular": {"counts_as": "downtime"}}, {"regular": {"counts_as": "maintenance"}},
                     {("regular", "counts_as"): "worse"}, id="maintenance that is no downtime"),
        pytest.param("availability", {"site": {"target": "99.9%", "per": "month"}},
                     {"site": {"target": "99.95%", "per": "month"}}, {("site", "target"): "better"}, id="more nines"),
        pytest.param("availability", {"site": {"target": "99.9%", "per": "month"}},
                     {"site": {"target": "99.9%", "per": "year"}}, {("site", "per", "each"): "not_comparable"},
                     id="over a year"),
        pytest.param("roles", {"manager": {"languages": ["en", "fr"]}}, {"manager": {"languages": ["en"]}},
                     {("manager", "languages"): "worse"}, id="fewer languages"),
        pytest.param("roles", {"manager": {"hours": "office"}}, {"manager": {"hours": "always"}},
                     {("manager", "hours"): "better"}, id="a role that is there at all times"),
        pytest.param("escalations", {"ladder": [{"step": "lead", "to": "lead", "after": "2h"}]},
                     {"ladder": [{"step": "lead", "to": "lead", "after": "4h"}]},
                     {("ladder", "lead", "after"): "worse"}, id="a later escalation"),
        pytest.param("security_fixes", {"bugs": {"scale": "cvss", "within": {"high": "7d"}}},
                     {"bugs": {"scale": "cvss", "within": {"high": "14d"}}},
                     {("bugs", "within"): "not_comparable"}, id="slower security fixes are for a person"),
    ],
)  # fmt: skip
def test_entries_of_a_section(section, before, after, expected):
    extra = {"severity_scores": [{"scale": "cvss", "bands": {">= 0 and <= 10": "urgent"}}]}
    found = compared(small((section, before), **extra), small((section, after), **extra))
    told = {each.subject: str(each.verdict) for each in found.changes if each.section == section}
    assert {key: value for key, value in told.items() if value != "same" or key in expected} == expected


TABLE = {"< 4%": "none", ">= 4% and < 8%": "10%", ">= 8%": "25%"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"table": {**TABLE, ">= 8%": "30%"}}, {"table": "better"}, id="a row pays more"),
        pytest.param({"table": {"< 5%": "none", ">= 5% and < 8%": "10%", ">= 8%": "25%"}}, {"table": "worse"},
                     id="a threshold moved"),
        pytest.param({"table": {"< 4%": "none", ">= 4% and < 6%": "10%", ">= 6% and < 8%": "10%", ">= 8%": "25%"}},
                     {"table": "same"}, id="a row cut in two"),
        pytest.param({"table": {"< 4%": "none", ">= 4% and < 8%": "20%", ">= 8%": "20%"}}, {"table": "worse"},
                     id="more here and less there"),
        pytest.param({"table": {"< 4%": "none", ">= 4%": "5 days"}}, {"table": "not_comparable"}, id="another kind"),
        pytest.param({"cap": "50%"}, {"cap": "worse"}, id="a lower limit"),
        pytest.param({"cap": []}, {"cap": "better"}, id="no limit"),
        pytest.param({"severities": "urgent"}, {"severities": "worse"}, id="fewer severities"),
        pytest.param({"exclusions": ["theirs", "ours"]}, {"exclusions": "worse"}, id="one cause more"),
        pytest.param({"claim": {"within": "10d"}}, {"within": "worse"}, id="less time to claim"),
        pytest.param({"claim": {"within": "30d", "current_on_payments": True}}, {"current_on_payments": "worse"},
                     id="current on payments"),
        pytest.param({"claim": {"automatic": True, "within": "30d"}}, {"automatic": "better"}, id="without a claim"),
        pytest.param({"of": "violations", "table": {"< 4": "none", ">= 4": "10%"}}, {"of": "not_comparable"},
                     id="another measure"),
    ],
)  # fmt: skip
def test_credits(changes, expected):
    scheme = {"per": "quarter", "of": "violation_share", "table": TABLE, "cap": "100%", "claim": {"within": "30d"},
              "exclusions": ["theirs"]}  # fmt: skip
    extra = {"exclusions": {"theirs": "Theirs", "ours": "Ours"}}
    found = compared(
        small(credits={"warranty": scheme}, **extra), small(credits={"warranty": {**scheme, **changes}}, **extra)
    )
    told = {each.subject[-1]: str(each.verdict) for each in found.changes if each.section == "credits"}
    assert {key: value for key, value in told.items() if key in expected or value != "same"} == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("covered", "chargeable", "worse", id="now charged"),
        pytest.param("not_covered", "best_effort", "better", id="now tried"),
        pytest.param("best_effort", "chargeable", "not_comparable", id="tried or charged"),
        pytest.param("undecided", "covered", "not_comparable", id="was open"),
        pytest.param("covered", "covered", None, id="the same"),
    ],
)
def test_coverage(before, after, expected):
    kinds = {"request_types": {"question": "Question", "defect": "Defect"}}
    sides = [
        small(coverage=[{"request_type": "question", "coverage": each}, {"coverage": "covered"}], **kinds)
        for each in (before, after)
    ]
    found = verdicts(compared(*sides), "coverage")
    assert found == ({("question",): expected} if expected else {})


def test_channels_are_compared_for_each_severity_and_for_designated_contacts():
    before = small(("tiers.only.channels", {"phone": [{"open": "office"}, {"open": "always", "severities": "urgent"}]}))
    after = small(("tiers.only.channels", {"phone": [{"open": "always", "contacts": "designated"}]}))
    found = verdicts(compared(before, after), "channels")
    assert found == {
        ("phone",): "worse",
        ("phone", "designated", "normal"): "better",
    }


@pytest.mark.requirement_part("CEL-17", "CAP-7")
def test_two_tiers_of_one_plan():
    source = shipped("celigo")
    plan = Plan.model_validate(source.data)
    up = compare(*(Subject(plan=plan, document=source, tier=each) for each in ("preferred", "premier")))
    down = compare(*(Subject(plan=plan, document=source, tier=each) for each in ("premier", "preferred")))
    assert up.is_nowhere_worse
    # What is better one way is worse the other way, promise by promise.
    assert sorted(each.section for each in up.of(Verdict.BETTER)) == sorted(
        each.section for each in down.of(Verdict.WORSE)
    )
    assert not down.of(Verdict.BETTER)


def test_a_tier_that_went_and_one_that_came():
    before, after = shipped("opigno").data, put(shipped("opigno").data, ("tiers.gold", {"hours": "always"}))
    found = verdicts(compared(before, put(after, ("tiers.pro", None))), "tiers")
    assert found == {("pro",): "worse", ("gold",): "better"}


def test_renaming_tiers_and_parts_changes_no_result():
    before = shipped("opigno").data
    text = catalogues.read("opigno").decode().replace("corporate", "gold")
    after = read_document(text.encode(), "renamed.yaml").data
    found = compared(before, after)
    assert found.of(Verdict.WORSE) == ()


def test_hours_of_the_customer_are_compared_for_a_contract_only():
    before = small(("calendars.office.zone", "customer"))
    after = small()
    assert verdicts(compared(before, after), "hours") == {("hours",): "not_comparable"}
    here = Contract(customer="a", tier="only", zone="Europe/Brussels")
    assert verdicts(compared(before, after, contract=here), "hours") in ({}, {("hours",): "worse"})


def test_a_severity_that_is_gone_is_for_a_person():
    after = small(("severities.normal", None), ("tiers.only.targets.first_response.normal", None))
    assert verdicts(compared(small(), after), "severities") == {("normal",): "not_comparable"}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [("corporate", "gold", "compare.unknown_tier"), ("gold", "corporate", "compare.unknown_tier")],
)
def test_a_tier_that_is_not_there(before, after, code):
    plan = Plan.model_validate(shipped("opigno").data)
    with pytest.raises(CompareError) as refused:
        compare(Subject(plan=plan, tier=before), Subject(plan=plan, tier=after))
    assert refused.value.code == code


def test_plans_without_a_common_tier():
    with pytest.raises(CompareError) as refused:
        compared(shipped("opigno").data, shipped("celigo").data)
    assert refused.value.code == "compare.no_common_tier"


RULINGS = [
    ("not_worse", "4h", "compare.apply_free", True),
    ("not_worse", "3h", "compare.apply_free", True),
    ("not_worse", "5h", "compare.apply_worse", False),
    ("not_worse", "as agreed", "compare.apply_judged", True),
    ("never", "3h", "compare.apply_never", False),
    ("never", "4h", "compare.apply_free", True),
    ("with_notice", "5h", "compare.apply_with_notice", True),
    ("any", "5h", "compare.apply_any", True),
    ("any", "3h", "compare.apply_free", True),
]


@pytest.mark.requirement_part("OPI-18")
@pytest.mark.parametrize(("rule", "target", "code", "is_allowed"), RULINGS)
def test_what_the_terms_let_the_vendor_change(rule, target, code, is_allowed):
    found = compared(small(), small(("tiers.only.targets.first_response.urgent", target)))
    ruled = ruling(found, Terms(vendor_changes=rule))
    assert (ruled.because.code, ruled.is_allowed) == (code, is_allowed)
    assert ruled.needs_judgement == (code == "compare.apply_judged")
