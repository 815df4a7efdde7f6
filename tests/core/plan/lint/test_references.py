"""
Every field of the model that holds names is known to the linter: as a reference, or as words of the plan's own.
"""

import typing

from upheld.core.plan.lint import references
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Name, Part


def models():
    """Every part that a plan can hold, each once."""
    waiting, seen = [Plan], []
    while waiting:
        model = waiting.pop()
        if model not in seen:
            seen.append(model)
            waiting += [each for hint in hints(model).values() for each in inner(hint) if is_part(each)]
    return seen


def hints(model):
    return {
        name: hint
        for name, hint in typing.get_type_hints(model, include_extras=True).items()
        if name in model.model_fields
    }


def inner(hint):
    yield hint
    for each in typing.get_args(hint):
        yield from inner(each)


def is_part(hint):
    return isinstance(hint, type) and issubclass(hint, Part)


def mapped_names(hint):
    """Whether the keys of a field are names, and whether what else it holds is."""
    keys = [typing.get_args(each)[0] for each in inner(hint) if typing.get_origin(each) is dict]
    return any(key == Name for key in keys), sum(each == Name for each in inner(hint)) > sum(
        key == Name for key in keys
    )


def fields_with_names():
    """Each field that holds names: (class that declares it.key, keys or values)."""
    for model in models():
        for name, hint in hints(model).items():
            if not any(name in base.__annotations__ for base in model.__mro__[1:] if hasattr(base, "__annotations__")):
                keys, values = mapped_names(hint)
                entry = f"{model.__name__}.{model.model_fields[name].alias or name}"
                yield from ((entry, kind) for kind, holds in (("keys", keys), ("values", values)) if holds)


def declares(entry):
    """Whether the keys of a field are what a section of the plan declares."""
    return entry.startswith("Plan.")


def test_every_field_with_names_is_known():
    judged = set(references.VALUES) | set(references.KEYS) | references.FREE | set(references.ANSWERED)
    assert sorted({entry for entry, _ in fields_with_names() if entry not in judged and not declares(entry)}) == []


def test_every_entry_of_the_tables_is_a_field():
    known = {
        f"{model.__name__}.{info.alias or name}" for model in models() for name, info in model.model_fields.items()
    }
    entries = set(references.VALUES) | set(references.KEYS) | references.FREE | set(references.ANSWERED)
    assert sorted(entries - known) == []


def test_no_field_is_judged_in_two_ways():
    tables = [set(references.VALUES), set(references.FREE), set(references.ANSWERED)]
    for index, one in enumerate(tables):
        for other in tables[index + 1 :]:
            assert one & other == set()


def test_every_kind_names_sections_of_the_plan():
    kinds = [*references.VALUES.values(), *references.KEYS.values()]
    assert {section for kind in kinds for section in kind.sections} <= set(Plan.model_fields)
