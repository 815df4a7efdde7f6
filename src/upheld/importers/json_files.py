"""
Exports in JSON: one document, or a JSON object a line; plain or gzip.

Invariant: a file is read whole or refused with its line; numbers stay as they were written (no float is made), and a
key that stands twice and ``NaN`` are refused.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from upheld.importers.histories import ImportRefusedError
from upheld.importers.tables import TextFile

LARGEST: Final = 2 * 1024**3
"""Bytes after unpacking."""
MAIN_LISTS: Final = {"zendesk": "tickets", "jira": "issues"}
"""The list that holds the tickets, by shape."""
_GZIP: Final = b"\x1f\x8b"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JsonFile:
    """
    What was read: the objects of the export's main list with the line of each, and the document around them (empty for
    an object a line).
    """

    file: TextFile
    records: Sequence[tuple[int, Record]]
    around: Record


def read_json(path: Path, main: str) -> JsonFile:
    """
    Return the objects of the list ``main`` of a document, or those that stand a line each.

    Raises :class:`~upheld.importers.histories.ImportRefusedError` ``import.*``.
    """
    text = _text(path)
    if not text.strip():
        raise ImportRefusedError("import.empty", file=path.name)
    file = TextFile(path, "utf-8", text.count("\n") + 1)
    whole = _whole(text, path)
    if whole is None:
        return JsonFile(file, list(_by_line(text, path)), {})
    found = whole.get(main) if isinstance(whole, dict) else whole
    if not isinstance(found, list) and isinstance(whole, dict) and text.count("\n", 0, len(text.rstrip())) == 0:
        found = [whole]
    if not isinstance(found, list):
        raise ImportRefusedError("import.no_list", file=path.name, name=main)
    lines = _lines_of(text, main, len(found))
    records = [(line, each) for line, each in zip(lines, found, strict=True) if isinstance(each, dict)]
    return JsonFile(file, records, whole if isinstance(whole, dict) else {})


def _text(path: Path) -> str:
    """
    Return the file as text, unpacked.
    """
    try:
        with path.open("rb") as raw:
            is_packed = raw.read(2) == _GZIP
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) if is_packed else raw as opened:
                data = opened.read(LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise ImportRefusedError("import.broken_archive", file=path.name) from None
    except OSError as error:
        raise ImportRefusedError("import.cannot_open", file=str(path), reason=error.strerror or str(error)) from None
    if len(data) > LARGEST:
        raise ImportRefusedError("import.too_large", file=path.name, most=f"{LARGEST:,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ImportRefusedError("import.json_not_utf8", file=path.name, line=line) from None


def _whole(text: str, path: Path) -> Any | None:
    """
    Return the document, or nothing where the file holds an object a line.
    """
    try:
        return _loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text[: error.pos].strip().count("\n") == 0:
            return None
        raise _refused(path, error.lineno, error.colno, error.msg) from None
    except (ValueError, RecursionError) as error:
        raise _refused(path, 1, 1, str(error)) from None


def _by_line(text: str, path: Path) -> Iterator[tuple[int, Record]]:
    for line, each in enumerate(text.split("\n"), 1):
        if not each.strip():
            continue
        try:
            record = _loads(each)
        except json.JSONDecodeError as error:
            raise _refused(path, line, error.colno, error.msg) from None
        except (ValueError, RecursionError) as error:
            raise _refused(path, line, 1, str(error)) from None
        if not isinstance(record, dict):
            raise _refused(path, line, 1, "no object")
        yield line, record


def _refused(path: Path, line: int, column: int, reason: str) -> ImportRefusedError:
    shown = "nested too deep" if "recursion" in reason else reason
    return ImportRefusedError("import.bad_json", file=path.name, line=line, column=column, reason=shown)


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_once)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise ValueError(f"the key {twice[:40]} stands twice in one object")
    return record


def _lines_of(text: str, main: str, count: int) -> Sequence[int]:
    """
    Return the line on which each object of the main list begins; 1 where that cannot be told.
    """
    start = text.find("[", text.find(f'"{main}"')) if f'"{main}"' in text else text.find("[")
    decoder = json.JSONDecoder(parse_float=Decimal)
    lines: list[int] = []
    line, counted, at = 1, 0, start + 1
    try:
        while len(lines) < count:
            while text[at] in " \t\r\n,":
                at += 1
            line += text.count("\n", counted, at)
            counted = at
            lines.append(line)
            at = decoder.raw_decode(text, at)[1]
    except (IndexError, ValueError):
        return [1] * count
    return lines


def at_path(record: Record, path: str) -> Any:
    """
    Return what stands at a path written with dots, or nothing.

    >>> at_path({"via": {"channel": "web"}}, "via.channel")
    'web'
    """
    found: Any = record
    for step in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(step)
    return found


def word(value: Any) -> str:
    """
    Return a field as text: the name of an object that has one, "" for nothing.

    >>> word({"name": "High", "id": "2"}), word(12), word(None), word([{"name": "Acme"}])
    ('High', '12', '', 'Acme')
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "displayName", "value", "key", "id") if value.get(key)), None)
    return "" if value is None else str(value).strip()
