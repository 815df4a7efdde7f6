"""
``upheld plan judge``: severity, coverage and intake of a request, with rule, place and words.
"""

import pytest
from typer.testing import CliRunner

from upheld.cli import plan
from upheld.cli.plan_judge import JudgeError
from upheld.core.severity.answers import AnswerError


def run(*arguments):
    done = CliRunner().invoke(plan.app, ["judge", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout.splitlines()


@pytest.mark.requirement_part("CEL-6")
@pytest.mark.parametrize("name", ["CEL-6-7"])
def test_both_rules_are_shown_with_their_place_in_the_document(name):
    lines = run("celigo", "--answer", "system=down", "--environment", "sandbox")
    assert lines[:5] == [
        "Severity: Low (several rules fit, and the plan lets this one go first)",
        "  fits too celigo.yaml:191:9 severities.urgent.when[0] Urgent (system: down)",
        "     3.1: System is down.",
        "  by celigo.yaml:227:9 severities.low.when[2] Low (production: false)",
        "     3.4: All test, development, beta, sandbox, and other non-production related issues and requests.",
    ]


def test_what_is_still_asked_and_of_whom():
    lines = run("opigno", "--tier", "corporate", "--answer", "function=severe_restrictions")
    assert "Severity: none suggested (no rule fits; a person decides)" in lines
    assert [line.split(":")[0] for line in lines if "asks" in line or "  ask:" in line] == ["  ask"] * 4
    assert any(line.startswith("  support answers: Does Connect-i define") for line in lines)


@pytest.mark.requirement_part("CEL-8")
@pytest.mark.parametrize("name", ["CEL-8-a"])
def test_a_request_that_becomes_another(name):
    lines = run("celigo", "--request-type", "error_monitoring")
    start = lines.index("Coverage: chargeable")
    assert lines[start + 1].endswith(" coverage[10]")
    assert lines[start + 4 : start + 8] == [
        "  becomes: enhancement",
        "  ways: product, solution, project",
        "  support decides first, with a reason",
        "  the customer approves the charge before work starts",
    ]


@pytest.mark.requirement_part("CEL-10")
def test_what_is_missing_and_what_clocks_do():
    lines = run("celigo", "--field", "steps=one, two", "--field", "expected=x", "--field", "actual=y")
    start = next(index for index, line in enumerate(lines) if line.startswith("Missing"))
    assert lines[start].startswith("Missing (clocks run on meanwhile, celigo.yaml:")
    assert [line.split("(")[-1].split(",")[0] for line in lines[start + 1 :]] == ["records", "credentials"]
    assert run("opigno")[-1] == "Missing: nothing"


def test_an_add_on_is_counted():
    wanted = ("celigo", "--tier", "premier", "--request-type", "custom_integration")
    assert "Coverage: not covered" in run(*wanted)
    assert "Coverage: covered" in run(*wanted, "--add-on", "custom_integration_maintenance")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--tier", "gold"), "judge.unknown_name"),
        (("--environment", "moon"), "judge.unknown_name"),
        (("--answer", "system"), "judge.no_pair"),
        (("--field", "=x"), "judge.no_pair"),
    ],
)
def test_what_the_plan_does_not_have_is_refused(arguments, code):
    with pytest.raises(JudgeError) as refused:
        run("celigo", *arguments)
    assert refused.value.code == code


def test_an_answer_that_the_plan_does_not_have_is_refused():
    with pytest.raises(AnswerError) as refused:
        run("celigo", "--answer", "system=broken")
    assert refused.value.code == "severity.unknown_answer"
