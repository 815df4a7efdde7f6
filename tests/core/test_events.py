"""
Events: the order in which they are folded, corrections, and records there and back.
"""

import dataclasses
import json

import hypothesis
import pytest
from hypothesis import strategies as st

from upheld.core import events as ev
from upheld.core.errors import UpheldError

TEXTS = st.text(max_size=8)
WHOLE = st.integers(0, 2**40)
VALUES = {
    "actor": st.builds(ev.Actor, st.sampled_from(ev.Side), TEXTS, st.booleans()),
    "answers": st.dictionaries(TEXTS, TEXTS, max_size=3),
    "coverage": st.sampled_from(ev.Coverage),
    "int": WHOLE,
    "str": TEXTS,
    "bool": st.booleans(),
    "int | None": WHOLE | st.none(),
    "Instant": WHOLE,
    "Instant | None": WHOLE | st.none(),
    "str | None": TEXTS | st.none(),
    "tuple[str, ...]": st.lists(TEXTS, max_size=3).map(tuple),
    "tuple[str, ...] | None": st.lists(TEXTS, max_size=3).map(tuple) | st.none(),
}


@st.composite
def events(draw, kinds=tuple(ev.KINDS)):
    made = ev.KINDS[draw(st.sampled_from(kinds))]
    fields = {
        each.name: draw(VALUES[each.name if each.name in VALUES else each.type]) for each in dataclasses.fields(made)
    }
    return made(**fields)


@pytest.mark.parametrize("kind", ev.KINDS)
@hypothesis.settings(max_examples=15)
@hypothesis.given(data=st.data())
def test_a_record_holds_the_whole_event(kind, data):
    event = data.draw(events((kind,)))
    record = ev.to_record(event)
    assert record["kind"] == kind
    assert ev.from_record(record) == event
    assert ev.from_record(json.loads(json.dumps(record))) == event
    assert ev.to_record(ev.from_record(record)) == record


def test_a_record_leaves_out_what_is_as_ever():
    event = ev.Opened(seq=1, effective_at=2)
    assert ev.to_record(event) == {"schema": ev.SCHEMA, "kind": "opened", "seq": 1, "effective_at": 2}


GOOD = {"kind": "message_sent", "seq": 1, "effective_at": 2}
REFUSED = [
    ("event.unknown_kind", {"kind": "teleported", "seq": 1, "effective_at": 2}),
    ("event.unknown_kind", {"kind": None, "seq": 1, "effective_at": 2}),
    ("event.unknown_kind", {"kind": ["opened"], "seq": 1, "effective_at": 2}),
    ("event.unknown_kind", {"kind": "event", "seq": 1, "effective_at": 2}),
    ("event.unknown_kind", {"seq": 1, "effective_at": 2}),
    ("event.unknown_field", {**GOOD, "colour": "red"}),
    ("event.missing_field", {"kind": "message_sent", "seq": 1}),
    ("event.missing_field", {"kind": "message_sent", "effective_at": 1}),
    ("event.missing_field", {"kind": "severity_assigned", "seq": 1, "effective_at": 2}),
    ("event.missing_field", {"kind": "corrected", "seq": 1, "effective_at": 2}),
    ("event.newer_schema", {**GOOD, "schema": ev.SCHEMA + 1}),
    ("event.newer_schema", {**GOOD, "schema": "1"}),
    ("event.bad_field", {**GOOD, "seq": "1"}),
    ("event.bad_field", {**GOOD, "seq": True}),
    ("event.bad_field", {**GOOD, "effective_at": 2.0}),
    ("event.bad_field", {**GOOD, "effective_at": "2026-01-01"}),
    ("event.bad_field", {**GOOD, "actor": {}}),
    ("event.bad_field", {**GOOD, "actor": {"side": "neighbour"}}),
    ("event.bad_field", {**GOOD, "actor": "somebody"}),
    ("event.bad_field", {"kind": "coverage_decided", "seq": 1, "effective_at": 2, "coverage": "maybe"}),
]


@pytest.mark.parametrize(
    ("code", "record"), REFUSED, ids=[f"{code} {number}" for number, (code, _) in enumerate(REFUSED)]
)
def test_what_is_no_event_is_refused(code, record):
    before = json.dumps(record)
    with pytest.raises(UpheldError) as refused:
        ev.from_record(record)
    assert refused.value.code == code
    assert json.dumps(record) == before


def at(seq, effective_at):
    return ev.MessageSent(seq=seq, effective_at=effective_at)


def test_events_are_folded_by_when_they_happened_then_as_they_were_recorded():
    logged_late = at(3, 5)
    assert ev.in_order([at(1, 10), at(2, 10), logged_late, at(4, 7)]) == [logged_late, at(4, 7), at(1, 10), at(2, 10)]


@hypothesis.given(st.data())
def test_the_order_does_not_depend_on_arrival(data):
    known = [at(seq, data.draw(st.integers(0, 5))) for seq in range(1, data.draw(st.integers(1, 9)))]
    assert ev.in_order(data.draw(st.permutations(known))) == ev.in_order(known)


def correction(seq, of):
    return ev.Corrected(seq=seq, effective_at=0, corrected_seq=of)


@pytest.mark.parametrize(
    ("corrections", "left"),
    [
        ([correction(4, 2)], [1, 3]),
        ([correction(4, 2), correction(5, 4)], [1, 2, 3]),
        ([correction(4, 2), correction(5, 4), correction(6, 5)], [1, 3]),
        ([correction(4, 2), correction(5, 2)], [1, 3]),
        ([correction(4, 2), correction(5, 2), correction(6, 4)], [1, 3]),
        ([correction(4, 99)], [1, 2, 3]),
        ([correction(4, 4)], [1, 2, 3]),
        ([correction(4, 5), correction(5, 2)], [1, 3]),
    ],
    ids=[
        "one",
        "taken back",
        "taken back twice",
        "two of one",
        "one of two taken back",
        "of nothing",
        "of itself",
        "of a later one",
    ],
)
def test_corrections_remove_what_they_name_unless_they_are_corrected(corrections, left):
    known = [at(1, 1), at(2, 2), at(3, 3), *corrections]
    assert [event.seq for event in ev.in_order(known) if event.kind != "corrected"] == left


def test_kinds_are_named_as_the_design_names_them():
    assert {"opened", "message_received", "call_logged", "severity_assigned", "contract_bound", "corrected"} <= set(
        ev.KINDS
    )
    assert all(each.kind == kind for kind, each in ev.KINDS.items())
