"""
Handlers of due work, by name: a low app can cause work in a high one without importing it.

Invariant: a name has one handler; a handler is called with the row's arguments and the instant at which it runs,
inside one transaction with the completion of its row unless it says that it does input and output of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from upheld.core.errors import UpheldError
from upheld.core.instants import Instant

Handle: TypeAlias = Callable[[Mapping[str, Any], Instant], None]


class HandlerError(UpheldError):
    """
    Due work that nobody handles, or a name given twice.
    """


class LaterError(Exception):
    """
    What a handler raises whose time has not come: nothing of it is kept, and it is called again at ``until``.
    """

    def __init__(self, until: Instant) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class Handler:
    """
    A function for due work; with ``is_outside`` it talks to the world (mail, HTTP) and so runs outside the
    transaction, at least once.
    """

    handle: Handle
    is_outside: bool


_HANDLERS: dict[str, Handler] = {}


def handler(name: str, *, is_outside: bool = False) -> Callable[[Handle], Handle]:
    """
    Register a function under ``name``.

    Raises :class:`HandlerError` ``work.handler_named_twice``.
    """

    def register(handle: Handle) -> Handle:
        known = _HANDLERS.get(name)
        if known is not None and known.handle.__qualname__ != handle.__qualname__:
            raise HandlerError("work.handler_named_twice", name=name)
        _HANDLERS[name] = Handler(handle, is_outside)
        return handle

    return register


def find(name: str) -> Handler:
    """
    Return the handler of a name.

    Raises :class:`HandlerError` ``work.no_handler``.
    """
    try:
        return _HANDLERS[name]
    except KeyError:
        raise HandlerError("work.no_handler", name=name, known=sorted(_HANDLERS)) from None


def is_outside(name: str) -> bool:
    """
    Return whether a handler talks to the world; one that is not known does not.
    """
    return name in _HANDLERS and _HANDLERS[name].is_outside
