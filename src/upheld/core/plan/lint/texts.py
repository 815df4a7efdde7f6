"""
Texts with a notation of their own that the model keeps as they are: hours and recurrences of maintenance, limits of
measured values, starts of periods, steps of credits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from upheld.core.calendars.windows import parse_windows
from upheld.core.errors import UpheldError
from upheld.core.plan.lint.found import Found, error
from upheld.core.plan.lint.walk import parts
from upheld.core.plan.model import Plan
from upheld.core.plan.model.availability import MaintenanceWindow, MeasuredTarget
from upheld.core.plan.model.bands import parse_band
from upheld.core.plan.model.compliance import Each, Period
from upheld.core.plan.places import Path

_DAY_OF_YEAR: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_DAYS_IN_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_AMOUNT: Final = re.compile(r"\d++(\.\d++)?+\s*+(%|[A-Za-z]++)?+")


def check(plan: Plan) -> Iterator[Found]:
    """
    Yield texts that cannot be read.
    """
    for part, path in parts(plan):
        if isinstance(part, MaintenanceWindow):
            yield from _window(part, path)
        elif isinstance(part, MeasuredTarget):
            yield from _measured(part, path)
        elif isinstance(part, Period) and part.starts is not None and not _is_start(part.starts):
            yield error("lint.period_start_unreadable", (*path, "starts"), given=part.starts)
        elif isinstance(part, Each):
            for key in ("beyond", "step"):
                if (text := getattr(part, key)) is not None and not _AMOUNT.fullmatch(text.strip()):
                    yield error("lint.amount_unreadable", (*path, key), given=text)


def _is_start(text: str) -> bool:
    found = _DAY_OF_YEAR.fullmatch(text)
    return text == "contract" or bool(found and int(found[2]) <= _DAYS_IN_MONTH[int(found[1]) - 1])


def _window(window: MaintenanceWindow, path: Path) -> Iterator[Found]:
    try:
        parse_windows(window.hours)
    except UpheldError as refused:
        yield error(refused.code, (*path, "hours"), **refused.params)
    if window.rule is not None:
        from dateutil.rrule import rrulestr  # noqa: PLC0415 - most plans have no recurrence

        try:
            rrulestr(window.rule)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            yield error("lint.recurrence_unreadable", (*path, "rule"), given=window.rule)


def _measured(target: MeasuredTarget, path: Path) -> Iterator[Found]:
    promises: list[tuple[str, Path]] = [(target.promise, (*path, "promise"))]
    promises += [(text, (*path, "by_tier", tier)) for tier, text in target.by_tier.items()]
    for text, where in promises:
        try:
            parse_band(text)
        except UpheldError as refused:
            yield error(refused.code, where, **refused.params)
