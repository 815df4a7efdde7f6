"""
The decisions of the design that two good engineers would take differently (section 6a), each as a table.
"""

import pytest

from tests.cases import of_row
from tests.core.clocks.tickets import (
    AFTER_HOURS,
    FIRST_RESPONSE,
    FOLLOW_UP,
    NEXT_RESPONSE,
    RESOLUTION,
    at,
    clocks,
    document,
    due,
    fold,
    one,
    rules,
    rules_of,
    shown,
    ticket,
    told,
)
from upheld.core.clocks.explain import explain
from upheld.core.clocks.story import StoryError

RESPONSES = {"first_response": FIRST_RESPONSE, "next_response": NEXT_RESPONSE}
FOLLOWED = {"first_response": FIRST_RESPONSE, "follow_up": FOLLOW_UP}
ANSWERED = ("01 09:00 opened", "01 10:00 reply")


def test_next_response_is_due_from_the_first_unanswered_message():
    the_rules = rules(RESPONSES, {"first_response": "4h", "next_response": "2h"})
    lines = (*ANSWERED, "01 11:00 customer", "01 12:30 customer", "01 12:45 reply", "01 14:00 customer")
    assert told(the_rules, *lines, metric="next_response") == [
        ("01 11:00", "customer_message", "01 13:00", "01 12:45", "met", None),
        ("01 14:00", "customer_message", "01 16:00", None, "pending", None),
    ]


def test_a_breached_update_is_one_violation_until_an_update_is_given():
    update = {"starts_on": ["opened", "reply"], "stops_on": "reply", "repeats": True}
    the_rules = rules({"update": update}, {"update": "1h"})
    lines = ("01 09:00 opened", "01 12:00 customer", "01 15:00 customer", "01 16:00 reply")
    assert told(the_rules, *lines) == [
        ("01 09:00", "opened", "01 10:00", "01 16:00", "breached", None),
        ("01 16:00", "reply", "01 17:00", None, "pending", None),
    ]


@pytest.mark.parametrize(
    ("line", "stops"),
    [
        ("reply", True),
        ("automatic_reply", False),
        ("internal_note", False),
        ("call_back", True),
        ("call", False),
        ("acknowledged", False),
        ("automatic_acknowledgement", False),
        ("customer", False),
        ("assigned", False),
    ],
)
def test_a_reply_is_public_and_human(line, stops):
    clock = one(rules(), "01 09:00 opened", f"01 10:00 {line}")
    assert clock.verdict.value == ("met" if stops else "pending")


TARGETS = {"first_response": {"high": "2h", "mid": "8h", "low": "16h"}}
SEVERITY_CHANGES = [
    ({}, "mid", "01 12:00 severity high", "01 14:00"),
    ({"raised": "from_start"}, "mid", "01 10:00 severity high", "01 11:00"),
    ({"raised": "from_start"}, "mid", "01 12:00 severity high", "01 12:00"),
    ({}, "high", "01 10:00 severity mid", "01 17:00"),
    ({"lowered": "from_change"}, "high", "01 10:00 severity mid", "02 10:00"),
    ({}, "high", "01 10:00 severity low", "02 17:00"),
    ({}, "mid", "06 12:00 severity high", "01 17:00"),
]


@pytest.mark.parametrize(("process", "before", "change", "expected"), SEVERITY_CHANGES)
def test_raised_runs_from_the_change_and_lowered_from_the_start(process, before, change, expected):
    the_rules = rules(targets=TARGETS, severity_process=process)
    assert due(the_rules, "01 09:00 opened", f"01 09:00 urgency {before}", change) == expected


def test_a_metric_may_say_otherwise_than_the_plan():
    metrics = {"first_response": {**FIRST_RESPONSE, "raised": "from_start"}}
    the_rules = rules(metrics, TARGETS, severity_process={"raised": "from_change"})
    assert due(the_rules, "01 09:00 opened", "01 09:00 urgency mid", "01 10:00 severity high") == "01 11:00"


@pytest.mark.parametrize(
    "lines",
    [
        ("01 09:00 opened", "01 09:00 urgency mid", "01 14:00 severity high"),
        ("05 16:30 opened", "05 16:30 urgency low", "06 12:00 severity high"),
    ],
    ids=["raised within hours", "raised on Saturday"],
)
def test_never_breached_before_the_change_that_made_it_due(lines):
    the_rules = rules(targets=TARGETS, severity_process={"raised": "from_start"})
    clock = one(the_rules, *lines)
    changed_at = clock.changes[-1].at
    assert clock.due_at >= changed_at
    assert not clock.is_breached_at(changed_at)


@pytest.mark.parametrize("days", ["same_time", "end_of_day", "hours"])
def test_never_breached_before_the_call_that_changed_the_calendar(days):
    """A target in days that the new calendar would have ended on Saturday is due at the call, not before it."""
    the_rules = rules(targets={"first_response": f"1d {days}"}, hours=AFTER_HOURS)
    clock = one(the_rules, "05 16:30 opened", "07 09:00 call")
    assert clock.due_at >= at("07 09:00")
    assert not clock.is_breached_at(at("07 09:00"))


@pytest.mark.parametrize("known", [(), ("06 09:00 urgency high",)], ids=["severity unknown", "severity known"])
def test_time_before_the_call_is_not_counted_again(known):
    the_rules = rules(targets={"first_response": "2h"}, hours=AFTER_HOURS)
    assert due(the_rules, "06 09:00 opened", *known, "07 09:00 call") == "07 11:00"


def test_a_breach_stands_when_the_severity_is_lowered_unless_the_plan_reconsiders():
    lines = ("01 09:00 opened", "01 09:00 urgency high", "01 12:00 severity mid", "01 12:30 reply")
    assert one(rules(targets=TARGETS), *lines).verdict.value == "breached"
    kind = {"breached_before_lowering": "reconsidered"}
    clock = one(rules(targets=TARGETS, severity_process=kind), *lines)
    assert (clock.verdict.value, shown(clock.due_at)) == ("met", "01 17:00")


@pytest.mark.parametrize(
    ("before", "expected"),
    [("urgency", "01 11:00"), ("suggestion", "01 17:00"), ("gravest", "01 11:00"), ("none", None), ("low", "02 17:00")],
)
def test_what_holds_until_a_severity_is_assigned(before, expected):
    the_rules = rules(targets=TARGETS, severity_process={"until_assigned": before})
    found = clocks(the_rules, "01 09:00 opened", "01 09:00 urgency high", "01 09:00 suggested mid")
    assert [shown(clock.due_at) for clock in found] == ([expected] if expected else [])


@pytest.mark.parametrize(("assigned", "expected"), [("high", "01 11:00"), ("mid", "01 17:00")])
def test_time_before_the_first_severity_counts(assigned, expected):
    the_rules = rules(targets=TARGETS, severity_process={"until_assigned": "none"})
    assert due(the_rules, "01 09:00 opened", f"01 10:00 severity {assigned}") == expected


@pytest.mark.parametrize("empty", [None, "none"], ids=["no row", "a row that promises nothing"])
@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (("01 09:00 urgency low", "01 11:00 severity mid"), "01 15:00"),
        (("01 09:00 urgency high", "01 11:00 severity mid"), "01 13:00"),
    ],
    ids=["raised", "lowered"],
)
def test_a_severity_without_a_promise_counts_alike_however_it_is_written(empty, steps, expected):
    targets = {"mid": "4h", **({"high": empty, "low": empty} if empty else {})}
    assert due(rules(targets={"first_response": targets}), "01 09:00 opened", *steps) == expected


RESOLVED_METRICS = {"resolution": RESOLUTION}


def test_reopened_resolution_goes_on_and_a_repeating_metric_begins_anew():
    the_rules = rules({**FOLLOWED, **RESOLVED_METRICS}, {"first_response": "4h", "follow_up": "4h", "resolution": "8h"})
    lines = (
        *ANSWERED,
        "01 11:00 resolved",
        "02 09:00 reopened",
        "02 10:00 customer",
        "02 11:00 reply",
        "02 12:00 resolved",
    )
    assert told(the_rules, *lines, metric="resolution") == [("01 09:00", "opened", "02 15:00", "02 12:00", "met", None)]
    assert told(the_rules, *lines, metric="follow_up") == [
        ("01 10:00", "reply", "01 14:00", "01 11:00", "ended", "resolved"),
        ("02 09:00", "reopened", "02 13:00", "02 11:00", "met", None),
        ("02 11:00", "reply", "02 15:00", "02 12:00", "ended", "resolved"),
    ]


def test_reopened_too_late_stays_resolved():
    the_rules = rules({"resolution": {**RESOLUTION, "reopened_within": "2d"}}, {"resolution": "8h"})
    for when, stopped in (("03 10:00", False), ("03 10:01", True)):
        clock = one(the_rules, "01 09:00 opened", "01 10:00 resolved", f"{when} reopened")
        assert (clock.stopped_at is not None) is stopped


@pytest.mark.parametrize(
    "after",
    [
        ("01 11:01 reply",),
        ("01 11:01 customer",),
        ("01 11:01 customer", "01 12:00 reply"),
        ("01 11:01 on_hold", "01 12:00 back"),
        ("01 11:01 call",),
    ],
    ids=str,
)
@pytest.mark.parametrize("end", ["resolved", "closed"])
def test_thanks_and_farewells_on_a_resolved_ticket_start_nothing(end, after):
    the_rules = rules(FOLLOWED, {"first_response": "4h", "follow_up": "4h"})
    found = clocks(the_rules, *ANSWERED, f"01 11:00 {end}", *after, metric="follow_up")
    assert [clock.ended_because for clock in found] == ["resolved"]


def test_a_metric_that_starts_on_resolved_starts():
    review = {"starts_on": "resolved", "stops_on": "milestone:reviewed"}
    the_rules = rules({"review": review}, {"review": "2d"}, milestones={"reviewed": "Reviewed"})
    assert told(the_rules, "01 09:00 opened", "01 10:00 resolved", "02 10:00 milestone reviewed") == [
        ("01 10:00", "resolved", "03 10:00", "02 10:00", "met", None)
    ]


def test_merged_ends_the_clocks_outside_denominators_but_takes_no_breach_back():
    the_rules = rules({**FOLLOWED, **RESOLVED_METRICS}, {"first_response": "1h", "follow_up": "4h", "resolution": "8h"})
    assert [each[3:] for each in told(the_rules, "01 09:00 opened", "01 09:30 merged")] == [
        ("01 09:30", "ended", "merged"),
        ("01 09:30", "ended", "merged"),
    ]
    assert [each[4] for each in told(the_rules, "01 09:00 opened", "01 10:30 merged")] == ["breached", "ended"]


@pytest.mark.parametrize(
    "running", ["", "01 10:00 waiting", "01 11:00 resolved"], ids=["running", "nothing owed", "resolved"]
)
def test_nothing_starts_or_goes_on_after_merging(running):
    the_rules = rules({**FOLLOWED, **RESOLVED_METRICS}, {"first_response": "4h", "follow_up": "4h", "resolution": "8h"})
    before = (*ANSWERED, *([running] if running else []), "01 12:00 merged")
    after = ("02 09:00 customer", "02 10:00 reopened", "02 11:00 reply", "02 12:00 back")
    assert told(the_rules, *before, *after) == told(the_rules, *before)
    assert not any(clock.is_open for clock in clocks(the_rules, *before, *after))


def test_a_back_dated_call_counts_when_it_happened():
    the_rules = rules(targets={"first_response": "2h"}, hours=AFTER_HOURS)
    lines = ("06 09:00 opened", "07 12:00 reply", "07 10:30 call")
    clock = one(the_rules, *lines)
    assert (shown(clock.due_at), clock.verdict.value) == ("07 12:30", "met")


def test_a_call_before_the_ticket_was_opened_counts_as_at_its_opening():
    the_rules = rules(targets={"first_response": "2h"}, hours=AFTER_HOURS)
    assert due(the_rules, "06 09:00 opened", "06 08:55 call") == "06 11:00"


def test_cancelled_while_the_customer_is_waited_on():
    the_rules = rules(FOLLOWED, {"first_response": "4h", "follow_up": "4h"})
    lines = (*ANSWERED, "01 11:00 waiting", "02 09:00 customer", "02 10:00 reply")
    assert told(the_rules, *lines, metric="follow_up") == [
        ("02 09:00", "customer_message", "02 13:00", "02 10:00", "met", None),
        ("02 10:00", "reply", "02 14:00", None, "pending", None),
    ]


def test_a_broken_cycle_is_not_cancelled_and_leaves_nothing_behind():
    the_rules = rules(FOLLOWED, {"first_response": "4h", "follow_up": "4h"})
    lines = (
        *ANSWERED,
        "03 10:00 waiting",
        "03 11:00 customer",
        "03 12:00 call_back",
        "04 10:00 on_hold",
        "04 11:00 back",
    )
    assert told(the_rules, *lines, metric="follow_up") == [
        ("01 10:00", "reply", "01 14:00", "03 12:00", "breached", None)
    ]


def test_reopened_while_nothing_is_owed_waits():
    the_rules = rules(FOLLOWED, {"first_response": "4h", "follow_up": "4h"})
    lines = (*ANSWERED, "01 10:00 waiting", "01 12:00 resolved", "02 09:00 reopened")
    assert told(the_rules, *lines, metric="follow_up") == []
    assert [each[:3] for each in told(the_rules, *lines, "02 10:00 customer", metric="follow_up")] == [
        ("02 10:00", "reopened", "02 14:00")
    ]


def test_waiting_and_back_gives_no_new_term():
    the_rules = rules(FOLLOWED, {"first_response": "4h", "follow_up": "4h"})
    toggled = ("01 11:00 waiting", "01 12:00 back", "01 13:00 waiting", "01 14:00 back")
    assert told(the_rules, *ANSWERED, *toggled, metric="follow_up")[0][:3] == ("01 10:00", "reply", "01 16:00")


def test_what_waits_for_the_customer_to_the_end_is_not_owed():
    the_rules = rules(FOLLOWED, {"first_response": "4h", "follow_up": "4h"})
    assert told(the_rules, *ANSWERED, "01 11:00 waiting", metric="follow_up") == [
        ("01 10:00", "reply", "01 14:00", "01 11:00", "ended", "nothing_owed")
    ]


def test_a_cancelled_clock_that_does_not_repeat_comes_back():
    metric = {**FIRST_RESPONSE, "cancels_while": "waiting_on_customer"}
    the_rules = rules({"first_response": metric}, {"first_response": "4h"})
    lines = ("01 09:00 opened", "01 10:00 waiting", "02 09:00 customer", "02 10:00 reply", "02 11:00 reply")
    assert told(the_rules, *lines) == [
        ("01 09:00", "opened", "02 12:00", "02 10:00", "met", None),
    ]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [("clock_runs", "01 13:00"), ("clock_pauses", "02 11:00"), ("clock_not_started", "02 12:00")],
)
def test_what_clocks_do_while_intake_is_missing(missing, expected):
    the_rules = rules(intake={"missing": missing})
    assert due(the_rules, "01 09:00 opened", "01 10:00 asked", "01 16:00 complete") == expected


def test_from_the_start_is_from_the_complete_intake_where_that_starts_the_clock():
    the_rules = rules(targets=TARGETS, intake={"missing": "clock_not_started"})
    lines = ("01 09:00 opened", "01 09:00 urgency high", "01 10:00 asked", "01 12:00 complete", "01 13:00 severity mid")
    assert due(the_rules, *lines) == "02 12:00"


AGREED = {
    "resolution": {
        "mid": {"within": "8h", "or_agreed": True},
        "high": "4h",
        "low": {"within": "16h", "or_agreed": True},
    }
}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("01 10:00 agreed 05 10:00",), "05 10:00"),
        (("01 10:00 agreed 05 10:00", "02 10:00 agreed 08 12:00"), "08 12:00"),
        (("03 10:00 agreed 05 10:00",), "01 17:00"),
        (("01 10:00 agreed 05 10:00", "01 12:00 severity high"), "01 16:00"),
        (("01 10:00 agreed 05 10:00", "01 12:00 severity low"), "05 10:00"),
        (("01 10:00 severity high", "01 11:00 agreed 05 10:00"), "01 14:00"),
    ],
)
def test_an_agreed_date_takes_the_place_of_the_due_time_of_its_promise(lines, expected):
    the_rules = rules({"resolution": RESOLUTION}, AGREED)
    assert due(the_rules, "01 09:00 opened", "01 09:00 urgency mid", *lines) == expected


@pytest.mark.parametrize("between", ["", "02 20:00 on_hold", "02 08:00 call", "02 20:00 severity low"], ids=str)
def test_the_early_end_of_a_range_does_not_drift(between):
    the_rules = rules(targets={"first_response": "24-48h elapsed"})
    clock = one(the_rules, "01 09:00 opened", *([between] if between else []))
    assert (shown(clock.early_at), shown(clock.due_at)) == ("02 09:00", "03 09:00")


def test_the_early_end_of_a_range_in_hours_is_pushed_by_a_pause_before_it_only():
    metric = {**FIRST_RESPONSE, "pauses_while": "waiting_on_customer"}
    the_rules = rules({"first_response": metric}, {"first_response": "4-8h"})
    before = one(the_rules, "01 09:00 opened", "01 10:00 waiting", "01 12:00 customer", "01 16:00 on_hold")
    assert (shown(before.early_at), shown(before.due_at)) == ("01 15:00", "02 11:00")
    after = one(the_rules, "01 09:00 opened", "01 14:00 waiting", "01 16:00 customer")
    assert (shown(after.early_at), shown(after.due_at)) == ("01 13:00", "02 11:00")


@pytest.mark.parametrize("days", ["same_time", "end_of_day"])
def test_the_early_end_of_a_range_in_days_does_not_drift_either(days):
    metric = {**FIRST_RESPONSE, "pauses_while": "waiting_on_customer", "days": days}
    the_rules = rules({"first_response": metric}, {"first_response": "1-3d"})
    quiet = one(the_rules, "01 10:00 opened")
    paused = one(the_rules, "01 10:00 opened", "03 09:00 waiting", "03 13:00 customer")
    assert paused.early_at == quiet.early_at
    assert paused.due_at > quiet.due_at


def test_a_first_start_in_the_list_takes_over_an_unbroken_cycle():
    the_rules = rules(FOLLOWED, {"first_response": "4h", "follow_up": "4h"})
    assert told(the_rules, *ANSWERED, "01 13:00 customer", metric="follow_up") == [
        ("01 13:00", "customer_message", "01 17:00", None, "pending", None)
    ]
    assert told(the_rules, *ANSWERED, "01 14:00 customer", metric="follow_up") == [
        ("01 14:00", "customer_message", "02 10:00", None, "pending", None)
    ]
    broken = told(the_rules, *ANSWERED, "01 14:01 customer", metric="follow_up")
    assert broken == [("01 10:00", "reply", "01 14:00", None, "pending", None)]


@pytest.mark.parametrize("kind", ["best effort", "immediate"])
def test_a_promise_without_a_figure_measures_and_is_never_late(kind):
    clock = one(rules(targets={"first_response": kind}), "01 09:00 opened", "20 10:00 reply")
    assert (clock.due_at, clock.allowed, clock.verdict.value) == (None, None, "ended")
    assert clock.spent > 0


@pytest.mark.requirement_part("CAP-7")
def test_a_change_of_tier_keeps_what_was_counted_and_paused():
    data = document({"resolution": RESOLUTION}, {"resolution": "16h"})
    data["tiers"]["better"] = {"hours": "office", "targets": {"resolution": "8h"}}
    data["tiers"]["same"] = {"hours": "office", "targets": {"resolution": "16h"}}
    the_rules = rules_of(data)
    before = ("01 09:00 opened", "01 11:00 waiting", "01 15:00 customer")
    assert due(the_rules, *before) == "03 13:00"
    assert due(the_rules, *before, "01 16:00 tier same") == "03 13:00"
    assert due(the_rules, *before, "01 16:00 tier better") == "02 13:00"
    assert (
        due(the_rules, "01 09:00 opened", "01 11:00 waiting", "01 12:00 tier better", "01 15:00 customer") == "02 13:00"
    )


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((), "story.empty"),
        (("01 09:00 reply",), "story.not_opened"),
        (("01 09:00 opened", "01 10:00 severity grave"), "story.unknown_severity"),
        (("01 09:00 opened", "01 10:00 suggested grave"), "story.unknown_severity"),
        (("01 09:00 opened", "01 10:00 tier gold"), "story.unknown_tier"),
        (("01 09:00 opened", "01 10:00 corrected 1"), "story.not_opened"),
    ],
)
def test_a_story_that_cannot_be_told_is_refused(lines, code):
    with pytest.raises(StoryError) as refused:
        fold(ticket(*lines), rules())
    assert refused.value.code == code


def test_an_unknown_tier_of_the_contract_is_refused():
    with pytest.raises(StoryError) as refused:
        fold(ticket("01 09:00 opened"), rules(contract={"tier": "gold"}))
    assert refused.value.code == "story.unknown_tier"


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        (("01 10:00 excluded firewall",), "firewall"),
        (("01 10:00 excluded firewall", "01 11:00 not_excluded firewall"), None),
        (("01 10:00 excluded firewall first_response",), "firewall"),
        (("01 10:00 excluded firewall resolution",), None),
        (("01 10:00 coverage best_effort",), "best_effort"),
        (("01 10:00 coverage best_effort", "01 11:00 coverage covered"), None),
        (("01 10:00 coverage undecided",), None),
        (("01 10:00 coverage best_effort", "01 11:00 not_excluded firewall"), None),
    ],
    ids=str,
)
def test_an_exclusion_is_shown_and_changes_no_verdict(lines, cause):
    clock = one(rules(), "01 09:00 opened", *lines, "02 10:00 reply")
    assert clock.verdict.value == "breached"
    assert (clock.exclusion.cause if clock.exclusion else None) == cause


@of_row("BI-CD-020")
def test_a_clock_keeps_the_zone_of_the_rules_it_ran_on():
    """BI-CD-020: a customer that moves gets its new zone for new tickets; the rules of an old one stay."""
    own = {"office": {"zone": "customer", "week": {"mon-fri": "09:00-17:00"}, "day": "8h"}}
    before = rules(calendars=own, contract={"zone": "Europe/Zurich"})
    after = rules(calendars=own, contract={"zone": "America/New_York"})
    assert due(before, "01 07:00 opened") == "01 11:00"
    assert due(after, "01 07:00 opened") == "01 17:00"
    assert due(before, "01 07:00 opened") == "01 11:00"


def test_from_the_start_counts_nothing_twice_and_nothing_before_the_intake():
    the_rules = rules(targets=TARGETS, intake={"missing": "clock_not_started"})
    lines = ("01 09:00 opened", "01 09:00 urgency high", "01 09:30 severity mid", "01 10:00 asked", "01 12:00 complete")
    assert due(the_rules, *lines, "01 13:00 severity low") == "03 12:00"


@pytest.mark.parametrize("steps", [("high", "mid"), ("high", "low", "high", "low"), ("low", "mid", "low")], ids=str)
def test_an_explanation_counts_what_was_spent_after_there_and_back(steps):
    the_rules = rules(targets=TARGETS)
    changes = [f"01 {10 + hour}:00 severity {step}" for hour, step in enumerate(steps)]
    clock = one(the_rules, "01 09:00 opened", "01 09:00 urgency mid", *changes, "01 15:00 reply")
    assert explain(clock, the_rules, None, clock.stopped_at).counted_seconds == clock.spent


def test_what_started_a_clock_cannot_stop_it():
    """Closing a ticket that was never resolved resolves it too; that is no time between the two."""
    the_rules = rules(
        {"quiet": {"starts_on": "resolved", "stops_on": "closed", "reopened": "nothing"}}, {"quiet": "5d"}
    )
    assert told(the_rules, "01 09:00 opened", "01 10:00 closed") == [
        ("01 10:00", "resolved", "08 10:00", "01 10:00", "ended", "closed")
    ]
    assert told(the_rules, "01 09:00 opened", "01 10:00 resolved", "02 10:00 closed")[0][3:5] == ("02 10:00", "met")
