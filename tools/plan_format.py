# ruff: noqa: INP001  (scripts beside the project, not a package of it)
"""
The reference part of docs/plan-format.md: a table for every part of a plan document, made from the model itself.

Between ``<!-- keys: CalendarRule SeasonRule -->`` and ``<!-- end of keys -->`` stand the tables of those parts; the
rest of the document is written by hand. Invariant: each part of the model has its table exactly once, and each of its
keys a row. ``python -m tools.plan_format --write`` puts in the tables of today's model; without it they are compared.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from upheld.core.plan.model import base
from upheld.core.plan.model import calendars as calendar_model
from upheld.core.plan.model import compliance as compliance_model
from upheld.core.plan.model import document as document_model
from upheld.core.plan.model import entitlements as entitlement_model
from upheld.core.plan.model import metrics as metric_model
from upheld.core.plan.model import tiers as tier_model

DOCUMENT: Final = Path(__file__).resolve().parent.parent / "docs" / "plan-format.md"
MARKED: Final = re.compile(r"(<!-- keys: ([\w ]+) -->\n).*?(<!-- end of keys -->)", re.DOTALL)

WORDS: Final[tuple[tuple[Any, str], ...]] = (
    (base.Name, "name"),
    (base.Names, "name, or list of names"),
    (base.Words, "word, or list of words"),
    (base.Text, "[text](#texts)"),
    (base.Percent, "share: `99.9%`"),
    (base.Amount, "money: `USD 1,250.00`"),
    (base.Zone, "zone: `Europe/Zurich`"),
    (base.ZoneOrCustomer, "zone: `Europe/Zurich`; or `customer`, `contract`"),
    (base.Hours, "hours: `8h`, `7.5h`"),
    (base.Length, "[duration](#durations): `4h`"),
    (base.Span, "[duration](#durations), also `6 months`, `1 year`"),
    (base.Date, "date: `2026-04-01`"),
    (base.Answer, "answer: `blocked`, `true`"),
    (base.Answers, "answer, or list of answers: `[slow, bug]`"),
    (calendar_model.WeekHours, "[weekly hours](#weekly-hours)"),
    (calendar_model.DayHours, "hours of a day: `09:00-12:00, 13:30-18:00`, `closed`"),
    (calendar_model.SeasonDay, "day of each year `12-01`, or date `2026-12-01`"),
    (calendar_model.Weekday, "day of the week: `sun`"),
    (compliance_model.BandKey, '[band](#bands): `">= 4% and < 6%"`'),
    (compliance_model.Table, "for each [band](#bands), a [pay](#pay)"),
    (entitlement_model.Much, "quantity: `2h`, `4`, `USD 500`, `contract`, `unlimited`, `none`"),
    (metric_model.StartOn, "[start](#starts-and-stops)"),
    (metric_model.StopOn, "[stop](#starts-and-stops)"),
    (metric_model.Targets, "one [target](#target) for all, or one (or a list) for each severity, or a list of targets"),
    (tier_model.ChannelOpening, "[channel hours](#channel-hours), or a list of them"),
    (tuple[dict[base.Name, base.Answers], ...], "list of sets of answers: `{process: critical, state: [slow, bug]}`"),
    (dict[base.Name, base.Answers], "answers or facts: `{production: true}`"),
    (str, "text"),
    (int, "whole number"),
    (bool, "`true` or `false`"),
    (Decimal, "number: `1.5`"),
)
"""How the types of the model are said; parts are said by their names."""

SHORT: Final[Mapping[str, tuple[str, ...]]] = {
    "CalendarRule": ("24x7",),
    "Cap": ("100%",),
    "Channel": ("portal",),
    "ChannelHours": ("support_hours",),
    "Duty": ("The customer keeps its contacts up to date.",),
    "Environment": ("Production",),
    "Exclusion": ("What is beyond our control",),
    "HolidayList": ("US", "CA-ON"),
    "HolidayRule": ("closed",),
    "Overdraft": ("refused",),
    "Pay": ("10%", "3 days", "USD 100", "2x", "none"),
    "Period": ("month",),
    "Question": ("Is there a workaround?",),
    "RequestType": ("General question",),
    "SeverityRule": ("Urgent",),
    "Target": ("4h", "< 4h", "24-48h", "best effort", "as agreed", "immediate", "none"),
    "Urgency": ("As soon as you can",),
}
"""Texts that stand for a whole part, each an example that the model reads (a test)."""

SHORT_KEYS: Final[Mapping[tuple[str, str], str]] = {
    ("Allowance", "carry_over"): "; or `none`",
    ("CalendarRule", "holidays"): "; or names of holiday lists that close it: `US`, `[us, own]`",
    ("CreditScheme", "cap"): "; or one of them",
    ("SeverityRule", "when"): "; or one of them",
    ("Question", "answers"): "",
    ("Tier", "hours"): "; or the name of a calendar",
}
"""What a key may hold beside what its type says; the JSON Schema knows them too (a test)."""

NOT_A_TABLE: Final = frozenset({"Part", "Quantity"})
"""What is written in one form only, and said where it is used."""

_VALUES: Final[Mapping[Any, Callable[[Any], str]]] = {base.Percent: lambda value: f"{value}%".replace("%%", "%")}


def parts() -> dict[str, type[BaseModel]]:
    """
    Return every part that a plan document can hold, by name.
    """
    found: list[type[BaseModel]] = [base.Part]
    for model in found:
        found += [each for each in model.__subclasses__() if each not in found]
    package = document_model.__name__.rpartition(".")[0]
    return {
        model.__name__: model
        for model in found
        if model.__module__.startswith(package) and model.__name__ not in NOT_A_TABLE
    }


def tables(names: str) -> str:
    """
    Return the tables of some parts, in the order in which they are named.
    """
    known = parts()
    return "\n".join(_table(known[name]) for name in names.split())


def heading(name: str) -> str:
    """
    Return the name of a part as words: ``CalendarRule`` is "Calendar rule".
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return words[:1] + words[1:].lower()


def _table(model: type[BaseModel]) -> str:
    lines = [f"#### {heading(model.__name__)}", "", told(model.__doc__ or "")]
    if model.__name__ in SHORT:
        lines[-1] += " In short: " + ", ".join(f"`{each}`" for each in SHORT[model.__name__]) + "."
    if _is_condition(model):
        lines[-1] += " It may also have the keys of a [condition](#condition)."
    hints = typing.get_type_hints(model, include_extras=True)
    lines += ["", "| key | what it is | how it is written | unless told |", "| --- | --- | --- | --- |"]
    for name, info in own_keys(model).items():
        row = (
            f"`{info.alias or name}`",
            told(info.description or ""),
            written(hints[name]),
            _unless_told(info, hints[name]),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
    return "\n".join(lines) + "\n"


def own_keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """
    Return the keys of a part without those that every condition has.
    """
    shared = set(base.Condition.model_fields) if _is_condition(model) else set()
    return {name: info for name, info in model.model_fields.items() if name not in shared}


def _is_condition(model: type[BaseModel]) -> bool:
    return issubclass(model, base.Condition) and model is not base.Condition


def told(docstring: str) -> str:
    """
    Return a docstring as a line of Markdown.
    """
    line = " ".join(docstring.split()).replace("``", "`")
    return re.sub(r":\w+:`~?([^`]*)`", r"`\1`", line)


def written(hint: Any) -> str:
    """
    Return in plain words how a value of this type is written.

    Raises :class:`KeyError` for a type that has no words yet: give it a row in ``WORDS``.
    """
    for known, words in WORDS:
        if hint == known:
            return words
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return ", ".join(f"`{each.value}`" for each in hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        words = heading(hint.__name__).lower()
        return f"[{words}](#{words.replace(' ', '-')})"
    return _composed(typing.get_origin(hint), typing.get_args(hint), hint)


def _composed(origin: Any, arguments: tuple[Any, ...], hint: Any) -> str:
    if origin in (types.UnionType, typing.Union):
        return "; or ".join(written(each) for each in arguments if each is not types.NoneType)
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in arguments)
    made = {tuple: _list_of, dict: _mapping_of, typing.Annotated: _annotated}.get(origin)
    if made is None:
        raise KeyError(f"{hint} is written in a way that has no words yet: give it a row in WORDS")
    return made(arguments)


def _list_of(arguments: tuple[Any, ...]) -> str:
    return "list of " + written(arguments[0])


def _mapping_of(arguments: tuple[Any, ...]) -> str:
    key = "name" if arguments[0] in (base.Name, str) else written(arguments[0]).partition(":")[0]
    return f"for each {key}: {written(arguments[1])}"


def _annotated(arguments: tuple[Any, ...]) -> str:
    """
    Return the words of a type with a validator of its own, which may let one value stand for a list of them.
    """
    inner = written(arguments[0])
    reads_one = any(getattr(each, "func", None) is metric_model._listed for each in arguments[1:])  # noqa: SLF001
    return inner.replace("list of ", "one, or a list of ", 1) if reads_one else inner


def _unless_told(info: FieldInfo, hint: Any) -> str:
    """
    Return what holds where the key is left out.
    """
    if info.is_required():
        return "**needed**"
    value = info.get_default(call_default_factory=True)
    if value is None or value in ((), {}, "") or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    if isinstance(value, enum.Enum | dt.date):
        return f"`{value}`"
    return f"`{_VALUES.get(hint, str)(value)}`"


def named(text: str) -> Iterator[str]:
    """
    Yield the parts for which the document has a place.
    """
    for found in MARKED.finditer(text):
        yield from found[2].split()


def generated(text: str) -> str:
    """
    Return the document with today's tables.
    """
    return MARKED.sub(lambda found: f"{found[1]}\n{tables(found[2])}\n{found[3]}", text)


def main(arguments: list[str]) -> int:
    """
    Compare the document with the model, or with ``--write`` bring it up to date; return the exit code.
    """
    text = DOCUMENT.read_text(encoding="utf-8")
    if "--write" in arguments:
        DOCUMENT.write_text(generated(text), encoding="utf-8")
        return 0
    if generated(text) != text:
        sys.stdout.write("docs/plan-format.md is not what the model says; run: make docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
