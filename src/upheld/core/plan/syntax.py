"""
Errors of YAML itself, translated from the parser's English into our codes and the spot where a person must look.

Invariant: no sentence of the parser reaches a reader; what the table does not know is ``plan.syntax.unreadable``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml.error import MarkedYAMLError

from upheld.core.plan.places import Spot


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """
    An error of YAML as a code, the spots concerned (the first is where to look) and parameters.
    """

    code: str
    spots: tuple[Spot, ...]
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Rule:
    """
    A row of the table: part of the parser's message -> code; ``from_opening`` points at what was opened, not where it
    failed to end.
    """

    message: str
    code: str
    from_opening: bool = False


_TABLE: Final = (
    _Rule(r"found character '\\t' that cannot start", "plan.tab"),
    _Rule("that cannot start any token", "plan.syntax.reserved_character"),
    _Rule("could not find expected ':'", "plan.syntax.missing_colon", from_opening=True),
    _Rule("mapping values are not allowed here", "plan.syntax.unexpected_colon"),
    _Rule("found unexpected ':'", "plan.syntax.unexpected_colon"),
    _Rule("sequence entries are not allowed here", "plan.syntax.unexpected_dash"),
    _Rule("mapping keys are not allowed here", "plan.complex_key"),
    _Rule("expected ',' or ']'", "plan.syntax.unclosed_list", from_opening=True),
    _Rule("expected ',' or '}'", "plan.syntax.unclosed_mapping", from_opening=True),
    _Rule("found unexpected end of stream", "plan.syntax.unclosed_quote", from_opening=True),
    _Rule("found unexpected document separator", "plan.syntax.unclosed_quote", from_opening=True),
    _Rule("unknown escape character", "plan.syntax.escape"),
    _Rule("expected escape sequence", "plan.syntax.escape"),
    _Rule("while scanning an alias", "plan.alias", from_opening=True),
    _Rule("while scanning an anchor", "plan.anchor", from_opening=True),
    _Rule("undefined tag handle", "plan.tag"),
    _Rule("while (?:scanning|parsing) an? tag", "plan.tag", from_opening=True),
    _Rule("while scanning a block scalar", "plan.syntax.block_text"),
    _Rule("more indented follow up line", "plan.syntax.block_text"),
    _Rule("expected <block end>", "plan.syntax.indentation"),
    _Rule("expected '<document start>'", "plan.syntax.indentation"),
    _Rule("expected the node content", "plan.syntax.unexpected"),
)


def fault_of(error: MarkedYAMLError, text: str) -> SyntaxFault:
    """
    Return the code, spots and parameters of an error that the YAML parser raised about ``text``.
    """
    message = f"{error.context or ''}; {error.problem or ''}"
    rule = next((row for row in _TABLE if re.search(row.message, message)), _Rule("", "plan.syntax.unreadable"))
    spots = [_spot(mark) for mark in (error.problem_mark, error.context_mark) if mark is not None]
    if rule.from_opening:
        spots.reverse()
    if rule.code == "plan.tab":
        spots = _indented_by_tab(text, spots)
    found = re.search(r"(?:character|found|got) '([^']+)'", message)
    given = found.group(1) if found else ""
    lines = ", ".join(str(line) for line, _ in spots)
    return SyntaxFault(rule.code, tuple(spots) or ((1, 1),), {"given": given, "lines": lines})


def _spot(mark: Any) -> Spot:
    """
    Return the line and column, counted from 1, of the parser's mark.
    """
    return mark.line + 1, mark.column + 1


def _indented_by_tab(text: str, spots: list[Spot]) -> list[Spot]:
    """
    Return the first tab and then each later line whose indentation holds one, so that they are mended in one go.
    """
    lines = re.split(r"\r\n|\n|\r", text)
    first = spots[0][0] if spots else 0
    later = [(number, len(found.group()))
             for number, line in enumerate(lines, 1)
             if number > first and (found := re.match(r" *\t", line))]  # fmt: skip
    return spots[:1] + later[:50]
