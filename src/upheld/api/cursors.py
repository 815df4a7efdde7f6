"""
Pages by key: a cursor names the last row that was seen, never a number of rows to skip.

Invariant: a cursor is signed, and works only for the caller and the query that it was made for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from django.core import signing
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from upheld.api.callers import Caller
from upheld.api.problems import Flaw, refused

MOST_ROWS: Final = 200
ROWS: Final = 50
MOST_CURSOR: Final = 600
_SIGNER: Final = signing.Signer(salt="upheld.api.cursor")
_NOT_OF_THE_QUERY: Final = frozenset({"cursor", "page_size"})

Row = TypeVar("Row")
Shown = TypeVar("Shown")


class PageQuery(Schema):
    """
    Which page: its size and where it begins.
    """

    page_size: int = Field(
        ROWS, ge=1, description=f"Rows of a page; more than {MOST_ROWS} gives {MOST_ROWS}, and says so."
    )
    cursor: str | None = Field(None, max_length=MOST_CURSOR, description="The `next_cursor` of the page before.")


class Page(Schema, Generic[Shown]):
    """
    A page of rows; `next_cursor` is null on the last one.
    """

    items: list[Shown]
    next_cursor: str | None
    page_size: int = Field(description=f"The size that was used, {MOST_ROWS} at most.")


def size_of(query: PageQuery) -> int:
    """
    Return how many rows the page has at most.
    """
    return min(query.page_size, MOST_ROWS)


def _mark(request: HttpRequest, caller: Caller) -> str:
    """
    Return what a cursor is bound to: the caller, the path and the filters.
    """
    asked = sorted((name, values) for name, values in request.GET.lists() if name not in _NOT_OF_THE_QUERY)
    text = json.dumps([caller.scope, request.path, asked])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def position(request: HttpRequest, caller: Caller, query: PageQuery, *kinds: type) -> tuple[Any, ...] | None:
    """
    Return the key after which the page begins, or nothing for the first page; ``kinds`` are the types of its parts.

    Raises :class:`~upheld.api.problems.ApiError` 400 ``cursor.unreadable`` or ``cursor.other_query``.
    """
    if query.cursor is None:
        return None
    try:
        mark, *key = _SIGNER.unsign_object(query.cursor)
    except (signing.BadSignature, ValueError, TypeError):
        raise refused("cursor.unreadable", Flaw("query", "cursor", "cursor.unreadable")) from None
    if mark != _mark(request, caller) or [type(part) for part in key] != list(kinds):
        raise refused("cursor.other_query", Flaw("query", "cursor", "cursor.other_query"))
    return tuple(key)


def page(
    request: HttpRequest, caller: Caller, query: PageQuery, items: Sequence[Any], following: Sequence[Any] | None
) -> dict[str, Any]:
    """
    Return a page as it is sent; ``following`` is the key of its last row where more rows come.
    """
    cursor = _SIGNER.sign_object([_mark(request, caller), *following]) if following is not None else None
    return {"items": list(items), "next_cursor": cursor, "page_size": size_of(query)}


def cut(rows: Sequence[Row], size: int, key: Callable[[Row], Sequence[Any]]) -> tuple[list[Row], Sequence[Any] | None]:
    """
    Return the rows of a page and the key of its last one, from rows of which one more was read than the page holds.
    """
    kept = list(rows[:size])
    return kept, key(kept[-1]) if len(rows) > size else None
