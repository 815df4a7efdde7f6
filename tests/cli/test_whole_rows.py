"""
Rows of the requirements that commands show whole: one story in every shape of export, one story under other promises.
"""

import csv
import json
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from tests.source_tree import ROOT
from upheld.cli import replay, what_if

PLAN = """\
upheld: 1
plan: promises
version: 1
zone: UTC
days: hours
calendars:
  office: {zone: UTC, week: {mon-fri: "09:00-17:00"}, day: 8h}
  always: {zone: UTC, week: 24x7, day: 24h}
channels: {phone: {kind: telephone}, email: {kind: mail}, portal: {kind: portal}}
severities: {critical: Critical, moderate: Moderate}
metrics:
  first_response: {starts_on: opened, stops_on: reply}
  resolution: {starts_on: opened, stops_on: resolved}
tiers:
  basic:
    hours: [{use: office}]
    channels: {phone: always, email: always, portal: always}
    targets:
      first_response: {critical: 1h, moderate: 4h}
      resolution: {critical: 4h, moderate: 8h}
  round:
    hours: [{use: always}]
    channels: {phone: always, email: always, portal: always}
    targets:
      first_response: {critical: 1h, moderate: 4h}
      resolution: {critical: 4h, moderate: 8h}
credits:
  monthly:
    metrics: [resolution]
    per: month
    of: violation_share
    table: {"< 10%": 0%, ">= 10% and < 50%": 10%, ">= 50%": 20%}
    claim: {automatic: true}
"""
STORY = {
    # ticket: severity, opened, first answer, resolved
    "1": ("critical", "2026-03-02T09:00:00Z", "2026-03-02T09:30:00Z", "2026-03-02T12:00:00Z"),
    "2": ("moderate", "2026-03-03T09:00:00Z", "2026-03-03T14:00:00Z", "2026-03-03T16:00:00Z"),
    "3": ("moderate", "2026-03-04T09:00:00Z", "2026-03-04T10:00:00Z", "2026-03-05T10:00:00Z"),
}
"""The second is answered an hour late, the third is resolved an hour of support late."""


def as_csv(path):
    rows = [
        (number, "Acme", opened, answered, resolved, severity, "phone")
        for number, (severity, opened, answered, resolved) in STORY.items()
    ]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [("ticket", "customer", "opened", "first_response", "resolved", "severity", "channel"), *rows]
        )


def as_servicenow(path):
    header = (
        "number,incident_state,active,reopen_count,sys_mod_count,made_sla,caller_id,opened_at,sys_updated_at,"
        "contact_type,location,priority,assignment_group,resolved_at,closed_at"
    )
    words = {"critical": "1 - Critical", "moderate": "3 - Moderate"}
    lines = [header]
    for number, (severity, opened, _answered, resolved) in STORY.items():
        start, end = day_first(opened), day_first(resolved)
        for order, (state, at) in enumerate((("New", start), ("Resolved", end))):
            known = end if state == "Resolved" else "?"
            head = f"INC{number},{state},true,0,{order},true,Caller 1,{start},{at}"
            lines.append(f"{head},Phone,Acme,{words[severity]},?,{known},?")
    path.write_text("\n".join(lines) + "\n")


def day_first(text):
    day, time = text.removesuffix("Z").split("T")
    year, month, number = day.split("-")
    return f"{int(number)}/{int(month)}/{year} {time[:5]}"


def as_zendesk(path):
    words = {"critical": "urgent", "moderate": "normal"}
    tickets = []
    for number, (severity, opened, answered, resolved) in STORY.items():
        audits = [
            {"created_at": opened, "author_id": 42, "events": [
                {"type": "Comment", "author_id": 42, "public": True, "body": "help"},
                {"type": "Create", "field_name": "priority", "value": words[severity]},
                {"type": "Create", "field_name": "status", "value": "new"}]},
            {"created_at": answered, "author_id": 7, "events": [{"type": "Comment", "author_id": 7, "public": True}]},
            {"created_at": resolved, "author_id": 7, "events": [
                {"type": "Change", "field_name": "status", "value": "solved"}]},
        ]  # fmt: skip
        tickets.append(
            {"id": int(number), "created_at": opened, "updated_at": resolved, "status": "solved", "requester_id": 42,
             "priority": words[severity], "via": {"channel": "voice"}, "organization_id": 5, "audits": audits}
        )  # fmt: skip
    users = [{"id": 7, "name": "Ada", "role": "agent"}, {"id": 42, "name": "Dana", "role": "end-user"}]
    organizations = [{"id": 5, "name": "Acme"}]
    path.write_text(json.dumps({"tickets": tickets, "users": users, "organizations": organizations}))


def as_jira(path):
    words = {"critical": "Highest", "moderate": "Medium"}
    issues = []
    for number, (severity, opened, answered, resolved) in STORY.items():
        reply = {"created": answered, "author": {"accountId": "ada", "accountType": "atlassian"}, "jsdPublic": True}
        change = {"field": "status", "fromString": "Waiting for support", "toString": "Resolved"}
        fields = {
            "created": opened,
            "priority": {"name": words[severity]},
            "status": {"name": "Resolved"},
            "reporter": {"accountId": "dana"},
            "customfield_10002": [{"id": "1", "name": "Acme"}],
            "comment": {"comments": [reply]},
        }
        histories = [{"created": resolved, "items": [change]}]
        issues.append({"key": f"SUP-{number}", "fields": fields, "changelog": {"histories": histories}})
    path.write_text(json.dumps({"issues": issues}))


def replayed(tmp_path, shape, write, *more):
    export, plan, report = tmp_path / f"export.{shape}", tmp_path / "plan.yaml", tmp_path / "report.json"
    plan.write_text(PLAN)
    write(export)
    given = [export, "--plan", plan, "--format-of-export", shape, "--tier", "basic", "--fee", "EUR 1000", *more]
    options = ["--until", "2026-04-01T00:00:00Z", "--json", report, "--quiet"]
    result = CliRunner().invoke(replay.app, [str(each) for each in [*given, *options]], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(report.read_text())


@pytest.mark.requirement("B-4")
@pytest.mark.parametrize(
    ("shape", "write"),
    [("csv", as_csv), ("servicenow", as_servicenow), ("zendesk", as_zendesk), ("jira", as_jira)],
    ids=["csv", "servicenow", "zendesk", "jira"],
)
def test_one_story_in_every_shape_gives_the_same_violations_and_the_same_credit(tmp_path, shape, write):
    mapping = ()
    if shape == "zendesk":
        shipped = (ROOT / "src/upheld/importers/shapes/zendesk.yaml").read_text()
        path = tmp_path / "mapping.yaml"
        path.write_text(
            shipped.replace("urgent: urgent", "urgent: critical").replace("normal: normal", "normal: moderate")
        )
        mapping = ("--mapping", path)
    told = replayed(tmp_path, shape, write, *mapping)
    assert (told["log"]["tickets"], told["log"]["rows_not_used"]) == (3, 0)
    metrics = {each["metric"]: each for each in told["metrics"]}
    resolution = metrics["resolution"]
    assert (resolution["met"], resolution["late"], resolution["denominator"]) == (2, 1, 3)
    [worst] = [each for each in told["worst"] if each["metric"] == "resolution"]
    assert worst["ticket"].removeprefix("INC").removeprefix("SUP-") == "3"
    answers = metrics["first_response"]
    if shape == "servicenow":  # the log does not show who wrote what, so nothing is claimed of answers
        assert (answers["percent"], answers["outside"]["unobservable"]) == (None, 3)
    else:
        assert (answers["met"], answers["late"]) == (2, 1)
    [owed] = told["credits"]["lines"]
    assert (owed["violations"], owed["events"], owed["pays_percent"], owed["amount"]) == (1, 3, "10", "100.00")
    assert told["credits"]["totals"] == [{"amount": "100.00", "currency": "EUR"}]


@pytest.mark.requirement("B-5")
def test_the_same_history_under_another_tier_other_hours_and_other_targets(tmp_path):
    export, plan = tmp_path / "export.csv", tmp_path / "plan.yaml"
    plan.write_text(PLAN)
    as_csv(export)
    given = [export, "--plan", plan, "--format-of-export", "csv", "--tier", "basic", "--fee", "EUR 1000"]
    worlds = [
        "Round the clock: tier=round",
        "Longer days: calendars.office.week.mon-fri=08:00-20:00",
        "Two days: tiers.basic.targets.resolution.moderate=16h",
        "Strict: tiers.basic.targets.resolution.critical=2h",
    ]
    options = [each for world in worlds for each in ("--if", world)]
    where = ["--until", "2026-04-01T00:00:00Z", "--output", tmp_path / "out", "--quiet"]
    result = CliRunner().invoke(what_if.app, [str(each) for each in [*given, *options, *where]], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    told = json.loads((tmp_path / "out" / "what-if.json").read_text())
    found = {}
    for world in told["worlds"]:
        [resolution] = [each for each in world["metrics"] if each["metric"] == "resolution"]
        [owed] = world["credits"]["totals"] or [{"amount": "0.00"}]
        found[world["name"]] = (resolution["late"], Decimal(owed["amount"]))
    assert found == {
        "As it was": (1, Decimal("100.00")),
        "Round the clock": (1, Decimal("100.00")),  # 25 hours of 8
        "Longer days": (1, Decimal("100.00")),  # 13 hours of 8
        "Two days": (0, Decimal("0.00")),
        "Strict": (2, Decimal("200.00")),  # two of three, and 20 %
    }
    page = (tmp_path / "out" / "what-if.html").read_text()
    assert all(world.partition(":")[0] in page for world in worlds)
