"""
Answers to the plan's severity questions, as its rules know them: by name, numbers as the band that holds them.

Invariant: an answer that the plan does not have is refused, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from upheld.core.errors import UpheldError
from upheld.core.plan.model import Plan
from upheld.core.plan.model.severities import Question

YES_AND_NO: Final = {"yes": "true", "no": "false"}


class AnswerError(UpheldError):
    """
    An answer that the plan's questions do not have.
    """


@dataclass(frozen=True, slots=True)
class TicketFields:
    """
    Fields of a ticket that answer questions by themselves (``from_field``).
    """

    environment: str | None = None
    request_type: str | None = None
    product: str | None = None
    component: str | None = None


NO_FIELDS: Final = TicketFields()


def read_answers(plan: Plan, given: Mapping[str, str], fields: TicketFields = NO_FIELDS) -> dict[str, str]:
    """
    Return answers by the plan's names, in the order of its questions: numbers as the band that holds them, yes and no
    as ``true`` and ``false``, and what the ticket's fields answer already. Empty answers are none.

    Raises :class:`AnswerError` ``severity.unknown_question``, ``severity.unknown_answer``, ``severity.no_number`` or
    ``severity.number_in_no_band``.
    """
    scales = {each.scale for each in plan.severity_scores}
    if unknown := [name for name in given if name not in plan.severity_questions and name not in scales]:
        raise AnswerError("severity.unknown_question", given=unknown[0], known=[*plan.severity_questions, *scales])
    found = {}
    for name, question in plan.severity_questions.items():
        answer = _from_field(plan, question, fields)
        text = str(given.get(name, "")).strip()
        if answer is None and text:
            answer = _read(name, question, text)
        if answer is not None:
            found[name] = answer
    return found


def known_answers(plan: Plan, given: Mapping[str, str], fields: TicketFields = NO_FIELDS) -> dict[str, str]:
    """
    Return answers as :func:`read_answers` does, without those that this version of the plan does not have.
    """
    found = {}
    for name, question in plan.severity_questions.items():
        answer = _from_field(plan, question, fields)
        if answer is None and given.get(name):
            try:
                answer = _read(name, question, given[name].strip())
            except AnswerError:
                continue
        if answer is not None:
            found[name] = answer
    return found


def _from_field(plan: Plan, question: Question, fields: TicketFields) -> str | None:
    if question.from_field is None:
        return None
    value: str | None = getattr(fields, question.from_field)
    if value is None:
        return None
    if question.from_field == "environment" and set(question.answers) == {"true", "false"}:
        known = plan.environments.get(value)
        return None if known is None else str(known.production).lower()
    return value if value in question.answers else None


def _read(name: str, question: Question, text: str) -> str:
    if text in question.answers:
        return text
    plain = YES_AND_NO.get(text.lower(), text.lower())
    if plain in question.answers:
        return plain
    if question.bands:
        return _in_band(name, question, text)
    raise AnswerError("severity.unknown_answer", question=name, given=text, known=list(question.answers))


def _in_band(name: str, question: Question, text: str) -> str:
    number = number_of(name, text.removesuffix("%"))
    for answer, band in question.bands.items():
        if number in band:
            return answer
    raise AnswerError("severity.number_in_no_band", question=name, given=text, bands=list(map(str, question.bands)))


def number_of(name: str, text: str) -> Decimal:
    """
    Return a number that was given as an answer.

    Raises :class:`AnswerError` ``severity.no_number``.
    """
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise AnswerError("severity.no_number", question=name, given=text) from None
    if not number.is_finite():
        raise AnswerError("severity.no_number", question=name, given=text)
    return number
