"""
Events of one ticket in a file: a JSON object a line, as :func:`~upheld.core.events.to_record` writes them.

Invariant: a line is read whole or refused with its number; nothing in it is guessed or left out.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from upheld.core import events as ev
from upheld.core.errors import UpheldError
from upheld.core.instants import in_range, parse_instant
from upheld.wording import say

MOST_BYTES: Final = 10_000_000
"""A ticket with more than this is none."""
_INSTANTS: Final = ("effective_at", "recorded_at", "promised_for")


class EventLinesError(UpheldError):
    """
    A file of events that cannot be read, with the line.
    """


def read_events(raw: bytes, file: str) -> list[ev.Event]:
    """
    Return the events of a file; instants are seconds, or texts of ISO 8601 with an offset, and a missing ``seq`` is
    the line's number.

    Raises :class:`EventLinesError` ``explain.too_large``, ``explain.not_utf8``, ``explain.bad_json`` or
    ``explain.bad_event``, the last two with file, line and the reason.
    """
    if len(raw) > MOST_BYTES:
        raise EventLinesError("explain.too_large", file=file, most=MOST_BYTES)
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise EventLinesError("explain.not_utf8", file=file, line=line) from None
    return [_event(line, number, file) for number, line in enumerate(lines, 1) if line.strip()]


def _event(line: str, number: int, file: str) -> ev.Event:
    try:
        given = json.loads(line)
        if not isinstance(given, dict):
            raise TypeError("it is no object in braces")
    except json.JSONDecodeError as error:
        raise EventLinesError("explain.bad_json", file=file, line=number, reason=error.msg) from None
    except (ValueError, TypeError, RecursionError) as error:
        raise EventLinesError("explain.bad_json", file=file, line=number, reason=str(error)) from None
    try:
        return _checked(ev.from_record(_record(given, number)))
    except UpheldError as error:
        reason = say(error.code, error.params)
        raise EventLinesError(
            "explain.bad_event", file=file, line=number, event_code=error.code, reason=reason
        ) from None


def _record(given: Mapping[str, Any], number: int) -> dict[str, Any]:
    """
    Return the record with its instants in seconds.
    """
    record = {"seq": number, **given}
    for name in _INSTANTS:
        value = record.get(name)
        if isinstance(value, str):
            record[name] = parse_instant(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            in_range(value)
    return record


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_answers(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) for pair in value.items() for each in pair)


_FITS: Final[Mapping[str, Callable[[object], bool]]] = {
    "str": _is_text,
    "bool": lambda value: isinstance(value, bool),
    "int": _is_whole,
    "Instant": _is_whole,
    "Mapping[str, str]": _are_answers,
}
"""What a field may hold, by the type that its event declares; types that are not here were read by the core."""


def _checked(event: ev.Event) -> ev.Event:
    """
    Return the event, whose fields hold what they declare.

    Raises :class:`~upheld.core.events.EventError` ``event.bad_field``.
    """
    for each in dataclasses.fields(event):
        declared = str(each.type)
        value = getattr(event, each.name)
        if value is None and declared.endswith(" | None"):
            continue
        fits = _FITS.get(declared.removesuffix(" | None"))
        if fits is not None and not fits(value):
            raise ev.EventError("event.bad_field", kind=event.kind, field=each.name, given=value)
    return event
