"""
``upheld demo``: fill an empty installation with an invented vendor, its customers and their tickets.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from upheld.cli import service

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
        _show(home)
        return
    if fresh and (since is not None or not world.is_empty()):
        world.clear()
    password = f"demo-{secrets.token_hex(4)}"
    with _bars(is_quiet=quiet) as ear:
        made = world.build(now=read_clock(), password=password, on_progress=ear)
    _keep(home, made, password)
    if not quiet:
        typer.echo(f"The demo is there: {made.told} tickets of the last two months, {made.year:,} of the year before.")
    _show(home)


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


def _show(home: Path) -> None:
    path = home / LOGINS
    if path.is_file():
        typer.echo(path.read_text(encoding="utf-8").rstrip())


@contextlib.contextmanager
def _bars(*, is_quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """
    Yield what draws a bar for each part of the work; without a terminal none is drawn.
    """
    from rich.console import Console  # noqa: PLC0415  (needed only when something is made)
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=is_quiet or not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def ear(part: str, done: int, total: int) -> None:
            if part not in tasks:
                tasks[part] = bars.add_task(_WORDS[part], total=total)
            bars.update(tasks[part], completed=done, total=total)

        yield ear
