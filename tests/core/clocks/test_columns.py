"""
Columns give the fold's own answer: every clock of tickets that lie alike, in every field, on many kinds of plans.
"""

import dataclasses
import functools
import itertools

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from tests.core.clocks.test_against_oracle import OPTIONS, ZONES, as_events, plan, stories
from tests.core.clocks.tickets import FOLLOW_UP, NEXT_RESPONSE, at, document, rules_of, ticket
from upheld.core import events as ev
from upheld.core.calendars.errors import CalendarError
from upheld.core.clocks.alike import SILENT, UNFIT, Alike, independent, ranked, told_by, words_of
from upheld.core.clocks.columns import ApartError, Column, ColumnCalendar, hours_in_columns, in_parts
from upheld.core.clocks.fold import fold, metrics_in_order, read
from upheld.core.clocks.rules import RuleError, Rules
from upheld.core.clocks.story import StoryError
from upheld.core.durations import DayMode

MINUTE, HOUR = 60, 3_600


def single(value, lane):
    """Return what a value has for one of the tickets, wherever in it columns are."""
    if isinstance(value, Column):
        return int(value.values[lane])
    if isinstance(value, tuple):
        made = [single(each, lane) for each in value]
        return type(value)(*made) if hasattr(value, "_fields") else tuple(made)
    return value


def alike(events, many):
    """Return tickets to which the same happened at the instants of ``many``, one list each."""
    columns = np.array(many, dtype=np.int64).T
    ties = [False, *(one == other for one, other in zip(many[0][1:], many[0][:-1], strict=True))]
    kinds = [
        functools.partial(
            type(each),
            **{
                field.name: getattr(each, field.name)
                for field in dataclasses.fields(each)
                if field.name != "effective_at"
            },
        )
        for each in events
    ]
    return Alike(tuple(kinds), tuple(columns), ranked(ties))


def in_columns(the_rules, group, count):
    """Return the clocks of each ticket, ``None`` where it was left to the fold, and in how many parts they came."""
    rules = Rules(hours_in_columns(the_rules.hours), the_rules.contract)

    def judge(lanes):
        told = read(group.events(lanes), rules)
        clocks = told.clocks(metrics_in_order(rules))
        return told.ticket(tuple(clock for name in rules.hours.plan.metrics for clock in clocks.get(name, ())))

    found = [None] * count
    parts, left = in_parts(judge, count, 1)
    for lanes, clocks in parts:
        for index, lane in enumerate(lanes.tolist()):
            found[lane] = single(clocks, index)
    assert sorted(lane for lanes, _ in parts for lane in lanes.tolist()) + sorted(
        lane for lanes in left for lane in lanes.tolist()
    ) == sorted(range(count), key=lambda lane: (found[lane] is None, lane))
    return found, len(parts)


def at_once(the_rules, events, many):
    """Fold tickets in columns and one by one, expect the same, and return how many were in columns."""
    found, _ = in_columns(the_rules, alike(events, many), len(many))
    for lane, instants in enumerate(many):
        moved = [dataclasses.replace(each, effective_at=when) for each, when in zip(events, instants, strict=True)]
        if found[lane] is not None:
            assert found[lane] == fold(moved, the_rules)
        else:
            with pytest.raises((StoryError, RuleError, CalendarError)):
                fold(moved, the_rules)
    return sum(each is not None for each in found)


@st.composite
def stretched(draw, events, grid=MINUTE):
    """Instants of several tickets: those of the events, each gap made longer or shorter, none lost and none made."""
    when = [each.effective_at for each in events]
    gaps = [later - earlier for earlier, later in itertools.pairwise(when)]
    many = [when]
    for _ in range(draw(st.integers(1, 7))):
        at_first = when[0] + grid * draw(st.integers(0, 7 * 24 * 60))
        made = [at_first]
        for gap in gaps:
            longer = draw(st.sampled_from([gap, gap, max(gap // 3, 1), gap * 2, gap + grid, max(gap - grid, 1)]))
            made.append(made[-1] + (longer if gap else 0))
        many.append(made)
    return many


@pytest.mark.parametrize("place", ZONES)
@hypothesis.settings(max_examples=hypothesis.settings().max_examples * 2)
@hypothesis.given(data=st.data())
def test_every_clock_of_tickets_that_lie_alike(place, data):
    the_rules = plan(place, *data.draw(OPTIONS))
    story, _ = data.draw(stories(place))
    events = as_events(story)
    many = data.draw(stretched(events))
    assert at_once(the_rules, events, many) == len(many)


LENGTHS = ["4h", "< 4h", "2d", "1d same_time", "2d end_of_day", "24-48h", "90min elapsed", "best effort", "none"]
STARTS = ["opened", "customer_message", "reply", "severity_assigned", "phoned", "after:first", "milestone:found"]
STOPS = ["reply", "resolved", "acknowledgement", "call_back", "assigned", "workaround", "closed", "milestone:found"]
WAITS = ["waiting_on_customer", "on_hold", "intake_missing", "lab"]
SEVERITIES = ["high", "mid", "low"]


@st.composite
def metrics(draw):
    more = {
        "pauses_while": draw(st.lists(st.sampled_from(WAITS), unique=True, max_size=2)),
        "cancels_while": draw(st.lists(st.sampled_from(WAITS), unique=True, max_size=1)),
        "repeats": draw(st.booleans()),
        "reopened": draw(st.sampled_from([None, None, "continue", "new_cycle", "nothing"])),
        "reopened_within": draw(st.sampled_from([None, None, "1d", "5h"])),
        "raised": draw(st.sampled_from([None, "from_change", "from_start"])),
        "lowered": draw(st.sampled_from([None, "from_change", "from_start"])),
    }
    starts = draw(st.lists(st.sampled_from(STARTS), min_size=1, max_size=2, unique=True))
    stops = draw(st.lists(st.sampled_from(STOPS), min_size=1, max_size=2, unique=True))
    return {"starts_on": starts, "stops_on": stops, **{key: each for key, each in more.items() if each is not None}}


@st.composite
def targets(draw):
    def target():
        made = {"within": draw(st.sampled_from(LENGTHS))}
        if draw(st.integers(0, 5)) == 0:
            made["use"] = "always"
        if draw(st.integers(0, 5)) == 0:
            made["or_met_by"] = [draw(st.sampled_from(["workaround", "call_back", "reply"]))]
        for key, values in (("phoned", [True]), ("reached", [["found"]]), ("inside", [["office"]])):
            if draw(st.integers(0, 7)) == 0:
                made[key] = draw(st.sampled_from(values))
        return made

    by_severity = [{"severity": [each], **target()} for each in SEVERITIES if draw(st.integers(0, 4))]
    return [*by_severity, *([target()] if draw(st.booleans()) or not by_severity else [])]


@st.composite
def documents(draw):
    first = {"starts_on": draw(st.sampled_from(["opened", "severity_assigned"])), "stops_on": ["reply"]}
    named = {"first": first, "second": draw(metrics())}
    if draw(st.booleans()):
        named["third"] = {**draw(metrics()), "after": "first"}
    process = {
        "until_assigned": draw(st.sampled_from(["urgency", "none", "gravest", "low", "suggestion"])),
        "breached_before_lowering": draw(st.sampled_from(["stands", "reconsidered"])),
    }
    hours = [{"severity": "high", "use": "always"}, {"use": "office"}]
    return document(
        named,
        {name: draw(targets()) for name in named},
        hours=draw(st.sampled_from(["office", hours, [{"phoned": True, "use": "nights"}, *hours]])),
        calendars={"nights": {"zone": "America/New_York", "week": {"mon-sat": "20:00-04:00 next day"}, "day": "8h"}},
        severity_process=process,
        intake={"missing": draw(st.sampled_from(["clock_runs", "clock_pauses", "clock_not_started"]))},
        milestones={"found": "Found"},
        tier_channels={"portal": "support_hours", "phone": "always"},
    )


LINES = [
    "reply", "reply", "customer", "severity high", "severity mid", "severity low", "waiting", "back", "on_hold",
    "paused lab", "resumed lab", "resumed", "resolved", "resolved", "reopened", "closed", "asked", "complete",
    "call", "call_back", "assigned", "workaround", "milestone found", "acknowledged", "automatic_reply", "merged",
    "confirmed mid", "excluded customer", "coverage best_effort", "reproduced",
]  # fmt: skip


@st.composite
def lives(draw):
    """A ticket's events over June 2026, some in one second."""
    hours = draw(st.integers(0, 100))
    lines = [(hours, draw(st.sampled_from(["opened portal", "opened phone", "opened"])))]
    if draw(st.booleans()):
        lines.insert(0, (hours, f"urgency {draw(st.sampled_from(SEVERITIES))}"))
    for _ in range(draw(st.integers(1, 9))):
        hours += draw(st.sampled_from([0, 1, 2, 5, 16, 24, 70]))
        lines.append((hours, draw(st.sampled_from(LINES))))
    return ticket(*(f"{1 + hours // 24:02} {hours % 24:02}:00 {line}" for hours, line in lines))


@hypothesis.settings(max_examples=hypothesis.settings().max_examples * 4)
@hypothesis.given(data=st.data())
def test_every_clock_on_every_kind_of_plan(data):
    the_rules = rules_of(data.draw(documents()))
    events = data.draw(lives())
    many = data.draw(stretched(events))
    in_horizon = at_once(the_rules, events, many)
    hypothesis.event(f"in columns: {in_horizon == len(many)}")


def test_tickets_that_do_not_agree_are_taken_apart():
    the_rules = rules_of(document())
    events = ticket("01 09:00 opened portal", "01 10:00 reply")
    many = [[at("01 09:00"), at("01 09:00") + hours * HOUR] for hours in (1, 4, 5, 30)]
    found, parts = in_columns(the_rules, alike(events, many), len(many))
    assert [each.clocks[0].verdict.value for each in found] == ["met", "met", "breached", "breached"]
    assert parts == 2


def test_a_ticket_beyond_the_calendars_is_left_alone():
    the_rules = rules_of(document(targets={"first_response": "300d"}), last="2026-12-31")
    events = ticket("01 09:00 opened portal", "01 10:00 reply")
    many = [[at(f"2026-{month:02}-01T{hour}:00:00Z") for hour in ("09", "10")] for month in range(1, 9)]
    with pytest.raises(CalendarError):
        fold(events, the_rules)
    assert at_once(the_rules, events, many) == 0
    short = rules_of(document(targets={"first_response": "110d"}), last="2026-12-31")
    assert at_once(short, events, many) == 7


def test_numbers_compare_as_one():
    few = Column(np.array([1, 2, 3]))
    assert (few < 4, few <= 3, few > 0, few >= 1, few == few, few != 9, bool(few)) == (True,) * 7  # noqa: PLR0124
    with pytest.raises(ApartError) as apart:
        bool(few < 2)
    assert apart.value.which.tolist() == [True, False, False]
    assert (10 - few).values.tolist() == [9, 8, 7]
    assert max(few - 4, 0) == 0
    first, second = Column(np.array([1, 9]), 0), Column(np.array([5, 10]), 1)
    assert first < second
    assert not first == second  # noqa: SIM201


def test_a_calendar_of_columns_answers_as_the_one_that_it_holds():
    calendar = rules_of(document()).calendar("office", None, None)
    columns = ColumnCalendar(calendar)
    instants = [at(text) for text in ("01 08:00", "01 09:00", "01 16:59", "01 17:00", "06 12:00")]
    many = Column(np.array(instants))
    assert columns.between(at("01 00:00"), many).values.tolist() == [
        calendar.between(at("01 00:00"), each) for each in instants
    ]
    assert columns.add(many, 0).values.tolist() == [calendar.add(each, 0) for each in instants]
    for mode in DayMode:
        assert columns.add_days(many, 2, mode).values.tolist() == [
            calendar.add_days(each, 2, mode) for each in instants
        ]
    assert [columns.is_open(Column(np.array([each]))) for each in instants] == [
        calendar.is_open(each) for each in instants
    ]


def test_metrics_that_depend_on_each_other_stay_together():
    the_rules = rules_of(document(
        {"a": {"stops_on": "reply"}, "b": {"stops_on": "resolved"}, "next": {**NEXT_RESPONSE, "after": "a"},
         "up": {**FOLLOW_UP, "after": "next"}},
        dict.fromkeys(["a", "b", "next", "up"], "4h"),
    ))  # fmt: skip
    assert sorted(map(sorted, independent(the_rules))) == [["a", "next", "up"], ["b"]]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (ev.MessageSent, ev.MessageSent, True),
        (ev.MessageSent, functools.partial(ev.MessageSent, actor=ev.Actor(ev.Side.VENDOR), recorded_at=5), True),
        (ev.MessageSent, functools.partial(ev.MessageSent, automatic=True), False),
        (functools.partial(ev.Assigned, to="a"), functools.partial(ev.Assigned, to="b"), True),
        (functools.partial(ev.Assigned, to="a"), functools.partial(ev.Assigned, to=None), False),
        (ev.Opened, functools.partial(ev.Opened, instance="i", happened_on="2026-01-01"), True),
        (ev.Opened, functools.partial(ev.Opened, answers={"down": "true"}), False),
    ],
)
def test_what_events_tell(one, other, is_same):
    def told(make):
        made = make(seq=1, effective_at=1)
        return told_by(
            type(made), {each.name: getattr(made, each.name) for each in dataclasses.fields(made)}, {"assigned"}
        )

    assert (told(one) == told(other)) is is_same


@pytest.mark.parametrize(
    ("kind", "rest", "expected"),
    [
        (ev.Assigned, {"to": "a"}, SILENT),
        (ev.WorkaroundGiven, {}, SILENT),
        (ev.Escalated, {"step": "1"}, SILENT),
        (ev.Corrected, {"corrected_seq": 1}, UNFIT),
        (ev.PlanMoved, {"version": "2"}, UNFIT),
        (ev.RemediationPlanned, {"promised_for": 5}, UNFIT),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_passed_over_and_what_is_left_to_the_fold(kind, rest, expected):
    assert told_by(kind, rest, words_of(rules_of(document()).hours.plan)) == expected
