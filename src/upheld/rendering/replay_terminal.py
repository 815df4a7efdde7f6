"""
The replay's report on a terminal: the headline, tables, the worst failures, credits, and what all of it rests on.

Invariant: a function of the report's plain data; text from the log is shown, never interpreted (no markup, no control
character passes), and every percentage has its denominator beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from upheld.rendering.findings import visible
from upheld.rendering.replay_page import amount, elapsed, number, outside_words, used

Record = Mapping[str, Any]

MOST_CUSTOMERS: Final = 8
MOST_BREACHES: Final = 3
MOST_CREDITS: Final = 8
MOST_FINDINGS: Final = 6
LATE: Final = "bold red"
QUIET: Final = "dim"


def print_report(console: Console, report: Record) -> None:
    """
    Print a report (the shape of the JSON file).
    """
    plan, log = report["plan"], report["log"]
    console.print()
    for position, line in enumerate(report["headline"]):
        console.print(Text(visible(line), style="bold" if position == 0 else QUIET))
    source = f"{plan['name']}, version {plan['version']} on {log['source']}: {number(log['rows'])} rows"
    console.print(Text(visible(f"{source}, as of {report['as_of']}"), style=QUIET))
    for metric in report["metrics"]:
        if metric["denominator"]:
            _metric(console, metric, report)
    _worst(console, report)
    _credits(console, report["credits"])
    _basis(console, report)


def heading(console: Console, words: str) -> None:
    """
    Print a heading.
    """
    console.print()
    console.print(Text(visible(words), style="bold"))


def table(*columns: str, first: str) -> Table:
    """
    Return a table whose first column holds words and whose others hold figures.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style=QUIET)
    table.add_column(first, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _metric(console: Console, metric: Record, report: Record) -> None:
    heading(console, f"{metric['name']} (kept of kept and late; outside: {outside_words(metric)})")
    severities = report["plan"]["severities"]
    groups = [
        ("severity", [(severities.get(each["severity"], each["severity"]), each) for each in metric["by_severity"]]),
        ("month", [(each["month"], each) for each in metric["by_month"]]),
        ("customer, most late first", [(each["customer"], each) for each in metric["by_customer"][:MOST_CUSTOMERS]]),
    ]
    for title, rows in groups:
        rows_of = table("kept", "late", "of", first=title)
        for name, each in rows:
            late = Text(number(each["late"]), style=LATE if each["late"] else QUIET)
            rows_of.add_row(Text(visible(name)), each["shown"] or "-", late, number(each["denominator"]))
        console.print(Padding(rows_of, (0, 0, 0, 2)))
    if len(metric["by_customer"]) > MOST_CUSTOMERS:
        rest = len(metric["by_customer"]) - MOST_CUSTOMERS
        console.print(Text(f"  and {number(rest)} customers more (--html, --json)", style=QUIET))


def _worst(console: Console, report: Record) -> None:
    heading(console, "Worst failures")
    if not report["worst"]:
        console.print(Text("  Nothing was late.", style="green"))
    for each in report["worst"][:MOST_BREACHES]:
        line = (
            Text("  ")
            .append(visible(each["ticket"]), style="bold")
            .append(f"  {elapsed(each['late_seconds'])} late", LATE)
        )
        line.append(
            f"  {visible(each['customer'])}, {visible(each['metric_name'])} within "
            f"{each['target']}, {used(each['used_percent'])}"
        )
        console.print(line, soft_wrap=True)
        for why in each["why"]:
            console.print(Text(f"     {visible(why)}", style=QUIET), soft_wrap=True)


def _credits(console: Console, credits_: Record) -> None:
    heading(console, "Credits owed")
    if not credits_["periods"]:
        console.print(Text("  The plan owes none for broken clocks.", style=QUIET))
        return
    totals = " + ".join(f"{each['currency']} {amount(each['amount'])}" for each in credits_["totals"])
    of = f"of {number(credits_['periods'])} contract periods"
    if totals:
        console.print(Text(f"  {totals} in {number(credits_['periods_owed'])} {of}", style="bold"))
    elif credits_["periods_without_fee"]:
        words = f"  {number(credits_['periods_without_fee'])} {of} reach a paying row; no fee is known (--customers)"
        console.print(Text(words))
    else:
        console.print(
            Text(f"  None: the row that applied pays nothing in all {number(credits_['periods'])} contract periods")
        )
    due = [each for each in credits_["lines"] if each["is_owed"] or each["reason"] == "credit.no_fee"]
    for each in due[:MOST_CREDITS]:
        who = f"  {visible(each['customer'])} {each['period']}: "
        console.print(
            Text(who).append(" ".join(visible(step["text"]) for step in each["steps"]), style=QUIET), soft_wrap=True
        )
    if len(due) > MOST_CREDITS:
        console.print(Text(f"  and {number(len(due) - MOST_CREDITS)} more (--html, --json)", style=QUIET))


def _basis(console: Console, report: Record) -> None:
    """
    Say what the figures rest on: blind spots, assumptions, checks, customers without contract, findings.
    """
    listed(console, "What this log cannot show", report["blind_spots"], style="yellow")
    listed(console, "Assumptions", report["assumptions"], style="")
    listed(console, "Checks against the log's own columns", report["checks"], style="")
    if report["without_contract"]:
        tickets = sum(each["tickets"] for each in report["without_contract"])
        customers = number(len(report["without_contract"]))
        words = f"{number(tickets)} tickets of {customers} customers without a contract were not judged"
        console.print(Text(f"\n{words}", style="yellow"))
    findings: Sequence[Record] = report["findings"]
    if findings:
        heading(
            console,
            f"Rows that make no sense: {number(len(findings))} listed, "
            f"{number(report['log']['rows_not_used'])} not used",
        )
        for each in findings[:MOST_FINDINGS]:
            where = f"  line {each['line']}: " if each["line"] else "  "
            console.print(Text(where, style=QUIET).append(visible(each["text"]), style=""), soft_wrap=True)
        if len(findings) > MOST_FINDINGS:
            console.print(Text(f"  and {number(len(findings) - MOST_FINDINGS)} more (--html, --json)", style=QUIET))
    console.print()


def listed(console: Console, title: str, entries: Sequence[Record], *, style: str) -> None:
    """
    Print entries under a heading; nothing where there are none.
    """
    if entries:
        heading(console, title)
        for each in entries:
            console.print(Text(f"  - {visible(each['text'])}", style=style), soft_wrap=True)
