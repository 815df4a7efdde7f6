"""
What holds for every ticket, whatever happens to it: order of arrival, standing breaches, corrections, names, what
cannot be seen.
"""

import dataclasses

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.core.clocks.test_against_oracle import OPTIONS, STEP, ZONES, as_events, plan, stories
from tests.core.clocks.tickets import AFTER_HOURS, FIRST_RESPONSE, RESOLUTION, at, document, rules, rules_of, ticket
from upheld.core import events as ev
from upheld.core.clocks.clock import Verdict
from upheld.core.clocks.fold import can_show, fold
from upheld.core.plan.model import Plan

PLACE = st.sampled_from(list(ZONES))


@st.composite
def told(draw):
    place = draw(PLACE)
    story, now = draw(stories(place))
    return (place, *draw(OPTIONS)), as_events(story), now


@hypothesis.given(told(), st.data())
def test_the_order_of_arrival_does_not_matter(drawn, data):
    of, events, _ = drawn
    the_rules = plan(*of)
    shuffled = data.draw(st.permutations(events))
    assert fold(shuffled, the_rules) == fold(events, the_rules)


def broken_at(clock):
    """When a late clock broke; the fold notes it once something happens, before that it is the due time."""
    return clock.breached_at if clock.breached_at is not None else clock.due_at


@hypothesis.given(told(), st.sampled_from(["reply", "severity low", "severity high", "waiting", "resolved", "closed"]))
def test_a_later_event_leaves_every_breach(drawn, line):
    of, events, now = drawn
    the_rules = plan(*of)
    before = fold(events, the_rules).clocks
    late = dataclasses.replace(ticket(f"01 00:00 {line}")[0], seq=99, effective_at=now + STEP)
    after = {(clock.metric, clock.cycle): clock for clock in fold([*events, late], the_rules).clocks}
    for clock in before:
        if clock.is_breached_at(now):
            same = after[clock.metric, clock.cycle]
            assert same.is_breached_at(late.effective_at)
            assert broken_at(same) == broken_at(clock)


@hypothesis.given(told())
def test_a_shorter_past_is_never_contradicted(drawn):
    """A breach that is known after some of the events is still known after all of them."""
    of, events, _ = drawn
    the_rules = plan(*of)
    for known in range(2, len(events)):
        if events[known].effective_at == events[known - 1].effective_at:
            continue
        now = events[known].effective_at - 1
        later = {(clock.metric, clock.start_seq): clock for clock in fold(events, the_rules).clocks}
        for clock in fold(events[:known], the_rules).clocks:
            if clock.is_breached_at(now) and now >= events[known - 1].effective_at:
                assert later[clock.metric, clock.start_seq].is_breached_at(events[-1].effective_at)


@hypothesis.given(told(), st.data())
def test_a_correction_removes_exactly_its_event(drawn, data):
    of, events, now = drawn
    the_rules = plan(*of)
    wrong = data.draw(st.sampled_from(events))
    hypothesis.assume(not isinstance(wrong, ev.Opened))
    mended = [*events, ev.Corrected(seq=99, effective_at=now, corrected_seq=wrong.seq)]
    assert fold(mended, the_rules) == fold([event for event in events if event is not wrong], the_rules)


@hypothesis.given(told())
def test_a_corrected_correction_changes_nothing(drawn):
    of, events, now = drawn
    the_rules = plan(*of)
    twice = [
        ev.Corrected(seq=98, effective_at=now, corrected_seq=events[-1].seq),
        ev.Corrected(seq=99, effective_at=now, corrected_seq=98),
    ]
    assert fold([*events, *twice], the_rules) == fold(events, the_rules)


@hypothesis.given(told(), st.lists(st.integers(0, 10**7), min_size=2, max_size=6))
def test_verdicts_only_go_from_pending_to_breached_as_time_passes(drawn, steps):
    of, events, now = drawn
    the_rules = plan(*of)
    for clock in fold(events, the_rules).clocks:
        verdicts = [clock.verdict_at(now + step) for step in sorted(steps)]
        firsts = [verdicts.index(each) for each in dict.fromkeys(verdicts)]
        assert verdicts == sorted(verdicts, key=lambda each: each is Verdict.BREACHED)
        assert len(firsts) == 1 or verdicts[0] is Verdict.PENDING


@hypothesis.given(told())
def test_no_clock_is_due_before_it_starts_or_before_the_change_that_made_it_due(drawn):
    of, events, _ = drawn
    the_rules = plan(*of)
    for clock in fold(events, the_rules).clocks:
        begins = max([clock.started_at, *(change.at for change in clock.changes)])
        assert clock.due_at is None or clock.due_at >= begins
        assert clock.verdict is not Verdict.MET or clock.due_at is None or clock.stopped_at <= clock.due_at
        assert (clock.verdict is Verdict.BREACHED) == (clock.breached_at is not None)
        assert clock.stopped_at is None or clock.ended_at is None
        assert clock.spent >= 0


RENAMED = {
    "high": "p1", "mid": "p2", "low": "p3", "standard": "basic", "first_response": "answer", "resolution": "mend",
    "after:first_response": "after:answer", "office": "weekdays", "always": "round_the_clock", "made": "other",
}  # fmt: skip


def renamed(value):
    if isinstance(value, dict):
        return {renamed(key): renamed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [renamed(each) for each in value]
    return RENAMED.get(value, value) if isinstance(value, str) else value


RENAMABLE = document(
    {"first_response": FIRST_RESPONSE, "resolution": {**RESOLUTION, "starts_on": ["after:first_response"]}},
    {"first_response": {"high": "2h", "mid": "1d", "low": "2d"}, "resolution": {"high": "4h", "low": "5d"}},
    hours=[{"severity": ["high"], **AFTER_HOURS[0]}, AFTER_HOURS[1]],
    severity_process={"until_assigned": "mid"},
)
STORIES = [
    (
        "05 16:00 opened",
        "06 10:00 severity high",
        "06 11:00 call",
        "06 12:00 reply",
        "08 10:00 severity low",
        "09 10:00 resolved",
    ),
    ("01 09:00 opened", "01 12:00 waiting", "02 09:00 customer", "04 09:00 severity high", "04 10:00 reply"),
    ("01 09:00 opened", "03 12:00 severity low", "03 15:00 reply", "04 09:00 resolved", "04 10:00 reopened"),
]


@pytest.mark.parametrize("story", STORIES, ids=["raised by telephone", "paused", "lowered and reopened"])
def test_renaming_everything_changes_names_only(story):
    other_rules = rules_of(Plan.model_validate(renamed(RENAMABLE)))
    lines = [" ".join(renamed(word) for word in line.split()) for line in story]
    one, other = fold(ticket(*story), rules_of(RENAMABLE)), fold(ticket(*lines), other_rules)
    assert len(one.clocks) > 1
    for here, there in zip(one.clocks, other.clocks, strict=True):
        assert RENAMED[here.metric] == there.metric
        for name in (
            "due_at",
            "breached_at",
            "spent",
            "allowed",
            "verdict",
            "started_at",
            "stopped_at",
            "ended_because",
        ):
            assert getattr(here, name) == getattr(there, name), name
        assert [leg[:2] + leg[3:] for leg in here.legs] == [leg[:2] + leg[3:] for leg in there.legs]


SEEN = [
    (frozenset({"opened", "message_sent"}), {"first_response": "met", "resolution": "unobservable"}),
    (frozenset({"opened", "resolved"}), {"first_response": "unobservable", "resolution": "met"}),
    (frozenset({"message_sent", "resolved"}), {"first_response": "unobservable", "resolution": "unobservable"}),
    (frozenset(), {"first_response": "unobservable", "resolution": "unobservable"}),
    (None, {"first_response": "met", "resolution": "met"}),
]


@pytest.mark.parametrize(("seen", "verdicts"), SEEN, ids=[str(sorted(seen)) if seen else str(seen) for seen, _ in SEEN])
def test_what_a_source_cannot_show_is_neither_met_nor_breached(seen, verdicts):
    the_rules = rules(
        {"first_response": FIRST_RESPONSE, "resolution": {"starts_on": "opened", "stops_on": "resolved"}},
        {"first_response": "4h", "resolution": "8h"},
    )
    events = ticket("01 09:00 opened", "01 10:00 reply", "01 11:00 resolved")
    found = fold(events, the_rules, observed=seen).clocks
    assert {clock.metric: clock.verdict.value for clock in found} == verdicts
    for clock in found:
        if clock.verdict is Verdict.UNOBSERVABLE:
            assert clock.verdict_at(at("30 00:00")) is Verdict.UNOBSERVABLE
            assert not clock.is_breached_at(at("30 00:00"))
            assert not clock.is_open


def test_what_nobody_promised_is_not_unobservable_either():
    the_rules = rules(targets={"first_response": "none"})
    assert fold(ticket("01 09:00 opened"), the_rules, observed=frozenset()).clocks == ()


@pytest.mark.parametrize(
    ("starts", "stops", "seen", "shown"),
    [
        (["opened"], ["reply"], {"opened", "message_sent"}, True),
        (["opened"], ["acknowledgement"], {"opened", "message_sent"}, True),
        (["opened"], ["acknowledgement"], {"opened", "acknowledged"}, True),
        (["opened"], ["resolved"], {"opened", "closed"}, True),
        (["phoned"], ["reply"], {"opened", "message_sent"}, False),
        (["milestone:found"], ["milestone:mended"], {"milestone_reached"}, True),
        (["milestone:found"], ["reply"], {"message_sent"}, False),
        (["after:first_response"], ["reply"], {"message_sent"}, True),
        (["opened", "customer_message"], ["reply", "call_back"], {"opened", "call_logged"}, True),
        (["opened"], ["severity_assigned"], {"opened", "severity_confirmed"}, False),
    ],
)
def test_what_a_source_must_show_for_a_verdict(starts, stops, seen, shown):
    plan = Plan.model_validate(document({"m": {"starts_on": starts, "stops_on": stops}}, {"m": "4h"}))
    assert can_show(plan.metrics["m"], frozenset(seen)) is shown
