"""
Findings at the terminal and as data: where, how grave, what, the line with a caret, what to do.
"""

import io
import json

import pytest
from rich.console import Console

from tests.cases import of_row
from upheld.core.errors import Finding, Place, Weight
from upheld.rendering.findings import as_data, counted, excerpt, in_parts, print_findings, told

TEXT = "upheld: 1\ntiers:\n  pro: {frist_response: 1h, name: 'a b'}\n"
UNKNOWN = Finding(
    "plan.unknown_key.did_you_mean",
    Weight.ERROR,
    (Place("p.yaml", 3, 9, "tiers.pro.frist_response"),),
    {"key": "frist_response", "given": "1h", "suggestion": "first_response", "known": ["first_response", "fee"]},
)


def test_a_finding_shows_place_weight_sentence_line_caret_and_remedy():
    assert told(UNKNOWN, {"p.yaml": TEXT}).plain == (
        "p.yaml:3:9 error 'frist_response' is not a key that can stand here: did you mean 'first_response'?"
        "  plan.unknown_key.did_you_mean\n"
        "    3 |   pro: {frist_response: 1h, name: 'a b'}\n"
        "      |         ^^^^^^^^^^^^^^\n"
        "     -> Known here: first_response, fee.\n"
    )


def test_weight_is_told_in_words_and_in_colour():
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=200)
    print_findings(console, [UNKNOWN], {"p.yaml": TEXT})
    assert "\x1b[1;31merror\x1b[0m" in console.file.getvalue()


def test_assumptions_come_last_and_without_their_lines():
    place = (Place("p.yaml", 1, 1),)
    findings = [Finding("no.a", Weight.ASSUMPTION, place), Finding("no.n", Weight.NOTE, place)]
    console = Console(file=io.StringIO(), width=200)
    print_findings(console, findings, {"p.yaml": TEXT})
    assert console.file.getvalue() == (
        "p.yaml:1:1 note no.n  no.n\n    1 | upheld: 1\n      | ^^^^^^\n\n"
        "p.yaml:1:1 assumption no.a  no.a\n\n"
        "1 assumption, 1 note\n"
    )


@pytest.mark.parametrize(
    ("line", "column", "under"),
    [
        ("a: 'x y' # c", 4, "'x y'"),
        ('a: "x \\" y", b', 4, '"x \\" y"'),
        ("a: 2 hours, b: 1", 4, "2 hours"),
        ("a: 2 hours # long", 4, "2 hours"),
        ("  key: value", 3, "key"),
        ("a: 08:30-12:00", 4, "08:30-12:00"),
        ("a: {b: 1}", 4, "{"),
        ("a:", 3, ""),
    ],
)
def test_caret_underlines_what_stands_there(line, column, under):
    shown, carets = excerpt(Place("p", 1, column), line).plain.splitlines()
    assert shown == f"    1 | {line}"
    assert carets == "      | " + " " * (column - 1) + "^" * max(1, len(under))


def test_caret_stands_under_wide_letters():
    _, carets = excerpt(Place("p", 1, 5), "値段: 高い").plain.splitlines()
    assert carets == "      | " + " " * 6 + "^" * 4


def test_long_lines_are_cut_around_the_column():
    shown, carets = excerpt(Place("p", 1, 201), "x" * 199 + ", " + "y" * 300).plain.splitlines()
    assert len(shown) <= 8 + 102
    assert shown[8] == shown[-1] == "…"
    assert carets.index("^") > 50


def test_lines_that_are_not_there_are_not_shown():
    assert excerpt(Place("p", 9, 1), "a: 1").plain == ""
    assert excerpt(Place("p", 1, 1), "").plain == ""


def test_further_places_are_shown_and_the_rest_is_named():
    places = tuple(Place("p", line, 1) for line in range(1, 7))
    finding = Finding("plan.duplicate_key", Weight.ERROR, places, {"key": "a", "first_line": 1, "line": 2})
    lines = told(finding, {"p": "a: 1\n" * 6}).plain.splitlines()
    assert [line for line in lines if "| " in line and "-" in line] == ["      | -"] * 3
    assert "     also: p:5:1, p:6:1" in lines


@of_row("BI-PD-023")
def test_text_of_a_document_is_neither_markup_nor_a_terminal_command():
    hostile = "[red]x[/red] \x1b[31m<b> :smile: \u202e"
    finding = Finding("plan.bad_name", Weight.ERROR, (Place("p", 1, 1),), {"given": hostile})
    console = Console(file=io.StringIO(), force_terminal=True, width=300)
    print_findings(console, [finding], {"p": hostile})
    shown = console.file.getvalue()
    assert "[red]x[/red]" in shown
    assert ":smile:" in shown
    assert "\x1b[31m<b>" not in shown
    assert "\u202e" not in shown


def test_remedy_is_cut_from_the_words_not_from_the_document():
    finding = Finding("plan.bad_name", Weight.ERROR, (), {"given": "One. Two! Three? Four"})
    assert in_parts(finding)[0] == "'One. Two! Three? Four' cannot be a name that other keys refer to."


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (Finding("no.such_code", Weight.NOTE, (), {"given": 1}), ("no.such_code (given=1)", "")),
        (Finding("plan.bad_name", Weight.NOTE), ("plan.bad_name", "")),
    ],
)
def test_a_finding_without_words_still_tells_its_facts(finding, expected):
    assert in_parts(finding) == expected


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([], "Nothing to mend."),
        ([Weight.ERROR], "1 error"),
        ([Weight.NOTE, Weight.ERROR, Weight.WARNING, Weight.ERROR], "2 errors, 1 warning, 1 note"),
    ],
)
def test_closing_line(weights, expected):
    assert counted([Finding("x", weight) for weight in weights]).plain == expected


def test_data_is_json_and_whole():
    assert json.loads(json.dumps(as_data([UNKNOWN]))) == [
        {
            "weight": "error",
            "code": "plan.unknown_key.did_you_mean",
            "message": "'frist_response' is not a key that can stand here: did you mean 'first_response'? "
            "Known here: first_response, fee.",
            "places": [{"file": "p.yaml", "line": 3, "column": 9, "path": "tiers.pro.frist_response"}],
            "params": {
                "key": "frist_response",
                "given": "1h",
                "suggestion": "first_response",
                "known": ["first_response", "fee"],
            },
        }
    ]
