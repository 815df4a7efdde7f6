"""
Plain CSV: rows that tell a ticket, rows that tell an event.
"""

import pytest

from upheld.importers import mappings, plain_csv

TICKETS = {"upheld-mapping": 1, "shape": "csv", "columns": {name: name for name in mappings.TICKET_COLUMNS}}
EVENTS = {
    "upheld-mapping": 1, "shape": "csv", "rows": "event", "columns": {name: name for name in mappings.EVENT_COLUMNS},
    "events": {"Created": "opened", "Agent replied": "message_sent", "Customer wrote": "message_received",
               "Priority": "severity_assigned",
               "Status": "status_changed", "Solved": "resolved", "Viewed": "ignored"},
    "states": {"Pending": "waiting_on_customer", "Open": "open"}, "severities": {"P1": "urgent", "P2": "high"},
}  # fmt: skip


def read(tmp_path, text, mapping):
    path = tmp_path / "tickets.csv"
    path.write_text(text, encoding="utf-8")
    return plain_csv.read_csv(path, mappings.Mapping.model_validate(mapping))


def at(event):
    return (event.kind, event.effective_at - 1767258000)
    # 2026-01-01T09:00:00Z


def test_one_row_a_ticket(tmp_path):
    log = read(
        tmp_path,
        "ticket,customer,opened,first_response,resolved,severity\n"
        "7,Acme,2026-01-01 09:00,2026-01-01 10:00,,Urgent\n"
        "8,,2026-01-01 09:00,,2026-01-01 08:00,\n",
        TICKETS,
    )
    first, second = log.histories
    assert [at(event) for event in first.events] == [("opened", 0), ("severity_assigned", 0), ("message_sent", 3600)]
    assert first.events[1].severity == "urgent"
    assert first.events[2].actor.side == "vendor"
    assert [at(event) for event in second.events] == [("opened", 0)]
    assert [(each.code, each.places[0].line) for each in log.findings] == [("import.ends_before_opening", 3)]
    assert log.observed == {"opened", "message_sent", "resolved", "severity_assigned"}
    assert {each.code for each in log.assumptions} == {
        "assume.zone",
        "assume.customer_column",
        "assume.customers_unclear",
        "assume.one_row_a_ticket",
    }


def test_a_column_that_is_absent_is_not_observed(tmp_path):
    log = read(tmp_path, "ticket;opened;resolved\n1;2026-01-01 09:00;2026-01-01 10:00\n", TICKETS)
    assert log.observed == {"opened", "resolved"}


def test_one_row_an_event(tmp_path):
    log = read(
        tmp_path,
        "ticket,customer,at,event,severity,status,channel\n"
        "1,Acme,2026-01-01 10:00,Agent replied,,,\n"
        "1,Acme,2026-01-01 09:00,Created,,,portal\n"
        "1,Acme,2026-01-01 09:00,Priority,P1,,\n"
        "1,Acme,2026-01-01 10:00,Status,,Pending,\n"
        "1,Acme,2026-01-01 10:30,Viewed,,,\n"
        "1,Acme,2026-01-01 11:00,Priority,P9,,\n"
        "1,Acme,2026-01-01 12:00,Exploded,,,\n"
        "1,Acme,2026-01-01 12:00,Solved,,,\n"
        "2,Acme,2026-01-01 12:00,Solved,,,\n",
        EVENTS,
    )
    (history,) = log.histories
    assert [at(event) for event in history.events] == [
        ("opened", 0), ("severity_assigned", 0), ("message_sent", 3600), ("status_changed", 3600), ("resolved", 10800),
    ]  # fmt: skip
    assert [event.seq for event in history.events] == [0, 1, 2, 3, 4]
    assert history.events[0].channel == "portal"
    assert history.events[3].status == "waiting_on_customer"
    assert [(each.code, each.places[0].line) for each in log.findings] == [
        ("import.unknown_severity", 7), ("import.event_without_word", 7), ("import.unknown_event", 8),
        ("import.no_opening", 10),
    ]  # fmt: skip
    assert log.observed == {
        "opened", "message_sent", "message_received", "severity_assigned", "status_changed", "resolved",
    }  # fmt: skip
    assert (log.rows, log.unused_rows) == (9, 3)


def test_a_ticket_told_twice(tmp_path):
    rows = "".join(f"{ticket},2026-01-01 09:00\n" for ticket in ("1", "2", "1", "3"))
    log = read(tmp_path, "ticket,opened\n" + rows, TICKETS)
    assert [each.ticket for each in log.histories] == ["1", "2", "3"]
    assert [(each.code, each.params["first"]) for each in log.findings] == [("import.ticket_twice", 2)]


@pytest.mark.parametrize("hostile", ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "@x", "\u202egnp.exe"])
def test_cells_stay_literal(tmp_path, hostile):
    log = read(tmp_path, f'ticket,customer,opened\n1,"{hostile}",2026-01-01 09:00\n', TICKETS)
    assert log.histories[0].customer == hostile
