"""
Inspecting a claim: what the evidence says of each line, what finance decides, and what is credited then.

Invariant: only lines that were agreed count as violations, and the events stay those of the statement; the credit never
exceeds the fee of its period, and is applied to a billing cycle that begins after the decision, never backwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from upheld.core.calendars import zones
from upheld.core.compliance.scopes import BREACHED, MET, Part
from upheld.core.compliance.tallies import Tally
from upheld.core.credits.claims.draft import ClaimLine, ClockKey, key_of, line_of
from upheld.core.credits.credit import Circumstances, CreditResult, credit
from upheld.core.credits.payments import CreditError, Step
from upheld.core.credits.statements import Evidence, PeriodStatement
from upheld.core.dates import ONE_DAY
from upheld.core.instants import Instant, to_datetime
from upheld.core.money import Money
from upheld.core.plan.model.compliance import CreditScheme
from upheld.core.terms.proration import fee_period
from upheld.core.terms.successive import Agreed, term_on

EVENTS: Final = (Part.BREACHED, Part.MET, Part.FORGIVEN)
"""Parts of a tally that are events; only one of these can be agreed to be a violation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """
    A claimed line beside the evidence: what it would be decided as, and why.

    ``differs`` names what the customer states otherwise than the evidence (``date``, ``time``, ``duration``); that
    alone disputes nothing.
    """

    line: ClaimLine
    evidence: Evidence | None
    proposed: Literal["agreed", "disputed"]
    because: Step
    differs: tuple[str, ...] = ()


def inspect(lines: Sequence[ClaimLine], statement: PeriodStatement, zone: str) -> tuple[Inspected, ...]:
    """
    Return each line beside the evidence of its period, in the order of the claim.
    """
    known = {key_of(each): each for each in statement.evidence}
    seen: set[ClockKey] = set()
    found = []
    for line in lines:
        found.append(_inspected(line, known.get(line.key), zone, is_again=line.key in seen))
        seen.add(line.key)
    return tuple(found)


def _inspected(line: ClaimLine, evidence: Evidence | None, zone: str, *, is_again: bool) -> Inspected:
    if evidence is None:
        reason = Step("claim.line_unknown", {"ticket": line.key.ticket, "metric": line.key.metric})
        return Inspected(line=line, evidence=None, proposed="disputed", because=reason)
    if is_again:
        return Inspected(line=line, evidence=evidence, proposed="disputed", because=Step("claim.line_twice", {}))
    standing = evidence.standing
    why = Step(standing.code, dict(standing.params))
    proposed: Literal["agreed", "disputed"] = "agreed" if standing.part is Part.BREACHED else "disputed"
    ours = line_of(evidence, zone)
    differs = tuple(
        name
        for name in ("date", "time", "duration")
        if getattr(line, name) is not None and getattr(line, name) != getattr(ours, name)
    )
    return Inspected(line=line, evidence=evidence, proposed=proposed, because=why, differs=differs)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDecision:
    """
    What finance decided of a line; a dispute always has a reason.
    """

    agrees: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """
    A claim that was decided: how many of its lines were agreed, what is credited, and the day from which.

    ``applied_on`` is the first day of the billing cycle (or term) that the credit is set against; nothing is credited
    where it is ``None``.
    """

    agreed: tuple[ClockKey, ...]
    disputed: tuple[ClockKey, ...]
    result: CreditResult
    amount: Money | None
    applied_on: dt.date | None


def decide(  # noqa: PLR0913  (the claim, what was decided of it, and the contract)
    scheme: CreditScheme,
    statement: PeriodStatement,
    inspected: Sequence[Inspected],
    decisions: Mapping[int, LineDecision],
    *,
    fee: Money | None,
    circumstances: Circumstances,
    agreed: Agreed,
    fee_per: str,
    decided_at: Instant,
) -> Decided:
    """
    Return what a claim comes to; ``decisions`` has one for each line, by position.

    Raises :class:`CreditError` ``claim.line_undecided``, ``claim.dispute_without_reason``, ``claim.agreed_twice``,
    ``claim.agreed_unknown``, and what :func:`~upheld.core.credits.credit.credit` raises.
    """
    kept = _kept(inspected, decisions)
    disputed = tuple(each.line.key for at, each in enumerate(inspected) if not decisions[at].agrees)
    events = statement.tally.events
    tally = Tally({BREACHED: len(kept), MET: events - len(kept)})
    causes = len({key.ticket for key in kept})
    result = credit(scheme, tally, fee, replace(circumstances, causes=causes))
    amount = result.amount if result.is_owed else None
    if amount is not None and fee is not None and scheme.share_of == "fee" and amount.amount > fee.amount:
        amount = fee
    day = to_datetime(decided_at, zones.zone(agreed.zone)).date()
    applied_on = _applied_on(scheme, agreed, fee_per, day) if result.is_owed else None
    return Decided(agreed=kept, disputed=disputed, result=result, amount=amount, applied_on=applied_on)


def _kept(inspected: Sequence[Inspected], decisions: Mapping[int, LineDecision]) -> tuple[ClockKey, ...]:
    kept: list[ClockKey] = []
    for at, each in enumerate(inspected):
        decision = decisions.get(at)
        if decision is None:
            raise CreditError("claim.line_undecided", line=at + 1, ticket=each.line.key.ticket)
        if not decision.agrees:
            if not decision.reason.strip():
                raise CreditError("claim.dispute_without_reason", line=at + 1, ticket=each.line.key.ticket)
            continue
        if each.evidence is None or each.evidence.standing.part not in EVENTS:
            # It is not among the events; agreeing would credit more violations than there are.
            raise CreditError("claim.agreed_unknown", line=at + 1, ticket=each.line.key.ticket)
        if each.line.key in kept:
            raise CreditError("claim.agreed_twice", line=at + 1, ticket=each.line.key.ticket)
        kept.append(each.line.key)
    return tuple(kept)


def _applied_on(scheme: CreditScheme, agreed: Agreed, fee_per: str, day: dt.date) -> dt.date | None:
    """
    Return the first day of what the credit is set against; for one at renewal nothing where there is none.
    """
    if scheme.applied == "at_once":
        return day
    if scheme.applied == "renewal":
        term = term_on(agreed, day)
        return term.last + ONE_DAY if term and term.last and agreed.renews else None
    return fee_period(fee_per, agreed.starts_on, day, agreed.zone).last + ONE_DAY
