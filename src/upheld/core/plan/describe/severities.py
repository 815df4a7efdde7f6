"""
How grave a ticket is: what the severities mean, what suggests one, who decides, and what customers call urgent.
"""

from __future__ import annotations

from collections.abc import Iterator

from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import DASH, Block, Cell, Facts, Items, Line, Said, Section, Table, plain
from upheld.core.plan.describe.telling import details, labelled
from upheld.core.plan.describe.values import Words, yes_or_no
from upheld.core.plan.model.severities import Question, SeverityRule
from upheld.core.plan.places import Path

_PROCESS = (
    "assigned_by", "confirmed_by_support", "until_assigned", "conflict", "raised", "lowered", "needs_reason",
    "breached_before_lowering",
)  # fmt: skip


def severities(words: Words) -> Section:
    """
    Return the severities with the policy's words, the gravest first, and how one is found.
    """
    plan = words.plan
    rows = tuple(
        (plain(words.called("severities", name)), cell)
        for name, rule in plan.severities.items()
        if (cell := tuple(_severity(words, name, rule)))
    )
    blocks: list[Block] = [Facts(title=Said("policy.title_severities"), rows=rows)] if rows else []
    questions = tuple(_question(words, name, each) for name, each in plan.severity_questions.items())
    if questions:
        blocks.append(Items(title=Said("policy.title_questions"), items=questions))
    blocks += _matrix(words)
    blocks += _scores(words)
    urgencies = tuple(
        (plain(words.called("urgencies", name)),
         (Line(Said("policy.urgency_stands_for", {"severity": words.called("severities", each.severity)})
               if each.severity else Said("policy.urgency_alone"), (("urgencies", name),)),))
        for name, each in plan.urgencies.items()
    )  # fmt: skip
    if urgencies:
        blocks.append(Facts(title=Said("policy.title_urgencies"), rows=urgencies))
    process = tuple(_process(words))
    if process:
        blocks.append(Facts(title=Said("policy.title_process"), rows=process))
    return Section(key="severities", blocks=tuple(blocks))


def _severity(words: Words, name: str, rule: SeverityRule) -> Iterator[Line]:
    path: Path = ("severities", name)
    if rule.text:
        yield Line(plain(words.text(rule.text)), (path,))
    for at, answered in enumerate(rule.when):
        line = words.text(rule.lines[at]) if rule.lines else ""
        code = "policy.severity_when_line" if line else "policy.severity_when"
        facts = {"answers": words.answered(answered), "line": line}
        yield Line(Said(code, facts), ((*path, "when"),), is_quiet=True)
    yield from details(words, rule, path, "severity", ("reported_by",), is_quiet=True)


def _question(words: Words, name: str, question: Question) -> Cell:
    path: Path = ("severity_questions", name)
    lines = [Line(plain(words.text(question.ask)), (path,))]
    if question.bands:
        told = [Said("policy.answer_band", {"answer": key.replace("_", " "), "band": values.band(band, "")})
                for key, band in question.bands.items()]  # fmt: skip
        lines.append(Line(Said("policy.question_answers", {"answers": Said("policy.joined", {"parts": told})}),
                          ((*path, "bands"),), is_quiet=True))  # fmt: skip
    else:
        given = ", ".join(yes_or_no(each) for each in question.answers)
        lines.append(Line(Said("policy.question_answers", {"answers": given}), ((*path, "answers"),), is_quiet=True))
    return (*lines, *details(words, question, path, "question", ("asked_of", "from_field"), is_quiet=True))


def _matrix(words: Words) -> Iterator[Table]:
    matrix = words.plan.severity_matrix
    if matrix is None:
        return
    columns = list(dict.fromkeys(column for cells in matrix.cells.values() for column in cells))
    rows, across = (_asked(words, name) for name in (matrix.rows, matrix.columns))
    path: Path = ("severity_matrix",)
    yield Table(
        title=Said("policy.title_matrix", {"rows": rows, "columns": across}),
        headings=(plain(rows), *(plain(yes_or_no(each)) for each in columns)),
        rows=tuple(
            (
                (Line(plain(yes_or_no(row)), ((*path, "cells", row),)),),
                *(
                    (Line(plain(words.called("severities", cells[each]))),) if each in cells else (DASH,)
                    for each in columns
                ),
            )
            for row, cells in matrix.cells.items()
        ),
    )


def _asked(words: Words, name: str) -> str:
    question = words.plan.severity_questions.get(name)
    return words.text(question.ask) if question else name.replace("_", " ")


def _scores(words: Words) -> Iterator[Table]:
    for at, each in enumerate(words.plan.severity_scores):
        path: Path = ("severity_scores", at)
        facts = {"scale": each.scale.replace("_", " "), "lowest": each.lowest, "highest": each.highest}
        yield Table(
            title=Said("policy.title_scores", facts),
            headings=(Said("policy.head_score"), Said("policy.head_severity")),
            rows=tuple(
                ((Line(plain(band), ((*path, "bands"),)),), (Line(plain(words.called("severities", name))),))
                for band, name in each.bands.items()
            ),
        )


def _process(words: Words) -> Iterator[tuple[Said, Cell]]:
    process, path = words.plan.severity_process, ("severity_process",)
    if process.precedence:
        won = "; ".join(words.answered(each) for each in process.precedence)
        yield Said("policy.label_process_precedence"), (Line(plain(won), ((*path, "precedence"),)),)
    for label, cell in labelled(words, process, path, "process", _PROCESS):
        if label.code != "policy.label_process_until_assigned":
            yield label, cell
            continue
        until = process.until_assigned
        known = until in ("urgency", "suggestion", "gravest", "none")
        said = Said(f"policy.process_until_{until}") if known else plain(words.called("severities", until))
        yield label, (Line(said, cell[0].paths),)
