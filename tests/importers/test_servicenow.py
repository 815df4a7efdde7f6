"""
Handmade ServiceNow logs, row by row: which events they become, and what is listed.
"""

import datetime as dt

import pytest

from upheld.importers import mappings, servicenow
from upheld.importers.histories import ImportRefusedError

HEADER = (
    "number,incident_state,active,reopen_count,sys_mod_count,made_sla,caller_id,opened_at,sys_updated_at,contact_type,"
    "location,priority,assignment_group,resolved_at,closed_at"
)


def row(state, updated, *, number="INC1", order=0, reopened=0, opened="1/3/2026 09:00", location="Oslo",
        priority="3 - Moderate",
        team="?", resolved="?", closed="?"):  # fmt: skip
    active = "false" if state == "Closed" else "true"
    return (
        f"{number},{state},{active},{reopened},{order},true,Caller 1,{opened},{updated},Phone,{location},{priority},"
        f"{team},{resolved},{closed}"
    )


def read(tmp_path, *rows, **changed):
    path = tmp_path / "log.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    mapping = mappings.shipped("servicenow").model_copy(update=changed)
    return servicenow.read_log(path, mapping)


def told(event):
    """Return an event in short: kind, local time, and its word if it has one."""
    at = dt.datetime.fromtimestamp(event.effective_at, dt.UTC)
    word = next(
        (getattr(event, name) for name in ("status", "severity", "to", "channel") if hasattr(event, name)), None
    )
    return f"{event.kind} {at.day}/{at.month} {at:%H:%M}" + (f" {word}" if word else "")


def events(log, ticket="INC1"):
    (history,) = [each for each in log.histories if each.ticket == ticket]
    assert [event.seq for event in history.events] == list(range(len(history.events)))
    return [told(event) for event in history.events if event.kind != "assigned"]


def listed(log):
    return [(each.code, each.places[0].line) for each in log.findings]


START = ["opened 1/3 09:00 phone", "severity_assigned 1/3 09:00 moderate"]


@pytest.mark.parametrize(
    ("rows", "expected", "findings"),
    [
        pytest.param(
            [row("New", "1/3/2026 09:01"), row("Active", "1/3/2026 09:30", order=1),
             row("Resolved", "1/3/2026 11:00", order=2), row("Closed", "6/3/2026 11:00", order=3)],
            ["resolved 1/3 11:00", "closed 6/3 11:00"], [], id="straight"),
        pytest.param(
            [row("New", "1/3/2026 09:01"), row("Awaiting User Info", "1/3/2026 10:00", order=1),
             row("Awaiting User Info", "1/3/2026 10:20", order=2), row("Awaiting Vendor", "1/3/2026 11:00", order=3),
             row("Active", "1/3/2026 12:00", order=4), row("Resolved", "1/3/2026 13:00", order=5)],
            ["status_changed 1/3 10:00 waiting_on_customer", "status_changed 1/3 11:00 waiting_on_third_party",
             "status_changed 1/3 12:00 waiting_on_support", "resolved 1/3 13:00"], [], id="waits"),
        pytest.param(
            [row("Resolved", "1/3/2026 10:00", resolved="1/3/2026 15:00"),
             row("Resolved", "1/3/2026 15:00", order=1, resolved="1/3/2026 15:00")],
            ["resolved 1/3 10:00"], [], id="resolved-column-overwritten-by-a-later-update"),
        pytest.param(
            [row("Resolved", "1/3/2026 10:00"), row("Active", "1/3/2026 12:00", order=1, reopened=1),
             row("Resolved", "1/3/2026 14:00", order=2, reopened=1), row("Closed", "2/3/2026 14:00", order=3,
             reopened=1),
             row("Awaiting User Info", "3/3/2026 09:00", order=4, reopened=2),
             row("Resolved", "4/3/2026 09:00", order=5, reopened=2)],
            ["resolved 1/3 10:00", "reopened 1/3 12:00", "resolved 1/3 14:00", "closed 2/3 14:00", "reopened 3/3 09:00",
             "status_changed 3/3 09:00 waiting_on_customer", "resolved 4/3 09:00"], [], id="reopened-twice"),
        pytest.param(
            [row("New", "1/3/2026 09:01", order=0), row("New", "1/3/2026 11:10", order=1),
             row("Resolved", "1/3/2026 11:03", order=2)],
            ["resolved 1/3 11:03"], [("import.out_of_order", 3)], id="dated-late-but-numbered-early"),
        pytest.param(
            [row("Resolved", "1/3/2026 12:00", order=2), row("New", "1/3/2026 09:05", order=0),
             row("Awaiting Problem", "1/3/2026 10:00", order=1)],
            ["status_changed 1/3 10:00 on_hold", "resolved 1/3 12:00"], [], id="rows-in-any-order"),
        pytest.param(
            [row("Resolved", "1/3/2026 10:00", order=2), row("Awaiting User Info", "1/3/2026 10:00", order=1)],
            ["status_changed 1/3 10:00 waiting_on_customer", "resolved 1/3 10:00"], [], id="two-updates-in-a-minute"),
        pytest.param(
            [row("Active", "1/3/2026 07:00", order=7), row("Awaiting User Info", "1/3/2026 09:30", order=1)],
            ["status_changed 1/3 09:30 waiting_on_customer"], [("import.before_opening", 2)],
             id="updated-before-opening"),
        pytest.param(
            [row("New", "1/3/2026 09:01"), row("Closed", "1/3/2026 10:00", order=1)],
            ["resolved 1/3 10:00", "closed 1/3 10:00"], [("import.closed_unresolved", 3)], id="closed-unresolved"),
        pytest.param(
            [row("New", "1/3/2026 09:01"), row("-100", "1/3/2026 09:30", order=1), row("-100",
             "1/3/2026 09:40", order=2),
             row("Resolved", "1/3/2026 10:00", order=3)],
            ["resolved 1/3 10:00"], [("import.unknown_state", 3), ("import.unknown_state", 4)], id="state-minus-100"),
        pytest.param(
            [row("New", "1/3/2026 09:01", resolved="2/3/2026 10:00", closed="7/3/2026 10:00")],
            ["resolved 2/3 10:00", "closed 7/3 10:00"], [("import.only_a_column", 2)], id="log-cut-off"),
        pytest.param([row("New", "1/3/2026 09:01")], [], [], id="still-open"),
        pytest.param(
            [row("New", "1/3/2026 09:01", resolved="1/2/2026 09:00")], [], [("import.ends_before_opening", 2)],
            id="resolved-before-opening"),
        pytest.param(
            [row("New", "1/3/2026 09:01"), row("Active", "yesterday", order=1), row("Resolved",
             "1/3/2026 10:00", order=2)],
            ["resolved 1/3 10:00"], [("import.unreadable_date", 3)], id="unreadable-date"),
        pytest.param(
            [row("New", "1/3/2026 09:01", priority="2 - High"), row("New", "1/3/2026 10:00", order=1,
             priority="1 - Critical"),
             row("New", "1/3/2026 11:00", order=2, priority="P0"), row("New", "1/3/2026 11:30", order=3,
             priority="P0")],
            ["severity_assigned 1/3 09:00 high", "severity_assigned 1/3 10:00 critical"],
            [("import.unknown_severity", 4)], id="severity-changes"),
    ],
)  # fmt: skip
@pytest.mark.requirement_part("B-4")
def test_rows_become_events(tmp_path, rows, expected, findings):
    log = read(tmp_path, *rows)
    start = START if "severity_assigned" not in " ".join(expected) else START[:1]
    assert events(log) == start + expected
    assert listed(log) == findings
    assert log.rows == len(rows)


def test_the_resolved_column_can_be_made_to_rule(tmp_path):
    rows = [row("Resolved", "1/3/2026 10:00", resolved="1/3/2026 15:00"),
            row("Resolved", "1/3/2026 15:00", order=1, resolved="1/3/2026 15:00"),
            row("Closed", "2/3/2026 15:00", order=2, resolved="1/3/2026 15:00")]  # fmt: skip
    log = read(tmp_path, *rows, resolved_by="column")
    assert events(log) == [*START, "resolved 1/3 15:00", "closed 2/3 15:00"]
    assert "assume.resolved_by_column" in {each.code for each in log.assumptions}


def test_the_customer_is_the_first_that_is_named(tmp_path):
    log = read(
        tmp_path,
        row("New", "1/3/2026 09:01", location="?"), row("Active", "1/3/2026 09:02", order=1, location="Oslo"),
        row("Active", "1/3/2026 09:03", order=2, location="Rome"), row("New", "1/3/2026 09:01", number="INC2",
        location="?"),
    )  # fmt: skip
    assert [(each.ticket, each.customer, each.line) for each in log.histories] == [("INC1", "Oslo", 2), ("INC2", "", 5)]
    (assumed,) = [each for each in log.assumptions if each.code == "assume.customers_unclear"]
    assert assumed.params == {"column": "location", "several": 1, "none": 1}


def test_teams_and_facts_are_kept(tmp_path):
    log = read(
        tmp_path, row("New", "1/3/2026 09:01", team="Group 7"), row("New", "1/3/2026 09:09", order=1, team="Group 8")
    )
    assert [event.to for event in log.histories[0].events if event.kind == "assigned"] == ["Group 7", "Group 8"]
    assert log.histories[0].facts == {"made_sla": "true"}


def test_what_such_a_log_can_show(tmp_path):
    log = read(tmp_path, row("New", "1/3/2026 09:01"))
    assert log.observed == {
        "opened", "status_changed", "resolved", "reopened", "closed", "severity_assigned", "assigned",
    }  # fmt: skip
    assert dt.datetime.fromtimestamp(log.last, dt.UTC).isoformat() == "2026-03-01T09:01:00+00:00"


def test_missing_updates_are_told(tmp_path):
    rows = [
        row("New", "1/3/2026 09:01"),
        row("Active", "1/3/2026 09:30", order=4),
        row("Active", "1/3/2026 09:31", number="INC2"),
    ]
    log = read(tmp_path, *rows)
    codes = {each.code: each.params for each in log.assumptions}
    assert codes["assume.updates_missing"] == {"tickets": 1, "updates": 3, "of": 2}


def test_derived_facts_are_compared_with_columns(tmp_path):
    rows = [row("Resolved", "1/3/2026 10:00", reopened=1), row("New", "1/3/2026 09:01", number="INC2")]
    checks = {each.code: each for each in read(tmp_path, *rows).checks}
    assert (checks["check.reopenings"].agree, checks["check.reopenings"].differ) == (1, 1)
    assert checks["check.reopenings"].lines == (2,)
    assert (checks["check.active"].agree, checks["check.active"].differ) == (2, 0)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        pytest.param([], "import.no_rows", id="no-rows"),
        pytest.param(
            [row("New", "2026-03-01T09:01", opened="2026-03-01T09:00")] * 3, "import.hardly_usable", id="dates"
        ),
        pytest.param(["a,b"] * 3, "import.hardly_usable", id="widths"),
        pytest.param([row("New", "1/3/2026 09:01", number="")] * 3, "import.hardly_usable", id="no-tickets"),
    ],
)
def test_an_export_that_the_mapping_does_not_fit_is_refused(tmp_path, rows, code):
    with pytest.raises(ImportRefusedError) as refused:
        read(tmp_path, *rows)
    assert refused.value.code == code


def test_no_row_is_lost(tmp_path):
    rows = [row("New", "1/3/2026 09:01"), "too,short", row("New", "1/3/2026 09:01", number=""), row("New",
            "never", number="INC3"),
            row("Active", "1/3/2026 09:05", number="INC1", order=1), row("New", "1/3/2026 09:01",
            number="INC4")]  # fmt: skip
    log = read(tmp_path, *rows)
    assert log.rows == 6
    assert log.unused_rows == 3
    assert listed(log) == [("import.cell_count", 3), ("import.no_ticket", 4), ("import.unreadable_date", 5)]


def test_scattered_rows_and_rows_that_stand_together_are_the_same_log(tmp_path):
    first = [row("New", "1/3/2026 09:01"), row("Resolved", "1/3/2026 11:00", order=1), "too,short"]
    second = [row("New", "1/3/2026 09:05", number="INC2"), row("-100", "1/3/2026 10:00", number="INC2", order=1)]
    together = read(tmp_path, *first, *second)
    scattered = read(tmp_path, first[0], second[0], first[1], second[1], first[2])
    assert [(each.ticket, each.events) for each in scattered.histories] == [
        (each.ticket, each.events) for each in together.histories
    ]
    assert (scattered.rows, scattered.unused_rows, scattered.assumptions) == (5, 1, together.assumptions)
    assert sorted(each.code for each in scattered.findings) == sorted(each.code for each in together.findings)
    assert scattered.checks == together.checks
