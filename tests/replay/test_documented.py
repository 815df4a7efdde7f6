"""
docs/replay.md says what there is: keys of the report, of mappings, columns, options, and examples that work.
"""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from upheld import catalogues
from upheld.cli import replay as command
from upheld.core.plan.loading import load_usable
from upheld.importers import mappings
from upheld.replay import assignments, clock_rows

DOC = (Path(__file__).parents[2] / "docs" / "replay.md").read_text(encoding="utf-8")
DEEPEST = {"plan.tiers", "plan.severities", "plan.allowed_late", "metrics[].outside", "metrics[].opened_hours",
           "metrics[].own_verdict", "findings_by_code"}  # fmt: skip
"""Keys whose parts are told in the sentence beside them."""


def documented(section):
    table = DOC.split(section)[1].split("\n## ")[0]
    cells = [line.split(" | ")[0] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def keys(data, path=""):
    """Return every key of plain data as the document writes it."""
    if isinstance(data, list):
        named = {f"{path}[]"}
        return named | {key for each in data for key in keys(each, f"{path}[]")}
    if not isinstance(data, dict) or path in DEEPEST:
        return {path}
    return {key for name, each in data.items() for key in keys(each, f"{path}.{name}" if path else name)}


def told(key):
    """Return whether a key is in the table, or its parts are told in the row of the list that holds it."""
    names = documented("<!-- keys -->")
    holder, _, part = key.removesuffix("[]").rpartition("[].")
    row = next((line for line in DOC.splitlines() if line.startswith("|") and f"`{holder}[]`" in line), "")
    return key in names or f"`{part}`" in row


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    CliRunner().invoke(command.app, ["--demo", "--output", str(folder), "--quiet"], catch_exceptions=False)
    return json.loads((folder / "replay.json").read_text())


def test_every_key_of_the_report(report):
    groups = r"metrics\[\]\.by_\w+\[\]\."
    found = {key.removesuffix("[][]") for key in keys(report) if not re.match(groups, key)}
    assert sorted(key for key in found if not told(key) and ".params." not in key and ".lines[][" not in key) == []


def test_no_key_is_documented_that_is_not_there(report):
    found = keys(report) | {"without_contract[]", "findings[]", "credits.not_computed[]", "metrics[].own_verdict"}
    assert sorted(name for name in documented("<!-- keys -->") if name not in found) == []


def test_groups_have_the_counts_of_their_metric(report):
    metric = report["metrics"][0]
    counts = {"met", "late", "forgiven", "denominator", "share", "percent", "shown", "late_shown", "outside"}
    for word in ("severity", "month", "customer"):
        assert set(metric[f"by_{word}"][0]) == counts | {word}


def test_every_key_of_a_mapping():
    known = {field.alias or name for name, field in mappings.Mapping.model_fields.items()}
    assert documented("## Mapping files") == known
    for column in (
        mappings.SERVICENOW_COLUMNS | mappings.TICKET_COLUMNS | mappings.EVENT_COLUMNS | mappings.JSON_COLUMNS
    ):
        assert re.search(rf"\b{column}\b", DOC), column


def test_every_option():
    options = {
        option for parameter in get_command(command.app).params for option in parameter.opts if option.startswith("--")
    }
    assert sorted(option for option in options if option not in DOC) == []


def test_every_column_of_the_csv():
    section = DOC.split("## replay-clocks.csv")[1]
    assert [name for name in clock_rows.COLUMNS if f"`{name}`" not in section] == []


def test_the_examples_are_read(tmp_path):
    blocks = re.findall(r"```yaml\n(.*?)```", DOC, re.DOTALL)
    (mapping,) = [block for block in blocks if block.startswith("upheld-mapping")]
    (customers,) = [block for block in blocks if block.startswith("upheld-customers")]
    (tmp_path / "mapping.yaml").write_text(mapping)
    (tmp_path / "customers.yaml").write_text(customers)
    assert mappings.load(tmp_path / "mapping.yaml").columns["ticket"] == "Id"
    plan = load_usable(catalogues.read("itsm"), "itsm.yaml").plan
    found = assignments.load(tmp_path / "customers.yaml", plan, ["Halden Harbour", "Other"])
    assert found.contract_of("Halden Harbour").contract == "C-2041"
    assert str(found.contract_of("Other").fee) == "USD 2,400.00"
