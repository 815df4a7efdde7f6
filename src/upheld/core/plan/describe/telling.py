"""
The details of a part, key by key: a line for every key that the plan fills, by a code made of the part and the key.

Invariant: a key that is left as the format has it anyway says nothing; what it means then stands in the format, and the
page tells what this plan says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Literal, get_args, get_origin

from upheld.core.durations import Duration
from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import Cell, Line, Said
from upheld.core.plan.describe.values import Words
from upheld.core.plan.lint.references import VALUES, table_entry
from upheld.core.plan.model.base import Condition, Part
from upheld.core.plan.model.compliance import Period
from upheld.core.plan.model.entitlements import Quantity
from upheld.core.plan.places import Path


def details(  # noqa: PLR0913  (whose keys, which keys, and how they are shown)
    words: Words, part: Part, path: Path, kind: str, keys: Sequence[str], *, is_quiet: bool = False
) -> Iterator[Line]:
    """
    Yield a line for each of the keys that the part fills: ``policy.{kind}_{key}``, with its value, or with the value at
    the code's end where it is one of a few words.
    """
    for key in keys:
        said = detail(words, part, kind, key)
        if said is not None:
            yield Line(said, ((*path, _written(part, key)),), is_quiet=is_quiet)


def detail(words: Words, part: Part, kind: str, key: str) -> Said | None:
    """
    Return what a key of a part says, or nothing where it stands as the format has it.
    """
    info, value = type(part).model_fields[key], getattr(part, key)
    if value == info.get_default(call_default_factory=True):
        return None
    code = f"policy.{kind}_{key.rstrip('_')}"
    if isinstance(value, bool):
        return Said(code if value else f"{code}_no")
    if _is_choice(info.annotation):
        return Said(f"{code}_{value}")
    return Said(code, {"value": valued(words, part, key)})


def always(words: Words, part: Part, kind: str, key: str) -> Said:
    """
    Return what a key of one of a few words says, as it is written or as the format has it.
    """
    return detail(words, part, kind, key) or Said(f"policy.{kind}_{key}_{getattr(part, key)}")


def labelled(words: Words, part: Part, path: Path, kind: str, keys: Sequence[str]) -> Iterator[tuple[Said, Cell]]:
    """
    Yield rows of facts: the label ``policy.label_{kind}_{key}`` with what the key says.
    """
    for key in keys:
        said = detail(words, part, kind, key)
        if said is not None:
            yield Said(f"policy.label_{kind}_{key}"), (Line(said, ((*path, key),)),)


def _written(part: Part, key: str) -> str:
    return type(part).model_fields[key].alias or key


def _is_choice(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(get_origin(each) is Literal for each in get_args(annotation))


def valued(words: Words, part: Part, key: str) -> Any:
    """
    Return the value of a key in words: lengths, periods, amounts, conditions; names by what people call them.
    """
    value = getattr(part, key)
    for shape, say in _SHAPES:
        if isinstance(value, shape):
            return say(value)
    if isinstance(value, Condition):
        return words.condition(value) or ""
    if isinstance(value, Mapping):
        is_text = all(isinstance(each, str) for each in value.values())
        return words.text(value) if is_text else answers(value)
    names = value if isinstance(value, tuple) else (value,)
    return ", ".join(_called(words, _sections(part, key), str(each)) for each in names)


_SHAPES: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (Duration, values.length),
    (Period, values.period),
    (Quantity, values.quantity),
    (Decimal, lambda value: f"{value.normalize():f}"),
)


def answers(given: Mapping[str, Sequence[str]]) -> str:
    """
    Return questions or facts with the answers that fit: ``multi zone: true``.
    """
    return "; ".join(f"{name}: {', '.join(each)}" for name, each in given.items()).replace("_", " ")


def _sections(part: Part, key: str) -> tuple[str, ...] | None:
    kind = table_entry(VALUES, part, _written(part, key))
    return kind.sections if kind else None


def _called(words: Words, sections: tuple[str, ...] | None, name: str) -> str:
    """
    Return what people call a name; free words as they are, without the underscores of names.
    """
    found = next((each for each in sections or () if name in getattr(words.plan, each)), None)
    return words.called(found, name) if found else name.replace("_", " ")
