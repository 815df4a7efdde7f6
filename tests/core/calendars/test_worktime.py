"""
Every case of other projects' calendars, each by its id.
"""

import pytest

from tests.shared_files import shared, shared_rows
from upheld.core.calendars.cases import Verdict, check_cases

PATH = "cases/worktime.jsonl"


def lines():
    return [
        pytest.param(line, row, id=f"worktime-{row['id']}")
        for line, row in zip(shared(PATH).read_text(encoding="utf-8").splitlines(), shared_rows(PATH), strict=True)
    ]


@pytest.mark.parametrize(("line", "row"), lines())
def test_case(line, row):
    (outcome,) = check_cases([line])
    assert outcome.verdict is (Verdict.DISPUTED if row.get("disputed") else Verdict.PASSED), outcome


def test_all_at_once():
    verdicts = [outcome.verdict for outcome in check_cases(shared(PATH).read_text(encoding="utf-8").splitlines())]
    assert {verdict: verdicts.count(verdict) for verdict in Verdict} == {
        Verdict.PASSED: 243,
        Verdict.FAILED: 0,
        Verdict.DISPUTED: 2,
        Verdict.UNREADABLE: 0,
    }
