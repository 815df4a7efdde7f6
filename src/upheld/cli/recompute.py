"""
``upheld recompute``: move running clocks to other holidays, zone data or another plan version, previewed first.

Invariant: without ``--apply`` nothing changes. Exit codes: 0 done, 2 refused, also where a preview's basis changed.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from upheld.cli import service
from upheld.cli.bars import bars_by_part
from upheld.cli.deciding import decider
from upheld.core.errors import UpheldError

if TYPE_CHECKING:
    from upheld.apps.contracts.models import PlanVersion
    from upheld.apps.tickets.models import Recompute
    from upheld.apps.tickets.previews import Preview, Wanted

app = typer.Typer(
    help="Move running clocks to other holidays, zone data or another plan version.", no_args_is_help=True
)

PlanOption = Annotated[str, typer.Option("--plan", help="The plan, or PLAN@VERSION where several are published.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
ApplyOption = Annotated[str, typer.Option("--apply", help="Digest of the preview that is decided.", metavar="DIGEST")]
ReasonOption = Annotated[str, typer.Option(help="Why, for everybody who reads it later; needed with --apply.")]
ByOption = Annotated[str, typer.Option(help="Address of the person who decides; needed with --apply.")]


class RecomputeCommandError(UpheldError):
    """
    Options that cannot be followed.
    """


@app.callback()
def recompute_group() -> None:
    """
    Move running clocks to other holidays, zone data or another plan version, previewed first.
    """


@app.command()
def lists(plan: PlanOption, as_json: JsonOption = False) -> None:
    """
    List the holiday lists of a plan version, with their days from today on.
    """
    service.require_migrated()
    from upheld.apps.contracts import editions  # noqa: PLC0415  (Django is loaded by now)

    version = _version(plan)
    edition, today = editions.current(version), dt.datetime.now(dt.UTC).date().isoformat()
    rows = editions.lists_of(edition)
    if as_json:
        told = [
            {"name": row.name, "revision": row.revision, "source": row.source, "days": row.days, "by_hand": row.by_hand}
            for row in rows
        ]
        typer.echo(
            json.dumps({"plan": str(version), "edition": edition.name, "lists": told}, ensure_ascii=False, indent=1)
        )
        return
    typer.echo(f"{version}, edition {edition.name} of its calendars")
    for row in rows:
        typer.echo(f"{row.name}: {row.source} ({row.first_year} to {row.last_year})")
        for day, title in [each for each in sorted(row.days.items()) if each[0] >= today][:12]:
            typer.echo(f"  {day}  {title}" + ("  (by hand)" if row.by_hand.get(day) else ""))


@app.command()
def holidays(
    plan: PlanOption,
    name: Annotated[str, typer.Option("--list", help="The holiday list; not needed where the plan has one.")] = "",
    add: Annotated[list[str] | None, typer.Option(help="A day and its name: '2026-12-24 Christmas Eve'.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A day to take out: 2026-12-24.")] = None,
    feed: Annotated[Path | None, typer.Option(help="An iCalendar file; its days take the place of all others.")] = None,
    renew: Annotated[bool, typer.Option("--renew", help="Take the days anew from the installed library.")] = False,
    behind: Annotated[
        bool, typer.Option("--behind", help="Change no list: let open tickets that are behind follow.")
    ] = False,
    apply: ApplyOption = "",
    reason: ReasonOption = "",
    by: ByOption = "",
    as_json: JsonOption = False,
) -> None:
    """
    Change a holiday list: show what that does to the clocks that run, and do it with --apply.
    """
    service.require_migrated()
    from upheld.apps.contracts import editions  # noqa: PLC0415  (Django is loaded by now)
    from upheld.apps.contracts.editions import ListChange  # noqa: PLC0415
    from upheld.apps.tickets.previews import Wanted  # noqa: PLC0415

    version = _version(plan)
    if behind:
        _do(Wanted(version), apply, reason, by, as_json=as_json)
        return
    known = [row.name for row in editions.lists_of(editions.current(version))]
    if not name and len(known) != 1:
        raise RecomputeCommandError("recompute.which_list", known=known or ["none"])
    change = ListChange(
        name=name or known[0],
        add=dict(_day_and_name(each) for each in add or []),
        remove=frozenset(_day(each) for each in remove or []),
        feed=feed.read_text(encoding="utf-8-sig") if feed else None,
        is_renewed=renew,
    )
    _do(Wanted(version, (change,)), apply, reason, by, as_json=as_json)


@app.command()
def zones(
    plan: PlanOption,
    apply: ApplyOption = "",
    reason: ReasonOption = "",
    by: ByOption = "",
    as_json: JsonOption = False,
) -> None:
    """
    Go by the time zone data that are installed now: due times keep their local time, and move with its offset.
    """
    service.require_migrated()
    from upheld.apps.tickets.previews import Wanted  # noqa: PLC0415  (Django is loaded by now)

    _do(Wanted(_version(plan), is_rezoned=True), apply, reason, by, as_json=as_json)


@app.command("plan")
def plan_version(
    contract: Annotated[str, typer.Option(help="Id of the contract, as its page and the interface show it.")],
    to: Annotated[str, typer.Option(help="The version of its plan to which it moves.")],
    apply: ApplyOption = "",
    reason: ReasonOption = "",
    by: ByOption = "",
    as_json: JsonOption = False,
) -> None:
    """
    Move a contract with its open tickets to another version of its plan.
    """
    service.require_migrated()
    from upheld.apps.contracts.models import Contract, PlanVersion  # noqa: PLC0415  (Django is loaded by now)
    from upheld.apps.tickets.previews import Wanted  # noqa: PLC0415

    found = Contract.objects.select_related("plan_version").filter(public_id=contract).first()
    if found is None:
        raise RecomputeCommandError("recompute.no_contract", given=contract)
    versions = PlanVersion.objects.filter(plan=found.plan_version.plan)
    target = versions.filter(version=to).first()
    if target is None:
        raise RecomputeCommandError("recompute.no_version", given=to, known=[each.version for each in versions])
    _do(Wanted(found.plan_version, contract=found, target=target), apply, reason, by, as_json=as_json)


def _version(given: str) -> PlanVersion:
    from upheld.apps.contracts.models import PlanVersion  # noqa: PLC0415  (Django is loaded by now)

    plan, _at, version = given.partition("@")
    found = list(PlanVersion.objects.defer("document").filter(plan=plan).order_by("-published_at", "-pk"))
    picked = [each for each in found if version in ("", each.version)]
    if not picked:
        known = [f"{each.plan}@{each.version}" for each in PlanVersion.objects.defer("document").order_by("plan")]
        raise RecomputeCommandError("recompute.no_plan", given=given, known=known or ["none"])
    return picked[0]


def _day(given: str) -> dt.date:
    try:
        return dt.date.fromisoformat(given.strip())
    except ValueError:
        raise RecomputeCommandError("recompute.no_date", given=given) from None


def _day_and_name(given: str) -> tuple[dt.date, str]:
    day, _space, title = given.strip().partition(" ")
    return _day(day), title.strip()


def _do(wanted: Wanted, digest: str, reason: str, by: str, *, as_json: bool) -> None:
    """
    Show the preview, or decide it and move the tickets.
    """
    from upheld.apps.tickets.previews import preview  # noqa: PLC0415  (Django is loaded by now)
    from upheld.apps.tickets.services import recomputing  # noqa: PLC0415
    from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415

    if not digest:
        _show(preview(wanted, read_clock()), as_json=as_json)
        return
    person = decider(by, right="clocks.recompute", missing="recompute.by_whom", refused="recompute.not_permitted")
    work = recomputing.apply(wanted=wanted, digest=digest, reason=reason, by=person, now=read_clock())
    with bars_by_part(is_quiet=as_json) as ear:
        work = recomputing.run(work=work, clock=read_clock, told=lambda each: ear("tickets", each.done, each.total))
    _told(work, as_json=as_json)


def _show(seen: Preview, *, as_json: bool) -> None:
    if as_json:
        from upheld.apps.tickets.previews import as_record  # noqa: PLC0415  (Django is loaded by now)

        typer.echo(json.dumps(as_record(seen), ensure_ascii=False, indent=1))
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from upheld.wording.recompute import EFFECTS  # noqa: PLC0415

    typer.echo(
        f"{seen.tickets} open tickets would move, {seen.clocks} clocks run on them, {len(seen.rows)} due times change."
    )
    for new in seen.changes:
        for sign, days in (("+", new.added), ("-", new.removed)):
            for day, title in list(days.items())[:20]:
                typer.echo(f"  {new.listed.name} {sign} {day} {title}")
    for each in seen.zones:
        since = "only in the past" if each.from_at is None else f"from {_time(each.from_at)}"
        typer.echo(f"  {each.zone}: release {each.before.release} -> {each.after.release}, other times {since}")
    for effect, words in EFFECTS.items():
        if count := seen.count(effect):
            typer.echo(f"  {count} {words}")
    if seen.at_risk or seen.not_at_risk:
        typer.echo(f"  {seen.at_risk} come to be at risk, {seen.not_at_risk} are not any more")
    if seen.rows:
        table = Table("Ticket", "Customer", "Clock", "Due", "Would be due", "")
        for row in seen.worst():
            times = [row.wall_before or _time(row.before), row.wall_after or _time(row.after)]
            table.add_row(f"#{row.ticket.number}", str(row.ticket.customer), row.metric, *times, EFFECTS[row.effect])
        Console().print(table)
    for ticket, error in seen.failing[:20]:
        typer.echo(f"  #{ticket.number} cannot be moved: {error.code}")
    typer.echo(f"Nothing has changed. To do it: --apply {seen.digest} --by ADDRESS --reason '...'")


def _time(instant: int | None) -> str:
    return "none" if instant is None else f"{dt.datetime.fromtimestamp(instant, dt.UTC):%a %Y-%m-%d %H:%M}Z"


def _told(work: Recompute, *, as_json: bool) -> None:
    if as_json:
        told = {"id": work.public_id, "done": work.done, "total": work.total, "failed": work.failed}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(f"Moved {work.done} of {work.total} open tickets to {work.target} ({work.edition.name}).")
    for each in work.failed:
        typer.echo(f"  #{each['number']} could not be moved: {each['code']}")
