"""
From the bytes of a plan document to its text: UTF-8, with or without a byte order mark, and nothing invisible.

Invariant: what a person sees in an editor is what is read; characters that hide, reorder or end text are found here.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

from upheld.core.errors import Finding, Place, Weight
from upheld.core.plan.places import DocumentError, Spot

UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Control characters, line and paragraph separators, direction overrides (CVE-2021-42574), surrogates, a byte order
mark inside the text, and code points that are no characters."""
MOST_TOLD: Final = 20
"""Unprintable characters told one by one; more of them say nothing more."""

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)

_FEWEST: Final = 4
"""Bytes from which zeros tell an encoding."""


def decode(raw: bytes, file: str) -> str:
    """
    Return the text of a UTF-8 file without its byte order mark.

    Raises :class:`DocumentError` ``plan.wrong_encoding`` (UTF-16 and UTF-32 by name) or ``plan.not_utf8`` at the byte.
    """
    if name := _wide_encoding(raw):
        raise _refusal("plan.wrong_encoding", file, (1, 1), encoding=name)
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        byte = f"0x{error.object[error.start]:02X}"
        raise _refusal("plan.not_utf8", file, spot_in(before, len(before)), byte=byte) from None


def unprintable(text: str) -> Iterator[tuple[Spot, str]]:
    """
    Yield the spot and the character of the first unprintable characters of a text.
    """
    for told, found in enumerate(UNPRINTABLE.finditer(text)):
        if told == MOST_TOLD:
            return
        yield spot_in(text, found.start()), found.group()


def masked(text: str) -> str:
    """
    Return the text with U+FFFD for each unprintable character, so that the rest of it can be read and judged.
    """
    return UNPRINTABLE.sub("\ufffd", text)


def spot_in(text: str, offset: int) -> Spot:
    """
    Return line and column, counted from 1, of the character at ``offset``.
    """
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, offset - max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset))


def _wide_encoding(raw: bytes) -> str | None:
    """
    Return the name of an encoding of two or four bytes a character, told by its mark or by its zero bytes.
    """
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return name
    head = raw[:64]
    zeros = sorted((head[0::2].count(0), head[1::2].count(0)))
    return "UTF-16" if len(head) >= _FEWEST and zeros[0] * 10 < len(head) < zeros[1] * 3 else None


def _refusal(code: str, file: str, spot: Spot, **params: str) -> DocumentError:
    return DocumentError([Finding(code, Weight.ERROR, (Place(file, *spot),), params=dict(params))])
