"""
Whether a claim is admitted, and the rule that decided.

Invariant: the first rule that stands in the way decides, in a fixed order; nothing is decided where the plan is silent,
and no claim is lost: whatever the outcome, it is kept.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from upheld.core.calendars import zones
from upheld.core.credits.claims.draft import ClaimLine
from upheld.core.credits.claims.window import ClaimWindow
from upheld.core.credits.payments import Step
from upheld.core.instants import Instant, to_datetime
from upheld.core.money import Money
from upheld.core.plan.model.compliance import CreditScheme


class Admitted(enum.StrEnum):
    """
    What becomes of a claim: inspected; waiting for something that the customer can still do until the window closes;
    refused; forfeited because it came too late; or left to a person because the plan is silent.
    """

    ADMITTED = "admitted"
    WAITS = "waits"
    REFUSED = "refused"
    FORFEITED = "forfeited"
    DECIDED_BY_PERSON = "decided_by_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """
    An invoice of the contract: its last day to pay (of the claim's zone), and when it was paid.
    """

    number: str
    due_on: dt.date
    paid_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """
    A claim as it was filed: when it was received and for which period (its end as an instant), in writing or not, its
    lines; ``earlier`` counts the claims of the same period that were filed before and not withdrawn.
    """

    received_at: Instant
    period_ended_at: Instant
    in_writing: bool
    lines: Sequence[ClaimLine]
    earlier: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """
    What becomes of a claim as of an instant, and why: the rule's code with its facts, and its key in the plan.
    """

    outcome: Admitted
    rule: Step
    place: str
    window: ClaimWindow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """
    Whose claim it is: the contract's tier, its fee for the period (``None``: it has none), its invoices, and the zone
    in which their days end.
    """

    tier: str
    fee: Money | None
    invoices: Sequence[Invoice] = ()
    zone: str = "UTC"

    def overdue(self, at: Instant) -> list[Invoice]:
        """
        Return the invoices that were due before the day of an instant and not paid by then.
        """
        today = to_datetime(at, zones.zone(self.zone)).date()
        return [each for each in self.invoices if each.due_on < today and (each.paid_at is None or each.paid_at > at)]


def admission(
    scheme: CreditScheme, claimant: Claimant, filed: Filed, window: ClaimWindow | None, now: Instant
) -> Admission:
    """
    Return what becomes of a claim as things stand at ``now``.

    ``window`` is that of :func:`~upheld.core.credits.claims.window.claim_window`.
    """
    is_open = window is None or window.is_in_time(now)
    found = (
        _entitlement(scheme, claimant)
        or _form(scheme, filed, window)
        or _content(scheme, filed, is_open=is_open)
        or _payments(scheme, claimant, filed, window, now)
    )
    outcome, rule, place = found or (Admitted.ADMITTED, Step("claim.admitted", {}), "claim")
    return Admission(outcome=outcome, rule=rule, place=place, window=window)


_Found = tuple[Admitted, Step, str]


def _entitlement(scheme: CreditScheme, claimant: Claimant) -> _Found | None:
    tier, fee = claimant.tier, claimant.fee
    if scheme.tiers and tier not in scheme.tiers:
        return Admitted.REFUSED, Step("claim.tier_excluded", {"tier": tier, "tiers": list(scheme.tiers)}), "tiers"
    if scheme.share_of == "fee" and (fee is None or not fee.amount):
        return Admitted.REFUSED, Step("claim.no_fee", {"tier": tier}), "share_of"
    if scheme.claim.automatic:
        return Admitted.REFUSED, Step("claim.not_needed", {}), "claim.automatic"
    return None


def _form(scheme: CreditScheme, filed: Filed, window: ClaimWindow | None) -> _Found | None:
    claim = scheme.claim
    if claim.in_writing and not filed.in_writing:
        return Admitted.REFUSED, Step("claim.not_in_writing", {}), "claim.in_writing"
    if claim.counted_from == "period_end" and filed.received_at < filed.period_ended_at:
        return Admitted.REFUSED, Step("claim.too_early", {"from": filed.period_ended_at}), "claim.counted_from"
    if window is not None and not window.is_in_time(filed.received_at):
        facts = {"last_day": str(window.last_day), "zone": window.zone}
        if claim.late == "forfeited":
            return Admitted.FORFEITED, Step("claim.forfeited", facts), "claim.within"
        return Admitted.DECIDED_BY_PERSON, Step("claim.late", facts), "claim.late"
    if claim.at_most is not None and filed.earlier >= claim.at_most:
        return Admitted.REFUSED, Step("claim.one_too_many", {"most": claim.at_most}), "claim.at_most"
    return None


def _content(scheme: CreditScheme, filed: Filed, *, is_open: bool) -> _Found | None:
    """
    Return what a claim lacks; it can be completed until its window closes, and is refused after that.
    """
    lacking = {name: None for line in filed.lines for name in line.lacks(scheme.claim)}
    if not filed.lines:
        return Admitted.REFUSED, Step("claim.names_no_violation", {}), "claim.must_state"
    if not lacking:
        return None
    facts = {"lacking": list(lacking), "lines": sum(bool(each.lacks(scheme.claim)) for each in filed.lines)}
    outcome = Admitted.WAITS if is_open else Admitted.REFUSED
    return outcome, Step("claim.incomplete", facts), "claim.must_state"


def _payments(
    scheme: CreditScheme, claimant: Claimant, filed: Filed, window: ClaimWindow | None, now: Instant
) -> _Found | None:
    """
    Return whether an invoice that was overdue when the claim was received stands in its way.

    Where paying heals, one that was paid before the window closed does no harm; where the plan is silent on that, a
    person decides once it was paid.
    """
    claim = scheme.claim
    if not claim.current_on_payments:
        return None
    overdue = claimant.overdue(filed.received_at)
    if not overdue:
        return None
    facts = {"invoices": [each.number for each in overdue]}
    is_healed = all(
        each.paid_at is not None and each.paid_at <= now and (window is None or window.is_in_time(each.paid_at))
        for each in overdue
    )
    is_open = window is None or window.is_in_time(now)
    if claim.paying_heals:
        if is_healed:
            return None
        outcome, code = (Admitted.WAITS, "claim.overdue_can_heal") if is_open else (Admitted.REFUSED, "claim.overdue")
        return outcome, Step(code, facts), "claim.paying_heals"
    if claim.paying_heals is None and is_healed:
        return Admitted.DECIDED_BY_PERSON, Step("claim.healing_silent", facts), "claim.paying_heals"
    return Admitted.REFUSED, Step("claim.overdue", facts), "claim.current_on_payments"
