"""
What an unquoted text of a plan document means: nothing, yes or no, a number, or the text itself.

Invariant: one writing has one meaning, whatever the reader's YAML habits are. Writings that YAML 1.1, YAML 1.2 and
spreadsheets read differently are refused with the fix named, never guessed. No number ever becomes a float.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, TypeAlias

from upheld.core.errors import UpheldError

Scalar: TypeAlias = str | int | Decimal | bool | None

WORDS: Final[dict[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
"""The words of the YAML 1.2 core schema; ``yes``, ``no``, ``on`` and ``off`` are texts in it, and here."""
MAX_DIGITS: Final = 18
"""Digits of a number: more than any amount needs, and what 64 bits hold."""

NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
AMBIGUOUS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("plan.number.not_finite", re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")),
    ("plan.number.minus_zero", re.compile(r"-0+(?:\.0*)?")),
    ("plan.number.other_base", re.compile(r"[-+]?0(?:[xX][0-9a-fA-F_]+|[oO][0-7_]+|[bB][01_]+)")),
    ("plan.number.underscore", re.compile(r"[-+]?(?=[0-9]++_)[0-9][0-9_]*+(?:\.[0-9_]*+)?+")),
    ("plan.number.exponent", re.compile(r"[-+]?(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)[eE][-+]?[0-9]++")),
    ("plan.number.leading_zero", re.compile(r"[-+]?0[0-9]+(?:\.[0-9]*)?")),
    ("plan.number.plus_sign", re.compile(r"\+[0-9]+(?:\.[0-9]*)?")),
    ("plan.number.bare_point", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.)")),
)
"""Writings of numbers that are refused, with the code of the refusal; the first that fits is told."""


class ScalarError(UpheldError):
    """
    An unquoted text that readers of YAML take for different numbers, or a number of too many digits.
    """


def plain(text: str) -> Scalar:
    """
    Return what an unquoted text means. Dates and durations stay texts: the model judges them.

    Raises :class:`ScalarError` with the code of the ambiguity and the plain writing as ``instead``.
    """
    if text in WORDS:
        return WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    for code, pattern in AMBIGUOUS:
        if pattern.fullmatch(text):
            raise ScalarError(code, given=text[:40], instead=_instead(text))
    if not NUMBER.fullmatch(text):
        return text
    if sum(character.isdigit() for character in text) > MAX_DIGITS:
        raise ScalarError("plan.number.too_long", given=text[:40], most=MAX_DIGITS, instead=f'"{text[:40]}"')
    return Decimal(text) if "." in text else int(text)


def _instead(text: str) -> str:
    """
    Return the plain writing of an ambiguous number, or the text in quotes where there is no short one.
    """
    digits = text.replace("_", "").removeprefix("+")
    if re.fullmatch(r"-?0[xXoObB][0-9a-fA-F]{1,12}", digits):
        return str(int(digits, 0)) if _is_readable_base(digits) else f'"{text[:40]}"'
    if not re.fullmatch(r"-?[0-9]*(?:\.[0-9]*)?", digits) or len(digits) > MAX_DIGITS:
        return f'"{text[:40]}"'
    number = Decimal(digits.rstrip("."))
    return "0" if number == 0 else f"{number:f}"


def _is_readable_base(digits: str) -> bool:
    """
    Return whether the digits fit their base (the pattern that found them allows more).
    """
    try:
        int(digits, 0)
    except ValueError:
        return False
    return True
