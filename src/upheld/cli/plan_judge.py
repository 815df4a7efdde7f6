"""
``upheld plan judge``: what a plan says of a request: severity, coverage, what is missing, each with its rule and place.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from upheld.cli.plan_documents import plan_document
from upheld.core.errors import UpheldError
from upheld.core.plan.shapes import closest


class JudgeError(UpheldError):
    """
    A request that the plan does not know.
    """


def judge(
    plan: Annotated[Path, typer.Argument(help="Plan document (or a plan that ships); - is the standard input.")],
    tier: Annotated[str | None, typer.Option(help="Tier of the contract; the lowest unless told.")] = None,
    answer: Annotated[
        list[str] | None, typer.Option(help="Answer to a severity question, as QUESTION=ANSWER; can be repeated.")
    ] = None,
    environment: Annotated[str | None, typer.Option(help="Environment that the request is about.")] = None,
    request_type: Annotated[str | None, typer.Option(help="Type of the request.")] = None,
    add_on: Annotated[list[str] | None, typer.Option(help="Add-on of the contract; can be repeated.")] = None,
    field: Annotated[
        list[str] | None, typer.Option(help="Answer to an intake field, as FIELD=TEXT; can be repeated.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language of names and texts, where the plan has it.")] = "en",
) -> None:
    """
    Judge a request by a plan: the severity that its rules suggest, whether it is covered, and what is missing.
    """
    from upheld.core import coverage, intake  # noqa: PLC0415  (loaded when it is needed)
    from upheld.core.plan.circumstances import Circumstances  # noqa: PLC0415
    from upheld.core.plan.loading import load_usable  # noqa: PLC0415
    from upheld.core.severity.answers import TicketFields  # noqa: PLC0415
    from upheld.core.severity.suggestion import suggest  # noqa: PLC0415
    from upheld.rendering.judgements import judgement_lines  # noqa: PLC0415

    loaded = load_usable(*plan_document(str(plan)))
    rules = loaded.plan
    tier = _known("tiers", tier, rules.tiers) or next(iter(rules.tiers))
    environment = _known("environments", environment, rules.environments)
    request_type = _known("request_types", request_type, rules.request_types)
    add_ons = frozenset(name for each in add_on or () if (name := _known("add_ons", each, rules.add_ons)))
    suggestion = suggest(rules, _pairs(answer), TicketFields(environment=environment, request_type=request_type))
    found = Circumstances(
        tier=tier,
        severity=suggestion.severity,
        environment=environment,
        request_type=request_type,
        add_ons=add_ons,
        answers=suggestion.answers,
    )
    judged, lacking = coverage.judge(rules, found), intake.missing(rules, found, _pairs(field))
    for line in judgement_lines(loaded, suggestion, judged, lacking, language):
        typer.echo(line)


def _known(section: str, given: str | None, known: Mapping[str, object]) -> str | None:
    """
    Return a name that the plan has.

    Raises :class:`JudgeError` ``judge.unknown_name`` with the one that was probably meant.
    """
    if given is None or given in known:
        return given
    suggestion = closest(given, list(known))
    raise JudgeError("judge.unknown_name", given=given, section=section, known=suggestion or ", ".join(known) or "none")


def _pairs(given: list[str] | None) -> dict[str, str]:
    """
    Return what was written as NAME=VALUE, by name.

    Raises :class:`JudgeError` ``judge.no_pair``.
    """
    pairs = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise JudgeError("judge.no_pair", given=each)
        pairs[name.strip()] = value.strip()
    return pairs
