"""
The OpenAPI document: what ninja knows of the operations, completed by what the gate does for all of them.

Invariant: whatever the gate can answer stands in the document; ``docs/openapi.json`` is its snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from upheld.api.gate import FORM, MOST_KEY, RULES, Rule
from upheld.api.problems import MEDIA_TYPE

WRITES: Final = ("post", "patch", "put", "delete")
_FLAW: Final = {
    "type": "object",
    "description": "One thing wrong with the request, and where.",
    "required": ["in", "at", "code", "params", "title"],
    "properties": {
        "in": {"enum": ["body", "query", "header", "file", "path"]},
        "at": {"type": "string", "description": "A JSON pointer into the body, or a name."},
        "code": {"type": "string"},
        "params": {"type": "object"},
        "title": {"type": "string"},
    },
}
_PROBLEM: Final = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `code` is stable, `title` says it in words.",
    "required": ["type", "title", "status", "code", "params", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "params": {"type": "object"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Flaw"}},
    },
}
_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    401: {"WWW-Authenticate": "How to say who you are."},
    412: {"ETag": "The version that the ticket has now."},
    415: {"Accept": "The content types that are taken."},
    429: {"Retry-After": "Seconds after which to call again."},
    503: {"Retry-After": "Seconds after which to call again."},
    507: {"Retry-After": "Seconds after which to call again."},
}
_IDEMPOTENCY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes sending again harmless: the same key with the same request gets the same answer, for 24 h.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MOST_KEY, "pattern": "^[!-~]+$"},
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was read; the change is refused (412) if the ticket has another version now.",
    "schema": {"type": "string", "pattern": '^("[0-9]{1,9}"|\\*)$'},
}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """
    Return the document with problems, headers and rights.
    """
    found = dict(document)
    found["paths"] = {path: found["paths"][path] for path in sorted(found["paths"])}
    for operations in found["paths"].values():
        for method, operation in operations.items():
            _complete(operation, RULES[operation["operationId"]], method=method)
    components = found["components"]
    components["schemas"] = dict(sorted({**components["schemas"], "Flaw": _FLAW, "Problem": _PROBLEM}.items()))
    components["responses"] = {f"Problem{status}": _response(status) for status in _ALL}
    return found


def _complete(operation: dict[str, Any], rule: Rule, *, method: str) -> None:
    operation["x-rights"] = list(rule.rights)
    for status in _statuses(rule, method=method):
        operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    if method in WRITES:
        operation["parameters"].append(_IDEMPOTENCY)
    if rule.has_version:
        operation["parameters"].append(_IF_MATCH)
    if rule.gives == "*/*":
        schema = {"schema": {"type": "string", "format": "binary"}}
        operation["responses"][200]["content"] = {"application/octet-stream": schema, "application/yaml": {}}
    if rule.takes and "requestBody" in operation and rule.takes != FORM:
        content = next(iter(operation["requestBody"]["content"].values()))
        operation["requestBody"]["content"] = dict.fromkeys(rule.takes, content)
    if rule.by_session_only:
        operation["security"] = [{"Session": []}]


_ALL: Final = (400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429, 500, 503, 507)


def _statuses(rule: Rule, *, method: str) -> list[int]:
    found = [400, 401, 403, 404, 406, 429, 500, 503, 507]
    if method in WRITES:
        found += [409, 413, 415, 422]
    if rule.has_version:
        found.append(412)
    return sorted(found)


def _response(status: int) -> dict[str, Any]:
    headers = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.get(status, {}).items()
    }
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        **({"headers": headers} if headers else {}),
    }
