"""
Files of events, a JSON object a line: read whole, or refused with the line and the reason.
"""

import json

import pytest

from tests.explained_tickets import TICKETS
from upheld.core import events as ev
from upheld.importers import event_lines
from upheld.importers.event_lines import EventLinesError, read_events

OPENED = '{"kind": "opened", "effective_at": "2026-03-02T16:00:00+01:00", "channel": "portal"}'


def test_events_are_read_with_their_lines_as_numbers():
    raw = f'\ufeff{OPENED}\n\n{{"kind": "message_sent", "effective_at": 1772467200, "seq": 9}}\r\n'
    assert read_events(raw.encode(), "e.jsonl") == [
        ev.Opened(seq=1, effective_at=1_772_463_600, channel="portal"),
        ev.MessageSent(seq=9, effective_at=1_772_467_200),
    ]


@pytest.mark.parametrize("name", TICKETS)
def test_what_is_written_is_read_again(name):
    events = TICKETS[name].events
    raw = "\n".join(json.dumps(ev.to_record(each)) for each in events).encode()
    assert read_events(raw, "e.jsonl") == events


def test_a_file_without_events_has_none():
    assert read_events(b"\n  \n", "e.jsonl") == []


@pytest.mark.parametrize(
    ("line", "code", "event_code"),
    [
        ("{", "explain.bad_json", None),
        ("[1]", "explain.bad_json", None),
        ("null", "explain.bad_json", None),
        ("opened", "explain.bad_json", None),
        ("[" * 100_000, "explain.bad_json", None),
        ('{"kind": "opened", "effective_at": ' + "9" * 5_000 + "}", "explain.bad_json", None),
        ("{}", "explain.bad_event", "event.unknown_kind"),
        ('{"kind": "exploded", "effective_at": 1}', "explain.bad_event", "event.unknown_kind"),
        ('{"kind": ["opened"], "effective_at": 1}', "explain.bad_event", "event.unknown_kind"),
        ('{"kind": "opened"}', "explain.bad_event", "event.missing_field"),
        ('{"kind": "opened", "effective_at": 1, "chanel": "x"}', "explain.bad_event", "event.unknown_field"),
        ('{"kind": "opened", "effective_at": 1.5}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "opened", "effective_at": true}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "opened", "effective_at": NaN}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "opened", "effective_at": 1, "channel": ["x"]}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "opened", "effective_at": 1, "answers": {"a": 1}}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "opened", "effective_at": 1, "actor": 3}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "opened", "effective_at": 1, "seq": "one"}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "opened", "effective_at": 1, "schema": 99}', "explain.bad_event", "event.newer_schema"),
        ('{"kind": "message_sent", "effective_at": 1, "public": "yes"}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "severity_assigned", "effective_at": 1, "severity": {}}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "severity_assigned", "effective_at": 1, "severity": null}', "explain.bad_event", "event.bad_field"),
        ('{"kind": "remediation_planned", "effective_at": 1, "promised_for": 1.5}', "explain.bad_event",
         "event.bad_field"),
        ('{"kind": "opened", "effective_at": "2026-03-02T16:00:00"}', "explain.bad_event", "instant.naive"),
        ('{"kind": "opened", "effective_at": "yesterday"}', "explain.bad_event", "instant.unreadable"),
        ('{"kind": "opened", "effective_at": 99999999999}', "explain.bad_event", "instant.out_of_range"),
        ('{"kind": "opened", "effective_at": 1, "recorded_at": -1}', "explain.bad_event", "instant.out_of_range"),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)  # fmt: skip
def test_bad_lines_are_refused_with_their_number(line, code, event_code):
    with pytest.raises(EventLinesError) as caught:
        read_events(f"{OPENED}\n\n{line}\n".encode(), "e.jsonl")
    assert caught.value.code == code
    assert (caught.value.params["file"], caught.value.params["line"]) == ("e.jsonl", 3)
    assert caught.value.params.get("event_code") == event_code
    assert len(caught.value.params["reason"]) > 10


def test_what_is_not_utf_8_is_refused_with_its_line():
    with pytest.raises(EventLinesError) as caught:
        read_events(OPENED.encode() + b"\n\xff\n", "e.jsonl")
    assert (caught.value.code, caught.value.params["line"]) == ("explain.not_utf8", 2)


def test_what_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(event_lines, "MOST_BYTES", 10)
    with pytest.raises(EventLinesError) as caught:
        read_events(OPENED.encode(), "e.jsonl")
    assert caught.value.code == "explain.too_large"
