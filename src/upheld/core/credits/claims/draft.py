"""
The lines of a claim: date, time and duration of each violation, as the evidence has them.

Invariant: a draft has exactly the violations of its statement, in the order of their due times; a line says what the
evidence says, and whatever a customer writes instead is kept beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from upheld.core.calendars import zones
from upheld.core.credits.statements import Evidence, PeriodStatement
from upheld.core.durations import spell_seconds
from upheld.core.instants import to_datetime
from upheld.core.plan.model.compliance import Claim

FROM_EVIDENCE: Final = ("date", "time", "duration")
"""What a draft can state by itself; anything else that a plan asks for the customer writes."""


class ClockKey(NamedTuple):
    """
    Which clock a line is about.
    """

    ticket: str
    metric: str
    cycle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """
    One violation that is claimed. ``date`` and ``time`` (of the zone of the claim) are when it should have been kept,
    ``duration`` the elapsed seconds by which it was late; ``more`` holds what else the plan asks for.
    """

    key: ClockKey
    date: dt.date | None = None
    time: dt.time | None = None
    duration: int | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    def lacks(self, claim: Claim) -> tuple[str, ...]:
        """
        Return what the plan asks for and the line does not state.
        """
        return tuple(name for name in claim.must_state if not self._states(name))

    def _states(self, name: str) -> bool:
        if name in FROM_EVIDENCE:
            return getattr(self, name) is not None
        return bool(self.more.get(name, "").strip())


def key_of(evidence: Evidence) -> ClockKey:
    """
    Return which clock the evidence is about.
    """
    return ClockKey(evidence.ticket, evidence.metric, evidence.cycle)


def draft(statement: PeriodStatement, zone: str) -> tuple[ClaimLine, ...]:
    """
    Return a line for each violation of a period, the earliest due first.
    """
    found = sorted(statement.violations, key=lambda each: (each.due_at or 0, key_of(each)))
    return tuple(line_of(each, zone) for each in found)


def line_of(evidence: Evidence, zone: str) -> ClaimLine:
    """
    Return the line of one clock; what it lacks where it has no due time stays open.
    """
    if evidence.due_at is None:
        return ClaimLine(key=key_of(evidence))
    due = to_datetime(evidence.due_at, zones.zone(zone))
    return ClaimLine(key=key_of(evidence), date=due.date(), time=due.time().replace(fold=0), duration=evidence.late_by)


def as_text(lines: Iterable[ClaimLine], zone: str) -> list[str]:
    """
    Return lines as a claim in writing has them: ``T-1 first_response: 2026-05-04 14:00 (UTC), late by 1h``.
    """
    return [_text(each, zone) for each in lines]


def _text(line: ClaimLine, zone: str) -> str:
    clock = f"{line.key.ticket} {line.key.metric}" + (f" ({line.key.cycle})" if line.key.cycle > 1 else "")
    when = f"{line.date} {line.time:%H:%M} ({zone})" if line.date and line.time else ""
    late = f"late by {spell_seconds(line.duration)}" if line.duration is not None else ""
    rest = [f"{name}: {value}" for name, value in line.more.items() if value]
    return f"{clock}: {', '.join(filter(None, (when, late, *rest)))}"
