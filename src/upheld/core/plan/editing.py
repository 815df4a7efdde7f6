"""
Editing a plan document by places: ``tiers.plus.targets.resolution.high = 4h`` gives the document with that one change.

Invariant: what stands elsewhere in the document stays as it was written; the result is read and judged like any other
document, so an edit can never make a plan that could not have been written.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML

from upheld.core.errors import UpheldError
from upheld.core.plan.places import Path, dotted
from upheld.core.plan.reading import read_document

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_PATH: Final = re.compile(r"[^.\[\]=]++(?:\[\d++\])*+(?:\.[^.\[\]=]++(?:\[\d++\])*+)*+")
_KEY: Final = "value"


class EditError(UpheldError):
    """
    An edit that names no place of the document, or a text that is no edit.
    """


@dataclass(frozen=True, slots=True)
class Edit:
    """
    One change: the place, and the text of the new value as it would stand in the document ("" takes the place out).
    """

    path: Path
    text: str

    def __str__(self) -> str:
        return f"{dotted(self.path)} = {self.text}" if self.text else f"without {dotted(self.path)}"


def parse_edit(text: str) -> Edit:
    """
    Return the edit that a text such as ``tiers.plus.targets.resolution.high=4h`` asks for.

    Raises :class:`EditError` ``edit.unreadable``.

    >>> str(parse_edit("tiers.plus.hours[1].use = always"))
    'tiers.plus.hours[1].use = always'
    """
    place, equals, value = text.partition("=")
    if not equals or not _PATH.fullmatch(place.strip()):
        raise EditError("edit.unreadable", given=text)
    return Edit(parse_path(place.strip()), value.strip())


def parse_path(text: str) -> Path:
    """
    Return a place written with dots as a path.

    >>> parse_path("tiers.plus.hours[1].use")
    ('tiers', 'plus', 'hours', 1, 'use')
    """
    return tuple(name or int(index) for name, index in _STEP.findall(text))


def edited(raw: bytes, file: str, edits: Sequence[Edit]) -> bytes:
    """
    Return the document ``raw`` with the edits made, one after another.

    Raises :class:`~upheld.core.plan.places.DocumentError` where the document, or the text of a value, cannot be read;
    :class:`EditError` ``edit.no_such_place`` where the way to the place does not exist.
    """
    read_document(raw, file)
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000
    top = yaml.load(raw)
    for edit in edits:
        _make(top, edit, file)
    out = io.BytesIO()
    yaml.dump(top, out)
    return out.getvalue()


def _make(top: Any, edit: Edit, file: str) -> None:
    """
    Make one edit in the parsed document.
    """
    into = top
    for depth, step in enumerate(edit.path[:-1]):
        if not _holds(into, step):
            raise _no_such_place(edit, depth, into, file)
        into = into[step]
    last = edit.path[-1]
    is_new_key = isinstance(into, dict) and isinstance(last, str) and edit.text
    if not _holds(into, last) and not is_new_key:
        raise _no_such_place(edit, len(edit.path) - 1, into, file)
    if edit.text:
        into[last] = _value(edit, file)
    else:
        del into[last]


def _holds(into: Any, step: str | int) -> bool:
    if isinstance(into, dict):
        return step in into
    return isinstance(into, list) and isinstance(step, int) and step < len(into)


def _value(edit: Edit, file: str) -> Any:
    """
    Return the value that a text means where it would stand in a document.
    """
    raw = f"{_KEY}: {edit.text}\n".encode()
    read_document(raw, f"{file}, {dotted(edit.path)}")
    yaml = YAML()
    yaml.preserve_quotes = True
    return yaml.load(raw)[_KEY]


def _no_such_place(edit: Edit, depth: int, into: Any, file: str) -> EditError:
    known = list(_steps(into))
    near = difflib.get_close_matches(str(edit.path[depth]), known, n=1)
    return EditError(
        "edit.no_such_place",
        place=dotted(edit.path),
        missing=str(edit.path[depth]),
        parent=dotted(edit.path[:depth]) or file,
        nearest=near[0] if near else (known[0] if known else "-"),
        known=known,
    )


def _steps(into: Any) -> Iterable[str]:
    if isinstance(into, dict):
        return map(str, into)
    return (f"[{position}]" for position in range(len(into))) if isinstance(into, list) else ()
