"""
The plan's severity questions in a new ticket: which are asked, and what the answers suggest, in the plan's words.

Invariant: a suggestion is the core's; the customer's urgency stays theirs, and support decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.plan.model.severities import Question
from upheld.core.severity.answers import AnswerError, TicketFields
from upheld.core.severity.suggestion import Because, Suggestion, suggest
from upheld.rendering.explanations import plain
from upheld.web.portal.names import called

ASKED: Final = "severity-"
"""Prefix of the names of the questions' fields."""


def asked_of_customers(plan: Plan) -> dict[str, Question]:
    """
    Return the questions that customers are asked: not those that a field of the ticket answers, nor support's own.
    """
    return {
        name: each
        for name, each in plan.severity_questions.items()
        if each.from_field is None and each.asked_of == "customer"
    }


def offered(question: Question) -> list[tuple[str, str]]:
    """
    Return the answers of a question with their words; the first is for those who do not know.
    """
    words = {"true": _("Yes"), "false": _("No")}
    found = [(each, words.get(each, plain(each))) for each in question.answers]
    numbers = {name: str(band) for name, band in question.bands.items()}
    return [
        *((each, f"{word} ({numbers[each]})" if each in numbers else word) for each, word in found),
        ("", _("I do not know")),
    ]


def answers_in(given: Mapping[str, str], plan: Plan) -> dict[str, str]:
    """
    Return the answers to the questions among the fields of a form.
    """
    found = {name: given.get(ASKED + name, "") for name in asked_of_customers(plan)}
    return {name: answer for name, answer in found.items() if answer}


def suggestion_of(plan: Plan, given: Mapping[str, str]) -> Suggestion | None:
    """
    Return what the answers of a form suggest so far; nothing where the plan asks nothing, or does not know an answer.
    """
    if not plan.severity_questions:
        return None
    environment = given.get("place", "").partition("@")[0]
    fields = TicketFields(
        environment=environment if environment in plan.environments else None,
        request_type=given.get("request_type") or None,
        product=given.get("product") or None,
    )
    try:
        return suggest(plan, answers_in(given, plan), fields)
    except AnswerError:
        return None


@dataclass(frozen=True, slots=True)
class Suggested:
    """
    What the answers suggest, in words: the severity, the policy's line that says so, and the answers that it rests on.
    """

    severity: str
    label: str
    rule: str
    because: str
    answers: tuple[str, ...]


def suggested(plan: Plan, found: Suggestion | None, language: str) -> Suggested | None:
    """
    Return a suggestion in words; nothing as long as the customer has answered nothing.
    """
    if found is None or found.severity is None:
        return None
    winner = found.winner
    rule = in_language(winner.words, language) if winner and winner.words else ""
    answers = winner.answers if winner else ()
    return Suggested(
        found.severity,
        called(plan, "severities", found.severity, language),
        rule,
        _why(plan, found, language),
        tuple(_answer(plan, *each, language) for each in answers),
    )


def _why(plan: Plan, found: Suggestion, language: str) -> str:
    if found.because is Because.ENVIRONMENT:
        environment = found.rule.split(".")[1]
        where = called(plan, "environments", environment, language)
        return _("“%(environment)s” has no graver one.") % {"environment": where}
    if found.because is Because.GRAVEST:
        return _("Several rules fit; the gravest counts.")
    if found.because is Because.LIGHTEST:
        return _("Several rules fit; the lightest counts.")
    return ""


def _answer(plan: Plan, name: str, answer: str, language: str) -> str:
    question = plan.severity_questions.get(name)
    if question is None:
        return f"{name}: {answer}"
    word = dict(offered(question)).get(answer, plain(answer))
    return f"{in_language(question.ask, language)} {word}"
