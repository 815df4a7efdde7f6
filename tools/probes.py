# ruff: noqa: INP001  (scripts beside the project, not a package of it)
"""
Probes of a plan: what the engine computes from it, over tickets, answers, contracts and periods of a fixed kind.

Two plans with the same signature give the same results wherever the probes look. A key of a plan is *computed* when
taking it out, or writing something else, changes the signature.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from upheld.core import events as ev
from upheld.core.calendars.spec import HolidayList
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.compliance.observations import Observation, observations_of
from upheld.core.compliance.stages import judge_promise
from upheld.core.coverage import judge as judge_coverage
from upheld.core.credits.claims.admission import Claimant, Filed, Invoice, admission
from upheld.core.credits.claims.window import ClaimWindow, claim_window
from upheld.core.credits.credit import MEASURES
from upheld.core.credits.statements import credit_statement
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, parse_instant
from upheld.core.intake import lists_that_may
from upheld.core.money import Money
from upheld.core.plan.circumstances import Circumstances
from upheld.core.plan.contract import Contract
from upheld.core.plan.model import Plan
from upheld.core.plan.model.compliance import CreditScheme
from upheld.core.plan.support_hours import SupportHours
from upheld.core.severity.suggestion import suggest
from upheld.core.terms.cancellation import cancellation
from upheld.core.terms.successive import Agreed, first_term

HOUR: Final = 3_600
OPENED: Final = tuple(
    map(
        parse_instant,
        ("2025-12-24T13:10:00Z", "2026-01-09T22:40:00Z", "2026-03-03T08:05:00Z", "2025-10-23T02:30:00Z",
         "2025-12-25T21:00:00Z", "2025-12-15T04:15:00Z"),
    )
)  # fmt: skip
"""Before a holiday, on a Friday night, on a working morning, and on days and at hours when some are open that others
are not."""
PLACES: Final = ((), ("US",), ("DE",))
NOW: Final = parse_instant("2026-09-01T00:00:00Z")
FEE: Final = Money(Decimal(1_000), "USD")


def found(plan: Plan) -> Iterator[Any]:
    """
    Yield everything that the probes find, the quickest first; where two plans yield the same, they give equal results.
    """
    for part in (_terms, _people, _suggestions, _coverage, _clocks, _money):
        try:
            yield from part(plan)
        except UpheldError as error:
            yield "refused", error.code
        yield part.__name__


def _hours(plan: Plan) -> SupportHours:
    lists = {
        name: HolidayList(name, "1", "feed", {dt.date(2026, 3, 4): "told by the feed"})
        for name, rule in plan.holiday_lists.items()
        if rule.feed
    }
    return SupportHours(plan, dt.date(2025, 9, 1), dt.date(2028, 12, 31), lists)


def _contracts(plan: Plan) -> Iterator[Contract]:
    """
    Yield a contract of each tier, and others that differ in one thing.
    """
    for tier in plan.tiers:
        for regions in PLACES:
            zone = "America/Chicago" if regions == ("US",) else "Europe/Berlin"
            yield Contract(customer="C", contract="1", tier=tier, regions=regions, zone=zone, fee=FEE)
        for add_on in plan.add_ons:
            yield Contract(customer="C", contract="1", tier=tier, zone="UTC", add_ons=frozenset({add_on}), fee=FEE)


def _openings(plan: Plan) -> Iterator[dict[str, Any]]:
    """
    Yield what an opening may say, one thing at a time.
    """
    yield {}
    yield from ({"channel": name} for name in plan.channels)
    yield from ({"request_type": name} for name in plan.request_types)
    yield from ({"environment": name} for name in plan.environments)
    yield from ({"product": name} for name in plan.products)
    yield from ({"answers": {"component": name}} for name in plan.components)
    for name, question in plan.severity_questions.items():
        yield from ({"answers": {name: answer}} for answer in question.answers)


def _stories(plan: Plan, at: Instant, severity: str, opening: dict[str, Any]) -> Iterator[tuple[ev.Event, ...]]:
    """
    Yield stories of one ticket: nobody answers; somebody does, in several ways.
    """
    head: list[ev.Event] = [
        ev.Opened(seq=0, effective_at=at, **opening),
        ev.SeverityAssigned(seq=1, effective_at=at, severity=severity),
    ]
    yield tuple(head)
    vendor = ev.Actor(ev.Side.VENDOR)
    after: list[tuple[float, Callable[..., ev.Event], dict[str, Any]]] = [
        (0.2, ev.CallLogged, {}),
        (1, ev.Assigned, {"to": "somebody"}),
        (2.1, ev.MessageSent, {"actor": vendor, "automatic": True}),
        (3, ev.Acknowledged, {"actor": vendor}),
        (4, ev.CallLogged, {"inbound": False}),
        (5, ev.MessageSent, {"actor": vendor}),
        (6, ev.StatusChanged, {"status": "waiting_on_customer"}),
        (40, ev.MessageReceived, {}),
        (41, ev.StatusChanged, {"status": "waiting_on_third_party"}),
        (60, ev.StatusChanged, {"status": "waiting_on_support"}),
    ]
    order = list(plan.severities)
    other = order[(order.index(severity) + 1) % len(order)]
    after += [(8, ev.SeverityAssigned, {"severity": other}), (70, ev.SeverityAssigned, {"severity": severity})]
    after += [(90 + position, ev.Paused, {"condition": name}) for position, name in enumerate(plan.statuses)]
    after += [(130 + position, ev.Resumed, {"condition": name}) for position, name in enumerate(plan.statuses)]
    after += [
        (150 + 9 * position, ev.MilestoneReached, {"milestone": name}) for position, name in enumerate(plan.milestones)
    ]
    after += [(200, ev.WorkaroundGiven, {}), (300, ev.Resolved, {}), (330, ev.Reopened, {}), (340, ev.Resolved, {})]
    after += [(350, ev.ReproductionRecorded, {"outcome": "not_reproducible"})]
    tail = [
        kind(seq=seq, effective_at=at + int(hours * HOUR), **own)
        for seq, (hours, kind, own) in enumerate(sorted(after, key=lambda each: each[0]), 2)
    ]
    yield (*head, *tail)


def _clocks(plan: Plan) -> Iterator[Any]:
    hours = _hours(plan)
    for contract in _contracts(plan):
        rules = Rules(hours, contract)
        is_plain = contract.regions == () and not contract.add_ons
        for severity, opening in itertools.product(plan.severities, _openings(plan) if is_plain else ({},)):
            for at in OPENED if not opening else OPENED[:2]:
                for story in _stories(plan, at, severity, opening):
                    yield _folded(rules, story)


def _folded(rules: Rules, story: tuple[ev.Event, ...]) -> Any:
    try:
        ticket = fold(story, rules)
    except UpheldError as error:
        return error.code
    return (
        ticket.channel_open,
        ticket.in_support_hours,
        tuple(
            (each.metric, each.cycle, each.started_at, each.due_at, each.early_at, each.stopped_at, each.breached_at,
             each.ended_because, each.spent, each.allowed, each.verdict, each.exclusion is not None)
            for each in ticket.clocks
        ),
    )  # fmt: skip


def _suggestions(plan: Plan) -> Iterator[Any]:
    questions = list(plan.severity_questions.items())
    for pair in itertools.combinations_with_replacement(questions, 2):
        for answers in itertools.product(*(question.answers for _, question in pair)):
            given = {name: answer for (name, _), answer in zip(pair, answers, strict=True)}
            found = suggest(plan, given)
            yield found.severity, found.because, found.rule
    for scores in plan.severity_scores:
        for number in ("1", "3.5", "6.5", "7.5", "8.5", "9.5"):
            found = suggest(plan, {scores.scale: number})
            yield found.severity, found.because


def _coverage(plan: Plan) -> Iterator[Any]:
    for contract in _contracts(plan):
        for kind in (None, *plan.request_types):
            circumstances = Circumstances(tier=contract.tier, request_type=kind, add_ons=contract.add_ons)
            yield repr(judge_coverage(plan, circumstances))


def _money(plan: Plan) -> Iterator[Any]:
    """
    Yield what promises about many clocks come to, and what is owed, over the stories of one contract.
    """
    hours = _hours(plan)
    for tier in plan.tiers:
        contract = Contract(customer="C", contract="1", tier=tier, zone="UTC", fee=FEE)
        seen = list(_observed(plan, Rules(hours, contract)))
        for promise in plan.compliance.values():
            for some in (seen, seen * 40):
                yield judge_promise(promise, plan, some, NOW).outcome
        for scheme in plan.credits.values():
            if scheme.claim is not None:
                named = scheme.claim.business_days
                calendar = hours.calendar(named, contract) if named else None
                window = claim_window(scheme.claim, OPENED[1], "UTC", calendar)
                yield window
                yield from _admitted(scheme, contract, window)
            if scheme.of not in MEASURES:
                continue
            for each in credit_statement(scheme, plan, contract, seen, NOW).periods:
                yield each.period.label, each.result.band, each.result.amount, each.result.days, each.tally.events


def _admitted(scheme: CreditScheme, contract: Contract, window: ClaimWindow | None) -> Iterator[Any]:
    """
    Yield what becomes of claims: spoken, without content, a second one, of somebody who owes, and late.
    """
    day = 86_400
    owing = (Invoice(number="1", due_on=dt.date(2026, 1, 1)),)
    for in_writing, earlier, invoices, at in (
        (False, 0, (), OPENED[1] + day),
        (True, 0, (), OPENED[1] + day),
        (True, 2, (), OPENED[1] + day),
        (True, 0, owing, OPENED[1] + day),
        (True, 0, (), OPENED[1] + 400 * day),
    ):
        claimant = Claimant(tier=contract.tier, fee=FEE, invoices=invoices)
        filed = Filed(received_at=at, period_ended_at=OPENED[1], in_writing=in_writing, lines=(), earlier=earlier)
        found = admission(scheme, claimant, filed, window, at)
        yield found.outcome, found.rule.code


def _observed(plan: Plan, rules: Rules) -> Iterator[Observation]:
    for severity, at in itertools.product(plan.severities, OPENED):
        for number, story in enumerate(_stories(plan, at, severity, {})):
            ticket = f"{severity}-{at}-{number}"
            yield from observations_of(ticket, rules.contract, fold(story, rules))


def _terms(plan: Plan) -> Iterator[Any]:
    agreed = Agreed(starts_on=dt.date(2025, 1, 31), ends_on=None, rules=plan.terms, zone="UTC")
    yield first_term(agreed), agreed.renews, agreed.last_day
    for text in ("2025-06-01T00:00:00Z", "2026-01-22T00:00:00Z", "2026-01-25T00:00:00Z", "2026-03-01T00:00:00Z"):
        try:
            yield cancellation(agreed, parse_instant(text), in_writing=True)
        except UpheldError as error:
            yield error.code


def _people(plan: Plan) -> Iterator[Any]:
    for tier, act in itertools.product(plan.tiers, ("open_tickets", "instruct", "book", "receive_notices", "approve")):
        yield lists_that_may(plan, tier, act)
