"""
``upheld explain``: the clocks of one ticket, each with its reason.

The ticket is a file of events, or one of another desk's export.
"""

from __future__ import annotations

import datetime as dt
import difflib
import enum
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.text import Text

from upheld.cli.exports import DEFAULT, MappingOption, ShapeOption, mapping_of
from upheld.cli.plan_documents import plan_document
from upheld.core.calendars.zones import zone as zone_of
from upheld.core.clocks.clock import TicketClocks
from upheld.core.clocks.explain import Explanation, Standing, explain, stand
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.errors import Finding, UpheldError
from upheld.core.events import Event, Opened
from upheld.core.instants import FIRST, LAST, Instant, parse_instant, to_datetime, to_instant
from upheld.core.plan.contract import Contract
from upheld.core.plan.loading import load_usable
from upheld.core.plan.model import Plan
from upheld.core.plan.support_hours import SupportHours
from upheld.importers import mappings
from upheld.importers.event_lines import MOST_BYTES, read_events
from upheld.importers.exports import read_export
from upheld.importers.histories import TicketHistory
from upheld.rendering.explanation_data import as_data
from upheld.rendering.explanation_terminal import print_clock
from upheld.rendering.explanations import Reader, headline
from upheld.rendering.findings import visible
from upheld.rendering.timeline import FILE_WIDE, sheet, timeline
from upheld.replay import assignments
from upheld.wording import say

app = typer.Typer(help="Explain a clock: what was due when, and why.")

BEFORE: Final = 8 * 86_400
AFTER: Final = 2 * 366 * 86_400
"""How far calendars are compiled before the first and after the last instant that matters, in seconds."""


class Form(enum.StrEnum):
    """
    Forms of the output.
    """

    TEXT = "text"
    JSON = "json"
    SVG = "svg"


class ExplainCommandError(UpheldError):
    """
    Options that do not go together, or that name what is not there.
    """


@dataclass(frozen=True, slots=True)
class Ticket:
    """
    A ticket to explain: its history, the kinds of events that its source can show (``None``: every kind), the latest
    instant of its source, and what was found on its lines.
    """

    history: TicketHistory
    observed: frozenset[str] | None
    last: Instant | None
    findings: tuple[Finding, ...] = ()


@app.command()
def explain_command(
    events: Annotated[
        Path | None, typer.Argument(help="Events of one ticket, a JSON object a line.", show_default=False)
    ] = None,
    plan: Annotated[str, typer.Option("--plan", help="Plan document, or the name of one that ships.")] = "",
    tier: Annotated[str | None, typer.Option(help="Tier of the contract; the plan's lowest unless told.")] = None,
    export: Annotated[Path | None, typer.Option(help="Ticket export of another desk, in place of EVENTS.")] = None,
    ticket: Annotated[str | None, typer.Option(help="Ticket of the export.")] = None,
    shape: ShapeOption = DEFAULT,
    mapping: MappingOption = None,
    customers: Annotated[
        Path | None, typer.Option(help="Who has which tier and zone (YAML or CSV), for an export.")
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(help="Zone of the times shown, and of an export's times (IANA name); the plan's unless told."),
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="Country or subdivision of the customer, e.g. CA-ON.")
    ] = None,
    metric: Annotated[str | None, typer.Option(help="Only this metric.")] = None,
    now: Annotated[
        str | None,
        typer.Option(help="Moment to look at (ISO 8601 with offset); now, or the export's last, unless told."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="Form of the output.")] = Form.TEXT,
) -> None:
    """
    Tell for every clock of a ticket what was promised, what counted, when it was due and whether it was kept.
    """
    if not plan:
        raise ExplainCommandError("cli.explain_needs", lacks="a plan (--plan)")
    if export is not None and events is not None:
        raise ExplainCommandError("cli.explain_both", events=events, export=export)
    if zone is not None:
        zone_of(zone)
    rules_of = load_usable(*plan_document(plan)).plan
    found = _ticket_of(export, ticket, mapping_of(mapping, shape), zone) if export else _ticket_in(events)
    contract = _contract(rules_of, found.history.customer, tier, zone, tuple(region or ()), customers)
    moment = _moment(now, found)
    clocks, told = _explained(found, Rules(_hours(rules_of, found, moment), contract), metric, moment)
    reader = Reader(rules_of, zone or rules_of.zone or contract.zone)
    if form is Form.JSON:
        typer.echo(json.dumps([as_data(*each, reader) for each in told], indent=2, ensure_ascii=False))
    elif form is Form.SVG:
        typer.echo(_picture(told, reader, moment))
    else:
        _print(clocks, told, reader, moment, found.findings)


def _ticket_in(file: Path | None) -> Ticket:
    """
    Return the ticket of a file of events.
    """
    if file is None:
        raise ExplainCommandError("cli.explain_needs", lacks="a file of events, or --export with --ticket")
    with file.open("rb") as opened:
        events = read_events(opened.read(MOST_BYTES + 1), str(file))
    return Ticket(TicketHistory(file.stem, "", tuple(events)), None, None)


def _ticket_of(export: Path, name: str | None, mapping: mappings.Mapping, zone: str | None) -> Ticket:
    """
    Return one ticket of an export.
    """
    if name is None:
        raise ExplainCommandError("cli.explain_needs", lacks="the ticket of the export (--ticket)")
    log = read_export(export, mapping, zone=zone)
    history = next((each for each in log.histories if each.ticket == name), None)
    if history is None:
        near = _near(name, [each.ticket for each in log.histories])
        code = "explain.misspelt_ticket" if near else "explain.unknown_ticket"
        raise ExplainCommandError(code, ticket=name, file=export.name, tickets=len(log.histories), near=near)
    mine = tuple(each for each in log.findings if each.params.get("ticket") == name)
    return Ticket(history, log.observed, log.last, mine)


def _near(name: str, known: Sequence[str]) -> list[str]:
    """
    Return the tickets that may have been meant: those that differ in zeros or letter case only, else alike ones.
    """
    same = [each for each in known if _without_zeros(each) == _without_zeros(name)]
    return same[:3] or difflib.get_close_matches(name, known, n=3, cutoff=0.7)


def _without_zeros(name: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", name).casefold()


def _contract(
    plan: Plan, customer: str, tier: str | None, zone: str | None, regions: tuple[str, ...], file: Path | None
) -> Contract:
    """
    Return the contract by which the ticket is judged.
    """
    if file is not None:
        found = assignments.load(file, plan, [customer], zone=zone).contract_of(customer)
        if found is None:
            raise ExplainCommandError("explain.no_contract", customer=customer, file=file.name)
        return found
    countries = tuple(each.partition("-")[0] for each in regions)
    return Contract(
        customer=customer,
        tier=tier or next(iter(plan.tiers)),
        zone=zone or plan.zone or "UTC",
        regions=tuple(dict.fromkeys((*countries, *regions))),
    )


def _moment(given: str | None, ticket: Ticket) -> Instant:
    """
    Return the moment to look at; it may lie before the latest events, but not before its opening.
    """
    instants = [event.effective_at for event in ticket.history.events]
    if given is None:
        minute = to_instant(dt.datetime.now(dt.UTC)) // 60 * 60
        return max([minute if ticket.last is None else ticket.last, *instants])
    moment = parse_instant(given)
    opened_at = next((event.effective_at for event in ticket.history.events if isinstance(event, Opened)), moment)
    if moment < opened_at:
        raise ExplainCommandError("explain.before_opening", now=given, opened=_iso(opened_at))
    return moment


def _iso(instant: Instant) -> str:
    return to_datetime(instant).isoformat().replace("+00:00", "Z")


def _hours(plan: Plan, ticket: Ticket, moment: Instant) -> SupportHours:
    instants = [moment, *(event.effective_at for event in ticket.history.events)]
    first, last = max(min(instants) - BEFORE, FIRST), min(max(instants) + AFTER, LAST)
    return SupportHours(plan, to_datetime(first).date(), to_datetime(last).date())


def _explained(
    ticket: Ticket, rules: Rules, metric: str | None, moment: Instant
) -> tuple[TicketClocks, list[tuple[Explanation, Standing]]]:
    """
    Return the ticket's clocks as they stood at a moment, and the explanation of each that was asked for.
    """
    known = list(rules.hours.plan.metrics)
    if metric is not None and metric not in known:
        raise ExplainCommandError("explain.unknown_metric", given=metric, known=known)
    events: list[Event] = [event for event in ticket.history.events if event.effective_at <= moment]
    clocks = fold(events, rules, observed=ticket.observed)
    wanted = [clock for clock in clocks.clocks if metric in (None, clock.metric)]
    channel = clocks.channel
    return clocks, [(explain(each, rules, channel, moment), stand(each, rules, channel, moment)) for each in wanted]


def _picture(told: Sequence[tuple[Explanation, Standing]], reader: Reader, moment: Instant) -> str:
    """
    Return all timelines as one picture.
    """
    return sheet(
        [
            (
                ": ".join(headline(*each, reader)),
                timeline(each[0], reader, name=f"clock-{at}", now=moment, wide=FILE_WIDE),
            )
            for at, each in enumerate(told, 1)
        ]
    )


def _print(
    ticket: TicketClocks,
    told: Sequence[tuple[Explanation, Standing]],
    reader: Reader,
    moment: Instant,
    findings: Sequence[Finding],
) -> None:
    console = Console(highlight=False, markup=False)
    severity = f"severity {reader.severity(ticket.severity)}" if ticket.severity else "no severity"
    seen = f"Tier {reader.tier(ticket.tier)}, {severity}, seen at {reader.moment(moment)}"
    console.print(Text(f"{seen} ({reader.zone})\n", style="dim"), soft_wrap=True)
    if not told:
        console.print("Nothing is promised for this ticket.")
    for explanation, standing in told:
        print_clock(console, explanation, standing, reader)
    for finding in findings:
        place = "".join(f"{each}: " for each in finding.places[:1])
        console.print(Text(visible(place + say(finding.code, finding.params)), style="yellow"), soft_wrap=True)
