"""
Findings for people at a terminal and for programs: where, how grave, what is wrong, the line itself, what to do.

Invariant: text from a document is shown, never interpreted: no markup, no terminal control character passes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from upheld.core.errors import Finding, Place, Weight
from upheld.wording import messages, say

COLOURS: Final[Mapping[Weight, str]] = {
    Weight.ERROR: "bold red",
    Weight.WARNING: "bold yellow",
    Weight.ASSUMPTION: "bold blue",
    Weight.NOTE: "bold cyan",
}
"""Colour of each weight; the word always stands beside it."""
EXCERPT: Final = 100
"""Characters of a line that an excerpt shows, around the column concerned."""
MORE_PLACES: Final = 3
"""Further places whose lines are shown; the rest is named."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?]) (?=[A-Z{'`\"])")
_TOKEN: Final = re.compile(
    r"""\"(?:[^\"\\]++|\\.)*+\" | '[^']*+'   # quoted
        | (?:[^,\[\]{}:\#]++              # or plain, up to a bracket, a comma,
          | :(?!\s|$) | (?<!\s)\#)++       # a colon that ends a key, or a comment
    """,
    re.VERBOSE,
)
"""What a caret underlines: one key or one value."""


def print_findings(console: Console, findings: Sequence[Finding], texts: Mapping[str, str]) -> None:
    """
    Print findings, each with the lines concerned out of ``texts`` (file name to text), and a line that counts them.

    Assumptions come last and without their lines: they are decisions to know, not mistakes to mend.
    """
    taken = [finding for finding in findings if finding.weight is Weight.ASSUMPTION]
    for finding in findings:
        if finding.weight is not Weight.ASSUMPTION:
            console.print(told(finding, texts), soft_wrap=True)
    for finding in taken:
        console.print(told(finding, {}), soft_wrap=True)
    console.print(counted(findings), soft_wrap=True)


def told(finding: Finding, texts: Mapping[str, str]) -> Text:
    """
    Return one finding as coloured text: place, weight and sentence; the excerpt with a caret; what to do.
    """
    what, remedy = in_parts(finding)
    text = Text()
    if finding.places:
        text.append(f"{finding.places[0]} ", style="bold")
    text.append(str(finding.weight), style=COLOURS[finding.weight]).append(" ").append(visible(what))
    text.append(f"  {finding.code}\n", style="dim")
    for place in finding.places[: 1 + MORE_PLACES]:
        text.append_text(excerpt(place, texts.get(place.file, ""), is_first=place is finding.places[0]))
    if further := finding.places[1 + MORE_PLACES :]:
        text.append("     also: " + ", ".join(str(place) for place in further) + "\n", style="dim")
    if remedy:
        text.append("     -> ", style="green").append(visible(remedy)).append("\n")
    return text


def in_parts(finding: Finding) -> tuple[str, str]:
    """
    Return what is wrong and what to do about it: the first sentence of the code's words, and the rest.
    """
    template = messages().get(finding.code, "")
    # The template is cut, not the sentence: texts of the document may hold any number of full stops.
    what, *rest = _SENTENCE_END.split(template, maxsplit=1)
    params = {name: _shown(value) for name, value in finding.params.items()}
    whole = say(finding.code, params)
    try:
        return what.format_map(params) or whole, rest[0].format_map(params) if rest else ""
    except KeyError:
        return whole, ""


def excerpt(place: Place, source: str, *, is_first: bool = True) -> Text:
    """
    Return the line of a place with a caret under what stands there; nothing where the text does not have the line.
    """
    lines = re.split(r"\r\n|\n|\r", source)
    if not 0 < place.line <= len(lines) or not lines[place.line - 1].strip():
        return Text()
    line = lines[place.line - 1]
    start = max(0, min(place.column - 1, len(line)) - EXCERPT // 2) if len(line) > EXCERPT else 0
    shown = visible(line[start : start + EXCERPT])
    before = visible(line[start : place.column - 1])
    found = _TOKEN.match(line, place.column - 1)
    under = cell_len(visible(found.group().rstrip())) if found else 1
    under = max(1, min(under, cell_len(shown) - cell_len(before)))
    lead, tail = ("…" if start else ""), ("…" if len(line) > start + EXCERPT else "")
    mark, colour = ("^", "bold red") if is_first else ("-", "blue")
    text = Text()
    text.append(f"{place.line:>5} | ", style="dim").append(f"{lead}{shown}{tail}\n")
    text.append("      | ", style="dim").append(" " * (len(lead) + cell_len(before)))
    return text.append(mark * under + "\n", style=colour)


def counted(findings: Sequence[Finding]) -> Text:
    """
    Return the closing line: how many findings of each weight, or that there are none.
    """
    text = Text()
    for weight in Weight:
        if number := sum(finding.weight is weight for finding in findings):
            plural = "" if number == 1 else "s"
            text.append(", " if text else "").append(f"{number} {weight}{plural}", style=COLOURS[weight])
    return text or Text("Nothing to mend.", style="bold green")


def as_data(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """
    Return findings as plain data for JSON: weight, code, sentence, places and parameters (as texts, exact).
    """
    return [
        {
            "weight": str(finding.weight),
            "code": finding.code,
            "message": say(finding.code, {name: _shown(value) for name, value in finding.params.items()}),
            "places": [
                {"file": place.file, "line": place.line, "column": place.column, "path": place.path}
                for place in finding.places
            ],
            "params": {name: _exact(value) for name, value in finding.params.items()},
        }
        for finding in findings
    ]


def _exact(value: Any) -> Any:
    """
    Return a parameter as JSON can hold it without losing a digit.
    """
    if isinstance(value, list | tuple | set | frozenset):
        return [_exact(each) for each in value]
    return value if isinstance(value, bool | int | str | None) else str(value)


def _shown(value: Any) -> Any:
    """
    Return a parameter as a sentence shows it.
    """
    return ", ".join(str(each) for each in value) if isinstance(value, list | tuple | set | frozenset) else value


def visible(text: str) -> str:
    """
    Return a text in which control and direction characters are replaced by U+FFFD and tabs by an arrow, one for one.
    """
    return "".join(
        "→" if character == "\t" else "\N{REPLACEMENT CHARACTER}" if _is_unseen(character) else character
        for character in text
    )


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
