"""
Errors and findings: a stable code and parameters, never prose.

Words are made at the edge (:mod:`upheld.wording`), in the reader's language; every code raised in the core has its
sentence there (a test holds that).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any


class UpheldError(Exception):
    """
    An anticipated error: what went wrong as a stable ``code``, and the facts as ``params``.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.code, self.params, self.__dict__)

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code} ({facts})" if facts else self.code


def _again(kind: type[UpheldError], code: str, params: dict[str, Any], state: dict[str, Any]) -> UpheldError:
    """
    Return an error as it was in another process.
    """
    error = kind.__new__(kind)
    UpheldError.__init__(error, code, **params)
    error.__dict__.update(state)
    return error


class Weight(enum.StrEnum):
    """
    How much a finding matters: an error stops, a warning asks for a decision, an assumption is a decision taken, a note
    informs.
    """

    ERROR = "error"
    WARNING = "warning"
    ASSUMPTION = "assumption"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where something stands in a file: line and column count from 1; ``path`` is the key path (``tiers.pro.targets``).
    """

    file: str
    line: int
    column: int
    path: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing found in a document: code and parameters, weight, and the places concerned (the first is where to look).
    """

    code: str
    weight: Weight
    places: tuple[Place, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
