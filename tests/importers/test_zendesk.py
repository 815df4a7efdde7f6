"""
Zendesk exports: what the audits say, what a ticket without them can show, and what is refused.
"""

import gzip
import itertools
import json

import pytest

from upheld.core.events import Side
from upheld.core.instants import to_datetime
from upheld.importers import mappings, raw_rows
from upheld.importers.histories import ImportRefusedError
from upheld.importers.zendesk import read_zendesk

AGENT, DANA = 7, 42
EXPORT = {
    "tickets": [
        {
            "id": 1,
            "created_at": "2026-03-02T09:00:00Z",
            "updated_at": "2026-03-03T10:00:00Z",
            "status": "closed",
            "priority": "urgent",
            "via": {"channel": "email"},
            "requester_id": DANA,
            "organization_id": 5,
            "subject": "Orders stopped",
            "audits": [
                {
                    "created_at": "2026-03-02T09:00:00Z",
                    "author_id": DANA,
                    "events": [
                        {"type": "Comment", "author_id": DANA, "public": True, "body": "help"},
                        {"type": "Create", "field_name": "priority", "value": "normal"},
                        {"type": "Create", "field_name": "status", "value": "new"},
                        {"type": "Create", "field_name": "group_id", "value": "3"},
                    ],
                },
                {
                    "created_at": "2026-03-02T10:00:00Z",
                    "author_id": AGENT,
                    "events": [
                        {"type": "Comment", "author_id": AGENT, "public": False},
                        {"type": "Change", "field_name": "priority", "value": "urgent", "previous_value": "normal"},
                        {"type": "Change", "field_name": "tags", "value": "x"},
                    ],
                },
                {
                    "created_at": "2026-03-02T11:00:00Z",
                    "author_id": AGENT,
                    "events": [
                        {"type": "Comment", "author_id": AGENT, "public": True},
                        {"type": "Change", "field_name": "status", "value": "pending", "previous_value": "new"},
                    ],
                },
                {
                    "created_at": "2026-03-02T15:00:00Z",
                    "author_id": DANA,
                    "events": [
                        {"type": "Comment", "author_id": DANA, "public": True},
                        {"type": "Change", "field_name": "status", "value": "open", "previous_value": "pending"},
                    ],
                },
                {
                    "created_at": "2026-03-03T10:00:00Z",
                    "author_id": AGENT,
                    "events": [{"type": "Change", "field_name": "status", "value": "solved"}],
                },
            ],
        },
        {
            "id": 2,
            "created_at": "2026-03-04T09:00:00Z",
            "updated_at": "2026-03-05T09:00:00Z",
            "status": "solved",
            "priority": "low",
            "via": {"channel": "fax"},
            "requester_id": DANA,
            "organization_id": None,
            "metric_set": {"reply_time_in_minutes": {"calendar": 90}, "solved_at": "2026-03-04T17:00:00Z"},
        },
        {"id": 3, "created_at": "soon", "status": "new"},
    ],
    "organizations": [{"id": 5, "name": "Acme"}],
    "groups": [{"id": 3, "name": "Second line"}],
    "users": [{"id": AGENT, "role": "agent"}, {"id": DANA, "role": "end-user"}],
}


def read(tmp_path, data=EXPORT, name="export.json"):
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return read_zendesk(path, mappings.shipped("zendesk"))


def told(history):
    rows = []
    for event in history.events:
        word = next((getattr(event, name) for name in ("severity", "status", "to") if getattr(event, name, None)), None)
        rows.append((type(event).__name__, f"{to_datetime(event.effective_at):%d %H:%M}", word))
    return rows


@pytest.mark.requirement_part("B-4")
def test_what_the_audits_say(tmp_path):
    log = read(tmp_path)
    first, second = log.histories
    assert (first.ticket, first.customer) == ("1", "Acme")
    assert told(first) == [
        ("Opened", "02 09:00", None),
        ("SeverityAssigned", "02 09:00", "normal"),
        ("Assigned", "02 09:00", "Second line"),
        ("MessageSent", "02 10:00", None),
        ("SeverityAssigned", "02 10:00", "urgent"),
        ("MessageSent", "02 11:00", None),
        ("StatusChanged", "02 11:00", "waiting_on_customer"),
        ("MessageReceived", "02 15:00", None),
        ("StatusChanged", "02 15:00", "waiting_on_support"),
        ("Resolved", "03 10:00", None),
    ]
    assert first.events[0].channel == "email"
    note, reply = (event for event in first.events if type(event).__name__ == "MessageSent")
    assert (note.public, reply.public, reply.actor.side) == (False, True, Side.VENDOR)
    assert told(second) == [
        ("Opened", "04 09:00", None),
        ("SeverityAssigned", "04 09:00", "low"),
        ("MessageSent", "04 10:30", None),
        ("Resolved", "04 17:00", None),
    ]
    assert second.events[0].observed == ("closed", "message_sent", "opened", "resolved", "severity_assigned")
    assert {(each.code, each.params.get("ticket", each.params.get("given"))) for each in log.findings} == {
        ("import.unknown_channel", "fax"),
        ("import.unreadable_date", "3"),
    }
    assert (log.rows, log.unused_rows) == (3, 1)
    assert "assume.without_audits" in {each.code for each in log.assumptions}


def test_audits_beside_the_tickets_and_a_ticket_a_line(tmp_path):
    beside = json.loads(json.dumps(EXPORT))
    beside["audits"] = [{**each, "ticket_id": 1} for each in beside["tickets"][0].pop("audits")]
    assert told(read(tmp_path, beside).histories[0]) == told(read(tmp_path).histories[0])
    lines = "\n".join(json.dumps(each) for each in EXPORT["tickets"][:2]) + "\n"
    log = read(tmp_path, lines, "export.jsonl")
    assert [each.line for each in log.histories] == [1, 2]
    # Without the list of organizations, the id is the name.
    assert [told(each)[0] for each in log.histories] == [("Opened", "02 09:00", None), ("Opened", "04 09:00", None)]
    assert log.histories[0].customer == "5"


def test_lines_of_a_document_and_gzip(tmp_path):
    path = tmp_path / "export.json.gz"
    path.write_bytes(gzip.compress(json.dumps(EXPORT, indent=1).encode()))
    log = read_zendesk(path, mappings.shipped("zendesk"))
    lines = json.dumps(EXPORT, indent=1).split("\n")
    assert [each.line for each in log.histories] == [
        number for number, (line, after) in enumerate(itertools.pairwise(lines), 1)
        if line == "  {" and after in ('   "id": 1,', '   "id": 2,')
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "import.empty"),
        ("{", "import.bad_json"),
        ('{"tickets": [NaN]}', "import.bad_json"),
        ('{"tickets": [{"id": 1, "id": 2}]}', "import.bad_json"),
        ("[" * 200_000, "import.bad_json"),
        ('{"issues": []}\n{"x": 1}\n7', "import.bad_json"),
        ('{"tickets": 5,\n"x": 1}', "import.no_list"),
        ('{"tickets": []}', "import.no_rows"),
        ('{"tickets": [{"id": 1}, {"id": 2}]}', "import.hardly_usable"),
    ],
)
def test_refused(tmp_path, text, code):
    with pytest.raises(ImportRefusedError) as caught:
        read(tmp_path, text)
    assert caught.value.code == code


def test_not_utf8_and_a_broken_archive(tmp_path):
    path = tmp_path / "export.json"
    path.write_bytes(b'{"tickets": [\n"\xff"]}')
    with pytest.raises(ImportRefusedError) as caught:
        read_zendesk(path, mappings.shipped("zendesk"))
    assert (caught.value.code, caught.value.params["line"]) == ("import.json_not_utf8", 2)
    path.write_bytes(gzip.compress(b"[]")[:-4])
    with pytest.raises(ImportRefusedError) as caught:
        read_zendesk(path, mappings.shipped("zendesk"))
    assert caught.value.code == "import.broken_archive"


def test_the_raw_tickets_are_kept_whole(tmp_path):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(EXPORT), encoding="utf-8")
    mapping = mappings.shipped("zendesk")
    assert "subject" in raw_rows.header_of(path, mapping)
    first, second, third = raw_rows.raw_rows(path, mapping)
    assert [each.ticket for each in (first, second, third)] == ["1", "2", "3"]
    assert first.cell("subject") == "Orders stopped"
    assert json.loads(first.cell("json")) == EXPORT["tickets"][0]


def test_fields_with_secrets_are_refused(tmp_path):
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"tickets": [{"id": 1, "created_at": "2026-01-01T00:00:00Z", "api_key": "x"}]}))
    with pytest.raises(ImportRefusedError) as caught:
        raw_rows.header_of(path, mappings.shipped("zendesk"))
    assert (caught.value.code, caught.value.params["column"]) == ("import.forbidden_column", "api_key")
