"""
When a running clock comes to count as at risk.
"""

from __future__ import annotations

import functools
from decimal import Decimal
from fractions import Fraction

from upheld.core.clocks.clock import Clock
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant


def at_risk_at(clock: Clock, rules: Rules, channel: str | None) -> Instant | None:
    """
    Return the instant at which a clock reaches the share of its target from which the metric counts as at risk.

    Nothing where it does not run, has no due time, or is due on a date agreed with the customer. A target that is not
    counted in hours is at risk at that share of the support time between its start and its due time.
    """
    leg = clock.legs[-1] if clock.legs else None
    if (
        clock.is_agreed
        or not clock.is_open
        or clock.due_at is None
        or leg is None
        or leg.until is not None
        or leg.paused_by
    ):
        return None
    rules = rules.ruling(leg.ruling)
    over, under = _share(rules.hours.plan.metrics[clock.metric].at_risk)
    calendar = rules.calendar(leg.promise.calendar, leg.promise.severity, channel)
    if clock.allowed is not None:
        return min(calendar.add(leg.since, max(clock.allowed * over // under - clock.spent, 0)), clock.due_at)
    whole = calendar.between(leg.counted_from, clock.due_at)
    return min(calendar.add(leg.counted_from, whole * over // under), clock.due_at) if whole > 0 else clock.due_at


@functools.lru_cache(maxsize=256)
def _share(percent: Decimal) -> tuple[int, int]:
    """
    Return a percentage as a fraction: what is over the line, and what is under it.
    """
    return (Fraction(percent) / 100).as_integer_ratio()
