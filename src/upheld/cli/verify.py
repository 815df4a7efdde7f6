"""
``upheld verify``: say whether everything that is stored is what happened, and seal it.

Invariant: it changes nothing unless ``--seal`` is given. Exit codes: 0 sound, 1 something was found.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from upheld.cli import service
from upheld.cli.bars import bars_by_part
from upheld.core.errors import UpheldError
from upheld.core.instants import parse_instant, to_datetime

if TYPE_CHECKING:
    from upheld.apps.tickets.models import Root
    from upheld.trust.verification import Report

app = typer.Typer(help="Check every invariant: what is stored is what happened.", add_completion=False)


class VerifyError(UpheldError):
    """
    Options that cannot be followed.
    """


@app.command()
def verify_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    since: Annotated[
        str | None, typer.Option(help="Only what has changed since this moment (ISO 8601 with offset).")
    ] = None,
    sample: Annotated[
        int, typer.Option(min=0, max=100, help="Percent of the tickets whose clocks the slow oracle reckons again.")
    ] = 100,
    seed: Annotated[int, typer.Option(help="Seed of the sample; the same one takes the same tickets.")] = 0,
    seal: Annotated[bool, typer.Option("--seal", help="Seal the chains if all is sound, and print the root.")] = False,
    root: Annotated[
        str | None, typer.Option(help="A root that was kept elsewhere; it must still be there.", show_default=False)
    ] = None,
) -> None:
    """
    Check submissions, event chains, replay, clocks, timers, notices, texts, files, actors and references.
    """
    service.require_migrated()
    from upheld.trust.verification import verify  # noqa: PLC0415  (Django must be set up first)

    now = int(time.time())
    with bars_by_part(is_quiet=as_json) as ear:
        report = verify(
            now=now,
            since=parse_instant(since) if since else None,
            seed=seed,
            share=sample / 100,
            on_progress=ear,
        )
    is_root_there = root is None or _has_root(root)
    sealed = _seal(now) if seal and report.is_sound and is_root_there else None
    if as_json:
        typer.echo(json.dumps(_record(report, sealed, is_root_there=is_root_there), ensure_ascii=False, indent=1))
    else:
        _print(report, sealed)
    if not is_root_there:
        raise VerifyError("verify.root_gone", digest=root)
    if not report.is_sound:
        raise typer.Exit(1)


def _has_root(digest: str) -> bool:
    from upheld.apps.tickets.models import Root  # noqa: PLC0415  (Django must be set up first)

    return Root.objects.filter(digest=digest).exists()


def _seal(now: int) -> Root:
    from upheld.trust import seals  # noqa: PLC0415  (Django must be set up first)

    return seals.seal(now=now)


def _record(report: Report, sealed: Root | None, *, is_root_there: bool) -> dict[str, Any]:
    return {
        "sound": report.is_sound and is_root_there,
        "verified_at": to_datetime(report.run.now).isoformat(),
        "seconds": round(report.seconds, 1),
        "checked": dict(sorted(report.run.checked.items())),
        "oracle": {
            "seed": report.run.seed,
            "share": report.run.share,
            "clocks": report.run.checked["clocks_by_oracle"],
            "not_understood": dict(sorted(report.run.not_understood.items())),
        },
        "violations": [
            {
                "code": each.code,
                "row": each.row,
                "params": each.params,
                "text": _words(each.code, each.row, each.params),
            }
            for each in report.violations
        ],
        "root": sealed.digest if sealed else None,
    }


def _words(code: str, row: str, params: dict[str, Any]) -> str:
    from upheld.cli.main import spoken  # noqa: PLC0415  (main imports the commands)

    return spoken(code, row=row, **params)


def _print(report: Report, sealed: Root | None) -> None:
    checked = report.run.checked
    for name in sorted(checked):
        typer.echo(f"{checked[name]:>10,}  {name.replace('_', ' ')}")
    for reason, clocks in sorted(report.run.not_understood.items()):
        typer.echo(f"{clocks:>10,}  clocks that the oracle does not know: {reason}")
    for each in report.violations:
        typer.echo(f"{each.code}: {_words(each.code, each.row, each.params)}")
    told = "sound" if report.is_sound else f"{len(report.violations):,} violations"
    typer.echo(f"{told}, {report.seconds:.1f} s")
    if sealed is not None:
        typer.echo(f"root {sealed.digest} over {sealed.tickets:,} tickets and {sealed.events:,} events")
