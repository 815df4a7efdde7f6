"""
The small types that plan documents are made of: names, texts, shares, money, durations, conditions.

Invariant: everything quantitative becomes a typed, exact value here; nothing downstream parses text again.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

from upheld.core.calendars.zones import zone_names
from upheld.core.durations import Duration, Unit, parse_duration
from upheld.core.errors import UpheldError
from upheld.core.money import Money

NAME_PATTERN: Final = r"^[a-z][a-z0-9_-]{0,62}$"


class Part(BaseModel):
    """
    Any part of a plan document: frozen, and refusing keys that it does not know.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, use_attribute_docstrings=True, defer_build=True
    )


class PlanValueError(UpheldError):
    """
    A text in a plan document that is not what its key demands.
    """


def parsed(parse: Callable[[Any], Any], result: type | tuple[type, ...]) -> BeforeValidator:
    """
    Return a validator that applies ``parse`` unless the value already is a ``result``; its errors become findings.
    """

    def read(value: Any) -> Any:
        if isinstance(value, result):
            return value
        try:
            return parse(value)
        except UpheldError as error:
            raise problem(error) from None
        except (AttributeError, TypeError):
            # The parsers read texts and mappings of texts; anything else in their place is the author's slip.
            raise refuse("plan.not_a_text", given=str(value)) from None

    return BeforeValidator(read)


def problem(error: UpheldError) -> PydanticCustomError:
    """
    Return an error of ours in the form in which pydantic carries it: the code as type, the parameters as context.
    """
    return PydanticCustomError(error.code, "{code}", {"code": error.code, **error.params})


def refuse(code: str, **params: Any) -> PydanticCustomError:
    """
    Return the refusal ``code`` in the form in which pydantic carries it.
    """
    return PydanticCustomError(code, "{code}", {"code": code, **params})


def _text_only(value: Any, code: str) -> str:
    if not isinstance(value, str):
        raise PlanValueError(code, given=str(value))
    return value.strip()


def _name(value: Any) -> str:
    text = _text_only(value, "plan.bad_name")
    if not re.match(NAME_PATTERN, text):
        raise PlanValueError("plan.bad_name", given=text)
    return text


Name: TypeAlias = Annotated[
    str,
    BeforeValidator(lambda value: _checked(_name, value)),
    WithJsonSchema({"type": "string", "pattern": NAME_PATTERN}),
]
"""A name that other keys refer to: small letters, digits, ``_`` and ``-``, beginning with a letter."""


def _checked(parse: Callable[[Any], Any], value: Any) -> Any:
    try:
        return parse(value)
    except UpheldError as error:
        raise problem(error) from None


def _texts(value: Any) -> dict[str, str]:
    if isinstance(value, str):
        return {"": value}
    if isinstance(value, Mapping) and value and all(re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", str(key)) for key in value):
        return {str(key): _text_only(each, "plan.bad_text") for key, each in value.items()}
    raise PlanValueError("plan.bad_text", given=str(value))


Text: TypeAlias = Annotated[
    dict[str, str],
    BeforeValidator(lambda value: _checked(_texts, value)),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]},
    ),
]
"""Words for people: one text, or one for each language (``en``, ``fr``, ``de-CH``)."""


def in_language(text: Mapping[str, str] | None, language: str, fallback: str = "") -> str:
    """
    Return the words in ``language``, or in its base language, English, or whatever there is; ``fallback`` without a
    text.
    """
    if not text:
        return fallback
    for key in (language, language.split("-", maxsplit=1)[0], "", "en"):
        if key in text:
            return text[key]
    return next(iter(text.values()))


def _percent(value: Any) -> Decimal:
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,12})?)\s*%", value.strip()) if isinstance(value, str) else None
    if not found:
        raise PlanValueError("plan.bad_percent", given=str(value))
    return Decimal(found[1])


Percent: TypeAlias = Annotated[
    Decimal,
    parsed(_percent, ()),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?\s*%$", "examples": ["99.90%"]}),
]
"""A share in percent, written with its sign: ``99.90%``. The value is in percent points."""


def parse_money(value: Any) -> Money:
    """
    Return the amount of "USD 1,250.00".

    Raises :class:`PlanValueError` ``plan.bad_money``, or :class:`~upheld.core.money.MoneyError`.
    """
    found = (
        re.fullmatch(r"([A-Z]{3}) (\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?", value.strip()) if isinstance(value, str) else None
    )
    if not found:
        raise PlanValueError("plan.bad_money", given=str(value))
    return Money(Decimal(found[2].replace(",", "") + (found[3] or "")), found[1])


Amount: TypeAlias = Annotated[
    Money,
    parsed(parse_money, Money),
    WithJsonSchema({"type": "string", "pattern": r"^[A-Z]{3} [\d,]+(\.\d+)?$", "examples": ["USD 1,250.00"]}),
]
"""Money: the currency's three letters, a space, the amount."""


ABBREVIATIONS: Final = {
    "EST": "America/New_York", "EDT": "America/New_York", "ET": "America/New_York", "CST": "America/Chicago",
    "CDT": "America/Chicago", "MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles", "PT": "America/Los_Angeles", "GMT": "Europe/London", "BST": "Europe/London",
    "CET": "Europe/Brussels", "CEST": "Europe/Brussels", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo",
    "AEST": "Australia/Sydney",
}  # fmt: skip
"""Abbreviations that policies write, with a place that they may mean; they are refused, for each means several."""


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset({each for each in zone_names() if "/" in each} | {"UTC"})


def _zone(value: Any) -> str:
    text = _text_only(value, "plan.unknown_zone")
    known = _zones()
    if text not in known:
        suggestion = ABBREVIATIONS.get(text.upper()) or _nearest(text, known)
        raise PlanValueError("plan.unknown_zone", given=text, suggestion=suggestion)
    return text


def _nearest(text: str, known: frozenset[str]) -> str | None:
    import difflib  # noqa: PLC0415  (only on the way to a refusal)

    found = difflib.get_close_matches(text, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


Zone: TypeAlias = Annotated[
    str,
    BeforeValidator(lambda value: _checked(_zone, value)),
    WithJsonSchema({"type": "string", "examples": ["America/Los_Angeles"]}),
]
"""A time zone of the IANA list, such as ``Europe/Zurich``; abbreviations such as EST are refused."""


def _zone_or_customer(value: Any) -> str:
    return value if value in ("customer", "contract") else _zone(value)


ZoneOrCustomer: TypeAlias = Annotated[
    str,
    BeforeValidator(lambda value: _checked(_zone_or_customer, value)),
    WithJsonSchema({"type": "string", "examples": ["Europe/Zurich", "customer"]}),
]
"""A zone, or ``customer`` (or ``contract``): the zone of the customer's contract."""


def _length(value: Any) -> Duration:
    return parse_duration(_text_only(value, "duration.unreadable"))


def _plain_length(value: Any) -> Duration:
    duration = _length(value)
    if duration.unit in (Unit.MONTHS, Unit.YEARS):
        raise PlanValueError("plan.months_not_here", given=str(value))
    return duration


def _hours_only(value: Any) -> Duration:
    duration = _length(value)
    if duration.unit is not Unit.SECONDS or duration.elapsed:
        raise PlanValueError("plan.hours_only", given=str(value))
    return duration


Hours: TypeAlias = Annotated[
    Duration, parsed(_hours_only, Duration), WithJsonSchema({"type": "string", "examples": ["8h", "7h 30min"]})
]
"""A duration in hours or minutes."""

Length: TypeAlias = Annotated[
    Duration,
    parsed(_plain_length, Duration),
    WithJsonSchema({"type": "string", "examples": ["4h", "30min", "2d", "48h elapsed", "2d end_of_day"]}),
]
"""A duration of seconds, minutes, hours or days, in support time unless it says ``elapsed``."""

Span: TypeAlias = Annotated[
    Duration,
    parsed(_length, Duration),
    WithJsonSchema({"type": "string", "examples": ["1 year", "6 months", "30d", "5 business days"]}),
]
"""A duration that may also be months or years, as terms and validity have."""


def _date(value: Any) -> dt.date:
    text = _text_only(value, "plan.bad_date")
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        if re.fullmatch(r"\d{4}-\d{2}", text) and 1 <= int(text[5:]) <= 12:  # noqa: PLR2004
            return dt.date(int(text[:4]), int(text[5:]), 1)
        raise PlanValueError("plan.bad_date", given=text) from None


Date: TypeAlias = Annotated[
    dt.date, BeforeValidator(lambda value: value if isinstance(value, dt.date) else _checked(_date, value))
]
"""A date, ``2026-04-01``; a month ``2026-04`` is its first day."""


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str | bool | int | Decimal) else value


Names: TypeAlias = Annotated[
    tuple[Name, ...],
    BeforeValidator(_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One name, or a list of names, any of which fits."""


Words: TypeAlias = Annotated[
    tuple[str, ...],
    BeforeValidator(_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One word, or a list of words, any of which fits."""


def _answers(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


Answer: TypeAlias = Annotated[
    str, BeforeValidator(_answers), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "boolean"}]})
]
"""An answer to a question of the plan; ``true`` and ``false`` are answers too."""


def _many_answers(value: Any) -> Any:
    return [_answers(each) for each in value] if isinstance(value, list) else [_answers(value)]


Answers: TypeAlias = Annotated[
    tuple[Answer, ...],
    BeforeValidator(_many_answers),
    WithJsonSchema({"anyOf": [{"type": ["string", "boolean"]}, {"type": "array"}]}),
]


class Condition(Part):
    """
    When a rule applies: every key that is given must fit, each by any of its values. Without keys it always applies.
    """

    severity: Names = ()
    """Severities of the ticket."""
    channel: Names = ()
    """Channels through which the ticket was opened."""
    phoned: bool | None = None
    """Whether the customer has telephoned about the ticket; the rule applies from the call."""
    request_type: Names = ()
    """Request types."""
    environment: Names = ()
    """Environments, such as production."""
    product: Names = ()
    """Products."""
    component: Names = ()
    """Components or services of the product."""
    tier: Names = ()
    """Tiers of the contract."""
    region: Words = ()
    """Regions of the customer: country (``US``) or subdivision (``CA-ON``) codes, or the plan's own names."""
    language: Words = ()
    """Languages of the customer."""
    add_on: Names = ()
    """Add-ons of the contract, any of them."""
    without_add_on: Names = ()
    """Add-ons of which the contract has none."""
    reached: Names = ()
    """Milestones of which one was reached; the rule applies from then."""
    inside: Names = ()
    """Calendars that are open at the ticket's opening."""
    outside: Names = ()
    """Calendars that are closed at the ticket's opening."""
    answers: dict[Name, Answers] = {}
    """Answers to the severity questions."""


CONDITION_KEYS: Final = frozenset(Condition.model_fields)
