"""
Severity from the plan's rules: answers to its questions in, a suggestion out, with the rule that gave it.

Invariant: nothing is guessed. A suggestion names the place of its rule in the plan document; where no rule fits, or
several do and the plan does not say which wins, there is none, and a person decides.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from upheld.core import events as ev
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.bands import parse_band
from upheld.core.plan.model.severities import ScoreBands
from upheld.core.severity.answers import NO_FIELDS, TicketFields, number_of, read_answers

Wanted: TypeAlias = Mapping[str, tuple[str, ...]]
"""Answers by question, any of which fits."""


class Because(enum.StrEnum):
    """
    Why a suggestion is what it is.
    """

    ONLY_FIT = "only_fit"
    PRECEDENCE = "precedence"
    GRAVEST = "gravest"
    LIGHTEST = "lightest"
    ENVIRONMENT = "environment"
    NO_RULE_FITS = "no_rule_fits"
    SEVERAL_FIT = "several_fit"


class Fit(NamedTuple):
    """
    A rule that fits: its severity, its place in the plan document (``severities.urgent.when[1]``), the answers that
    made it fit, and the policy's words for it by language.
    """

    severity: str
    rule: str
    answers: tuple[tuple[str, str], ...]
    words: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """
    What the rules suggest. ``rule`` is the place of what decided, empty where nothing did.

    ``fits`` are all rules that fit, the gravest severity first; ``answers`` what was known, by the plan's names.
    ``open_questions`` (the customer's), ``support_questions`` and ``open_fields`` (of the ticket) are those whose
    answer could still change the suggestion, in the order of the plan.
    """

    severity: str | None
    because: Because
    rule: str = ""
    fits: tuple[Fit, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    open_questions: tuple[str, ...] = ()
    support_questions: tuple[str, ...] = ()
    open_fields: tuple[str, ...] = ()

    @property
    def winner(self) -> Fit | None:
        """
        The rule of the suggested severity, the first where several of its rules fit.
        """
        return next((each for each in self.fits if each.severity == self.severity), None)

    def event(self, *, seq: int, at: Instant) -> ev.SeveritySuggested:
        """
        Return the event that records it.
        """
        return ev.SeveritySuggested(seq=seq, effective_at=at, severity=self.severity, rule=self.rule)


class Unmet(NamedTuple):
    """
    Why a rule does not fit: the question, what was answered (``None``: nothing yet), and what the rule wants.
    """

    rule: str
    question: str
    given: str | None
    wanted: tuple[str, ...]


class _Rule(NamedTuple):
    severity: str
    place: str
    wanted: Wanted
    words: Mapping[str, str] | None


def suggest(plan: Plan, given: Mapping[str, str], fields: TicketFields = NO_FIELDS) -> Suggestion:
    """
    Return the severity that the plan's rules suggest for some answers, of which any may be missing.

    Raises :class:`~upheld.core.severity.answers.AnswerError` as :func:`~upheld.core.severity.answers.read_answers`.
    """
    answers = read_answers(plan, given, fields)
    rules = list(_rules(plan))
    order = list(plan.severities)
    fitting = [_fit(each, answers) for each in rules if _holds(each.wanted, answers)] + _scored(plan, given)
    fitting = sorted((each for each in fitting if each.severity in order), key=lambda each: order.index(each.severity))
    possible = [each for each in fitting if each.severity in allowed(plan, fields.environment)]
    first = _precedence(plan, rules, possible, answers)
    is_barred = bool(fitting) and not possible
    severity, because, rule = _barred(plan, fields.environment) if is_barred else _decide(plan, possible, first)
    asked = _open_questions(plan, rules, answers, severity, is_settled=first is not None)
    of = {name: plan.severity_questions[name] for name in asked}
    return Suggestion(
        severity,
        because,
        rule,
        tuple(fitting),
        tuple(answers.items()),
        tuple(name for name, each in of.items() if each.from_field is None and each.asked_of == "customer"),
        tuple(name for name, each in of.items() if each.from_field is None and each.asked_of == "support"),
        tuple(dict.fromkeys(each.from_field for each in of.values() if each.from_field is not None)),
    )


def _rules(plan: Plan) -> Iterator[_Rule]:
    """
    Yield every rule that answers can fit: sets of answers, then cells of the matrix.
    """
    for name, severity in plan.severities.items():
        for index, wanted in enumerate(severity.when):
            words = severity.lines[index] if severity.lines else severity.text
            yield _Rule(name, f"severities.{name}.when[{index}]", wanted, words)
    matrix = plan.severity_matrix
    if matrix is not None:
        for row, cells in matrix.cells.items():
            for column, name in cells.items():
                wanted = {matrix.rows: (row,), matrix.columns: (column,)}
                known = plan.severities.get(name)
                yield _Rule(name, f"severity_matrix.cells.{row}.{column}", wanted, known.text if known else None)


def _scored(plan: Plan, given: Mapping[str, str]) -> list[Fit]:
    """
    Return the bands of scales that hold a given score.
    """
    found = []
    for index, scores in enumerate(plan.severity_scores):
        text = str(given.get(scores.scale, "")).strip()
        if text:
            number = number_of(scores.scale, text)
            found += [
                Fit(name, f"severity_scores[{index}].bands.{band}", ((scores.scale, text),))
                for band, name in _bands_that_hold(scores, number)
            ]
    return found


def _bands_that_hold(scores: ScoreBands, number: Decimal) -> list[tuple[str, str]]:
    return [(band, name) for band, name in scores.bands.items() if number in parse_band(band)]


def _fit(rule: _Rule, answers: Mapping[str, str]) -> Fit:
    used = tuple((question, answers[question]) for question in rule.wanted)
    return Fit(rule.severity, rule.place, used, rule.words)


def _holds(wanted: Wanted, answers: Mapping[str, str]) -> bool:
    return all(answers.get(question) in any_of for question, any_of in wanted.items())


def _may_hold(wanted: Wanted, answers: Mapping[str, str]) -> bool:
    """
    Return whether no answer contradicts a set, though some may be missing.
    """
    return all(question not in answers or answers[question] in any_of for question, any_of in wanted.items())


def words_of(plan: Plan, rule: str) -> Mapping[str, str]:
    """
    Return the policy's words for the rule at a place, by language; none where it has none or is not there.
    """
    return next((each.words or {} for each in _rules(plan) if each.place == rule), {})


def allowed(plan: Plan, environment: str | None) -> tuple[str, ...]:
    """
    Return the severities that a ticket can have in an environment, the gravest first.
    """
    known = plan.environments.get(environment or "")
    return tuple(each for each in plan.severities if not known or not known.severities or each in known.severities)


_Decided: TypeAlias = tuple[str | None, Because, str]


def _barred(plan: Plan, environment: str | None) -> _Decided:
    """
    Return the gravest severity that an environment can have, where it can have none of those that fit.
    """
    return next(iter(allowed(plan, environment)), None), Because.ENVIRONMENT, f"environments.{environment}.severities"


def _decide(plan: Plan, possible: Sequence[Fit], first: Fit | None) -> _Decided:
    """
    Return the severity, why, and the place of what decided; ``first`` is what the plan lets win over all others.
    """
    if not possible:
        return None, Because.NO_RULE_FITS, ""
    gravest, conflict = possible[0], plan.severity_process.conflict
    lightest = next(each for each in possible if each.severity == possible[-1].severity)
    if gravest.severity == lightest.severity:
        found, because = gravest, Because.ONLY_FIT
    elif first is not None:
        found, because = first, Because.PRECEDENCE
    elif conflict == "gravest":
        found, because = gravest, Because.GRAVEST
    elif conflict == "lightest":
        found, because = lightest, Because.LIGHTEST
    else:
        return None, Because.SEVERAL_FIT, ""
    return found.severity, because, found.rule


def _precedence(plan: Plan, rules: Sequence[_Rule], possible: Sequence[Fit], answers: Mapping[str, str]) -> Fit | None:
    """
    Return the rule that a set of the plan's ``precedence`` lets win: one that fits because of these very answers.
    """
    wanted = {each.place: each.wanted for each in rules}
    for first in plan.severity_process.precedence:
        if not _holds(first, answers):
            continue
        named = [each for each in possible if _demands(wanted.get(each.rule, {}), first)]
        if named:
            return named[0] if len({each.severity for each in named}) == 1 else None
    return None


def _demands(wanted: Wanted, first: Wanted) -> bool:
    return all(question in wanted and set(wanted[question]) <= set(any_of) for question, any_of in first.items())


def _open_questions(
    plan: Plan, rules: Sequence[_Rule], answers: Mapping[str, str], severity: str | None, *, is_settled: bool
) -> tuple[str, ...]:
    """
    Return the questions that are unanswered and of which an answer could still change the suggestion.

    ``is_settled`` says that a set of ``precedence`` decided; then only those before it still can.
    """
    wanted: set[str] = set()
    for first in plan.severity_process.precedence:
        if is_settled and _holds(first, answers):
            break
        if _may_hold(first, answers):
            wanted |= set(first)
    order, conflict = list(plan.severities), plan.severity_process.conflict
    for rule in () if is_settled else rules:
        if _may_hold(rule.wanted, answers) and _could_win(conflict, rule.severity, severity, order):
            wanted |= set(rule.wanted)
    return tuple(name for name in plan.severity_questions if name in wanted and name not in answers)


def _could_win(conflict: str, other: str, severity: str | None, order: list[str]) -> bool:
    if severity is None or other not in order or severity not in order:
        return True
    if conflict == "gravest":
        return order.index(other) < order.index(severity)
    if conflict == "lightest":
        return order.index(other) > order.index(severity)
    return other != severity


def why_not(plan: Plan, severity: str, suggestion: Suggestion) -> tuple[Unmet, ...]:
    """
    Return why no rule of a severity fits, the rules that lack the fewest answers first; nothing where one fits, or
    where the plan has no rule for it.
    """
    answers = dict(suggestion.answers)
    lacking = []
    for rule in _rules(plan):
        if rule.severity != severity:
            continue
        missing = tuple(
            Unmet(rule.place, question, answers.get(question), any_of)
            for question, any_of in rule.wanted.items()
            if answers.get(question) not in any_of
        )
        if not missing:
            return ()
        lacking.append(missing)
    return tuple(each for missing in sorted(lacking, key=len) for each in missing)
