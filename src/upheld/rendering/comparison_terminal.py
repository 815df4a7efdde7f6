"""
A comparison at the terminal: what gets worse first, each promise with both values, why, and where it stands.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from upheld.core.plan.compare import Verdict
from upheld.rendering.comparison_data import MARKS
from upheld.rendering.findings import visible
from upheld.wording.comparisons import VERDICTS

COLOURS: Final = {"worse": "bold red", "not_comparable": "bold yellow", "better": "bold green", "same": "dim"}


def print_comparison(console: Console, data: Mapping[str, Any], *, everything: bool = False) -> None:
    """
    Print a comparison (the shape of :func:`~upheld.rendering.comparison_data.as_data`); what is the same is counted,
    and listed with ``everything``.
    """
    console.print(Text(visible(data["title"]), style="bold"))
    console.print(_counts(data["counts"]))
    if data["running_contracts"]:
        ruling = data["running_contracts"]
        colour = (
            "green" if ruling["allowed"] and not ruling["needs_judgement"] else "yellow" if ruling["allowed"] else "red"
        )
        console.print(Text(visible(ruling["text"]), style=colour))
    for each in data["fees"]:
        console.print(Text(visible(f"Fee, {each['tier']}: {each['before'] or 'none'} → {each['after'] or 'none'}")))
    shown = [each for each in data["changes"] if everything or each["verdict"] != Verdict.SAME]
    for section, changes in itertools.groupby(shown, lambda each: each["section_name"]):
        console.print(Text(f"\n{section}", style="bold underline"))
        for each in changes:
            _print_change(console, each)
    same = data["counts"][Verdict.SAME]
    if same and not everything:
        console.print(Text(f"\n{same} promises are the same; --all lists them.", style="dim"))


def _counts(counts: Mapping[str, int]) -> Text:
    text = Text()
    for verdict in (Verdict.WORSE, Verdict.NOT_COMPARABLE, Verdict.BETTER, Verdict.SAME):
        style = COLOURS[verdict] if counts[verdict] else "dim"
        gap = "   " if text else ""
        text.append(f"{gap}{MARKS[verdict]} {counts[verdict]} {VERDICTS[verdict]}", style=style)
    return text


def _print_change(console: Console, change: Mapping[str, Any]) -> None:
    verdict = change["verdict"]
    line = Text(f"{MARKS[Verdict(verdict)]} {VERDICTS[verdict]:<12}", style=COLOURS[verdict])
    line.append(f" {visible(change['name'])}", style="not dim bold")
    if change["tier_names"]:
        line.append(f" [{visible(', '.join(change['tier_names']))}]", style="not bold")
    line.append(f": {visible(change['before']['text'])} → {visible(change['after']['text'])}", style="not bold")
    console.print(line, soft_wrap=True)
    why = Text(visible(change["because"]["text"]))
    if change["rests_on_assumption"]:
        why.append("  (rests on an assumption)", style="blue")
    console.print(Padding(why, (0, 0, 0, 15), expand=False))
    places = [change["before_at"], change["after_at"]]
    told = " → ".join(f"{each['file']}:{each['line']}:{each['column']}" if each else "-" for each in places)
    console.print(Padding(Text(visible(told), style="dim"), (0, 0, 0, 15), expand=False))
