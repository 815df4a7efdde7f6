"""
What a contract is owed by each credit scheme, counted from the rows of its clocks.

Invariant: the figures are those of :func:`~upheld.core.credits.statements.credit_statement` over the same clocks; a
scheme that rests on a promise about many clocks asks for the clocks themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from upheld.core.clocks.columns import Seconds
from upheld.core.compliance.observations import Observation
from upheld.core.compliance.scopes import Part, Scope, Standing, scope_of_credits
from upheld.core.compliance.tallies import Tally, zone_of
from upheld.core.credits.credit import MEASURES
from upheld.core.credits.statements import Counted, counted_credits, credit_statement
from upheld.core.instants import Instant
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.model.compliance import CreditScheme
from upheld.core.reckoning_periods import Reckoning, ReckoningPeriod, reckoning
from upheld.replay.results import CreditLine
from upheld.replay.sums import first_met, periods_of
from upheld.replay.table import NEVER, Rows

_NO_PERIOD: Final = -1


@dataclass(slots=True)
class Owing:
    """
    The credit schemes of a plan that clocks can answer, and the periods that they cut.
    """

    plan: Plan
    now: Instant
    _cuts: dict[tuple[str, str], Reckoning] = field(default_factory=dict)

    @property
    def schemes(self) -> dict[str, CreditScheme]:
        """
        Return the schemes by name.
        """
        return {name: each for name, each in self.plan.credits.items() if each.of in MEASURES}

    @property
    def scopes(self) -> dict[str, Scope]:
        """
        Return which clocks the schemes count that can be reckoned from rows alone.
        """
        return {name: scope_of_credits(each, self.plan) for name, each in self.schemes.items() if not each.compliance}

    @property
    def asks_for_clocks(self) -> bool:
        """
        Whether a scheme asks for the clocks themselves.
        """
        return any(each.compliance for each in self.schemes.values())

    def lines(
        self, contract: Contract, rows: Rows, mine: slice, clocks: Callable[[], Sequence[Observation]]
    ) -> Iterator[CreditLine]:
        """
        Yield what is owed under one contract, whose rows are ``mine`` (some at least).
        """
        for name, scheme in self.schemes.items():
            if scheme.compliance:
                statement = credit_statement(scheme, self.plan, contract, clocks(), self.now)
                found = [(each.period, each.tally, each.result) for each in statement.periods]
            else:
                cut = self._cut(name, scheme, contract)
                by = {"opened": rows.opened, "due": rows.due, "ended": rows.ended}[scheme.belongs_by]
                counted = _counted(name, rows, mine, *_periods(by[mine], cut, self.now))
                results = counted_credits(scheme, self.plan, contract, counted, cut=cut, now=self.now)
                found = [(period, counted[period].tally, result) for period, result in results if period in counted]
            for period, tally, result in found:
                if tally.total:
                    yield CreditLine(name, contract, period.label, tally, result)

    def _cut(self, name: str, scheme: CreditScheme, contract: Contract) -> Reckoning:
        key = name, zone_of(scheme.zone, contract.zone)
        if key not in self._cuts:
            self._cuts[key] = reckoning(scheme.per, key[1])
        return self._cuts[key]


def _counted(
    name: str, rows: Rows, mine: slice, periods: Sequence[ReckoningPeriod], period: Seconds
) -> dict[ReckoningPeriod, Counted]:
    """
    Return the tally of each period with clocks, and how many tickets had a violation in it. ``period`` is the position
    of each row's among ``periods``.
    """
    whats, ticket = rows.what[mine], rows.ticket[mine]
    belongs = period != _NO_PERIOD
    whats, ticket, period = whats[belongs], ticket[belongs], period[belongs]
    standings: dict[int, dict[Standing, int]] = {}
    towards = [dict(each.towards)[name] for each in rows.whats]
    for code, number in first_met(period * len(towards) + whats):
        standing = towards[code % len(towards)]
        counts = standings.setdefault(code // len(towards), {})
        counts[standing] = counts.get(standing, 0) + number
    late = np.array([each.part is Part.BREACHED for each in towards], dtype=bool)[whats]
    causes = np.bincount(
        np.unique(np.stack([period[late], ticket[late]]), axis=1)[0] if late.any() else period[late],
        minlength=len(periods),
    )
    return {periods[index]: Counted(Tally(counts), int(causes[index])) for index, counts in standings.items()}


def _periods(at: Seconds, cut: Reckoning, now: Instant) -> tuple[list[ReckoningPeriod], Seconds]:
    """
    Return the periods of a rule, and the position of each instant's among them.
    """
    known = at != NEVER
    if cut.rolling:
        only = cut.period_of(now)
        inside = known & (at >= only.span.start) & (at < only.span.end)
        return [only], np.where(inside, 0, _NO_PERIOD)
    positions = np.full(len(at), _NO_PERIOD)
    periods, positions[known] = periods_of(at[known], cut)
    return periods, positions
