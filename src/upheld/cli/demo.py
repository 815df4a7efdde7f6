"""
``upheld demo``: fill an empty installation with an invented vendor, its customers and their tickets.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from upheld.cli import service
from upheld.cli.bars import bars_by_part

if TYPE_CHECKING:
    from upheld.demo.world import Made

app = typer.Typer(help="Fill an empty installation with an invented vendor and its tickets.")

LOGINS: Final = "demo-logins.txt"
"""File in ``UPHELD_HOME`` with the log-ins, which ``upheld serve`` shows."""
_WORDS: Final = {"year": "The year before", "stories": "The last two months"}


@app.command()
def demo_command(
    fresh: Annotated[bool, typer.Option("--fresh", help="Make it anew: empties a database that holds a demo.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but the log-ins.")] = False,
    logins: Annotated[bool, typer.Option(help="Print the log-ins; `upheld serve` prints them too.")] = True,
) -> None:
    """
    Fill an empty installation with an invented vendor, its people, customers, contracts and tickets.

    Running it again changes nothing; --fresh makes it anew, as of now.
    """
    service.require_migrated()
    from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415  (Django is loaded by now)
    from upheld.core.instants import to_datetime  # noqa: PLC0415
    from upheld.demo import world  # noqa: PLC0415

    home = Path(service.settings().HOME)
    since = world.made_at()
    if since is not None and not fresh:
        typer.echo(f"The demo is there already, since {to_datetime(since):%Y-%m-%d %H:%M} UTC; nothing was changed.")
        _show(home if logins else None)
        return
    if fresh and (since is not None or not world.is_empty()):
        world.clear()
    password = f"demo-{secrets.token_hex(4)}"
    with bars_by_part(is_quiet=quiet) as ear:
        made = world.build(
            now=read_clock(), password=password, on_progress=lambda part, *much: ear(_WORDS[part], *much)
        )
    _keep(home, made, password)
    if not quiet:
        typer.echo(f"The demo is there: {made.told} tickets of the last two months, {made.year:,} of the year before.")
    _show(home if logins else None)


def _keep(home: Path, made: Made, password: str) -> None:
    """
    Write the log-ins where ``upheld serve`` finds them, readable by their owner only.
    """
    width = max(len(each.email) for each in made.logins)
    lines = [f"Log in (password for all: {password}):"]
    lines += [f"  {each.email:<{width}}  {each.what}" for each in made.logins]
    home.mkdir(parents=True, exist_ok=True)
    path = home / LOGINS
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _show(home: Path | None) -> None:
    path = home and home / LOGINS
    if path and path.is_file():
        typer.echo(path.read_text(encoding="utf-8").rstrip())
