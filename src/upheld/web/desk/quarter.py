"""
The card of the running period: how many promises that count were broken of how many, which row of the credit table
holds now, and what one more would cost.

Invariant: a share is never shown without its denominator, and never rounded onto, or across, an edge of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import find_contract, plan_of
from upheld.apps.tickets.compliance import SchemeNow, schemes_now
from upheld.core.compliance.percentages import written
from upheld.core.credits.credit import CreditResult
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.bands import Band
from upheld.core.plan.model.compliance import CreditRow, CreditScheme
from upheld.core.reckoning_periods import ReckoningPeriod
from upheld.web import plan_words
from upheld.web.desk import labels
from upheld.web.desk.permission import access_to, needs, reader_of
from upheld.wording import say

_HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class Owed:
    """
    What is owed at a number: the row of the table, what it pays, and the sum, where it has one.
    """

    number: str
    row: str
    pays: str
    amount: str
    is_owed: bool


@dataclass(frozen=True, slots=True)
class QuarterCard:
    """
    One credit scheme in its running period. ``events`` is the denominator; ``told`` is the reckoning in sentences.
    """

    key: str
    title: str
    days: str
    kept: int
    broken: int
    events: int
    running: int
    excluded: int
    others: int
    now: Owed | None
    one_more: Owed | None
    told: list[str]
    problem: str
    is_worse_next: bool


def cards_of(contract: Contract, now: Instant) -> list[QuarterCard]:
    """
    Return a card for each credit scheme that the contract's tier has.
    """
    plan = plan_of(contract.plan_version_id)
    return [_card(each, plan) for each in schemes_now(contract, now)]


def _card(one: SchemeNow, plan: Plan) -> QuarterCard:
    scheme, statement, language = one.scheme, one.statement, labels.language()
    name = labels.text_of(scheme.name, one.name, language)
    tally = statement.tally if statement else None
    now = _owed(scheme, statement.result) if statement and tally and tally.events else None
    more = _owed(scheme, one.after_one_more) if one.after_one_more is not None else None
    told = (
        [plan_words.told(step.code, dict(step.params), plan, language) for step in statement.result.steps]
        if statement
        else []
    )
    if statement and statement.result.reason is not None:
        reason = statement.result.reason
        told.append(plan_words.told(reason.code, dict(reason.params), plan, language))
    return QuarterCard(
        key=one.name,
        title=f"{_period(one.period)} · {name}",
        days=f"{date_format(one.period.first, 'j M')} \N{EN DASH} {date_format(one.period.last, 'j M Y')}",
        kept=tally.met + tally.forgiven if tally else 0,
        broken=tally.breached if tally else 0,
        events=tally.events if tally else 0,
        running=tally.pending if tally else 0,
        excluded=tally.excluded if tally else 0,
        others=tally.total - tally.events - tally.pending - tally.excluded if tally else 0,
        now=now,
        one_more=more,
        told=told,
        problem=_problem(one),
        is_worse_next=bool(more and more.is_owed and (now is None or more.row != now.row)),
    )


def _period(period: ReckoningPeriod) -> str:
    year, _dash, part = period.label.partition("-")
    if part.startswith("Q"):
        return _("Quarter %(number)s of %(year)s") % {"number": part[1:], "year": year}
    return period.label


def _problem(one: SchemeNow) -> str:
    if one.problem is not None:
        return say(one.problem.code, dict(one.problem.params))
    return "" if one.statement else _("This credit rests on what is measured elsewhere, not on promises of tickets.")


def _owed(scheme: CreditScheme, result: CreditResult) -> Owed | None:
    if result.number is None and result.row is None:
        return None
    row = next((each for each in scheme.table if str(each.band) == result.band), None)
    is_share = scheme.of in ("violation_share", "compliance")
    number = _percent(result.number, scheme) if is_share and result.number is not None else str(result.violations)
    has_amount = result.amount is not None and result.is_owed
    band = _band(row.band) if row is not None else result.band or ""
    return Owed(number, band, _pays(row), str(result.amount) if has_amount else "", result.is_owed)


def _band(band: Band) -> str:
    """
    Return the numbers of a row in words: "10 % to under 20 %".
    """
    unit = " %" if "%" in band.text else ""
    low, high = (f"{edge.normalize():f}{unit}" if edge is not None else "" for edge in (band.low, band.high))
    begins = low if band.low_in else _("above %(low)s") % {"low": low}
    ends = _("up to %(high)s") if band.high_in else _("under %(high)s")
    if not high:
        return _("%(low)s and more") % {"low": low} if band.low_in else begins
    if low == high:
        return low
    ending = ends % {"high": high}
    return _("%(begins)s to %(ends)s") % {"begins": begins, "ends": high if band.high_in else ending} if low else ending


def _percent(number: Fraction, scheme: CreditScheme) -> str:
    """
    Return a percentage with one digit where that lies in the same row, otherwise with as many as it takes.
    """
    exact = written(number)
    short = f"{float(number):.1f}"
    rows = [each for each in scheme.table if number in each.band]
    is_safe = bool(rows) and Fraction(short) in rows[0].band
    return f"{short.removesuffix('.0') if is_safe else exact} %"


def _pays(row: CreditRow | None) -> str:
    if row is None:
        return ""
    pays = row.pays
    if pays.share is not None:
        return _("no credit") if not pays.share else _("%(share)s %% credit") % {"share": f"{pays.share.normalize():f}"}
    if pays.days is not None:
        return _("%(days)s days of service") % {"days": f"{pays.days.normalize():f}"}
    return str(pays.money) if pays.money is not None else ""


@require_safe
@needs("customers.read")
def quarter(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Answer with the cards of a contract's running period, for a page that asks for them once it is shown.
    """
    found = find_contract(access_to(request), public_id)
    if found is None:
        raise Http404
    shown = {"quarters": cards_of(found, reader_of(request).now), "contract_row": found}
    return render(request, "desk/_quarter.html", shown)
