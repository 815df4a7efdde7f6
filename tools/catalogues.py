# ruff: noqa: INP001  (scripts beside the project, not a package of it)
"""
docs/catalogues.md: what each plan document that ships says, and what it assumes, made from the documents themselves.

``python -m tools.catalogues --write`` writes it; without it the page is compared with today's documents.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from upheld import catalogues
from upheld.core.errors import Finding
from upheld.core.plan.loading import LoadedPlan, load
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.plan.model.metrics import Target
from upheld.wording import say

DOCUMENT: Final = Path(__file__).resolve().parent.parent / "docs" / "catalogues.md"
WORDS: Final = {"best_effort": "best effort", "missing": "by contract", "none": "none", "agreed": "as agreed"}
HEAD: Final = """\
# The plan documents that ship

Upheld ships the support policies of five vendors as plan documents (one vendor has two), and one of an invented
company for exports of an IT service desk. `upheld plan show NAME` shows one whole.

A policy is prose, and prose leaves things open. Each hole stands below with the source's words and how it was read.
Under *found by the linter* stands what the linter finds in the document by itself; an assumption settles each.

This page is made from the documents: `python -m tools.catalogues --write`.
"""


def page() -> str:
    """
    Return the whole page.
    """
    loaded = {name: load(catalogues.read(name), f"{name}.yaml") for name in catalogues.names()}
    return HEAD + "".join("\n" + "\n".join(_catalogue(name, each)) + "\n" for name, each in loaded.items())


def _catalogue(name: str, loaded: LoadedPlan) -> Iterator[str]:
    plan = loaded.plan
    since = f", in force from {plan.effective}" if plan.effective else ""
    yield f"## {name}"
    yield ""
    yield f"*{_text(plan.name) or plan.plan}* by {plan.vendor}, version {plan.version}{since}."
    yield ""
    yield from _sections(plan)
    for metric in plan.metrics:
        yield from _targets(plan, metric)
    yield from _assumptions(plan)
    yield from _holes(loaded)


def _sections(plan: Plan) -> Iterator[str]:
    yield "| | |"
    yield "| --- | --- |"
    rows = {
        "tiers": [_text(each.name) or key for key, each in plan.tiers.items()],
        "hours": [_text(each.name) or key for key, each in plan.calendars.items()],
        "channels": [_text(each.name) or key for key, each in plan.channels.items()],
        "severities": [_text(each.name) or key for key, each in plan.severities.items()],
        "questions that suggest one": list(plan.severity_questions),
        "request types": [_text(each.name) or key for key, each in plan.request_types.items()],
        "intake asks for": [each.field for each in plan.intake.fields],
        "credits": [_text(each.name) or key for key, each in plan.credits.items()],
        "availability": [f"{each.target}% a {each.per.each}" for each in plan.availability.values()],
        "allowances": [_text(each.name) or key for key, each in plan.allowances.items()],
        "reviews": [_text(each.name) or key for key, each in plan.reviews.items()],
        "rights": [_text(each.name) or key for key, each in plan.rights.items()],
        "contact lists": [_text(each.name) or key for key, each in plan.contacts.items()],
    }
    for title, found in rows.items():
        if found:
            yield f"| {title} | {_cell('; '.join(found))} |"
    yield ""


def _targets(plan: Plan, metric: str) -> Iterator[str]:
    """
    Yield the table of a metric: a row for each severity, or one for all, and a column for each tier.
    """
    tiers = {key: tier for key, tier in plan.tiers.items() if metric in tier.targets}
    if not tiers:
        return
    for_all = all(not row.severity for tier in tiers.values() for row in tier.targets[metric])
    columns = " | ".join(_text(tier.name) or key for key, tier in tiers.items())
    yield f"| {_text(plan.metrics[metric].name) or metric} | {columns} |"
    yield f"| --- |{' --- |' * len(tiers)}"
    for severity in ["all"] if for_all else plan.severities:
        rows = (tier.targets[metric] for tier in tiers.values())
        cells = [
            " or ".join(_target(row) for row in found if for_all or severity in row.severity) or "none"
            for found in rows
        ]
        named = "all tickets" if for_all else _text(plan.severities[severity].name) or severity
        yield f"| {named} | {' | '.join(cells)} |"
    yield ""


def _target(row: Target) -> str:
    if row.within is None:
        return WORDS.get(row.kind, row.kind)
    less = "less than " if row.bound == "exclusive" else ""
    return f"{less}{f'{row.early} to ' if row.early else ''}{row.within}"


def _assumptions(plan: Plan) -> Iterator[str]:
    if not plan.assumptions:
        return
    yield f"### What {_text(plan.name) or plan.plan} leaves open"
    yield ""
    yield "| about | the source | read as |"
    yield "| --- | --- | --- |"
    for each in plan.assumptions:
        yield f"| `{each.about}` | {_cell(each.text)} | {_cell(each.reading)} |"
    yield ""


def _holes(loaded: LoadedPlan) -> Iterator[str]:
    found = [each for each in loaded.findings if each.code != "lint.assumption"]
    if not found:
        return
    yield "Found by the linter:"
    yield ""
    for each in found:
        yield f"- `{each.places[0].path or each.places[0]}`: {_cell(_first_sentence(each))}"
    yield ""


def _first_sentence(finding: Finding) -> str:
    text = say(finding.code, finding.params)
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def _text(words: dict[str, str] | None) -> str:
    return in_language(words, "en")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """
    Compare the page with the documents, or with ``--write`` bring it up to date; return the exit code.
    """
    made = page()
    if "--write" in arguments:
        DOCUMENT.write_text(made, encoding="utf-8")
        return 0
    if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != made:
        sys.stdout.write("docs/catalogues.md is not what the plan documents say; run: make docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
