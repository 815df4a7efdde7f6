"""
The comparison of worlds as one self-contained web page: no script, no request, light and dark, phone and print.

Invariant: the page is a function of the comparison's plain data; what came from outside is escaped by the
template engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from upheld.rendering import charts, pages
from upheld.rendering.replay_page import anchor, elapsed, lower, number
from upheld.rendering.what_if_words import (
    credits_against,
    credits_owed,
    late_against,
    signed,
    signed_amount,
    support_time,
    told,
)

Record = Mapping[str, Any]


def what_if_page(report: Record) -> str:
    """
    Return the page of a comparison (the shape of the JSON file).
    """
    environment = pages.environment()
    environment.globals.update(
        anchor=anchor,
        credits_against=credits_against,
        credits_owed=credits_owed,
        day=lambda instant: pages.day(instant, report["zone"]),
        dearer=dearer,
        elapsed=elapsed,
        late_against=late_against,
        lower=lower,
        meter=meter,
        moment=lambda instant: pages.moment(instant, report["zone"]),
        number=number,
        own=own,
        severities=severities,
        signed=signed,
        signed_amount=signed_amount,
        support_time=support_time,
        told=told,
        tone=tone,
    )
    judged = {
        each["metric"]: each["name"] for world in report["worlds"] for each in world["metrics"] if each["denominator"]
    }
    return environment.get_template("what_if.html.j2").render(report=report, judged=judged, style=pages.style())


def own(world: Record, metric: str) -> Record | None:
    """
    Return what a world says of a metric, or nothing where it promises none.
    """
    return next((each for each in world["metrics"] if each["metric"] == metric), None)


def severities(report: Record, metric: str) -> list[tuple[str, list[Record | None]]]:
    """
    Return a row for each severity: its name, and what each world says of it.
    """
    names: dict[str, str] = {}
    found: list[dict[str, Record]] = []
    for world in report["worlds"]:
        metrics = own(world, metric)
        rows = {each["severity"]: each for each in metrics["by_severity"] if each["denominator"]} if metrics else {}
        names |= {key: each["name"] or "no severity" for key, each in rows.items() if key not in names}
        found.append(rows)
    return [(name, [rows.get(key) for rows in found]) for key, name in names.items()]


def tone(record: Record | None) -> str:
    """
    Return the class of a difference: more late, fewer late, or neither.
    """
    against = record and record["against"]
    if not against or not against["late"]:
        return "quiet"
    return "late" if against["late"] > 0 else "met"


def dearer(world: Record) -> str:
    """
    Return the class of a world's credits: dearer, cheaper, or neither.
    """
    difference = sum((Decimal(each["amount"]) for each in world["credits"]["against"]), Decimal())
    return "late" if difference > 0 else "met" if difference < 0 else "quiet"


def meter(record: Record) -> Markup:
    """
    Return the small bar beside a percentage.
    """
    share = None if record["share"] is None else Fraction(record["share"])
    return Markup(charts.meter(share))  # noqa: S704  numbers only
