"""
Durations as policies write them: "4h", "30min", "2d same_time", "48h elapsed", "24-48h", "1 month".

Invariant: a duration says what it counts. Hours and minutes count support time unless they say *elapsed*; days always
have a mode when a clock uses them (their own, or the default that the plan declares); months and years are for terms
only.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from upheld.core.errors import UpheldError

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400


class DurationError(UpheldError):
    """
    A text that is no duration, or one that could mean two.
    """


class Unit(enum.StrEnum):
    """
    What is counted: seconds, support days, calendar months or years.
    """

    SECONDS = "seconds"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


class DayMode(enum.StrEnum):
    """
    What "2 days" means (DESIGN.md section 4).

    ``hours``: n times the calendar's declared day length. ``same_time``: the same local time n support days on,
    rolled into support hours. ``end_of_day``: closing of the n-th support day after that of the rolled start.
    """

    HOURS = "hours"
    SAME_TIME = "same_time"
    END_OF_DAY = "end_of_day"


@dataclass(frozen=True, slots=True)
class Duration:
    """
    ``count`` units; ``elapsed`` counts all time instead of support time; ``mode`` belongs to days only.
    """

    count: int
    unit: Unit
    elapsed: bool = False
    mode: DayMode | None = None

    def __str__(self) -> str:
        words = [_amount(self.count, self.unit)]
        if self.mode:
            words.append(self.mode.value)
        if self.elapsed:
            words.append("elapsed")
        return " ".join(words)

    def with_mode(self, default: DayMode | None) -> Duration:
        """
        Return the duration with ``default`` as its day mode where it counts support days and names none.
        """
        if self.unit is Unit.DAYS and self.mode is None and not self.elapsed:
            return replace(self, mode=default)
        return self


_UNITS: Final = {
    "s": (1, Unit.SECONDS), "sec": (1, Unit.SECONDS), "second": (1, Unit.SECONDS), "seconds": (1, Unit.SECONDS),
    "min": (MINUTE, Unit.SECONDS), "minute": (MINUTE, Unit.SECONDS), "minutes": (MINUTE, Unit.SECONDS),
    "h": (HOUR, Unit.SECONDS), "hour": (HOUR, Unit.SECONDS), "hours": (HOUR, Unit.SECONDS),
    "d": (1, Unit.DAYS), "day": (1, Unit.DAYS), "days": (1, Unit.DAYS),
    "month": (1, Unit.MONTHS), "months": (1, Unit.MONTHS),
    "y": (1, Unit.YEARS), "year": (1, Unit.YEARS), "years": (1, Unit.YEARS),
}  # fmt: skip
_WEEKS: Final = {"w", "week", "weeks"}
_BASES: Final = {
    "support": "support",
    "business": "support",
    "working": "support",
    "elapsed": "elapsed",
    "calendar": "elapsed",
}
_TEXT: Final = re.compile(
    r"(?P<number>\d++(?:\.\d++)?+)\s*+(?P<basis>support |business |working |elapsed |calendar )?\s*+(?P<unit>[a-z]++)"
    r"(?P<rest>(?:\s++[a-z_]++)*+)"
)
_COMPOUND: Final = re.compile(r"^(\d+)\s*h\s+(\d+)\s*min(?=\s|$)")
_RANGE: Final = re.compile(r"(?P<low>\d++(?:\.\d++)?+)\s*+(?P<low_unit>[a-z]*)\s*(?:-|to)\s*(?P<high>\d.*)")


def parse_duration(text: str) -> Duration:
    """
    Return the duration that ``text`` names.

    Raises :class:`DurationError` with ``duration.unreadable``, ``duration.ambiguous_m`` ("m" may be minutes or
    months), ``duration.ambiguous_week`` (a week without "elapsed"), ``duration.not_whole``, ``duration.bad_mode`` or
    ``duration.zero``.
    """
    found = _TEXT.fullmatch(_COMPOUND.sub(_in_minutes, text.strip().lower()))
    if not found:
        raise DurationError("duration.unreadable", given=text)
    basis = (found["basis"] or "").split()
    duration = _counted(text, Decimal(found["number"]), found["unit"], basis + found["rest"].split())
    if duration.count == 0:
        raise DurationError("duration.zero", given=text)
    return duration


def _in_minutes(found: re.Match[str]) -> str:
    """
    Return "1h 30min" as minutes.
    """
    return f"{int(found[1]) * HOUR // MINUTE + int(found[2])}min"


def _counted(text: str, number: Decimal, unit_word: str, rest: list[str]) -> Duration:
    bases = {_BASES[word] for word in rest if word in _BASES}
    modes = [word for word in rest if word in set(DayMode)]
    elapsed = "elapsed" in bases
    if len(modes) + len(bases) != len(rest) or len(modes) > 1 or len(bases) > 1:
        raise DurationError("duration.bad_mode", given=text, modes=[each.value for each in DayMode])
    if unit_word == "m":
        raise DurationError("duration.ambiguous_m", given=text)
    if unit_word in _WEEKS:
        if not elapsed:
            raise DurationError("duration.ambiguous_week", given=text)
        return Duration(_whole(text, number * 7 * DAY), Unit.SECONDS, elapsed=True)
    if unit_word not in _UNITS:
        raise DurationError("duration.unreadable", given=text)
    factor, unit = _UNITS[unit_word]
    if modes and (unit is not Unit.DAYS or elapsed):
        raise DurationError("duration.mode_without_days", given=text)
    if unit is Unit.DAYS and elapsed:
        return Duration(_whole(text, number * DAY), Unit.SECONDS, elapsed=True)
    return Duration(_whole(text, number * factor), unit, elapsed, DayMode(modes[0]) if modes else None)


def parse_range(text: str) -> tuple[Duration | None, Duration]:
    """
    Return (early end, late end) of "24-48h" or "1d to 3d"; the early end is ``None`` where the text is a single
    duration.

    Raises :class:`DurationError` as :func:`parse_duration`, or ``duration.backward_range``.
    """
    found = _RANGE.fullmatch(text.strip().lower())
    if not found:
        return None, parse_duration(text)
    late = parse_duration(found["high"])
    tail = re.sub(r"^\d+(?:\.\d+)?\s*", "", found["high"])
    low_tail = tail if not found["low_unit"] else re.sub(r"^[a-z]+", found["low_unit"], tail)
    early = parse_duration(f"{found['low']} {low_tail}")
    if early.unit is not late.unit or early.count >= late.count:
        raise DurationError("duration.backward_range", given=text)
    return early, late


def _whole(text: str, number: Decimal) -> int:
    if number != number.to_integral_value():
        raise DurationError("duration.not_whole", given=text)
    return int(number)


def _amount(count: int, unit: Unit) -> str:
    if unit is Unit.SECONDS:
        return spell_seconds(count)
    word = {Unit.DAYS: "d", Unit.MONTHS: " month", Unit.YEARS: " year"}[unit]
    return f"{count}{word}{'s' if unit is not Unit.DAYS and count != 1 else ''}"


def spell_seconds(seconds: int) -> str:
    """
    Return a number of seconds in hours, minutes and seconds: ``5430`` is "1h 30min 30s"; days are never made up.
    """
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = [f"{number}{unit}" for number, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if number]
    return sign + (" ".join(parts) or "0min")
