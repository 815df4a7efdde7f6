"""
Days that recur, as people say them: the rules of maintenance windows.
"""

from __future__ import annotations

from upheld.core.calendars.windows import WEEKDAYS
from upheld.core.plan.describe.blocks import Said, plain

_CODES = {each[:2].upper(): number for number, each in enumerate(WEEKDAYS)}
_ORDINALS = {"": "each", "1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}


def recurring(rule: str) -> Said:
    """
    Return the days of a recurrence rule in words; the rule itself where it is one that people have no words for.
    """
    parts = dict(each.split("=", 1) for each in rule.split(";"))
    frequency, days = parts.pop("FREQ"), parts.pop("BYDAY", "")
    numbers = parts.pop("BYMONTHDAY", "") if frequency == "MONTHLY" else ""
    interval = parts.pop("INTERVAL", "1")
    if parts or (days and numbers) or interval != "1" or "-" in numbers:
        return plain(rule)
    if numbers:
        return Said("policy.monthly_days", {"days": numbers.replace(",", ", ")})
    if not days:
        return Said(f"policy.recurs_{frequency.lower()}")
    named = [_day(each, frequency) for each in days.split(",")]
    if None in named:
        return plain(rule)
    return Said("policy.recurring", {"days": Said("policy.joined", {"parts": named})})


def _day(text: str, frequency: str) -> Said | None:
    ordinal, code = text[:-2].removeprefix("+"), text[-2:]
    if code not in _CODES or ordinal not in _ORDINALS or (ordinal and frequency != "MONTHLY"):
        return None
    if frequency not in ("WEEKLY", "MONTHLY", "DAILY"):
        return None
    return Said(f"policy.ordinal_{_ORDINALS[ordinal]}", {"day": Said(f"policy.weekday_{_CODES[code]}")})
