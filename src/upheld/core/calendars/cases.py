"""
Cases of other projects' calendars, one JSON object a line, run against this engine.

The form of a line: ``calendar`` {``tz``, ``weekly``, ``holidays``, ``date_hours``, ``breaks``}, ``op`` (``add``,
``diff``, ``add_days``), ``start``, ``seconds`` or ``days`` with ``mode`` or ``end``, ``pauses``, ``expect``. A window
whose end is not after its start runs into the next day. Where two instants have no open time between them, either is a
right answer: sources differ in whether a due time stays on closing or moves to the next opening. Cases marked
``disputed`` are counted and not run. Invariant: every line that is not blank gives exactly one outcome.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from upheld.core.calendars.compiled import FIRST_DATE, LAST_DATE, CompiledCalendar, compile_calendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import CalendarSpec, HolidayList
from upheld.core.calendars.windows import DAY, WEEKDAYS, Week, Window, Windows, parse_clock
from upheld.core.durations import DayMode
from upheld.core.errors import UpheldError
from upheld.core.instants import FIRST, LAST, Instant, parse_instant, to_datetime
from upheld.core.periods import Period

_NEAR: Final = 60 * DAY
_FAR: Final = 20 * 366 * DAY


class Verdict(enum.StrEnum):
    """
    What became of a case; ``unreadable`` is a line that is no case.
    """

    PASSED = "passed"
    FAILED = "failed"
    DISPUTED = "disputed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    One line's outcome: its number (from 1), the case's id and question in short, what was expected and what came out.

    An error's code and parameters stand in ``error``; ``expected`` and ``got`` are seconds or ISO 8601 instants.
    """

    line: int
    verdict: Verdict
    case: str = ""
    question: str = ""
    expected: str = ""
    got: str = ""
    error: UpheldError | None = None


def check_cases(lines: Iterable[str]) -> Iterator[Outcome]:
    """
    Yield the outcome of every line that is not blank, in order.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _check_line(number, line)


def _check_line(number: int, line: str) -> Outcome:
    try:
        case = json.loads(line)
        if not isinstance(case, dict):
            raise CalendarError("calendar.case_not_an_object", line=number)
        if case.get("disputed"):
            return Outcome(number, Verdict.DISPUTED, str(case.get("id", "")))
        question = _Question.read(case)
    except (ValueError, RecursionError) as error:
        unreadable = CalendarError("calendar.case_unreadable", line=number, given=_first_words(error))
        return Outcome(number, Verdict.UNREADABLE, error=unreadable)
    except (KeyError, TypeError, AttributeError) as error:
        missing = CalendarError("calendar.case_incomplete", line=number, given=_first_words(error))
        return Outcome(number, Verdict.UNREADABLE, error=missing)
    except UpheldError as error:
        return Outcome(number, Verdict.UNREADABLE, error=error)
    return question.judged(number)


def _first_words(error: BaseException) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


@dataclass(frozen=True, slots=True)
class _Question:
    case: str
    calendar: str
    op: str
    start: Instant
    amount: int
    mode: DayMode | None
    pauses: tuple[Period, ...]
    expect: int

    @classmethod
    def read(cls, case: dict[str, Any]) -> _Question:
        op = case["op"]
        if op not in {"add", "diff", "add_days"}:
            raise CalendarError("calendar.case_operation", given=str(op))
        _spec_of(json.dumps(case["calendar"], sort_keys=True))
        return cls(
            case=str(case.get("id", "")),
            calendar=json.dumps(case["calendar"], sort_keys=True),
            op=op,
            start=parse_instant(case["start"]),
            amount=parse_instant(case["end"]) if op == "diff" else _whole(case["seconds" if op == "add" else "days"]),
            mode=DayMode(case["mode"]) if op == "add_days" else None,
            pauses=tuple(Period(parse_instant(one), parse_instant(other)) for one, other in case.get("pauses", ())),
            expect=_whole(case["expect"]) if op == "diff" else parse_instant(case["expect"]),
        )

    def judged(self, line: int) -> Outcome:
        """
        Return the outcome; a horizon that proves too near is widened once, so that a wrong answer can be shown.
        """
        instants = [self.start, self.amount if self.op == "diff" else self.expect]
        instants += [bound for pause in self.pauses for bound in (pause.start, pause.end)]
        for margin in (_NEAR, _FAR):
            first, last = max(min(instants) - margin, FIRST), min(max(instants) + margin, LAST)
            try:
                calendar = _compiled(self.calendar, to_datetime(first).date(), to_datetime(last).date())
                return self._outcome(line, calendar)
            except CalendarError as error:
                if error.code not in {"calendar.beyond_horizon", "calendar.never_opens"} or margin == _FAR:
                    return Outcome(line, Verdict.FAILED, self.case, self._text(), self._shown(self.expect), "", error)
        raise AssertionError

    def _outcome(self, line: int, calendar: CompiledCalendar) -> Outcome:
        got = self._answer(calendar)
        right = got == self.expect or (self.op != "diff" and not calendar.between(got, self.expect))
        verdict = Verdict.PASSED if right else Verdict.FAILED
        return Outcome(line, verdict, self.case, self._text(), self._shown(self.expect), self._shown(got))

    def _answer(self, calendar: CompiledCalendar) -> int:
        if self.op == "diff":
            return calendar.spend(self.start, self.amount, self.pauses)
        if self.mode is None:
            return calendar.add_paused(self.start, self.amount, self.pauses)
        return calendar.pushed(calendar.add_days(self.start, self.amount, self.mode), self.start, self.pauses)

    def _text(self) -> str:
        amount = self._instant(self.amount) if self.op == "diff" else str(self.amount)
        return " ".join(filter(None, (self.op, self._instant(self.start), amount, self.mode)))

    def _shown(self, value: int) -> str:
        return str(value) if self.op == "diff" else self._instant(value)

    @staticmethod
    def _instant(value: Instant) -> str:
        return to_datetime(value).isoformat().replace("+00:00", "Z")


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise CalendarError("calendar.case_not_whole", given=str(value))
    return value


@functools.lru_cache(maxsize=64)
def _compiled(calendar: str, first: dt.date, last: dt.date) -> CompiledCalendar:
    days = (max(first - dt.timedelta(days=2), FIRST_DATE), min(last + dt.timedelta(days=2), LAST_DATE))
    return compile_calendar(_spec_of(calendar), *days)


@functools.lru_cache(maxsize=64)
def _spec_of(calendar: str) -> CalendarSpec:
    """
    Return the calendar of a case, given as its JSON text.
    """
    given: dict[str, Any] = json.loads(calendar)
    weekly = given["weekly"]
    if unknown := set(weekly) - set(WEEKDAYS):
        raise CalendarError("calendar.days_unreadable", given=", ".join(sorted(unknown)))
    holidays = {dt.date.fromisoformat(day): day for day in given.get("holidays", ())}
    return CalendarSpec(
        name=str(given.get("name", "case")),
        zone=given["tz"],
        week=Week(tuple(_windows(weekly.get(day, ())) for day in WEEKDAYS)),
        dates=_windows_by_date(given.get("date_hours", {})),
        breaks=_windows_by_date(given.get("breaks", {})),
        holidays=(HolidayList("case", "1", "case", holidays),) if holidays else (),
        support_day={WEEKDAYS.index(day): WEEKDAYS.index(to) for day, to in given.get("support_day", {}).items()},
        day_seconds=given.get("day_seconds"),
    )


def _windows_by_date(given: dict[str, list[list[str]]]) -> dict[dt.date, Windows]:
    return {dt.date.fromisoformat(day): _windows(windows) for day, windows in given.items()}


def _windows(pairs: Iterable[Iterable[str]]) -> Windows:
    windows = []
    for opens, closes in pairs:
        start, end = parse_clock(opens), parse_clock(closes)
        windows.append(Window(start, end if end > start else end + DAY))
    return tuple(windows)
