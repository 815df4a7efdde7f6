"""
How a comparison of worlds is said: the headline, and its figures with their differences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from upheld.rendering.replay_page import amount, elapsed, number

Record = Mapping[str, Any]

MINUS: Final = "\N{MINUS SIGN}"
_HOUR: Final = 3_600


def headline(report: Record) -> Iterator[str]:
    """
    Yield a sentence for each world but the first: what would be otherwise, and what it would cost.
    """
    for world in report["worlds"][1:]:
        yield f"{world['name']}: {told(world)}"


def told(world: Record) -> str:
    """
    Return what would be otherwise in a world, in one sentence.
    """
    late = sum(each["against"]["late"] for each in world["metrics"] if each["against"])
    promises = (
        "as many promises late as it was"
        if not late
        else f"{number(abs(late))} {'more' if late > 0 else 'fewer'} promises late"
    )
    money = [each for each in world["credits"]["against"] if Decimal(each["amount"])]
    if not money:
        return f"{promises}, the same credits." if world["credits"]["totals"] else f"{promises}."
    parts = [
        f"{each['currency']} {amount(str(abs(difference)))} {'more' if difference > 0 else 'less'}"
        for each in money
        for difference in (Decimal(each["amount"]),)
    ]
    return f"{promises}, {' and '.join(parts)} in credits."


def late_against(own: Record) -> str:
    """
    Return by how much more (or fewer) were late, with its sign; ``=`` for none.
    """
    against = own["against"]
    if against is None:
        return "new"
    return signed(against["late"])


def signed(count: int) -> str:
    """
    Return a difference with its sign.

    >>> signed(1204), signed(0)
    ('+1,204', '=')
    """
    return "=" if not count else f"{'+' if count > 0 else MINUS}{abs(count):,}"


def credits_owed(world: Record) -> str:
    """
    Return what a world owes.
    """
    found = world["credits"]
    if found["totals"]:
        return " + ".join(f"{each['currency']} {amount(each['amount'])}" for each in found["totals"])
    return "no fee known" if found["periods_without_fee"] else "none"


def credits_against(world: Record) -> str:
    """
    Return by how much more (or less) a world owes.
    """
    parts = [signed_amount(each) for each in world["credits"]["against"] if Decimal(each["amount"])]
    return ", ".join(parts) or "="


def signed_amount(money: Record) -> str:
    """
    Return a difference in money with its sign.

    >>> signed_amount({"currency": "USD", "amount": "1600.00"})
    '+USD 1,600.00'
    """
    difference = Decimal(money["amount"])
    return f"{'+' if difference > 0 else MINUS}{money['currency']} {amount(str(abs(difference)))}"


def support_time(seconds: int | None) -> str:
    """
    Return a length of support time in hours; nothing for "never, for so many".

    >>> support_time(9000), support_time(360000), support_time(1500)
    ('2 h 30 min', '100 h', '25 min')
    """
    if seconds is None:
        return "\N{EN DASH}"
    hours, minutes = seconds // _HOUR, seconds % _HOUR // 60
    if hours and (not minutes or hours >= _MANY_HOURS):
        return f"{hours:,} h"
    return f"{hours} h {minutes:02} min" if hours else elapsed(seconds)


_MANY_HOURS: Final = 24
