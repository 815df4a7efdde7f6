"""
The reference of the plan format: it says what the model reads, all of it, and every section has an example that loads.
"""

import re

import pytest

from tools import examples, plan_format
from upheld.core.durations import parse_duration
from upheld.core.plan import schema
from upheld.core.plan.model import Plan
from upheld.core.plan.model.bands import parse_band
from upheld.core.plan.model.base import _texts
from upheld.core.plan.model.calendars import _week
from upheld.core.plan.model.metrics import Start, Stop, _promise
from upheld.core.plan.reading import read_document

TEXT = plan_format.DOCUMENT.read_text(encoding="utf-8")
SECTIONS = list(Plan.model_fields)
SHORT = [(part, text) for part, texts in plan_format.SHORT.items() for text in texts]


def section(heading):
    """The text under a heading, up to the next one."""
    return re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#)", TEXT, re.MULTILINE | re.DOTALL)[1]


def rows(heading):
    """The cells of the tables under a heading, without their first two lines."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def codes(text):
    return re.findall(r"`([^`]+)`", text)


def test_the_tables_are_those_of_the_model():
    assert plan_format.generated(TEXT) == TEXT, "run: make docs"


def test_every_part_of_the_model_has_one_place():
    assert sorted(plan_format.named(TEXT)) == sorted(plan_format.parts())


@pytest.mark.parametrize("part", plan_format.parts())
def test_every_key_has_a_row_that_says_what_it_is_and_how_it_is_written(part):
    table = section(plan_format.heading(part))
    for name, info in plan_format.own_keys(plan_format.parts()[part]).items():
        row = re.search(rf"^\| `{info.alias or name}` \| (.+?) \| (.+?) \| (.*?) ?\|$", table, re.MULTILINE)
        assert row, f"{part}.{name}"


@pytest.mark.parametrize(("part", "text"), SHORT, ids=[f"{part}-{text}" for part, text in SHORT])
def test_short_forms_are_read(part, text):
    assert plan_format.parts()[part].model_validate(text)


def test_the_short_forms_are_those_of_the_schema():
    assert set(plan_format.SHORT) == {part for part, forms in schema.SHORT_FORMS.items() if forms}
    assert set(schema.SHORT_KEYS) <= set(plan_format.SHORT_KEYS)


@pytest.mark.parametrize("key", SECTIONS)
def test_every_section_says_what_is_computed_today(key):
    told = [what for keys, what in rows("What is computed today") if key in codes(keys)]
    assert len(told) == 1
    assert re.match(r"(computed|read and checked)\b", told[0])


def test_what_is_computed_names_only_sections_that_exist():
    assert {key for keys, _ in rows("What is computed today") for key in codes(keys)} == set(SECTIONS)


@pytest.mark.parametrize("key", SECTIONS)
def test_every_section_has_an_example(key):
    shown = [
        set(read_document(block.text.encode(), "example").data)
        for block in examples.blocks(TEXT)
        if block.kind in {"file", "merge"}
    ]
    assert any(key in keys for keys in shown)


def test_starts_and_stops_are_those_of_the_model():
    table = {codes(word)[0]: (starts, stops) for word, starts, stops, _ in rows("Starts and stops")}
    assert {word for word, (starts, _) in table.items() if starts} == {*Start, "milestone:NAME", "after:METRIC"}
    assert {word for word, (_, stops) in table.items() if stops} == {*Stop, "milestone:NAME"}


def test_the_durations_that_are_shown_are_read():
    counted, compared = section("Durations").split("A target may also be")
    words = [text for text in codes(counted) if re.match(r"\d", text)]
    assert len(words) >= 10
    for text in words:
        parse_duration(text)
    for text in codes(compared):
        _promise(text)


@pytest.mark.parametrize("week", [codes(week)[0] for week, _ in rows("Weekly hours")])
def test_the_weekly_hours_that_are_shown_are_read(week):
    _week(read_document(f"week: {week}".encode(), "example").data["week"])


def test_the_bands_that_are_shown_are_read():
    bands = [parse_band(text) for text in codes(section("Bands"))]
    assert len(bands) == 4
    assert (4 in bands[-1], 6 in bands[-1]) == (True, False)


def test_the_texts_that_are_shown_are_read():
    for text in codes(section("Texts")):
        _texts(read_document(f"text: {text}".encode(), "example").data["text"])


def test_a_key_without_words_is_noticed():
    with pytest.raises(KeyError):
        plan_format.written(bytes)
