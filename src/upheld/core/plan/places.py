"""
A document that has been read: its data, its text, and where in the text each value and each key stands.

Invariant: ``data`` holds nothing but ``dict`` (keys are text), ``list``, ``str``, ``int``, ``Decimal``, ``bool`` and
``None``, each object once (no two paths lead to one object), and every path in ``data`` has a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from upheld.core.errors import Finding, Place, UpheldError

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys and positions (counted from 0) from the top of the document."""
Spot: TypeAlias = tuple[int, int]
"""Line and column, counted from 1."""


class DocumentError(UpheldError):
    """
    A document that cannot be used: ``findings`` says everything that was found, in the order of the document.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = in_order(findings)
        first = self.findings[0].places[0] if self.findings and self.findings[0].places else None
        file = first.file if first else ""
        super().__init__("plan.refused", file=file, count=len(self.findings), first=str(first or ""))


@dataclass(frozen=True, slots=True)
class Document:
    """
    What was read from one file: ``data`` for the model, ``text`` for excerpts, ``values`` and ``keys`` for places.
    """

    file: str
    text: str
    data: dict[str, Any]
    values: Mapping[Path, Spot]
    keys: Mapping[Path, Spot]

    def has(self, path: Path) -> bool:
        """
        Return whether the document holds a value at ``path``.
        """
        return path in self.values

    def at(self, path: Path) -> Any:
        """
        Return the value at ``path``; ``None`` where there is none.
        """
        value: Any = self.data if self.has(path) else None
        for step in path if self.has(path) else ():
            value = value[step]
        return value

    def place(self, path: Path, *, key: bool = False) -> Place:
        """
        Return where the value at ``path`` begins, or with ``key`` where its key does (an entry of a list has none: the
        value). A path that does not exist is answered with the place of its nearest parent that does.
        """
        while path and path not in self.values:
            path, key = path[:-1], False
        spot = self.keys.get(path) if key else None
        line, column = spot or self.values.get(path, (1, 1))
        return Place(self.file, line, column, dotted(path))

    def mapping_place(self, path: Path) -> Place:
        """
        Return where to look when something is missing in the mapping at ``path``: at the key that opens it.
        """
        return self.place(path, key=True)


def dotted(path: Path) -> str:
    """
    Return a path as people read it: ``tiers.pro.hours[0].use``.
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """
    Return findings in the order of the file, those without a place last.
    """

    def rank(finding: Finding) -> tuple[bool, str, int, int]:
        if not finding.places:
            return True, "", 0, 0
        place = finding.places[0]
        return False, place.file, place.line, place.column

    return tuple(sorted(findings, key=rank))
