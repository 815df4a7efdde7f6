"""
Tallies: how many clocks stand where, and the exact shares that follow; of all clocks, or group by group in one pass.

Invariant: the parts of a tally add up to the clocks that were looked at, and its denominator is the clocks with a
verdict that counts: ``met``, ``breached`` and ``forgiven``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from upheld.core.compliance.observations import BelongsBy, Observation
from upheld.core.compliance.scopes import Part, Scope, Standing, judge
from upheld.core.instants import Instant
from upheld.core.plan.model.compliance import Period as PeriodRule
from upheld.core.reckoning_periods import Reckoning, ReckoningPeriod, reckoning

Key: TypeAlias = Callable[[Observation], Hashable]
"""What an observation is grouped by."""


@dataclass(frozen=True, slots=True)
class Tally:
    """
    The clocks that were looked at, by their standing.
    """

    standings: Mapping[Standing, int]

    def count(self, part: Part) -> int:
        """
        Return how many clocks fell into a part.
        """
        return sum(number for standing, number in self.standings.items() if standing.part is part)

    def reasons(self, part: Part) -> dict[str, int]:
        """
        Return how many clocks fell into a part for each reason (its code).
        """
        found: dict[str, int] = {}
        for standing, number in self.standings.items():
            if standing.part is part:
                found[standing.code] = found.get(standing.code, 0) + number
        return found

    @property
    def met(self) -> int:
        """
        Return how many were in time.
        """
        return self.count(Part.MET)

    @property
    def breached(self) -> int:
        """
        Return how many were late: the violations.
        """
        return self.count(Part.BREACHED)

    @property
    def forgiven(self) -> int:
        """
        Return how many were late, but left the numerator by a decision.
        """
        return self.count(Part.FORGIVEN)

    @property
    def pending(self) -> int:
        """
        Return how many still run and are not late.
        """
        return self.count(Part.PENDING)

    @property
    def ended(self) -> int:
        """
        Return how many ended without a verdict.
        """
        return self.count(Part.ENDED)

    @property
    def excluded(self) -> int:
        """
        Return how many left numerator and denominator by a decision.
        """
        return self.count(Part.EXCLUDED)

    @property
    def unobservable(self) -> int:
        """
        Return how many cannot be judged from what is known.
        """
        return self.count(Part.UNOBSERVABLE)

    @property
    def not_counted(self) -> dict[str, int]:
        """
        Return how many are outside the scope, by reason.
        """
        return self.reasons(Part.NOT_COUNTED)

    @property
    def total(self) -> int:
        """
        Return how many were looked at.
        """
        return sum(self.standings.values())

    @property
    def events(self) -> int:
        """
        Return the denominator: clocks with a verdict that counts.
        """
        return self.met + self.breached + self.forgiven

    @property
    def share(self) -> Fraction | None:
        """
        Return the exact share of the events that are no violation, or nothing without events.
        """
        violations = self.violation_share
        return None if violations is None else 1 - violations

    @property
    def violation_share(self) -> Fraction | None:
        """
        Return the exact share of the events that are violations, or nothing without events.
        """
        return Fraction(self.breached, self.events) if self.events else None

    def __add__(self, other: Tally) -> Tally:
        sums = dict(self.standings)
        for standing, number in other.standings.items():
            sums[standing] = sums.get(standing, 0) + number
        return Tally(sums)


def tally(observations: Iterable[Observation], scope: Scope, now: Instant) -> Tally:
    """
    Return how the clocks stand at ``now`` towards a scope.
    """
    (found,) = tallies_by(observations, scope, now, _together)
    return found.get(True, Tally({}))


def tallies_by(
    observations: Iterable[Observation], scope: Scope, now: Instant, *keys: Key
) -> tuple[dict[Hashable, Tally], ...]:
    """
    Return the tallies of the groups that each key makes, one mapping for each key, in one pass over the observations.
    """
    counts: list[dict[Hashable, dict[Standing, int]]] = [{} for _ in keys]
    pairs = list(zip(counts, keys, strict=True))
    for observation in observations:
        standing = judge(observation, scope, now)
        for groups, key in pairs:
            group = groups.setdefault(key(observation), {})
            group[standing] = group.get(standing, 0) + 1
    return tuple({name: Tally(group) for name, group in groups.items()} for groups in counts)


def _together(_: Observation) -> Hashable:
    return True


def by_metric(observation: Observation) -> str:
    """
    Group by metric.
    """
    return observation.clock.metric


def by_severity(observation: Observation) -> str | None:
    """
    Group by the severity whose target ruled.
    """
    return observation.severity


def by_customer(observation: Observation) -> str:
    """
    Group by customer.
    """
    return observation.contract.customer


def by_period(rule: PeriodRule, *, zone: str = "contract", belongs_by: BelongsBy = "opened") -> Key:
    """
    Return a key that groups by :class:`~upheld.core.reckoning_periods.ReckoningPeriod`, cut in ``zone`` or, where that
    is ``contract`` or ``customer``, in the contract's; clocks that belong to no period yet are the group ``None``.

    Rules that need the contract's start or term raise :class:`~upheld.core.reckoning_periods.ReckoningError`.
    """
    made: dict[str, Reckoning] = {}

    def key(observation: Observation) -> ReckoningPeriod | None:
        at = observation.belongs_at(belongs_by)
        if at is None:
            return None
        name = zone_of(zone, observation.contract.zone)
        found = made.get(name)
        if found is None:
            found = made.setdefault(name, reckoning(rule, name))
        return found.period_of(at)

    return key


def by_all(*keys: Key) -> Key:
    """
    Return a key that groups by several keys at once: the tuple of theirs.
    """
    return lambda observation: tuple(key(observation) for key in keys)


def zone_of(named: str, contract_zone: str) -> str:
    """
    Return the zone that a plan names, where ``contract`` and ``customer`` stand for the contract's.
    """
    return contract_zone if named in ("contract", "customer") else named
