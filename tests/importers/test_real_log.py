"""
The real incident log: exact totals, counted once more here by other means (plain csv, no reader of ours).
"""

import collections
import csv
import gzip

import pytest

from tests.shared_files import shared
from upheld.importers import mappings, servicenow

LOG = "data/tickets/servicenow_incident_event_log.csv.gz"


@pytest.fixture(scope="module")
def log():
    return servicenow.read_log(shared(LOG), mappings.shipped("servicenow"))


@pytest.fixture(scope="module")
def rows():
    with gzip.open(shared(LOG), "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.requirement_part("B-4")
def test_every_row_and_every_incident(log, rows):
    assert (log.rows, log.unused_rows) == (len(rows), 0) == (119_998, 0)
    assert [each.ticket for each in log.histories] == list(dict.fromkeys(row["number"] for row in rows))
    assert len(log.histories) == 20_769


def test_counts_of_events(log, rows):
    found = collections.Counter(event.kind for history in log.histories for event in history.events)
    before, resolved, closed, reopened = {}, 0, 0, 0
    for row in rows:
        state, last = row["incident_state"], before.get(row["number"])
        before[row["number"]] = state
        resolved += state == "Resolved" != last
        closed += state == "Closed" != last
        reopened += last in {"Resolved", "Closed"} and state not in {"Resolved", "Closed"}
    ends_in_columns = closes_unresolved = 1, 3
    assert found["resolved"] == resolved + ends_in_columns[0] + closes_unresolved[1]
    assert found["closed"] == closed + 1
    assert found["reopened"] == reopened == 276
    assert (found["opened"], found["resolved"], found["closed"], found["status_changed"]) == (
        20_769,
        21_045,
        20_777,
        6_734,
    )


def test_what_makes_no_sense_is_listed(log):
    assert [(each.code, each.places[0].line) for each in log.findings] == [
        ("import.before_opening", 330), ("import.before_opening", 336), ("import.before_opening", 346),
        ("import.before_opening", 351), ("import.out_of_order", 359), ("import.before_opening", 438),
        ("import.closed_unresolved", 13_523), ("import.closed_unresolved", 23_078),
        ("import.closed_unresolved", 83_546),
        ("import.unknown_state", 115_643), ("import.unknown_state", 115_644), ("import.only_a_column", 119_999),
    ]  # fmt: skip


def test_derived_facts_agree_with_the_columns(log, rows):
    assert [(each.code, each.agree, each.differ) for each in log.checks] == [
        ("check.reopenings", 20_769, 0), ("check.active", 20_769, 0),
    ]  # fmt: skip
    highest = collections.Counter()
    for row in rows:
        highest[row["number"]] = max(highest[row["number"]], int(row["reopen_count"]))
    derived = {each.ticket: sum(event.kind == "reopened" for event in each.events) for each in log.histories}
    assert derived == {ticket: highest[ticket] for ticket in derived}


def test_what_was_assumed(log, rows):
    told = {each.code: each.params for each in log.assumptions}
    assert told["assume.zone"]["zone"] == "UTC"
    assert told["assume.resolved_column_differs"] == {"differs": 266, "without": 1_418, "of": 20_769}
    numbers = collections.defaultdict(set)
    for row in rows:
        numbers[row["number"]].add(int(row["sys_mod_count"]))
    missing = [max(each) + 1 - len(each) for each in numbers.values()]
    assert told["assume.updates_missing"] == {"tickets": sum(map(bool, missing)), "updates": sum(missing), "of": 20_769}
    assert told["assume.customers_unclear"] == {"column": "location", "several": 54, "none": 6}


def test_no_first_response_can_be_seen(log):
    assert "message_sent" not in log.observed
