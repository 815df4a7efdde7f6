"""
The table of judged clocks: a row for each, whichever way it was judged, in the order of the log.

Invariant: clocks of one :class:`What` differ in nothing but their numbers, so that sums are made of whole columns; a
row is the same whether its ticket was folded by itself or in columns.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from upheld.core.clocks.clock import Verdict
from upheld.core.clocks.columns import Column, Seconds, Which, spread
from upheld.core.clocks.explain import spent_at
from upheld.core.clocks.rules import Rules
from upheld.core.compliance.observations import Observation
from upheld.core.compliance.scopes import Scope, Standing, stand
from upheld.core.instants import Instant
from upheld.core.plan.contract import Contract

EVERY_CLOCK: Final = Scope()
NEVER: Final = -1
"""Stands where a clock has no such instant."""
_JUDGED: Final = frozenset({Verdict.MET, Verdict.BREACHED})
_PLACES: Final = 32
_NTH: Final = 20
"""Bits of a row's key below the ticket, and of these below the metric."""

Numbers: TypeAlias = tuple[Any, ...]
"""Opened, spent, allowed, late by, due, ended: of one clock or of a column of them."""


class What(NamedTuple):
    """
    What clocks share: metric, severity, standing, whether they were late (``None``: without a verdict), and their
    standing towards each credit scheme, by its name.
    """

    metric: str
    severity: str | None
    standing: Standing
    is_late: bool | None
    towards: tuple[tuple[str, Standing], ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """
    Says what a clock is and which numbers it has, as it stands at ``now``, towards the ``scopes`` of credit schemes.
    """

    now: Instant
    scopes: Mapping[str, Scope]

    @property
    def asks_of_opening(self) -> bool:
        """
        Whether a scope asks if channel and support were open when the ticket came.
        """
        return any(scope.opened != "any_time" for scope in self.scopes.values())

    def row(self, one: Observation, rules: Rules) -> tuple[What, Numbers]:
        """
        Return the row of a clock, or of a column of clocks.

        Spent and allowed are support seconds, 0 allowed where the target has no length in hours; late by is elapsed
        seconds. Without a verdict the three are 0.
        """
        now, clock = self.now, one.clock
        verdict = clock.verdict_at(now)
        standing = stand(one, EVERY_CLOCK, verdict)
        towards = tuple([(name, stand(one, scope, verdict)) for name, scope in self.scopes.items()])
        is_late = (verdict is Verdict.BREACHED) if verdict in _JUDGED else None
        spent = allowed = late_by = 0
        if is_late is not None:
            is_counted = bool(clock.allowed) and not (clock.is_open and clock.is_agreed)
            allowed = clock.allowed if is_counted and clock.allowed is not None else 0
            spent = spent_at(clock, rules, one.facts.channel, now) if allowed else 0
            late = one.late_by(now) if is_late else None
            late_by = 0 if late is None else late
        return What(clock.metric, one.severity, standing, is_late, towards), (
            one.facts.opened_at, spent, allowed, late_by, one.due_at, one.belongs_at("ended"),
        )  # fmt: skip


@dataclass(slots=True)
class ClockTable:
    """
    The rows while they are made. ``keeps`` says whether the clocks themselves are wanted later.

    A row's key says where it stands: the position of its ticket, the metric's in the plan, and which of its clocks.
    """

    keeps: bool
    whats: list[What] = field(default_factory=list)
    _numbers: dict[What, int] = field(default_factory=dict)
    _rows: array[int] = field(default_factory=lambda: array("q"))
    """Rows of single clocks, one after another."""
    _blocks: list[Seconds] = field(default_factory=list)
    _kept: list[Observation] = field(default_factory=list)
    _columns: list[Observation] = field(default_factory=list)

    def add(self, ticket: int, metric: int, nth: int, row: tuple[What, Numbers], one: Observation) -> None:
        """
        Add the row of one clock.
        """
        what, (opened, spent, allowed, late_by, due, ended) = row
        due, ended = NEVER if due is None else due, NEVER if ended is None else ended
        number, key = self._number(what), (ticket << _PLACES) + (metric << _NTH) + nth
        self._rows.extend((key, number, opened, spent, allowed, late_by, due, ended, NEVER, len(self._kept)))
        if self.keeps:
            self._kept.append(one)

    def add_columns(
        self, tickets: Seconds, wanted: Which, place: tuple[int, int], row: tuple[What, Numbers], one: Observation
    ) -> None:
        """
        Add the rows of a column of clocks, as far as they are ``wanted``; ``place`` is the metric's position in the
        plan, and which of its clocks they are.
        """
        what, numbers = row
        count = len(tickets)
        block = np.empty((_WIDTH, count), dtype=np.int64)
        block[0] = (tickets << _PLACES) + (place[0] << _NTH) + place[1]
        block[1] = self._number(what)
        for index, number in enumerate(numbers, 2):
            block[index] = spread(number, count, NEVER)
        block[-2], block[-1] = len(self._columns), np.arange(count)
        self._blocks.append(block[:, wanted])
        if self.keeps:
            self._columns.append(one)

    def _number(self, what: What) -> int:
        found = self._numbers.get(what)
        if found is None:
            found = self._numbers[what] = len(self.whats)
            self.whats.append(what)
        return found

    def in_order(self) -> Rows:
        """
        Return all rows, those of each ticket together, in the order of the fold.
        """
        blocks = [*self._blocks, np.array(self._rows, dtype=np.int64).reshape(-1, _WIDTH).T]
        joined = np.concatenate(blocks, axis=1)
        joined = joined[:, np.argsort(joined[0])]
        return Rows(self.whats, joined[0] >> _PLACES, *joined, self._columns, self._kept)  # type: ignore[call-arg]


_WIDTH: Final = 10


@dataclass(slots=True)
class Rows:
    """
    A whole table: columns of equal length, ``ticket`` rising. ``what`` is the position in ``whats``.
    """

    whats: list[What]
    ticket: Seconds
    key: Seconds
    what: Seconds
    opened: Seconds
    spent: Seconds
    allowed: Seconds
    late_by: Seconds
    due: Seconds
    ended: Seconds
    _block: Seconds
    _lane: Seconds
    _columns: list[Observation]
    _kept: list[Observation]
    _lanes: dict[int, tuple[_Lanes, _Lanes]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.key)

    @property
    def metric(self) -> Seconds:
        """
        The position of each row's metric in the plan.
        """
        return (self.key & ((1 << _PLACES) - 1)) >> _NTH

    def metric_and_nth(self, row: int) -> tuple[int, int]:
        """
        Return the position of a row's metric in the plan, and which of the metric's clocks on the ticket it is.
        """
        place = int(self.key[row]) & ((1 << _PLACES) - 1)
        return place >> _NTH, place & ((1 << _NTH) - 1)

    def of(self, names: Sequence[Any]) -> npt.NDArray[Any]:
        """
        Return for each row what ``names`` has for its :class:`What`.
        """
        return np.array(names, dtype=None if names else np.int64)[self.what]

    def observation(self, row: int, ticket: str, contract: Contract) -> Observation:
        """
        Return the clock of a row; one that was judged in columns comes without its legs and changes.
        """
        block, lane = int(self._block[row]), int(self._lane[row])
        if block == NEVER:
            return self._kept[lane]
        if block not in self._lanes:
            column = self._columns[block]
            self._lanes[block] = _Lanes(column.facts), _Lanes(column.clock)
        facts, clock = self._lanes[block]
        return Observation(ticket, contract, facts.make(lane), clock.make(lane))


class _Lanes:
    """
    Makes single clocks (or the facts of single tickets) out of a column of them, without legs, changes and clocks.
    """

    def __init__(self, column: Any) -> None:
        self._kind = type(column)
        values = column._asdict()
        values |= {name: () for name in ("legs", "changes", "clocks") if name in values}
        self._columns = {name: each.values.tolist() for name, each in values.items() if isinstance(each, Column)}
        self._same = {name: each for name, each in values.items() if name not in self._columns}

    def make(self, lane: int) -> Any:
        return self._kind(**self._same, **{name: each[lane] for name, each in self._columns.items()})
