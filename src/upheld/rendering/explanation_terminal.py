"""
Explanations in a terminal: how a clock stands, its sentences, and its stretches as a small table.

Invariant: colour repeats what a word says; amounts stand in a column and add up in the line below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.text import Text

from upheld.core.clocks.clock import State
from upheld.core.clocks.explain import Explanation, Standing
from upheld.core.clocks.stretches import Stretch, StretchKind
from upheld.rendering.explanations import Reader, headline, kind_of, sentences, span, spell

MOST_LINES: Final = 14
"""Stretches that are shown; of more, those in the middle are told as one line."""
_COLOURS: Final = {State.MET: "green", State.BREACHED: "bold red", State.PAUSED: "yellow", State.OUTSIDE_HOURS: "blue"}


def print_clock(console: Console, explanation: Explanation, standing: Standing, reader: Reader) -> None:
    """
    Print one clock.
    """
    _print(console, _heading(explanation, standing, reader))
    for each in sentences(explanation, reader):
        _print(console, Text(f"  {each}"))
    if any(each.kind is not StretchKind.CLOSED for each in explanation.stretches):
        for line in _table(explanation, reader):
            _print(console, Text(f"    {line}", style="dim"))
    _print(console, Text())


def _print(console: Console, text: Text) -> None:
    # Lines are broken where the reader's window breaks them, and not at all in a file.
    console.print(text, soft_wrap=True)


def _heading(explanation: Explanation, standing: Standing, reader: Reader) -> Text:
    name, state = headline(explanation, standing, reader)
    made = Text(name, style="bold")
    made.append(f"  {state}", style=_COLOURS.get(standing.state, "cyan"))
    if standing.is_at_risk:
        made.append(", at risk", style="yellow")
    return made


def _table(explanation: Explanation, reader: Reader) -> Iterator[str]:
    rows = [(span(each, reader), _amount(each), kind_of(each, reader)) for each in explanation.stretches]
    if len(rows) > MOST_LINES:
        half = MOST_LINES // 2
        between = explanation.stretches[half:-half]
        counted = sum(each.seconds for each in between if each.kind is StretchKind.COUNTED)
        rows[half:-half] = [(f"... {len(between)} more stretches", spell(counted) if counted else "", "counted")]
    total = spell(explanation.counted_seconds)
    spans, amounts = (max(len(row[at]) for row in [*rows, ("", total, "")]) for at in (0, 1))
    for when, amount, kind in rows:
        yield f"{when:<{spans}}  {amount:>{amounts}}  {kind}"
    yield f"{'':<{spans}}  {total:>{amounts}}  counted in all"


def _amount(stretch: Stretch) -> str:
    return "" if stretch.kind in (StretchKind.CLOSED, StretchKind.PAUSED) else spell(stretch.seconds)
