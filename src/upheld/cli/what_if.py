"""
``upheld what-if``: judge the same history under other tiers, fees, targets and hours, side by side.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import upheld
from upheld.cli.bars import bars
from upheld.cli.collecting import uncollected
from upheld.cli.exports import (
    DEFAULT,
    CustomersOption,
    FeeOption,
    MappingOption,
    ShapeOption,
    TierOption,
    UntilOption,
    ZoneOption,
    contracts_for,
    mapping_of,
)
from upheld.cli.plan_documents import plan_document
from upheld.core.errors import UpheldError
from upheld.core.instants import parse_instant
from upheld.importers.exports import read_export
from upheld.rendering.what_if_page import what_if_page
from upheld.rendering.what_if_terminal import print_comparison
from upheld.replay.what_if.judging import judge
from upheld.replay.what_if.report import what_if_report
from upheld.replay.what_if.worlds import AS_IT_WAS, World, contracts_of, parse_world, plan_of, read_worlds

app = typer.Typer(help="Judge the same history under other promises, side by side.", add_completion=False)

PAGE = "what-if.html"
DATA = "what-if.json"


class WhatIfCommandError(UpheldError):
    """
    Options that do not go together.
    """


@app.command()
@uncollected()
def what_if_command(
    export: Annotated[Path, typer.Argument(help="Ticket export of another desk.", show_default=False)],
    plan: Annotated[str, typer.Option("--plan", help="Plan document, or the name of one that ships.")] = "",
    others: Annotated[
        list[str] | None,
        typer.Option(
            "--if",
            help='What is otherwise: "tier=plus", or "Name: calendars.office.week=24x7; fee=USD 900". Repeat it.',
        ),
    ] = None,
    worlds_file: Annotated[Path | None, typer.Option("--worlds", help="The same as a file (YAML).")] = None,
    customers: CustomersOption = None,
    tier: TierOption = None,
    fee: FeeOption = None,
    shape: ShapeOption = DEFAULT,
    mapping: MappingOption = None,
    zone: ZoneOption = None,
    until: UntilOption = None,
    output: Annotated[Path | None, typer.Option(help=f"Folder for {PAGE} and {DATA}.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but where the files lie.")] = False,
) -> None:
    """
    Tell from an export what would have been kept, broken and owed under other promises.
    """
    if not plan:
        raise WhatIfCommandError("cli.what_if_needs", lacks="a plan (--plan)")
    wanted = [*map(parse_world, others or ()), *(_read(worlds_file) if worlds_file else ())]
    if not wanted:
        raise WhatIfCommandError("cli.what_if_needs", lacks="something that is otherwise (--if or --worlds)")
    raw, file = plan_document(plan)
    documents = {world.name: plan_document(world.plan) if world.plan else (raw, file) for world in wanted}
    worlds = [World(AS_IT_WAS), *wanted]
    plans = [plan_of(world, *documents.get(world.name, (raw, file))) for world in worlds]
    known = mapping_of(mapping, shape)
    with bars(is_quiet=quiet) as bar:
        log = read_export(
            export, known, zone=zone or known.zone or plans[0].zone, on_progress=bar("Reading the export")
        )
        shown_zone = zone or plans[0].zone or log.zone
        now = parse_instant(until) if until else log.last
        judged = []
        for world, rules in zip(worlds, plans, strict=True):
            usual = contracts_for(log, rules, customers, tier=tier, fee=fee, zone=shown_zone)
            agreed = contracts_of(world, usual, rules)
            judged.append(judge(world, rules, log, agreed, now=now, on_progress=bar(world.name)))
    told = what_if_report(judged[0], judged[1:], made_by=f"Upheld {upheld.__version__}", zone=shown_zone)
    if not quiet:
        print_comparison(Console(highlight=False, markup=False), told)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        (output / DATA).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (output / PAGE).write_text(what_if_page(told), encoding="utf-8")
        typer.echo(f"data: {output / DATA}")
        typer.echo(f"page: {(output / PAGE).resolve().as_uri()}")


def _read(path: Path) -> list[World]:
    return read_worlds(path.read_bytes(), path.name)
