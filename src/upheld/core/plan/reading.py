"""
Reading a plan document: bytes in, plain data with places out, or everything that is wrong with it at once.

Invariant: nothing is expanded, resolved or executed, and the work done is bounded by the size of the file: the YAML
parser's events are folded one by one by the constructor below, which knows mappings, lists and scalars and refuses the
rest (anchors, aliases, tags, merge keys, further documents). The same text never means two things.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.scanner import Scanner

from upheld.core.errors import Finding, Place, Weight
from upheld.core.plan.encoding import decode, masked, unprintable
from upheld.core.plan.places import Document, DocumentError, Path, Spot, dotted
from upheld.core.plan.scalars import ScalarError, plain
from upheld.core.plan.syntax import SyntaxFault, fault_of
from upheld.core.plan.validation import validate

__all__ = ["Document", "DocumentError", "Path", "read_document", "validate"]

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 32
MAX_NODES: Final = 20_000
MAX_ENTRIES: Final = 1_000
"""Entries of one list or mapping."""
MAX_FINDINGS: Final = 100
"""After so many findings reading stops: the document is not the one that its author meant to send."""

STANDARD_TAG: Final = "tag:yaml.org,2002:"
"""What the parser makes of ``!!``."""


def read_document(raw: bytes, file: str) -> Document:
    """
    Return the document that ``raw`` holds; ``file`` is the name that its places bear.

    Raises :class:`DocumentError` with every finding that one reading can make; an error of YAML itself, or a limit of
    size or depth, ends the reading.
    """
    if len(raw) > MAX_BYTES:
        place = Place(file, 1, 1)
        raise DocumentError(
            [Finding("plan.too_large", Weight.ERROR, (place,), params={"size": len(raw), "most": MAX_BYTES})]
        )
    text = decode(raw, file)
    reader = _Reader(file)
    for spot, character in unprintable(text):
        reader.refuse("plan.control_character", (spot,), character=f"U+{ord(character):04X}")
    reader.read(masked(text))
    if reader.findings:
        raise DocumentError(reader.findings)
    return Document(file, text, reader.top, reader.values, reader.keys)


class _StopError(Exception):
    """
    Reading must end here: what follows cannot be read, or would cost more than it may.
    """


class _BoundedScanner(Scanner):
    """
    The parser's scanner, stopped by brackets nested too deep (its look-ahead for a key costs the square of the depth)
    and by directives, which would change what the rest of the text means.
    """

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803 - the parser's signature
        if self.flow_level >= MAX_DEPTH:
            raise _fault_at("plan.too_deep", self.reader.get_mark(), most=MAX_DEPTH)
        super().fetch_flow_collection_start(TokenClass, to_push)

    def fetch_directive(self) -> None:
        raise _fault_at("plan.directive", self.reader.get_mark())

    def fetch_flow_scalar(self, style: str) -> None:
        try:
            super().fetch_flow_scalar(style)
        except ValueError:
            # An escape such as "\U00110000" names no character; the parser lets Python's own error through.
            raise _fault_at("plan.syntax.escape", self.reader.get_mark(), given="U") from None


class _FaultError(Exception):
    """
    A refusal raised inside the parser's own calls.
    """

    def __init__(self, fault: SyntaxFault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def _fault_at(code: str, mark: Any, **params: Any) -> _FaultError:
    return _FaultError(SyntaxFault(code, (_spot(mark),), params))


@dataclass(slots=True)
class _Frame:
    """
    A mapping or list whose end has not been read yet.
    """

    path: Path
    into: dict[str, Any] | list[Any]
    anchor: str | None = None
    is_key: bool = False
    key: str | None = None
    seen: dict[str, Spot] = field(default_factory=dict)


class _Reader:
    """
    The constructor: folds the parser's events into data and places, without recursion.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.values: dict[Path, Spot] = {}
        self.keys: dict[Path, Spot] = {}
        self.top: dict[str, Any] = {}
        self._stack: list[_Frame] = []
        self._nodes = 0
        self._documents = 0
        self._aliases: dict[tuple[str, str], tuple[Path, list[Spot]]] = {}

    def refuse(self, code: str, spots: tuple[Spot, ...], path: Path = (), **params: Any) -> None:
        """
        Record a refusal; too many of them end the reading.
        """
        places = tuple(Place(self.file, line, column, dotted(path)) for line, column in spots)
        self.findings.append(Finding(code, Weight.ERROR, places, params))
        if len(self.findings) == MAX_FINDINGS:
            self.findings.append(Finding("plan.too_many_findings", Weight.ERROR, places, params={"most": MAX_FINDINGS}))
            raise _StopError

    def read(self, text: str) -> None:
        """
        Read a whole text, recording every refusal.
        """
        try:
            for event in _events(text):
                self._take(event)
            if not self._documents:
                self.refuse("plan.empty", ((1, 1),))
        except _FaultError as error:
            self._record(error.fault)
        except MarkedYAMLError as error:
            self._record(fault_of(error, text))
        except _StopError:
            pass
        for (code, name), (path, spots) in self._aliases.items():
            places = tuple(Place(self.file, line, column, dotted(path)) for line, column in spots[:MAX_FINDINGS])
            self.findings.append(Finding(code, Weight.ERROR, places, params={"name": name, "given": f"*{name}"}))

    def _record(self, fault: SyntaxFault) -> None:
        if len(self.findings) < MAX_FINDINGS:
            places = tuple(Place(self.file, line, column) for line, column in fault.spots)
            self.findings.append(Finding(fault.code, Weight.ERROR, places, params=fault.params))

    def _take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self.refuse("plan.second_document", (_spot(event.start_mark),))
                raise _StopError
        elif isinstance(event, CollectionEndEvent):
            self._close()
        elif isinstance(event, NodeEvent):
            self._node(event)

    def _node(self, event: NodeEvent) -> None:
        spot = _spot(event.start_mark)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self.refuse("plan.too_many_nodes", (spot,), most=MAX_NODES)
            raise _StopError
        frame = self._stack[-1] if self._stack else None
        if frame is None:
            self._require_mapping(event, spot)
        is_key = frame is not None and isinstance(frame.into, dict) and frame.key is None
        path = self._path(frame, is_key=is_key)
        self._refuse_node_features(event, spot, path)
        if isinstance(event, CollectionStartEvent):
            self._open(event, spot, path, is_key=is_key)
        elif frame is not None and is_key:
            self._name(frame, event, spot)
        else:
            is_blank = isinstance(event, ScalarEvent) and event.implicit[0] and not event.value
            # The parser puts a value that is not there at the next line; people look at the key.
            self._put(path, self._scalar(event, spot, path), self.keys.get(path, spot) if is_blank else spot)

    def _path(self, frame: _Frame | None, *, is_key: bool) -> Path:
        if frame is None:
            return ()
        if isinstance(frame.into, list):
            return (*frame.path, len(frame.into))
        return frame.path if is_key else (*frame.path, frame.key or "")

    def _require_mapping(self, event: NodeEvent, spot: Spot) -> None:
        if isinstance(event, MappingStartEvent):
            return
        if isinstance(event, ScalarEvent) and event.implicit[0] and event.value in {"", "~", "null"}:
            self.refuse("plan.empty", ((1, 1),))
        else:
            self.refuse("plan.not_a_mapping", (spot,))
        raise _StopError

    def _refuse_node_features(self, event: NodeEvent, spot: Spot, path: Path) -> None:
        """
        Record what YAML allows on any node and a plan document does not: aliases, anchors, tags.
        """
        name = str(event.anchor or "")
        if isinstance(event, AliasEvent):
            is_open = any(frame.anchor == name for frame in self._stack)
            code = "plan.recursive_alias" if is_open else "plan.alias"
            # One finding for all uses of a name: nine lists of nine aliases are nine things to mend, not eighty-one.
            self._aliases.setdefault((code, name), (path, []))[1].append(spot)
            return
        if event.anchor is not None:
            self.refuse("plan.anchor", (spot,), path, name=name, given=f"&{name}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.refuse("plan.tag", (spot,), path, given=str(tag).replace(STANDARD_TAG, "!!")[:80])

    def _open(self, event: CollectionStartEvent, spot: Spot, path: Path, *, is_key: bool) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self.refuse("plan.too_deep", (spot,), path, most=MAX_DEPTH)
            raise _StopError
        if is_key:
            self.refuse("plan.complex_key", (spot,), path)
        into: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
        if not self._stack and isinstance(into, dict):
            self.top = into
            self.values[()] = spot
        elif not is_key:
            self._put(path, into, spot, keep_key=True)
        self._stack.append(_Frame(path, into, event.anchor, is_key))

    def _close(self) -> None:
        closed = self._stack.pop()
        if not self._stack:
            return
        # A refused key of several parts still needs a name, so that its value is read (and judged) as a value.
        self._stack[-1].key = "?" if closed.is_key else None

    def _name(self, frame: _Frame, event: NodeEvent, spot: Spot) -> None:
        """
        Take a scalar (or a refused alias) as the key of the mapping's next value.
        """
        frame.key = "?"
        if not isinstance(event, ScalarEvent):
            return
        key = str(event.value)
        path = (*frame.path, key)
        if event.style in {"|", ">"} or "\n" in key:
            self.refuse("plan.complex_key", (spot,), frame.path)
        elif key == "<<" and event.implicit[0]:
            self.refuse("plan.merge_key", (spot,), frame.path)
        elif not key.strip():
            self.refuse("plan.empty_key", (spot,), frame.path)
        else:
            self._check_text(key, spot, path)
            same = unicodedata.normalize("NFC", key)
            first = frame.seen.setdefault(same, spot)
            if first is not spot:
                self.refuse("plan.duplicate_key", (spot, first), path, key=key, line=spot[0], first_line=first[0])
            frame.key = key
            self.keys.setdefault(path, spot)

    def _scalar(self, event: NodeEvent, spot: Spot, path: Path) -> Any:
        """
        Return what a scalar means, or ``None`` after recording why it means nothing.
        """
        if not isinstance(event, ScalarEvent):
            return None
        text = str(event.value)
        self._check_text(text, spot, path)
        if not event.implicit[0]:
            return text
        try:
            return plain(text)
        except ScalarError as error:
            self.refuse(error.code, (spot,), path, **error.params)
            return None

    def _check_text(self, text: str, spot: Spot, path: Path) -> None:
        """
        Refuse characters that an escape (backslash, zero) smuggled in; those of the file itself are masked.
        """
        for _, character in unprintable(text):
            self.refuse("plan.control_character", (spot,), path, character=f"U+{ord(character):04X}")

    def _put(self, path: Path, value: Any, spot: Spot, *, keep_key: bool = False) -> None:
        """
        Put a value where ``path`` says: the end of the list or the named key of the collection that is open.
        """
        frame = self._stack[-1]
        if len(frame.into) >= MAX_ENTRIES:
            self.refuse("plan.too_many_entries", (spot,), frame.path, most=MAX_ENTRIES)
            raise _StopError
        if isinstance(frame.into, list):
            frame.into.append(value)
        else:
            frame.into[str(path[-1])] = value
            frame.key = frame.key if keep_key else None
        self.values[path] = spot


def _events(text: str) -> Iterator[Event]:
    """
    Yield the events of a text by the rules of YAML 1.2, in pure Python (the C parser knows 1.1 only).
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner = _BoundedScanner
    yield from yaml.parse(text)


def _spot(mark: Any) -> Spot:
    """
    Return the line and column, counted from 1, of the parser's mark.
    """
    return mark.line + 1, mark.column + 1


def lines_of(text: str) -> list[str]:
    """
    Return the lines of a text as places count them (LF, CRLF and CR end a line, nothing else).
    """
    return re.split(r"\r\n|\n|\r", text)
