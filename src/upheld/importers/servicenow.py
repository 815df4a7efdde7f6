"""
ServiceNow incident logs: one row for each update of an incident, each showing the state *after* it.

Invariant: a state is worth more than a column. What happened is read from the rows (a state after an update, at
``sys_updated_at``); ``resolved_at`` and ``closed_at`` are the last values, repeated on every row, and decide only
where no row shows the state. Order is by time, then by ``sys_mod_count``, then by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Columns
from operator import itemgetter
from pathlib import Path
from typing import Final

from upheld.core.instants import Instant
from upheld.importers import mappings, tables
from upheld.importers.account import Account
from upheld.importers.histories import ImportedLog, Progress, TicketHistory
from upheld.importers.moments import MomentReader
from upheld.importers.packed import PackedHistories
from upheld.importers.updates import Row, Step, Walk

_COLUMNS: Final = (
    "ticket",
    "updated",
    "opened",
    "state",
    "severity",
    "customer",
    "team",
    "channel",
    "order",
    "reopened",
    "resolved",
    "closed",
    "active",
)


class _ScatteredError(Exception):
    """
    The rows of a ticket do not stand together, so that all must be gathered before any is read.
    """


def read_log(
    path: Path, mapping: mappings.Mapping, *, zone: str | None = None, on_progress: Progress | None = None
) -> ImportedLog:
    """
    Return the incidents of a log. ``zone`` overrides the mapping's; without either, UTC.

    A log whose tickets stand together is read ticket by ticket; one that is scattered is gathered first, which takes
    more memory. Raises :class:`~upheld.importers.histories.ImportRefusedError` for a file that cannot be read whole.
    """
    wanted = {**mapping.columns, **{f"fact:{name}": name for name in mapping.facts}}
    table = tables.open_table(tables.survey(path), wanted, mapping.required_columns)
    read_in = zone or mapping.zone or "UTC"
    try:
        return _read(table, mapping, read_in, _together, on_progress)
    except _ScatteredError:
        return _read(table, mapping, read_in, _gathered, on_progress)


def _read(
    table: tables.Table,
    mapping: mappings.Mapping,
    read_in: str,
    grouped: Callable[[Iterable[Row]], Iterable[list[Row]]],
    on_progress: Progress | None,
) -> ImportedLog:
    account = Account(table.file)
    reader = _Reader(mapping, MomentReader(mapping.dates, read_in), account, frozenset(table.columns))
    made = (reader.history(updates) for updates in grouped(_rows(table, mapping, account, on_progress)))
    histories = PackedHistories.of(history for history in made if history is not None)
    misshapen = sum(each.code == "import.cell_count" for each in account.findings)
    rows = account.counts["rows"] + misshapen
    unused = reader.unused + account.counts["rows_without_ticket"] + misshapen
    account.refuse_if_useless(rows, unused)
    reader.tell_assumptions(read_in)
    return ImportedLog(
        source=table.file.path.name,
        rows=rows,
        histories=histories,
        observed=_observed(table.columns),
        last=account.last,
        zone=read_in,
        findings=tuple(sorted(account.findings, key=lambda each: each.places[0].line)),
        assumptions=tuple(account.assumptions),
        checks=account.checks(),
        unused_rows=unused,
    )


def _observed(columns: Columns[str, int]) -> frozenset[str]:
    """
    Return the kinds of events that a log with these columns can show.
    """
    kinds = {"opened", "status_changed", "resolved", "reopened", "closed"}
    if "severity" in columns:
        kinds.add("severity_assigned")
    if "team" in columns:
        kinds.add("assigned")
    return frozenset(kinds)


def _rows(
    table: tables.Table, mapping: mappings.Mapping, account: Account, on_progress: Progress | None
) -> Iterator[Row]:
    """
    Yield the rows that name a ticket, and count all.
    """
    absent = len(table.header)
    at = [table.columns.get(name, absent) for name in _COLUMNS]
    facts_at = [table.columns.get(f"fact:{name}", absent) for name in mapping.facts]
    pick, make = itemgetter(*at), Row._make
    nulls = frozenset(mapping.nulls) | {""}
    count = 0
    for line, cells in tables.rows(table, account.findings, on_progress):
        count += 1
        row = make((line, *pick(cells), tuple([cells[index] for index in facts_at])))
        if row.ticket in nulls:
            account.counts["rows_without_ticket"] += 1
            account.found("import.no_ticket", line)
        else:
            yield row
    account.counts["rows"] = count


def _together(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """
    Yield the rows of each ticket as they stand one after another. Raises :class:`_ScatteredError` where a ticket
    comes back.
    """
    seen: set[str] = set()
    group: list[Row] = []
    for row in rows:
        if group and row.ticket != group[0].ticket:
            yield group
            group = []
        if not group:
            if row.ticket in seen:
                raise _ScatteredError
            seen.add(row.ticket)
        group.append(row)
    if group:
        yield group


def _gathered(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """
    Return the rows of each ticket, wherever they stand, in the order in which tickets first appear.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.ticket, []).append(row)
    return groups.values()


class _Reader:
    """
    Turns the rows of one ticket after another into histories, and counts what had to be assumed.
    """

    def __init__(
        self, mapping: mappings.Mapping, moments: MomentReader, account: Account, columns: frozenset[str]
    ) -> None:
        self._mapping = mapping
        self._moments = moments
        self._account = account
        self._columns = columns
        self._nulls = frozenset(mapping.nulls)
        self._states: set[str] = set()
        self._facts: dict[tuple[str, ...], dict[str, str]] = {}
        self.unused = 0

    def history(self, updates: list[Row]) -> TicketHistory | None:
        """
        Return one ticket's history, or ``None`` (with a finding) where it has no opening at all.
        """
        opened = self._opened(updates)
        if opened is None:
            self.unused += len(updates)
            return None
        steps = self._steps(updates, opened)
        if not steps:
            return None
        walk = Walk(self._mapping, self._account, opened, self._severity)
        walk.open(self._word(steps[0].row.channel, self._mapping.channels, "import.unknown_channel", steps[0].line))
        for step in steps:
            walk.take(step)
        self._end(walk, steps[-1].row)
        self._compare(walk, steps)
        customers = dict.fromkeys([row.customer for row in updates if row.customer not in self._nulls])
        customer = next(iter(customers), "")
        self._count(steps, len(customers))
        facts = self._facts_of(steps[-1].row.facts)
        return TicketHistory(updates[0].ticket, customer, tuple(walk.events), updates[0].line, facts)

    def _facts_of(self, cells: tuple[str, ...]) -> Columns[str, str]:
        """
        Return the facts that were kept by name; equal ones are one object, for there are few of them and many tickets.
        """
        found = self._facts.get(cells)
        if found is None:
            found = self._facts[cells] = dict(zip(self._mapping.facts, cells, strict=True))
        return found

    def _opened(self, updates: list[Row]) -> Instant | None:
        """
        Return when the ticket was opened, by the first row that says so readably.
        """
        texts = dict.fromkeys([row.opened for row in updates])
        readable = [moment for moment in map(self._moments.read, texts) if moment is not None]
        if not readable:
            self._account.found("import.no_opening", updates[0].line, ticket=updates[0].ticket, given=updates[0].opened)
            return None
        if len(set(readable)) > 1:
            self._account.found(
                "import.openings_differ", updates[0].line, ticket=updates[0].ticket, given=list(texts)[:5]
            )
        self._account.seen(readable[0])
        return readable[0]

    def _steps(self, updates: list[Row], opened: Instant) -> list[Step]:
        """
        Return the rows in order of time; one before the opening counts from the opening, and is listed.
        """
        steps, read = [], self._moments.read
        for row in updates:
            at = read(row.updated)
            if at is None:
                self.unused += 1
                self._account.found(
                    "import.unreadable_date", row.line, ticket=row.ticket, given=row.updated, column="updated"
                )
                continue
            order = int(row.order) if row.order.isdecimal() else -1
            if at < opened:
                self._account.found(
                    "import.before_opening", row.line, ticket=row.ticket, given=row.updated, opened=row.opened
                )
                at, order = opened, -1
            steps.append(Step(at, order, row.line, row))
        if len(steps) > 1:
            steps.sort(key=_in_time)
        if steps:
            self._account.seen(steps[-1].at)
        return steps

    def _severity(self, row: Row) -> str | None:
        return self._word(row.severity, self._mapping.severities, "import.unknown_severity", row.line)

    def _word(self, cell: str, words: dict[str, str], code: str, line: int) -> str | None:
        """
        Return our word for a cell, or ``None`` for an empty one and (listed) for one that the mapping does not know.
        """
        found = words.get(cell)
        if found is not None or not cell or cell in self._nulls:
            return found
        if not words:
            return cell.strip().lower()
        self._account.found(code, line, given=cell)
        return None

    def _end(self, walk: Walk, row: Row) -> None:
        """
        Use the columns for what no row shows, and only for that.
        """
        solved = self._column(row.resolved, "resolved", row, walk.opened)
        closed = self._column(row.closed, "closed", row, walk.opened)
        if walk.phase == mappings.OPEN and (solved is not None or closed is not None):
            self._account.found("import.only_a_column", row.line, ticket=row.ticket, state=row.state)
            walk.solve(solved if solved is not None else closed)
        elif solved is not None and walk.resolved_at is not None and solved != walk.resolved_at:
            self._account.counts["resolved_differs"] += 1
            if self._mapping.resolved_by == "column":
                walk.move_resolution(solved)
        elif solved is None and walk.resolved_at is not None:
            self._account.counts["resolved_without_column"] += 1
        if walk.phase == mappings.RESOLVED and closed is not None:
            walk.close(closed)

    def _column(self, cell: str, name: str, row: Row, opened: Instant) -> Instant | None:
        """
        Return the instant of a final column, or ``None`` where it is empty, unreadable (listed) or before the
        opening (listed).
        """
        if not cell or cell in self._nulls:
            return None
        at = self._moments.read(cell)
        if at is None:
            self._account.found("import.unreadable_date", row.line, ticket=row.ticket, given=cell, column=name)
        elif at < opened:
            self._account.found(
                "import.ends_before_opening", row.line, ticket=row.ticket, given=cell, column=name, opened=row.opened
            )
            return None
        else:
            self._account.seen(at)
        return at

    def _compare(self, walk: Walk, steps: list[Step]) -> None:
        """
        Check the derived events against the columns that were not used to derive them.
        """
        last = steps[-1].row
        if "reopened" in self._columns and last.reopened.isdecimal():
            highest = max([int(each) for each in {step.row.reopened for step in steps} if each.isdecimal()])
            self._account.compared("check.reopenings", last.line, agrees=highest == walk.reopenings)
        if "active" in self._columns and last.active.lower() in {"true", "false"}:
            is_closed = walk.last_state == mappings.CLOSED
            self._account.compared("check.active", last.line, agrees=is_closed == (last.active.lower() == "false"))

    def _count(self, steps: list[Step], customers: int) -> None:
        """
        Count what the assumptions rest on.
        """
        counts = self._account.counts
        counts["tickets"] += 1
        counts["without_customer"] += customers == 0
        counts["several_customers"] += customers > 1
        counts["severity_changed"] += len({step.row.severity for step in steps} - self._nulls) > 1
        self._states.update([step.row.state for step in steps])
        counts["starts_late"] += steps[0].order > 0 or self._mapping.states.get(steps[0].row.state) != mappings.OPEN
        numbers = {int(each) for each in {step.row.order for step in steps} if each.isdecimal()}
        if missing := (max(numbers) + 1 - len(numbers) if numbers else 0):
            counts["tickets_with_gaps"] += 1
            counts["updates_missing"] += missing

    def tell_assumptions(self, zone: str) -> None:
        """
        Say, with counts, how the log was read where it left something open.
        """
        counts, tell, mapping = self._account.counts, self._account.assumed, self._mapping
        self._account.tell_zone(self._moments, zone)
        self._account.tell_customers(mapping, several=counts["several_customers"], none=counts["without_customer"])
        if "severity" in self._columns:
            tell("assume.severity_from_opening", column=mapping.columns["severity"], changed=counts["severity_changed"])
        code = "assume.resolved_by_state" if mapping.resolved_by == "state" else "assume.resolved_by_column"
        tell(code)
        if counts["resolved_differs"] or counts["resolved_without_column"]:
            tell(
                "assume.resolved_column_differs",
                differs=counts["resolved_differs"],
                of=counts["tickets"],
                without=counts["resolved_without_column"],
            )
        moves = {mappings.OPEN, mappings.RESOLVED, mappings.CLOSED}
        waits = {state: word for state, word in mapping.states.items() if word not in moves and state in self._states}
        if waits:
            tell("assume.states", states=waits)
        if counts["starts_late"]:
            tell("assume.first_rows_missing", tickets=counts["starts_late"], of=counts["tickets"])
        if counts["tickets_with_gaps"]:
            tell(
                "assume.updates_missing",
                tickets=counts["tickets_with_gaps"],
                updates=counts["updates_missing"],
                of=counts["tickets"],
            )


def _in_time(step: Step) -> tuple[int, int, int]:
    return step[:3]
