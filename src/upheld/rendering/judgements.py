"""
Judgements as lines of text: severity, coverage and intake of a request, each with its rule's place and words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from upheld.core.coverage import Judgement
from upheld.core.intake import Missing
from upheld.core.plan.loading import LoadedPlan
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.severity.suggestion import Because, Suggestion

BECAUSE: Final = {
    Because.ONLY_FIT: "one rule fits",
    Because.PRECEDENCE: "several rules fit, and the plan lets this one go first",
    Because.GRAVEST: "several rules fit, and the plan takes the gravest",
    Because.LIGHTEST: "several rules fit, and the plan takes the lightest",
    Because.ENVIRONMENT: "the environment can have none graver",
    Because.NO_RULE_FITS: "no rule fits; a person decides",
    Because.SEVERAL_FIT: "several rules fit, and the plan does not say which wins; a person decides",
}
VERDICTS: Final = {
    "covered": "covered",
    "best_effort": "best effort, outside the promise",
    "chargeable": "chargeable",
    "not_covered": "not covered",
    "undecided": "undecided; a person decides",
}
CLOCKS: Final = {
    "clock_runs": "clocks run on meanwhile",
    "clock_pauses": "clocks pause meanwhile",
    "clock_not_started": "clocks start when it is there",
}


def judgement_lines(
    loaded: LoadedPlan, suggestion: Suggestion, judged: Judgement, lacking: Missing, language: str
) -> Iterator[str]:
    """
    Yield the lines that tell what a plan says of a request.
    """
    yield from _severity(loaded, suggestion, language)
    yield from _coverage(loaded, judged, language)
    yield from _intake(loaded, lacking, language)


def _severity(loaded: LoadedPlan, found: Suggestion, language: str) -> Iterator[str]:
    name = _named(loaded.plan, found.severity, language) if found.severity else "none suggested"
    yield f"Severity: {name} ({BECAUSE[found.because]})"
    if found.because is Because.ENVIRONMENT:
        yield f"  by {_place(loaded, found.rule)}"
    for each in found.fits:
        mark = "by" if each.rule == found.rule else "fits too"
        told = ", ".join(f"{question}: {answer}" for question, answer in each.answers)
        yield f"  {mark} {_place(loaded, each.rule)} {_named(loaded.plan, each.severity, language)} ({told})"
        if words := in_language(each.words, language):
            yield f"     {words}"
    for title, names in (("ask", found.open_questions), ("support answers", found.support_questions)):
        for question in names:
            rule = loaded.plan.severity_questions[question]
            yield f"  {title}: {in_language(rule.ask, language)} ({question}: {', '.join(rule.answers)})"
    for each_field in found.open_fields:
        yield f"  ask: {each_field}"


def _coverage(loaded: LoadedPlan, found: Judgement, language: str) -> Iterator[str]:
    yield f"Coverage: {VERDICTS[found.coverage.value]}"
    for rule in found.rules:
        yield f"  by {_place(loaded, rule)}"
    if words := in_language(found.words, language):
        yield f"     {words}"
    if found.becomes:
        yield f"  becomes: {found.becomes}"
    if found.routes:
        yield f"  ways: {', '.join(found.routes)}"
    if found.needs_review:
        yield "  support decides first, with a reason"
    if found.needs_approval:
        yield "  the customer approves the charge before work starts"
    if found.offers:
        yield f"  offered instead: {', '.join(found.offers)}"
    for each in found.choices:
        grounds = ", ".join(ground.replace("_", " ") for ground in each.grounds)
        yield f"  or {VERDICTS[each.coverage.value]}, {_place(loaded, each.rule)}, on one of: {grounds}"


def _intake(loaded: LoadedPlan, found: Missing, language: str) -> Iterator[str]:
    if not found.fields and not found.secrets:
        yield "Missing: nothing"
        return
    where = f", {_place(loaded, found.rule)}" if found.rule else ", for the plan says nothing else"
    yield f"Missing ({CLOCKS[found.clock]}{where})"
    for each in found.fields:
        yield f"  {in_language(each.field.ask, language)} ({each.field.field}, {_place(loaded, each.place)})"
    for each in found.secrets:
        yield f"  {in_language(each.field.ask, language)} ({each.field.field}, through the vault)"


def _named(plan: Plan, severity: str, language: str) -> str:
    rule = plan.severities.get(severity)
    return in_language(rule.name if rule else None, language, severity)


def _place(loaded: LoadedPlan, rule: str) -> str:
    place = loaded.place_of(rule)
    return f"{place} {rule}" if place else rule
