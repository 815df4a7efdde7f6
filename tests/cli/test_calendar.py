"""
``upheld calendar``, as a person runs it.
"""

import json

import pytest
from typer.testing import CliRunner

from tests.shared_files import shared
from upheld.cli import calendar
from upheld.core.errors import UpheldError

OFFICE = ("--zone", "America/Toronto", "--week", "mon-fri 09:00-17:30", "--holidays", "CA-ON")
CASE = {
    "id": "mine",
    "calendar": {"tz": "UTC", "weekly": {"mon": [["09:00", "17:00"]]}},
    "op": "add",
    "start": "2026-06-01T10:00:00Z",
    "seconds": 3600,
    "expect": "2026-06-01T11:00:00Z",
}


def run(*arguments):
    return CliRunner().invoke(calendar.app, list(arguments), catch_exceptions=False)


def lay(tmp_path, *lines):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_check_of_the_shared_cases():
    result = run("check", str(shared("cases/worktime.jsonl")))
    assert (result.stdout, result.exit_code) == ("243 passed, 0 failed, 2 disputed\n", 0)


def test_check_shows_disagreements_and_lines_that_are_none(tmp_path):
    wrong = {**CASE, "expect": "2026-06-01T12:00:00Z"}
    path = lay(tmp_path, json.dumps(CASE), json.dumps(wrong), "{", json.dumps({**CASE, "disputed": True}))
    result = run("check", path)
    assert result.exit_code == 1
    disagreement, unreadable, closing = result.stdout.splitlines()
    assert disagreement == (
        f"{path}:2: case mine: add 2026-06-01T10:00:00Z 3600: expected 2026-06-01T12:00:00Z, got 2026-06-01T11:00:00Z"
    )
    assert unreadable.startswith(f"{path}:3: Line 3 is no case")
    assert closing == "1 passed, 2 failed, 1 disputed"


def test_add_shows_what_counts():
    assert run("add", "2026-06-30T16:45", "2h", *OFFICE).stdout.splitlines() == [
        "start Tue 2026-06-30T16:45:00-04:00 EDT (2026-06-30T20:45:00Z)",
        "      Tue 2026-06-30 16:45:00 - Tue 17:30:00  0h45",
        "      Thu 2026-07-02 09:00:00 - Thu 10:15:00  1h15",
        "due   Thu 2026-07-02T10:15:00-04:00 EDT (2026-07-02T14:15:00Z)",
    ]


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2026-06-30T20:45Z", "2h", "Thu 2026-07-02T10:15:00-04:00 EDT"),
        ("2026-07-02T10:15", "-2h", "Tue 2026-06-30T16:45:00-04:00 EDT"),
        ("2026-06-30T16:45", "1d", "Thu 2026-07-02T16:45:00-04:00 EDT"),
        ("2026-06-30T16:45", "1d end_of_day", "Thu 2026-07-02T17:30:00-04:00 EDT"),
        ("2026-06-30T16:45", "30000h", "Tue 2040-"),
    ],
)
def test_add(start, amount, due):
    assert run("add", start, amount, *OFFICE).stdout.splitlines()[-1].startswith(f"due   {due}")


@pytest.mark.parametrize("case", [pytest.param("2026-03-29T02:30", id="BI-CD-004-gap-shown-with-offset")])
def test_a_start_inside_a_gap_is_shown_with_its_offset(case):
    first, *_ = run("add", case, "1h", "--zone", "Europe/Berlin", "--week", "24x7").stdout.splitlines()
    assert first == "start Sun 2026-03-29T03:30:00+02:00 CEST (2026-03-29T01:30:00Z)"


def test_between_counts_both_ways():
    there = run("between", "2026-06-30T16:45", "2026-07-02T10:15", *OFFICE).stdout.splitlines()
    back = run("between", "2026-07-02T10:15", "2026-06-30T16:45", *OFFICE).stdout.splitlines()
    assert (there[-1], back[-1]) == ("2h00 (7200 seconds)", "-2h00 (-7200 seconds)")


def test_days_of_a_plan_count_as_it_declares():
    result = run("add", "2026-04-17T12:00", "2d", "--plan", "celigo", "--tier", "preferred")
    assert result.stdout.splitlines()[-1] == "due   Tue 2026-04-21T11:00:00-07:00 PDT (2026-04-21T18:00:00Z)"


@pytest.mark.requirement_part("CEL-2")
def test_hours_of_a_tier_in_many_zones():
    zones = "America/Los_Angeles,Europe/London,Australia/Sydney"
    shown = run("hours", "celigo", "--tier", "preferred", "--zones", zones, "--date", "2026-11-26").stdout
    for cell in ("Sun 16:00 - Fri 17:00 PST", "Mon 00:00 - Sat 01:00 GMT", "Mon 11:00 - Sat 12:00 AEDT"):
        assert cell in shown
    assert "Holiday Thu 2026-11-26: Thanksgiving Day (limited)" in shown


def test_hours_as_json_and_as_a_page():
    options = ("hours", "--week", "mon-fri 08:00-17:00", "--zone", "America/Los_Angeles", "--date", "2026-01-14")
    data = json.loads(run(*options, "--zones", "UTC", "--format", "json").stdout)
    assert data["week"] == ["2026-01-11", "2026-01-17"]
    assert data["rows"][0]["short"] == "Mon 16:00-Tue 01:00 ... Fri 16:00-Sat 01:00 UTC"
    assert data["rows"][0]["windows"][0]["opens"] == "2026-01-12T16:00:00+00:00"
    page = run(*options, "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "Mon 08:00-Mon 17:00 ... Fri 08:00-Fri 17:00 PST" in page
    assert "Wed 08:00-Wed 17:00 PST" in page


def test_every_window_where_asked():
    shown = run("hours", "--week", "mon, wed 08:00-09:00", "--date", "2026-01-14", "--full").stdout
    assert "Mon 08:00-Mon 09:00 UTC" in shown
    assert "Wed 08:00-Wed 09:00 UTC" in shown


def test_holidays_of_a_feed(tmp_path):
    feed = tmp_path / "days.ics"
    feed.write_text(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260601\nSUMMARY:Rest\nEND:VEVENT\nEND:VCALENDAR\n", "utf-8"
    )
    options = ("--week", "mon-fri 09:00-17:00", "--feed", str(feed))
    assert "Holiday Mon 2026-06-01: Rest (closed)" in run("hours", *options, "--date", "2026-06-03").stdout
    assert run("between", "2026-05-31T00:00", "2026-06-03T00:00", *options).stdout.splitlines()[-1].startswith("8h00")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "2026-06-30T16:45", "2h"), "cli.calendar_not_named"),
        (("add", "2026-06-30T16:45", "2h", "--plan", "celigo", "--week", "24x7"), "cli.calendar_named_twice"),
        (("add", "tomorrow", "2h", *OFFICE), "cli.start_unreadable"),
        (("add", "0001-01-01T00:00+05:45", "2h", *OFFICE), "instant.out_of_range"),
        (("add", "2026-06-30T16:45", "2 elapsed hours", *OFFICE), "cli.amount_not_support_time"),
        (("add", "2026-06-30T16:45", "2 months", *OFFICE), "cli.amount_not_support_time"),
        (("add", "2026-06-30T16:45", "2000000h", *OFFICE), "calendar.beyond_horizon"),
        (("add", "2026-06-30T16:45", "2h", "--week", "mon 9-5"), "calendar.window_unreadable"),
        (("add", "2026-06-30T16:45", "2h", "--week", "24x7", "--zone", "Mars"), "calendar.unknown_zone"),
        (("add", "2026-06-30T16:45", "2h", "--week", "24x7", "--holidays", "XX"), "holiday_list.unknown_country"),
        (("hours", "celigo", "--tier", "gold"), "cli.unknown_tier"),
        (("hours", "celigo", "--calendar", "gold"), "cli.unknown_calendar"),
        (("hours", "celigo", "--date", "01.07.2026"), "cli.date_unreadable"),
        (("hours", "celigo", "--date", "9999-12-31"), "cli.date_unreadable"),
    ],
)
def test_refusals_are_anticipated(arguments, code):
    with pytest.raises(UpheldError) as refused:
        run(*arguments)
    assert refused.value.code == code
