"""
The JSON Schema of plan documents (draft 2020-12), for editors: completion, hints while typing, words on hovering.

Invariant: never stricter than the model: what the model reads, in its long and its short forms, the schema allows. It
may be more lenient; the linter has the last word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, BeforeValidator, WithJsonSchema
from pydantic.json_schema import models_json_schema

from upheld.core.plan.model import Plan
from upheld.core.plan.model.compliance import Pay
from upheld.core.plan.model.metrics import Target
from upheld.core.plan.model.tiers import ChannelHours

Schema: TypeAlias = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "number"}
NOTHING: Final[Schema] = {"type": "null"}
MAPPING: Final[Schema] = {"type": "object"}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}
_TARGET: Final[Schema] = {"$ref": "#/$defs/Target"}
_CHANNEL: Final[Schema] = {"$ref": "#/$defs/ChannelHours"}

SHORT_FORMS: Final[Mapping[str, tuple[Schema, ...]]] = {
    "Target": ({"type": "string", "examples": ["4h", "< 4h", "24-48h", "best effort", "none"]},),
    "Period": (TEXT,),
    "Pay": ({"type": "string", "examples": ["10%", "3 days", "USD 100", "2x", "none"]}, NUMBER),
    "Cap": (TEXT,),
    "Exclusion": (TEXT,),
    "HolidayList": ({"type": "string", "examples": ["US", "CA-ON"]},),
    "HolidayRule": ({"enum": ["closed", "open", "limited"]},),
    "CalendarRule": ({"const": "24x7"},),
    "Overdraft": (TEXT,),
    "SeverityRule": (TEXT, NOTHING),
    "Question": (TEXT,),
    "Urgency": (TEXT, NOTHING),
    "Environment": (TEXT, NOTHING),
    "RequestType": (TEXT, NOTHING),
    "Duty": (TEXT,),
    "Channel": ({"enum": ["portal", "mail", "chat", "telephone", "slack", "meeting", "form", "api", "monitor"]},),
    "ChannelHours": (TEXT,),
    "CreditScheme": (),
    "Tier": (),
}
"""What stands for a whole part beside its mapping; a part with short forms of its keys alone has none of its own."""

SHORT_KEYS: Final[Mapping[tuple[str, str], Schema]] = {
    ("CalendarRule", "holidays"): {"anyOf": [TEXT, TEXTS]},
    ("CreditScheme", "cap"): {"anyOf": [{"$ref": "#/$defs/Cap"}]},
    ("SeverityRule", "when"): MAPPING,
    ("Question", "answers"): {"type": "array", "items": {"type": ["string", "boolean"]}},
    ("Tier", "hours"): TEXT,
}
"""What a key may hold beside what its type says."""

WRITTEN_OUT: Final[Mapping[tuple[str, str], Schema]] = {
    ("Tier", "channels"): {
        "type": "object",
        "additionalProperties": {"anyOf": [_CHANNEL, {"type": "array", "items": _CHANNEL}]},
    },
    ("Tier", "targets"): {
        "type": "object",
        "additionalProperties": {
            "anyOf": [
                _TARGET,
                {"type": "object", "additionalProperties": {"anyOf": [_TARGET, {"type": "array", "items": _TARGET}]}},
                {"type": "array", "items": _TARGET},
            ]
        },
    },
    ("CreditScheme", "table"): {
        "anyOf": [
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/Pay"}},
            {"type": "array", "items": MAPPING},
        ]
    },
}
"""Keys whose type says too little: what they hold."""


def json_schema() -> Schema:
    """
    Return the schema, as JSON would hold it.
    """
    models = {model.__name__: model for model in _models()}
    _, schema = models_json_schema([(model, "validation") for model in (Plan, Target, Pay, ChannelHours)])
    parts = {
        name: _with_short_forms(name, _plain(part), models.get(name)) for name, part in sorted(schema["$defs"].items())
    }
    whole = parts.pop("Plan")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:upheld:plan:1",
        "title": "Upheld plan document",
        **whole,
        "$defs": _reached(whole, parts),
    }


def _reached(whole: Schema, parts: Mapping[str, Schema]) -> dict[str, Schema]:
    """
    Return the parts that the whole refers to, directly or through others: the rest are the model's own values, which
    nobody writes.
    """
    found = dict.fromkeys(_named(whole))
    for name in (queue := list(found)):
        queue += [each for each in _named(parts[name]) if each not in found]
        found |= dict.fromkeys(_named(parts[name]))
    return {name: parts[name] for name in sorted(found)}


def _named(schema: Any) -> list[str]:
    """
    Return the names of the parts that a schema refers to.
    """
    return re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema))


def _models() -> list[type[BaseModel]]:
    """
    Return every part that a plan can hold.
    """
    found: list[type[BaseModel]] = [BaseModel]
    for model in found:
        found += [each for each in model.__subclasses__() if each not in found]
    return [model for model in found if model.__module__.startswith(Plan.__module__.rpartition(".")[0])]


def _with_short_forms(name: str, part: Schema, model: type[BaseModel] | None) -> Schema:
    """
    Return the schema of a part that also allows the short forms of its keys and of itself.
    """
    keys = part.get("properties", {})
    for key, schema in keys.items():
        if (name, key) in WRITTEN_OUT:
            keys[key] = _told(schema) | WRITTEN_OUT[name, key]
        if (name, key) in SHORT_KEYS:
            keys[key] = _either(schema, SHORT_KEYS[name, key])
    for key in _keys_read_by_a_validator(model) if model else ():
        keys[key] = _either(keys[key], TEXT)
    forms = SHORT_FORMS.get(name, ())
    if not forms:
        return part
    described = {"description": part.pop("description")} if "description" in part else {}
    return described | {"anyOf": [part, *forms]}


def _keys_read_by_a_validator(model: type[BaseModel]) -> list[str]:
    """
    Return the keys whose values a validator rewrites without saying in which forms: one text for a list of them.
    """
    return [
        info.alias or key
        for key, info in model.model_fields.items()
        if any(isinstance(each, BeforeValidator) for each in info.metadata)
        and not any(isinstance(each, WithJsonSchema) for each in info.metadata)
    ]


def _told(schema: Schema) -> Schema:
    """
    Return what a schema tells people, without what it allows.
    """
    return {name: schema[name] for name in ("description", "default") if name in schema}


def _either(schema: Schema, other: Schema) -> Schema:
    """
    Return a schema that allows both, with what the first one tells people.
    """
    rest = {name: each for name, each in schema.items() if name not in _told(schema)}
    forms = [*rest.pop("anyOf", []), *([rest] if rest else []), *other.get("anyOf", [other])]
    return _told(schema) | {"anyOf": [form for position, form in enumerate(forms) if form not in forms[:position]]}


def _plain(schema: Any) -> Any:
    """
    Return a schema without the titles that pydantic makes of names, with docstrings as plain text, closed where keys
    are names, and with months allowed as dates.
    """
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _plain(each) for name, each in schema.items() if not (name == "title" and isinstance(each, str))}
    if isinstance(told := plain.get("description"), str):
        plain["description"] = re.sub(r":\w+:`~?([^`]*)`", r"`\1`", " ".join(told.replace("``", "`").split()))
    if plain.get("format") == "date":
        del plain["format"]
        plain["pattern"] = r"^\d{4}-\d{2}(-\d{2})?$"
    if "patternProperties" in plain:
        plain.setdefault("additionalProperties", False)
    return plain
