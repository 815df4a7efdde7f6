"""
Reading JSON that somebody sent, strictly: what two readers could understand differently is refused.

Invariant: no recursion before the depth is known; a key stands once; texts are storable (no NUL, no half of a surrogate
pair).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny

from upheld.api.problems import Flaw, refused

MOST_DEPTH: Final = 20
MOST_DIGITS: Final = 40
MOST_KEY: Final = 80
_BRACKETS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)|[\[{]|[\]}]', re.DOTALL)
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def read_json(raw: bytes) -> Any:
    """
    Return what a JSON text says; numbers with a point are decimals.

    Raises :class:`ApiError` ``json.too_deep``, ``json.not_utf8``, ``json.unreadable``, ``json.duplicate_key``,
    ``json.number_too_long`` or ``text.unstorable``, all 400.
    """
    _check_depth(raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refused("json.not_utf8", at=error.start) from None
    try:
        found = json.loads(
            text, object_pairs_hook=_object, parse_float=_decimal, parse_int=_whole, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise refused("json.unreadable", line=error.lineno, column=error.colno) from None
    _check_texts(found, "")
    return found


def _check_depth(raw: bytes) -> None:
    depth = 0
    for found in _BRACKETS.finditer(raw):
        mark = found[0]
        if mark in (b"[", b"{"):
            depth += 1
            if depth > MOST_DEPTH:
                raise refused("json.too_deep", most=MOST_DEPTH)
        elif mark in (b"]", b"}"):
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise refused("json.duplicate_key", key=_shown(key))
        made[key] = value
    return made


def _shown(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text[:MOST_KEY])


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise refused("json.number_too_long", most=MOST_DIGITS)
    return int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > MOST_DIGITS or not -MOST_DIGITS < Decimal(digits).adjusted() < MOST_DIGITS:
        raise refused("json.number_too_long", most=MOST_DIGITS)
    return Decimal(digits)


def _constant(name: str) -> NoReturn:
    raise refused("json.no_number", given=name)


def _check_texts(value: Any, at: str) -> None:
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise refused("text.unstorable", Flaw("body", at, "text.unstorable"))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_texts(key, at)
            _check_texts(inner, f"{at}/{pointer(key)}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            _check_texts(inner, f"{at}/{position}")


def pointer(step: object) -> str:
    """
    Return a step of a JSON pointer (RFC 6901).
    """
    return str(step).replace("~", "~0").replace("/", "~1")


def is_storable(text: str) -> bool:
    """
    Return whether every database can keep a text.
    """
    return not _UNSTORABLE.search(text)


class StrictParser(Parser):
    """
    Reads bodies by :func:`read_json`; the body of an operation is an object.
    """

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """
        Return the body's object.
        """
        found = read_json(request.body)
        if not isinstance(found, dict):
            raise refused("json.no_object")
        return found
