"""
Values of a plan as people say them: lengths, targets, conditions, amounts, hours of a week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from upheld.core.calendars.windows import DAY, Week, Windows, clock_text
from upheld.core.durations import HOUR, MINUTE, DayMode, Duration, Unit, spell_seconds
from upheld.core.plan.describe.blocks import Line, Said, plain
from upheld.core.plan.describe.weeks import Stretch, is_always, lines
from upheld.core.plan.model import Plan
from upheld.core.plan.model.bands import Band
from upheld.core.plan.model.base import CONDITION_KEYS, Condition, in_language
from upheld.core.plan.model.compliance import Cap, Pay, Period
from upheld.core.plan.model.entitlements import Quantity
from upheld.core.plan.model.metrics import Target
from upheld.core.plan.model.tiers import Tier

_LONG = 2 * HOUR
"""From here on minutes are told beside hours: 90 minutes, but 8h 30min."""


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
        if duration.count % size == 0 and (size == HOUR or duration.count < _LONG):
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


def windows(given: Windows) -> Said:
    """
    Return the hours of one day in words.
    """
    if not given:
        return Said("policy.day_is_closed")
    return Said("policy.joined", {"parts": [_window(each.opens, each.closes) for each in given]})


def band(given: Band, unit: str) -> Said:
    """
    Return the numbers of a row in words: ``4 % to less than 8 %``.
    """
    low, high = (None if edge is None else f"{edge.normalize():f}{unit}" for edge in (given.low, given.high))
    if low is not None and low == high:
        return Said("policy.band_is", {"low": low})
    if low is None or (given.low == 0 and given.low_in and high is not None):
        return Said("policy.band_to" if given.high_in else "policy.band_below", {"high": high})
    if high is None:
        return Said("policy.band_from" if given.low_in else "policy.band_above", {"low": low})
    code = f"policy.band_{'from' if given.low_in else 'above'}_{'to' if given.high_in else 'below'}"
    return Said(code, {"low": low, "high": high})


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
    every = Said(f"policy.every_{given.each}")
    if given.length:
        every = Said("policy.every_rolling", {"length": length(given.length)})
    if given.starts:
        code = "policy.every_from_contract" if given.starts == "contract" else "policy.every_from"
        day = given.starts if given.starts == "contract" else day_of_year(given.starts)
        every = Said(code, {"every": every, "day": day})
    return every if given.partial == "whole" else Said(f"policy.every_partial_{given.partial}", {"every": every})


def day_of_year(given: object) -> Said:
    """
    Return a day as people write it: ``07-01`` of every year as ``1 July``, a date of one year as it is.
    """
    parts = str(given).split("-")
    if len(parts) != 2 or not all(each.isdecimal() for each in parts):  # noqa: PLR2004  (month and day)
        return plain(given)
    return Said("policy.day_of_year", {"day": int(parts[1]), "month": Said(f"policy.month_{int(parts[0])}")})


def quantity(much: Quantity) -> Said:
    """
    Return an amount of an allowance in words.
    """
    if much.word:
        return Said(f"policy.much_{much.word}")
    if much.seconds is not None:
        if much.seconds % HOUR and much.seconds < HOUR and not much.seconds % MINUTE:
            return _number("minute", much.seconds // MINUTE)
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


def yes_or_no(answer: str) -> str:
    """
    Return an answer as people give it.
    """
    return {"true": "yes", "false": "no"}.get(answer, answer.replace("_", " "))


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

    def answered(self, given: Mapping[str, Sequence[str]]) -> str:
        """
        Return a set of answers: the questions as they are asked, each with the answers that fit.
        """
        parts = []
        for name, each in given.items():
            question = self.plan.severity_questions.get(name)
            asked = self.text(question.ask) if question else name.replace("_", " ")
            parts.append(f"{asked} {' / '.join(map(yes_or_no, each))}")
        return "; ".join(parts)

    def _part(self, key: str, value: Any) -> Said:
        if key == "phoned":
            return Said("policy.if_phoned" if value else "policy.if_not_phoned")
        if key == "answers":
            return Said("policy.if_answers", {"values": self.answered(value)})
        section = _SECTION_OF.get(key)
        names = self.names(section, value) if section else ", ".join(map(str, value)).replace("_", " ")
        return Said(f"policy.if_{key}", {"values": names})


def concerns(part: Any, tiers: Mapping[str, Tier]) -> bool:
    """
    Return whether something is for any of the page's tiers.
    """
    return not part.tiers or bool(set(part.tiers) & set(tiers))


def holds_in(rule: Condition, tiers: Mapping[str, Tier]) -> bool:
    """
    Return whether a rule can hold in any of the page's tiers.
    """
    return not rule.tier or bool(set(rule.tier) & set(tiers))


def for_tiers(words: Words, part: Any, tiers: Mapping[str, Tier]) -> Said:
    """
    Return for which of the page's tiers something is.
    """
    named = [each for each in tiers if not part.tiers or each in part.tiers]
    return Said("policy.all_tiers") if len(named) == len(tiers) else plain(words.names("tiers", named))


def quietly(said: Said) -> list[Line]:
    """
    Return for which tiers something is as a quiet line; nothing where it is for all.
    """
    return [] if said.code == "policy.all_tiers" else [Line(said, is_quiet=True)]


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
