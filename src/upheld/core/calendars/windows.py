"""
Windows of a day and weeks of windows, and the short notation that plans write them in.

Times are seconds on the wall clock after the local midnight of the day that a window belongs to. Invariant: the windows
of one day are sorted and never overlap; a window opens on its own day and closes at the latest at the end of the next.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from upheld.core.calendars.errors import CalendarError

DAY: Final = 86_400
"""Seconds from one midnight on the wall clock to the next."""
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SIXTY: Final = 60
_LONG_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHOLE_DAY: Final = frozenset({"24h", "all day"})
_WHOLE_WEEK: Final = frozenset({"24x7", "24/7", "always"})
_TIME: Final = r"\d{1,2}:\d{2}(?::\d{2})?"
_DASH: Final = r"\s*[-\u2013]\s*"
_WINDOW: Final = re.compile(rf"({_TIME}){_DASH}({_TIME})(\s+next\s+day)?")
_SPAN: Final = re.compile(rf"([a-z]+)\s+({_TIME}){_DASH}([a-z]+)\s+({_TIME})")
_ENTRY: Final = re.compile(r"([a-z][a-z ,\u2013-]*?) ?:? (\d.*|closed|24h|all day)")
"""Of a text with single spaces: what could stand for any number of them takes ever longer over many."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """
    Open hours of one day, half-open; ``closes`` passes 86,400 for a window that runs into the next day.

    Raises :class:`CalendarError` ``calendar.window_out_of_day``, ``calendar.window_empty`` or
    ``calendar.window_backwards``.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < DAY or self.closes > 2 * DAY:
            raise CalendarError("calendar.window_out_of_day", given=str(self))
        if self.closes == self.opens:
            raise CalendarError("calendar.window_empty", given=str(self))
        if self.closes < self.opens:
            raise CalendarError("calendar.window_backwards", given=str(self))

    def __str__(self) -> str:
        if self.closes > DAY:
            return f"{clock_text(self.opens)}-{clock_text(self.closes - DAY)} next day"
        return f"{clock_text(self.opens)}-{clock_text(self.closes)}"


ALL_DAY: Final = Window(0, DAY)
Windows: TypeAlias = tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """
    Seven days of windows, Monday first.

    Raises :class:`CalendarError` ``calendar.week_length`` for other than seven days, ``calendar.windows_overlap``.
    """

    days: tuple[Windows, ...]

    def __post_init__(self) -> None:
        if len(self.days) != len(WEEKDAYS):
            raise CalendarError("calendar.week_length", given=len(self.days))
        object.__setattr__(self, "days", tuple(ordered(windows) for windows in self.days))


def ordered(windows: Iterable[Window]) -> Windows:
    """
    Return the windows of one day by opening time.

    Raises :class:`CalendarError` ``calendar.windows_overlap`` when one opens before the one before it has closed.
    """
    by_opening = tuple(sorted(windows))
    for one, other in itertools.pairwise(by_opening):
        if other.opens < one.closes:
            raise CalendarError("calendar.windows_overlap", one=str(one), other=str(other))
    return by_opening


def clock_text(seconds: int) -> str:
    """
    Return a time of day as ``HH:MM``, or ``HH:MM:SS`` where it has seconds.

    >>> clock_text(30600), clock_text(86400)
    ('08:30', '24:00')
    """
    minutes, rest = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{rest:02}" if rest else text


def parse_clock(text: str) -> int:
    """
    Return the seconds after midnight of ``HH:MM`` or ``HH:MM:SS``; ``24:00`` is the end of the day.

    Raises :class:`CalendarError` ``calendar.time_unreadable`` or ``calendar.time_out_of_day`` (25:00, 24:01, 10:60).
    """
    text = text.strip()
    if not re.fullmatch(_TIME, text, re.ASCII):
        raise CalendarError("calendar.time_unreadable", given=text)
    hours, minutes, seconds = (int(part) for part in (text + ":00").split(":")[:3])
    value = hours * 3600 + minutes * 60 + seconds
    if max(minutes, seconds) >= _SIXTY or value > DAY:
        raise CalendarError("calendar.time_out_of_day", given=text)
    return value


def parse_windows(text: str) -> Windows:
    """
    Return the windows of a day as a plan writes them, by opening time.

    ``08:30-12:00, 13:30-18:00``; ``22:00-06:00 next day``; ``24h`` and ``all day`` for the whole day; ``closed``.

    >>> parse_windows("22:00-06:00 next day")
    (Window(opens=79200, closes=108000),)

    Raises :class:`CalendarError` ``calendar.window_unreadable``, ``calendar.window_empty`` (equal ends),
    ``calendar.window_backwards`` (an end before its start without ``next day``), ``calendar.time_out_of_day`` (25:00)
    or ``calendar.windows_overlap``.
    """
    wanted = " ".join(text.lower().split())
    if wanted == "closed":
        return ()
    if wanted in _WHOLE_DAY:
        return (ALL_DAY,)
    return ordered(_parse_window(part.strip()) for part in wanted.split(","))


def _parse_window(text: str) -> Window:
    found = re.fullmatch(_WINDOW, text)
    if found is None:
        raise CalendarError("calendar.window_unreadable", given=text)
    opens, closes = parse_clock(found[1]), parse_clock(found[2])
    if opens == DAY:
        raise CalendarError("calendar.time_out_of_day", given=found[1])
    if found[3]:
        return Window(opens, closes + DAY)
    if closes == opens:
        raise CalendarError("calendar.window_empty", given=text)
    if closes < opens:
        raise CalendarError("calendar.window_backwards", given=text)
    return Window(opens, closes)


def parse_days(text: str) -> tuple[int, ...]:
    """
    Return the weekdays (Monday is 0) of ``mon``, ``mon-fri``, ``mon, wed`` or a range over the week's end, ``sat-mon``.

    Raises :class:`CalendarError` ``calendar.days_unreadable``, or ``calendar.day_named_twice`` for ``mon-wed, tue``.
    """
    days: list[int] = []
    for part in text.lower().split(","):
        first, *others = [_weekday(name, text) for name in re.split(_DASH, part.strip())]
        if others not in ([], [other for other in others[:1] if other != first]):
            raise CalendarError("calendar.days_unreadable", given=text)
        days += [(first + step) % 7 for step in range((others[0] - first) % 7 + 1 if others else 1)]
    for day in days:
        if days.count(day) > 1:
            raise CalendarError("calendar.day_named_twice", day=WEEKDAYS[day])
    return tuple(days)


def _weekday(name: str, whole: str) -> int:
    for names in (WEEKDAYS, _LONG_NAMES):
        if name in names:
            return names.index(name)
    raise CalendarError("calendar.days_unreadable", given=whole)


def parse_week(week: Mapping[str, str] | str) -> Week:
    """
    Return a week from a mapping of days to windows, or from one text.

    A text is ``24x7``, an unbroken span (``sun 16:00 - fri 17:00``, split at local midnights), or entries apart by
    semicolons (``mon-fri 09:00-17:00; sat 10:00-14:00``). Days that are not named are closed.

    >>> parse_week("sun 16:00 - mon 02:00").days[6]
    (Window(opens=57600, closes=86400),)

    Raises :class:`CalendarError` ``calendar.week_unreadable``, ``calendar.day_named_twice``, ``calendar.span_empty``,
    and those of :func:`parse_windows` and :func:`parse_days`.
    """
    if isinstance(week, str):
        return _parse_week_text(" ".join(week.lower().split()))
    days: dict[int, Windows] = {}
    for names, windows in week.items():
        for day in parse_days(names):
            if day in days:
                raise CalendarError("calendar.day_named_twice", day=WEEKDAYS[day])
            days[day] = parse_windows(windows)
    return Week(tuple(days.get(day, ()) for day in range(7)))


def _parse_week_text(text: str) -> Week:
    if text in _WHOLE_WEEK:
        return Week(((ALL_DAY,),) * 7)
    if span := re.fullmatch(_SPAN, text):
        opens = _weekday(span[1], text) * DAY + parse_clock(span[2])
        closes = _weekday(span[3], text) * DAY + parse_clock(span[4])
        return _week_of_span(opens, closes, text)
    entries: dict[str, str] = {}
    for entry in text.split(";"):
        found = re.fullmatch(_ENTRY, " ".join(entry.split()))
        if found is None or found[1] in entries:
            raise CalendarError("calendar.week_unreadable", given=text)
        entries[found[1]] = found[2]
    return parse_week(entries)


def _week_of_span(opens: int, closes: int, text: str) -> Week:
    length = (closes - opens) % (7 * DAY)
    if not length:
        raise CalendarError("calendar.span_empty", given=text)
    days: dict[int, list[Window]] = {day: [] for day in range(7)}
    while length:
        day, second = divmod(opens % (7 * DAY), DAY)
        piece = min(length, DAY - second)
        days[day].append(Window(second, second + piece))
        opens, length = opens + piece, length - piece
    return Week(tuple(tuple(days[day]) for day in range(7)))
