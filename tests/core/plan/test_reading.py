"""
Reading plan documents: what is accepted means one thing, what is refused says where and why.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import of_row
from tests.effort import least_seconds
from upheld.core.plan import reading
from upheld.core.plan.places import dotted
from upheld.core.plan.reading import DocumentError, read_document
from upheld.wording import messages, say

LAUGHS = 'a: &a ["lol"]\n' + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{', '.join(['*' + chr(97 + level)] * 9)}]\n" for level in range(8)
)


def read(text):
    return read_document(text if isinstance(text, bytes) else text.encode(), "plan.yaml").data


def refusals(text):
    """What a refused text is told: (code, (line, column) of each place) in order."""
    with pytest.raises(DocumentError) as caught:
        read(text)
    for finding in caught.value.findings:
        sentence = say(finding.code, finding.params)
        assert finding.code in messages()
        assert not sentence.startswith(finding.code), f"{sentence}: a parameter is missing"
    return [
        (finding.code, *((place.line, place.column) for place in finding.places)) for finding in caught.value.findings
    ]


REFUSED = {
    "BI-PD-002 recursive alias": (
        "a: &a [*a]\n",
        [("plan.anchor", (1, 4)), ("plan.recursive_alias", (1, 8))],
    ),
    "BI-PD-002 recursive alias in a mapping": (
        "a: &a\n  b: *a\n",
        [("plan.anchor", (1, 4)), ("plan.recursive_alias", (2, 6))],
    ),
    "BI-PD-004 python object": (
        "a: !!python/object/apply:os.system [id]\n",
        [("plan.tag", (1, 4))],
    ),
    "BI-PD-004 every other tag": (
        "a: !!str 1\nb: ! x\nc: !own {d: 1}\n!!str e: 1\n",
        [("plan.tag", (1, 4)), ("plan.tag", (2, 4)), ("plan.tag", (3, 4)), ("plan.tag", (4, 1))],
    ),
    "BI-PD-004 undeclared tag handle": ("a: !e!x 1\n", [("plan.tag", (1, 4), (1, 4))]),
    "BI-PD-004 tag directive": ("%TAG ! tag:x,2000:\n---\na: !x 1\n", [("plan.directive", (1, 1))]),
    "BI-PD-005 duplicate key": ("hours: 10\nq: 1\nhours: 1000\n", [("plan.duplicate_key", (3, 1), (1, 1))]),
    "BI-PD-005 duplicate key, quoted": ("a:\n  b: 1\n  'b': 2\n", [("plan.duplicate_key", (3, 3), (2, 3))]),
    "BI-PD-005 duplicate key, thrice": (
        "{a: 1, a: 2, a: 3}",
        [("plan.duplicate_key", (1, 8), (1, 2)), ("plan.duplicate_key", (1, 14), (1, 2))],
    ),
    "BI-PD-005 duplicate key, composed and decomposed": (
        "é: 1\ne\u0301: 2\n",
        [("plan.duplicate_key", (2, 1), (1, 1))],
    ),
    "BI-PD-010 infinity": ("hours: .inf", [("plan.number.not_finite", (1, 8))]),
    "BI-PD-010 minus infinity": ("hours: -.Inf", [("plan.number.not_finite", (1, 8))]),
    "BI-PD-010 not a number": ("hours: .nan", [("plan.number.not_finite", (1, 8))]),
    "BI-PD-010 minus zero": ("hours: -0", [("plan.number.minus_zero", (1, 8))]),
    "BI-PD-010 exponent": ("hours: 1e308", [("plan.number.exponent", (1, 8))]),
    "BI-PD-010 hexadecimal": ("hours: 0x10", [("plan.number.other_base", (1, 8))]),
    "BI-PD-010 octal": ("hours: 0o7", [("plan.number.other_base", (1, 8))]),
    "BI-PD-010 octal of YAML 1.1": ("hours: 010", [("plan.number.leading_zero", (1, 8))]),
    "BI-PD-010 binary": ("hours: 0b11", [("plan.number.other_base", (1, 8))]),
    "BI-PD-010 underscore": ("hours: 1_000", [("plan.number.underscore", (1, 8))]),
    "plus sign": ("phone: +41225550100", [("plan.number.plus_sign", (1, 8))]),
    "bare point": ("a: .5\nb: 5.", [("plan.number.bare_point", (1, 4)), ("plan.number.bare_point", (2, 4))]),
    "endless number": (f"a: {'9' * 5000}", [("plan.number.too_long", (1, 4))]),
    "BI-PD-011 tab": ("a:\n\tb: 1\n", [("plan.tab", (2, 1))]),
    "BI-PD-011 tab after spaces": ("a:\n  b: 1\n  \tc: 1\n", [("plan.tab", (3, 3))]),
    "BI-PD-011 tabs, all of them": ("a:\n\tb: 1\nc:\n\td: 1\n", [("plan.tab", (2, 1), (4, 1))]),
    "BI-PD-011 UTF-16": ("a: 1\n".encode("utf-16"), [("plan.wrong_encoding", (1, 1))]),
    "BI-PD-011 UTF-16 without a mark": ("a: 1\nb: é\n".encode("utf-16-be"), [("plan.wrong_encoding", (1, 1))]),
    "BI-PD-011 UTF-32": ("a: 1\n".encode("utf-32"), [("plan.wrong_encoding", (1, 1))]),
    "BI-PD-011 Latin-1": (b"a: 1\r\nb: caf\xe9\r\n", [("plan.not_utf8", (2, 7))]),
    "BI-PD-011 half a character": (b"a: \xc3", [("plan.not_utf8", (1, 4))]),
    "BI-PD-011 surrogate in UTF-8": (b"a: \xed\xa0\x80", [("plan.not_utf8", (1, 4))]),
    "BI-PD-011 NUL": ('a: "x\0y"\n', [("plan.control_character", (1, 6))]),
    "BI-PD-011 NUL, escaped": ('a: "x\\0y"\n', [("plan.control_character", (1, 4))]),
    "BI-PD-011 surrogate, escaped": ('a: "\\ud800"\n', [("plan.control_character", (1, 4))]),
    "BI-PD-011 terminal escape": ("a: 1\nb: \x1b[31m\n", [("plan.control_character", (2, 4))]),
    "BI-PD-011 direction override": ("a: 'x\u202ey'\n", [("plan.control_character", (1, 6))]),
    "BI-PD-011 mark in the text": ("a: x\ufeffy\n", [("plan.control_character", (1, 5))]),
    "BI-PD-011 character beyond Unicode": ('a: "\\U00110000"\n', [("plan.syntax.escape", (1, 7))]),
    "BI-PD-013 empty": ("", [("plan.empty", (1, 1))]),
    "BI-PD-013 blank": ("\n  \n", [("plan.empty", (1, 1))]),
    "BI-PD-013 comments": ("# a\n# b\n", [("plan.empty", (1, 1))]),
    "BI-PD-013 null": ("~\n", [("plan.empty", (1, 1))]),
    "BI-PD-013 only a separator": ("---\n", [("plan.empty", (1, 1))]),
    "BI-PD-013 list": ("# a\n- 1\n", [("plan.not_a_mapping", (2, 1))]),
    "BI-PD-013 text": ("hello", [("plan.not_a_mapping", (1, 1))]),
    "BI-PD-022 too large": (b"a: " + b"x" * 10_000_000, [("plan.too_large", (1, 1))]),
    "BI-PD-022 too many rules": ("rules:\n" + "- {a: 1}\n" * 100_000, [("plan.too_many_entries", (1002, 3))]),
    "two documents": ("a: 1\n---\nb: 1\n", [("plan.second_document", (2, 1))]),
    "two documents, dots": ("a: 1\n...\nb: 1\n", [("plan.second_document", (3, 1))]),
    "directive": ("%YAML 1.1\n---\na: yes\n", [("plan.directive", (1, 1))]),
    "merge key": ("a: {b: 1}\nc:\n  <<: {b: 2}\n", [("plan.merge_key", (3, 3))]),
    "list as a key": ("? [a]\n: 1\nb: 2\n", [("plan.complex_key", (1, 3))]),
    "mapping as a key": ("? {a: 1}\n: 1\n", [("plan.complex_key", (1, 3))]),
    "block text as a key": ("? |\n  a\n: 1\n", [("plan.complex_key", (1, 3))]),
    "alias as a key": ("a: 1\n*b : 1\n", [("plan.alias", (2, 1))]),
    "key without a name": (": 1\n", [("plan.empty_key", (1, 1))]),
    "glob that looks like an alias": ("a: *.pdf\n", [("plan.alias", (1, 4))]),
    "mail handle": ("a: @here\n", [("plan.syntax.reserved_character", (1, 4))]),
    "second colon": ("a: b: c\n", [("plan.syntax.unexpected_colon", (1, 5))]),
    "line without a colon": ("a: 1\nhello\nb: 2\n", [("plan.syntax.missing_colon", (2, 1), (3, 1))]),
    "dash in a line": ("a: - b\n", [("plan.syntax.unexpected_dash", (1, 4))]),
    "open list": ("a: [1, 2\nb: 3\n", [("plan.syntax.unclosed_list", (1, 4), (2, 2))]),
    "open mapping": ("a: {b: 1\nc: 3\n", [("plan.syntax.unclosed_mapping", (1, 4), (2, 2))]),
    "open quotes": ('a: "x\nb: 1\n', [("plan.syntax.unclosed_quote", (1, 4), (3, 1))]),
    "unknown escape": ('a: "\\q"\n', [("plan.syntax.escape", (1, 6), (1, 4))]),
    "crooked indentation": ("a:\n  b: 1\n c: 2\n", [("plan.syntax.indentation", (3, 2), (1, 1))]),
    "block text on the same line": ("a: |x\n  y\n", [("plan.syntax.block_text", (1, 5), (1, 4))]),
    "everything at once": (
        "hours: 1_000\nhours: 5\nname: !x y\nfee: &f .inf\nlist: [*f, '\\0', \"\\0\", -0]\n",
        [
            ("plan.number.underscore", (1, 8)),
            ("plan.duplicate_key", (2, 1), (1, 1)),
            ("plan.tag", (3, 7)),
            ("plan.anchor", (4, 6)),
            ("plan.number.not_finite", (4, 6)),
            ("plan.alias", (5, 8)),
            ("plan.control_character", (5, 18)),
            ("plan.number.minus_zero", (5, 24)),
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_refused(text, expected):
    assert refusals(text) == expected


@of_row("BI-PD-001")
def test_billion_laughs_are_told_once_a_name():
    told = refusals(LAUGHS)
    assert [row for row in told if row[0] == "plan.anchor"] == [("plan.anchor", (line, 4)) for line in range(1, 10)]
    aliases = [row for row in told if row[0] == "plan.alias"]
    assert [len(row) - 1 for row in aliases] == [9] * 8
    assert len(told) == 17


NASTY = {
    "BI-PD-001 billion laughs": LAUGHS,
    "BI-PD-002 recursive alias": "a: &a [*a]\n",
    "BI-PD-008 brackets": "[" * 5000,
    "BI-PD-008 brackets in a mapping": "a: " + "[" * 500_000,
    "BI-PD-008 brackets on lines of their own": "a: [\n" + "[\n" * 5000,
    "BI-PD-008 braces": "{a: " * 5000,
    "BI-PD-008 dashes": "a:\n  " + "- " * 5000,
    "BI-PD-008 question marks": "? " * 5000,
    "BI-PD-008 indented": "\n".join(" " * level + "a:" for level in range(500)),
    "BI-PD-022 size": "a: " + "x" * 10_000_000,
    "colons": ":" * 50_000,
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_nasty_documents_are_refused_quickly(text):
    raw = text.encode()

    def refuse():
        with pytest.raises(DocumentError):
            read_document(raw, "plan.yaml")

    assert least_seconds(refuse) < 0.05


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
@of_row("BI-PD-008")
def test_too_deep_names_the_limit(opening):
    with pytest.raises(DocumentError) as caught:
        read("a:\n  " + opening * 100)
    finding = next(finding for finding in caught.value.findings if finding.code == "plan.too_deep")
    assert finding.params == {"most": 32}
    assert finding.places[0].line == 2


def test_depth_up_to_the_limit_is_read():
    assert read("{a: " * 32 + "1" + "}" * 32)
    assert refusals("{a: " * 33 + "1" + "}" * 33) == [("plan.too_deep", (1, 129))]


def test_nodes_up_to_the_limit_are_counted():
    rows = "".join(f"r{row}: [{', '.join(['1'] * 99)}]\n" for row in range(300))
    (told,) = refusals(rows)
    assert told[0] == "plan.too_many_nodes"


def test_too_many_findings_end_the_reading():
    told = refusals("a: [" + "-0, " * 500 + "]")
    assert len(told) == reading.MAX_FINDINGS + 1
    assert told[-1][0] == "plan.too_many_findings"


MEANINGS = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
    "True": True,
    "yes": "yes",
    "no": "no",
    "on": "on",
    "off": "off",
    "0": 0,
    "10": 10,
    "-5": -5,
    "999999999999999999": 999_999_999_999_999_999,
    "1.50": Decimal("1.50"),
    "-0.5": Decimal("-0.5"),
    "0.0": Decimal("0.0"),
    "1.10": Decimal("1.10"),
    "2024-02-30": "2024-02-30",
    "2022-05": "2022-05",
    "08:30-12:00": "08:30-12:00",
    "12:30": "12:30",
    "190:20:30": "190:20:30",
    "24x7": "24x7",
    "4h": "4h",
    "99.9%": "99.9%",
    "1.2.3": "1.2.3",
    "1,000": "1,000",
    "nan": "nan",
    "- 1": [1],
    "'1'": "1",
    '"true"': "true",
    "'.inf'": ".inf",
    "<b>{{ name }}</b>": "<b>{{ name }}</b>",
    '"caf\\u00e9"': "café",
}


@pytest.mark.parametrize(("text", "expected"), MEANINGS.items(), ids=[text or "nothing" for text in MEANINGS])
def test_meaning_of_a_value(text, expected):
    found = read(f"a:\n  {text}\n")["a"]
    assert (found, type(found)) == (expected, type(expected))


@of_row("BI-PD-007")
def test_a_date_that_does_not_exist_is_left_to_the_model():
    assert read("d: 2024-02-30\n") == {"d": "2024-02-30"}


def test_keys_are_texts():
    assert list(read("1: a\ntrue: b\nno: c\n2024-01-01: d\n0x10: e\nnull: f\n")) == [
        "1",
        "true",
        "no",
        "2024-01-01",
        "0x10",
        "null",
    ]


ENDINGS = {
    "LF": b"a: 1\nb: [x, y]\n",
    "BI-PD-011 CRLF": b"a: 1\r\nb: [x, y]\r\n",
    "CR": b"a: 1\rb: [x, y]\r",
    "BI-PD-011 byte order mark": b"\xef\xbb\xbfa: 1\nb: [x, y]",
    "separators": b"--- \na: 1\nb: [x, y]\n...",
}


@pytest.mark.parametrize("raw", ENDINGS.values(), ids=ENDINGS)
def test_line_ends_and_marks_change_nothing(raw):
    document = read_document(raw, "plan.yaml")
    assert document.data == {"a": 1, "b": ["x", "y"]}
    assert document.place(("b", 1)).column == 8


def test_tabs_inside_texts_are_texts():
    assert read("a: |\n  x\n  \ty\nb: 'x\ty'\n") == {"a": "x\n\ty\n", "b": "x\ty"}


@of_row("BI-PD-023")
def test_markup_is_text():
    assert read("name: <script>alert(1)</script>\ntext: '{{ 7*7 }} {% x %}'\n") == {
        "name": "<script>alert(1)</script>",
        "text": "{{ 7*7 }} {% x %}",
    }


PLACED = """\
upheld: 1
tiers:
  pro:
    hours: [{use: always}, {use: office}]
    "fee":   USD 5
    name:
  list:
    - one
    -  two
"""

PLACES = [
    ((), False, (1, 1), ""),
    (("upheld",), False, (1, 9), "upheld"),
    (("upheld",), True, (1, 1), "upheld"),
    (("tiers", "pro"), False, (4, 5), "tiers.pro"),
    (("tiers", "pro"), True, (3, 3), "tiers.pro"),
    (("tiers", "pro", "hours", 1, "use"), False, (4, 34), "tiers.pro.hours[1].use"),
    (("tiers", "pro", "hours", 1, "use"), True, (4, 29), "tiers.pro.hours[1].use"),
    (("tiers", "pro", "fee"), False, (5, 14), "tiers.pro.fee"),
    (("tiers", "pro", "fee"), True, (5, 5), "tiers.pro.fee"),
    (("tiers", "pro", "name"), False, (6, 5), "tiers.pro.name"),
    (("tiers", "list", 1), False, (9, 8), "tiers.list[1]"),
    (("tiers", "list", 1), True, (9, 8), "tiers.list[1]"),
    (("tiers", "pro", "nothing", "here"), False, (4, 5), "tiers.pro"),
    (("nothing",), True, (1, 1), ""),
]


@pytest.mark.parametrize(
    ("path", "key", "spot", "named"), PLACES, ids=[f"{dotted(row[0])}{' key' * row[1]}" for row in PLACES]
)
def test_places(path, key, spot, named):
    place = read_document(PLACED.encode(), "plan.yaml").place(path, key=key)
    assert (place.file, (place.line, place.column), place.path) == ("plan.yaml", spot, named)


leaves = (
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text("ab'\"\\:{}[]#&*!|>%@` \né€-1", max_size=8)
)
names = st.text("abc1", min_size=1, max_size=3)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=20
)


def written(value):
    """A value as flow YAML, texts in double quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return "null" if value is None else str(value).lower()


@given(st.dictionaries(st.text("xyz", min_size=1, max_size=3), trees, max_size=4))
def test_what_was_written_is_read(data):
    document = read_document(written(data).encode(), "plan.yaml")
    assert document.data == data
    line = document.text
    for path, (_, column) in document.keys.items():
        assert line[column - 1 :].startswith(written(path[-1]))


def findings_or_data(raw):
    try:
        return (), read_document(raw, "plan.yaml").data
    except DocumentError as error:
        return error.findings, None


@given(st.text(alphabet="ab:-[]{}&*!|>'\"%@`#?,. \n\t\\0é1", max_size=60))
def test_no_text_breaks_the_reader(text):
    findings, data = findings_or_data(text.encode())
    assert isinstance(data, dict) != bool(findings)
    lines = text.count("\n") + 1
    assert all(1 <= place.line <= lines and place.column >= 1 for each in findings for place in each.places)


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(raw):
    findings, data = findings_or_data(raw)
    assert isinstance(data, dict) != bool(findings)
