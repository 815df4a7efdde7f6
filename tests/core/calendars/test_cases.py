"""
Checking cases: what passes, what fails, and lines that are no case.
"""

import json

import pytest

from upheld.core.calendars.cases import Verdict, check_cases

OFFICE = {"tz": "UTC", "weekly": {"mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]]}}
NIGHT = {"tz": "UTC", "weekly": {"mon": [["22:00", "06:00"]]}}
ADD = {"id": 1, "calendar": OFFICE, "op": "add", "start": "2026-06-01T16:00:00Z", "seconds": 3600}


def verdict(**fields):
    case = {name: value for name, value in {**ADD, **fields}.items() if value is not None}
    (outcome,) = check_cases([json.dumps(case)])
    return outcome


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"expect": "2026-06-01T17:00:00Z"}, Verdict.PASSED),
        ({"expect": "2026-06-02T09:00:00Z"}, Verdict.PASSED),
        ({"expect": "2026-06-02T09:00:01Z"}, Verdict.FAILED),
        ({"expect": "2026-06-02T09:00:01Z", "disputed": True}, Verdict.DISPUTED),
        ({"expect": 3600, "op": "diff", "end": "2026-06-02T08:00:00Z"}, Verdict.PASSED),
        ({"expect": 3601, "op": "diff", "end": "2026-06-02T08:00:00Z"}, Verdict.FAILED),
        (
            {
                "expect": 1800,
                "op": "diff",
                "end": "2026-06-02T08:00:00Z",
                "pauses": [["2026-06-01T16:00:00Z", "2026-06-01T16:30:00Z"]],
            },
            Verdict.PASSED,
        ),
        (
            {"expect": "2026-06-02T09:30:00Z", "pauses": [["2026-06-01T16:00:00Z", "2026-06-01T16:30:00Z"]]},
            Verdict.PASSED,
        ),
        ({"op": "add_days", "days": 1, "mode": "same_time", "expect": "2026-06-02T16:00:00Z"}, Verdict.PASSED),
        ({"op": "add_days", "days": 1, "mode": "end_of_day", "expect": "2026-06-02T17:00:00Z"}, Verdict.PASSED),
        ({"calendar": {**OFFICE, "weekly": {}}, "expect": "2026-06-01T17:00:00Z"}, Verdict.FAILED),
        ({"calendar": NIGHT, "expect": "2026-06-01T23:00:00Z"}, Verdict.PASSED),
        ({"expect": "2026-06-08T17:00:00Z", "seconds": 20 * 8 * 3600}, Verdict.FAILED),
    ],
)
def test_verdicts(fields, expected):
    assert verdict(**fields).verdict is expected


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"op": None}, "calendar.case_incomplete"),
        ({"op": "divide", "expect": 1}, "calendar.case_operation"),
        ({"expect": "2026-06-01T17:00:00"}, "instant.naive"),
        ({"expect": "soon"}, "instant.unreadable"),
        ({"seconds": 1.5, "expect": "2026-06-01T17:00:00Z"}, "calendar.case_not_whole"),
        ({"calendar": {**OFFICE, "tz": "Mars"}}, "calendar.unknown_zone"),
        ({"calendar": {**OFFICE, "weekly": {"lun": []}}}, "calendar.days_unreadable"),
        ({"calendar": {**OFFICE, "holidays": ["2026-02-30"]}}, "calendar.case_unreadable"),
    ],
)
def test_cases_that_cannot_be_read(fields, code):
    outcome = verdict(**fields)
    assert (outcome.verdict, outcome.error.code) == (Verdict.UNREADABLE, code)


def test_lines_keep_their_numbers():
    outcomes = list(check_cases(["", "{", "[]", "", "null", "[" * 100_000]))
    assert [(outcome.line, outcome.verdict) for outcome in outcomes] == [(n, Verdict.UNREADABLE) for n in (2, 3, 5, 6)]
    assert outcomes[0].error.params["line"] == 2
