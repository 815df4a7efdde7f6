"""
``upheld plan``: check plan documents, show what they mean, print the schema for editors.
"""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from upheld.cli.plan_compare import compare
from upheld.cli.plan_documents import plan_document
from upheld.cli.plan_judge import judge
from upheld.cli.plan_show import show
from upheld.core.errors import Finding, Weight
from upheld.core.plan.places import DocumentError

app = typer.Typer(no_args_is_help=True, help="Plan documents: lint, show, compare, and the schema for editors.")
app.command()(show)
app.command()(compare)
app.command()(judge)


class Form(enum.StrEnum):
    """
    Forms of the linter's output.
    """

    TEXT = "text"
    JSON = "json"


@app.command()
def lint(
    files: Annotated[list[Path], typer.Argument(help="Plan documents; - is the standard input.")],
    form: Annotated[Form, typer.Option("--format", help="text for people, json for programs.")] = Form.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail too.")] = False,
    assumptions: Annotated[bool, typer.Option(help="List the assumptions that the plan rests on.")] = True,
) -> None:
    """
    Check plan documents: everything that is wrong, with file, line, column and what to do.

    Exit code 0 without errors, 1 with errors (or warnings, with --strict).
    """
    texts: dict[str, str] = {}
    found: dict[str, tuple[Finding, ...]] = {}
    for file in files:
        found[str(file)] = findings_in(file, texts)
    shown = {
        file: [each for each in findings if assumptions or each.weight is not Weight.ASSUMPTION]
        for file, findings in found.items()
    }
    if form is Form.JSON:
        typer.echo(json.dumps(_as_data(shown), ensure_ascii=False, indent=2))
    else:
        _print(shown, texts)
    fatal = {Weight.ERROR, Weight.WARNING} if strict else {Weight.ERROR}
    if any(each.weight in fatal for findings in found.values() for each in findings):
        raise typer.Exit(1)


def findings_in(file: Path, texts: dict[str, str]) -> tuple[Finding, ...]:
    """
    Return what is found in one file, and put its text into ``texts`` for excerpts.
    """
    from upheld.core.plan.loading import load  # noqa: PLC0415  the schema needs no linter

    name = str(file)
    try:
        raw, _ = plan_document(name)
    except OSError as error:
        params = {"file": name, "reason": error.strerror or str(error)}
        return (Finding("cli.file_refused", Weight.ERROR, (), params=params),)
    texts[name] = raw.decode("utf-8-sig", errors="replace")
    try:
        return load(raw, name).findings
    except DocumentError as error:
        return error.findings


def _print(found: dict[str, list[Finding]], texts: dict[str, str]) -> None:
    from upheld.rendering.findings import print_findings  # noqa: PLC0415  JSON needs no colours

    console = Console(highlight=False, markup=False)
    every = [each for findings in found.values() for each in findings]
    print_findings(console, every, texts)


def _as_data(found: dict[str, list[Finding]]) -> dict[str, Any]:
    from upheld.rendering.findings import as_data  # noqa: PLC0415  terminal output needs no JSON

    every = [each for findings in found.values() for each in findings]
    return {
        "files": [
            {
                "file": file,
                "usable": not any(each.weight is Weight.ERROR for each in findings),
                "findings": as_data(findings),
            }
            for file, findings in found.items()
        ],
        "counts": {str(weight): sum(each.weight is weight for each in every) for weight in Weight},
    }


@app.command()
def schema() -> None:
    """
    Print the JSON Schema of plan documents, for completion and hints in editors.
    """
    from upheld.core.plan.schema import json_schema  # noqa: PLC0415  walking the model takes a moment

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
