"""
``upheld explain``, as a person runs it: for a file of events and for a ticket of an export.
"""

import io
import json
import sys
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from tests.explained_tickets import PLAN, TICKETS
from tests.shared_files import shared
from upheld.cli import explain, main
from upheld.core import events as ev
from upheld.core.plan.places import DocumentError

CSV = """ticket,customer,opened,first_response,resolved,severity
T-1,Northwind,2026-03-02 16:00,2026-03-03 11:30,,urgent
T-002,Fabrikam,2026-03-02 16:00,2026-03-03 09:30,2026-03-03 12:00,high
T-3,Fabrikam,soon,,,high
"""
MAPPING = """upheld-mapping: 1
shape: csv
rows: ticket
columns: {ticket: ticket, customer: customer, opened: opened, first_response: first_response, resolved: resolved,
  severity: severity}
dates: yyyy-mm-dd HH:MM
zone: Europe/Zurich
"""


@pytest.fixture
def lay(tmp_path):
    def write(text, name):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


@pytest.fixture
def plan(lay):
    return lay(PLAN, "plan.yaml")


@pytest.fixture
def ticket(lay):
    def write(name):
        return lay("\n".join(json.dumps(ev.to_record(each)) for each in TICKETS[name].events), f"{name}.jsonl")

    return write


@pytest.fixture
def export(lay):
    return ["--export", lay(CSV, "log.csv"), "--mapping", lay(MAPPING, "mapping.yaml"), "--format-of-export", "csv"]


def run(*arguments):
    return CliRunner().invoke(explain.app, list(arguments), catch_exceptions=False)


def refused(*arguments):
    """The code with which a command is refused."""
    with pytest.raises(explain.UpheldError) as caught:
        run(*arguments)
    return caught.value.code


NOW = ("--now", "2026-03-06T12:00:00+01:00")


def test_text(plan, ticket):
    result = run(ticket("breached_and_stopped"), "--plan", plan, "--metric", "first_response", *NOW)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Tier Standard, severity Urgent, seen at Fri 6 Mar 2026 12:00 CET (Europe/Zurich)",
        "",
        "First response  broken",
        "  First response started Mon 2 Mar 2026 16:00 CET, when the ticket was opened.",
        "  Promised for Urgent: within 2 h, counted in the support hours “Office hours”.",
        "  Due Tue 3 Mar 2026 10:00 CET.",
        "  Broken: support replied Tue 3 Mar 2026 11:30 CET, 1 h 30 min late.",
        "    Mon 2 Mar 16:00-17:00                   1 h  counted",
        "    Mon 2 Mar 17:00-Tue 3 Mar 09:00              outside hours",
        "    Tue 3 Mar 09:00-11:30            2 h 30 min  counted",
        "                                     3 h 30 min  counted in all",
        "",
    ]


def test_all_clocks_of_a_ticket_at_any_moment_in_any_zone(plan, ticket):
    late = run(ticket("called"), "--plan", plan, "--tier", "standard", "--now", "2026-03-02T22:15:00+01:00",
               "--zone", "America/Los_Angeles").stdout  # fmt: skip
    assert "First response  outside hours" in late
    assert "Support is closed now; it goes on Tue 3 Mar 2026 00:00 PST, with 2 h left." in late
    assert "Resolution  running" in late


def test_a_long_table_is_told_in_the_middle(plan, ticket):
    told = run(ticket("breached_and_open"), "--plan", plan, "--now", "2026-05-06T12:00:00Z").stdout
    assert "more stretches" in told
    table = told.partition("Resolution")[0].splitlines()
    assert sum(" counted" in line or " outside hours" in line for line in table if line.startswith("    ")) == 16


def test_nothing_promised(plan, lay):
    raw = json.dumps({"kind": "opened", "effective_at": "2026-03-02T16:00:00+01:00"})
    assert "Nothing is promised for this ticket." in run(lay(raw, "e.jsonl"), "--plan", plan).stdout


def test_json(plan, ticket):
    told = json.loads(run(ticket("paused"), "--plan", plan, "--format", "json", *NOW).stdout)
    assert [(each["metric"], each["state"]) for each in told] == [
        ("first_response", "breached"),
        ("resolution", "paused"),
    ]
    clock = told[1]
    assert clock["started_at"] == "2026-03-02T15:00:00Z"
    assert (clock["spent_seconds"], clock["allowed_seconds"], clock["share"]) == (7_200, 57_600, "0.1250")
    assert clock["paused_by"] == ["waiting_on_customer"]
    assert [each["code"] for each in clock["steps"]] == [
        "clock.started", "clock.promised", "clock.paused_since", "clock.waits"
    ]  # fmt: skip
    assert clock["steps"][1]["params"]["length"] == "2d hours"
    assert clock["steps"][2]["sentence"] == "Paused since Tue 3 Mar 2026 10:00 CET: waiting on the customer."
    assert sum(each["seconds"] for each in clock["stretches"] if each["kind"] == "counted") == clock["counted_seconds"]
    assert clock["computation"] == "1 h (Mon 2 Mar 16:00-17:00) + 1 h (Tue 3 Mar 09:00-10:00) = 2 h"


@pytest.mark.parametrize("name", TICKETS)
def test_every_ticket_in_every_form(plan, ticket, name):
    asked = [ticket(name), "--plan", plan, "--now", "2026-03-20T12:00:00Z"]
    assert run(*asked).stdout
    json.loads(run(*asked, "--format", "json").stdout)
    picture = ET.fromstring(run(*asked, "--format", "svg").stdout)  # noqa: S314  ours
    ids = [each.get("id") for each in picture.iter() if each.get("id")]
    assert len(ids) == len(set(ids))


def test_plans_that_ship_go_by_name(lay):
    raw = '{"kind": "opened", "effective_at": "2026-04-17T16:30:00-07:00"}\n' + json.dumps(
        {"kind": "urgency_stated", "effective_at": "2026-04-17T16:30:00-07:00", "urgency": "urgent"}
    )
    told = run(lay(raw, "e.jsonl"), "--plan", "celigo", "--tier", "essential", "--now", "2026-04-18T00:00:00Z")
    assert "Due Mon 20 Apr 2026 11:30 PDT." in told.stdout


# ------------------------------------------------------------------------------------------------ tickets of an export


def test_a_ticket_of_an_export(plan, export):
    result = run(*export, "--ticket", "T-1", "--plan", plan, "--tier", "standard", "--metric", "first_response")
    assert "Broken: support replied Tue 3 Mar 2026 11:30 CET, 1 h 30 min late." in result.stdout


def test_an_open_clock_of_an_export_is_seen_at_the_exports_end(plan, export):
    told = run(*export, "--ticket", "T-1", "--plan", plan, "--metric", "resolution").stdout
    assert told.startswith("Tier Standard, severity Urgent, seen at Tue 3 Mar 2026 12:00 CET")


def test_the_zone_of_an_export(plan, export):
    told = run(*export, "--ticket", "T-1", "--plan", plan, "--metric", "first_response", "--zone", "UTC").stdout
    assert "First response started Mon 2 Mar 2026 16:00 UTC" in told
    assert "Support was closed then" in told


def test_the_customers_contract(plan, export, lay):
    customers = lay("customer,tier\nFabrikam,standard\n", "customers.csv")
    told = run(*export, "--ticket", "T-002", "--plan", plan, "--customers", customers)
    assert "First response  kept" in told.stdout
    assert refused(*export, "--ticket", "T-1", "--plan", plan, "--customers", customers) == "explain.no_contract"


@pytest.mark.parametrize(("given", "near"), [("t-2", ["T-002"]), ("T-0001", ["T-1"])])
def test_a_misspelt_ticket(plan, export, given, near):
    with pytest.raises(explain.ExplainCommandError) as caught:
        run(*export, "--ticket", given, "--plan", plan)
    assert (caught.value.code, caught.value.params["near"]) == ("explain.misspelt_ticket", near)


def test_a_ticket_that_is_not_there(plan, export):
    assert refused(*export, "--ticket", "incident", "--plan", plan) == "explain.unknown_ticket"


def test_a_real_log_says_what_it_cannot_show():
    log = str(shared("data/tickets/servicenow_incident_event_log.csv.gz"))
    told = run("--export", log, "--ticket", "INC0000045", "--plan", "itsm")
    assert told.exit_code == 0
    assert "First response  cannot be seen" in told.stdout
    assert "Kept: the ticket was resolved" in told.stdout


# ------------------------------------------------------------------------------------------------------------ refusals


def test_refusals(plan, ticket, lay, export):
    good = ticket("running")
    assert refused(good) == "cli.explain_needs"
    assert refused("--plan", plan) == "cli.explain_needs"
    assert refused(*export, "--plan", plan) == "cli.explain_needs"
    assert refused(good, *export, "--ticket", "T-1", "--plan", plan) == "cli.explain_both"
    assert refused(good, "--plan", plan, "--tier", "gold") == "story.unknown_tier"
    assert refused(good, "--plan", plan, "--metric", "respones") == "explain.unknown_metric"
    assert refused(good, "--plan", plan, "--zone", "Europe/Zürich") == "calendar.misspelt_zone"
    assert refused(good, "--plan", plan, "--now", "2026-03-02T18:00:00") == "instant.naive"
    assert refused(good, "--plan", plan, "--now", "2026-03-02T15:00:00+01:00") == "explain.before_opening"
    assert refused(lay("", "none.jsonl"), "--plan", plan) == "story.empty"
    assert refused(lay('{"kind": "opened", "effective_at": "2026-03-02T16:00:00"}', "n.jsonl"), "--plan", plan) == (
        "explain.bad_event"
    )


def test_a_moment_before_the_opening_but_after_a_call_that_came_first(plan, lay):
    events = [
        {"kind": "call_logged", "effective_at": "2026-03-02T15:00:00Z"},
        {"kind": "opened", "effective_at": "2026-03-02T16:00:00Z"},
    ]
    file = lay("\n".join(map(json.dumps, events)), "e.jsonl")
    assert refused(file, "--plan", plan, "--now", "2026-03-02T15:30:00Z") == "explain.before_opening"


def test_a_plan_with_errors(lay, ticket):
    with pytest.raises(DocumentError):
        run(ticket("running"), "--plan", lay(PLAN.replace("metrics:", "metrcis:"), "bad.yaml"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.jsonl", "--plan", "celigo"], "upheld: nowhere.jsonl cannot be used: No such file or directory."),
        (
            ["nowhere.jsonl", "--plan", "nowhere.yaml"],
            "upheld: nowhere.yaml cannot be used: No such file or directory.",
        ),
        ([".", "--plan", "celigo"], "upheld: . cannot be used: Is a directory."),
        (["BAD", "--plan", "celigo"], "line 1: The event opened lacks its field effective_at."),
    ],
)
def test_nobody_sees_a_traceback(arguments, said, lay, monkeypatch, capsys):
    bad = lay('{"kind": "opened"}', "bad.jsonl")
    monkeypatch.setattr(sys, "argv", ["upheld", "explain", *[bad if each == "BAD" else each for each in arguments]])
    with pytest.raises(SystemExit) as left:
        main.main()
    assert left.value.code == 2
    errors = capsys.readouterr().err
    assert said in errors
    assert "Traceback" not in errors


def test_names_cannot_steer_the_terminal(plan, lay):
    rows = [
        {"kind": "opened", "effective_at": "2026-03-02T16:00:00+01:00"},
        {"kind": "severity_assigned", "effective_at": "2026-03-02T16:00:00+01:00", "severity": "urgent"},
        {"kind": "exclusion_decided", "effective_at": "2026-03-02T16:00:00+01:00", "cause": "\x1b[31m[bold]red\u202e"},
    ]
    told = run(lay("\n".join(map(json.dumps, rows)), "e.jsonl"), "--plan", plan, *NOW).stdout
    assert "\x1b" not in told
    assert "This does not count towards the promise: �[31m[bold]red�." in told


def test_the_output_goes_to_any_stream(plan, ticket, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    explain.app([ticket("running"), "--plan", plan, *NOW], standalone_mode=False)
    assert "First response  broken" in sys.stdout.getvalue()
