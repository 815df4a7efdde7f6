"""
``upheld plan``: lint, show, schema, as a person runs them.
"""

import io
import json
import sys

import pytest
from typer.testing import CliRunner

from tests.cases import of_row
from tests.rendering.test_policy_pages import SMALL
from tests.source_tree import ROOT
from upheld import catalogues
from upheld.cli import plan, plan_show
from upheld.cli.plan_documents import plan_document
from upheld.core.plan.places import DocumentError

BROKEN = SMALL.replace("metrics:", "metrcis:").replace("urgent: 4h", "urgent: 4 hous")


@pytest.fixture
def lay(tmp_path):
    def write(text, name="plan.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def run(*arguments):
    return CliRunner().invoke(plan.app, list(arguments), catch_exceptions=False)


def told(result):
    return [line for line in result.stdout.splitlines() if line]


def test_lint_of_a_good_plan_leaves_with_0_and_lists_its_assumptions(lay):
    result = run("lint", lay(SMALL))
    assert result.exit_code == 0
    assert "plan.yaml:8:13 assumption" in result.stdout
    assert "1 assumption" in told(result)[-1]


def test_assumptions_can_be_left_out(lay):
    assert "plan.yaml:8:13 assumption" not in run("lint", lay(SMALL), "--no-assumptions").stdout


def test_lint_of_a_broken_plan_leaves_with_1_and_says_everything(lay):
    result = run("lint", lay(BROKEN))
    assert result.exit_code == 1
    places = [line.split()[0].rpartition("plan.yaml")[2] for line in told(result) if " error " in line]
    assert places == [":14:1", ":22:40"]
    assert told(result)[-1] == "2 errors"


@of_row("BI-PD-022")
def test_a_file_that_is_too_large_is_not_read_whole(lay, monkeypatch):
    result = run("lint", lay(b"a: " + b"x" * 3_000_000))
    assert result.exit_code == 1
    assert "may have 1000000" in result.stdout


def test_many_files_each_has_its_findings_and_one_line_counts_them(lay):
    result = run("lint", lay(SMALL, "a.yaml"), lay(BROKEN, "b.yaml"), lay("", "c.yaml"))
    assert result.exit_code == 1
    assert told(result)[-1].startswith("3 errors, 1 assumption")


def test_a_file_that_is_not_there_is_a_finding_and_the_others_are_checked(lay):
    result = run("lint", "nowhere.yaml", lay(BROKEN))
    assert result.exit_code == 1
    assert "nowhere.yaml cannot be used" in result.stdout
    assert told(result)[-1] == "3 errors"


WARNED = SMALL.replace("normal: 4-8h", "normal: 4d")


def test_warnings_fail_only_when_strict(lay):
    path = lay(WARNED)
    assert " warning " in run("lint", path).stdout
    assert run("lint", path).exit_code == 0
    assert run("lint", path, "--strict").exit_code == 1


def test_lint_as_json(lay):
    result = run("lint", lay(BROKEN), lay(SMALL, "good.yaml"), "--format", "json")
    data = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [file["usable"] for file in data["files"]] == [False, True]
    assert (data["counts"]["error"], data["counts"]["assumption"]) == (2, 1)
    assert data["files"][0]["findings"][0]["places"][0]["line"] == 14


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SMALL.encode())))
    assert plan_document("-") == (SMALL.encode(), "-")


def test_a_plan_that_ships_is_named_by_its_name():
    assert run("show", "celigo", "--tier", "premier").stdout.startswith("Celigo integrator.io")


def test_show(lay):
    result = run("show", lay(SMALL), "--tier", "pro")
    assert result.exit_code == 0
    assert result.stdout.startswith("Acme <b>Care</b> [red]\n")
    assert "Base" not in result.stdout


def test_show_refuses_a_tier_that_is_not_there(lay):
    with pytest.raises(plan_show.PlanCommandError) as caught:
        run("show", lay(SMALL), "--tier", "por")
    assert caught.value.params["suggestion"] == "pro"


def test_show_refuses_a_broken_plan_with_every_finding(lay):
    with pytest.raises(DocumentError) as caught:
        run("show", lay(BROKEN))
    assert [finding.places[0].line for finding in caught.value.findings] == [14, 22]


def test_schema_is_the_snapshot():
    result = run("schema")
    assert result.exit_code == 0
    assert result.stdout == (ROOT / "docs" / "plan.schema.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", catalogues.names())
def test_every_plan_that_ships_is_without_errors(name, lay):
    result = run("lint", lay(catalogues.read(name), f"{name}.yaml"))
    assert result.exit_code == 0, result.stdout
