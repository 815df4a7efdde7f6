"""
Jira exports: what changelog and comments say.
"""

import json

import pytest

from tests.importers.test_zendesk import told
from upheld.importers import mappings
from upheld.importers.jira import read_jira


def change(at, field, before, after):
    return {"created": at, "items": [{"field": field, "fromString": before, "toString": after}]}


def comment(at, who, *, public=True, kind="atlassian"):
    return {"created": at, "author": {"accountId": who, "accountType": kind}, "jsdPublic": public}


ISSUE = {
    "key": "SUP-1",
    "fields": {
        "created": "2026-03-02T10:00:00.000+0100",
        "priority": {"name": "Highest"},
        "status": {"name": "Closed"},
        "reporter": {"accountId": "dana"},
        "customfield_10002": [{"id": "1", "name": "Acme"}],
        "comment": {
            "comments": [
                comment("2026-03-02T11:00:00.000+0100", "ada", public=False),
                comment("2026-03-02T12:00:00.000+0100", "ada"),
                comment("2026-03-02T13:00:00.000+0100", "dana"),
                comment("2026-03-02T13:30:00.000+0100", "carl", kind="customer"),
            ]
        },
    },
    "changelog": {
        "histories": [
            change("2026-03-02T15:00:00.000+0100", "resolution", None, "Done"),
            change("2026-03-02T15:00:00.000+0100", "status", "In Progress", "Resolved"),
            change("2026-03-02T12:30:00.000+0100", "priority", "Low", "Highest"),
            change("2026-03-02T12:00:00.000+0100", "status", "Waiting for support", "Waiting for customer"),
            change("2026-03-02T13:00:00.000+0100", "status", "Waiting for customer", "In Progress"),
            change("2026-03-03T09:00:00.000+0100", "status", "Resolved", "Reopened"),
            change("2026-03-04T09:00:00.000+0100", "status", "Reopened", "Closed"),
        ]
    },
}
PLAIN = {
    "key": "SUP-2",
    "fields": {
        "created": "2026-03-05T09:00:00.000Z",
        "priority": {"name": "Blocker"},
        "status": {"name": "Done"},
        "resolutiondate": "2026-03-06T09:00:00.000Z",
    },
}


def read(tmp_path, *issues):
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"issues": issues}), encoding="utf-8")
    return read_jira(path, mappings.shipped("jira"))


@pytest.mark.requirement_part("B-4")
def test_what_changelog_and_comments_say(tmp_path):
    log = read(tmp_path, ISSUE, PLAIN)
    first, second = log.histories
    assert (first.ticket, first.customer) == ("SUP-1", "Acme")
    assert told(first) == [
        ("Opened", "02 09:00", None),
        ("SeverityAssigned", "02 09:00", "low"),
        ("MessageSent", "02 10:00", None),
        ("StatusChanged", "02 11:00", "waiting_on_customer"),
        ("MessageSent", "02 11:00", None),
        ("SeverityAssigned", "02 11:30", "critical"),
        ("StatusChanged", "02 12:00", "waiting_on_support"),
        ("MessageReceived", "02 12:00", None),
        ("MessageReceived", "02 12:30", None),
        ("Resolved", "02 14:00", None),
        ("Reopened", "03 08:00", None),
        ("Resolved", "04 08:00", None),
        ("Closed", "04 08:00", None),
    ]
    assert [event.public for event in first.events if type(event).__name__ == "MessageSent"] == [False, True]
    assert told(second) == [("Opened", "05 09:00", None), ("Resolved", "06 09:00", None)]
    assert [(each.code, each.params["given"]) for each in log.findings if "given" in each.params] == [
        ("import.unknown_severity", "Blocker")
    ]
