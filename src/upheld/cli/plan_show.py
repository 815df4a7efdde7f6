"""
``upheld plan show``: a plan as a policy page that people read: at the terminal, on the web, on paper (PDF), in Markdown
or as data.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from upheld.cli.plan_documents import plan_document
from upheld.core.errors import Place, UpheldError
from upheld.core.plan.shapes import closest


class Form(enum.StrEnum):
    """
    Forms of the page.
    """

    TEXT = "text"
    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"
    PDF = "pdf"


class PlanCommandError(UpheldError):
    """
    A plan that does not have what was asked for.
    """


def show(
    plan: Annotated[Path, typer.Argument(help="Plan document (or a plan that ships); - is the standard input.")],
    tier: Annotated[str | None, typer.Option(help="Show this tier alone.")] = None,
    language: Annotated[str, typer.Option(help="Language of names and texts, where the plan has it.")] = "en",
    zone: Annotated[list[str] | None, typer.Option(help="Show the week in this zone, too; can be repeated.")] = None,
    on: Annotated[str | None, typer.Option(help="Day from which holidays are listed; today unless told.")] = None,
    form: Annotated[Form, typer.Option("--format", help="text, html, pdf, markdown or json.")] = Form.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write into this file.")] = None,
) -> None:
    """
    Show a plan as a page that people read: targets, hours, holidays, channels, credits, what is covered, the contract.
    """
    from upheld.core.plan.describe.policy import policy  # noqa: PLC0415  (loaded when it is needed)
    from upheld.core.plan.loading import load_usable  # noqa: PLC0415
    from upheld.rendering.policy_data import as_data  # noqa: PLC0415

    raw, name = plan_document(str(plan))
    loaded = load_usable(raw, name)
    if tier is not None and tier not in loaded.plan.tiers:
        raise unknown_tier(tier, list(loaded.plan.tiers), Place(str(plan), *loaded.document.values["tiers",]))
    day = _day(on)
    page = policy(loaded.plan, loaded.document, on=day, tier=tier, language=language, zones=zone or ())
    shown = as_data(page, language)
    if form is Form.PDF:
        made = _paper(shown, hashlib.sha256(raw).hexdigest(), day, language)
        _written(made, output)
        return
    text = _formed(form, shown, language)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _paper(page: dict[str, Any], digest: str, on: dt.date, language: str) -> bytes:
    import upheld  # noqa: PLC0415
    from upheld.rendering.policy_pdf import policy_pdf  # noqa: PLC0415

    return policy_pdf(page, made_by=f"Upheld {upheld.__version__}", on=on, digest=digest, language=language)


def _written(made: bytes, output: Path | None) -> None:
    """
    Write a PDF into the file, or to a program that reads the output; a terminal cannot show it.
    """
    if output is not None:
        output.write_bytes(made)
    elif sys.stdout.isatty():
        raise PlanCommandError("plan.pdf_needs_file")
    else:
        typer.echo(made, nl=False)


def _day(given: str | None) -> dt.date:
    """
    Return the day that was named, or today.
    """
    if given is None:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise PlanCommandError("plan.bad_date", given=given) from None


def _formed(form: Form, page: dict[str, Any], language: str) -> str:
    import upheld  # noqa: PLC0415

    made_by = f"Upheld {upheld.__version__}"
    if form is Form.JSON:
        return json.dumps(page, ensure_ascii=False, indent=2) + "\n"
    if form is Form.HTML:
        from upheld.rendering.policy_page import policy_page  # noqa: PLC0415

        return policy_page(page, made_by=made_by, language=language)
    if form is Form.MARKDOWN:
        from upheld.rendering.policy_markdown import policy_markdown  # noqa: PLC0415

        return policy_markdown(page, made_by=made_by)
    from rich.console import Console  # noqa: PLC0415

    from upheld.rendering.policy_terminal import print_policy  # noqa: PLC0415

    console = Console(highlight=False, markup=False)
    with console.capture() as captured:
        print_policy(console, page)
    return captured.get()


def unknown_tier(tier: str, known: list[str], place: Place) -> PlanCommandError:
    """
    Return the refusal of a tier that the plan does not have, with the one that was probably meant.
    """
    suggestion = closest(tier, known)
    return PlanCommandError(
        "plan.unknown_tier", given=tier, known=", ".join(known), suggestion=suggestion or known[0], file=place.file
    )
