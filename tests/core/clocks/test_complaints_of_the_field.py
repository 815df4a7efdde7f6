"""
What users of other desks complain about, each shown to be right here; named by project and number.
"""

import dataclasses

import pytest

from tests.core.clocks.tickets import (
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    at,
    clocks,
    document,
    due,
    one,
    rules,
    rules_of,
    shown,
    ticket,
    told,
)
from upheld.core.calendars.errors import CalendarError
from upheld.core.clocks.explain import stand
from upheld.core.clocks.fold import fold

PAUSING = {"resolution": RESOLUTION}
EIGHT = {"resolution": "8h"}


@pytest.mark.parametrize("condition", ["waiting_on_customer", "waiting_on_third_party", "on_hold", "part_on_order"])
@pytest.mark.parametrize("how", ["status", "paused"])
def test_osticket_3034_every_status_that_should_pause_does(condition, how):
    metric = {**RESOLUTION, "pauses_while": [condition]}
    the_rules = rules({"resolution": metric}, EIGHT, statuses={"part_on_order": "Part on order"})
    clock = one(the_rules, "01 09:00 opened", f"01 10:00 {how} {condition}")
    assert (clock.due_at, clock.legs[-1].paused_by) == (None, (condition,))
    ends = "01 12:00 back" if how == "status" else "01 12:00 resumed"
    assert due(the_rules, "01 09:00 opened", f"01 10:00 {how} {condition}", ends) == "02 11:00"


def test_frappe_1554_a_paused_clock_does_not_tick():
    the_rules = rules(PAUSING, EIGHT)
    clock = one(the_rules, "01 09:00 opened", "01 10:00 waiting")
    for now in ("01 11:00", "02 11:00", "20 11:00"):
        standing = stand(clock, the_rules, None, at(now))
        assert (standing.state.value, standing.spent_seconds, standing.left_seconds) == ("paused", 3600, 7 * 3600)


def test_frappe_2449_a_hold_is_added_to_the_due_time_not_to_the_creation():
    clock = one(rules(PAUSING, EIGHT), "01 09:00 opened", "01 16:00 waiting", "02 10:00 customer")
    assert (shown(clock.started_at), shown(clock.due_at)) == ("01 09:00", "02 11:00")


@pytest.mark.parametrize(("resolved", "verdict"), [("02 15:00", "met"), ("02 16:00", "met"), ("05 12:00", "met")])
def test_frappe_3776_from_paused_straight_to_resolved_the_hold_counts(resolved, verdict):
    clock = one(rules(PAUSING, EIGHT), "01 09:00 opened", "01 10:00 waiting", f"{resolved} resolved")
    assert (clock.verdict.value, clock.spent) == (verdict, 3600)


def test_glpi_6902_15605_a_pause_survives_a_change_of_plan_or_tier():
    data = document(PAUSING, EIGHT)
    data["tiers"]["other"] = {"hours": "office", "targets": {"resolution": "16h"}}
    lines = ("01 09:00 opened", "01 10:00 waiting", "01 12:00 tier other", "01 15:00 customer")
    assert due(rules_of(data), *lines) == "03 14:00"


def test_glpi_24481_no_breach_while_pending():
    clock = one(rules(PAUSING, EIGHT), "01 09:00 opened", "01 16:59 waiting")
    assert not clock.is_breached_at(at("30 12:00"))


@pytest.mark.parametrize(
    ("from_", "to", "expected"),
    [
        ("05 18:00", "08 08:00", "08 11:00"),
        ("05 16:00", "08 10:00", "08 13:00"),
        ("06 10:00", "07 20:00", "08 11:00"),
        ("05 12:00", "05 13:00", "08 12:00"),
    ],
)
@pytest.mark.parametrize("days", ["hours", "same_time"])
def test_glpi_10594_a_pause_counts_in_the_hours_in_which_the_clock_does(from_, to, expected, days):
    the_rules = rules(PAUSING, {"resolution": f"1d {days}"})
    assert due(the_rules, "05 11:00 opened", f"{from_} waiting", f"{to} customer") == expected


def test_zammad_3140_nothing_is_due_once_the_agent_wrote_last():
    the_rules = rules(
        {"first_response": FIRST_RESPONSE, "next_response": NEXT_RESPONSE},
        {"first_response": "4h", "next_response": "2h"},
    )
    lines = ("01 09:00 opened", "01 10:00 reply", "01 11:00 customer", "01 12:00 reply")
    assert not any(clock.is_open for clock in clocks(the_rules, *lines))


def test_zammad_5177_an_update_target_does_not_overrule_the_first_response():
    update = {"starts_on": ["opened", "reply"], "stops_on": "reply", "repeats": True}
    the_rules = rules({"first_response": FIRST_RESPONSE, "update": update}, {"first_response": "8h", "update": "1h"})
    assert [(clock.metric, shown(clock.due_at)) for clock in clocks(the_rules, "01 09:00 opened")] == [
        ("first_response", "01 17:00"),
        ("update", "01 10:00"),
    ]


@pytest.mark.parametrize("channel", ["portal", "phone", None])
def test_zammad_1322_a_customers_note_restarts_the_clock_whatever_its_channel(channel):
    the_rules = rules(PAUSING, EIGHT)
    events = ticket("01 09:00 opened", "01 10:00 waiting", "01 12:00 customer")
    events[-1] = dataclasses.replace(events[-1], channel=channel)
    assert shown(fold(events, the_rules).clocks[0].due_at) == "02 11:00"


@pytest.mark.parametrize(
    ("opened", "expected"), [("01 11:00", "01 15:00"), ("01 12:15", "01 16:00"), ("01 15:00", "02 10:00")]
)
def test_osticket_6847_a_lunch_break_every_day(opened, expected):
    week = {"mon-fri": "09:00-12:00, 13:00-17:00"}
    the_rules = rules(
        targets={"first_response": "3h"}, calendars={"office": {"zone": "UTC", "week": week, "day": "7h"}}
    )
    assert due(the_rules, f"{opened} opened") == expected


def test_chatwoot_9798_14009_several_intervals_a_day():
    week = {"mon-fri": "06:00-07:00, 10:00-11:00, 22:00-23:00", "sat": "10:00-11:00"}
    the_rules = rules(
        targets={"first_response": "4h"}, calendars={"office": {"zone": "UTC", "week": week, "day": "3h"}}
    )
    assert due(the_rules, "05 06:30 opened") == "08 06:30"


def test_zammad_3180_no_minute_is_lost_at_midnight():
    the_rules = rules(targets={"first_response": "96h"}, hours="always")
    clock = one(the_rules, "01 00:00 opened")
    assert clock.due_at - clock.started_at == 96 * 3600


def test_zammad_2497_a_calendar_without_hours_is_refused_and_no_endless_loop():
    empty = {"zone": "UTC", "week": {"mon": "closed"}, "day": "8h"}
    with pytest.raises(CalendarError) as refused:
        one(rules(calendars={"office": empty}), "01 09:00 opened")
    assert refused.value.code == "calendar.never_opens"


def test_zammad_2497_due_beyond_the_last_opening_is_refused_and_not_guessed():
    with pytest.raises(CalendarError) as refused:
        one(rules(targets={"first_response": "9999h"}), "01 09:00 opened")
    assert refused.value.code == "calendar.beyond_horizon"


@pytest.mark.parametrize(
    ("zone", "expected"), [("Asia/Tokyo", "01 04:00"), ("America/New_York", "01 17:00"), ("UTC", "01 13:00")]
)
def test_zammad_1002_the_customers_own_calendar(zone, expected):
    own = {"zone": "customer", "week": {"mon-fri": "09:00-17:00"}, "day": "8h"}
    assert due(rules(calendars={"office": own}, contract={"zone": zone}), "01 00:00 opened") == expected


def test_glpi_6835_half_day_holidays():
    office = {"zone": "UTC", "week": {"mon-fri": "09:00-17:00"}, "day": "8h", "dates": {"2026-06-02": "09:00-12:00"}}
    assert due(rules(calendars={"office": office}), "01 16:00 opened") == "02 12:00"
    assert due(rules(targets={"first_response": "5h"}, calendars={"office": office}), "01 16:00 opened") == "03 10:00"


@pytest.mark.parametrize(
    ("opened", "expected"),
    [("2026-03-27T15:00:00Z", "2026-03-30T08:00:00Z"), ("2026-10-23T14:00:00Z", "2026-10-26T09:00:00Z")],
)
def test_dbt_zendesk_25_the_offset_is_that_of_the_day(opened, expected):
    office = {"zone": "Europe/Brussels", "week": {"mon-fri": "09:00-17:00"}, "day": "8h"}
    clock = one(rules(targets={"first_response": "2h"}, calendars={"office": office}), f"{opened} opened")
    assert clock.due_at == at(expected)


def test_aidingapp_1441_chatwoot_9747_each_metric_has_its_own_verdict():
    the_rules = rules({"first_response": FIRST_RESPONSE, **PAUSING}, {"first_response": "1h", "resolution": "8h"})
    assert [each[4] for each in told(the_rules, "01 09:00 opened", "01 11:00 reply", "01 12:00 resolved")] == [
        "breached",
        "met",
    ]


def test_servicenow_retroactive_start_and_pause():
    lines = ("01 09:00 opened", "01 16:30 reply", "01 10:00 waiting", "01 12:00 back")
    metric = {**FIRST_RESPONSE, "pauses_while": "waiting_on_customer"}
    clock = one(rules({"first_response": metric}, {"first_response": "6h"}), *lines)
    assert (shown(clock.due_at), clock.spent, clock.verdict.value) == ("01 17:00", 5 * 3600 + 1800, "met")
