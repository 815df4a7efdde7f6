"""
The fold and the slow oracle tell the same of every clock of random tickets, on several plans and over changes of the
clocks.
"""

import datetime as dt
import functools
import itertools

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.core.calendars.oracle import Oracle
from tests.core.clocks.oracle import Desk, Shape
from tests.core.clocks.tickets import rules_of
from upheld.core import events as ev
from upheld.core.clocks.explain import explain, stand
from upheld.core.clocks.fold import fold
from upheld.core.clocks.story import RESOLVED
from upheld.core.instants import parse_instant, to_datetime

STEP = 30 * 60
FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 6, 30)
ZONES = {  # the zone, its week, and an instant before the night in which the clocks change
    "Brussels, lunch": ("Europe/Brussels", {"mon-fri": "09:00-12:00, 13:00-17:30"}, "2026-03-20T08:00:00Z"),
    "Los Angeles, 24x5": ("America/Los_Angeles", "sun 16:00 - fri 17:00", "2026-03-05T20:00:00Z"),
    "Kolkata, nights": ("Asia/Kolkata", {"mon-sat": "22:00-06:00 next day"}, "2026-03-05T20:00:00Z"),
}
HOURS = {
    "first_response": {"high": 2, "mid": 8, "low": 20},
    "resolution": {"high": 6, "mid": 6, "low": 30},
    "next_response": {"high": 1, "mid": 4, "low": 16},
    "follow_up": {"high": 4, "mid": 8, "low": 16},
}
STARTS_AND_STOPS = {
    "first_response": (("opened",), ("reply", "call_back")),
    "resolution": (("opened",), ("resolved",)),
    "next_response": (("customer_message",), ("reply",)),
    "follow_up": (("customer_message", "reply"), ("reply", "call_back")),
}
TRAITS = {
    "first_response": {},
    "resolution": {"pauses": ("waiting_on_customer", "on_hold"), "continues": True},
    "next_response": {"repeats": True, "pauses": ("on_hold",)},
    "follow_up": {"repeats": True, "cancels": ("waiting_on_customer",)},
}
KINDS = {
    "reply": (ev.MessageSent, {}),
    "automatic_reply": (ev.MessageSent, {"automatic": True}),
    "internal": (ev.MessageSent, {"public": False}),
    "customer_message": (ev.MessageReceived, {}),
    "automatic_customer": (ev.MessageReceived, {"automatic": True}),
    "call_back": (ev.CallLogged, {"inbound": False}),
    "phoned": (ev.CallLogged, {}),
    "asked": (ev.IntakeRequested, {}),
    "complete": (ev.IntakeCompleted, {}),
    "resolved": (ev.Resolved, {}),
    "reopened": (ev.Reopened, {}),
    "closed": (ev.Closed, {}),
    "merged": (ev.Merged, {"into": "other"}),
    "assigned": (ev.Assigned, {"to": "x"}),
}
COMMON = ["reply", "customer_message", "status waiting_on_customer", "status waiting_on_support", "severity"]
RARE = [*KINDS, "status on_hold", "resolved", "reopened", "phoned", "severity"]


@functools.cache
def plan(place, missing, raised, lowered, bound):
    zone, week, _ = ZONES[place]
    metrics, targets = {}, {}
    for name, (starts, stops) in STARTS_AND_STOPS.items():
        traits = TRAITS[name]
        metrics[name] = {
            "starts_on": list(starts),
            "stops_on": list(stops),
            "pauses_while": list(traits.get("pauses", ())),
            "cancels_while": list(traits.get("cancels", ())),
            "repeats": traits.get("repeats", False),
            **({"after": "first_response"} if name == "follow_up" else {}),
        }
        targets[name] = {each: f"{bound}{hours}h" for each, hours in HOURS[name].items()}
    return rules_of(
        {
            "upheld": 1,
            "plan": "made",
            "version": "1",
            "days": "hours",
            "calendars": {
                "office": {"zone": zone, "week": week, "day": "8h"},
                "always": {"zone": zone, "week": "24x7", "day": "24h"},
            },
            "severities": {"high": None, "mid": None, "low": None},
            "severity_process": {"raised": raised, "lowered": lowered},
            "intake": {"missing": missing},
            "metrics": metrics,
            "tiers": {
                "one": {
                    "hours": [{"severity": "high", "phoned": True, "use": "always"}, {"use": "office"}],
                    "targets": targets,
                }
            },
        },
        first=str(FIRST),
        last=str(LAST),
    )


@functools.cache
def open_minutes(place):
    the_rules = plan(place, "clock_runs", "from_change", "from_start", "")
    return {
        name: frozenset(Oracle(the_rules.hours.spec(name, the_rules.contract), FIRST, LAST).minutes)
        for name in ("office", "always")
    }


def calendar_of(severity, phoned):
    return "always" if severity == "high" and phoned else "office"


@st.composite
def stories(draw, place):
    """{instant: (kind, word)}, on whole half hours so that due times and events often meet, and a later instant."""
    at = parse_instant(ZONES[place][2]) + STEP * draw(st.integers(0, 96))
    story = {at: ("opened", draw(st.sampled_from(["high", "mid", "low"])))}
    gaps = st.one_of(st.integers(1, 8), st.integers(1, 8), st.integers(1, 60))
    for _ in range(draw(st.integers(1, 14))):
        at += STEP * draw(gaps)
        kind = draw(st.sampled_from(COMMON) | st.sampled_from(RARE))
        kind, _, word = kind.partition(" ")
        if kind == "severity":
            word = draw(st.sampled_from(["high", "mid", "low"]))
        story[at] = (kind, word)
        if kind == "merged":
            break
    return story, at + STEP * draw(st.integers(0, 120))


def as_events(story):
    events = []
    for seq, (at, (kind, word)) in enumerate(sorted(story.items()), 2):
        if kind == "opened":
            events += [ev.UrgencyStated(seq=1, effective_at=at, urgency=word), ev.Opened(seq=2, effective_at=at)]
        elif kind == "severity":
            events.append(ev.SeverityAssigned(seq=seq, effective_at=at, severity=word))
        elif kind == "status":
            events.append(ev.StatusChanged(seq=seq, effective_at=at, status=word))
        else:
            made, fields = KINDS[kind]
            events.append(made(seq=seq, effective_at=at, **fields))
    return events


def expected(place, options, story, now):
    missing, raised, lowered, bound = options
    told, gate = {}, None
    for name, (starts, stops) in STARTS_AND_STOPS.items():
        traits = {**TRAITS[name], "gate": gate if name == "follow_up" else None}
        allowed = {each: hours * 60 for each, hours in HOURS[name].items()}
        shape = Shape(
            starts, stops, allowed, missing=missing, raised=raised, lowered=lowered, exclusive=bound == "<", **traits
        )
        severity = story[min(story)][1]
        told[name] = Desk(shape, open_minutes(place), calendar_of, severity).walk(story, now)
        if name == "first_response":
            ended = told[name][0][2]
            gate = functools.partial(lambda ended, at: ended is not None and ended <= at, ended)
    return told


def found(the_rules, events, now):
    told = {name: [] for name in STARTS_AND_STOPS}
    for clock in fold(events, the_rules).clocks:
        late = clock.is_breached_at(now)
        told[clock.metric].append(
            (
                clock.started_at,
                clock.started_by,
                clock.stopped_at if clock.stopped_at is not None else clock.ended_at,
                clock.ended_because,
                clock.due_at,
                clock.verdict_at(now).value,
                clock.breached_at if clock.breached_at is not None else clock.due_at if late else None,
                stand(clock, the_rules, None, now).spent_seconds,
            )
        )
    return told


def words(told):
    """The same with readable instants, for a failure that a person can follow."""
    return {
        name: [
            tuple(f"{to_datetime(x):%a %d.%m %H:%M}" if isinstance(x, int) and x > 10**8 else x for x in row)
            for row in rows
        ]
        for name, rows in told.items()
    }


OPTIONS = st.tuples(
    st.sampled_from(["clock_runs", "clock_pauses", "clock_not_started"]),
    st.sampled_from(["from_change", "from_start"]),
    st.sampled_from(["from_start", "from_change"]),
    st.sampled_from(["", "<"]),
)


@pytest.mark.requirement_part("CEL-3", "CEL-7", "CEL-10", "CEL-14", "CAP-1")
@pytest.mark.parametrize("place", ZONES)
@hypothesis.settings(max_examples=hypothesis.settings().max_examples * 3)
@hypothesis.given(data=st.data())
def test_every_clock_of_random_tickets(place, data):
    options = data.draw(OPTIONS)
    story, now = data.draw(stories(place))
    the_rules = plan(place, *options)
    events = as_events(story)
    hypothesis.note(
        f"{options} now {to_datetime(now)}\n" + "\n".join(f"{to_datetime(e.effective_at)} {e}" for e in events)
    )
    assert words(found(the_rules, events, now)) == words(expected(place, options, story, now))


@hypothesis.given(data=st.data())
def test_what_an_explanation_counts_is_what_was_spent(data):
    place = data.draw(st.sampled_from(list(ZONES)))
    story, now = data.draw(stories(place))
    the_rules = plan(place, *data.draw(OPTIONS))
    for clock in fold(as_events(story), the_rules).clocks:
        told = explain(clock, the_rules, None, now)
        if not clock.is_open:
            assert told.counted_seconds == clock.spent
        else:
            assert told.counted_seconds == stand(clock, the_rules, None, now).spent_seconds
        stretches = told.stretches
        assert all(one.until == other.since for one, other in itertools.pairwise(stretches))
        assert not stretches or stretches[0].since == clock.started_at


def test_the_oracle_knows_the_engine_s_word_for_resolved():
    assert RESOLVED == "resolved"
