"""
The comparison of worlds on a terminal: a row a world, then by severity, then what could have been promised.

Invariant: a function of the comparison's plain data; text from outside is shown, never interpreted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from upheld.rendering.findings import visible
from upheld.rendering.replay_page import elapsed, number
from upheld.rendering.replay_terminal import LATE, QUIET, heading, listed, table
from upheld.rendering.what_if_words import credits_against, credits_owed, headline, late_against, support_time

Record = Mapping[str, Any]

MOST_CUSTOMERS: Final = 5


def print_comparison(console: Console, report: Record) -> None:
    """
    Print a comparison (the shape of the JSON file).
    """
    console.print()
    for position, line in enumerate(headline(report)):
        console.print(Text(visible(line), style="bold" if position == 0 else ""))
    plan, log = report["plan"], report["log"]
    source = f"{plan['name']}, version {plan['version']} on {log['source']}: {number(log['tickets'])} tickets"
    console.print(Text(visible(f"{source}, as of {report['as_of']}"), style=QUIET))
    for name in _judged(report):
        _metric(console, report, name)
    _promisable(console, report)
    listed(console, "What this log cannot show", report["blind_spots"], style="yellow")
    listed(console, "Assumptions", report["assumptions"], style="")
    console.print()


def _judged(report: Record) -> list[str]:
    """
    Return the metrics that have a verdict in any world, in the order of the plan.
    """
    found = {each["metric"]: None for world in report["worlds"] for each in world["metrics"] if each["denominator"]}
    return list(found)


def _metric(console: Console, report: Record, name: str) -> None:
    """
    Print a row for each world, and one for each severity under it.
    """
    words = next(each["name"] for world in report["worlds"] for each in world["metrics"] if each["metric"] == name)
    heading(console, words)
    rows = table("kept", "late", "against", "of", first="what if")
    for world in report["worlds"]:
        own = next((each for each in world["metrics"] if each["metric"] == name), None)
        if own is None:
            rows.add_row(visible(world["name"]), "-", "-", "-", "not promised")
            continue
        rows.add_row(
            Text(visible(world["name"]), style="bold"), own["shown"] or "-", number(own["late"]),
            Text(late_against(own), style=_style(own)), number(own["denominator"]),
        )  # fmt: skip
        for each in own["by_severity"]:
            if each["denominator"]:
                rows.add_row(
                    Text(f"  {visible(each['name'] or each['severity'])}", style=QUIET), each["shown"] or "-",
                    number(each["late"]), Text(late_against(each), style=_style(each)), number(each["denominator"]),
                )  # fmt: skip
    console.print(rows)
    for world in report["worlds"]:
        console.print(Text(f"  {visible(world['name'])}: credits {credits_owed(world)} ({credits_against(world)})"))
    for world in report["worlds"][1:]:
        _turned(console, world, name)


def _style(own: Record) -> str:
    against = own["against"]
    return QUIET if not against or not against["late"] else LATE if against["late"] > 0 else "green"


def _turned(console: Console, world: Record, name: str) -> None:
    own = next((each for each in world["metrics"] if each["metric"] == name), None)
    if own is None or not (own["now_late"] or own["now_kept"]):
        return
    line = Text(f"  {visible(world['name'])}: ", style="bold")
    line.append(
        f"{number(own['now_late'])} kept before would be late, {number(own['now_kept'])} late before would be kept"
    )
    console.print(line, soft_wrap=True)
    for each in own["examples"][:2]:
        told = f"    {each['ticket']}, {each['customer']}: {elapsed(each['late_seconds'])} late"
        console.print(Text(visible(told), style=QUIET), soft_wrap=True)
    for each in world["customers"][:MOST_CUSTOMERS]:
        money = ", ".join(f"{one['currency']} {one['amount']}" for one in each["credits_against"])
        told = f"    {each['customer']}: {each['late_against']:+,} late{f', credits {money}' if money else ''}"
        console.print(Text(visible(told), style=QUIET), soft_wrap=True)


def _promisable(console: Console, report: Record) -> None:
    if not report["promisable"]:
        return
    heading(console, "What could have been promised: the support time within which so many were done")
    shares = [each["percent"] for each in report["promisable"][0]["within"]]
    rows = table("promised", *(f"{share} %" for share in shares), "of", first="promise")
    for each in report["promisable"]:
        words = f"{each['metric_name']}, {each['severity_name'] or 'no severity'} ({each['calendar_name']})"
        found = [support_time(one["seconds"]) for one in each["within"]]
        rows.add_row(visible(words), support_time(each["allowed_seconds"]), *found, number(each["clocks"]))
    console.print(rows)
