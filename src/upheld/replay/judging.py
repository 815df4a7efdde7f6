"""
Judging: the clocks of all tickets, contract by contract; each is judged, counted, and kept if it is among the worst.

Invariant: judging some contracts apart and merging what was counted gives the same, in the same order, as judging all
of them one after another; a ticket that the plan cannot judge is a finding, never a silent gap.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from upheld.core.calendars.errors import CalendarError
from upheld.core.clocks.clock import TicketClocks
from upheld.core.clocks.columns import Seconds
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import RuleError, Rules
from upheld.core.clocks.story import StoryError
from upheld.core.compliance.observations import Observation
from upheld.core.errors import Finding, Place, UpheldError, Weight
from upheld.core.instants import Instant
from upheld.core.plan.contract import Contract
from upheld.core.plan.support_hours import SupportHours
from upheld.importers.histories import TicketHistory
from upheld.importers.packed import PackedHistories
from upheld.replay.columnar import Columns
from upheld.replay.judged import WORST, Ear, Judged, Late, Sink, Work
from upheld.replay.owed import Owing
from upheld.replay.results import Breach
from upheld.replay.sums import OWN_KEPT, OWN_LATE, OWN_UNKNOWN
from upheld.replay.table import ClockTable, Judge, Rows

OWN_VERDICT: Final = "made_sla"
"""The fact of a history in which another desk keeps its own verdict."""
_OWN: Final = {"true": OWN_KEPT, "false": OWN_LATE}

Engine: TypeAlias = Literal["auto", "fold"]
"""``fold``: every ticket is folded by itself. ``auto``: those that lie alike are folded in columns."""
_TOLD_EVERY: Final = 500
_BATCH: Final = 1 << 17
"""Tickets judged before their rows are summed up."""
_BATCH_KEPT: Final = 1 << 14
"""The same where the clocks themselves are kept until then."""
_NEARLY: Final = 1 - 1e-9
"""Shares nearer to each other than this are compared as fractions."""


@dataclass(frozen=True)
class Judging:
    """
    Judges the tickets of contracts under a plan. A ``sink`` hears of each clock.
    """

    source: str
    histories: PackedHistories
    hours: SupportHours
    observed: frozenset[str] | None
    now: Instant
    engine: Engine = "auto"
    sink: Sink | None = None

    def judged(self, work: Sequence[Work], ear: Ear | None = None) -> Judged:
        """
        Return what was counted under some contracts. Raises what compiling the plan's calendars raises.
        """
        whole = Judged()
        told = _Teller(ear)
        most = _BATCH_KEPT if self._keeps else _BATCH
        for batch in _batches(work, most):
            _Batch(self, batch, whole, told).judge()
        told.finish()
        return whole

    @cached_property
    def owing(self) -> Owing:
        """
        The plan's credit schemes.
        """
        return Owing(self.hours.plan, self.now)

    @cached_property
    def judge(self) -> Judge:
        """
        What says where a clock stands.
        """
        return Judge(self.now, self.owing.scopes)

    @cached_property
    def columns(self) -> Columns | None:
        """
        What judges in columns, unless every ticket is to be folded by itself.
        """
        if self.engine == "fold":
            return None
        opening = self._keeps or self.judge.asks_of_opening
        return Columns(self.histories, self.hours, self.observed, self.judge, opening)

    @cached_property
    def own(self) -> Seconds:
        """
        What the other desk says of each ticket.
        """
        said = [_OWN.get(facts.get(OWN_VERDICT, "").lower(), OWN_UNKNOWN) for facts in self.histories.facts]
        own: Seconds = np.array(said, dtype=np.int64)[np.array(self.histories.facts_of)]
        return own

    @property
    def _keeps(self) -> bool:
        return self.sink is not None or self.owing.asks_for_clocks

    def table(self) -> ClockTable:
        """
        Return an empty table for the clocks of some contracts.
        """
        return ClockTable(self._keeps)


@dataclass(slots=True)
class _Teller:
    """
    Tells the progress, not too often.
    """

    ear: Ear | None
    untold: int = 0

    def advance(self, tickets: int = 1) -> None:
        self.untold += tickets
        if self.untold >= _TOLD_EVERY:
            self.finish()

    def finish(self) -> None:
        if self.ear is not None and self.untold:
            self.ear(self.untold)
        self.untold = 0


def _batches(work: Sequence[Work], most: int) -> Iterator[list[Work]]:
    """
    Yield contracts in runs of about as many tickets as are judged at once; a contract is never cut in two.
    """
    batch: list[Work] = []
    tickets = 0
    for each in work:
        batch.append(each)
        tickets += len(each[1])
        if tickets >= most:
            yield batch
            batch, tickets = [], 0
    if batch:
        yield batch


class _Batch:
    """
    Some contracts while they are judged: their tickets one after another, with the history and the contract of each.
    """

    def __init__(self, judging: Judging, work: Sequence[Work], whole: Judged, told: _Teller) -> None:
        self.judging = judging
        self.whole = whole
        self.told = told
        self.contracts = [contract for contract, _ in work]
        self.indexes = np.concatenate([indexes for _, indexes in work])
        self.contract = np.repeat(np.arange(len(work)), [len(indexes) for _, indexes in work])
        self.places = {name: place for place, name in enumerate(judging.hours.plan.metrics)}
        self.rules: list[Rules] = []
        for contract in self.contracts:
            self.rules.append(self.rules[-1].under(contract) if self.rules else Rules(judging.hours, contract))

    def judge(self) -> None:
        """
        Judge all tickets, and add to the whole what they come to.
        """
        rows = self._rows()
        if len(rows):
            contract = self.contract[rows.ticket]
            names, zones = [each.customer for each in self.contracts], [each.zone for each in self.contracts]
            own = self.judging.own[self.indexes][rows.ticket]
            self.whole.sums.add(rows, names, contract, zones, own)
            self._keep_worst(rows)
        self._each_contract(rows)

    def _rows(self) -> Rows:
        """
        Return the rows of all clocks: those of tickets that lie alike from columns, all others folded.
        """
        table, columns = self.judging.table(), self.judging.columns
        left = np.arange(len(self.indexes))
        if columns is not None:
            left = columns.take(self.indexes, self.contract, self.contracts, table, self.told.advance)
        self.whole.in_columns += len(self.indexes) - len(left)
        self.whole.tickets += len(self.indexes) - len(left)
        own = zip(left.tolist(), self.indexes[left].tolist(), self.contract[left].tolist(), strict=True)
        for ticket, index, contract in own:
            self._fold(ticket, index, self.rules[contract], table)
            self.told.advance()
        return table.in_order()

    def _fold(self, ticket: int, index: int, rules: Rules, table: ClockTable) -> None:
        """
        Put the clocks of one ticket into the table; or a finding, where the plan has no answer for it.
        """
        histories = self.judging.histories
        try:
            facts = fold(histories.events(index), rules, observed=self.judging.observed)
        except (StoryError, RuleError, CalendarError) as error:
            # Other troubles with a calendar are the plan's, not the ticket's.
            if isinstance(error, CalendarError) and error.code != "calendar.beyond_horizon":
                raise
            self._refused(histories[index], error)
            return
        self.whole.tickets += 1
        for metric, nth, one in _numbered(histories.tickets[index], facts, rules, self.places):
            table.add(ticket, metric, nth, self.judging.judge.row(one, rules), one)

    def _refused(self, history: TicketHistory, error: UpheldError) -> None:
        place = Place(self.judging.source, history.line, 1)
        facts = {"ticket": history.ticket, "code": error.code, "params": dict(error.params)}
        self.whole.findings.append(Finding("replay.ticket_not_judged", Weight.ERROR, (place,), params=facts))

    def _each_contract(self, rows: Rows) -> None:
        """
        Hand the clocks of each contract to the sink, and reckon what they make owed.
        """
        ends = np.searchsorted(self.contract[rows.ticket], np.arange(len(self.contracts)), side="right").tolist()
        for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
            contract = self.contracts[number]
            mine = slice(start, end)
            self.whole.rows.append(self._told(rows, mine, contract))
            if start < end:
                clocks = _Clocks(self, rows, mine, contract)
                self.whole.credits += self.judging.owing.lines(contract, rows, mine, clocks)

    def _told(self, rows: Rows, mine: slice, contract: Contract) -> list[Any]:
        """
        Return what the sink makes of the clocks of a contract.
        """
        sink, made = self.judging.sink, []
        if sink is not None:
            history, before = None, -1
            for row in range(mine.start, mine.stop):
                if history is None or rows.ticket[row] != before:
                    before = rows.ticket[row]
                    history = self.judging.histories[self.indexes[before]]
                made.append(sink.row(rows.observation(row, history.ticket, contract), history))
        return [each for each in made if each is not None]

    def _keep_worst(self, rows: Rows) -> None:
        """
        Keep the breaches that are among the worst of their metric.
        """
        late, metric = rows.of([each.is_late is True for each in rows.whats]), rows.metric
        for place, name in enumerate(self.judging.hours.plan.metrics):
            found = np.flatnonzero(late & (metric == place))
            if len(found):
                kept = self.whole.worst.get(name, [])
                self.whole.worst[name] = self._worst(rows, found, kept)

    def _worst(self, rows: Rows, found: Seconds, kept: list[Late]) -> list[Late]:
        share = rows.spent[found] / np.maximum(rows.allowed[found], 1) * (rows.allowed[found] > 0)
        if len(found) > WORST:
            found = found[share >= np.partition(share, -WORST)[-WORST] * _NEARLY]
        ranks: list[tuple[tuple[Fraction, int, int], Late | int]] = [(late.rank, late) for late in kept]
        for row in found.tolist():
            allowed = int(rows.allowed[row])
            used = Fraction(int(rows.spent[row]), allowed) if allowed else Fraction(0)
            ranks.append(((used, int(rows.late_by[row]), -int(self.indexes[rows.ticket[row]])), row))
        best = heapq.nlargest(WORST, ranks, key=lambda each: each[0])
        return [late if isinstance(late, Late) else Late(*rank, self._breach(rows, late)) for rank, late in best]

    def _breach(self, rows: Rows, row: int) -> Breach:
        """
        Return a breach with all that explains it, folded for itself.
        """
        ticket = int(rows.ticket[row])
        history, rules = self.judging.histories[self.indexes[ticket]], self.rules[self.contract[ticket]]
        place = rows.metric_and_nth(row)
        facts = fold(history.events, rules, observed=self.judging.observed)
        one = next(one for *at, one in _numbered(history.ticket, facts, rules, self.places) if tuple(at) == place)
        used = Fraction(int(rows.spent[row]), int(rows.allowed[row])) if rows.allowed[row] else None
        return Breach(one, history, rules, used, int(rows.late_by[row]))


class _Clocks:
    """
    The clocks of a contract, made when they are asked for.
    """

    def __init__(self, batch: _Batch, rows: Rows, mine: slice, contract: Contract) -> None:
        self.batch, self.rows, self.mine, self.contract = batch, rows, mine, contract

    def __call__(self) -> list[Observation]:
        tickets, indexes = self.batch.judging.histories.tickets, self.batch.indexes
        return [
            self.rows.observation(row, tickets[indexes[self.rows.ticket[row]]], self.contract)
            for row in range(self.mine.start, self.mine.stop)
        ]


def _numbered(
    ticket: str, facts: TicketClocks, rules: Rules, places: Mapping[str, int]
) -> Iterator[tuple[int, int, Observation]]:
    """
    Yield the clocks of a ticket, each with its metric's position in the plan and which of the metric's clocks it is.
    """
    counts: dict[str, int] = {}
    for clock in facts.clocks:
        nth = counts[clock.metric] = counts.get(clock.metric, -1) + 1
        yield places[clock.metric], nth, Observation(ticket, rules.contract, facts, clock)
