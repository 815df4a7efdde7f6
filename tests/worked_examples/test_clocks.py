"""
The worked examples about support hours and clocks, by their ids; the due time is read from the row.

Rows name other readings of a policy; those are variants of the plan here. ``own-...`` are examples of ours, computed by
hand, for what lies between the rows.
"""

import dataclasses
import re

import pytest

from tests.core.clocks.tickets import at, clocks, fold, one, ticket
from tests.shared_files import shared_rows
from tests.worked_examples.plans import celigo, cloudextend, connecta, cpi, opigno, optimy
from upheld.core import events as ev
from upheld.core.calendars.zones import zone
from upheld.core.clocks.clock import Verdict
from upheld.core.clocks.explain import explain
from upheld.core.instants import parse_instant, to_datetime

ROWS = "cases/worked_examples.jsonl"
CLOSED = ("calendars.office.holidays", {"us": "closed"})
CLOSED_THERE = ("calendars.follow.holidays", {"us": "closed"})


def row(name):
    return next(each for each in shared_rows(ROWS) if each["id"] == name)


def days(mode):
    return ("days", mode)


def opened(when, severity, channel="portal"):
    return (f"{when} opened {channel}", f"{when} urgency {severity}")


# id of the row, rules, metric, events
DUE_IN_THE_ROW = [
    ("CEL-7-a", lambda: celigo("essential"), "first_response", opened("2026-04-17T23:30:00Z", "urgent")),
    ("CEL-7-c", lambda: celigo("essential"), "first_response", opened("2026-04-16T22:10:00Z", "high")),
    ("CEL-7-d", lambda: celigo("essential"), "first_response", opened("2026-04-17T02:00:00Z", "high")),
    ("CEL-7-f", lambda: celigo("preferred"), "first_response", opened("2026-04-17T23:30:00Z", "high")),
    ("CEL-7-g", lambda: celigo("preferred"), "first_response", opened("2026-04-17T19:00:00Z", "normal")),
    (
        "CEL-7-i",
        lambda: celigo("premier"),
        "follow_up",
        (*opened("2026-03-08T03:50:00Z", "high"), "2026-03-08T04:00:00Z reply"),
    ),
    (
        "CEL-7-j",
        lambda: celigo("premier"),
        "follow_up",
        (*opened("2026-11-01T02:50:00Z", "urgent"), "2026-11-01T03:00:00Z reply"),
    ),
    ("CEL-3-a", lambda: celigo("preferred"), "first_response", opened("2026-04-19T05:15:00Z", "urgent", "phone")),
    (
        "CEL-3-c",
        lambda: celigo("preferred"),
        "first_response",
        (*opened("2026-04-19T05:15:00Z", "urgent"), "2026-04-19T16:00:00Z call"),
    ),
    ("CEL-3-d", lambda: celigo("preferred"), "first_response", opened("2026-03-08T08:30:00Z", "urgent", "phone")),
    (
        "CEL-14-a",
        lambda: celigo("preferred"),
        "follow_up",
        (*opened("2026-04-17T02:30:00Z", "urgent"), "2026-04-17T03:00:00Z reply"),
    ),
    ("CLX-1-a", cloudextend, "first_response", ("2026-11-25T23:00:00Z opened",)),
    ("CLX-1-c", cloudextend, "first_response", ("2026-07-07T00:30:00Z opened",)),
    ("CLX-1-d", cloudextend, "first_response", ("2026-03-06T22:00:00Z opened",)),
    ("OPI-6-b", lambda: opigno("pro"), "first_response", opened("2026-04-30T12:00:00Z", "critical")),
    ("OPI-6-c", lambda: opigno("business"), "first_response", opened("2026-03-27T12:20:00Z", "critical")),
    ("OPI-6-e", lambda: opigno("corporate"), "first_response", opened("2026-06-12T14:00:00Z", "minor")),
    ("OPI-6-f", lambda: opigno("corporate"), "first_response", opened("2026-06-01T08:00:00Z", "trivial")),
    ("OPT-1-a", optimy, "response", opened("2026-06-30T20:45:00Z", "high")),
    ("OPT-1-b", optimy, "response", opened("2026-05-15T21:00:00Z", "high")),
    ("CPI-1-c", lambda: cpi(hours="contract"), "first_response", opened("2026-04-10T19:00:00Z", "level_2")),
    ("CAP-1-a", connecta, "priority_assignment", ("2026-03-27T15:00:00Z opened",)),
    ("CAP-1-c", connecta, "priority_assignment", ("2026-05-23T09:00:00Z opened",)),
]


@pytest.mark.requirement_part("CEL-3", "CEL-7", "CEL-14", "CLX-1", "OPI-6", "OPT-1", "CPI-1", "CAP-1")
@pytest.mark.parametrize(("name", "made", "metric", "lines"), DUE_IN_THE_ROW, ids=[each[0] for each in DUE_IN_THE_ROW])
def test_due_as_the_row_says(name, made, metric, lines):
    clock = one(made(), *lines, metric=metric)
    assert to_datetime(clock.due_at) == to_datetime(parse_instant(row(name)["due"]))
    assert clock.verdict_at(clock.due_at) is (Verdict.BREACHED if name.startswith("CAP-1") else Verdict.PENDING)
    assert clock.verdict_at(clock.due_at + 1) is Verdict.BREACHED


def test_every_row_with_a_due_time_is_here():
    given = {each["id"] for each in shared_rows(ROWS) if "due" in each}
    assert given == {name for name, *_ in DUE_IN_THE_ROW}


# id, rules, metric, events, due (None: no clock): what the rows say in words, their other readings, and ours
PREFERRED_DAYS = opened("2026-04-17T19:00:00Z", "normal")
THANKSGIVING = opened("2026-11-25T23:00:00Z", "urgent")
CEL_10 = (*opened("2026-04-15T21:00:00Z", "urgent"), "2026-04-15T22:00:00Z asked", "2026-04-16T16:30:00Z complete")
CPI_2 = (*opened("2026-04-06T13:00:00Z", "level_1"), "2026-04-06T13:25:00Z call")
OTHER_READINGS = [
    (
        "CEL-7-d same_time",
        lambda: celigo("essential", days("same_time")),
        "first_response",
        opened("2026-04-17T02:00:00Z", "high"),
        "2026-04-20T15:00:00Z",
    ),
    (
        "CEL-7-d end_of_day",
        lambda: celigo("essential", days("end_of_day")),
        "first_response",
        opened("2026-04-17T02:00:00Z", "high"),
        "2026-04-21T00:00:00Z",
    ),
    (
        "CEL-7-g same_time",
        lambda: celigo("preferred", days("same_time")),
        "first_response",
        PREFERRED_DAYS,
        "2026-04-21T19:00:00Z",
    ),
    (
        "CEL-7-g end_of_day",
        lambda: celigo("preferred", days("end_of_day")),
        "first_response",
        PREFERRED_DAYS,
        "2026-04-22T07:00:00Z",
    ),
    (
        "OPI-6-b same_time",
        lambda: opigno("pro", days("same_time")),
        "first_response",
        opened("2026-04-30T12:00:00Z", "critical"),
        "2026-05-05T12:00:00Z",
    ),
    (
        "OPI-6-b end_of_day",
        lambda: opigno("pro", days("end_of_day")),
        "first_response",
        opened("2026-04-30T12:00:00Z", "critical"),
        "2026-05-05T15:00:00Z",
    ),
    ("CEL-2-limited open", lambda: celigo("essential"), "first_response", THANKSGIVING, "2026-11-26T18:00:00Z"),
    (
        "CEL-2-limited closed",
        lambda: celigo("essential", CLOSED),
        "first_response",
        THANKSGIVING,
        "2026-11-27T18:00:00Z",
    ),
    (
        "CEL-2-limited not served",
        lambda: celigo("essential"),
        "first_response",
        opened("2026-11-25T23:00:00Z", "high"),
        "2026-11-27T23:00:00Z",
    ),
    (
        "CEL-3-f",
        lambda: celigo("preferred"),
        "first_response",
        opened("2026-04-19T05:15:00Z", "high", "phone"),
        "2026-04-20T07:00:00Z",
    ),
    (
        "CEL-4-a",
        lambda: celigo("essential"),
        "first_response",
        opened("2026-04-18T00:05:00Z", "urgent", "chat"),
        "2026-04-20T19:00:00Z",
    ),
    ("CEL-10-a runs", lambda: celigo("essential"), "first_response", CEL_10, "2026-04-16T16:00:00Z"),
    (
        "CEL-10-a pauses",
        lambda: celigo("essential", ("intake.missing", "clock_pauses")),
        "first_response",
        CEL_10,
        "2026-04-16T19:30:00Z",
    ),
    (
        "CEL-10-a not started",
        lambda: celigo("essential", ("intake.missing", "clock_not_started")),
        "first_response",
        CEL_10,
        "2026-04-16T20:30:00Z",
    ),
    ("CPI-1-c elapsed", cpi, "first_response", opened("2026-04-10T19:00:00Z", "level_2"), "2026-04-11T03:00:00Z"),
    ("CPI-2-a opened", cpi, "first_response", CPI_2, "2026-04-06T15:00:00Z"),
    (
        "CPI-2-a phoned",
        lambda: cpi(("metrics.first_response.starts_on", ["phoned"])),
        "first_response",
        CPI_2,
        "2026-04-06T15:25:00Z",
    ),
    (
        "CPI-2-a phoned, no call",
        lambda: cpi(("metrics.first_response.starts_on", ["phoned"])),
        "first_response",
        CPI_2[:2],
        None,
    ),
    (
        "CPI-2-a confirmed by the call",
        lambda: cpi(("metrics.first_response.starts_on", ["severity_confirmed"])),
        "first_response",
        (*CPI_2, "2026-04-06T13:30:00Z confirmed level_1"),
        "2026-04-06T15:30:00Z",
    ),
    (
        "OPT-1-b trap: the nation's list",
        lambda: optimy(("calendars.business.holidays", {"CA": "closed"})),
        "response",
        opened("2026-05-15T21:00:00Z", "high"),
        "2026-05-18T14:30:00Z",
    ),
    ("CAP-7-a", connecta, "priority_assignment", ("2026-04-14T14:00:00Z opened",), "2026-04-15T10:00:00Z"),
    # Between the rows, by our own computation. 2026-04-13 is a Monday; PDT = UTC-7, CEST = UTC+2, EDT = UTC-4.
    (
        "own-CEL-7 within the day: Wed 10:00 + 4h",
        lambda: celigo("essential"),
        "first_response",
        opened("2026-04-15T17:00:00Z", "urgent"),
        "2026-04-15T21:00:00Z",
    ),
    (
        "own-CEL-7 ends on closing: Wed 13:00 + 4h",
        lambda: celigo("essential"),
        "first_response",
        opened("2026-04-15T20:00:00Z", "urgent"),
        "2026-04-16T00:00:00Z",
    ),
    (
        "own-CEL-7 one second more: the next morning",
        lambda: celigo("essential"),
        "first_response",
        opened("2026-04-15T20:00:01Z", "urgent"),
        "2026-04-16T15:00:01Z",
    ),
    (
        "own-CEL-7 normal 3d = 27h: Fri 16:00, 1+9+9+8",
        lambda: celigo("essential"),
        "first_response",
        opened("2026-04-17T23:00:00Z", "normal"),
        "2026-04-22T23:00:00Z",
    ),
    (
        "own-CEL-7 low 5d = 45h: Mon 08:00",
        lambda: celigo("essential"),
        "first_response",
        opened("2026-04-13T15:00:00Z", "low"),
        "2026-04-18T00:00:00Z",
    ),
    (
        "own-CEL-7 sent on Saturday",
        lambda: celigo("essential"),
        "first_response",
        opened("2026-04-18T20:00:00Z", "urgent"),
        "2026-04-20T19:00:00Z",
    ),
    (
        "own-CEL-7 urgent, Preferred, Friday 16:30 + 2h online",
        lambda: celigo("preferred"),
        "first_response",
        opened("2026-04-17T23:30:00Z", "urgent"),
        "2026-04-20T00:30:00Z",
    ),
    (
        "own-CEL-7 urgent, Premier, Saturday night",
        lambda: celigo("premier"),
        "first_response",
        opened("2026-04-19T06:30:00Z", "urgent"),
        "2026-04-19T07:30:00Z",
    ),
    (
        "own-CEL-7 normal, Premier, 1d over the change of the clocks",
        lambda: celigo("premier"),
        "first_response",
        opened("2026-03-07T20:00:00Z", "normal"),
        "2026-03-08T20:00:00Z",
    ),
    (
        "own-CEL-7 high over Thanksgiving, Preferred: 24 h out",
        lambda: celigo("preferred"),
        "first_response",
        opened("2026-11-26T06:00:00Z", "high"),
        "2026-11-27T14:00:00Z",
    ),
    (
        "own-CEL-3 online on Saturday, no call",
        lambda: celigo("preferred"),
        "first_response",
        opened("2026-04-19T05:15:00Z", "urgent"),
        "2026-04-20T01:00:00Z",
    ),
    (
        "own-CEL-3 Premier: the standard hours never end",
        lambda: celigo("premier"),
        "first_response",
        opened("2026-04-19T05:15:00Z", "urgent", "phone"),
        "2026-04-19T06:15:00Z",
    ),
    (
        "own-CEL-3 Essential has no after hours",
        lambda: celigo("essential"),
        "first_response",
        opened("2026-04-19T05:15:00Z", "urgent", "phone"),
        "2026-04-20T19:00:00Z",
    ),
    (
        "own-CEL-3 telephone on Friday 16:30 runs into the evening",
        lambda: celigo("preferred"),
        "first_response",
        opened("2026-04-17T23:30:00Z", "urgent", "phone"),
        "2026-04-18T01:30:00Z",
    ),
    (
        "own-CEL-3 half the time counted before the call",
        lambda: celigo("preferred"),
        "first_response",
        (*opened("2026-04-17T23:00:00Z", "urgent"), "2026-04-18T05:00:00Z call"),
        "2026-04-18T06:00:00Z",
    ),
    (
        "own-CEL-3 high telephoned, raised to urgent on Sunday",
        lambda: celigo("preferred"),
        "first_response",
        (*opened("2026-04-19T05:15:00Z", "high", "phone"), "2026-04-19T16:00:00Z severity urgent"),
        "2026-04-19T18:00:00Z",
    ),
    (
        "own-CEL-3 urgent telephoned, lowered to high on Saturday",
        lambda: celigo("preferred"),
        "first_response",
        (*opened("2026-04-19T05:15:00Z", "urgent", "phone"), "2026-04-19T06:00:00Z severity high"),
        "2026-04-20T07:00:00Z",
    ),
    (
        "own-CEL-3 telephone on a holiday",
        lambda: celigo("preferred"),
        "first_response",
        opened("2026-11-26T20:00:00Z", "urgent", "phone"),
        "2026-11-26T22:00:00Z",
    ),
    (
        "own-CEL-14 the second message does not push",
        lambda: celigo("preferred"),
        "follow_up",
        (
            *opened("2026-04-13T17:00:00Z", "high"),
            "2026-04-13T18:00:00Z reply",
            "2026-04-13T19:00:00Z customer",
            "2026-04-14T16:00:00Z customer",
        ),
        "2026-04-14T19:00:00Z",
    ),
    (
        "own-CEL-14 not while it waits on the customer",
        lambda: celigo("preferred"),
        "follow_up",
        (*opened("2026-04-13T17:00:00Z", "high"), "2026-04-13T18:00:00Z reply", "2026-04-13T18:00:00Z waiting"),
        None,
    ),
    (
        "own-CEL-14 follow-up of Essential low, 2d = 18h: Mon 11:00",
        lambda: celigo("essential"),
        "follow_up",
        (*opened("2026-04-13T17:00:00Z", "low"), "2026-04-13T18:00:00Z reply"),
        "2026-04-15T18:00:00Z",
    ),
    (
        "own-OPI-6 Corporate critical 4h: Fri 15:00 CEST",
        lambda: opigno("corporate"),
        "first_response",
        opened("2026-06-12T13:00:00Z", "critical"),
        "2026-06-15T09:00:00Z",
    ),
    (
        "own-OPI-6 Business major 3d: Wed 10:00 CEST",
        lambda: opigno("business"),
        "first_response",
        opened("2026-06-10T08:00:00Z", "major"),
        "2026-06-15T08:00:00Z",
    ),
    (
        "own-OPI-6 Corporate major 8h: 16:59 CET to the next",
        lambda: opigno("corporate"),
        "first_response",
        opened("2026-01-12T15:59:00Z", "major"),
        "2026-01-13T15:59:00Z",
    ),
    (
        "own-OPI-6 sent at closing: the next morning",
        lambda: opigno("corporate"),
        "first_response",
        opened("2026-01-12T16:00:00Z", "critical"),
        "2026-01-13T12:00:00Z",
    ),
    (
        "own-OPI-6 Pro critical 3d over Christmas, which counts",
        lambda: opigno("pro"),
        "first_response",
        opened("2026-12-23T08:00:00Z", "critical"),
        "2026-12-25T16:00:00Z",
    ),
    (
        "own-CPI-1 level 1, at night",
        cpi,
        "first_response",
        opened("2026-04-11T03:00:00Z", "level_1"),
        "2026-04-11T05:00:00Z",
    ),
    (
        "own-CPI-1 level 3, over the change of the clocks",
        cpi,
        "first_response",
        opened("2026-03-07T15:00:00Z", "level_3"),
        "2026-03-08T15:00:00Z",
    ),
    (
        "own-CPI-1 level 4 in contract hours: 48h of 9h days",
        lambda: cpi(hours="contract"),
        "first_response",
        opened("2026-04-06T12:00:00Z", "level_4"),
        "2026-04-13T15:00:00Z",
    ),
    (
        "own-CAP-1 within the day",
        connecta,
        "priority_assignment",
        ("2026-06-10T07:00:00Z opened",),
        "2026-06-10T11:00:00Z",
    ),
    (
        "own-CAP-1 back to winter time: Fri 16:00",
        connecta,
        "priority_assignment",
        ("2026-10-23T14:00:00Z opened",),
        "2026-10-26T11:00:00Z",
    ),
    (
        "own-OPT-1 8h of 8.5h days over Labour Day",
        optimy,
        "response",
        opened("2026-09-04T20:00:00Z", "medium"),
        "2026-09-08T19:30:00Z",
    ),
    (
        "own-CLX-1 the day after Thanksgiving is open",
        cloudextend,
        "first_response",
        ("2026-11-27T23:00:00Z opened",),
        "2026-11-30T13:00:00Z",
    ),
    (
        "own-CLX-1 Independence Day on a Saturday is kept on Friday",
        cloudextend,
        "first_response",
        ("2026-07-02T23:00:00Z opened",),
        "2026-07-06T13:00:00Z",
    ),
]


@pytest.mark.requirement_part("CEL-2", "CEL-3", "CEL-7", "CEL-10", "CEL-14", "OPI-6", "CPI-2", "OPT-1", "CAP-7")
@pytest.mark.parametrize(
    ("made", "metric", "lines", "due"), [each[1:] for each in OTHER_READINGS], ids=[each[0] for each in OTHER_READINGS]
)
def test_due_by_the_other_readings_and_between_the_rows(made, metric, lines, due):
    found = clocks(made(), *lines, metric=metric)
    assert [to_datetime(clock.due_at) for clock in found if clock.is_open] == ([to_datetime(at(due))] if due else [])


@pytest.mark.requirement_part("CPI-1")
def test_cpi_1_a_a_range_is_due_at_its_end_and_early_at_its_start():
    the_rules, lines = (
        cpi(("tiers.standard.targets.first_response.level_4", "24-48h elapsed")),
        opened("2026-04-06T14:00:00Z", "level_4"),
    )
    clock = one(the_rules, *lines)
    assert (clock.early_at, clock.due_at) == (at("2026-04-07T14:00:00Z"), at("2026-04-08T14:00:00Z"))
    assert clock.verdict_at(clock.early_at + 1) is Verdict.PENDING
    assert clock.verdict_at(clock.due_at) is Verdict.PENDING
    assert clock.verdict_at(clock.due_at + 1) is Verdict.BREACHED


LEVELS = {"level_1": 2, "level_2": 8, "level_3": 24, "level_4": 48}


@pytest.mark.requirement("CPI-1")
@pytest.mark.parametrize(("level", "hours"), LEVELS.items())
def test_cpi_1_every_level(level, hours):
    clock = one(cpi(), *opened("2026-04-06T14:00:00Z", level))
    assert clock.due_at - clock.started_at == hours * 3600
    assert clock.early_at == (clock.started_at + 24 * 3600 if level == "level_4" else None)
    late = one(
        cpi(), *opened("2026-04-06T14:00:00Z", level), f"{to_datetime(clock.due_at + 1):%Y-%m-%dT%H:%M:%SZ} reply"
    )
    kept = one(cpi(), *opened("2026-04-06T14:00:00Z", level), f"{to_datetime(clock.due_at):%Y-%m-%dT%H:%M:%SZ} reply")
    assert (kept.verdict, late.verdict) == (Verdict.MET, Verdict.BREACHED)


@pytest.mark.requirement_part("CAP-1")
@pytest.mark.parametrize(
    ("bound", "when", "verdict"),
    [
        ("exclusive", "2026-03-30T09:59:59Z", "met"),
        ("exclusive", "2026-03-30T10:00:00Z", "breached"),
        ("exclusive", "2026-03-30T10:00:01Z", "breached"),
        ("inclusive", "2026-03-30T10:00:00Z", "met"),
        ("inclusive", "2026-03-30T10:00:01Z", "breached"),
    ],
    ids=str,
)
def test_cap_1_a_strictly_less(bound, when, verdict):
    target = {"within": "4h", "bound": bound}
    the_rules = connecta(("tiers.essential.targets.priority_assignment", target))
    clock = one(the_rules, "2026-03-27T15:00:00Z opened", f"{when} severity high", metric="priority_assignment")
    assert clock.verdict.value == verdict
    assert clock.stopped_by == "severity_assigned"


@pytest.mark.requirement_part("CAP-3")
def test_cap_3_a_no_clock_is_invented():
    opening = dataclasses.replace(ticket("2026-06-13T09:00:00Z opened")[0], request_type="emergency")
    found = {clock.metric: clock for clock in fold([opening], connecta()).clocks}
    emergency = found["emergency_response"]
    assert emergency.due_at is None
    assert emergency.allowed is None
    assert emergency.verdict_at(at("2026-12-31T00:00:00Z")) is Verdict.PENDING
    answered = dataclasses.replace(ticket("2026-06-20T09:00:00Z reply")[0], seq=2)
    ended = {clock.metric: clock for clock in fold([opening, answered], connecta()).clocks}["emergency_response"]
    assert ended.verdict is Verdict.ENDED
    no_emergency = fold(ticket("2026-06-13T09:00:00Z opened"), connecta()).clocks
    assert [clock.metric for clock in no_emergency] == ["priority_assignment"]


@pytest.mark.requirement_part("CEL-11")
@pytest.mark.parametrize(
    ("name", "tier", "lines", "channel_open", "in_hours"),
    [
        ("CEL-11-a", "preferred", opened("2026-04-18T19:00:00Z", "normal"), True, False),
        ("CEL-4-a", "essential", opened("2026-04-18T00:05:00Z", "urgent", "chat"), False, False),
        ("CEL-3-a", "preferred", opened("2026-04-19T05:15:00Z", "urgent", "phone"), True, True),
        ("CEL-3-f", "preferred", opened("2026-04-19T05:15:00Z", "high", "phone"), False, False),
        (
            "own-CEL-4 no telephone in Essential",
            "essential",
            opened("2026-04-15T17:00:00Z", "urgent", "phone"),
            False,
            True,
        ),
        ("own-CEL-4 chat within hours", "essential", opened("2026-04-15T17:00:00Z", "urgent", "chat"), True, True),
        ("own-CEL-11 channel not known", "preferred", ("2026-04-15T17:00:00Z opened",), None, True),
        ("own-CEL-11 premier on Saturday", "premier", opened("2026-04-18T19:00:00Z", "low", "phone"), True, True),
    ],
)
def test_whether_it_came_in_hours_through_an_open_channel(name, tier, lines, channel_open, in_hours):
    found = fold(ticket(*lines), celigo(tier))
    assert (found.channel_open, found.in_support_hours) == (channel_open, in_hours)


def test_cel_11_a_a_late_answer_is_a_breach_all_the_same():
    lines = (*opened("2026-04-18T19:00:00Z", "normal"), "2026-04-22T23:00:01Z reply")
    clock = one(celigo("preferred"), *lines, metric="first_response")
    assert to_datetime(clock.due_at) == to_datetime(at("2026-04-21T23:00:00Z"))
    assert clock.verdict is Verdict.BREACHED


@pytest.mark.requirement_part("CEL-3")
@pytest.mark.parametrize(("answer", "due"), [("down", "2026-04-19T07:15:00Z"), ("degraded", "2026-04-20T01:00:00Z")])
def test_cel_3_the_double_condition_by_the_letter(answer, due):
    hours = [{"severity": "urgent", "phoned": True, "answers": {"system": "down"}, "use": "always"}, {"use": "follow"}]
    events = ticket(*opened("2026-04-19T05:15:00Z", "urgent", "phone"))
    events[0] = dataclasses.replace(events[0], answers={"system": answer})
    clock = fold(events, celigo("preferred", ("tiers.preferred.hours", hours))).clocks[0]
    assert to_datetime(clock.due_at) == to_datetime(at(due))


# Tables of targets: a ticket and a reply on Monday at the calendar's opening, so that due times can be counted off.
CEL_7 = {  # tier: {severity: (first response, follow up)} in support hours
    "essential": {"urgent": (4, 9), "high": (9, 9), "normal": (27, 18), "low": (45, 18)},
    "preferred": {"urgent": (2, 24), "high": (8, 24), "normal": (48, 48), "low": (48, 48)},
    "premier": {"urgent": (1, 12), "high": (4, 12), "normal": (24, 48), "low": (24, 48)},
}
CEL_7_CELLS = [(tier, severity, cell) for tier, cells in CEL_7.items() for severity, cell in cells.items()]


@pytest.mark.requirement("CEL-7")
@pytest.mark.parametrize(("tier", "severity", "hours"), CEL_7_CELLS, ids=[f"{t}-{s}" for t, s, _ in CEL_7_CELLS])
def test_cel_7_every_cell_in_its_support_hours(tier, severity, hours):
    lines = (*opened("2026-04-13T15:00:00Z", severity), "2026-04-13T15:00:00Z reply")
    first, follow = clocks(celigo(tier), *lines)
    assert (first.allowed, follow.allowed) == tuple(each * 3600 for each in hours)
    for clock, each in zip((first, follow), hours, strict=True):
        full_days, rest = divmod(each, 9) if tier == "essential" else (0, each)
        if tier == "essential" and rest == 0:
            full_days, rest = full_days - 1, 9
        due = at("2026-04-13T15:00:00Z") + full_days * 86_400 + rest * 3600
        assert to_datetime(clock.due_at) == to_datetime(due)
        assert clock.verdict is (Verdict.MET if clock is first else Verdict.PENDING)


OPI_6 = {
    "pro": {"critical": 24, "major": None, "minor": None, "trivial": None},
    "business": {"critical": 8, "major": 24, "minor": None, "trivial": None},
    "corporate": {"critical": 4, "major": 8, "minor": 24, "trivial": 48},
}
OPI_6_CELLS = [(tier, severity, hours) for tier, cells in OPI_6.items() for severity, hours in cells.items()]


@pytest.mark.requirement("OPI-6")
@pytest.mark.parametrize(("tier", "severity", "hours"), OPI_6_CELLS, ids=[f"{t}-{s}" for t, s, _ in OPI_6_CELLS])
@pytest.mark.parametrize(("monday", "opens"), [("2026-01-12", 8), ("2026-07-13", 7)], ids=["CET", "CEST"])
def test_opi_6_every_cell_in_winter_and_summer(tier, severity, hours, monday, opens):
    start = at(f"{monday}T{opens:02}:00:00Z")
    found = clocks(opigno(tier), *opened(f"{monday}T{opens:02}:00:00Z", severity))
    if hours is None:
        assert found == []
        return
    days_before, rest = divmod(hours - 1, 8)
    weekends = 2 * (days_before // 5)
    assert [to_datetime(clock.due_at) for clock in found] == [
        to_datetime(start + (days_before + weekends) * 86_400 + (rest + 1) * 3600)
    ]


TABLES = {
    "essential": lambda: celigo("essential").hours.calendar("office", celigo("essential").contract, severity="urgent"),
    "preferred": lambda: celigo("preferred").hours.calendar("follow", celigo("preferred").contract, severity="urgent"),
    "cloudextend": lambda: cloudextend(("calendars.office.holidays", {})).hours.calendar(
        "office", cloudextend().contract
    ),
}
TABLE_IDS = [
    f"CEL-2-table-{each}"
    for each in (
        "essential-2026-01-14",
        "essential-2026-07-15",
        "essential-2026-10-07",
        "preferred-2026-03-18",
        "preferred-2026-07-15",
    )
] + [f"CLX-1-table-cloudextend-{each}" for each in ("2026-01-14", "2026-03-18", "2026-10-07")]


@pytest.mark.requirement_part("CEL-2", "CLX-1")
@pytest.mark.parametrize("name", TABLE_IDS)
def test_the_open_periods_of_a_week_in_every_zone(name):
    kind, date = re.search(r"-table-(\w+)-(\S+)", name).groups()
    wednesday = at(f"{date}T20:00:00Z")
    calendar = TABLES[kind]()
    periods = [
        each
        for each in calendar.open_periods(wednesday - 4 * 86_400, wednesday + 4 * 86_400)
        if each.end < wednesday + 4 * 86_400
    ]
    periods = [each for each in periods if each.start > wednesday - 4 * 86_400][-5 if kind != "preferred" else -1 :]
    for place, told in row(name)["expect"].items():
        first, last = (
            tuple(to_datetime(bound, zone(place)) for bound in (each.start, each.end))
            for each in (periods[0], periods[-1])
        )
        ends = first[0].strftime("%Z")
        if kind == "preferred":
            assert f"{first[0]:%a %H:%M} - {first[1]:%a %H:%M} {ends}" == told
        else:
            assert f"{first[0]:%a %H:%M}-{first[1]:%a %H:%M} ... {last[0]:%a %H:%M}-{last[1]:%a %H:%M} {ends}" == told


@pytest.mark.requirement_part("OPT-7")
@pytest.mark.parametrize(
    ("stop", "line", "stops"),
    [
        ("acknowledgement", "acknowledged", True),
        ("acknowledgement", "automatic_acknowledgement", False),
        ("acknowledgement", "reply", True),
        ("acknowledgement", "automatic_reply", False),
        ("reply", "acknowledged", False),
        ("reply", "reply", True),
        ("reply", "internal_note", False),
        ("reply", "call_back", False),
        ("severity_assigned", "severity high", True),
        ("severity_assigned", "reply", False),
        ("severity_confirmed", "confirmed high", True),
    ],
)
def test_opt_7_which_event_stops_the_clock_is_the_plans_choice(stop, line, stops):
    the_rules = optimy(("metrics.response.stops_on", [stop]))
    lines = (*opened("2026-06-30T20:45:00Z", "high"), f"2026-06-30T20:50:00Z {line}")
    clock = one(the_rules, *lines, metric="response")
    assert (clock.stopped_at is not None) is stops
    assert clock.stopped_by == (stop if stops else None)


@pytest.mark.requirement_part("CEL-5")
def test_cel_5_urgency_rules_until_a_severity_is_assigned_and_each_step_is_shown():
    the_rules = celigo("essential")
    lines = (
        *opened("2026-04-13T15:00:00Z", "urgent"),
        "2026-04-13T16:00:00Z severity high",
        "2026-04-13T17:00:00Z severity urgent",
    )
    clock = one(the_rules, *lines, metric="first_response")
    assert [(change.before.severity, change.after.severity, change.how) for change in clock.changes] == [
        ("urgent", "high", "from_start"),
        ("high", "urgent", "from_change"),
    ]
    assert to_datetime(clock.due_at) == to_datetime(at("2026-04-13T21:00:00Z"))
    codes = [step.code for step in explain(clock, the_rules, "portal", at("2026-04-13T18:00:00Z")).steps]
    assert codes[:1] == ["clock.started"]
    assert "clock.severity_changed_from_start" in codes
    assert "clock.severity_changed_from_change" in codes


@pytest.mark.requirement_part("CEL-9", "CEL-11")
@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("coverage best_effort", "best_effort"),
        ("coverage not_covered", "not_covered"),
        ("coverage chargeable", None),
        ("excluded customer_acts", "customer_acts"),
        ("excluded customer_acts first_response", "customer_acts"),
        ("excluded customer_acts follow_up", None),
    ],
)
def test_cel_9_what_stands_outside_the_promise_says_why(line, cause):
    lines = (*opened("2026-04-13T15:00:00Z", "urgent"), f"2026-04-13T16:00:00Z {line}", "2026-04-15T15:00:00Z reply")
    clock = one(celigo("preferred"), *lines, metric="first_response")
    assert (clock.exclusion.cause if clock.exclusion else None) == cause
    assert clock.verdict is Verdict.BREACHED
    assert ev.KINDS["exclusion_decided"] is ev.ExclusionDecided
