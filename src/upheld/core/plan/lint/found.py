"""
What a check finds, still by key path of the model, and the way from there to a line of the document.

Invariant: a short form never loses its line. Where the document writes a mapping, a text or a list in another shape
than the model holds, the nearest value or key that a person wrote is the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from upheld.core.errors import Finding, Place, Weight
from upheld.core.plan.model.metrics import TARGET_KEYS
from upheld.core.plan.places import Document, Path
from upheld.core.plan.shapes import closest

WRITTEN_AS_KEY: Final = frozenset({"band", "severity"})
"""Fields that the key of a mapping stands for, where rows are written as one: ``{"< 4%": 0%}``, ``{urgent: 2h}``."""


@dataclass(frozen=True, slots=True)
class Key:
    """
    A path of which the key is meant rather than the value.
    """

    path: Path


@dataclass(frozen=True, slots=True)
class Found:
    """
    A finding to be: ``at`` is where to look in the model, ``others`` are further places concerned.
    """

    code: str
    weight: Weight
    at: Path | Key
    params: dict[str, Any] = field(default_factory=dict)
    others: tuple[Path | Key, ...] = ()

    @property
    def path(self) -> Path:
        """
        The path where to look, whether its key or its value is meant.
        """
        return self.at.path if isinstance(self.at, Key) else self.at


def error(code: str, path: Path | Key, *others: Path | Key, **params: Any) -> Found:
    """
    Return something that forbids working by the plan.
    """
    return _found(code, Weight.ERROR, path, others, params)


def warning(code: str, path: Path | Key, *others: Path | Key, **params: Any) -> Found:
    """
    Return something that asks for a decision.
    """
    return _found(code, Weight.WARNING, path, others, params)


def note(code: str, path: Path | Key, *others: Path | Key, **params: Any) -> Found:
    """
    Return something that a person may want to know.
    """
    return _found(code, Weight.NOTE, path, others, params)


def _found(
    code: str, weight: Weight, path: Path | Key, others: tuple[Path | Key, ...], params: dict[str, Any]
) -> Found:
    return Found(code, weight, path, params, others)


def misnamed(code: str, given: str, known: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """
    Return code and parameters for a name that is not known: with the one that was probably meant, where there is one.
    """
    params = {"given": given, "known": list(known) or ["nothing"]}
    suggestion = closest(given, known)
    return (f"{code}.did_you_mean", {**params, "suggestion": suggestion}) if suggestion else (code, params)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """
    Finds the place of a model's path in its document.
    """

    document: Document

    def finding(self, found: Found) -> Finding:
        """
        Return a finding with the places of its paths; no place is named twice.
        """
        places = [self.place(each) for each in (found.at, *found.others)]
        return Finding(found.code, found.weight, tuple(dict.fromkeys(places)), found.params)

    def place(self, at: Path | Key) -> Place:
        """
        Return where the value at a model's path was written, or its key.
        """
        written, is_key = self.written(at.path if isinstance(at, Key) else at)
        return self.document.place(written, key=is_key or isinstance(at, Key))

    def written(self, path: Path) -> tuple[Path, bool]:
        """
        Return the document's path for a model's, and whether the key there is what was meant.
        """
        node: Any = self.document.data
        written: Path = ()
        row_key = False
        for position, step in enumerate(path):
            if row_key and step in WRITTEN_AS_KEY and not (isinstance(node, Mapping) and step in node):
                return written, True
            if isinstance(node, Mapping) and isinstance(step, int) and (rows := rows_of(path[:position], node)):
                if step >= len(rows):
                    break
                way, node = rows[step]
                written, row_key = (*written, *way), True
            elif isinstance(node, Mapping | list):
                inner = _inner(node, step)
                if inner is not None:
                    written, node, row_key = (*written, inner), node[inner], False
                elif not (isinstance(node, Mapping) and isinstance(step, int)):
                    break
        return written, False


def rows_of(path: Path, node: Mapping[str, Any]) -> list[tuple[Path, Any]]:
    """
    Return (way, value) of the rows that a mapping at ``path`` stands for, none where it is one entry by itself.
    """
    if path and path[-1] == "table":
        return [((name,), each) for name, each in node.items()]
    if len(path) == 4 and path[2] == "targets" and not set(node) & TARGET_KEYS:  # noqa: PLR2004 - tiers.x.targets.y
        return [row for name, each in node.items() for row in _one_or_more(name, each)]
    return []


def _one_or_more(name: str, each: Any) -> list[tuple[Path, Any]]:
    return [((name, index), one) for index, one in enumerate(each)] if isinstance(each, list) else [((name,), each)]


def _inner(node: Any, step: str | int) -> Any:
    """
    Return the key or position that ``step`` has in a mapping or a list, if it has one.
    """
    if isinstance(node, Mapping):
        return step if step in node else None
    if isinstance(step, int):
        return step if step < len(node) else None
    return node.index(step) if step in node else None
