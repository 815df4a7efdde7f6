"""
A week of hours as people say it: days that share their hours together, a stretch over several days as one.
"""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

from upheld.core.calendars.windows import DAY, WEEKDAYS, Week, Windows, clock_text

_WEEK: Final = 7 * DAY


class DayLine(NamedTuple):
    """
    Days (0 is Monday) in a row that share their windows.
    """

    first: int
    last: int
    windows: Windows


class Stretch(NamedTuple):
    """
    An unbroken stretch over more than one day: day and second of its opening and of its closing.
    """

    opens: tuple[int, int]
    closes: tuple[int, int]


def is_always(week: Week) -> bool:
    """
    Return whether a week never closes.

    >>> from upheld.core.calendars.windows import parse_week
    >>> is_always(parse_week("24x7")), is_always(parse_week("mon-fri 09:00-17:00"))
    (True, False)
    """
    return _merged(week) == [(0, _WEEK)]


def lines(week: Week) -> tuple[DayLine | Stretch, ...]:
    """
    Return the week as lines: stretches longer than a day, else days with their windows; closed days have none.
    """
    stretches = [each for each in _merged(week) if each[1] - each[0] > DAY]
    if stretches and len(stretches) == len(_merged(week)):
        return tuple(Stretch(divmod(start, DAY), divmod(end, DAY)) for start, end in stretches)
    found = []
    for windows, days in itertools.groupby(range(len(WEEKDAYS)), lambda day: week.days[day]):
        row = list(days)
        if windows:
            found.append(DayLine(row[0], row[-1], windows))
    return tuple(found)


def _merged(week: Week) -> list[tuple[int, int]]:
    """
    Return the open stretches in seconds of the week; one over the week's end is told from its opening, with an end past
    it.
    """
    spans = sorted(
        (day * DAY + each.opens, day * DAY + each.closes) for day, windows in enumerate(week.days) for each in windows
    )
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    if len(found) > 1 and found[-1][1] >= _WEEK and found[0][0] <= found[-1][1] - _WEEK:
        found = [*found[1:-1], (found[-1][0], max(found[-1][1], found[0][1] + _WEEK))]
    return found


def notation(week: Week) -> str:
    """
    Return a week in few letters.

    >>> from upheld.core.calendars.windows import parse_week
    >>> notation(parse_week({"mon-fri": "09:00-12:00, 13:30-18:00", "sat": "09:00-12:00"}))
    'Mon-Fri 09:00-12:00, 13:30-18:00; Sat 09:00-12:00'
    >>> notation(parse_week("sun 16:00 - fri 17:00")), notation(parse_week("24x7"))
    ('Sun 16:00 - Fri 17:00', '24x7')
    """
    if is_always(week):
        return "24x7"
    return "; ".join(_text(each) for each in lines(week))


def _text(line: DayLine | Stretch) -> str:
    if isinstance(line, Stretch):
        return " - ".join(f"{_day(day)} {clock_text(second)}" for day, second in line)
    days = _day(line.first) if line.first == line.last else f"{_day(line.first)}-{_day(line.last)}"
    windows = ["all day" if (each.opens, each.closes) == (0, DAY) else str(each) for each in line.windows]
    return f"{days} {', '.join(windows)}"


def _day(day: int) -> str:
    return WEEKDAYS[day % len(WEEKDAYS)].capitalize()
