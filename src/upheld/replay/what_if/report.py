"""
The comparison of worlds as plain data: what the JSON file holds, and what terminal and page show.

Invariant: keys are stable (docs/what-if.md lists them); shares stand as exact fractions beside their percent, money as
decimals in text, and every figure of a world beside that of the world as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from upheld.core.compliance.tallies import Tally
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.replay.report import NAMELESS, basis, counts, iso, metric_name
from upheld.replay.what_if.judging import ClockKey, Judged, Promisable, promisable, turned

FORMAT: Final = 1
SHARES: Final = (90, 95, 99)
MOST_EXAMPLES: Final = 5
MOST_CUSTOMERS: Final = 10

Record = dict[str, Any]


def what_if_report(before: Judged, others: Sequence[Judged], *, made_by: str, zone: str) -> Record:
    """
    Return the comparison. ``before`` is the world as it was; ``zone`` the one in which instants are read.
    """
    plan, log = before.result.plan, before.result.log
    return {
        "upheld_what_if": FORMAT,
        "made_by": made_by,
        "plan": {"plan": plan.plan, "version": plan.version, "name": in_language(plan.name, plan.language, plan.plan)},
        "log": {"source": log.source, "tickets": before.result.tickets, "first_opened_at": iso(before.result.first),
                "last_event_at": iso(log.last)},
        "as_of": iso(before.result.now),
        "zone": zone,
        "worlds": [_world(before, each) for each in (before, *others)],
        "promisable": [_promisable(before.result.plan, each) for each in promisable(before, SHARES)],
        **basis(before.result),
    }  # fmt: skip


def _world(before: Judged, judged: Judged) -> Record:
    plan = judged.result.plan
    return {
        "name": judged.world.name,
        "changes": list(judged.world.changes),
        "tickets_judged": judged.result.tickets,
        "not_judged": len(judged.result.findings) - len(before.result.log.findings),
        "metrics": [_metric(before, judged, name) for name in plan.metrics if name in judged.result.overall],
        "credits": _credits(before, judged),
        "customers": _customers(before, judged),
    }


def _metric(before: Judged, judged: Judged, name: str) -> Record:
    def belongs(key: ClockKey) -> bool:
        return key[1] == name

    found = turned(before, judged, belongs)
    own = counts(judged.result.overall[name])
    return {
        "metric": name,
        "name": metric_name(judged.result.plan, name),
        **own,
        "against": _against(before.result.overall.get(name), judged.result.overall[name]),
        "now_late": len(found.now_late),
        "now_kept": len(found.now_kept),
        "only_here": found.only_here,
        "only_before": found.only_before,
        "by_severity": _severities(before, judged, name),
        "examples": [_example(before, judged, key) for key in found.now_late[:MOST_EXAMPLES]],
    }


def _against(before: Tally | None, after: Tally) -> Record | None:
    """
    Return the difference to the world as it was: late clocks, and percentage points kept.
    """
    if before is None:
        return None
    both = before.share is not None and after.share is not None
    points = None if not both else _points(after.share, before.share)
    return {"late": after.breached - before.breached, "points": points}


def _points(after: Fraction | None, before: Fraction | None) -> str:
    difference = ((after or 0) - (before or 0)) * 100
    return f"{Decimal(difference.numerator) / difference.denominator:+.1f}" if difference else "0.0"


def _severities(before: Judged, judged: Judged, metric: str) -> list[Record]:
    plan = judged.result.plan
    found = {name: tally for (each, name), tally in judged.result.by_severity.items() if each == metric}
    known = [name for name in plan.severities if name in found]
    rest = [name for name in found if name not in plan.severities]
    return [
        {
            "severity": name or "none",
            "name": in_language(plan.severities[name].name, plan.language, name) if name in plan.severities else name,
            **counts(found[name]),
            "against": _against(before.result.by_severity.get((metric, name)), found[name]),
        }
        for name in (*known, *rest)
    ]


def _example(before: Judged, judged: Judged, key: ClockKey) -> Record:
    was, became = before.outcomes[key], judged.outcomes[key]
    return {
        "ticket": key[0],
        "cycle": key[2],
        "customer": became.customer or NAMELESS,
        "severity": became.severity,
        "due_before": iso(was.due_at),
        "due": iso(became.due_at),
        "late_seconds": became.late_by,
    }


def _credits(before: Judged, judged: Judged) -> Record:
    owed, was = judged.owed, before.owed
    currencies = sorted({*owed, *was})
    lines = judged.result.credits
    return {
        "totals": [{"amount": str(owed[each].amount), "currency": each} for each in sorted(owed)],
        "against": [
            {"amount": str((owed[each].amount if each in owed else 0) - (was[each].amount if each in was else 0)),
             "currency": each}
            for each in currencies
        ],
        "periods": len(lines),
        "periods_owed": sum(each.result.is_owed for each in lines),
        "periods_without_fee": sum(
            each.result.reason is not None and each.result.reason.code == "credit.no_fee" for each in lines
        ),
        "rows": _rows(judged),
        "not_computed": list(judged.result.credits_not_computed),
    }  # fmt: skip


def _rows(judged: Judged) -> list[Record]:
    """
    Return how many contract periods fell on each row of each credit table.
    """
    found = Counter((each.scheme, each.result.band) for each in judged.result.credits if each.result.row is not None)
    order = {(each.scheme, each.result.band): each.result.row for each in judged.result.credits}
    return [
        {"scheme": scheme, "band": band, "periods": count}
        for (scheme, band), count in sorted(found.items(), key=lambda each: (each[0][0], order[each[0]] or 0))
    ]


def _customers(before: Judged, judged: Judged) -> list[Record]:
    """
    Return the customers for whom most would be otherwise: by credits, then by late clocks.
    """
    late_before, late = _late(before), _late(judged)
    owed_before, owed = _owed(before), _owed(judged)
    names = {*late_before, *late, *(name for name, _ in owed_before), *(name for name, _ in owed)}
    rows = []
    for name in names:
        money = {
            currency: owed.get((name, currency), Decimal()) - owed_before.get((name, currency), Decimal())
            for _, currency in {*owed, *owed_before}
        }
        changed = {currency: difference for currency, difference in money.items() if difference}
        difference = late[name] - late_before[name]
        if changed or difference:
            most = max(map(abs, changed.values()), default=Decimal())
            rows.append((most, abs(difference), name, changed, difference))
    rows.sort(key=lambda each: (-each[0], -each[1], each[2]))
    return [
        {
            "customer": name or NAMELESS,
            "late": late[name],
            "late_against": difference,
            "credits_against": [{"amount": str(changed[each]), "currency": each} for each in sorted(changed)],
        }
        for _, _, name, changed, difference in rows[:MOST_CUSTOMERS]
    ]


def _late(judged: Judged) -> Counter[str]:
    return Counter(each.customer for each in judged.outcomes.values() if not each.is_kept)


def _owed(judged: Judged) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = {}
    for line in judged.result.credits:
        amount = line.result.amount
        if line.result.is_owed and amount is not None:
            key = line.contract.customer, amount.currency
            sums[key] = sums.get(key, Decimal()) + amount.amount
    return sums


def _promisable(plan: Plan, found: Promisable) -> Record:
    severity = plan.severities.get(found.severity or "")
    calendar = plan.calendars.get(found.calendar)
    named = calendar and getattr(calendar, "name", None)
    return {
        "metric": found.metric,
        "metric_name": metric_name(plan, found.metric),
        "severity": found.severity,
        "severity_name": in_language(severity.name, plan.language, found.severity or "") if severity else None,
        "calendar": found.calendar,
        "calendar_name": in_language(named, plan.language, found.calendar) if named else found.calendar,
        "clocks": found.clocks,
        "allowed_seconds": found.allowed,
        "within": [{"percent": share, "seconds": seconds} for share, seconds in found.within],
    }


def worlds_by_price(report: Record) -> Iterable[Record]:
    """
    Return the worlds of a report but the first, the dearest in credits first.
    """

    def price(world: Record) -> Decimal:
        return sum((Decimal(each["amount"]) for each in world["credits"]["against"]), Decimal())

    return sorted(report["worlds"][1:], key=price, reverse=True)
