"""
``upheld migrate``: bring the database to this version.
"""

from __future__ import annotations

import typer

from upheld.cli import service

app = typer.Typer(help="Bring the database to this version.")


@app.command()
def migrate_command() -> None:
    """
    Bring the database to this version: make it when it is not there, change it when it is older.

    Running it again changes nothing.
    """
    service.require_known()
    missing = service.pending_migrations()
    from django.core.management import call_command  # noqa: PLC0415  (Django is loaded when it is needed)

    from upheld.apps.parties import services as parties  # noqa: PLC0415

    settings = service.settings()
    call_command("migrate", interactive=False, verbosity=0)
    if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
        call_command("createcachetable", verbosity=0)
    parties.ensure_roles()
    typer.echo(f"Done: {len(missing)} migrations." if missing else "The database is up to date.")
