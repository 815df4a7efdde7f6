"""
Tallies: parts that add up, exact shares, groups in one pass.
"""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_clocks import HOUR, NOW, OPENED, at, excluded, many, plan, promise, seen
from upheld.core.compliance.scopes import Part, Scope, scope_of_credits
from upheld.core.compliance.tallies import (
    Tally,
    by_all,
    by_customer,
    by_metric,
    by_period,
    by_severity,
    tallies_by,
    tally,
)
from upheld.core.plan.contract import Contract
from upheld.core.plan.model.compliance import CreditScheme
from upheld.core.plan.model.compliance import Period as PeriodRule

WARRANTY = {
    "tiers": ["gold"],
    "severities": ["urgent", "high", "normal"],
    "per": "quarter",
    "of": "violation_share",
    "table": {">= 0%": "0%"},
}


def warranted(leave):
    """CEL-11-c: 60 clocks that count, 3 late, one of them by the customer's firewall; 40 on Low, 5 late."""
    counted = many(met=57, breached=2)
    low = many(met=35, breached=5, promise=promise(severity="low"))
    blocked = seen(verdict="breached", exclusion=excluded("customer_acts"), ticket="T-firewall")
    scheme = CreditScheme.model_validate({**WARRANTY, "excluded_leave": leave})
    return tally([*counted, blocked, *low], scope_of_credits(scheme, plan()), NOW)


@pytest.mark.requirement_part("CEL-11")
@pytest.mark.parametrize(
    ("leave", "events", "share"),
    [("both", 59, Fraction(2, 59)), ("numerator", 60, Fraction(2, 60))],
    ids=["CEL-11-c both", "CEL-11-c numerator"],
)
def test_excluded_clocks_leave(leave, events, share):
    found = warranted(leave)
    assert (found.events, found.breached, found.violation_share) == (events, 2, share)
    assert found.share == 1 - share
    assert found.not_counted == {"standing.severity_not_in_scope": 40}
    assert (found.excluded, found.forgiven) == ((1, 0) if leave == "both" else (0, 1))
    assert found.total == 100


def test_no_events_no_share():
    found = tally(
        [seen(verdict="ended"), seen(verdict="unobservable"), seen(verdict="pending", due_at=None)], Scope(), NOW
    )
    assert (found.events, found.share, found.violation_share) == (0, None, None)
    assert (found.ended, found.unobservable, found.pending, found.total) == (1, 1, 1, 3)
    assert tally([], Scope(), NOW) == Tally({})


def test_a_running_clock_whose_due_time_has_passed_is_a_violation():
    running = seen(verdict="pending")
    before = tally([running], Scope(), OPENED + 4 * HOUR)
    after = tally([running], Scope(), OPENED + 4 * HOUR + 1)
    assert (before.breached, before.pending) == (0, 1)
    assert (after.breached, after.pending) == (1, 0)


def test_groups_in_one_pass():
    bolt = Contract(customer="bolt", tier="gold", contract="B-1", zone="America/Los_Angeles")
    night = at("2026-07-01T03:00:00Z")
    rows = [
        seen(verdict="met"),
        seen(verdict="breached", metric="resolution", promise=promise(severity="low")),
        seen(verdict="breached", contract=bolt, opened=night),
        seen(verdict="met", opened=night),
    ]
    asked = iter(rows)
    quarter = by_period(PeriodRule(each="quarter"))
    metric, severity, both = tallies_by(asked, Scope(), NOW, by_metric, by_severity, by_all(by_customer, quarter))
    assert {name: (one.events, one.breached) for name, one in metric.items()} == {
        "first_response": (3, 1),
        "resolution": (1, 1),
    }
    assert {name: one.events for name, one in severity.items()} == {"high": 3, "low": 1}
    # The same night is June in Los Angeles and July in UTC.
    assert {(customer, period.label): one.total for (customer, period), one in both.items()} == {
        ("acme", "2026-Q2"): 2,
        ("bolt", "2026-Q2"): 1,
        ("acme", "2026-Q3"): 1,
    }


@pytest.mark.parametrize(
    ("by", "label"), [("opened", "2026-06"), ("due", "2026-07"), ("ended", "2026-08")], ids=["opened", "due", "ended"]
)
def test_what_puts_a_clock_into_a_period(by, label):
    opened = at("2026-06-30T12:00:00Z")
    due, stopped = at("2026-07-15T12:00:00Z"), at("2026-08-15T12:00:00Z")
    one = seen(opened=opened, verdict="breached", allowed=due - opened, spent=stopped - opened)
    (groups,) = tallies_by([one], Scope(), NOW, by_period(PeriodRule(each="month"), zone="UTC", belongs_by=by))
    assert [period.label for period in groups] == [label]


def test_a_clock_without_an_end_belongs_to_no_period_yet():
    (groups,) = tallies_by(
        [seen(verdict="pending")], Scope(), NOW, by_period(PeriodRule(each="month"), belongs_by="ended")
    )
    assert list(groups) == [None]


ROWS = st.lists(
    st.builds(
        lambda verdict, cause, severity, tier, hours: seen(
            verdict=verdict,
            exclusion=excluded(cause) if cause else None,
            promise=promise(severity=severity),
            about={"tier": tier, "in_support_hours": hours},
        ),
        st.sampled_from(["met", "breached", "pending", "ended", "unobservable"]),
        st.sampled_from([None, None, "beyond_control", "other"]),
        st.sampled_from(["high", "low"]),
        st.sampled_from(["gold", "bronze"]),
        st.booleans(),
    ),
    max_size=12,
)
SCOPES = st.builds(
    Scope,
    severities=st.sampled_from([frozenset(), frozenset({"high"})]),
    tiers=st.sampled_from([frozenset(), frozenset({"gold"})]),
    opened=st.sampled_from(["any_time", "in_support_hours"]),
    channels=st.just({"gold": frozenset({"portal"}), "bronze": frozenset({"portal"})}),
    exclusions=st.sampled_from([frozenset(), frozenset({"beyond_control"})]),
    excluded_leave=st.sampled_from(["both", "numerator"]),
)


@given(ROWS, SCOPES, st.integers(0, 20))
def test_the_parts_sum_to_the_observations(rows, scope, cut):
    found = tally(rows, scope, NOW)
    assert sum(found.count(part) for part in Part) == found.total == len(rows)
    assert found.events == found.met + found.breached + found.forgiven
    assert (found.share is None) == (found.events == 0)
    if found.share is not None:
        assert found.share + found.violation_share == 1
        assert 0 <= found.share <= 1
    assert tally(rows[:cut], scope, NOW) + tally(rows[cut:], scope, NOW) == found
    for groups in tallies_by(rows, scope, NOW, by_metric, by_severity, by_customer):
        assert sum((one for one in groups.values()), Tally({})) == found
