"""
``upheld books``: close the books of a plan up to a day, and show what is closed.

Exit codes: 0 done, 2 refused.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated

import typer

from upheld.cli import service
from upheld.cli.deciding import decider
from upheld.core.errors import UpheldError

app = typer.Typer(help="Close the books of a plan up to a day.", no_args_is_help=True)

PlanOption = Annotated[str, typer.Option("--plan", help="Name of the plan.")]


class BooksCommandError(UpheldError):
    """
    Options that cannot be followed.
    """


@app.callback()
def books_group() -> None:
    """
    Close the books of a plan up to a day: what was reckoned by then stands, and no version may begin in it.
    """


@app.command()
def close(
    plan: PlanOption,
    through: Annotated[str, typer.Option(help="The last day that is closed: 2026-09-30.")],
    by: Annotated[str, typer.Option(help="Address of the person who decides.")] = "",
    reason: Annotated[str, typer.Option(help="Why, for everybody who reads it later.")] = "",
) -> None:
    """
    Close a plan's books up to a day, for good.
    """
    service.require_migrated()
    from upheld.apps.contracts.books import close_books  # noqa: PLC0415  (Django is loaded by now)
    from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415

    person, now = decider(by, right="books.close", missing="books.by_whom", refused="books.not_permitted"), read_clock()
    made = close_books(plan=plan, through=_day(through), by=person, now=now, reason=reason)
    typer.echo(f"The books of {made.plan} are closed through {made.through} ({made.zone}).")


@app.command()
def show(plan: PlanOption, as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """
    Show up to which days a plan's books were closed, by whom and why.
    """
    service.require_migrated()
    from upheld.apps.contracts.books import closings_of  # noqa: PLC0415  (Django is loaded by now)

    rows = closings_of(plan)
    if as_json:
        told = [
            {
                "through": str(row.through),
                "zone": row.zone,
                "closed_at": _time(row.closed_at),
                "by": row.closed_by.email,
                "reason": row.reason,
            }
            for row in rows
        ]
        typer.echo(json.dumps({"plan": plan, "closings": told}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        typer.echo(f"through {row.through} ({row.zone}): {row.closed_by}, {_time(row.closed_at)}: {row.reason}")
    if not rows:
        typer.echo(f"The books of {plan} are open.")


def _time(instant: int) -> str:
    return f"{dt.datetime.fromtimestamp(instant, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _day(given: str) -> dt.date:
    try:
        return dt.date.fromisoformat(given.strip())
    except ValueError:
        raise BooksCommandError("books.no_date", given=given) from None
