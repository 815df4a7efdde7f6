"""
What takes a ticket's clocks out of the promise by the plan's fields: coverage, and errors that nobody can reproduce.
"""

import dataclasses

import pytest

from tests.core.clocks.tickets import fold, one, rules, ticket
from tests.worked_examples.plans import celigo, opigno

OPENED = ("2026-06-01T08:00:00Z opened portal", "2026-06-01T08:00:00Z urgency critical")


def cause(the_rules, *lines):
    exclusion = one(the_rules, *lines).exclusion
    return exclusion and (exclusion.cause, exclusion.seq)


@pytest.mark.requirement_part("OPI-7")
def test_an_error_that_cannot_be_reproduced_leaves_the_targets():
    late = "2026-06-30T08:00:00Z reply"
    assert cause(opigno("corporate"), *OPENED, "2026-06-02T08:00:00Z not_reproducible", late) == ("not_reproducible", 3)
    clock = one(opigno("corporate"), *OPENED, "2026-06-02T08:00:00Z not_reproducible", late)
    assert clock.verdict.value == "breached", "the clock says what happened; it only does not count"


@pytest.mark.requirement_part("OPI-7")
def test_one_that_was_reproduced_after_all_counts_again():
    lines = (*OPENED, "2026-06-02T08:00:00Z not_reproducible", "2026-06-03T08:00:00Z reproduced")
    assert cause(opigno("corporate"), *lines) is None


def test_a_plan_that_does_not_take_it_out_keeps_it():
    kept = ("reproduction.excluded_from", "nothing")
    assert cause(opigno("corporate", kept), *OPENED, "2026-06-02T08:00:00Z not_reproducible") is None
    assert cause(rules(), "01 09:00 opened portal", "01 09:00 severity high", "01 10:00 not_reproducible") is None


def decided(the_rules, coverage, rule):
    events = ticket("2026-04-13T15:00:00Z opened portal", "2026-04-13T15:00:00Z urgency urgent",
                    f"2026-04-13T16:00:00Z coverage {coverage}")  # fmt: skip
    events[-1] = dataclasses.replace(events[-1], rule=rule)
    (clock,) = fold(events, the_rules).clocks
    return clock.exclusion and clock.exclusion.cause


@pytest.mark.requirement_part("CEL-9")
@pytest.mark.parametrize(
    ("coverage", "rule", "found"),
    [
        ("best_effort", "coverage[13]", "best_effort"),
        ("not_covered", "coverage[12]", "not_covered"),
        ("not_covered", None, "not_covered"),
        ("chargeable", "coverage[1]", None),
        ("covered", None, None),
    ],
)
def test_what_coverage_takes_out(coverage, rule, found):
    assert decided(celigo("preferred"), coverage, rule) == found


def test_a_rule_can_take_out_what_it_charges_for():
    apart = ("coverage", [{"coverage": "chargeable", "excluded_from": "targets"}])
    assert decided(celigo("preferred", apart), "chargeable", "coverage[0]") == "chargeable"
    assert decided(celigo("preferred", apart), "chargeable", None) is None
