"""
Support hours: which calendar a plan's rule becomes for a customer, a severity and a channel.
"""

import datetime as dt

import pytest

from tests.core.clocks.tickets import at, document
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import HolidayList
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.support_hours import ELAPSED, SupportHours

DAY = "2026-06-01"  # a Monday, a holiday in every list made here
NOON = at("2026-06-01T12:00:00Z")
WEEK = {"mon-fri": "09:00-17:00"}


def support_hours(calendar, lists=None, **more):
    office = {"zone": "UTC", "week": WEEK, "day": "8h", **calendar}
    plan = Plan.model_validate(document(calendars={"office": office}, **more))
    return SupportHours(plan, dt.date(2026, 1, 1), dt.date(2026, 12, 31), lists or {})


def customer(**facts):
    return Contract(customer="c", tier="standard", **facts)


def is_open(hours, *, contract=None, severity=None, channel=None, when=NOON):
    return hours.calendar("office", contract or customer(), severity=severity, channel=channel).is_open(when)


LISTS = {"holiday_lists": {"own": {"dates": {DAY: "Founders' day"}}, "other": {"dates": {"2026-06-02": "Other day"}}}}


@pytest.mark.parametrize(
    ("rule", "severity", "channel", "expected"),
    [
        ("closed", "high", "phone", False),
        ("open", "low", "portal", True),
        ("limited", "low", "portal", True),
        ({"effect": "limited", "severities": "high"}, "high", None, True),
        ({"effect": "limited", "severities": "high"}, "mid", None, False),
        ({"effect": "limited", "severities": "high"}, None, None, False),
        ({"effect": "limited", "severities": ["high", "mid"]}, "mid", None, True),
        ({"effect": "limited", "channels": "phone"}, "low", "phone", True),
        ({"effect": "limited", "channels": "phone"}, "high", "portal", False),
        ({"effect": "limited", "severities": "high", "channels": "phone"}, "high", "phone", True),
        ({"effect": "limited", "severities": "high", "channels": "phone"}, "high", "portal", False),
    ],
    ids=str,
)
def test_what_a_holiday_does(rule, severity, channel, expected):
    hours = support_hours({"holidays": {"own": rule}}, **LISTS)
    assert is_open(hours, severity=severity, channel=channel) is expected
    assert is_open(hours, severity=severity, channel=channel, when=NOON + 86_400)


def test_each_limited_list_limits_for_itself():
    rules = {
        "own": {"effect": "limited", "severities": "high"},
        "other": {"effect": "limited", "severities": ["high", "mid"]},
    }
    hours = support_hours({"holidays": rules}, **LISTS)
    opened = {(severity, day): is_open(hours, severity=severity, when=NOON + day * 86_400)
              for severity in ("high", "mid", "low") for day in (0, 1)}  # fmt: skip
    assert opened == {
        ("high", 0): True, ("mid", 0): False, ("low", 0): False, ("high", 1): True, ("mid", 1): True, ("low", 1): False,
    }  # fmt: skip


def test_a_day_in_two_lists_is_closed_if_either_closes_it():
    lists = {"holiday_lists": {"own": {"dates": {DAY: "a"}}, "other": {"dates": {DAY: "b"}}}}
    rules = {"own": {"effect": "limited", "severities": "high"}, "other": "closed"}
    assert not is_open(support_hours({"holidays": rules}, **lists), severity="high")


def test_each_calendar_is_compiled_once():
    hours = support_hours({"holidays": {"own": {"effect": "limited", "severities": "high"}}}, **LISTS)
    first = hours.calendar("office", customer(), severity="high")
    assert hours.calendar("office", customer(), severity="high") is first
    low, mid = (hours.calendar("office", customer(), severity=each) for each in ("low", "mid"))
    assert low is mid
    assert low is not first


def test_elapsed_time_never_stops():
    calendar = support_hours({}).calendar(ELAPSED, customer())
    assert calendar.between(at("01 00:00"), at("29 00:00")) == 28 * 86_400


@pytest.mark.parametrize(
    ("zone", "opens"), [("Asia/Tokyo", "01 00:00"), ("America/New_York", "01 13:00"), ("UTC", "01 09:00")]
)
def test_a_calendar_in_the_customers_zone(zone, opens):
    hours = support_hours({"zone": "customer"})
    calendar = hours.calendar("office", customer(zone=zone))
    assert calendar.next_open(at("2026-05-31T00:00:00Z")) == at(opens)
    assert calendar.revision.zone == zone


@pytest.mark.requirement_part("OPT-1")
@pytest.mark.parametrize(
    ("regions", "day", "expected"),
    [
        (("CA", "CA-ON"), "2026-05-18", False),  # Victoria Day in Ontario
        (("CA",), "2026-05-18", True),
        (("US",), "2026-05-25", False),  # Memorial Day
        (("CA", "CA-ON"), "2026-05-25", True),
        ((), "2026-12-25", True),
        (("US",), "2026-12-25", False),
    ],
    ids=str,
)
def test_the_customers_own_holidays(regions, day, expected):
    hours = support_hours({"holidays": {"customer": "closed"}})
    assert is_open(hours, contract=customer(regions=regions), when=at(f"{day}T12:00:00Z")) is expected


def test_two_customers_do_not_share_what_is_their_own():
    hours = support_hours({"zone": "customer", "holidays": {"customer": "closed"}})
    one = hours.calendar("office", customer(zone="America/Toronto", regions=("CA", "CA-ON")))
    other = hours.calendar("office", customer(zone="America/Toronto", regions=("CA", "CA-QC")))
    same = hours.calendar("office", customer(zone="America/Toronto", regions=("CA", "CA-ON")))
    assert one is same
    assert one is not other


def test_a_list_revision_that_is_kept_apart_rules_over_the_library():
    kept = HolidayList("US", "r7", "by hand", {dt.date(2026, 6, 1): "Declared yesterday"})
    hours = support_hours({"holidays": {"US": "closed"}}, lists={"US": kept})
    assert not is_open(hours)
    assert is_open(hours, when=at("2026-12-25T12:00:00Z"))
    assert ("US", "r7", "by hand") in hours.calendar("office", customer()).revision.holiday_lists


def test_days_that_do_not_count_can_be_left_out_of_a_country():
    lists = {"federal": {"country": "US", "without": ["Columbus Day"], "dates": {"2026-11-27": "Day after"}}}
    hours = support_hours({"holidays": {"federal": "closed"}}, holiday_lists=lists)
    opened = {day: is_open(hours, when=at(f"2026-{day}T12:00:00Z")) for day in ("10-12", "11-26", "11-27", "11-25")}
    assert opened == {"10-12": True, "11-26": False, "11-27": False, "11-25": True}


@pytest.mark.parametrize(
    ("calendar", "more", "code"),
    [
        ({"holidays": {"nobodys": "closed"}}, {}, "holiday_list.unknown"),
        (
            {"holidays": {"feed": "closed"}},
            {"holiday_lists": {"feed": {"feed": "company"}}},
            "holiday_list.feed_missing",
        ),
        ({"week": {"mon": "closed"}}, {}, "calendar.never_opens"),
    ],
    ids=["unknown list", "feed that is not there", "never opens"],
)
def test_what_cannot_be_compiled_is_refused(calendar, more, code):
    with pytest.raises(CalendarError) as refused:
        is_open(support_hours(calendar, **more))
    assert refused.value.code == code


def test_a_calendar_that_the_plan_does_not_have_is_refused_with_those_it_has():
    with pytest.raises(CalendarError) as refused:
        support_hours({}).calendar("offise", customer())
    assert refused.value.code == "calendar.unknown"
    assert refused.value.params["known"] == ["always", "office"]
