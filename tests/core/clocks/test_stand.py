"""
How a clock stands at a moment: its state, what is left of it, and when it goes on.
"""

from fractions import Fraction

import pytest

from tests.explained_tickets import TICKETS, at

BLIND = frozenset({"opened", "severity_assigned"})
HOUR = 3_600
STANDINGS = [
    ("running", "first_response", "running", 45 * 60, Fraction(5, 8), False, None),
    ("at_risk", "first_response", "running", 15 * 60, Fraction(7, 8), True, None),
    ("outside_hours", "first_response", "outside_hours", HOUR, Fraction(1, 2), False, "Tue 3 Mar 09:00"),
    ("breached_and_open", "first_response", "breached", -26 * HOUR, Fraction(14), False, None),
    ("breached_and_stopped", "first_response", "breached", -5400, Fraction(7, 4), False, None),
    ("met_to_the_second", "first_response", "met", 0, Fraction(1), False, None),
    ("exclusive_missed", "first_response", "breached", 0, Fraction(1), False, None),
    ("days", "first_response", "running", None, None, False, None),
    ("best_effort", "first_response", "ended", None, None, False, None),
    ("paused", "resolution", "paused", 14 * HOUR, Fraction(1, 8), False, None),
    ("agreed", "resolution", "running", None, None, False, None),
    ("to_be_agreed", "resolution", "not_due", None, None, False, None),
    ("merged", "resolution", "ended", 14 * HOUR, Fraction(1, 8), False, None),
    ("set_to_best_effort", "first_response", "not_due", None, None, False, None),
]


@pytest.mark.parametrize("row", STANDINGS, ids=[f"{row[0]}-{row[1]}" for row in STANDINGS])
def test_standing(row):
    name, metric, *expected, resumes = row
    _, standing = TICKETS[name].explained(metric)
    assert [standing.state.value, standing.left_seconds, standing.share, standing.is_at_risk] == expected
    assert standing.resumes_at == (None if resumes is None else at(resumes))


def test_a_paused_clock_says_what_it_waits_for():
    assert TICKETS["paused"].explained("resolution")[1].paused_by == ("waiting_on_customer",)
    assert TICKETS["was_paused"].explained("resolution")[1].paused_by == ()


def test_an_unobservable_clock_stands_nowhere():
    _, standing = TICKETS["unobservable"].explained("first_response", observed=BLIND)
    assert (standing.state.value, standing.due_at, standing.is_at_risk) == ("unobservable", None, False)
