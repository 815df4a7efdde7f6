"""
Holiday lists from iCalendar files (RFC 5545).

A feed is a stranger's text, so it is read line by line with limits, and a rule that repeats is only followed inside the
years asked for. What counts: events whose start is a DATE, with an exclusive DATE as their end; and events from local
midnight to local midnight, as some programs write whole days (with a zone known to IANA, or floating: the dates are
taken as written). Cancelled events do not count. Invariant: a feed is taken whole or refused with the line; nothing is
half imported.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from upheld.core.calendars import holiday_lists, zones
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import HolidayList
from upheld.core.errors import UpheldError

MOST_EVENTS: Final = 5_000
MOST_LINES: Final = 200_000
LONGEST_LINE: Final = 10_000
DEEPEST: Final = 8
LONGEST_EVENT: Final = 366
"""Days that one event may last."""
MOST_REPEATS: Final = 10_000
MOST_WORK: Final = 300_000
"""Work that the rules of one feed may make, in steps of a daily rule; a step takes about a microsecond."""
_COST: Final = {"DAILY": (1, 1), "WEEKLY": (7, 2), "MONTHLY": (30, 4), "YEARLY": (365, 20)}
"""Days between two steps of a rule, and the work of a step (measured on rules that never match)."""
_LAST_YEAR: Final = 9999
_CYCLE: Final = 400
_FREQUENCIES: Final = frozenset(_COST)
_EARLIEST: Final = 1900
_LATEST: Final = 2199
_RULE_PARTS: Final = _FREQUENCIES | {
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYMONTH",
    "BYMONTHDAY",
    "BYDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYSETPOS",
    "BYEASTER",
    "WKST",
}
_USED: Final = frozenset(
    {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SUMMARY", "UID", "STATUS", "EXRULE"}
)
_PROPERTY: Final = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^":;]*))*):(.*)', re.DOTALL)
_LINE: Final = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_ESCAPE: Final = re.compile(r"\\(.)")


class HolidayFeedError(UpheldError):
    """
    A feed that cannot be read, asks for too much, or says something that is no whole day; ``line`` counts from 1.
    """


@dataclass(frozen=True, slots=True)
class _Property:
    line: int
    name: str
    params: dict[str, str]
    value: str


@dataclass(slots=True)
class _Event:
    line: int
    properties: dict[str, list[_Property]] = field(default_factory=dict)

    def one(self, name: str) -> _Property | None:
        found = self.properties.get(name, [])
        if len(found) > 1:
            raise HolidayFeedError("holiday_feed.given_twice", line=found[1].line, name=name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        found = self.one(name)
        return _ESCAPE.sub(lambda m: " " if m[1] in "nN" else m[1], found.value).strip() if found else ""


@dataclass(slots=True)
class _Work:
    left: int = MOST_WORK

    def take(self, rule: _Property, parts: dict[str, str], first: dt.date, last: dt.date) -> None:
        """
        Take the work of a rule off what is left, or refuse the feed at the rule's line.
        """
        days, cost = _COST[parts["FREQ"]]
        self.left -= max(0, (last - first).days) // (days * int(parts.get("INTERVAL", 1))) * cost
        if self.left < 0:
            raise HolidayFeedError("holiday_feed.too_many_repeats", line=rule.line, given=rule.value[:60])


def from_icalendar(text: str, name: str, years: Iterable[int], *, source: str = "iCalendar") -> HolidayList:
    """
    Return the holidays of a feed that fall in the years asked for; the revision is a digest of the days.

    Raises :class:`HolidayFeedError` with the line, and :class:`CalendarError` ``holiday_list.no_years``.
    """
    wanted = tuple(sorted(set(years)))
    if not wanted:
        raise CalendarError("holiday_list.no_years")
    events = list(_events(text))
    moved, work = _moved(events), _Work()
    days: dict[dt.date, str] = {}
    for event in events:
        if event.text("STATUS").upper() == "CANCELLED":
            continue
        for day in _dates_of(event, wanted, moved, work):
            days.setdefault(day, event.text("SUMMARY") or name)
    return holiday_lists.from_dates(days, name=name, source=source, years=wanted)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """
    Yield each content line with the number of its first physical line; a line that begins with a space continues one.
    """
    first, held = 0, ""
    # Found one by one: a feed of a million events is refused before its lines are copied.
    for number, found in enumerate(_LINE.finditer(text.removeprefix("\ufeff")), 1):
        line = found[1]
        if number > MOST_LINES:
            raise HolidayFeedError("holiday_feed.too_many_lines", line=number, most=MOST_LINES)
        if len(line) + len(held) > LONGEST_LINE:
            raise HolidayFeedError("holiday_feed.line_too_long", line=number, most=LONGEST_LINE)
        if line[:1] in {" ", "\t"} and first:
            held += line[1:]
            continue
        if held:
            yield first, held
        first, held = number, line
    if held:
        yield first, held


def _events(text: str) -> Iterator[_Event]:
    """
    Yield the events of the calendar; everything else is passed over, but must be well-formed.
    """
    open_: list[str] = []
    event: _Event | None = None
    count = 0
    for line, content in _unfolded(text):
        found = _property(line, content)
        if found.name == "BEGIN":
            open_.append(found.value.strip().upper())
            _check_opening(open_, line)
            if open_[-1] == "VEVENT":
                event, count = _Event(line), count + 1
                if count > MOST_EVENTS:
                    raise HolidayFeedError("holiday_feed.too_many_events", line=line, most=MOST_EVENTS)
        elif found.name == "END":
            if not open_ or open_.pop() != found.value.strip().upper():
                raise HolidayFeedError("holiday_feed.unbalanced", line=line, given=content[:60])
            if event is not None and open_ == ["VCALENDAR"]:
                yield event
                event = None
        elif not open_:
            raise HolidayFeedError("holiday_feed.not_a_calendar", line=line)
        elif event is not None and open_[-1] == "VEVENT" and found.name in _USED:
            event.properties.setdefault(found.name, []).append(found)
    if open_ or not text.strip():
        raise HolidayFeedError(
            "holiday_feed.cut_off", line=text.count("\n") + 1, given=open_[-1] if open_ else "VCALENDAR"
        )


def _check_opening(open_: list[str], line: int) -> None:
    if open_[0] != "VCALENDAR":
        raise HolidayFeedError("holiday_feed.not_a_calendar", line=line)
    if len(open_) > DEEPEST or open_.count("VTIMEZONE") > 1 or open_.count("VEVENT") > 1:
        raise HolidayFeedError("holiday_feed.nested", line=line, given=open_[-1])


def _property(line: int, content: str) -> _Property:
    found = _PROPERTY.fullmatch(content)
    if found is None:
        raise HolidayFeedError("holiday_feed.line_unreadable", line=line, given=content[:60])
    params = {}
    for part in re.findall(r';([A-Za-z0-9-]+)=("[^"]*"|[^":;]*)', found[2]):
        params[part[0].upper()] = part[1].strip('"')
    return _Property(line, found[1].upper(), params, found[3])


def _moved(events: list[_Event]) -> dict[str, set[dt.date]]:
    """
    Return, by UID, the dates of a repeating event that another event of the feed takes the place of.
    """
    moved: dict[str, set[dt.date]] = {}
    for event in events:
        if instead := event.one("RECURRENCE-ID"):
            moved.setdefault(event.text("UID"), set()).add(_day(instead, instead.value)[0])
    return moved


def _dates_of(event: _Event, years: tuple[int, ...], moved: dict[str, set[dt.date]], work: _Work) -> Iterator[dt.date]:
    start = event.one("DTSTART")
    if start is None:
        raise HolidayFeedError("holiday_feed.no_start", line=event.line)
    first, is_date = _day(start, start.value)
    length = _length(event, first, is_date=is_date)
    gone = {_day(one, value)[0] for one in event.properties.get("EXDATE", []) for value in one.value.split(",")}
    if event.one("RECURRENCE-ID") is None:
        gone |= moved.get(event.text("UID"), set())
    if exrule := event.one("EXRULE"):
        raise HolidayFeedError("holiday_feed.rule", line=exrule.line, given="EXRULE")
    begins = itertools.chain(_repeats(event, first, years, work), _extra(event))
    for begin in begins:
        if begin in gone:
            continue
        for step in range(length):
            day = begin + dt.timedelta(days=step)
            if day.year in years:
                yield day


def _extra(event: _Event) -> Iterator[dt.date]:
    for one in event.properties.get("RDATE", []):
        if one.params.get("VALUE", "").upper() == "PERIOD":
            raise HolidayFeedError("holiday_feed.not_a_whole_day", line=one.line, given=one.value[:40])
        yield from (_day(one, value)[0] for value in one.value.split(","))


def _day(given: _Property, value: str) -> tuple[dt.date, bool]:
    """
    Return the date of a property's value, and whether it is written as a DATE rather than as a midnight.
    """
    value = value.strip()
    written = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(T(\d{2})(\d{2})(\d{2})(Z?))?", value, re.ASCII)
    if written is None:
        raise HolidayFeedError("holiday_feed.date_unreadable", line=given.line, given=value[:40])
    try:
        day = dt.date(int(written[1]), int(written[2]), int(written[3]))
    except ValueError:
        raise HolidayFeedError("holiday_feed.date_unreadable", line=given.line, given=value[:40]) from None
    if not _EARLIEST <= day.year <= _LATEST:
        raise HolidayFeedError("holiday_feed.date_unreadable", line=given.line, given=value[:40])
    if not written[4]:
        return day, True
    zone = given.params.get("TZID")
    if zone is not None:
        try:
            zones.zone(zone.removeprefix("/"))
        except CalendarError as error:
            near = error.params.get("meant", "Europe/Brussels")
            raise HolidayFeedError("holiday_feed.unknown_zone", line=given.line, given=zone, meant=near) from None
    if written[8] or (written[5], written[6], written[7]) != ("00", "00", "00"):
        raise HolidayFeedError("holiday_feed.not_a_whole_day", line=given.line, given=value)
    return day, False


def _length(event: _Event, first: dt.date, *, is_date: bool) -> int:
    """
    Return how many dates the event covers; a DATE without an end covers one.
    """
    end, duration = event.one("DTEND"), event.one("DURATION")
    if end is not None:
        last, ends_on_date = _day(end, end.value)
        days = (last - first).days
        # Some programs end a whole day on the day itself; a midnight that ends where it starts covers nothing.
        days = 1 if is_date and ends_on_date and days == 0 else days
        where = end
    elif duration is not None:
        found = re.fullmatch(r"\+?P(?:(\d{1,4})W|(\d{1,4})D(?:T0+[HMS])?)", duration.value.strip(), re.ASCII)
        days = 0 if found is None else int(found[1]) * 7 if found[1] else int(found[2])
        where = duration
    elif is_date:
        return 1
    else:
        raise HolidayFeedError("holiday_feed.not_a_whole_day", line=event.line, given="DTSTART")
    if not 1 <= days <= LONGEST_EVENT:
        raise HolidayFeedError("holiday_feed.length", line=where.line, given=where.value[:40], most=LONGEST_EVENT)
    return days


def _repeats(event: _Event, first: dt.date, years: tuple[int, ...], work: _Work) -> Iterator[dt.date]:
    """
    Yield the dates on which the event begins, up to the last of the years; without a rule, its start.
    """
    rule = event.one("RRULE")
    if rule is None:
        yield first
        return
    parts = _rule_parts(rule)
    last = dt.date(years[-1], 12, 31)
    if until := parts.pop("UNTIL", None):
        last = min(last, _day(_Property(rule.line, "UNTIL", {}, until[:8]), until[:8])[0])
    count = int(parts.pop("COUNT", MOST_REPEATS))
    if first > last:
        return
    begin = first if "COUNT" in rule.value.upper() else _brought_near(parts, first, years[0])
    work.take(rule, parts, begin, last)
    yield from itertools.islice(_expanded(rule, parts, begin, last, work), count)


def _brought_near(parts: dict[str, str], first: dt.date, year: int) -> dt.date:
    """
    Return a later start of a yearly rule that gives the same dates from ``year`` on.

    A rule that takes its weekday from its start (BYWEEKNO), and one that starts on 29 February, stay as they are.
    """
    step = int(parts.get("INTERVAL", 1))
    if parts["FREQ"] != "YEARLY" or "BYWEEKNO" in parts or (first.month, first.day) == (2, 29):
        return first
    return first.replace(year=first.year + max(0, year - 1 - first.year) // step * step)


def _expanded(rule: _Property, parts: dict[str, str], first: dt.date, last: dt.date, work: _Work) -> Iterator[dt.date]:
    """
    Yield the dates of a rule from ``first`` to ``last``, taken off the work that the feed may make.

    The library follows a rule that never matches to the year 9999. So it is asked about a time shortly before that: the
    calendar, weekdays and weeks included, repeats every 400 years.
    """
    from dateutil import rrule  # noqa: PLC0415 - only feeds with rules need it

    text = ";".join(f"{key}={value}" for key, value in parts.items())
    ahead = (_LAST_YEAR - last.year) // _CYCLE * _CYCLE
    start = dt.datetime(first.year + ahead, first.month, first.day)  # noqa: DTZ001 - dates, in no zone
    found = None
    try:
        for found in rrule.rrulestr(f"RRULE:{text}", dtstart=start):
            if found.year - ahead > last.year or (day := found.replace(year=found.year - ahead).date()) > last:
                work.take(rule, parts, dt.date(last.year, 1, 1), dt.date(found.year - ahead, 1, 1))
                return
            yield day
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        found = None
    if found is None:
        raise HolidayFeedError("holiday_feed.rule", line=rule.line, given=rule.value[:60])
    work.take(rule, parts, dt.date(last.year, 1, 1), dt.date(last.year + _CYCLE, 1, 1))


def _rule_parts(rule: _Property) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in rule.value.strip().upper().split(";"):
        key, equals, value = part.partition("=")
        if not equals or key in parts or key not in _RULE_PARTS or not value or len(value) > 200:  # noqa: PLR2004
            raise HolidayFeedError("holiday_feed.rule", line=rule.line, given=part[:60])
        parts[key] = value
    if parts.get("FREQ") not in _FREQUENCIES:
        raise HolidayFeedError("holiday_feed.frequency", line=rule.line, given=parts.get("FREQ", "nothing"))
    for key, most in (("COUNT", MOST_REPEATS), ("INTERVAL", MOST_REPEATS)):
        if key in parts and not (re.fullmatch(r"\d{1,9}", parts[key], re.ASCII) and 1 <= int(parts[key]) <= most):
            code = "holiday_feed.too_many_repeats" if key == "COUNT" else "holiday_feed.rule"
            raise HolidayFeedError(code, line=rule.line, given=f"{key}={parts[key][:20]}")
    return parts
