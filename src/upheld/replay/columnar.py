"""
Judging in columns: the tickets of many contracts that lie alike are folded at once.

Invariant: a ticket is judged in columns in all its metrics, or left to the fold in all of them; which it is shows in no
figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import numpy as np

from upheld.core.clocks.alike import Alike, independent, words_of
from upheld.core.clocks.columns import Lanes, Seconds, hours_in_columns, in_parts
from upheld.core.clocks.fold import read
from upheld.core.clocks.rules import Rules
from upheld.core.compliance.observations import Observation
from upheld.core.plan.contract import Contract
from upheld.core.plan.support_hours import SupportHours
from upheld.importers.packed import PackedHistories
from upheld.replay.likeness import Log, groups, log_of
from upheld.replay.table import ClockTable, Judge, Numbers, What

FEWEST: Final = 8
"""Fewer tickets than this are folded sooner one by one."""

Found = list[tuple[int, int, tuple[What, Numbers], Observation]]
"""Clocks of a part of the tickets that lie alike: the metric's position in the plan, which of its clocks, the row."""


@dataclass(slots=True)
class Columns:
    """
    Judges tickets in columns, under the contracts of one plan.
    """

    histories: PackedHistories
    hours: SupportHours
    observed: frozenset[str] | None
    judge: Judge
    opening: bool
    """Whether anybody asks if channel and support were open at the opening."""
    log: Log = field(init=False)
    _rules: dict[Contract, Rules] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.log = log_of(self.histories, words_of(self.hours.plan))
        self.hours = hours_in_columns(self.hours)

    def take(
        self, indexes: Seconds, contract: Seconds, contracts: Sequence[Contract], table: ClockTable,
        on_progress: Callable[[int], None],
    ) -> Seconds:  # fmt: skip
        """
        Put the clocks of tickets into a table, as far as they can be judged in columns, and return the positions of
        those that are left. ``indexes`` are their histories, ``contract`` the position of each one's contract.
        """
        left = np.ones(len(indexes), dtype=bool)
        terms = list(map(_terms, contracts))
        kept = {each: number for number, each in enumerate(dict.fromkeys(terms))}
        rules = [self._rules_of(each) for each in kept]
        term = np.array([kept[each] for each in terms], dtype=np.int64)[contract]
        for tickets, alike in groups(self.log, self.histories.forms, indexes, term, FEWEST):
            judged = self._take_alike(tickets, alike, rules[term[tickets[0]]], table)
            left[judged] = False
            on_progress(len(judged))
        return np.flatnonzero(left)

    def _rules_of(self, terms: Contract) -> Rules:
        if terms not in self._rules:
            self._rules[terms] = Rules(self.hours, terms)
        return self._rules[terms]

    def _take_alike(self, tickets: Seconds, alike: Alike, rules: Rules, table: ClockTable) -> Seconds:
        """
        Put the clocks of tickets that lie alike into the table, and return those of the tickets that it judged.
        """
        places = {name: place for place, name in enumerate(rules.hours.plan.metrics)}
        found: list[tuple[Lanes, Found]] = []
        is_left = np.zeros(len(tickets), dtype=bool)
        for names in independent(rules):
            parts, left = in_parts(partial(self._clocks, alike, rules, places, names), len(tickets), FEWEST)
            found += parts
            for lanes in left:
                is_left[lanes] = True
        for lanes, clocks in found:
            for metric, nth, row, one in clocks:
                table.add_columns(tickets[lanes], ~is_left[lanes], (metric, nth), row, one)
        return tickets[~is_left]

    def _clocks(self, alike: Alike, rules: Rules, places: dict[str, int], names: Sequence[str], lanes: Lanes) -> Found:
        """
        Return the clocks of some metrics of some of the tickets.
        """
        told = read(alike.events(lanes), rules, observed=self.observed)
        clocks = told.clocks(names)
        facts = told.ticket((), opening=self.opening)
        found: Found = []
        for name, each in clocks.items():
            for nth, clock in enumerate(each):
                one = Observation("", rules.contract, facts, clock)
                found.append((places[name], nth, self.judge.row(one, rules), one))
        return found


def _terms(contract: Contract) -> Contract:
    """
    Return what clocks can tell of a contract: all but whose it is and what it costs.
    """
    return replace(contract, customer="", contract="", fee=None)
