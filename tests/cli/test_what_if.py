"""
``upheld what-if``, as a person runs it.
"""

import json

import pytest
from typer.testing import CliRunner

from tests.cli.test_replay import LOG, TICKETS
from tests.shared_files import shared
from upheld.cli import what_if
from upheld.core.errors import UpheldError


def run(*arguments):
    return CliRunner().invoke(what_if.app, list(map(str, arguments)), catch_exceptions=False)


@pytest.fixture
def tickets(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text(TICKETS)
    return path


@pytest.mark.requirement_part("B-5")
def test_worlds_of_the_command_line_and_of_a_file(tickets, tmp_path):
    worlds = tmp_path / "worlds.yaml"
    worlds.write_text(
        "upheld-what-if: 1\nworlds:\n  - {name: Kinder, set: {tiers.standard.targets.first_response.high: 1d}}\n"
    )
    common = ("--plan", "itsm", "--format-of-export", "csv", "--fee", "USD 1000", "--output", tmp_path / "out")
    result = run(tickets, *common, "--if", "Plus: tier=plus", "--worlds", worlds)
    assert result.exit_code == 0
    told = json.loads((tmp_path / "out" / "what-if.json").read_text())
    late = {world["name"]: {each["metric"]: each["late"] for each in world["metrics"]} for world in told["worlds"]}
    assert late == {
        "As it was": {"first_response": 2, "resolution": 1},
        "Plus": {"first_response": 2, "resolution": 1},
        "Kinder": {"first_response": 1, "resolution": 1},
    }
    page = (tmp_path / "out" / "what-if.html").read_text()
    assert "Kinder" in page
    assert "<script" not in page
    assert "=Acme" in page
    assert "Kinder: 1 fewer promises late" in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param([], "cli.what_if_needs", id="no-plan"),
        pytest.param(["--plan", "itsm"], "cli.what_if_needs", id="no-world"),
        pytest.param(["--plan", "itsm", "--if", "tier=gold"], "what_if.unknown_tier", id="unknown-tier"),
        pytest.param(["--plan", "itsm", "--if", "calendars.x.day=1h"], "what_if.no_such_place", id="no-such-place"),
        pytest.param(["--plan", "itsm", "--if", "nonsense"], "what_if.nothing_set", id="nothing-set"),
    ],
)
def test_refused_before_anything_is_written(tickets, tmp_path, arguments, code):
    with pytest.raises(UpheldError) as caught:
        run(tickets, *arguments, "--format-of-export", "csv", "--output", tmp_path / "out")
    assert caught.value.code == code
    assert not (tmp_path / "out").exists()


@pytest.mark.requirement_part("B-5")
def test_the_real_log(tmp_path):
    result = run(
        shared(LOG), "--plan", "itsm", "--fee", "USD 2000", "--output", tmp_path, "--quiet",
        "--if", "Five days for low: tiers.standard.targets.resolution.low=5d; tiers.plus.targets.resolution.low=5d",
    )  # fmt: skip
    assert result.exit_code == 0
    told = json.loads((tmp_path / "what-if.json").read_text())
    found = {
        world["name"]: next(each for each in world["metrics"] if each["metric"] == "resolution")
        for world in told["worlds"]
    }
    assert found["As it was"]["late"] == 2_195
    assert (found["Five days for low"]["late"], found["Five days for low"]["now_late"]) == (2_227, 32)
