"""
Rows of the list of bad inputs, against the plan as a whole: each is refused where it stands, in words that help.
"""

import pytest

from tests.rendering.test_policy_pages import SMALL
from upheld.core.plan.model import Plan
from upheld.core.plan.reading import DocumentError, read_document, validate
from upheld.wording import say

ROWS = {
    "BI-PD-007 date that does not exist": (
        "effective: 2026-01-01",
        "effective: 2024-02-30",
        "4:12 '2024-02-30' is not a date that exists",
    ),
    "BI-PD-010 hours without an end": ("fee: USD 5", "fee: .inf", "20:10 .inf is not a number"),
    "BI-PD-014 unknown key": (
        "stops_on: [reply]",
        "stop_on: [reply]",
        "15:40 'stop_on' is not a key that can stand here: did you mean 'stops_on'?",
    ),
    "BI-PD-016 target of no time": ("urgent: 4h", "urgent: 0min", "23:40 '0min' is no time at all"),
    "BI-PD-016 negative target": ("urgent: 4h", "urgent: -4h", "23:40 '-4h' is not a duration"),
    "BI-PD-016 negative target, a number": ("urgent: 4h", "urgent: -4", "23:40 '-4' is not a duration"),
    "BI-PD-023 markup is no name": ("plan: acme", "plan: <b>acme</b>", "2:7 '<b>acme</b>' cannot be a name"),
    "number where a duration is expected": ("urgent: 4h", "urgent: 4", "23:40 '4' is not a duration"),
    "abbreviation of a zone": ("zone: Europe/Brussels, week: 24x7", "zone: CET, week: 24x7", "11:18 'CET'"),
    "week that is none": ('mon-fri: "09:00-17:00"', 'mon-fri: "9-17h"', "10:51 '9-17h' is not a window of hours"),
    "day named twice": (
        'mon-fri: "09:00-17:00"',
        'mon-sun: "09:00-17:00"',
        "10:41 The day sat is named twice in one week",
    ),
    "band that is none": ('">= 8%"', '"8 or more"', "37:50 '8 or more' is not a range"),
    "two limits where one is needed": (
        "of: violation_share",
        "of: violations_share",
        "36:9 'of' cannot be 'violations_share': did you mean 'violation_share'?",
    ),
}


def findings(text):
    with pytest.raises(DocumentError) as caught:
        validate(read_document(text.encode(), "p"), Plan)
    return [
        f"{each.places[0].line}:{each.places[0].column} {say(each.code, each.params)}" for each in caught.value.findings
    ]


@pytest.mark.parametrize(("good", "bad", "expected"), ROWS.values(), ids=ROWS)
def test_refused_where_it_stands(good, bad, expected):
    text = SMALL.replace("    name: Base\n", "    name: Base\n    fee: USD 5\n")
    assert good in text
    (told,) = findings(text.replace(good, bad, 1))
    assert told.startswith(expected)
