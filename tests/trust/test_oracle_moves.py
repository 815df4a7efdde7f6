"""
The oracle and the engine say the same of tickets that are moved to other plan versions and other holidays, at any time.
"""

import dataclasses
import datetime as dt
import functools

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.core.clocks.tickets import rules_of
from tests.trust.test_oracle import FIRST, HAPPENINGS, LAST, OFTEN, OUTSIDE, START, agreed_of, by_engine, made
from upheld.core import events as ev
from upheld.core.calendars.holiday_lists import from_dates
from upheld.core.clocks.rules import moved
from upheld.core.plan.model import Plan
from upheld.trust.oracle import slow_clocks
from upheld.trust.oracle_hours import NotUnderstoodError

HOLIDAYS = (
    [],
    ["2026-03-20", "2026-03-23", "2026-03-24", "2026-04-01"],
    ["2026-03-19", "2026-03-26", "2026-03-27", "2026-03-30", "2026-03-31"],
)


def targets(**more):
    given = {
        "first_response": {"high": "2h", "mid": "2h", "low": "3d"},
        "next_response": {"high": "2h", "mid": "12h", "low": "none"},
        "resolution": {"high": "30h", "mid": "2d", "low": "5d"},
        **more,
    }
    return {name: target for name, target in given.items() if target is not None}


def another(days="hours", metrics=None, terms=None, **more):
    """Another version of the made plan: other targets, and what else is told."""
    plan = made(days=days)
    plan["version"] = "2"
    plan["tiers"]["one"]["targets"] = targets(**more)
    plan["terms"] = terms or {}
    plan["metrics"] = {**plan["metrics"], **(metrics or {})}
    for name in set(plan["metrics"]):
        if plan["metrics"][name] is None:
            del plan["metrics"][name]
    return plan


VERSIONS = {
    "silent": another(),
    "from the start": another(terms={"moved_clocks": "from_start"}),
    "from the move": another(terms={"moved_clocks": "from_move"}, days="end_of_day"),
    "less": another(first_response=None, metrics={"first_response": None, "next_response": {
        "starts_on": "customer_message", "stops_on": ["reply", "workaround"], "repeats": True}}),
    "more": another(
        days="same_time",
        plan_sent={"high": "4h", "mid": "1d", "low": "2d"},
        metrics={
            "plan_sent": {"starts_on": "opened", "stops_on": "workaround"},
            "resolution": {"starts_on": "opened", "stops_on": ["resolved", "workaround"], "reopened": "new_cycle"},
        },
    ),
    "exclusions": {**another(), **OUTSIDE, "reproduction": {"excluded_from": "credits"}},
    "hours alone": another(first_response={"high": "best effort", "mid": "4-8h", "low": "< 8h"}),
}  # fmt: skip
BASES = {
    "hours": made(),
    "from start": made(missing="clock_pauses", raised="from_start", lowered="from_change"),
    "reconsidered": made(missing="clock_not_started", breached_before_lowering="reconsidered"),
    "same time": made(days="same_time"),
    "end of day": made(days="end_of_day", week="mon-fri 09:00-12:00"),
}


@functools.cache
def known(name, holidays):
    plan = Plan.model_validate({**BASES, **VERSIONS}[name])
    lists = {"ours": from_dates({dt.date.fromisoformat(day): "off" for day in HOLIDAYS[holidays]})}
    rules = rules_of(plan, lists=lists, first=FIRST, last=LAST, zone="Europe/Brussels", regions=("US",))
    return rules, agreed_of(rules)


@st.composite
def moved_tickets(draw):
    """Events with up to four moves, and what rules after each: (events, first state, {seq: (kind, state)})."""
    state = first = (draw(st.sampled_from(sorted(BASES))), draw(st.integers(0, 2)))
    word = st.sampled_from(["high", "mid", "low"])
    at = START + draw(st.integers(0, 7 * 86_400))
    events = [ev.Opened(seq=1, effective_at=at, channel=draw(st.sampled_from([None, "portal", "phone"])))]
    events.append(ev.UrgencyStated(seq=2, effective_at=at, urgency=draw(word)))
    later = {}
    for seq in range(3, 3 + draw(st.integers(1, 16))):
        at += draw(st.sampled_from([0, 0, 60, 1800, 3600, 4 * 3600, 86_400]) | st.integers(0, 3 * 86_400))
        kind = draw(st.sampled_from(["event", "event", "calendar", "plan"]))
        if kind == "event" or len(later) == 4:
            made_of, fields = HAPPENINGS[draw(st.sampled_from(OFTEN) | st.sampled_from(list(HAPPENINGS)))](draw(word))
            back = draw(st.sampled_from([0, 0, 0, 3600]))
            events.append(made_of(seq=seq, effective_at=at - back, recorded_at=at, **fields))
        elif kind == "calendar":
            state = (state[0], draw(st.integers(0, 2)))
            events.append(ev.CalendarMoved(seq=seq, effective_at=at, revision="r"))
            later[seq] = ("calendar", state)
        else:
            state = (draw(st.sampled_from(sorted({**BASES, **VERSIONS}))), draw(st.integers(0, 2)))
            events.append(ev.PlanMoved(seq=seq, effective_at=at, version="v"))
            later[seq] = ("plan", state)
    return events, first, later


@pytest.mark.parametrize("part", range(4))
@hypothesis.given(story=moved_tickets())
@hypothesis.settings(max_examples=150, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
def test_the_oracle_agrees_with_the_engine_about_moved_tickets(part, story):
    events, first, later = story
    assert part < 4
    in_order = [each for each in ev.in_order(events) if each.seq in later]
    steps = [(each.effective_at, each.seq, later[each.seq][0], known(*later[each.seq][1])[0]) for each in in_order]
    rules = moved(known(*first)[0], steps)
    agreed = {seq: (kind, known(*state)[1]) for seq, (kind, state) in later.items()}
    try:
        told = slow_clocks([ev.to_record(each) for each in events], known(*first)[1], agreed)
    except NotUnderstoodError:
        hypothesis.reject()
    slow = {(each.metric, each.cycle): each[2:-1] for each in told}
    assert slow == by_engine(events, rules)


@hypothesis.given(story=moved_tickets())
@hypothesis.settings(max_examples=100, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
def test_a_move_changes_no_clock_that_has_ended(story):
    """Of every clock that had ended when the ticket moved, all stays as it was but who answers for the order."""
    from upheld.core.clocks.fold import fold  # noqa: PLC0415

    events, first, later = story
    rules = moved(
        known(*first)[0],
        [
            (each.effective_at, each.seq, later[each.seq][0], known(*later[each.seq][1])[0])
            for each in ev.in_order(events)
            if each.seq in later
        ],
    )
    in_order = ev.in_order(events)
    for place, event in enumerate(in_order):
        if event.seq not in later:
            continue
        before = fold(in_order[:place], rules).clocks
        after = {(each.metric, each.cycle): each for each in fold(in_order[: place + 1], rules).clocks}
        for clock in before:
            broken = clock.is_breached_at(event.effective_at)
            goes_on = clock.stopped_at is not None and clock.metric == "resolution"
            if (clock.is_open and not broken) or goes_on:
                continue
            same = after[clock.metric, clock.cycle]
            kept = ("due_at", "stopped_at", "ended_at", "promise", "early_at", "allowed")
            assert [getattr(same, name) for name in kept] == [getattr(clock, name) for name in kept]
            assert same.verdict_at(event.effective_at) == clock.verdict_at(event.effective_at)
            assert not clock.is_open or same.ruling == clock.ruling
    assert dataclasses.is_dataclass(rules)
