"""
Cells of a table that a spreadsheet may open: what somebody wrote stays text and is never run as a formula.

Source: OWASP, CSV injection. Round trip: an apostrophe at the beginning of a cell that we exported was put there by us
where one of :data:`SIGNS` follows; whoever reads it again takes it away.
"""

from __future__ import annotations

import unicodedata
from typing import Final

SIGNS: Final = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")
"""What begins a formula, a command, or a cell that is cut in two."""


def literal(cell: object) -> str:
    r"""
    Return a cell that no spreadsheet runs: an apostrophe stands before a sign of :data:`SIGNS`, also where spaces or
    invisible characters come before it, or where it is one of East Asian width. Numbers stay numbers.

    >>> [literal(each) for each in ("=1+1", " \t=1", "-", "Acme", None, -12)]
    ["'=1+1", "' \t=1", "'-", 'Acme', '', '-12']
    """
    if cell is None:
        return ""
    text = str(cell)
    # A letter or digit at the beginning is what most cells have, and stays there however the text is normalised.
    if isinstance(cell, int) or (text[:1].isascii() and text[:1].isalnum()):
        return text
    shown = unicodedata.normalize("NFKC", text[:200])
    first = next((each for each in shown if each in SIGNS or not _is_skipped(each)), "")
    return f"'{text}" if first and first in SIGNS else text


def _is_skipped(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}
