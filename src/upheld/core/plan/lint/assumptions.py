"""
Assumptions: each is told, each is about something, and what they settle is no warning any more.

Invariant: an error stays an error; an assumption cannot make a plan right that contradicts itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from upheld.core.errors import Weight
from upheld.core.plan.lint.found import Found, Whereabouts, error
from upheld.core.plan.lint.walk import fields_of
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Part
from upheld.core.plan.places import Path, dotted
from upheld.core.plan.shapes import closest


@dataclass(frozen=True, slots=True)
class _Missed:
    """
    How far a key path leads, and what is there instead.
    """

    reached: Path
    rest: str
    known: tuple[str, ...]


def told(plan: Plan, whereabouts: Whereabouts) -> Iterator[Found]:
    """
    Yield each assumption, or that it is about nothing.
    """
    for index, each in enumerate(plan.assumptions):
        path: Path = ("assumptions", index, "about")
        about = resolved(plan, whereabouts, each.about)
        if isinstance(about, _Missed):
            yield _about_nothing(each.about, about, path)
        else:
            words = {"text": each.text.rstrip(" ."), "reading": each.reading.rstrip(" .")}
            facts = {"about": each.about, **words, "chosen_by": each.chosen_by or ""}
            yield Found("lint.assumption", Weight.ASSUMPTION, path, facts, (about,))


def settled(plan: Plan, whereabouts: Whereabouts, found: Iterable[Found]) -> Iterator[Found]:
    """
    Yield findings; those that an assumption settles become assumptions, with its place beside theirs.

    An assumption settles a warning or a note that lies at the path that it is about, or below.
    """
    decided = {
        about: ("assumptions", index)
        for index, each in enumerate(plan.assumptions)
        if not isinstance(about := resolved(plan, whereabouts, each.about), _Missed)
    }
    for each in found:
        ways = (each.path, whereabouts.written(each.path)[0])
        by = next((where for about, where in decided.items() if any(_is_below(way, about) for way in ways)), None)
        if by and each.weight in (Weight.WARNING, Weight.NOTE):
            yield replace(each, weight=Weight.ASSUMPTION, others=(*each.others, by))
        else:
            yield each


def _is_below(path: Path, about: Path) -> bool:
    return bool(about) and path[: len(about)] == about


def _about_nothing(given: str, missed: _Missed, path: Path) -> Found:
    name = missed.rest.split(".")[0].split("[")[0]
    suggestion = closest(name, missed.known)
    facts = {"given": given, "known": list(missed.known) or ["nothing"]}
    if not suggestion:
        return error("lint.assumption_about_nothing", path, **facts)
    whole = dotted((*missed.reached, suggestion)) + missed.rest.removeprefix(name)
    return error("lint.assumption_about_nothing.did_you_mean", path, **facts, suggestion=whole)


def resolved(plan: Plan, whereabouts: Whereabouts, about: str) -> Path | _Missed:
    """
    Return the path that a text means: one of the document as it is written, or one of the model, where a key of the
    format was left to its default.
    """
    written = _follow(whereabouts.document.data, about.strip(), ())
    if not isinstance(written, _Missed):
        return written
    modelled = _follow(plan, about.strip(), ())
    return written if isinstance(modelled, _Missed) else modelled


def _follow(value: Any, rest: str, path: Path) -> Path | _Missed:
    """
    Return the path to where ``rest`` leads from ``value``; keys may hold dots, so every key is tried, longest first.
    """
    if not rest:
        return path or _Missed(path, rest, _names(value))
    inner = _inner(value)
    furthest = _Missed(path, rest, _names(value))
    for key in sorted(inner, key=lambda each: -len(str(each))):
        if (following := _after(rest, key)) is not None:
            found = _follow(inner[key], following, (*path, key))
            if not isinstance(found, _Missed):
                return found
            furthest = max(furthest, found, key=lambda each: len(each.reached))
    return furthest


def _inner(value: Any) -> Mapping[str | int, Any]:
    if isinstance(value, Part):
        return dict(fields_of(value))
    if isinstance(value, Mapping):
        return {str(key): each for key, each in value.items()}
    return dict(enumerate(value)) if isinstance(value, list | tuple) else {}


def _names(value: Any) -> tuple[str, ...]:
    return tuple(f"[{key}]" if isinstance(key, int) else key for key in _inner(value))


def _after(rest: str, key: str | int) -> str | None:
    """
    Return what is left of a path after ``key``, or nothing where it does not begin with it.
    """
    start = f"[{key}]" if isinstance(key, int) else key
    if not rest.startswith(start):
        return None
    left = rest.removeprefix(start)
    if not left or left[0] == "[":
        return left
    return left[1:] if left[0] == "." and left[1:] else None
