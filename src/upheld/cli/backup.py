"""
``upheld backup``: database, files and keys in one archive, while the service runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import upheld
from upheld.cli import archive, service

app = typer.Typer(help="Write database, files and keys into one archive.")


@app.command()
def backup_command(
    file: Annotated[Path, typer.Argument(help="Archive to write; compressed when its name ends in .gz.")],
) -> None:
    """
    Write database, files and keys into one archive, while the service runs.

    The archive holds secrets and everything that customers wrote: keep it as you keep the database.
    """
    settings = service.settings()
    from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415  (Django is loaded by now)

    made = archive.write(file, Path(settings.HOME), version=upheld.__version__, now=read_clock())
    size = sum(size for size, _ in made.members.values())
    typer.echo(f"Wrote {file}: {len(made.members)} members, {size / 2**20:.1f} MiB, {made.engine}.")
