"""
The JSON Schema for editors: up to date, whole, and never stricter than the model.
"""

import json
import re
from decimal import Decimal

import pytest

from tests.source_tree import ROOT
from upheld.core.plan.model.base import Part
from upheld.core.plan.reading import read_document
from upheld.core.plan.schema import SHORT_FORMS, SHORT_KEYS, WRITTEN_OUT, json_schema

SNAPSHOT = ROOT / "docs" / "plan.schema.json"
PLANS = sorted((ROOT / "src" / "upheld" / "catalogues").glob("*.yaml"))
TYPES = {
    "string": str, "integer": int, "number": (int, Decimal), "boolean": bool, "object": dict, "array": list,
    "null": type(None),
}  # fmt: skip
UNDERSTOOD = {
    "$ref", "anyOf", "type", "const", "enum", "properties", "patternProperties", "additionalProperties",
    "propertyNames", "required", "items", "pattern", "minItems", "maxItems", "minLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "oneOf", "discriminator", "prefixItems",
    "description", "examples", "default", "title", "$defs", "$schema", "$id", "format",
}  # fmt: skip


def is_of(kind, value):
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def complaints(schema, value, whole, at="plan"):
    """What a validator of JSON Schema would complain about, for the words that our schema uses."""
    assert set(schema) <= UNDERSTOOD, set(schema) - UNDERSTOOD
    if "$ref" in schema:
        yield from complaints(whole["$defs"][schema["$ref"].rpartition("/")[2]], value, whole, at)
    if forms := schema.get("anyOf", schema.get("oneOf")):
        told = [list(complaints(form, value, whole, at)) for form in forms]
        if all(told):
            yield from min(told, key=lambda each: (f"{at}: " in each[0] and " is not " in each[0], len(each)))
    kinds = schema.get("type", [])
    if kinds and not any(is_of(kind, value) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        yield f"{at}: {value!r} is not {kinds}"
        return
    if ("const" in schema and value != schema["const"]) or ("enum" in schema and value not in schema["enum"]):
        yield f"{at}: {value!r} is not among the choices"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{at}: {value!r} does not match {schema['pattern']}"
    if isinstance(value, list):
        for position, each in enumerate(value):
            yield from complaints(schema.get("items", {}), each, whole, f"{at}[{position}]")
    if isinstance(value, dict):
        yield from of_mapping(schema, value, whole, at)


def of_mapping(schema, value, whole, at):
    yield from (f"{at}: {key} is missing" for key in schema.get("required", []) if key not in value)
    for key, each in value.items():
        inner = [schema["properties"][key]] if key in schema.get("properties", {}) else []
        inner += [form for pattern, form in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
        others = schema.get("additionalProperties", {})
        if not inner and others is False:
            yield f"{at}: {key} is not known"
        for form in inner or ([others] if isinstance(others, dict) else []):
            yield from complaints(form, each, whole, f"{at}.{key}")


def refs(schema):
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for each in schema.values():
            yield from refs(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from refs(each)


def test_the_snapshot_is_up_to_date():
    written = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(json_schema())), "run `upheld plan schema > docs/plan.schema.json`"


def test_it_is_whole():
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {ref.rpartition("/")[2] for ref in refs(schema)} <= set(schema["$defs"])


def test_every_key_and_every_part_tells_what_it_is():
    schema = json_schema()
    silent = [
        f"{name}.{key}"
        for name, part in {**schema["$defs"], "Plan": schema}.items()
        for form in [part, *part.get("anyOf", [])]
        for key, value in form.get("properties", {}).items()
        if "description" not in value and "$ref" not in value  # what is referred to tells it
    ]
    assert silent == []


def parts(model=Part):
    for each in model.__subclasses__():
        yield each
        yield from parts(each)


def test_every_part_that_reads_short_forms_says_which():
    reading_short = {
        part.__name__
        for part in parts()
        if part.__module__.startswith("upheld.")
        and any(each.info.mode == "before" for each in part.__pydantic_decorators__.model_validators.values())
    }
    assert reading_short == set(SHORT_FORMS)
    without_own = {name for name, forms in SHORT_FORMS.items() if not forms}
    assert without_own <= {name for name, _ in [*SHORT_KEYS, *WRITTEN_OUT]}


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_it_allows_every_plan_that_ships(plan):
    schema = json_schema()
    data = read_document(plan.read_bytes(), plan.name).data
    assert list(complaints(schema, data, schema)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("upheld: 1\nplna: x\n", "plan: plna is not known"),
        ("upheld: 2\n", "plan.upheld: 2 is not among the choices"),
        ("metrics: {a: {stops_on: replied}}\n", None),
        ("metrics: {a: {stopson: reply}}\n", "plan.metrics.a: stopson is not known"),
        ("tiers: {a: {hours: [{usee: b}]}}\n", "plan.tiers.a.hours[0]: usee is not known"),
        ("tiers: {a: {hours: b, targets: {c: {d: {within: 4h}, e: [4h, {within: 1d}], f: none}}}}\n", None),
        ("calendars: {a: 24x7, b: {zone: UTC, week: 24x7, holidays: [US, CA-ON]}}\n", None),
        ("severities: {a: , b: Grave, c: {when: {system: down}}}\n", None),
    ],
)
def test_it_tells_mistakes_and_allows_short_forms(text, expected):
    schema = json_schema()
    data = read_document(text.encode(), "p").data
    told = [each for each in complaints(schema, data, schema) if "is missing" not in each]
    assert told == ([expected] if expected else [])
