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

    Running it again changes nothing, unless there is a new key to seal secrets with: then they are sealed with it.
    Where the time zone data were renewed, it says which promises that concerns.
    """
    service.require_known()
    missing = service.pending_migrations()
    from django.core.management import call_command  # noqa: PLC0415  (Django is loaded when it is needed)

    from upheld.apps.parties import services as parties  # noqa: PLC0415
    from upheld.web.accounts import factors  # noqa: PLC0415

    settings = service.settings()
    call_command("migrate", interactive=False, verbosity=0)
    if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
        call_command("createcachetable", verbosity=0)
    parties.ensure_roles()
    factors.reseal()
    _tell_zones()
    typer.echo(f"Done: {len(missing)} migrations." if missing else "The database is up to date.")


def _tell_zones() -> None:
    """
    Keep the rules of the time zones in use, and say which plan versions go by others than are installed now.
    """
    from upheld.apps.contracts import editions  # noqa: PLC0415  (Django is loaded by now)
    from upheld.apps.contracts.models import PlanVersion  # noqa: PLC0415
    from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415

    now = read_clock()
    editions.keep_zones(now)
    for version in PlanVersion.objects.defer("document").order_by("plan", "version"):
        if changed := editions.zone_changes(version, editions.current(version), now):
            names = ", ".join(each.zone for each in changed)
            told = f"{version}: {names} have other rules now. See what that does to the clocks that run:"
            typer.echo(f"{told} upheld recompute zones --plan {version.plan}@{version.version}")
