"""
The ``upheld`` command: names the command groups, and turns what went wrong into one clear line.

Invariant: whoever runs it never sees a traceback, unless ``UPHELD_TRACEBACK=1`` asks for one. Exit codes: 0 done, 1
done and something found, 2 refused (input, usage), 70 a bug in Upheld, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, Final, NoReturn

import typer

import upheld
from upheld.cli.lazy import Entry, lazy_group
from upheld.core.errors import UpheldError

COMMANDS: Final = {
    "calendar": Entry("upheld.cli.calendar", "Support hours: check, show, and count in them."),
    "plan": Entry("upheld.cli.plan", "Plan documents: lint, show, and the schema for editors."),
    "replay": Entry("upheld.cli.replay", "Replay a ticket export against a plan: verdicts and credits."),
    "what-if": Entry("upheld.cli.what_if", "Judge the same history under other promises, side by side."),
    "explain": Entry("upheld.cli.explain", "Explain a clock: what was due when, and why."),
    "serve": Entry("upheld.cli.serve", "Serve desk, portal and API, and do due work."),
    "worker": Entry("upheld.cli.worker", "Do due work: timers, notices, mail."),
    "migrate": Entry("upheld.cli.migrate", "Bring the database to this version."),
    "demo": Entry("upheld.cli.demo", "Fill an empty installation with an invented vendor and its tickets."),
    "import": Entry("upheld.cli.imports", "Import another desk's tickets from its export."),
    "recompute": Entry("upheld.cli.recompute", "Move running clocks to other holidays, zones or plan versions."),
    "books": Entry("upheld.cli.books", "Close the books of a plan up to a day."),
    "user": Entry("upheld.cli.user", "People who can log in: add one."),
    "check": Entry("upheld.cli.check", "Check settings, database and files before people use them."),
    "verify": Entry("upheld.cli.verify", "Check every invariant: what is stored is what happened."),
    "outbox": Entry("upheld.cli.outbox", "What waits to go out: show it, hold it, release it."),
    "backup": Entry("upheld.cli.backup", "Write database, files and keys into one archive."),
    "restore": Entry("upheld.cli.restore", "Bring back an archive into an empty home."),
}
"""Every command group, in the order of the help."""

REFUSED: Final = 2
BUG: Final = 70
"""EX_SOFTWARE of sysexits.h."""


def show_version(wanted: bool) -> None:
    """
    Print the version and stop, if wanted.
    """
    if wanted:
        typer.echo(f"upheld {upheld.__version__}")
        raise typer.Exit


app = typer.Typer(
    name="upheld",
    cls=lazy_group(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def upheld_command(
    _version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """
    Say what a support policy promised, whether it was kept, and why.
    """


def main() -> None:
    """
    Run the command line and leave with its exit code.
    """
    try:
        app(prog_name="upheld")
    except UpheldError as error:
        leave(error, refusal_of(error), REFUSED)
    except OSError as error:
        leave(
            error, spoken("cli.file_refused", file=error.filename or "-", reason=error.strerror or str(error)), REFUSED
        )
    except Exception as error:  # noqa: BLE001  the last wall before the reader: a bug becomes a line too
        leave(error, spoken("cli.bug", kind=type(error).__name__, reason=str(error)), BUG)


def refusal_of(error: UpheldError) -> str:
    """
    Return the lines of an anticipated error: one for each finding that it carries, else one for itself.
    """
    findings = getattr(error, "findings", ())
    if not findings:
        return spoken(error.code, **error.params)
    places = ("".join(f"{place}: " for place in found.places[:1]) for found in findings)
    lines = (place + spoken(found.code, **found.params) for place, found in zip(places, findings, strict=True))
    return "\n".join(lines)


def spoken(code: str, /, **params: object) -> str:
    """
    Return the sentence of a code, with control characters shown rather than sent to the terminal.
    """
    from upheld.wording import say  # noqa: PLC0415  words are needed only when something went wrong

    return "".join(
        character if character.isprintable() or character == "\n" else ascii(character)[1:-1]
        for character in say(code, params)
    )


def leave(error: Exception, text: str, exit_code: int) -> NoReturn:
    """
    Print the text on the error stream and leave; with ``UPHELD_TRACEBACK=1`` raise the error itself.
    """
    if os.environ.get("UPHELD_TRACEBACK") == "1":
        raise error
    for line in text.splitlines():
        typer.echo(f"upheld: {line}", err=True)
    sys.exit(exit_code)
