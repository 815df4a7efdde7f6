"""
What the linter must find (B-1), each kind once as a person sees it: file, line, column, what is wrong, what to do.
"""

import json
import re

import pytest
from typer.testing import CliRunner

from tests.core.plan.lint.test_lint import BASE, BASIC
from upheld.cli import plan

KINDS = {
    # kind of the row: (what is changed in a good plan, code)
    "gap": ({'">= 4% and < 8%": 10%': '">= 4% and < 7%": 10%'}, "lint.table_gap"),
    "gap of targets": ({BASIC: "first_response: {urgent: 4h}"}, "lint.target_missing"),
    "gap of severities": (
        {"when: [{down: true, scope: some}, {down: false}]": "when: [{down: false}]"},
        "lint.severity_gap",
    ),
    "overlap": ({'">= 4% and < 8%": 10%': '">= 4% and < 9%": 10%'}, "lint.table_overlap"),
    "unreachable row": (
        {"      - {use: office}": "      - {use: office}\n      - {use: always}"},
        "lint.rule_unreachable",
    ),
    "unmet reference": ({"    hours: office\n": "    hours: ofice\n"}, "lint.unknown_name.did_you_mean"),
    "higher tier that is worse": (
        {"first_response: {urgent: 1h, normal: 4h}": "first_response: {urgent: 1h, normal: 9h}"},
        "lint.higher_tier_slower",
    ),
    "ambiguous unit": ({BASIC: "first_response: {urgent: 4m, normal: 8h}"}, "duration.ambiguous_m"),
    "ambiguous zone": ({"zone: Europe/Brussels\ncal": "zone: EST\ncal"}, "plan.unknown_zone"),
    "missing table": ({BASIC: "first_response: {urgent: missing, normal: 8h}"}, "lint.target_from_contract"),
}


@pytest.mark.requirement("B-1")
@pytest.mark.parametrize(("edits", "code"), KINDS.values(), ids=list(KINDS))
def test_each_kind_has_its_place_and_a_fix(tmp_path, edits, code):
    text = BASE
    for old, new in edits.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(plan.app, ["lint", str(path)], catch_exceptions=False).stdout
    found = re.search(rf"^{re.escape(str(path))}:(\d+):(\d+) \w+ .*  {re.escape(code)}$", told, re.MULTILINE)
    assert found, told
    assert 1 <= int(found[1]) <= len(text.splitlines())
    rest = told[found.end() :]
    assert re.search(r"^\s+-> \S", rest, re.MULTILINE) or "did you mean" in told, "each says what to do"


@pytest.mark.requirement("B-1")
def test_the_schema_completes_every_key_for_an_editor():
    schema = json.loads(CliRunner().invoke(plan.app, ["schema"], catch_exceptions=False).stdout)
    assert set(schema["properties"]) >= {"calendars", "severities", "metrics", "tiers", "coverage", "intake"}
    question = schema["$defs"]["Question"]
    question = question.get("anyOf", [question])[0]
    assert set(question["properties"]) == {"ask", "answers", "bands", "asked_of", "from_field"}
    assert all(each.get("description") for each in question["properties"].values())
