"""
Clocks that run while their ticket moves to another plan version or to other calendars (docs/adr/0013).
"""

import pytest

from tests.core.clocks.tickets import NEXT_RESPONSE, RESOLUTION, at, rules, shown, ticket
from upheld.core import events as ev
from upheld.core.clocks.explain import explain, stand
from upheld.core.clocks.fold import fold
from upheld.core.clocks.risk import at_risk_at
from upheld.core.clocks.rules import moved
from upheld.core.clocks.story import StoryError

BOTH = {"first_response": {"starts_on": "opened", "stops_on": "reply"}, "resolution": RESOLUTION}


def closed_on(*days):
    """Changes of a plan by which its office is closed on days of June 2026; the 6th is a Saturday."""
    return {
        "holiday_lists": {"ours": {"dates": {f"2026-06-{day}": "holiday" for day in ("06", *days)}}},
        "calendars": {
            "office": {"zone": "UTC", "week": {"mon-fri": "09:00-17:00"}, "day": "8h", "holidays": {"ours": "closed"}}
        },
    }


def life(lines, first, *moves):
    """A ticket's events with its moves (when, kind, rules), as (events, rules)."""
    events, steps = ticket(*lines), []
    for when, kind, following in moves:
        seq = len(events) + 1
        event = ev.PlanMoved(seq=seq, effective_at=at(when), version="2")
        if kind == "calendar":
            event = ev.CalendarMoved(seq=seq, effective_at=at(when), revision="2")
        events.append(event)
        steps.append((at(when), seq, kind, following))
    return events, moved(first, steps)


def after(lines, first, *moves):
    """Each clock as (metric, due, verdict, revision that ruled in the end)."""
    events, ruled = life(lines, first, *moves)
    return [
        (clock.metric, shown(clock.due_at), clock.verdict.value, clock.ruling) for clock in fold(events, ruled).clocks
    ]


def calendars(target, *days, **more):
    return rules(BOTH, {"first_response": target}, **closed_on(*days), **more)


# --- other calendars


@pytest.mark.parametrize(
    ("lines", "days", "due"),
    [
        pytest.param(["01 16:00 opened"], ["02"], "03 12:00", id="a-new-holiday-pushes-the-due-time"),
        pytest.param(["01 16:00 opened"], ["05"], "02 12:00", id="one-after-the-due-time-does-not"),
        pytest.param(["01 10:00 opened"], ["01"], "02 13:00", id="one-that-has-begun-takes-back-what-was-counted"),
    ],
)
def test_a_running_clock_counts_from_its_start_by_the_new_list(lines, days, due):
    move = ("01 16:30" if lines[0].startswith("01 16") else "01 11:00", "calendar", calendars("4h", *days))
    assert after(lines, calendars("4h"), move) == [("first_response", due, "pending", 1)]


def test_a_holiday_taken_off_the_list_makes_due_earlier_but_not_before_the_move():
    first = calendars("4h", "02")
    assert after(["01 16:00 opened"], first) == [("first_response", "03 12:00", "pending", 0)]
    early = ("01 16:30", "calendar", calendars("4h"))
    assert after(["01 16:00 opened"], first, early) == [("first_response", "02 12:00", "pending", 1)]
    late = ("02 15:00", "calendar", calendars("4h"))
    assert after(["01 16:00 opened"], first, late) == [("first_response", "02 15:00", "pending", 1)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["01 09:00 opened", "01 12:00 reply"], ("01 13:00", "met"), id="met"),
        pytest.param(["01 09:00 opened", "02 12:00 reply"], ("01 13:00", "breached"), id="late"),
        pytest.param(["01 09:00 opened"], ("01 13:00", "breached"), id="broken-and-still-open"),
        pytest.param(["01 09:00 opened", "01 10:00 closed"], ("01 13:00", "ended"), id="ended"),
    ],
)
def test_what_has_ended_or_is_broken_changes_no_more(lines, expected):
    events, ruled = life(lines, calendars("4h"), ("03 09:00", "calendar", calendars("4h", "01", "02")))
    [clock] = [each for each in fold(events, ruled).clocks if each.metric == "first_response"]
    assert (shown(clock.due_at), clock.verdict.value, clock.ruling) == (*expected, 0)
    [alone] = [each for each in fold(ticket(*lines), calendars("4h")).clocks if each.metric == "first_response"]
    assert (alone.due_at, alone.stopped_at, alone.ended_at) == (clock.due_at, clock.stopped_at, clock.ended_at)
    if not clock.is_open:
        assert alone == clock


def test_broken_before_the_move_stays_broken_when_it_is_answered_after_it():
    lines = ["01 09:00 opened", "03 10:00 reply"]
    events, ruled = life(lines, calendars("4h"), ("02 09:00", "calendar", calendars("4h", "01", "02")))
    clock = fold(events, ruled).clocks[0]
    assert (clock.verdict.value, shown(clock.due_at), clock.spent) == ("breached", "01 13:00", 17 * 3600)


def test_a_reply_logged_late_but_given_before_the_move_is_judged_by_the_old_list():
    first, second = calendars("4h"), calendars("4h", "01")
    events, ruled = life(["01 09:00 opened"], first, ("01 12:30", "calendar", second))
    events.append(ev.MessageSent(seq=3, effective_at=at("01 12:00"), recorded_at=at("02 09:00")))
    clock = fold(events, ruled).clocks[0]
    assert (clock.verdict.value, shown(clock.due_at), clock.ruling) == ("met", "01 13:00", 0)


def test_time_that_was_set_aside_stays_so():
    target = {"high": "2h", "low": "16h"}
    lines = ["01 09:00 opened", "01 09:00 severity low", "02 10:00 severity high"]
    process = {"severity_process": {"raised": "from_change", "until_assigned": "gravest"}}
    first = calendars(target, **process)
    assert after(lines, first)[0][1] == "02 12:00"
    assert after(lines, first, ("02 10:30", "calendar", calendars(target, "01", **process)))[0][1] == "02 12:00"
    assert after(lines, first, ("02 10:30", "calendar", calendars(target, "02", **process)))[0][1] == "03 11:00"


def test_pauses_and_calls_are_counted_again_on_their_own_calendars():
    hours = [{"phoned": True, "use": "always"}, {"use": "office"}]
    lines = ["01 15:00 opened", "02 09:00 waiting", "03 09:00 customer", "03 12:00 call"]
    targets = {"resolution": "10h"}
    first, second = (rules(BOTH, targets, hours=hours, **closed_on(*days)) for days in ((), ("02", "03")))
    assert after(lines, first)[0][1] == "03 17:00"
    assert after(lines, first, ("03 13:00", "calendar", second))[0][1] == "03 20:00"


def test_days_are_counted_again_from_the_start():
    first = rules(BOTH, {"first_response": "2d end_of_day"}, **closed_on())
    second = rules(BOTH, {"first_response": "2d end_of_day"}, **closed_on("02"))
    assert after(["01 10:00 opened"], first)[0][1] == "03 17:00"
    assert after(["01 10:00 opened"], first, ("01 12:00", "calendar", second))[0][1] == "04 17:00"


def test_several_moves_one_after_another():
    first, second, third = calendars("4h"), calendars("4h", "02"), calendars("4h", "02", "03")
    moves = [("01 16:30", "calendar", second), ("02 10:00", "calendar", third)]
    assert after(["01 16:00 opened"], first, *moves) == [("first_response", "04 12:00", "pending", 2)]
    back = [("01 16:30", "calendar", second), ("02 10:00", "calendar", first)]
    assert after(["01 16:00 opened"], first, *back) == [("first_response", "02 12:00", "pending", 2)]


def test_a_cycle_that_starts_after_the_move_runs_by_the_new_list_alone():
    metrics = {**BOTH, "next_response": NEXT_RESPONSE}
    targets = {"first_response": "4h", "next_response": "4h"}
    lines = ["01 09:00 opened", "01 10:00 reply", "01 11:00 customer", "01 12:00 reply", "02 16:00 customer"]
    first, second = rules(metrics, targets, **closed_on()), rules(metrics, targets, **closed_on("03"))
    assert after(lines, first, ("02 09:00", "calendar", second)) == [
        ("first_response", "01 13:00", "met", 0),
        ("next_response", "01 15:00", "met", 0),
        ("next_response", "04 12:00", "pending", 1),
    ]


def test_a_corrected_move_never_was():
    events, ruled = life(["01 16:00 opened"], calendars("4h"), ("01 16:30", "calendar", calendars("4h", "02")))
    events.append(ev.Corrected(seq=3, effective_at=at("01 17:00"), corrected_seq=2))
    assert fold(events, ruled) == fold(ticket("01 16:00 opened"), calendars("4h"))


# --- another plan version


def version(target, **more):
    return rules(BOTH, {"first_response": target}, **more)


@pytest.mark.parametrize(
    ("before", "new", "more", "due"),
    [
        pytest.param("4h", "4h", {}, "01 13:00", id="the-same-target-goes-on"),
        pytest.param("8h", "2h", {}, "01 14:00", id="shorter-from-the-move"),
        pytest.param("4h", "8h", {}, "01 17:00", id="longer-from-the-start"),
        pytest.param(
            "8h", "2h", {"terms": {"moved_clocks": "from_start"}}, "01 12:00", id="shorter-from-start-as-told"
        ),
        pytest.param("8h", "4h", {"terms": {"moved_clocks": "from_start"}}, "01 13:00", id="from-start-as-told"),
        pytest.param("4h", "8h", {"terms": {"moved_clocks": "from_move"}}, "02 12:00", id="longer-from-move-as-told"),
        pytest.param("best effort", "4h", {}, "01 16:00", id="a-first-target-from-the-move"),
        pytest.param("4h", "best effort", {}, None, id="no-target-any-more"),
        pytest.param("3d end_of_day", "2d end_of_day", {}, "03 17:00", id="days-of-one-mode"),
    ],
)
def test_a_running_clock_under_another_plan_version(before, new, more, due):
    move = ("01 12:00", "plan", version(new, **more))
    assert after(["01 09:00 opened"], version(before), move) == [("first_response", due, "pending", 1)]


def test_no_clock_is_broken_by_a_plan_before_it_ruled():
    strict = version("1h", terms={"moved_clocks": "from_start"})
    events, ruled = life(["01 09:00 opened"], version("8h"), ("01 12:00", "plan", strict))
    clock = fold(events, ruled).clocks[0]
    assert (shown(clock.due_at), clock.verdict.value) == ("01 12:00", "pending")
    assert not clock.is_breached_at(at("01 12:00"))
    assert clock.is_breached_at(at("01 12:00") + 1)


def test_a_clock_that_is_not_promised_any_more_ends_without_a_verdict():
    gone = rules({"resolution": RESOLUTION}, {"resolution": "40h"})
    events, ruled = life(["01 09:00 opened"], version("4h"), ("01 10:00", "plan", gone))
    first, resolution = sorted(fold(events, ruled).clocks, key=lambda clock: clock.metric)
    assert (first.metric, first.verdict.value, first.ended_because) == ("first_response", "ended", "plan_moved")
    assert shown(first.ended_at) == "01 10:00"
    assert (resolution.metric, resolution.verdict.value, shown(resolution.due_at)) == (
        "resolution",
        "pending",
        "08 10:00",
    )


def test_a_broken_clock_keeps_its_plan_and_stops_as_that_says():
    other = {"first_response": {"starts_on": "opened", "stops_on": "workaround"}, "resolution": RESOLUTION}
    lines = ["01 09:00 opened", "02 10:00 reply"]
    new = rules(other, {"first_response": "40h"})
    events, ruled = life(lines, version("4h"), ("02 09:00", "plan", new))
    clock = fold(events, ruled).clocks[0]
    assert (clock.verdict.value, clock.stopped_by, clock.ruling, shown(clock.due_at)) == (
        "breached",
        "reply",
        0,
        "01 13:00",
    )


def test_a_running_clock_stops_as_the_new_version_says():
    other = {"first_response": {"starts_on": "opened", "stops_on": "workaround"}, "resolution": RESOLUTION}
    new = rules(other, {"first_response": "4h"})
    lines = ["01 09:00 opened", "01 12:00 reply", "01 12:30 workaround"]
    events, ruled = life(lines, version("4h"), ("01 11:00", "plan", new))
    clock = fold(events, ruled).clocks[0]
    assert (clock.verdict.value, clock.stopped_by, clock.ruling) == ("met", "workaround", 1)


def test_a_broken_clock_does_not_mind_severities_that_only_the_new_version_knows():
    new = version({"top": "1h", "high": "4h"}, severities={"top": None, "high": None, "mid": None, "low": None})
    first = version({"high": "4h", "mid": "8h"}, severity_process={"until_assigned": "gravest"})
    lines = ["01 09:00 opened", "01 09:00 severity high", "02 10:00 severity top", "02 11:00 reply"]
    events, ruled = life(lines, first, ("02 09:00", "plan", new))
    with pytest.raises(StoryError) as refused:
        fold([each for each in events if each.kind != "plan_moved"], ruled)
    assert refused.value.code == "story.unknown_severity"
    clock = fold(events, ruled).clocks[0]
    assert (clock.verdict.value, shown(clock.due_at), shown(clock.stopped_at)) == ("breached", "01 13:00", "02 11:00")


def test_a_version_without_the_tickets_severity_is_refused():
    new = version({"high": "4h"}, severities={"high": None})
    events, ruled = life(["01 09:00 opened", "01 09:30 severity low"], version("8h"), ("01 10:00", "plan", new))
    with pytest.raises(StoryError) as refused:
        fold(events, ruled)
    assert (refused.value.code, refused.value.params["given"]) == ("story.unknown_severity", "low")


def test_calendars_after_a_plan_are_those_of_the_new_version_alone():
    """What version 1 counted stays counted; the new list of version 2 changes what version 2 counted."""
    first, second, third = version("8h"), calendars("8h"), calendars("8h", "02")
    moves = [("01 12:00", "plan", second), ("01 13:00", "calendar", third)]
    assert after(["01 11:00 opened"], first, *moves) == [("first_response", "03 11:00", "pending", 2)]


def test_what_is_counted_again_is_not_broken_by_a_plan_that_came_in_the_second_of_other_calendars():
    moves = [
        ("02 16:00", "calendar", calendars("4h")),
        ("02 16:00", "plan", calendars("16h")),
        ("02 16:30", "calendar", calendars("16h", "03")),
    ]
    assert after(["01 15:00 opened"], calendars("4h", "02"), *moves) == [("first_response", "04 15:00", "pending", 3)]


# --- explanation and standing


def test_the_explanation_tells_the_move_with_both_due_times_and_adds_up():
    events, ruled = life(["01 16:00 opened"], calendars("4h"), ("01 16:30", "calendar", calendars("4h", "02")))
    clock = fold(events, ruled).clocks[0]
    told = explain(clock, ruled, None, at("03 10:00"))
    [step] = [each for each in told.steps if each.code == "clock.calendar_moved"]
    assert (shown(step.at), shown(step.params["due_before_at"]), shown(step.params["due_after_at"])) == (
        "01 16:30",
        "02 12:00",
        "03 12:00",
    )
    standing = stand(clock, ruled, None, at("03 10:00"))
    assert told.counted_seconds == standing.spent_seconds == 2 * 3600
    assert standing.left_seconds == 2 * 3600


def test_a_move_that_moves_no_due_time_is_not_told():
    events, ruled = life(["01 10:00 opened"], calendars("4h"), ("01 11:00", "calendar", calendars("4h", "12")))
    told = explain(fold(events, ruled).clocks[0], ruled, None, at("01 12:00"))
    assert [step.code for step in told.steps] == ["clock.started", "clock.promised", "clock.due", "clock.running"]


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("4h", "clock.plan_moved"),
        ("2h", "clock.plan_moved_from_change"),
        ("8h", "clock.plan_moved_from_start"),
        ("best effort", "clock.plan_moved_untimed"),
    ],
)
def test_the_explanation_of_a_plan_move(new, code):
    events, ruled = life(["01 09:00 opened"], version("4h"), ("01 12:00", "plan", version(new)))
    clock = fold(events, ruled).clocks[0]
    told = explain(clock, ruled, None, at("01 12:00"))
    assert code in [step.code for step in told.steps]
    assert told.counted_seconds == clock.spent == (0 if new == "2h" else 3 * 3600)


def test_at_risk_is_asked_of_the_rules_that_rule():
    events, ruled = life(["01 16:00 opened"], calendars("4h"), ("01 16:30", "calendar", calendars("4h", "02")))
    clock = fold(events, ruled).clocks[0]
    assert shown(at_risk_at(clock, ruled, None)) == "03 11:00"


def test_a_prefix_of_the_events_is_told_by_the_rules_of_its_time():
    lines = ["01 16:00 opened"]
    events, ruled = life(lines, calendars("4h"), ("01 16:30", "calendar", calendars("4h", "02")))
    assert fold(events[:1], ruled) == fold(ticket(*lines), calendars("4h"))


def test_a_move_changes_nothing_where_the_rules_are_the_same():
    lines = ["01 09:00 opened", "01 10:00 waiting", "01 12:00 customer"]
    targets = {"first_response": "4h", "resolution": "2d"}
    same = [rules(BOTH, targets) for _ in range(3)]
    for kind in ("calendar", "plan"):
        events, ruled = life(lines, same[0], ("01 11:00", kind, same[1]), ("02 11:00", kind, same[2]))
        plain = fold(ticket(*lines), same[0]).clocks
        end = at("02 11:00")
        assert len(plain) == 2
        for clock, old in zip(fold(events, ruled).clocks, plain, strict=True):
            assert (clock.due_at, clock.verdict_at(end)) == (old.due_at, old.verdict_at(end))
            quiet = {"changes": (), "legs": (), "ruling": 0, "spent": 0, "verdict": old.verdict, "breached_at": None}
            assert clock._replace(**quiet) == old._replace(changes=(), legs=(), spent=0)
