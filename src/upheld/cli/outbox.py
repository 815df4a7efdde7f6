"""
``upheld outbox``: what waits to go out (notices, mail), held after a restore until a person releases it.
"""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from upheld.cli import service
from upheld.core.instants import Instant, to_datetime

app = typer.Typer(help="What waits to go out: show it, hold it, release it.", no_args_is_help=True)

Reason = Annotated[str, typer.Option("--reason", prompt="Why", help="Why; it is kept with your name.")]


@app.command("show")
def show_command() -> None:
    """
    Show what is due, what was parked after its last try, and whether everything is held.
    """
    now = _ready()
    from upheld.apps.work import away, relay, selectors  # noqa: PLC0415  (Django is loaded by now)

    if held := selectors.hold():
        typer.echo(f"Held since {_moment(held.changed_at)} by {held.changed_by}: {held.reason}.")
    rows = selectors.waiting(now)
    for row in rows:
        typer.echo(f"{row.count:>8,}  {row.state:8}  {row.handler:24}  since {_moment(row.oldest_due_at)}")
    if not rows:
        typer.echo("Nothing waits.")
    if absent := away.longest(now):
        typer.echo(f"{absent[0]}: the other side has been away for {absent[1]:,} s.")
    if lateness := relay.lateness(now):
        typer.echo(f"The oldest due work is {lateness:,} s late.")


@app.command("hold")
def hold_command(reason: Reason) -> None:
    """
    Hold everything that would go out; deadlines are kept and broken all the same.
    """
    now = _ready()
    from upheld.apps.work import services  # noqa: PLC0415  (Django is loaded by now)

    services.hold_outbox(reason=reason, actor=_actor(), now=now)
    typer.echo("Held. Let it go on with: upheld outbox release.")


@app.command("release")
def release_command(reason: Reason) -> None:
    """
    Let everything go out that was held; what is more than an hour old is told once to each person.
    """
    now = _ready()
    from upheld.apps.work import selectors, services  # noqa: PLC0415  (Django is loaded by now)

    if not selectors.is_held():
        raise service.ServiceError("outbox.not_held")
    services.release_outbox(reason=reason, actor=_actor(), now=now)
    typer.echo("Released.")


@app.command("retry")
def retry_command() -> None:
    """
    Try parked work again from the start, and what was sent and could not be made a ticket.
    """
    now = _ready()
    from upheld.apps.tickets.services import spool  # noqa: PLC0415  (Django is loaded by now)
    from upheld.apps.work import services  # noqa: PLC0415  (as above)

    typer.echo(f"{services.try_again(now=now) + spool.try_again(now=now):,} to be tried again.")


def _ready() -> Instant:
    service.require_migrated()
    from upheld.apps.work.clock import now  # noqa: PLC0415  (Django is loaded by now)

    return now()


def _actor() -> str:
    return f"{getpass.getuser()} at the command line"[:200]


def _moment(at: Instant) -> str:
    return f"{to_datetime(at):%Y-%m-%d %H:%M:%S} UTC"
