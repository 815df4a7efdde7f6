"""
Values of a plan as people say them: lengths, targets, conditions, amounts, hours of a week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from upheld.core.calendars.windows import DAY, Week, clock_text
from upheld.core.durations import HOUR, MINUTE, DayMode, Duration, Unit, spell_seconds
from upheld.core.plan.describe.blocks import Said, plain
from upheld.core.plan.describe.weeks import Stretch, is_always, lines
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import CONDITION_KEYS, Condition, in_language
from upheld.core.plan.model.compliance import Cap, Pay, Period
from upheld.core.plan.model.entitlements import Quantity
from upheld.core.plan.model.metrics import Target


def length(given: Duration, default: DayMode | None = None) -> Said:
    """
    Return a length in words: ``4 hours``, ``90 minutes``, ``2 days, to the end of the day``.
    """
    duration = given.with_mode(default)
    base = _counted(duration)
    if duration.elapsed:
        return Said("policy.elapsed", {"length": base})
    if duration.mode in (DayMode.SAME_TIME, DayMode.END_OF_DAY):
        return Said(f"policy.{duration.mode}", {"length": base})
    return base


def _counted(duration: Duration) -> Said:
    if duration.unit is not Unit.SECONDS:
        return _number(duration.unit.value.removesuffix("s"), duration.count)
    if duration.elapsed and duration.count % DAY == 0:
        return _number("day", duration.count // DAY)
    for word, size in (("hour", HOUR), ("minute", MINUTE)):
        if duration.count % size == 0:
            return _number(word, duration.count // size)
    return plain(spell_seconds(duration.count))


def _number(word: str, count: int) -> Said:
    return Said(f"policy.one_{word}" if count == 1 else f"policy.{word}s", {"count": count})


def target(row: Target, default: DayMode | None) -> Said:
    """
    Return a target in words: ``within 4 hours``, ``less than 4 hours``, ``24 hours to 48 hours``, ``best effort``.
    """
    if row.within is None:
        return Said(f"policy.target_{row.kind}")
    late = length(row.within, default)
    if row.early:
        return Said("policy.range", {"early": length(row.early, default), "late": late})
    return Said("policy.below" if row.bound == "exclusive" else "policy.within", {"length": late})


def week(given: Week) -> list[Said]:
    """
    Return a week in words, a line each: ``Monday to Friday, 09:00 to 17:00``.
    """
    if is_always(given):
        return [Said("policy.always")]
    return [_line(each) for each in lines(given)] or [Said("policy.never")]


def _line(line: Any) -> Said:
    if isinstance(line, Stretch):
        (opens, at), (closes, until) = line
        return Said(
            "policy.stretch",
            {"first": _day(opens), "opens": clock_text(at), "last": _day(closes), "closes": clock_text(until)},
        )
    windows = [_window(each.opens, each.closes) for each in line.windows]
    hours = Said("policy.joined", {"parts": windows}) if len(windows) > 1 else windows[0]
    if line.first == line.last:
        return Said("policy.day_hours", {"first": _day(line.first), "hours": hours})
    return Said("policy.days_hours", {"first": _day(line.first), "last": _day(line.last), "hours": hours})


def _window(opens: int, closes: int) -> Said:
    if (opens, closes) == (0, DAY):
        return Said("policy.all_day")
    code = "policy.window_next_day" if closes > DAY else "policy.window"
    return Said(code, {"opens": clock_text(opens), "closes": clock_text(closes - DAY if closes > DAY else closes)})


def _day(day: int) -> Said:
    return Said(f"policy.weekday_{day % 7}")


def period(given: Period | None) -> Said:
    """
    Return how often, in words.
    """
    if given is None:
        return Said("policy.once")
    if given.length:
        return Said("policy.every_rolling", {"length": length(given.length)})
    return Said(f"policy.every_{given.each}")


def quantity(much: Quantity) -> Said:
    """
    Return an amount of an allowance in words.
    """
    if much.word:
        return Said(f"policy.much_{much.word}")
    if much.seconds is not None:
        hours = (Decimal(much.seconds) / HOUR).normalize()
        return Said("policy.one_hour" if hours == 1 else "policy.hours", {"count": f"{hours:f}"})
    return plain(much.money or much.count)


def pay(given: Pay, share_of: str) -> Said:
    """
    Return what is paid in words.
    """
    if given.share is not None:
        if not given.share:
            return Said("policy.pays_nothing")
        return Said("policy.pays_share", {"share": f"{given.share.normalize():f}", "of": Said(f"policy.of_{share_of}")})
    if given.money is not None:
        return plain(given.money)
    if given.days is not None:
        return Said("policy.pays_days", {"days": f"{given.days.normalize():f}"})
    return Said("policy.pays_times", {"times": f"{given.times.normalize():f}" if given.times is not None else "0"})


def cap(given: Cap, share_of: str) -> Said:
    """
    Return an upper limit in words.
    """
    most = pay(given.pays, share_of)
    facts: dict[str, Any] = {"most": most, "across": Said(f"policy.across_{given.across}")}
    if given.over is None:
        return Said("policy.cap", facts)
    return Said("policy.cap_over", {**facts, "every": period(given.over)})


@dataclass(frozen=True, slots=True)
class Words:
    """
    Names of a plan's parts in a language.
    """

    plan: Plan
    language: str

    def text(self, text: Mapping[str, str] | None, fallback: str = "") -> str:
        """
        Return words of the plan in the language.
        """
        return " ".join(in_language(text, self.language, fallback).split())

    def called(self, section: str, name: str) -> str:
        """
        Return what people call a part; its name, made readable, where it has no other.
        """
        parts = getattr(self.plan, section)
        part = parts.get(name) if isinstance(parts, Mapping) else None
        words = part if isinstance(part, Mapping) else getattr(part, "name", None)
        return self.text(words, name.replace("_", " "))

    def names(self, section: str, names: Sequence[str]) -> str:
        """
        Return several names with commas between them.
        """
        return ", ".join(self.called(section, each) for each in names)

    def condition(self, condition: Condition, *, without: Sequence[str] = ()) -> Said | None:
        """
        Return when a rule applies, or nothing where it always does.
        """
        parts = []
        for key in Condition.model_fields:
            value = getattr(condition, key)
            if key in without or key not in CONDITION_KEYS or value in (None, (), {}):
                continue
            parts.append(self._part(key, value))
        return Said("policy.joined", {"parts": parts}) if parts else None

    def _part(self, key: str, value: Any) -> Said:
        if key == "phoned":
            return Said("policy.if_phoned" if value else "policy.if_not_phoned")
        if key == "answers":
            told = "; ".join(f"{name} {', '.join(answers)}" for name, answers in value.items())
            return Said("policy.if_answers", {"values": told.replace("_", " ")})
        section = _SECTION_OF.get(key)
        names = self.names(section, value) if section else ", ".join(map(str, value)).replace("_", " ")
        return Said(f"policy.if_{key}", {"values": names})


_SECTION_OF = {
    "severity": "severities",
    "channel": "channels",
    "request_type": "request_types",
    "environment": "environments",
    "product": "products",
    "component": "components",
    "tier": "tiers",
    "add_on": "add_ons",
    "without_add_on": "add_ons",
    "reached": "milestones",
    "inside": "calendars",
    "outside": "calendars",
}
