"""
Severity rules: every combination of answers leads to one severity, and every number of a scale to one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple, TypeAlias

from upheld.core.errors import UpheldError
from upheld.core.plan.lint.found import Found, Key, error, note, warning
from upheld.core.plan.lint.tables import Row, gaps_and_overlaps
from upheld.core.plan.lint.targets import SAMPLES
from upheld.core.plan.model import Plan
from upheld.core.plan.model.bands import parse_band
from upheld.core.plan.model.severities import ScoreBands
from upheld.core.plan.places import Path

Combination: TypeAlias = Mapping[str, str]

MOST: Final = 20_000
"""More combinations of answers than this are not tried; nine questions with three answers each have about as many."""
MOST_TRIES: Final = 400_000
"""Nor are so many pairs of a combination and a rule."""


class _Set(NamedTuple):
    severity: str
    path: Path
    answers: Mapping[str, tuple[str, ...]]


def check(plan: Plan) -> Iterator[Found]:
    """
    Yield answers that fit no severity or several, and holes of score bands.
    """
    sets = [
        _Set(name, ("severities", name, "when", index), answers)
        for name, rule in plan.severities.items()
        for index, answers in enumerate(rule.when)
    ]
    if sets and _are_declared(plan, sets):
        yield from _combinations(plan, sets)
    for index, scores in enumerate(plan.severity_scores):
        yield from _scores(scores, ("severity_scores", index))
    for name, question in plan.severity_questions.items():
        path: Path = ("severity_questions", name, "bands")
        rows = [Row(band, (*path, answer)) for answer, band in question.bands.items()]
        most = Decimal(100) if any("%" in str(row.band) for row in rows) else None
        yield from gaps_and_overlaps(rows, (Decimal(0), most), path, table=name) if rows else ()


def _are_declared(plan: Plan, sets: Sequence[_Set]) -> bool:
    matrix = plan.severity_matrix
    named = {name for each in sets for name in each.answers} | ({matrix.rows, matrix.columns} if matrix else set())
    return named <= set(plan.severity_questions)


def _combinations(plan: Plan, sets: Sequence[_Set]) -> Iterator[Found]:
    asked = {name for each in sets for name in each.answers}
    asked |= {name for each in plan.severity_process.precedence for name in each if name in plan.severity_questions}
    if plan.severity_matrix:
        asked |= {plan.severity_matrix.rows, plan.severity_matrix.columns}
    questions = {name: each.answers for name, each in plan.severity_questions.items() if name in asked}
    count = math.prod(len(answers) for answers in questions.values())
    if count > MOST or count * len(sets) > MOST_TRIES:
        yield note("lint.severities_not_tried", Key(("severity_questions",)), count=count)
        return
    gaps: list[Combination] = []
    clashes: dict[tuple[str, ...], list[tuple[Combination, list[_Set]]]] = {}
    for answers in itertools.product(*questions.values()):
        combination = dict(zip(questions, answers, strict=True))
        fitting = [each for each in sets if _fits(each.answers, combination)]
        severities = tuple(dict.fromkeys(each.severity for each in fitting))
        if not severities and not _has_cell(plan, combination):
            gaps.append(combination)
        elif len(severities) > 1 and not _is_decided(plan, fitting, combination):
            clashes.setdefault(severities, []).append((combination, fitting))
    yield from _clashes(plan, clashes)
    if gaps:
        samples = [_shown(each) for each in _spread(gaps)]
        yield warning("lint.severity_gap", Key(("severities",)), count=len(gaps), of=count, samples=samples)


def _fits(answers: Mapping[str, tuple[str, ...]], combination: Combination) -> bool:
    return all(combination.get(question) in wanted for question, wanted in answers.items())


def _has_cell(plan: Plan, combination: Combination) -> bool:
    matrix = plan.severity_matrix
    return matrix is not None and combination[matrix.columns] in matrix.cells.get(combination[matrix.rows], {})


def _is_decided(plan: Plan, fitting: Sequence[_Set], combination: Combination) -> bool:
    """
    Return whether the plan says which of several severities wins: by weight, or by a set of answers that goes before
    all others and stands in the rules of one severity only.
    """
    if plan.severity_process.conflict in ("gravest", "lightest"):
        return True
    for first in plan.severity_process.precedence:
        if _fits(first, combination):
            winners = {each.severity for each in fitting if _holds(each.answers, first)}
            if winners:
                return len(winners) == 1
    return False


def _holds(answers: Mapping[str, tuple[str, ...]], first: Mapping[str, tuple[str, ...]]) -> bool:
    return all(question in answers and set(answers[question]) <= set(wanted) for question, wanted in first.items())


def _clashes(
    plan: Plan, clashes: Mapping[tuple[str, ...], Sequence[tuple[Combination, list[_Set]]]]
) -> Iterator[Found]:
    for severities, found in clashes.items():
        paths = list(dict.fromkeys(each.path for _, fitting in found for each in fitting))
        samples = [_shown(combination) for combination in _spread([combination for combination, _ in found])]
        facts = {"severities": severities, "count": len(found), "samples": samples}
        conflict = plan.severity_process.conflict
        yield warning("lint.severity_conflict", paths[0], *paths[1:], **facts, conflict=conflict)


def _spread(found: Sequence[Combination]) -> list[Combination]:
    """
    Return a few combinations from all over the list, so that they differ in more than the last answer.
    """
    step = max(1, len(found) // SAMPLES)
    return list(found[::step][:SAMPLES])


def _shown(combination: Combination) -> str:
    return "(" + ", ".join(f"{question}: {answer}" for question, answer in combination.items()) + ")"


def _scores(scores: ScoreBands, path: Path) -> Iterator[Found]:
    limits = []
    for key in ("lowest", "highest"):
        try:
            limits.append(_number(getattr(scores, key)))
        except InvalidOperation:
            yield error("lint.score_limit_unreadable", (*path, key), given=getattr(scores, key))
    rows = []
    for text in scores.bands:
        try:
            rows.append(Row(parse_band(text), (*path, "bands", text)))
        except UpheldError as refused:
            yield error(refused.code, Key((*path, "bands", text)), **refused.params)
    if len(limits) == 2 and len(rows) == len(scores.bands):  # noqa: PLR2004 - both ends
        yield from gaps_and_overlaps(rows, (limits[0], limits[1]), (*path, "bands"), table=scores.scale)


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise InvalidOperation
    return number
