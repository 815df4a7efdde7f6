"""
Support hours of the catalogues: by tier, on every date, in every zone, with limited holidays.
"""

import datetime as dt
import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalogues.plans import plan_of
from tests.core.clocks.tickets import at, one
from tests.worked_examples.plans import celigo
from upheld.core.calendars.hours_table import hours_table
from upheld.core.calendars.zones import zone, zone_names
from upheld.core.plan.contract import Contract
from upheld.core.plan.support_hours import SupportHours

PACIFIC = zone("America/Los_Angeles")
QUARTER = dt.timedelta(minutes=15)
ZONES = sorted(each for each in zone_names() if "/" in each)
TIERS = {"essential": "office", "preferred": "follow", "premier": "always"}


def is_open(tier, instant):
    """The policy's own words (1.2, 1.3), read on the clocks of California."""
    local = instant.astimezone(PACIFIC)
    weekday, hour = local.weekday(), local.hour
    if tier == "essential":
        return weekday < 5 and 8 <= hour < 17
    if tier == "preferred":
        return weekday < 4 or (weekday == 4 and hour < 17) or (weekday == 6 and hour >= 16)
    return True


@functools.cache
def spec(tier, year):
    hours = SupportHours(plan_of("celigo"), dt.date(year - 1, 12, 1), dt.date(year + 1, 1, 31))
    (rule,) = [each for each in plan_of("celigo").tiers[tier].hours if each.phoned is None]
    assert rule.use == TIERS[tier]
    return hours.spec(rule.use, Contract(customer="c", tier=tier))


@pytest.mark.requirement("CEL-2")
@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(TIERS)),
    st.dates(dt.date(2022, 5, 1), dt.date(2032, 12, 31)),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=3),
)
def test_the_table_is_right_on_every_date_in_every_zone(tier, day, zones):
    table = hours_table(spec(tier, day.year), zones, day)
    assert len(table.rows) == len(zones)
    for row in table.rows:
        assert row.always is (tier == "premier")
        start = dt.datetime.combine(table.first, dt.time(), PACIFIC).astimezone(dt.UTC)
        end = dt.datetime.combine(table.last + dt.timedelta(days=1), dt.time(), PACIFIC).astimezone(dt.UTC)
        instant = start
        while instant < end and not row.always:
            shown = any(window.opens <= instant < window.closes for window in row.windows)
            assert shown == is_open(tier, instant), (row.zone, instant)
            instant += QUARTER
        for window in row.windows:
            assert {each.utcoffset() for each in (window.opens, window.opens.astimezone(zone(row.zone)))} == {
                window.opens.utcoffset()
            }


@pytest.mark.requirement("CEL-2")
@pytest.mark.parametrize(
    ("tier", "severity", "due"),
    [
        # opened Wednesday 25 November 2026, 15:00 Pacific; Thanksgiving is the day after
        ("essential", "urgent", "2026-11-26T18:00:00Z"),
        ("essential", "high", "2026-11-27T23:00:00Z"),
        ("preferred", "urgent", "2026-11-26T01:00:00Z"),
        ("preferred", "normal", "2026-11-30T22:00:00Z"),
        ("premier", "normal", "2026-11-26T23:00:00Z"),
    ],
)
def test_a_us_holiday_is_limited_support(tier, severity, due):
    lines = ("2026-11-25T23:00:00Z opened portal", f"2026-11-25T23:00:00Z urgency {severity}")
    assert one(celigo(tier), *lines, metric="first_response").due_at == at(due)
    holidays = plan_of("celigo").calendars[TIERS[tier]].holidays
    assert [(each.effect, each.severities) for each in holidays.values()] == (
        [] if tier == "premier" else [("limited", ("urgent",))]
    )
