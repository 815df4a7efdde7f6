"""
``upheld replay``, as a person runs it.
"""

import csv
import json

import pytest
from typer.testing import CliRunner

from tests.importers import test_zendesk as zendesk
from tests.shared_files import shared
from tests.source_tree import ROOT
from upheld.cli import replay
from upheld.core.errors import UpheldError
from upheld.core.plan.places import DocumentError

LOG = "data/tickets/servicenow_incident_event_log.csv.gz"
TICKETS = """\
ticket,customer,opened,first_response,resolved,severity,channel
1,=Acme,2026-03-02 09:00,2026-03-02 09:20,2026-03-02 12:00,critical,phone
2,=Acme,2026-03-02 09:00,2026-03-02 15:00,2026-03-12 12:00,high,phone
3,Beta,2026-03-03 09:00,,2026-03-04 12:00,moderate,email
4,Beta,not a date,,,low,email
"""


def run(*arguments):
    return CliRunner().invoke(replay.app, list(map(str, arguments)), catch_exceptions=False)


@pytest.fixture
def tickets(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text(TICKETS)
    return path


@pytest.mark.requirement_part("B-4")
def test_a_plain_csv(tickets, tmp_path):
    out = tmp_path / "out"
    result = run(tickets, "--plan", "itsm", "--format-of-export", "csv", "--tier", "plus", "--output", out)
    assert result.exit_code == 0
    report = json.loads((out / "replay.json").read_text())
    counted = {each["metric"]: (each["met"], each["late"], each["outside"]["running"]) for each in report["metrics"]}
    assert counted == {"first_response": (1, 2, 0), "resolution": (2, 1, 0)}
    assert [(each["code"], each["line"]) for each in report["findings"]] == [("import.unreadable_date", 5)]
    assert report["log"]["rows_not_used"] == 1
    assert "line 5" in result.stdout


def test_formulas_are_neutralised_in_the_csv_and_nowhere_else(tickets, tmp_path):
    run(tickets, "--plan", "itsm", "--format-of-export", "csv", "--output", tmp_path, "--quiet")
    with (tmp_path / "replay-clocks.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["customer"] for row in rows} == {"'=Acme", "Beta"}
    assert len(rows) == 6
    report = json.loads((tmp_path / "replay.json").read_text())
    assert {each["customer"] for each in report["metrics"][0]["by_customer"]} == {"=Acme", "Beta"}


def test_quiet_says_only_where_the_files_lie(tickets, tmp_path):
    result = run(tickets, "--plan", "itsm", "--format-of-export", "csv", "--quiet", "--html", tmp_path / "page.html")
    assert result.stdout == f"page: {(tmp_path / 'page.html').as_uri()}\n"


def test_the_end_can_be_set(tickets, tmp_path):
    data = tmp_path / "r.json"
    run(
        tickets,
        "--plan",
        "itsm",
        "--format-of-export",
        "csv",
        "--until",
        "2026-06-01T00:00:00Z",
        "--json",
        data,
        "--quiet",
    )
    report = json.loads(data.read_text())
    assert report["as_of"] == "2026-06-01T00:00:00Z"
    assert {each["metric"]: each["late"] for each in report["metrics"]}["first_response"] == 2


def test_the_demo_needs_nothing(tmp_path):
    result = run("--demo", "--output", tmp_path)
    assert result.exit_code == 0
    assert "Resolution: 92.7 % of 3,000 promises were kept; 218 were broken." in " ".join(result.stdout.split())
    names = {"replay.html", "replay.json", "replay-clocks.csv", "demo-log.csv", "demo-customers.yaml"}
    assert {each.name for each in tmp_path.iterdir()} == names


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--plan", "itsm"], "cli.replay_needs", id="no-export"),
        pytest.param(["TICKETS"], "cli.replay_needs", id="no-plan"),
        pytest.param(["TICKETS", "--plan", "itsm"], "import.missing_column", id="another-shape"),
        pytest.param(["nowhere.csv", "--plan", "itsm"], "import.cannot_open", id="no-file"),
        pytest.param(["TICKETS", "--plan", "itsm", "--format-of-export", "csv", "--zone", "Mars/Base"],
                     "calendar.unknown_zone", id="zone"),
        pytest.param(["TICKETS", "--plan", "itsm", "--format-of-export", "csv", "--until", "2026-01-01T00:00:00Z"],
                     "replay.now_too_early", id="until-too-early"),
    ],
)  # fmt: skip
def test_what_is_refused_leaves_no_page(tickets, tmp_path, arguments, code):
    given = [str(tickets) if each == "TICKETS" else each for each in arguments]
    with pytest.raises(UpheldError) as refused:
        run(*given, "--html", tmp_path / "page.html", "--csv", tmp_path / "clocks.csv")
    assert refused.value.code == code
    assert [each.name for each in tmp_path.iterdir()] == ["tickets.csv"]


def test_an_unknown_tier(tickets):
    with pytest.raises(DocumentError) as refused:
        run(tickets, "--plan", "itsm", "--format-of-export", "csv", "--tier", "pluss")
    assert refused.value.findings[0].params["nearest"] == "plus"


@pytest.mark.requirement_part("B-4")
def test_the_real_log(tmp_path):
    result = run(shared(LOG), "--plan", "itsm", "--output", tmp_path, "--quiet")
    assert result.exit_code == 0
    report = json.loads((tmp_path / "replay.json").read_text())
    log = report["log"]
    assert (log["rows"], log["rows_not_used"], log["tickets"], log["tickets_judged"]) == (119_998, 0, 20_769, 20_769)
    metrics = {each["metric"]: each for each in report["metrics"]}
    assert metrics["first_response"]["outside"]["unobservable"] == 20_769
    assert metrics["first_response"]["percent"] is None
    assert metrics["resolution"]["denominator"] == 20_769
    assert sum(each["denominator"] for each in metrics["resolution"]["by_customer"]) == 20_769
    with (tmp_path / "replay-clocks.csv").open(newline="") as file:
        assert sum(1 for _ in csv.reader(file)) == 1 + 2 * 20_769


@pytest.mark.requirement_part("B-4")
def test_an_export_in_json(tmp_path):
    export = tmp_path / "export.json"
    export.write_text(json.dumps(zendesk.EXPORT), encoding="utf-8")
    mapping = tmp_path / "mapping.yaml"
    shipped = (ROOT / "src/upheld/importers/shapes/zendesk.yaml").read_text(encoding="utf-8")
    mapping.write_text(
        shipped.replace("urgent: urgent", "urgent: critical").replace("normal: normal", "normal: moderate")
    )
    result = run(
        export, "--plan", "itsm", "--format-of-export", "zendesk", "--mapping", mapping, "--json", tmp_path / "r.json",
        "--quiet",
    )  # fmt: skip
    assert result.exit_code == 0
    report = json.loads((tmp_path / "r.json").read_text())
    counted = {each["metric"]: (each["met"], each["late"]) for each in report["metrics"]}
    # Ticket 1 was raised to critical an hour before its answer, and critical has an hour: kept to the minute.
    assert counted == {"first_response": (2, 0), "resolution": (2, 0)}
