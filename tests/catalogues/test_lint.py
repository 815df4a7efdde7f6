"""
The six policies are finished plans: the linter tells their assumptions and nothing else, and finds holes by itself.
"""

from collections import Counter

import pytest
from typer.testing import CliRunner

from tests.catalogues.plans import POLICIES, loaded
from tests.source_tree import ROOT
from upheld.cli import plan
from upheld.core.errors import Weight


@pytest.mark.parametrize("name", POLICIES)
def test_the_command_tells_assumptions_and_nothing_else(name):
    path = ROOT / "src/upheld/catalogues" / f"{name}.yaml"
    told = CliRunner().invoke(plan.app, ["lint", str(path)], catch_exceptions=False)
    assert told.exit_code == 0
    weights = {line.split()[1] for line in told.stdout.splitlines() if line.startswith(str(path))}
    assert weights == {"assumption"}
    assert told.stdout.splitlines()[-1] == f"{len(loaded(name).findings)} assumptions"


def found(name):
    """What the linter found by itself, without the plan's own list."""
    return {(each.code, each.places[0].path) for each in loaded(name).findings if each.code != "lint.assumption"} - {
        ("lint.moved_clocks_silent", each.places[0].path) for each in loaded(name).findings
    }


FOUND = [
    # what the source leaves open or gets wrong, as the linter finds it, and where
    ("CEL-2-sample-rows", "celigo", "lint.printed_hours_differ", "calendars.office.printed.UTC"),
    ("CEL-2-sample-rows", "celigo", "lint.printed_hours_differ", "calendars.office.printed.Africa/Harare"),
    ("CEL-2-sample-rows", "celigo", "lint.printed_hours_differ", "calendars.office.printed.Australia/Sydney"),
    ("CEL-2-sample-rows", "celigo", "lint.printed_hours_differ", "calendars.follow.printed.UTC"),
    ("CEL-2-us-holidays", "celigo", "lint.country_without_subdivision", "holiday_lists.us"),
    ("CEL-6-gaps", "celigo", "lint.severity_gap", "severities"),
    ("CEL-7-follow-up", "celigo", "lint.higher_tier_slower", "tiers.preferred.targets.follow_up.urgent"),
    ("CEL-17-fee", "celigo", "lint.tier_change_fee_silent", "terms"),
    ("CLX-1-sample-rows", "cloudextend", "lint.printed_hours_differ", "calendars.office.printed.Australia/Sydney"),
    ("OPI-6-holidays", "opigno", "lint.holidays_silent", "calendars.business"),
    ("OPI-10-holidays", "opigno", "lint.holidays_silent", "calendars.customer_business"),
    ("OPI-19-gaps", "opigno", "lint.severity_gap", "severities"),
    ("OPT-6-table", "optimy", "lint.target_from_contract", "tiers.standard.targets.response.high"),
    ("OPT-6-table", "optimy", "lint.target_from_contract", "tiers.standard.targets.remediation_plan.low"),
    ("CPI-1-range", "cpi", "lint.range_due_at_end", "tiers.standard.targets.first_response.level_4"),
    ("CPI-7-gaps", "cpi", "lint.severity_gap", "severities"),
    ("CPI-date", "cpi", "lint.effective_absent", ""),
    ("CAP-1-holidays", "connecta", "lint.holidays_silent", "calendars.response"),
    ("CAP-3-a", "connecta", "lint.immediate_without_figure", "tiers.essential.targets.emergency_response"),
    ("CAP-7-a-fee", "connecta", "lint.tier_change_fee_silent", "terms.tier_change_fee"),
]


@pytest.mark.requirement_part("B-1", "OPT-6", "CAP-3", "CEL-2", "CPI-1")
@pytest.mark.parametrize(
    ("name", "code", "path"), [each[1:] for each in FOUND], ids=[f"{each[0]} {each[3]}" for each in FOUND]
)
def test_holes_are_found_without_being_told(name, code, path):
    assert (code, path) in found(name)


def test_nothing_else_is_found():
    codes = Counter(code for name in POLICIES for code, _ in found(name))
    assert set(codes) == {code for _, _, code, _ in FOUND}


@pytest.mark.requirement_part("CEL-2", "CLX-1")
def test_the_rows_that_agree_with_pacific_hours_are_let_through():
    for name in ("celigo", "cloudextend"):
        differing = {path for code, path in found(name) if code == "lint.printed_hours_differ"}
        assert not [path for path in differing if path.endswith("America/New_York")]


@pytest.mark.parametrize("name", POLICIES)
def test_each_assumption_quotes_and_reads(name):
    plan_ = loaded(name).plan
    abouts = [each.about for each in plan_.assumptions]
    assert len(set(abouts)) == len(abouts)
    assert all(each.text and each.reading for each in plan_.assumptions)
    assert sum(each.code == "lint.assumption" for each in loaded(name).findings) == len(abouts)
    assert {each.weight for each in loaded(name).findings} == {Weight.ASSUMPTION}
