"""
``upheld import``: bring another desk's tickets in, once, from its export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from upheld.cli import service
from upheld.cli.bars import bars
from upheld.cli.exports import DEFAULT, MappingOption, ShapeOption, mapping_of
from upheld.cli.plan_documents import plan_document
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant
from upheld.importers.exports import read_export

if TYPE_CHECKING:
    from upheld.apps.contracts.models import Contract, PlanVersion
    from upheld.apps.parties.models import Person
    from upheld.apps.tickets.services.importing import Imported
    from upheld.core.plan.contract import Contract as CoreContract
    from upheld.core.plan.model import Plan
    from upheld.importers.histories import ImportedLog

app = typer.Typer(help="Import another desk's tickets from its export.", add_completion=False)

SHOWN: Final = 10
"""Findings and refusals that are printed; the others are counted."""


class ImportCommandError(UpheldError):
    """
    Options that do not go together.
    """


@app.command()
def import_command(
    export: Annotated[Path, typer.Argument(help="Ticket export: CSV, plain or gzip.", show_default=False)],
    shape: ShapeOption = DEFAULT,
    mapping: MappingOption = None,
    plan: Annotated[
        str, typer.Option("--plan", help="Plan document, or one that ships; it is published if it is not yet.")
    ] = "",
    customers: Annotated[
        Path | None, typer.Option("--customers", help="Who gets which tier, fee and zone (YAML or CSV).")
    ] = None,
    tier: Annotated[str | None, typer.Option(help="Tier of every customer, where no file says it.")] = None,
    contract: Annotated[
        str, typer.Option("--contract", help="Id of a contract that is there: all tickets come under it.")
    ] = "",
    source: Annotated[
        str, typer.Option(help="Name of the desk they come from; with the ticket's id it says what is there already.")
    ] = "",
    brand: Annotated[str, typer.Option(help="Brand of the contracts that are made.")] = "Imported",
    subject: Annotated[str, typer.Option(help="Columns that make the subject, with commas between.")] = "",
    zone: Annotated[str | None, typer.Option(help="Zone of times without one (IANA name).")] = None,
    by: Annotated[str, typer.Option(help="Address of the person who publishes the plan; needed once.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Draw no bars.")] = False,
) -> None:
    """
    Make tickets of an export: their history, clocks and verdicts. Nothing is told to anybody, and no timer runs.

    Broken off, the next run goes on; run again, it changes nothing.
    """
    if bool(plan) == bool(contract):
        raise ImportCommandError("import.plan_or_contract")
    service.require_migrated()
    from upheld.importers import raw_rows  # noqa: PLC0415  (Django is loaded by now)

    known = mapping_of(mapping, shape)
    desk = source or known.shape
    raw_rows.header_of(export, known)
    with bars(is_quiet=quiet) as bar:
        work = _Work(export, desk, known, zone, bar)
        agreed = work.under_contract(contract) if contract else work.under_plan(plan, customers, tier, brand, by)
        columns = tuple(each.strip() for each in subject.split(",") if each.strip())
        result = work.run(agreed, columns, is_dry=dry_run)
    _tell(result, work.log, is_dry=dry_run)


class _Agreed:
    """
    Under what the tickets come: a contract of ours, or a plan with a contract for each customer.
    """

    def __init__(
        self,
        plan: Plan,
        contract_of: Callable[[str], CoreContract | None],
        publish: Callable[[Instant], PlanVersion],
        contract: Contract | None = None,
        brand: str = "",
    ) -> None:
        self.plan, self.contract_of, self.publish = plan, contract_of, publish
        self.contract, self.brand = contract, brand


class _Work:
    """
    One import while it runs: the export, read whole before anything is written.
    """

    def __init__(self, export: Path, source: str, mapping: Any, zone: str | None, bar: Any) -> None:
        self._export, self._source, self._mapping, self._bar = export, source, mapping, bar
        self._zone = zone
        self.log: ImportedLog

    def _read(self, zone: str | None) -> None:
        chosen = self._zone or self._mapping.zone or zone
        self.log = read_export(self._export, self._mapping, zone=chosen, on_progress=self._bar("Reading the export"))

    def under_contract(self, public_id: str) -> _Agreed:
        """
        Return the terms of a contract that is there.
        """
        from upheld.apps.contracts.selectors import core_contract, plan_of  # noqa: PLC0415
        from upheld.apps.tickets.services.importing import contract_named  # noqa: PLC0415

        found = contract_named(public_id)
        if found is None:
            raise ImportCommandError("import.unknown_contract", given=public_id)
        self._read(found.zone)
        agreed = core_contract(found)
        return _Agreed(
            plan_of(found.plan_version_id), lambda _customer: agreed, lambda _now: found.plan_version, contract=found
        )

    def under_plan(self, name: str, customers: Path | None, tier: str | None, brand: str, by: str) -> _Agreed:
        """
        Return the terms of a plan, with contracts by the customers' file or of one tier for all.
        """
        from upheld.apps.contracts.services import publish_plan  # noqa: PLC0415
        from upheld.core.plan.loading import load_usable  # noqa: PLC0415
        from upheld.replay import assignments  # noqa: PLC0415

        raw, file = plan_document(name)
        plan = load_usable(raw, file).plan
        self._read(plan.zone)
        zone = self._zone or plan.zone or self.log.zone
        made = (
            assignments.load(customers, plan, (each.customer for each in self.log.histories), zone=zone)
            if customers
            else assignments.for_all(plan, tier, zone)
        )

        def publish(now: Instant) -> PlanVersion:
            return publish_plan(raw=raw, file=file, by=_publisher(by), now=now)

        return _Agreed(plan, made.contract_of, publish, brand=brand)

    def run(self, agreed: _Agreed, subject: tuple[str, ...], *, is_dry: bool) -> Imported:
        """
        Import, or tell what would be imported.
        """
        from upheld.apps.parties import services as parties  # noqa: PLC0415
        from upheld.apps.tickets.services import importing  # noqa: PLC0415
        from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415
        from upheld.importers.raw_rows import raw_rows  # noqa: PLC0415

        if is_dry:
            return importing.try_import(
                log=self.log, source=self._source, plan=agreed.plan, contract_of=agreed.contract_of,
                on_progress=self._bar("Trying"),
            )  # fmt: skip
        now = read_clock()
        terms = importing.Terms(
            source=self._source,
            version=agreed.publish(now),
            brand=parties.add_brand(name=agreed.brand) if agreed.contract is None else None,
            contract=agreed.contract,
            contract_of=agreed.contract_of,
            subject=subject,
        )
        rows = raw_rows(self._export, self._mapping)
        return importing.import_log(log=self.log, rows=rows, terms=terms, now=now, on_progress=self._bar("Importing"))


def _publisher(email: str) -> Person:
    """
    Return who publishes the plan: the person named, or else the only one who may.
    """
    from upheld.apps.parties.models import canonical_email  # noqa: PLC0415
    from upheld.apps.parties.selectors import staff_with  # noqa: PLC0415
    from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415

    may = staff_with("plans.publish", read_clock())
    found = [each for each in may if not email or each.email == canonical_email(email)]
    if not found:
        raise ImportCommandError("import.nobody_publishes", given=email or "anybody")
    return found[0]


def _tell(result: Imported, log: ImportedLog, *, is_dry: bool) -> None:
    """
    Print what was done, what was left out, and why.
    """
    from upheld.cli.main import spoken  # noqa: PLC0415  (the words are needed at the end only)

    would = "Would make" if is_dry else "Made"
    if result.rows:
        typer.echo(
            f"{would} {result.tickets:,} tickets with {result.events:,} events and {result.clocks:,} clocks, "
            f"{result.customers:,} customers, {result.contracts:,} contracts."
        )
    if result.known:
        typer.echo(f"{result.known:,} tickets were there already and stay as they are.")
    if result.changed_since:
        typer.echo(f"{result.changed_since:,} of them stand otherwise in this export; they were left as they are.")
    if not result.rows:
        typer.echo("Nothing changed: 0 rows.")
    for refusal in result.refused[:SHOWN]:
        why = spoken(refusal.code, **refusal.params)
        typer.echo(f"Left out {refusal.ticket} ({log.source}:{refusal.line}): {why}")
    if len(result.refused) > SHOWN:
        typer.echo(f"Left out {len(result.refused) - SHOWN:,} more.")
    for code, count in sorted(Counter(each.code for each in log.findings).items()):
        first = next(each for each in log.findings if each.code == code)
        where = f"{first.places[0]}: " if first.places else ""
        typer.echo(f"{count:,} x {where}{spoken(code, **first.params)}")
