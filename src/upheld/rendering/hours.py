"""
The table of hours for people: a terminal page, a web page, and data for programs.

Invariant: the three show the same windows; none of them computes any.
"""

from __future__ import annotations

import html
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from upheld.core.calendars.hours_table import HoursTable

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem;max-width:60rem}"
    "table{border-collapse:collapse}td,th{border:1px solid;padding:.4rem .8rem;text-align:left;vertical-align:top}"
)


def print_hours(console: Console, table: HoursTable, *, every_window: bool = False) -> None:
    """
    Print the table: a line a zone, or every window where asked; holidays and special dates beneath.
    """
    console.print(Text(title_of(table)))
    shown = Table()
    shown.add_column("Zone", overflow="fold")
    shown.add_column("Support hours", overflow="fold")
    for row in table.rows:
        lines = row.full() if every_window and row.windows else (row.short(),)
        shown.add_row(Text(row.zone), Text("\n".join(lines)))
    console.print(shown)
    for line in notes_of(table):
        console.print(Text(line))


def title_of(table: HoursTable) -> str:
    """
    Return what the table shows: the calendar, and the week in its own zone.
    """
    return f"{table.calendar}: week of {table.first} to {table.last} ({table.zone})"


def notes_of(table: HoursTable) -> list[str]:
    """
    Return a line for each holiday of the week, which the hours leave out, and for each date with windows of its own.
    """
    lines = [f"Holiday {day:%a} {day}: {name} ({effect})" for day, name, effect in table.holidays]
    return lines + [f"Special hours {day:%a} {day}, included above" for day in table.special]


def hours_as_data(table: HoursTable) -> dict[str, Any]:
    """
    Return the table as data for JSON: instants as ISO 8601 with the offset of each zone.
    """
    return {
        "calendar": table.calendar,
        "zone": table.zone,
        "week": [str(table.first), str(table.last)],
        "rows": [
            {
                "zone": row.zone,
                "short": row.short(),
                "always": row.always,
                "windows": [
                    {
                        "opens": window.opens.isoformat(),
                        "closes": window.closes.isoformat(),
                        "abbreviations": list(window.abbreviations),
                    }
                    for window in row.windows
                ],
            }
            for row in table.rows
        ],
        "holidays": [{"date": str(day), "name": name, "effect": str(effect)} for day, name, effect in table.holidays],
        "special": [str(day) for day in table.special],
    }


def hours_page(table: HoursTable) -> str:
    """
    Return the table as a web page of its own, without scripts.
    """
    rows = "".join(
        f'<tr><th scope="row">{html.escape(row.zone)}</th><td>{html.escape(row.short())}</td>'
        f"<td>{'<br>'.join(html.escape(line) for line in row.full())}</td></tr>"
        for row in table.rows
    )
    notes = "".join(f"<li>{html.escape(line)}</li>" for line in notes_of(table))
    title = html.escape(title_of(table))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><table><thead><tr>"
        '<th scope="col">Zone</th><th scope="col">Support hours</th><th scope="col">Every window</th>'
        f"</tr></thead><tbody>{rows}</tbody></table>{f'<ul>{notes}</ul>' if notes else ''}</body></html>\n"
    )
