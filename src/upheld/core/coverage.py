"""
Coverage: whether the plan covers what is asked, by its rules, with the rule's place in the document and its words.

Invariant: the first rule that fits decides; a rule with grounds never decides by itself but is offered to a person.
What no rule decides is undecided, and a person decides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from upheld.core import events as ev
from upheld.core.durations import Duration
from upheld.core.errors import UpheldError
from upheld.core.money import Money
from upheld.core.plan.circumstances import Circumstances, fits
from upheld.core.plan.model import Plan
from upheld.core.plan.model.terms import CoverageRule, RequestType

MOST_TURNS: Final = 10
"""Request types that one may turn into, one after the other; more would be a circle."""


class CoverageError(UpheldError):
    """
    A decision about coverage that the plan does not allow.
    """


class Choice(NamedTuple):
    """
    A rule that a person may choose instead, on one of its grounds.
    """

    coverage: ev.Coverage
    rule: str
    grounds: tuple[str, ...]
    words: Mapping[str, str] | None
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    What the rules say of a request.

    ``rule`` is the place of the rule that decided (``coverage[3]``), empty where none did; ``rules`` are all that had a
    say, where the request turned into another type on the way. ``choices`` are what a person may decide instead.
    ``needs_review`` says that support must decide, with a reason, before the request can be done; ``needs_approval``
    that the customer must approve the charge first. ``offers`` is what the customer is offered instead.
    """

    coverage: ev.Coverage
    rule: str = ""
    words: Mapping[str, str] | None = None
    rules: tuple[str, ...] = ()
    request_type: str | None = None
    becomes: str | None = None
    choices: tuple[Choice, ...] = ()
    needs_review: bool = False
    needs_approval: bool = False
    rate: Money | None = None
    authorised_up_to: Duration | None = None
    excluded_from: str = "nothing"
    offers: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """
        Whether nobody needs to decide anything before work can start.
        """
        return self.coverage is not ev.Coverage.UNDECIDED and not self.needs_review and not self.needs_approval


def judge(plan: Plan, found: Circumstances) -> Judgement:
    """
    Return what the plan's rules say of a request; of one that becomes another type, with what they say of that.

    A plan without coverage rules covers everything. A type that a tier may not ask for is not covered, and the tiers
    that may are offered.
    """
    asked = plan.request_types.get(found.request_type or "")
    if asked is not None and asked.tiers and found.tier not in asked.tiers:
        return _of_other_tiers(asked, found)
    if not plan.coverage:
        routes = asked.routes if asked else ()
        return Judgement(ev.Coverage.COVERED, request_type=found.request_type, routes=routes)
    return _turned(plan, found, _judged(plan, found))


def _of_other_tiers(asked: RequestType, found: Circumstances) -> Judgement:
    place = f"request_types.{found.request_type}.tiers"
    return Judgement(
        ev.Coverage.NOT_COVERED,
        rule=place,
        words=asked.text or asked.name,
        rules=(place,),
        request_type=found.request_type,
        offers=asked.tiers,
    )


def _judged(plan: Plan, found: Circumstances) -> Judgement:
    """
    Return what the first rule that fits says, with the choices before and after it.
    """
    asked = plan.request_types.get(found.request_type or "")
    fitting = [(index, rule) for index, rule in enumerate(plan.coverage) if fits(rule, found, plan)]
    choices = tuple(_choice(index, rule) for index, rule in fitting if rule.grounds)
    decided = next(((index, rule) for index, rule in fitting if not rule.grounds), None)
    if decided is None:
        return Judgement(ev.Coverage.UNDECIDED, request_type=found.request_type, choices=choices)
    index, rule = decided
    return Judgement(
        ev.Coverage(rule.coverage),
        rule=place_of(index),
        words=rule.rule,
        rules=(place_of(index),),
        request_type=found.request_type,
        becomes=rule.becomes,
        choices=choices,
        needs_review=rule.needs_review,
        needs_approval=rule.needs_approval,
        rate=rule.rate,
        authorised_up_to=rule.authorised_up_to,
        excluded_from=rule.excluded_from,
        offers=rule.offers,
        routes=asked.routes if asked else (),
    )


def _turned(plan: Plan, found: Circumstances, first: Judgement) -> Judgement:
    """
    Return a judgement with what holds for the type that the request becomes: its routes, review and approval.
    """
    judged, seen = first, {found.request_type}
    while judged.becomes is not None and judged.becomes not in seen and len(seen) < MOST_TURNS:
        seen.add(judged.becomes)
        following = _judged(plan, replace(found, request_type=judged.becomes))
        judged = replace(
            judged,
            rules=(*judged.rules, *following.rules),
            becomes=following.becomes or judged.becomes,
            choices=(*judged.choices, *following.choices),
            needs_review=judged.needs_review or following.needs_review,
            needs_approval=judged.needs_approval or following.needs_approval,
            rate=judged.rate or following.rate,
            offers=(*judged.offers, *(each for each in following.offers if each not in judged.offers)),
            routes=following.routes or judged.routes,
        )
        if following.becomes is None:
            break
    return judged


def _choice(index: int, rule: CoverageRule) -> Choice:
    return Choice(ev.Coverage(rule.coverage), place_of(index), rule.grounds, rule.rule, rule.needs_approval)


def place_of(index: int) -> str:
    """
    Return the place of a coverage rule in the plan document.
    """
    return f"coverage[{index}]"


def rule_at(plan: Plan, place: str | None) -> CoverageRule | None:
    """
    Return the coverage rule at a place, or nothing where there is none.
    """
    return next((rule for index, rule in enumerate(plan.coverage) if place_of(index) == place), None)


def check_decision(plan: Plan, coverage: ev.Coverage, rule: str | None, ground: str | None) -> None:
    """
    Refuse a decision that names a rule of another verdict, or a rule of grounds without one of them.

    Raises :class:`CoverageError` ``coverage.unknown_rule``, ``coverage.other_verdict`` or ``coverage.unknown_ground``.
    """
    if rule is None:
        return
    found = rule_at(plan, rule)
    if found is None:
        known = [place_of(index) for index in range(len(plan.coverage))]
        raise CoverageError("coverage.unknown_rule", given=rule, known=known)
    if found.coverage != coverage:
        raise CoverageError("coverage.other_verdict", rule=rule, given=str(coverage), verdict=found.coverage)
    if found.grounds and ground not in found.grounds:
        raise CoverageError("coverage.unknown_ground", rule=rule, given=ground or "", known=list(found.grounds))


class Charge(NamedTuple):
    """
    Where a charge stands: ``none``, ``proposed``, ``approved`` or ``declined``; the latest proposal counts.
    """

    state: str
    amount: str | None = None
    currency: str | None = None
    seq: int | None = None


def charge_of(events: Iterable[ev.Event]) -> Charge:
    """
    Return where the charge of a ticket stands.
    """
    charge = Charge("none")
    for event in ev.in_order(events):
        if isinstance(event, ev.ChargeProposed):
            charge = Charge("proposed", event.amount, event.currency, event.seq)
        elif isinstance(event, ev.ChargeDecided) and charge.state != "none":
            charge = charge._replace(state="approved" if event.approved else "declined")
    return charge


def decided_of(events: Iterable[ev.Event]) -> ev.CoverageDecided | None:
    """
    Return the latest decision about a ticket's coverage.
    """
    found = None
    for event in ev.in_order(events):
        if isinstance(event, ev.CoverageDecided):
            found = event
    return found


def why_no_work(plan: Plan, judged: Judgement, events: Iterable[ev.Event]) -> str | None:
    """
    Return why work on a request may not start or go on yet, as a code, or nothing where it may.

    ``coverage.review_missing``: support has not decided yet whether and how it is done. ``coverage.charge_missing``:
    the charge was not proposed. ``coverage.charge_waits``: the customer has not answered. ``coverage.charge_declined``:
    the customer said no.
    """
    known = list(events)
    decided = decided_of(known)
    charge = charge_of(known)
    if decided is None and judged.needs_review:
        return "coverage.review_missing"
    if not _needs_approval(plan, judged, decided) and charge.state == "none":
        return None
    return {
        "none": "coverage.charge_missing",
        "proposed": "coverage.charge_waits",
        "declined": "coverage.charge_declined",
    }.get(charge.state)


def _needs_approval(plan: Plan, judged: Judgement, decided: ev.CoverageDecided | None) -> bool:
    """
    Return whether a charge must be approved: by the rule that a person chose, by any of that verdict, or by the plan's
    own judgement where nobody decided.
    """
    if decided is None:
        return judged.needs_approval
    if decided.coverage is not ev.Coverage.CHARGEABLE:
        return False
    chosen = rule_at(plan, decided.rule)
    if chosen is not None:
        return chosen.needs_approval
    return any(rule.needs_approval for rule in plan.coverage if rule.coverage == "chargeable")
