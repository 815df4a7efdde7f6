"""
The report of a replay as plain data: what the JSON file holds, and what terminal and page show.

Invariant: keys are stable (docs/replay.md lists them, a test compares); exact numbers stand as fractions and
decimals in text, instants as ISO 8601 in UTC, and every sentence beside its code and parameters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any, Final

from upheld.core.clocks.fold import can_show
from upheld.core.compliance.scopes import Part
from upheld.core.compliance.tallies import Tally
from upheld.core.credits.payments import Step
from upheld.core.durations import spell_seconds
from upheld.core.errors import Finding, Weight
from upheld.core.events import Status
from upheld.core.instants import Instant, to_datetime
from upheld.core.money import Money
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.replay.results import LATE_EDGES, TENTHS, Breach, CreditLine, ReplayResult
from upheld.wording import say

FORMAT: Final = 1
"""Version of the report's shape."""
NAMELESS: Final = "(no customer named)"
_PLACES: Final = Decimal("0.0001")
_MOST_PLACES: Final = 6

Record = dict[str, Any]


def report(result: ReplayResult, *, made_by: str) -> Record:
    """
    Return the whole report. ``made_by`` names the program and its version.
    """
    names = [name for name in result.plan.metrics if name in result.overall]
    return {
        "upheld_replay": FORMAT,
        "made_by": made_by,
        "headline": [_headline(result, name) for name in _by_weight(result, names)],
        "plan": _plan(result.plan),
        "log": _log(result),
        "as_of": iso(result.now),
        "metrics": [_metric(result, name) for name in _by_weight(result, names)],
        "worst": [_breach(result, each) for name in names for each in result.worst.get(name, ())],
        "credits": _credits(result),
        **basis(result),
        "checks": [
            {"code": each.code, "agree": each.agree, "differ": each.differ, "lines": list(each.lines),
             "text": say(each.code, {"agree": f"{each.agree:,}", "differ": f"{each.differ:,}"})}
            for each in result.log.checks
        ],
        "findings_by_code": dict(Counter(each.code for each in result.findings)),
        "findings": [_finding(each) for each in result.findings],
    }  # fmt: skip


def basis(result: ReplayResult) -> Record:
    """
    Return what the figures rest on: customers left out, assumptions, and what the log cannot show.
    """
    return {
        "without_contract": [
            {"customer": name or NAMELESS, "tickets": count} for name, count in result.without_contract.items()
        ],
        "assumptions": [_finding(each) for each in (*_plan_assumptions(result.plan), *result.assumptions)],
        "blind_spots": list(_blind_spots(result)),
    }


def iso(instant: Instant | None) -> str | None:
    """
    Return an instant as text, ``2016-03-01T09:00:00Z``.
    """
    return None if instant is None else to_datetime(instant).isoformat().replace("+00:00", "Z")


def percent_text(share: Fraction | None) -> str | None:
    """
    Return a share in percent with four decimals, e.g. ``89.4314``; nothing without one.
    """
    if share is None:
        return None
    exact = share * 100
    return str((Decimal(exact.numerator) / exact.denominator).quantize(_PLACES, ROUND_HALF_EVEN))


def _by_weight(result: ReplayResult, names: Iterable[str]) -> list[str]:
    """
    Return the metrics, those with most verdicts first.
    """
    return sorted(names, key=lambda name: -result.overall[name].events)


def metric_name(plan: Plan, name: str) -> str:
    """
    Return what people call a metric.
    """
    return in_language(plan.metrics[name].name, plan.language, name.replace("_", " ").capitalize())


def _headline(result: ReplayResult, name: str) -> str:
    tally = result.overall[name]
    metric = metric_name(result.plan, name)
    facts = {
        "metric": metric,
        "tickets": f"{result.tickets:,}",
        "events": f"{tally.events:,}",
        "late": f"{tally.breached:,}",
    }
    if tally.share is None:
        code = "headline.not_seen" if tally.unobservable else "headline.nothing"
        return say(code, {**facts, "unobservable": f"{tally.unobservable:,}"})
    return say("headline.share", {**facts, "percent": shown_percent(tally.share), "met": f"{tally.met:,}"})


def shown_percent(share: Fraction) -> str:
    """
    Return a share as people read it: one decimal, or as many as it takes not to round to all or to nothing.

    >>> shown_percent(Fraction(931, 1000)), shown_percent(Fraction(99999, 100000)), shown_percent(Fraction(1))
    ('93.1 %', '99.999 %', '100 %')
    """
    exact = share * 100
    if exact in (0, 100):
        return f"{exact} %"
    shown = Decimal(0)
    for places in range(1, _MOST_PLACES + 1):
        shown = (Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
        if shown not in (0, 100):
            break
    return f"{shown:f} %"


def _plan(plan: Plan) -> Record:
    return {
        "plan": plan.plan,
        "version": plan.version,
        "name": in_language(plan.name, plan.language, plan.plan),
        "tiers": {name: in_language(tier.name, plan.language, name) for name, tier in plan.tiers.items()},
        "severities": {name: in_language(rule.name, plan.language, name) for name, rule in plan.severities.items()},
        "allowed_late": _allowed(plan),
    }


def _allowed(plan: Plan) -> Record | None:
    """
    Return from which late share on something is owed: by a compliance promise, else by a credit table on shares.
    """
    for name, promise in plan.compliance.items():
        for stage in promise.stages:
            if stage.at_least is not None:
                share = 1 - Fraction(stage.at_least) / 100
                return {"share": str(share), "percent": percent_text(share), "by": name, "code": "allowed.promise",
                        "metrics": list(promise.metrics)}  # fmt: skip
    for name, scheme in plan.credits.items():
        paying = [row.band.low or Decimal(0) for row in scheme.table if row.pays.share is None or row.pays.share > 0]
        if scheme.of == "violation_share" and paying:
            share = Fraction(min(paying)) / 100
            return {"share": str(share), "percent": percent_text(share), "by": name, "code": "allowed.credits",
                    "metrics": list(scheme.metrics)}  # fmt: skip
    return None


def _log(result: ReplayResult) -> Record:
    log = result.log
    return {
        "source": log.source,
        "rows": log.rows,
        "rows_not_used": log.unused_rows,
        "tickets": len(log.histories),
        "tickets_judged": result.tickets,
        "first_opened_at": iso(result.first),
        "last_opened_at": iso(result.last_opened),
        "last_event_at": iso(log.last),
        "zone": log.zone,
        "shows": sorted(log.observed),
    }


def counts(tally: Tally) -> Record:
    """
    Return a tally as data: the denominator, what is in it, the exact share, and what stands outside and why.
    """
    return {
        "met": tally.met,
        "late": tally.breached,
        "forgiven": tally.forgiven,
        "denominator": tally.events,
        "share": None if tally.share is None else str(tally.share),
        "percent": percent_text(tally.share),
        "shown": None if tally.share is None else shown_percent(tally.share),
        "late_shown": None if tally.violation_share is None else shown_percent(tally.violation_share),
        "outside": {
            "running": tally.pending,
            "ended": tally.ended,
            "excluded": tally.excluded,
            "unobservable": tally.unobservable,
            "no_target": tally.count(Part.NOT_COUNTED),
        },
    }


def _metric(result: ReplayResult, name: str) -> Record:
    severities = list(result.plan.severities)

    def grave(key: str | None) -> int:
        return severities.index(key) if key in severities else len(severities)

    spread, own = result.spreads.get(name), result.own_verdicts.get(name)
    return {
        "metric": name,
        "name": metric_name(result.plan, name),
        **counts(result.overall[name]),
        "by_severity": _groups(result.by_severity, name, "severity", key=lambda each: grave(each[0])),
        "by_month": _groups(result.by_month, name, "month", key=lambda each: each[0] or ""),
        "by_customer": _groups(result.by_customer, name, "customer", key=_most_late),
        "time_used": [] if spread is None else _bins(spread.bins),
        "opened_hours": None if spread is None else {"late": spread.late, "of": spread.of},
        "own_verdict": None if own is None else {
            "both_kept": own.both_kept, "both_late": own.both_late, "only_they_late": own.only_they_late,
            "only_we_late": own.only_we_late,
        },
    }  # fmt: skip


def _groups(groups: Mapping[tuple[str, str | None], Tally], metric: str, word: str, *, key: Any) -> list[Record]:
    own = [(group, tally) for (name, group), tally in groups.items() if name == metric]
    nameless = NAMELESS if word == "customer" else "none"
    return [{word: group or nameless, **counts(tally)} for group, tally in sorted(own, key=key)]


def _most_late(group: tuple[str | None, Tally]) -> tuple[int, int]:
    return -group[1].breached, -group[1].total


def _bins(bins: Sequence[int]) -> list[Record]:
    """
    Return the spread of the time used, in percent of the time allowed; the last bin has no upper end.
    """
    ends: list[str | None] = [str(100 // TENTHS * (index + 1)) for index in range(TENTHS)]
    ends += [f"{edge * 100}" for edge in LATE_EDGES]
    ends.append(None)
    return [{"up_to_percent": end, "clocks": count} for end, count in zip(ends, bins, strict=True)]


def _breach(result: ReplayResult, breach: Breach) -> Record:
    one, clock = breach.observation, breach.observation.clock
    return {
        "ticket": one.ticket,
        "customer": one.contract.customer or NAMELESS,
        "tier": one.facts.tier,
        "metric": clock.metric,
        "metric_name": metric_name(result.plan, clock.metric),
        "cycle": clock.cycle,
        "severity": one.severity,
        "opened_at": iso(one.facts.opened_at),
        "due_at": iso(one.due_at),
        "stopped_at": iso(clock.stopped_at),
        "late_seconds": breach.late_by,
        "late": spell_seconds(breach.late_by),
        "used_percent": percent_text(breach.used),
        "target": str(clock.promise.length) if clock.promise and clock.promise.length else None,
        "line": breach.history.line,
        "why": [],
    }


def _credits(result: ReplayResult) -> Record:
    """
    Return what is owed: sums by currency, and a line for each scheme, contract and period.
    """
    owed: dict[str, Money] = {}
    for each in result.credits:
        amount = each.result.amount
        if each.result.is_owed and amount is not None:
            owed[amount.currency] = owed[amount.currency] + amount if amount.currency in owed else amount
    lines = sorted(result.credits, key=_by_amount)
    return {
        "totals": [{"amount": str(owed[name].amount), "currency": name} for name in sorted(owed)],
        "periods": len(lines),
        "periods_owed": sum(each.result.is_owed for each in lines),
        "periods_without_fee": sum(_lacks_fee(each) for each in lines),
        "not_computed": list(result.credits_not_computed),
        "lines": [_credit(result.plan, each) for each in lines],
    }


def _lacks_fee(line: CreditLine) -> bool:
    return line.result.reason is not None and line.result.reason.code == "credit.no_fee"


def _by_amount(line: CreditLine) -> tuple[Any, ...]:
    amount = line.result.amount
    return (
        not line.result.is_owed, -(amount.amount if amount else 0), -(line.result.row or 0), -line.result.violations,
        line.contract.customer, line.period,
    )  # fmt: skip


def _credit(plan: Plan, line: CreditLine) -> Record:
    result, scheme = line.result, plan.credits[line.scheme]
    pays = scheme.table[result.row].pays if result.row is not None else None
    steps: list[Step] = [*result.steps, *([result.reason] if result.reason else [])]
    return {
        "scheme": line.scheme,
        "scheme_name": in_language(scheme.name, plan.language, line.scheme),
        "customer": line.contract.customer or NAMELESS,
        "contract": line.contract.contract,
        "tier": line.contract.tier,
        "period": line.period,
        "violations": result.violations,
        "events": result.events,
        "unobservable": line.tally.unobservable,
        "row": None if result.row is None else result.row + 1,
        "band": result.band,
        "pays_percent": None if pays is None or pays.share is None else str(pays.share),
        "fee": None if line.contract.fee is None else str(line.contract.fee.amount),
        "amount": None if result.amount is None else str(result.amount.amount),
        "currency": None if result.amount is None else result.amount.currency,
        "days": None if result.days is None else str(result.days),
        "is_owed": result.is_owed,
        "is_final": result.is_final,
        "reason": None if result.reason is None else result.reason.code,
        "steps": [
            {"code": step.code, "params": _plain(step.params), "text": say(step.code, step.params)} for step in steps
        ],
    }


def _plan_assumptions(plan: Plan) -> Iterator[Finding]:
    """
    Return the plan's own assumptions, as findings.
    """
    for each in plan.assumptions:
        facts = {"about": each.about, "words": each.text, "reading": each.reading}
        yield Finding("assume.by_plan", Weight.ASSUMPTION, (), params=facts)


def _blind_spots(result: ReplayResult) -> Iterator[Record]:
    """
    Yield what this log cannot show, each with the clocks concerned.
    """
    shows, plan = result.log.observed, result.plan
    for name, metric in plan.metrics.items():
        tally = result.overall.get(name)
        if tally is not None and not can_show(metric, shows):
            facts = {
                "metric": metric_name(plan, name),
                "clocks": f"{tally.unobservable:,}",
                "needs": _needs(metric.stops_on),
            }
            yield _blind("blind.metric", facts, tally.unobservable)
    waits = {word for metric in plan.metrics.values() for word in metric.pauses_while} & {each.value for each in Status}
    if waits and "status_changed" not in shows:
        yield _blind("blind.waits", {"waits": [word.replace("_", " ") for word in sorted(waits)]}, result.tickets)
    if "severity_assigned" not in shows:
        yield _blind("blind.severity", {}, result.tickets)
    if result.credits_not_computed:
        yield _blind("blind.credits", {"schemes": list(result.credits_not_computed)}, 0)


def _needs(words: Iterable[str]) -> list[str]:
    return [word.replace("_", " ") for word in words]


def _blind(code: str, params: Record, clocks: int) -> Record:
    return {"code": code, "params": params, "clocks": clocks, "text": say(code, params)}


def _finding(finding: Finding) -> Record:
    place = finding.places[0] if finding.places else None
    params = dict(finding.params)
    if finding.code == "replay.ticket_not_judged":
        params["why"] = say(str(params["code"]), params["params"]).rstrip(".")
    return {
        "code": finding.code,
        "weight": finding.weight.value,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "params": _plain(params),
        "text": say(finding.code, {name: _spoken(value) for name, value in params.items()}),
    }


def _spoken(value: Any) -> Any:
    """
    Return a fact as a sentence shows it: counts with separators, tables as "a as b".
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{key} as {re.sub('_', ' ', str(each))}" for key, each in value.items())
    return value


def _plain(params: Mapping[str, Any]) -> Record:
    """
    Return facts as JSON can hold them.
    """
    plain = (str, int, bool, type(None), list, dict)
    return {name: value if isinstance(value, plain) else str(value) for name, value in params.items()}
