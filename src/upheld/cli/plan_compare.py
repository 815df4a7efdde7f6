"""
``upheld plan compare``: what changes for the customer between two versions of a plan, or between two tiers.
"""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from upheld.cli.plan_documents import plan_document
from upheld.core.errors import UpheldError

if TYPE_CHECKING:
    from upheld.core.plan.compare import Subject

TWO = 2


class Form(enum.StrEnum):
    """
    Forms of the comparison.
    """

    TEXT = "text"
    HTML = "html"
    JSON = "json"


class CompareCommandError(UpheldError):
    """
    Options that do not go together.
    """


def compare(
    before: Annotated[Path, typer.Argument(help="Plan document (or a plan that ships); - is the standard input.")],
    after: Annotated[Path | None, typer.Argument(help="The other one; the same plan, with two tiers.")] = None,
    tier: Annotated[
        list[str] | None, typer.Option(help="Once: this tier on both sides. Twice: the tier before, the tier after.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="text, html (one self-contained page), or json.")] = Form.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write into this file.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="List what is the same, too.")] = False,
    year: Annotated[int | None, typer.Option(min=1971, max=2190, help="Year over which hours are tried.")] = None,
) -> None:
    """
    Compare two versions of a plan, or two tiers: each promise better, the same, worse, or for a person to judge.

    Exit code 0 where nothing is worse and nothing is left to judge, 1 otherwise.
    """
    from upheld.core.plan.compare import compare as compared  # noqa: PLC0415  (loaded when it is needed)
    from upheld.core.plan.compare import ruling  # noqa: PLC0415
    from upheld.rendering.comparison_data import as_data, title_of  # noqa: PLC0415

    tiers = tier or []
    if len(tiers) > TWO:
        raise CompareCommandError("compare.too_many_tiers")
    if after is None and len(tiers) < TWO:
        raise CompareCommandError("compare.two_tiers_needed")
    one, other = _subject(before, tiers[0] if tiers else None), _subject(after or before, tiers[-1] if tiers else None)
    found = compared(one, other, year=year)
    ruled = ruling(found, one.plan.terms) if after is not None else None
    data = as_data(found, title_of(found, one.plan, other.plan), ruling=ruled)
    _write(_formed(form, data, everything=everything), output)
    if not found.is_nowhere_worse:
        raise typer.Exit(1)


def _subject(file: Path, tier: str | None) -> Subject:
    from upheld.core.plan.compare import Subject as Made  # noqa: PLC0415
    from upheld.core.plan.loading import load_usable  # noqa: PLC0415

    loaded = load_usable(*plan_document(str(file)))
    return Made(plan=loaded.plan, document=loaded.document, tier=tier)


def _formed(form: Form, data: dict[str, Any], *, everything: bool) -> str:
    if form is Form.JSON:
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if form is Form.HTML:
        import upheld  # noqa: PLC0415
        from upheld.rendering.comparison_page import comparison_page  # noqa: PLC0415

        return comparison_page(data, made_by=f"Upheld {upheld.__version__}")
    from rich.console import Console  # noqa: PLC0415

    from upheld.rendering.comparison_terminal import print_comparison  # noqa: PLC0415

    console = Console(highlight=False, markup=False)
    with console.capture() as captured:
        print_comparison(console, data, everything=everything)
    return captured.get()


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
