"""
How the promises of a contract were kept in the period that runs: what counts for credits, which row holds now, and what
one more broken promise would cost.

Invariant: the figures are those of :func:`~upheld.core.credits.statements.credit_statement`; nothing is counted here.
A ticket's fold is remembered by its version and rules, so it is made again only when something happened.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.db.models import Q

from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import core_contract, plan_of
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import EventRow, Ticket
from upheld.apps.tickets.rulings import rules_for
from upheld.core.clocks.clock import TicketClocks
from upheld.core.clocks.fold import fold
from upheld.core.compliance.observations import Observation, observations_of
from upheld.core.compliance.scopes import BREACHED
from upheld.core.compliance.tallies import Tally, zone_of
from upheld.core.credits.credit import MEASURES, Circumstances, CreditResult, credit
from upheld.core.credits.statements import ContractDates, PeriodStatement, credit_statement
from upheld.core.errors import UpheldError
from upheld.core.events import Event
from upheld.core.instants import Instant
from upheld.core.periods import Period
from upheld.core.plan.model.compliance import CreditScheme
from upheld.core.reckoning_periods import ReckoningPeriod, reckoning

MOST_FOLDS: Final = 4096
_folds: OrderedDict[tuple[object, ...], TicketClocks] = OrderedDict()


@dataclass(frozen=True, slots=True)
class SchemeNow:
    """
    One credit scheme of a contract in the period that runs. ``statement`` is missing where the measure is none of
    clocks (availability), ``problem`` says then why; ``after_one_more`` is what one more violation would make owed.
    """

    name: str
    scheme: CreditScheme
    period: ReckoningPeriod
    statement: PeriodStatement | None = None
    after_one_more: CreditResult | None = None
    problem: UpheldError | None = None

    @property
    def violation_share(self) -> Fraction | None:
        """
        The exact share of violations, or nothing without events.
        """
        return self.statement.tally.violation_share if self.statement else None


def schemes_now(contract: Contract, now: Instant) -> list[SchemeNow]:
    """
    Return how each credit scheme of a contract's plan stands in the period that runs now. Three queries, and one more
    for tickets that changed since they were last folded.
    """
    plan = plan_of(contract.plan_version_id)
    schemes = {
        name: scheme for name, scheme in plan.credits.items() if not scheme.tiers or contract.tier in scheme.tiers
    }
    if not schemes:
        return []
    dates = ContractDates(first=contract.starts_on, last=contract.ends_on)
    periods: dict[str, tuple[ReckoningPeriod, Instant]] = {}
    found: list[SchemeNow] = []
    for name, scheme in schemes.items():
        try:
            cut = reckoning(scheme.per, zone_of(scheme.zone, contract.zone), contract_start=contract.starts_on)
        except UpheldError:
            continue
        periods[name] = cut.period_of(now), _reaches_back(scheme, contract, cut.period_of(now), now)
    if not periods:
        return []
    last = max(period.span.end for period, _since in periods.values())
    seen = _observations(contract, Period(min(since for _period, since in periods.values()), last))
    for name, (period, since) in periods.items():
        over = Period(since, period.span.end)
        found.append(_scheme_now(name, schemes[name], contract, seen, period, over, dates, now))
    return found


def _reaches_back(scheme: CreditScheme, contract: Contract, period: ReckoningPeriod, now: Instant) -> Instant:
    """
    Return from when periods must be reckoned so that limits over longer stretches hold: from the start of the longest.
    """
    start = period.span.start
    for cap in scheme.cap:
        if cap.over is None or cap.over.each in ("violation", "incident", "rolling"):
            continue
        try:
            reach = reckoning(cap.over, zone_of(scheme.zone, contract.zone), contract_start=contract.starts_on)
        except UpheldError:
            continue
        start = min(start, reach.period_of(now).span.start)
    return start


def _scheme_now(  # noqa: PLR0917  (what a statement is made of)
    name: str,
    scheme: CreditScheme,
    contract: Contract,
    seen: Sequence[Observation],
    period: ReckoningPeriod,
    over: Period,
    dates: ContractDates,
    now: Instant,
) -> SchemeNow:
    plan = plan_of(contract.plan_version_id)
    if scheme.of not in MEASURES:
        return SchemeNow(name, scheme, period)
    try:
        made = credit_statement(scheme, plan, core_contract(contract), seen, now, dates=dates, over=over)
    except UpheldError as error:
        return SchemeNow(name, scheme, period, problem=error)
    current = next((each for each in made.periods if each.period.span == period.span), None)
    if current is None:
        return SchemeNow(name, scheme, period)
    return SchemeNow(name, scheme, current.period, current, _one_more(scheme, contract, current))


def _one_more(scheme: CreditScheme, contract: Contract, current: PeriodStatement) -> CreditResult | None:
    """
    Return what would be owed after one more violation, where a table over clocks says so by itself.
    """
    if scheme.compliance is not None or not scheme.table:
        return None
    standings = dict(current.tally.standings)
    standings[BREACHED] = standings.get(BREACHED, 0) + 1
    core = core_contract(contract)
    circumstances = Circumstances(
        tier=contract.tier,
        facts=dict(core.facts),
        days_in_period=(current.period.last - current.period.first).days + 1,
        causes=len({each.ticket for each in current.violations}) + 1,
    )
    try:
        return credit(scheme, Tally(standings), core.fee, circumstances)
    except UpheldError:
        return None


def _observations(contract: Contract, span: Period) -> list[Observation]:
    """
    Return all clocks of the contract's tickets that can belong to a stretch by their opening, due time or end.
    """
    inside = (span.start, span.end - 1)
    touched = (
        Q(opened_at__range=inside)
        | Q(clocks__due_at__range=inside)
        | Q(clocks__breached_at__range=inside)
        | Q(clocks__stopped_at__range=inside)
        | Q(clocks__ended_at__range=inside)
    )
    tickets = list(Ticket.objects.filter(touched, contract=contract, is_entitled=True).distinct().order_by("pk"))
    core, folded = core_contract(contract), _folded(tickets, contract)
    known = [(each, folded[each.pk]) for each in tickets if each.pk in folded]
    return [one for each, clocks in known for one in observations_of(each.public_id, core, clocks)]


def _folded(tickets: Iterable[Ticket], contract: Contract) -> dict[int, TicketClocks]:
    core = core_contract(contract)
    found: dict[int, TicketClocks] = {}
    missing: dict[int, tuple[tuple[object, ...], Ticket]] = {}
    for each in tickets:
        key: tuple[object, ...] = (each.pk, each.version, each.head_hash, each.plan_version_id, each.edition_id, core)
        known = _folds.get(key)
        if known is None:
            each.contract = contract
            missing[each.pk] = key, each
        else:
            found[each.pk] = known
    for pk, events in _events(missing).items():
        key, ticket = missing[pk]
        try:
            rules = rules_for(ticket, events)
            if rules is not None:
                found[pk] = fold(events, rules)
                _keep(key, found[pk])
        except UpheldError:
            continue  # `upheld verify` names a ticket that its rules cannot judge; a page must not fail for it
    return found


def _events(tickets: Iterable[int]) -> dict[int, list[Event]]:
    rows = EventRow.objects.filter(ticket__in=list(tickets)).order_by("ticket_id", "seq")
    found: dict[int, list[Event]] = {}
    for ticket, record in rows.values_list("ticket_id", "record"):
        found.setdefault(ticket, []).append(codec.decode(record))
    return found


def _keep(key: tuple[object, ...], folded: TicketClocks) -> None:
    _folds[key] = folded
    while len(_folds) > MOST_FOLDS:
        _folds.popitem(last=False)
