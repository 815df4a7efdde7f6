"""
Explanations as data: the steps with their codes, and stretches that add up.
"""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.explained_tickets import TICKETS, at, opened, reply, severity, status, ticket
from upheld.core import events as ev
from upheld.core.clocks import stretches as stretches_module
from upheld.core.clocks.stretches import StretchKind

BLIND = frozenset({"opened", "severity_assigned"})
CODES = {
    ("running", "first_response"): ["started", "promised", "due", "running"],
    ("at_risk", "first_response"): ["started", "promised", "due", "at_risk"],
    ("outside_hours", "first_response"): ["started", "promised", "due", "outside_hours"],
    ("opened_while_closed", "first_response"): ["started", "promised", "rolled", "due", "met"],
    ("breached_and_open", "first_response"): ["started", "promised", "due", "overdue"],
    ("breached_and_stopped", "first_response"): ["started", "promised", "due", "breached"],
    ("exclusive_missed", "first_response"): ["started", "promised_less_than", "due_before", "breached"],
    ("range", "first_response"): ["started", "promised_range", "due_range", "met"],
    ("days", "first_response"): ["started", "promised", "due", "open"],
    ("best_effort", "first_response"): ["started", "promised_best_effort", "done"],
    ("raised", "first_response"): ["started", "promised_range", "severity_changed_from_change", "due", "overdue"],
    ("lowered", "first_response"): ["started", "promised", "severity_changed_from_start", "due_before", "running"],
    ("set_to_best_effort", "first_response"): ["started", "promised", "severity_changed_untimed"],
    ("called", "first_response"): ["started", "promised", "would_roll", "phoned", "due", "running"],
    ("named_later", "first_response"): ["started", "promise_began_from_start", "due", "at_risk"],
    ("paused", "resolution"): ["started", "promised", "paused_since", "waits"],
    ("was_paused", "resolution"): ["started", "promised", "paused", "due", "met"],
    ("agreed", "resolution"): ["started", "promised", "agreed", "open"],
    ("to_be_agreed", "resolution"): ["started", "promised_agreed", "not_agreed"],
    ("merged", "resolution"): ["started", "promised", "due", "ended"],
    ("merged_late", "first_response"): ["started", "promised", "due", "ended_breached"],
    ("nothing_owed", "update"): ["started", "promised", "due", "ended"],
    ("excluded", "first_response"): ["started", "promised", "due", "excluded", "breached"],
}


@pytest.mark.parametrize(("name", "metric"), CODES, ids=map("-".join, CODES))
def test_steps(name, metric):
    explanation, _ = TICKETS[name].explained(metric)
    assert [step.code.removeprefix("clock.") for step in explanation.steps] == CODES[name, metric]


def test_an_unobservable_clock_tells_nothing_that_nobody_saw():
    explanation, _ = TICKETS["unobservable"].explained("first_response", observed=BLIND)
    assert [step.code for step in explanation.steps] == ["clock.started", "clock.unobservable"]
    assert explanation.stretches == ()


def all_clocks():
    for name, told in TICKETS.items():
        for metric in ("first_response", "update", "resolution"):
            for clock in told.clocks(metric)[1]:
                yield pytest.param(told, metric, clock.cycle, id=f"{name}-{metric}-{clock.cycle}")


@pytest.mark.parametrize(("told", "metric", "cycle"), list(all_clocks()))
def test_stretches_follow_each_other_and_add_up(told, metric, cycle):
    assert_adds_up(told, metric, cycle)


def assert_adds_up(told, metric, cycle=1):
    explanation, standing = told.explained(metric, cycle)
    stretches, clock = explanation.stretches, explanation.clock
    assert explanation.counted_seconds == standing.spent_seconds
    for before, after in pairwise(stretches):
        assert before.until == after.since
        assert before[2:4] + before[5:] != after[2:4] + after[5:] or before.kind is StretchKind.CLOSED
    assert all(each.until > each.since and 0 <= each.seconds <= each.until - each.since for each in stretches)
    now = at(told.now)
    assert all(each.since >= now for each in stretches if each.kind is StretchKind.TO_COME)
    if not clock.is_open:
        assert clock.spent == explanation.counted_seconds
    due = clock.due_at
    ahead = clock.is_open and due is not None and due > now and clock.allowed is not None
    if ahead and not clock.is_agreed and not stretches[-1].paused_by:
        to_come = sum(each.seconds for each in stretches if each.kind is StretchKind.TO_COME)
        assert standing.spent_seconds + to_come == clock.allowed


HOURS = st.integers(min_value=0, max_value=24 * 9)
CHANGES = st.one_of(
    st.sampled_from(["urgent", "high", "normal", "low", "trivial"]).map(
        lambda name: (ev.SeverityAssigned, {"severity": name})
    ),
    st.sampled_from(["waiting_on_customer", "waiting_on_support"]).map(
        lambda name: (ev.StatusChanged, {"status": name})
    ),
    st.just((ev.MessageSent, {})),
    st.just((ev.MessageReceived, {})),
    st.just((ev.CallLogged, {})),
    st.just((ev.Resolved, {})),
    st.just((ev.Reopened, {})),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(HOURS, CHANGES), max_size=8), st.integers(min_value=0, max_value=24 * 30))
def test_stretches_add_up_for_any_ticket(changes, later):
    def when(hours):
        day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][(hours // 24) % 7]
        return f"{day} {2 + hours // 24} Mar {hours % 24:02}:30"

    rows = [(when(hours), kind, fields) for hours, (kind, fields) in sorted(changes, key=lambda each: each[0])]
    last = max([hours for hours, _ in changes], default=0)
    told = ticket(when(min(last + later, 28 * 24)), *opened("Mon 2 Mar 00:00", "high"), *rows)
    for metric in ("first_response", "update", "resolution"):
        for clock in told.clocks(metric)[1]:
            assert_adds_up(told, metric, clock.cycle)


def test_one_pause_is_one_step_however_many_changes_fall_into_it():
    told = ticket(
        "Thu 5 Mar 12:00",
        *opened("Mon 2 Mar 16:00", "high"),
        status("Tue 3 Mar 10:00", "waiting_on_customer"),
        severity("Tue 3 Mar 11:00", "urgent"),
        ("Wed 4 Mar 10:00", ev.MessageReceived, {}),
    )
    pauses = [each for each in told.explained("resolution")[0].steps if each.code.startswith("clock.paused")]
    assert [(each.at, each.params["until_at"]) for each in pauses] == [(at("Tue 3 Mar 10:00"), at("Wed 4 Mar 10:00"))]


def test_changes_and_pauses_are_told_in_order_of_time():
    told = ticket(
        "Fri 6 Mar 12:00",
        *opened("Mon 2 Mar 16:00", "high"),
        status("Tue 3 Mar 10:00", "waiting_on_customer"),
        ("Wed 4 Mar 10:00", ev.MessageReceived, {}),
        severity("Wed 4 Mar 11:00", "urgent"),
    )
    assert [each.code for each in told.explained("resolution")[0].steps][2:4] == [
        "clock.paused",
        "clock.severity_changed_from_change",
    ]


def test_what_was_counted_for_an_earlier_promise_is_set_aside():
    stretches = TICKETS["raised"].explained("first_response")[0].stretches
    kinds = [each.kind.value for each in stretches[:4]]
    assert kinds == ["set_aside", "closed", "set_aside", "counted"]


def test_a_stop_at_an_agreed_date_and_one_before_it_was_agreed():
    def resolution(*rows):
        told = ticket("Mon 16 Mar 12:00", *opened("Mon 2 Mar 16:00", "high"), *rows)
        clock = told.explained("resolution")[0].clock
        return clock.is_agreed, clock.due_at

    agreement = ("Tue 3 Mar 10:00", ev.RemediationPlanned, {"promised_for": at("Fri 13 Mar 12:00")})
    solved = ("Fri 13 Mar 11:00", ev.Resolved, {})
    assert resolution(agreement, solved) == (True, at("Fri 13 Mar 12:00"))
    assert resolution(solved) == (False, at("Wed 4 Mar 16:00"))
    pause = [status("Tue 3 Mar 11:00", "waiting_on_customer"), ("Wed 4 Mar 11:00", ev.MessageReceived, {})]
    assert resolution(*pause, solved) == (False, at("Thu 5 Mar 16:00"))
    assert resolution(agreement, *pause, solved) == (True, at("Fri 13 Mar 12:00"))


def test_a_clock_of_many_stretches_keeps_its_sum(monkeypatch):
    monkeypatch.setattr(stretches_module, "MOST_STRETCHES", 10)
    told = ticket("Tue 30 Jun 12:00", *opened("Mon 2 Mar 16:00", "high"), reply("Mon 29 Jun 12:00"))
    explanation, standing = told.explained("first_response")
    assert explanation.counted_seconds == standing.spent_seconds
    assert len(explanation.stretches) == 1
