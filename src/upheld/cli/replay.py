"""
``upheld replay``: run another desk's ticket export against a plan, and tell whether the promises were kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

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
from upheld.core.clocks.explain import explain
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, parse_instant
from upheld.core.plan.loading import load_usable
from upheld.core.plan.model import Plan
from upheld.importers.exports import read_export
from upheld.importers.histories import ImportedLog
from upheld.importers.histories import Progress as Ear
from upheld.rendering.explanations import Reader, sentences
from upheld.rendering.replay_page import replay_page
from upheld.rendering.replay_terminal import print_report
from upheld.rendering.timeline import timeline
from upheld.replay import assignments, generated
from upheld.replay.clock_rows import ClockFile
from upheld.replay.processes import usable
from upheld.replay.report import report
from upheld.replay.results import ReplayResult
from upheld.replay.run import replay

app = typer.Typer(help="Replay a ticket export against a plan: verdicts and credits.", add_completion=False)

PAGE = "replay.html"
DATA = "replay.json"
CLOCKS = "replay-clocks.csv"
DEMO_LOG = "demo-log.csv"
DEMO_CUSTOMERS = "demo-customers.yaml"
DEMO_PLAN = "itsm"


class ReplayCommandError(UpheldError):
    """
    Options that do not go together.
    """


@app.command()
@uncollected()
def replay_command(
    export: Annotated[
        Path | None, typer.Argument(help="Ticket export: CSV, plain or gzip.", show_default=False)
    ] = None,
    plan: Annotated[str, typer.Option("--plan", help="Plan document, or the name of one that ships.")] = "",
    customers: CustomersOption = None,
    tier: TierOption = None,
    fee: FeeOption = None,
    shape: ShapeOption = DEFAULT,
    mapping: MappingOption = None,
    zone: ZoneOption = None,
    until: UntilOption = None,
    output: Annotated[Path | None, typer.Option(help=f"Folder for {PAGE}, {DATA} and {CLOCKS}.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the whole report as JSON.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="File for a row for each clock.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="File for the page.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Replay a log of an invented company.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but where the files lie.")] = False,
) -> None:
    """
    Tell from another desk's export whether the promises of a plan were kept, and what is owed.
    """
    files = _files(output, json_file, csv_file, html_file)
    with bars(is_quiet=quiet) as ears:
        if demo:
            export, plan, customers = _demo(output, plan)
        if export is None or not plan:
            raise ReplayCommandError("cli.replay_needs", lacks="an export" if export is None else "a plan (--plan)")
        rules = load_usable(*plan_document(plan)).plan
        known = mapping_of(mapping, shape)
        heard = ears("Reading the export")
        log = read_export(export, known, zone=zone or known.zone or rules.zone, on_progress=heard)
        shown_zone = zone or rules.zone or log.zone
        contracts = contracts_for(log, rules, customers, tier=tier, fee=fee, zone=shown_zone)
        now = parse_instant(until) if until else log.last
        result = _judge(log, rules, contracts, now, files.get("csv"), ears("Judging the promises"))
    told, pictures = _told(result, shown_zone)
    _write(files, told, pictures)
    if not quiet:
        print_report(Console(highlight=False, markup=False), told)
    for name, path in files.items():
        typer.echo(f"{name}: {path.resolve().as_uri() if name == 'page' else path}")


def _files(
    output: Path | None, json_file: Path | None, csv_file: Path | None, html_file: Path | None
) -> dict[str, Path]:
    """
    Return what is to be written where; the folder is made if it is not there.
    """
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    wanted = {
        "data": json_file or (output / DATA if output else None),
        "csv": csv_file or (output / CLOCKS if output else None),
        "page": html_file or (output / PAGE if output else None),
    }
    return {name: path for name, path in wanted.items() if path is not None}


def _demo(output: Path | None, plan: str) -> tuple[Path, str, Path]:
    """
    Write the invented company's log and customers, and return them with the plan.
    """
    folder = output or Path("out")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DEMO_LOG).write_bytes(generated.log_bytes())
    (folder / DEMO_CUSTOMERS).write_bytes(generated.customers_bytes())
    return folder / DEMO_LOG, plan or DEMO_PLAN, folder / DEMO_CUSTOMERS


def _judge(
    log: ImportedLog, plan: Plan, contracts: assignments.Assignments, now: Instant, file: Path | None, ear: Ear | None
) -> ReplayResult:
    """
    Return the result, writing each clock to ``file`` as it passes.
    """
    if file is None:
        return replay(log, plan, contracts, now=now, processes=usable(), on_progress=ear)
    with ClockFile(file, now) as clocks:
        return replay(log, plan, contracts, now=now, processes=usable(), on_progress=ear, sink=clocks)


def _told(result: ReplayResult, zone: str) -> tuple[dict[str, Any], list[str]]:
    """
    Return the report with the reasons of the worst failures, and the pictures of these.
    """
    told = report(result, made_by=f"Upheld {upheld.__version__}")
    told["zone"] = zone
    reader = Reader(result.plan, zone)
    breaches = [each for name in result.plan.metrics for each in result.worst.get(name, ())]
    pictures = []
    for position, (breach, record) in enumerate(zip(breaches, told["worst"], strict=True)):
        clock, channel = breach.observation.clock, breach.observation.facts.channel
        explanation = explain(clock, breach.rules, channel, result.now)
        promise = clock.promise
        record["why"] = sentences(explanation, reader)
        record["target"] = reader.length(promise.length, promise.calendar) if promise and promise.length else None
        pictures.append(timeline(explanation, reader, name=f"worst-{position}", now=result.now))
    return told, pictures


def _write(files: dict[str, Path], told: dict[str, Any], pictures: list[str]) -> None:
    if path := files.get("data"):
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if path := files.get("page"):
        path.write_text(replay_page(told, pictures), encoding="utf-8")
