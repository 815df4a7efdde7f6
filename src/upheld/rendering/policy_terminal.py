"""
A policy page at the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from upheld.rendering.findings import visible
from upheld.wording.policies import SECTIONS


def print_policy(console: Console, page: Mapping[str, Any]) -> None:
    """
    Print a policy page (the shape of :func:`~upheld.rendering.policy_data.as_data`).
    """
    console.print(Text(visible(page["name"]), style="bold"))
    console.print(Text(visible(", ".join(f"{key} {value}" for key, value in page["facts"].items())), style="dim"))
    fees = ", ".join(f"{each['name']} {each['fee']}" for each in page["tiers"] if each["fee"])
    if fees:
        console.print(Text(visible(fees)))
    for section in page["sections"]:
        console.print(Text(f"\n{section['name']}", style="bold underline"))
        for block in section["blocks"]:
            _print_block(console, block)
    _print_assumptions(console, page["assumptions"])


def _print_block(console: Console, block: Mapping[str, Any]) -> None:
    console.print(Text(visible(block["title"]), style="bold"))
    if block["kind"] == "table":
        console.print(_table(block["headings"], block["rows"]))
        for line in block["notes"]:
            console.print(Padding(_text([line]), (0, 0, 0, 2), expand=False))
    elif block["kind"] == "facts":
        for row in block["rows"]:
            label = Text(f"{visible(row['label'])}: ", style="bold")
            console.print(Padding(label.append_text(_text(row["cell"], plain=True)), (0, 0, 0, 2), expand=False))
    else:
        for cell in block["rows"]:
            console.print(Padding(Text("- ").append_text(_text(cell)), (0, 0, 0, 2), expand=False))


def _table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    table = Table(header_style="bold", pad_edge=False, show_lines=False)
    for heading in headings:
        table.add_column(Text(visible(heading)), overflow="fold")
    for row in rows:
        table.add_row(*(_text(cell) for cell in row))
    return table


def _text(cell: Sequence[Mapping[str, Any]], *, plain: bool = False) -> Text:
    """
    Return the lines of a cell, each with the numbers of the assumptions that it rests on.
    """
    text = Text()
    for position, line in enumerate(cell):
        text.append("\n" if position else "")
        text.append(visible(line["text"]), style="dim" if line["quiet"] else ("not bold" if plain else ""))
        for mark in line["marks"]:
            text.append(f" [{mark}]", style="blue not bold")
    return text


def _print_assumptions(console: Console, assumptions: Sequence[Mapping[str, Any]]) -> None:
    console.print(Text(f"\n{SECTIONS['assumptions']}", style="bold underline"))
    if not assumptions:
        console.print(Text("The plan leaves nothing open."))
    for each in assumptions:
        text = Text(f"[{each['number']}] {visible(each['about'])}", style="bold blue")
        text.append(f"\n{visible(each['text'])}", style="not bold italic default")
        text.append(f"\nread as: {visible(each['reading'])}", style="not bold default")
        text.append(f"\n{visible(each['chosen'])}" if each["chosen"] else "", style="not bold dim default")
        console.print(Padding(text, (0, 0, 1, 2), expand=False))
