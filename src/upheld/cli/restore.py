"""
``upheld restore``: an archive back into an empty installation, with everything outgoing held.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from upheld.cli import archive, service
from upheld.core.instants import to_datetime

app = typer.Typer(help="Bring back an archive into an empty home.")


@app.command()
def restore_command(file: Annotated[Path, typer.Argument(help="Archive that `upheld backup` wrote.")]) -> None:
    """
    Bring back an archive into an empty UPHELD_HOME and an empty database.

    Nothing goes out afterwards until a person has looked and released it: what was due in the meantime may be out of
    date.
    """
    settings = service.settings()
    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True)
    made = archive.restore(file, home)
    from upheld.apps.exports import services as exports  # noqa: PLC0415  (Django is loaded by now)
    from upheld.apps.work import services as work  # noqa: PLC0415
    from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415

    how: dict[str, Any] = {"reason": f"restored from {file.name}", "actor": "upheld restore", "now": read_clock()}
    work.hold_outbox(**how)
    exports.forget_files(now=how["now"])
    work.turn(name=work.RESTORED, is_on=True, **how)
    moment = to_datetime(made.made_at)
    typer.echo(f"Restored {len(made.members)} members as of {moment:%Y-%m-%d %H:%M} UTC.")
    typer.echo("Mail and webhooks are held. Look at what is due (upheld outbox show), then: upheld outbox release.")
