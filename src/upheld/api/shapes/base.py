"""
What all bodies have in common: strict objects, instants with a zone, names, texts.

Invariant: a field that is not known is refused, never ignored; an instant is written in UTC and read only with a zone.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final, TypeAlias

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from upheld.api.problems import Flaw
from upheld.api.reading import pointer
from upheld.core.calendars.zones import zone
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, parse_instant, to_datetime

MOST_TEXT: Final = 100_000
PUBLIC_ID: Final = r"^[0-9a-z]{16}$"


class Body(Schema):
    """
    A body that is sent to us.
    """

    model_config = ConfigDict(extra="forbid", strict=True)


READ_ONLY: Final = frozenset(
    {
        "id", "number", "customer", "contract", "plan_version", "tier", "requester", "channel", "request_type",
        "environment", "instance", "urgency", "subject", "is_open", "is_entitled", "held_reason", "opened_at",
        "changed_at", "resolved_at", "closed_at", "created_at", "next", "messages_count", "version", "head_hash",
        "is_severity_assigned", "last_message_at", "due_at", "published_at", "digest", "seq", "hash",
    }
)  # fmt: skip
"""Fields of answers that follow from something else: where a body cannot set them, they are refused as read-only."""


def read_moment(given: Any) -> Any:
    """
    Return the instant of an ISO 8601 text with a zone.
    """
    if not isinstance(given, str):
        raise PydanticCustomError("request.wrong_type", "a date and time as text", {"field": "", "expected": "string"})
    try:
        return parse_instant(given[:100])
    except UpheldError as error:
        raise PydanticCustomError(error.code, "{given}", {"given": given[:100]}) from None


def written(instant: Instant) -> str:
    """
    Return an instant as it is sent: ``2026-04-17T16:00:00Z``.
    """
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


def _known_zone(name: str) -> str:
    try:
        zone(name)
    except UpheldError:
        raise PydanticCustomError("calendar.unknown_zone", "{zone}", {"zone": name}) from None
    return name


_MOMENT_SCHEMA: Final = {"type": "string", "format": "date-time", "examples": ["2026-04-17T16:00:00Z"]}
Moment: TypeAlias = Annotated[
    int,
    BeforeValidator(read_moment),
    WithJsonSchema({**_MOMENT_SCHEMA, "description": "ISO 8601 with an offset or Z."}),
]
"""An instant that is sent to us."""
At: TypeAlias = Annotated[int, PlainSerializer(written, return_type=str), WithJsonSchema(_MOMENT_SCHEMA)]
"""An instant that we send."""
Id: TypeAlias = Annotated[str, Field(pattern=PUBLIC_ID)]
"""A public id that is sent to us."""
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[A-Za-z0-9_.-]+$")]
"""A name of the plan: severity, tier, channel."""
Text: TypeAlias = Annotated[str, Field(max_length=MOST_TEXT)]
Reason: TypeAlias = Annotated[str, Field(max_length=2000)]
Zone: TypeAlias = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
Day: TypeAlias = Annotated[dt.date, Field(strict=False)]


class Ref(Schema):
    """
    Somebody or something, by its public id and its name.
    """

    id: str
    name: str


_TYPES: Final = {
    "string_type": "string", "int_type": "integer", "int_parsing": "integer", "int_from_float": "integer",
    "bool_type": "boolean", "bool_parsing": "boolean", "list_type": "array", "dict_type": "object",
    "model_type": "object", "model_attributes_type": "object", "decimal_type": "number", "decimal_parsing": "number",
    "date_type": "date", "date_parsing": "date", "date_from_datetime_parsing": "date", "int_parsing_size": "integer",
    "date_from_datetime_inexact": "date",
}  # fmt: skip


def flaws_of(found: list[dict[str, Any]]) -> list[Flaw]:
    """
    Return what pydantic found wrong with a request as our own codes.
    """
    return [_flaw(each) for each in found]


def _flaw(found: dict[str, Any]) -> Flaw:
    where, *steps = found["loc"]
    # Ninja puts the name of the function's argument, which is that of the place, before some fields.
    steps = steps[1:] if steps and steps[0] == where else steps
    at = "/" + "/".join(pointer(step) for step in steps) if where == "body" and steps else "/".join(map(str, steps))
    names = [str(step) for step in steps if isinstance(step, str)]
    code, params = _code(found, names[-1] if names else where)
    return Flaw({"form": "body"}.get(where, where), _storable(at), code, params)


def _storable(text: str) -> str:
    return text[:200].encode("utf-8", "replace").decode()


def _code(found: dict[str, Any], field: str) -> tuple[str, dict[str, Any]]:  # noqa: PLR0911  (a table by kind)
    kind, facts = found["type"], found.get("ctx", {})
    name = _storable(field)
    if kind == "extra_forbidden":
        return ("request.read_only_field" if field in READ_ONLY else "request.unknown_field"), {"field": name}
    if kind == "missing":
        return "request.missing_field", {"field": name}
    if kind in _TYPES:
        return "request.wrong_type", {"field": name, "expected": _TYPES[kind]}
    if kind in ("string_too_long", "too_long", "string_too_short", "too_short"):
        bound = facts.get("max_length", facts.get("min_length"))
        return ("request.too_long" if kind.endswith("long") else "request.too_short"), {"field": name, "bound": bound}
    if kind in ("literal_error", "enum"):
        return "request.not_one_of", {"field": name, "known": str(facts["expected"])}
    if kind.startswith(("greater", "less")):
        bound = next(iter(facts.values()))
        return "request.out_of_range", {"field": name, "bound": str(bound)}
    if "." in kind:
        return kind, {**facts, "field": name}
    return "request.bad_value", {"field": name}
