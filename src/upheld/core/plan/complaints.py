"""
Pydantic's error types as codes of ours, and the facts that our sentences need.

Invariant: the tables cover every type that pydantic knows; a type that a later pydantic adds is ``plan.bad_value``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from upheld.core.errors import UpheldError
from upheld.core.plan.places import Path
from upheld.core.plan.shapes import closest

_KIND_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(("string_type", "string_unicode", "bytes_type", "string_sub_type"), "text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "whole_number"),
    **dict.fromkeys(
        ("float_type", "float_parsing", "decimal_type", "decimal_parsing", "fraction_type", "fraction_parsing",
         "complex_type", "complex_str_parsing"), "number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "yes_or_no"),
    **dict.fromkeys(
        ("list_type", "tuple_type", "set_type", "frozen_set_type", "deque_type", "iterable_type", "iteration_error"),
        "list"),
    **dict.fromkeys(
        ("dict_type", "frozen_dict_type", "ordered_dict_type", "counter_type", "mapping_type", "model_type",
         "model_attributes_type", "dataclass_type", "dataclass_exact_type", "named_tuple_type", "arguments_type",
         "typed_dict_type", "default_dict_type"), "mapping"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), "date"),
    **dict.fromkeys(("time_type", "time_parsing"), "time"),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_object_invalid", "datetime_from_date_parsing",
         "timezone_naive", "timezone_aware", "timezone_offset"), "instant"),
    **dict.fromkeys(("time_delta_type", "time_delta_parsing"), "duration"),
    **dict.fromkeys(("url_type", "url_parsing", "url_syntax_violation", "url_too_long", "url_scheme"), "address"),
    "none_required": "nothing",
}  # fmt: skip
"""Error types that say "of another kind", with the kind that was expected."""

_CODE_OF_KIND: Final[Mapping[str, str]] = {
    "text": "plan.wrong_type.text",
    "whole_number": "plan.wrong_type.whole_number",
    "number": "plan.wrong_type.number",
    "yes_or_no": "plan.wrong_type.yes_or_no",
    "list": "plan.wrong_type.list",
    "mapping": "plan.wrong_type.mapping",
    "date": "plan.wrong_type.date",
    "time": "plan.wrong_type.time",
    "instant": "plan.wrong_type.instant",
    "duration": "plan.wrong_type.duration",
    "address": "plan.wrong_type.address",
    "nothing": "plan.wrong_type.nothing",
}

_WRITTEN_KINDS: Final = frozenset({"date", "time", "instant", "duration", "address"})
"""Kinds that are written as texts: a text that is none of them is unreadable, not of another kind."""

_CODE_OF: Final[Mapping[str, str]] = {
    "missing": "plan.missing_key",
    "extra_forbidden": "plan.unknown_key",
    "greater_than": "plan.not_above",
    "greater_than_equal": "plan.below_least",
    "less_than": "plan.not_below",
    "less_than_equal": "plan.above_most",
    "multiple_of": "plan.not_multiple",
    "too_short": "plan.too_few",
    "too_long": "plan.too_many",
    **dict.fromkeys(("string_too_short", "bytes_too_short"), "plan.text_too_short"),
    **dict.fromkeys(("string_too_long", "bytes_too_long"), "plan.text_too_long"),
    **dict.fromkeys(("string_pattern_mismatch", "string_not_ascii"), "plan.text_malformed"),
    **dict.fromkeys(("enum", "literal_error", "union_tag_invalid"), "plan.not_one_of"),
    "union_tag_not_found": "plan.no_variant",
    **dict.fromkeys(("decimal_max_digits", "decimal_whole_digits", "int_parsing_size"), "plan.number.too_long"),
    "decimal_max_places": "plan.too_many_places",
    "finite_number": "plan.number.not_finite",
}
"""Error types that need a sentence of their own; what is in neither table is ``plan.bad_value``."""

_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("gt", "ge", "lt", "le", "multiple_of"), "limit"),
    **dict.fromkeys(("max_length", "max_digits", "whole_digits", "decimal_places"), "most"),
    "min_length": "least",
    "actual_length": "actual",
    "pattern": "pattern",
}
"""Pydantic's names of parameters, with ours."""

PREVIEWED: Final = 60
"""Characters of a value that a sentence shows."""
_ENTRIES: Final = 3
"""Entries of a list or mapping that a sentence shows."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """
    One error of pydantic about the value at ``path``: ``members`` are the names of union members passed on the way,
    each with the length of the path at which it stood.
    """

    kind: str
    path: Path
    loc: tuple[str | int, ...] = ()
    members: tuple[tuple[int, str], ...] = ()
    missing: str = ""
    is_key: bool = False
    given: Any = None
    context: Mapping[str, Any] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()

    def is_of_other_kind(self, path: Path) -> bool:
        """
        Return whether the complaint is that the value at ``path`` is of another kind (a list for a mapping, ...).
        """
        expected = _KIND_OF.get(self.kind)
        is_text_of_kind = expected in _WRITTEN_KINDS and isinstance(self.given, str)
        is_choice_of_words = self.kind in {"literal_error", "enum"} and not isinstance(self.given, str)
        return (
            self.path == path
            and not self.missing
            and ((expected is not None and not is_text_of_kind) or is_choice_of_words)
        )

    def for_all(self, complaints: Sequence[Complaint]) -> Complaint:
        """
        Return this complaint speaking for several members of a union, with the kinds that they accept.
        """
        kinds = dict.fromkeys(_KIND_OF.get(complaint.kind, "text") for complaint in complaints)
        return replace(self, kinds=tuple(kind for kind in kinds if kind != "nothing"))


def rank_of(complaints: Sequence[Complaint]) -> tuple[int, int, int]:
    """
    Return how far a union's member is from what the author wrote; the least is the one meant.

    Fewest unknown or missing keys first; then codes of our own, which know best what they wanted, before choices of
    words.
    """
    strangers = sum(complaint.kind in {"extra_forbidden", "missing"} for complaint in complaints)
    own = any(is_own(complaint.kind) for complaint in complaints)
    return strangers, 0 if own else 1, len(complaints)


def is_own(kind: str) -> bool:
    """
    Return whether an error type is a code of ours (``plan.duration_unreadable``), passed through as it is.
    """
    return "." in kind


def params_of(complaint: Complaint) -> tuple[str, dict[str, Any]]:
    """
    Return the code of a complaint and the parameters of its sentence: ``key`` (the last step), ``given`` (as written).
    """
    key = complaint.missing or _last_key(complaint.path)
    params: dict[str, Any] = {"key": key, "given": preview(complaint.given)}
    if complaint.given is None and (is_own(complaint.kind) or complaint.kind in _KIND_OF):
        return "plan.no_value", params
    if is_own(complaint.kind):
        told = {name: value for name, value in complaint.context.items() if not _is_for_machinery(name, value)}
        own = {name: _text(value) for name, value in told.items()}
        return complaint.kind, params | own
    if isinstance(cause := complaint.context.get("error"), UpheldError):
        return cause.code, params | {name: _text(value) for name, value in cause.params.items()}
    if complaint.kind in _KIND_OF:
        return _kind_code(complaint, params)
    params |= {_NAMES[theirs]: _text(value) for theirs, value in complaint.context.items() if theirs in _NAMES}
    code = _CODE_OF.get(complaint.kind, "plan.bad_value")
    return _CHOICES.get(code, _as_it_is)(complaint, code, params)


def _is_for_machinery(name: str, value: Any) -> bool:
    """
    Return whether a refusal of ours carries a fact for the finding's code or places, not for its sentence.
    """
    return name == "code" or (name in {"at", "also"} and isinstance(value, tuple | list))


def _as_it_is(_: Complaint, code: str, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return code, params


def _with_choices(complaint: Complaint, code: str, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """
    Return the code with the words to choose from, read out of pydantic's sentence about them, and the nearest.
    """
    params["given"] = str(complaint.context.get("tag", params["given"]))
    told = complaint.context.get("expected", complaint.context.get("expected_tags", ""))
    words = re.findall(r"'([^']*)'", str(told)) or [str(told)]
    word = complaint.context.get("tag", complaint.given)
    suggestion = closest(word, words) if isinstance(word, str) else ""
    params |= {"choices": ", ".join(words), "suggestion": suggestion}
    return ("plan.not_one_of.did_you_mean" if suggestion else code), params


_CHOICES: Final[Mapping[str, Callable[[Complaint, str, dict[str, Any]], tuple[str, dict[str, Any]]]]] = {
    "plan.not_one_of": _with_choices
}


def _kind_code(complaint: Complaint, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """
    Return the code of "of another kind": for one kind, or for a choice of kinds.
    """
    kinds = complaint.kinds or (_KIND_OF[complaint.kind],)
    if len(kinds) > 1:
        return "plan.wrong_type", params | {"expected": ", ".join(kind.replace("_", " ") for kind in kinds)}
    if kinds == ("text",) and isinstance(complaint.given, bool | int | Decimal):
        return "plan.wrong_type.text_unquoted", params
    return _CODE_OF_KIND[kinds[0]], params


def _last_key(path: Path) -> str:
    """
    Return the last key of a path with the positions behind it: ``hours[0]``.
    """
    positions = ""
    for step in reversed(path):
        if isinstance(step, str):
            return step + positions
        positions = f"[{step}]" + positions
    return positions


def preview(value: Any) -> str:
    """
    Return a value as its author would recognise it, in at most ``PREVIEWED`` characters.
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        text = "{" + ", ".join(f"{key}: ..." for key in list(value)[:_ENTRIES]) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(preview(entry)[:20] for entry in value[:_ENTRIES])
        text += ", ...]" if len(value) > _ENTRIES else "]"
    else:
        text = str(value)
    return text if len(text) <= PREVIEWED else text[: PREVIEWED - 3] + "..."


def _text(value: Any) -> Any:
    """
    Return a parameter as a sentence can show it; lists are joined, enumerations give their value.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(_text(entry)) for entry in value)
    return value
