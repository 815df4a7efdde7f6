"""
Nothing of a plan is missing on its page: every key of the format changes the page, or stands here with the reason why
readers need not see it.

The test fills a key of a plan that has every part (``everything.yaml``) or changes it: does the page change?
"""

import datetime as dt
import functools
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from upheld.core.calendars.windows import Week, parse_week
from upheld.core.durations import DayMode, parse_duration
from upheld.core.money import Money
from upheld.core.plan.describe.policy import policy
from upheld.core.plan.lint.references import TRIGGERS
from upheld.core.plan.loading import load_usable
from upheld.core.plan.model import Plan
from upheld.core.plan.model.bands import Band, parse_band
from upheld.core.plan.model.base import Condition, Part
from upheld.core.plan.model.compliance import Pay, Period
from upheld.core.plan.model.entitlements import Quantity
from upheld.core.plan.reading import read_document
from upheld.core.plan.validation import validate
from upheld.rendering.policy_data import as_data

ON = dt.date(2026, 1, 5)
EVERYTHING = Path(__file__).with_name("everything.yaml")

FOR_MACHINES = {
    ("Plan", "upheld"): "the version of the format, not of the policy",
    ("Plan", "language"): "says which of the texts are meant; the texts are shown",
    ("Channel", "address"): "shown only to those entitled to use the channel now",
    ("CalendarRule", "printed"): "decides nothing; the linter compares it with the hours, which are shown",
    ("Metric", "at_risk"): "warns the vendor's own people, and promises nothing",
    ("IntakeField", "field"): "a name for programs; the question is shown",
    ("HoursRule", "tier"): "stands inside a tier",
    ("Target", "tier"): "stands inside a tier",
}
"""Keys that the page does not tell, each with the reason."""


UNWRITABLE = {
    ("Target", "within", None),
    ("Target", "kind", "duration"),
    ("Period", "length", None),
    ("Period", "each", "rolling"),
}
"""Values that the format refuses beside the others of the part."""


@functools.cache
def document():
    return read_document(EVERYTHING.read_bytes(), EVERYTHING.name)


@pytest.fixture(scope="module")
def plan():
    return validate(document(), Plan)


@pytest.fixture(scope="module")
def whole(plan):
    """The page of the plan as it is."""
    return shown(plan)


def shown(plan):
    """What a reader sees of a plan."""
    return as_data(policy(plan, document(), on=ON))


def parts(value, path=()):
    """Every part with the way to it through the model."""
    if isinstance(value, Part):
        yield path, value
        for name in type(value).model_fields:
            yield from parts(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from parts(each, (*path, name))
    elif isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from parts(each, (*path, at))


def replaced(value, path, new):
    """The same value with another one at the end of a way."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, Part):
        return value.model_copy(update={step: replaced(getattr(value, step), rest, new)})
    if isinstance(value, Mapping):
        return {**value, step: replaced(value[step], rest, new)}
    return (*value[:step], replaced(value[step], rest, new), *value[step + 1 :])


def classes(model, found):
    """Every part of the format, reached through the types of the keys."""
    if model in found:
        return found
    found.append(model)
    for info in model.model_fields.values():
        for each in _types(info.annotation):
            if isinstance(each, type) and issubclass(each, Part):
                classes(each, found)
    return found


def _types(annotation):
    inner = typing.get_args(annotation)
    return [annotation, *(one for each in inner for one in _types(each))]


PARTS = [each for each in classes(Plan, []) if each is not Quantity]
"""Quantities are written as one text."""
KEYS = [(model, name) for model in PARTS for name in model.model_fields]
UNION = (typing.Union, types.UnionType)
SAMPLES = {
    bool: [True, False],
    int: [37],
    str: ["another word"],
    Decimal: [Decimal("12.5")],
    dt.date: [dt.date(2026, 6, 9)],
    Money: [Money(Decimal(77), "EUR")],
    Quantity: [Quantity(count=37), Quantity(word="unlimited"), Quantity(seconds=900)],
    Period: [Period(each=each) for each in ("week", "incident")],
    Band: [parse_band("> 3 and < 5")],
    Pay: [Pay.model_validate("7%"), Pay.model_validate("3 days")],
    DayMode: list(DayMode),
    Week: [parse_week("sat 10:00-11:00")],
    Condition: [Condition(environment=("another_name",))],
}


def samples(annotation, now):
    """Values that a key of a type could have instead of the one that it has."""
    if typing.get_origin(annotation) is typing.Annotated:
        return samples(typing.get_args(annotation)[0], now)
    if typing.get_origin(annotation) is typing.Literal:
        return [each for each in typing.get_args(annotation) if each != now]
    if typing.get_origin(annotation) in UNION:
        inner = typing.get_args(annotation)
        found = [one for each in inner if each is not types.NoneType for one in samples(each, now)]
        return [*found, None] if now is not None and types.NoneType in inner else found
    name = getattr(annotation, "__name__", "")
    if name == "Duration":
        return [parse_duration("37 min"), parse_duration("3d")]
    if annotation in SAMPLES:
        return [each for each in SAMPLES[annotation] if each != now]
    return _collections(annotation, now)


def _collections(annotation, now):
    if typing.get_origin(annotation) is tuple or isinstance(now, tuple):
        if now and isinstance(now[0], Part):
            return [now[:-1]]
        inner = typing.get_args(annotation)[0]
        return [] if typing.get_origin(inner) is dict else [(*now, "another_name")]
    if isinstance(now, Mapping) or typing.get_origin(annotation) is dict:
        if now:
            return [dict(list(now.items())[:-1])]
        inner = typing.get_args(annotation)[1]
        some = {True: ("some",), False: "some"}[typing.get_origin(inner) is tuple]
        return [{"another_name": parse_band("3") if Band in _types(inner) else some}]
    return []


def alternatives(part, name):
    """Values to try in place of a key's: what it would be without being written, and others of its type."""
    info, now = type(part).model_fields[name], getattr(part, name)
    if name in TRIGGERS:
        return [(*now, "milestone:part_found")]
    found = samples(info.annotation, now)
    if not info.is_required() and (default := info.get_default(call_default_factory=True)) != now:
        found = [default, *found]
    return [each for each in found if not _is_refused(part, name, each)]


def _is_refused(part, name, value):
    return isinstance(value, str | None) and (type(part).__name__, name, value) in UNWRITABLE


def test_the_plan_has_every_part_of_the_format_and_can_be_worked_by(plan):
    assert load_usable(EVERYTHING.read_bytes(), EVERYTHING.name).plan == plan
    assert {type(part) for _, part in parts(plan)} == {*PARTS, Quantity}


@pytest.mark.parametrize(("model", "name"), KEYS, ids=[f"{model.__name__}.{name}" for model, name in KEYS])
def test_every_key_changes_the_page(plan, whole, model, name):
    tried = 0
    for path, part in parts(plan):
        if type(part) is not model:
            continue
        for value in alternatives(part, name):
            tried += 1
            if _page(plan, (*path, name), value) != whole:
                assert (model.__name__, name) not in FOR_MACHINES
                return
    assert tried or (model.__name__, name) in FOR_MACHINES, (
        "nothing was tried: the test knows no other value of this key"
    )
    assert (model.__name__, name) in FOR_MACHINES, f"{model.__name__}.{name} says nothing on the page ({tried} tried)"


def _page(plan, path, value):
    changed = shown(replaced(plan, path, value))
    assert "policy." not in str(changed).replace("support.example/policy", ""), (path, value)
    return changed


CHOICES = [
    (model, name)
    for model, name in KEYS
    if typing.Literal in map(typing.get_origin, _types(model.model_fields[name].annotation))
]


@pytest.mark.parametrize(("model", "name"), CHOICES, ids=[f"{model.__name__}.{name}" for model, name in CHOICES])
def test_every_word_of_a_choice_says_something_else(plan, model, name):
    """No two of the values that a key can have read the same, and none shows its code."""
    if (model.__name__, name) in FOR_MACHINES:
        return
    values = [
        each for each in _values(model.model_fields[name].annotation) if (model.__name__, name, each) not in UNWRITABLE
    ]
    found = [path for path, part in parts(plan) if type(part) is model]
    assert any(_all_differ([_page(plan, (*path, name), value) for value in values]) for path in found)


def _all_differ(pages):
    return all(page not in pages[:at] for at, page in enumerate(pages))


def _values(annotation):
    return [
        value
        for each in _types(annotation)
        if typing.get_origin(each) is typing.Literal
        for value in typing.get_args(each)
    ]
