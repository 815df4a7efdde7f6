"""
What a policy page is made of: sections of tables, facts, items and paragraphs; every word a code with its facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from upheld.core.plan.places import Path


class Said(NamedTuple):
    """
    A sentence or a value: its code and its facts. A fact that is a :class:`Said` itself is said first.
    """

    code: str
    params: Mapping[str, Any] = {}


def plain(text: Any) -> Said:
    """
    Return words of the plan itself, as they are.
    """
    return Said("policy.plain", {"text": str(text)})


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of a cell, and where it comes from; assumptions about these places are marked on it.
    """

    said: Said
    paths: tuple[Path, ...] = ()
    is_quiet: bool = False


Cell: TypeAlias = tuple[Line, ...]

DASH: Final = Line(Said("policy.dash"))
"""Stands where a plan says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A table; the first cell of each row is its heading.
    """

    title: Said
    headings: tuple[Said, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """
    Labels with what they say.
    """

    title: Said
    rows: tuple[tuple[Said, Cell], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """
    A list.
    """

    title: Said
    items: tuple[Cell, ...]


Block: TypeAlias = Table | Facts | Items


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """
    A section of the page.
    """

    key: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """
    An assumption with its number on the page, and where it applies.
    """

    number: int
    about: str
    text: str
    reading: str
    path: Path
    chosen: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    A policy page: what the plan is called, its facts, its sections, the assumptions that it rests on.
    """

    name: str
    facts: Mapping[str, str]
    tiers: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    assumptions: tuple[Taken, ...]
    text: Mapping[str, str] = field(default_factory=dict)

    def marks(self, paths: Sequence[Path]) -> tuple[int, ...]:
        """
        Return the numbers of the assumptions about any of these places, or about something in one of them.
        """
        found = [each.number for each in self.assumptions if any(_touches(each.path, path) for path in paths)]
        return tuple(dict.fromkeys(found))


def _touches(about: Path, path: Path) -> bool:
    shorter = min(len(about), len(path))
    return shorter > 0 and about[:shorter] == path[:shorter]
