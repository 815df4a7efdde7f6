"""
The parts of a plan, each with its key path.

Invariant: every part is met once, parents before their children, in the order of the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from upheld.core.plan.model.base import Part
from upheld.core.plan.places import Path


def parts(value: Any, path: Path = ()) -> Iterator[tuple[Part, Path]]:
    """
    Yield every part in ``value``, itself included.
    """
    if isinstance(value, Part):
        yield value, path
        for key, each in fields_of(value):
            yield from parts(each, (*path, key))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from parts(each, (*path, str(key)))
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from parts(each, (*path, index))


def fields_of(part: Part) -> Iterator[tuple[str, Any]]:
    """
    Yield (key as documents write it, value) of a part.
    """
    for name, info in type(part).model_fields.items():
        yield info.alias or name, getattr(part, name)


def names_in(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """
    Yield every text in a value of texts, lists and mappings (their values), each with its path.
    """
    if isinstance(value, str):
        yield value, path
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from names_in(each, (*path, str(key)))
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from names_in(each, (*path, index))
