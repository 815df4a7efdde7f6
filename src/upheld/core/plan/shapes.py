"""
What a model accepts at a path: walked from its annotations, to tell document steps from union members and to offer
names ("did you mean").

Invariant: never wrong about names, at worst silent: a shape that is not understood offers none.
"""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel

CLOSE_ENOUGH: Final = 0.6
"""Similarity (difflib's ratio) from which a name is offered: one or two slips in a word of five letters."""


def closest(name: str, known: Iterable[str]) -> str:
    """
    Return the one of ``known`` that ``name`` was probably meant to be, or an empty text.
    """
    by_folded = {_folded(candidate): candidate for candidate in known}
    found = difflib.get_close_matches(_folded(name), by_folded, n=1, cutoff=CLOSE_ENOUGH)
    return by_folded[found[0]] if found else ""


def keys_at(model: type[BaseModel], steps: Sequence[str | int]) -> tuple[str, ...]:
    """
    Return the keys that ``model`` knows in the mapping reached by ``steps`` (pydantic's ``loc``), in the model's order.
    """
    *_, (_, shapes) = _walk(model, steps)
    models = [shape for start in shapes for shape in _flat(start) if _is_model(shape)]
    return tuple(dict.fromkeys(name for shape in models for name in _names(shape)))


def member_steps(model: type[BaseModel], steps: Sequence[str | int]) -> frozenset[int]:
    """
    Return which of ``steps`` (pydantic's ``loc``), by position, name a member of a union rather than a key or an entry.
    """
    return frozenset(position for position, (is_member, _) in enumerate(_walk(model, steps), -1) if is_member)


def _walk(model: type[BaseModel], steps: Sequence[str | int]) -> Iterator[tuple[bool, list[Any]]]:
    """
    Yield, for the start and then each step, whether the step named a union's member, and the shapes that may be there.
    """
    shapes: list[Any] = [model]
    yield False, shapes
    for step in steps:
        bare = [_bare(shape) for shape in shapes]
        unions = [shape for shape in bare if _members(shape)]
        further = [inner for shape in bare if shape not in unions for inner in _step(shape, step)]
        is_member = bool(unions) and not further
        if is_member:
            members = [member for shape in unions for member in _members(shape)]
            shapes = [member for member in members if _is_named(member, str(step))] or members
        else:
            shapes = further or (bare if step == "[key]" else [])
        yield is_member, shapes


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


def _names(model: type[BaseModel]) -> Iterator[str]:
    """
    Yield the keys under which a model's fields are written.
    """
    for name, info in model.model_fields.items():
        yield info.alias or name


def _is_model(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)


def _is_named(shape: Any, member: str) -> bool:
    """
    Return whether pydantic calls the shape so as a member of a union (``Rule``, ``dict[str,any]``, ``literal['a']``).
    """
    bare = _bare(shape)
    if bare is not shape:
        return False  # a validator stands around it, and the name is the validator's
    kind = typing.get_origin(bare) or bare
    if kind is typing.Literal:
        return member.startswith("literal[")
    return getattr(kind, "__name__", "").casefold() == member.partition("[")[0].casefold()


def _bare(shape: Any) -> Any:
    """
    Return what stands inside ``Annotated``, type aliases and "or None".
    """
    while True:
        if hasattr(shape, "__value__"):
            shape = shape.__value__
        elif typing.get_origin(shape) is typing.Annotated:
            shape = typing.get_args(shape)[0]
        elif _is_union(shape) and len(some := [each for each in typing.get_args(shape) if each is not type(None)]) == 1:
            shape = some[0]
        else:
            return shape


def _is_union(shape: Any) -> bool:
    return typing.get_origin(shape) in {typing.Union, types.UnionType}


def _members(shape: Any) -> list[Any]:
    """
    Return the members of a union, none for any other shape.
    """
    return [each for each in typing.get_args(shape) if each is not type(None)] if _is_union(shape) else []


def _flat(shape: Any) -> Iterator[Any]:
    """
    Yield a shape without what stands around it; of a union, all members.
    """
    bare = _bare(shape)
    if not (members := _members(bare)):
        yield bare
    for member in members:
        yield from _flat(member)


def _step(shape: Any, step: str | int) -> Iterator[Any]:
    """
    Yield what ``shape`` accepts one step further down.
    """
    if _is_model(shape):
        for name, info in shape.model_fields.items():
            if step in {name, info.alias}:
                yield info.annotation
        return
    arguments = typing.get_args(shape)
    origin = typing.get_origin(shape)
    is_mapping = isinstance(origin, type) and issubclass(origin, Mapping)
    if is_mapping and len(arguments) == 2 and isinstance(step, str):  # noqa: PLR2004 - key and value
        yield arguments[1]
    elif origin is not None and not is_mapping and isinstance(step, int):
        yield from (argument for argument in arguments if argument is not Ellipsis)
