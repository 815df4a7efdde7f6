"""
Text tables (CSV and its cousins) as they come: gzip or plain, any delimiter, any of three encodings.

Invariant: encoding, line lengths and archive are proven over the whole file before the first row is handed out, so
a file is refused with its line or read whole. Cells are handed out as they stand, formulas included.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from upheld.core.errors import Finding, Place, Weight
from upheld.importers.histories import ImportRefusedError, Progress

LONGEST_LINE: Final = 1_000_000
"""Characters; a longer line is a broken file, and would only fill the memory."""
LARGEST_FILE: Final = 8 * 1024**3
"""Characters after unpacking; beyond it an archive is taken for a bomb."""
DELIMITERS: Final = ",;\t|"
_CHUNK: Final = 256 * 1024
_PROGRESS_EVERY: Final = 2_000
_SIGNATURES: Final = {
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0": "xls",
    b"%PDF": "pdf",
    b"SQLite": "sqlite",
    b"\x28\xb5\x2f\xfd": "zst",
}
_BOMS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class TextFile:
    """
    A file that was proven to be readable text in ``encoding``; ``lines`` counts its physical lines.
    """

    path: Path
    encoding: str
    lines: int
    assumptions: tuple[Finding, ...] = ()

    def place(self, line: int, column: int = 1) -> Place:
        """
        Return a place in this file.
        """
        return Place(self.path.name, line, column)


@dataclass(frozen=True, slots=True)
class Table:
    """
    An opened table: where each wanted column stands (by the name that the caller gives it) and how wide a row is.
    """

    file: TextFile
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    columns: Mapping[str, int]


def survey(path: Path) -> TextFile:
    """
    Return what the file is, after reading all of it once.

    UTF-8 (with or without a mark), UTF-16 with a mark; else Windows-1252, which is told as an assumption with the line
    that made it necessary. Raises :class:`ImportRefusedError` ``import.*`` for anything else.
    """
    try:
        with path.open("rb") as raw:
            start = raw.read(8)
    except OSError as error:
        raise ImportRefusedError("import.cannot_open", file=str(path), reason=error.strerror or str(error)) from None
    _refuse_other_formats(path, start)
    with _open_bytes(path) as raw:
        inner = _read(raw, path, 8)
    if not inner:
        raise ImportRefusedError("import.empty", file=path.name)
    _refuse_other_formats(path, inner)
    encoding = next((name for mark, name in _BOMS.items() if inner.startswith(mark)), "utf-8")
    if encoding != "utf-8":
        return TextFile(path, encoding, _prove(path, encoding))
    try:
        return TextFile(path, encoding, _prove(path, encoding))
    except _NotInEncodingError as error:
        bad = error.line
    lines = _prove_single_byte(path)
    assumed = Finding(
        "import.encoding_assumed", Weight.ASSUMPTION, (Place(path.name, bad, 1),), params={"encoding": "Windows-1252"}
    )
    return TextFile(path, "cp1252", lines, (assumed,))


def open_table(file: TextFile, wanted: Mapping[str, str], required: Sequence[str]) -> Table:
    """
    Return the table with its delimiter found by the header: the one by which most of the wanted columns appear.

    ``wanted`` gives the header's words by the caller's names. Raises ``import.missing_column`` with the nearest header.
    """
    first, skipped, declared = _first_line(file)
    candidates = [declared] if declared else list(DELIMITERS)
    headers = {each: _split_header(first, each) for each in candidates}
    names = {_folded(name) for name in wanted.values()}
    delimiter = max(candidates, key=lambda each: (len(names & set(map(_folded, headers[each]))), len(headers[each])))
    header = headers[delimiter]
    at = {_folded(name): index for index, name in reversed(list(enumerate(header)))}
    columns = {key: at[_folded(name)] for key, name in wanted.items() if _folded(name) in at}
    for key in required:
        if key not in columns:
            near = difflib.get_close_matches(wanted.get(key, key), header, n=1)
            raise ImportRefusedError(
                "import.missing_column",
                file=file.path.name,
                line=skipped + 1,
                column=wanted.get(key, key),
                use=key,
                nearest=near[0] if near else "",
                header=list(header)[:40],
                delimiter=delimiter,
            )
    return Table(file, delimiter, tuple(header), skipped + 1, columns)


def rows(table: Table, findings: list[Finding], on_progress: Progress | None = None) -> Iterator[tuple[int, list[str]]]:
    """
    Yield the line on which each row begins, and its cells with one empty cell at the end (for columns that are absent).

    A row with too few or too many cells is not yielded but found (``import.cell_count``). Raises
    ``import.open_quote`` or ``import.stray_quote`` with the line where the row began.
    """
    width, total = len(table.header), table.file.lines
    with _open_text(table.file) as text:
        for _ in range(table.header_line):
            text.readline()
        reader = csv.reader(text, delimiter=table.delimiter, strict=True)
        line, count = table.header_line + 1, 0
        try:
            for cells in reader:
                if len(cells) == width:
                    cells.append("")
                    yield line, cells
                elif cells:
                    facts = {"given": len(cells), "expected": width}
                    findings.append(
                        Finding("import.cell_count", Weight.WARNING, (table.file.place(line),), params=facts)
                    )
                line = table.header_line + reader.line_num + 1
                count += 1
                if on_progress is not None and count % _PROGRESS_EVERY == 0:
                    on_progress(min(line, total), total)
        except csv.Error as error:
            code = "import.stray_quote" if "expected after" in str(error) else "import.open_quote"
            raise ImportRefusedError(code, file=table.file.path.name, line=line) from None
    if on_progress is not None:
        on_progress(total, total)


class _NotInEncodingError(Exception):
    """
    A byte that the encoding does not know, on ``line``.
    """

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _open_bytes(path: Path) -> IO[bytes]:
    """
    Return the file's bytes, unpacked if it is gzip.
    """
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    return io.BufferedReader(gzip.GzipFile(path), _CHUNK) if packed else path.open("rb")


def _open_text(file: TextFile) -> IO[str]:
    return io.TextIOWrapper(_open_bytes(file.path), encoding=file.encoding, newline="")


def _read(raw: IO[bytes], path: Path, size: int) -> bytes:
    """
    Return the next bytes, or refuse an archive that is cut off or damaged.
    """
    try:
        return raw.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise ImportRefusedError("import.broken_archive", file=path.name) from None


def _refuse_other_formats(path: Path, start: bytes) -> None:
    for signature, name in _SIGNATURES.items():
        if start.startswith(signature):
            raise ImportRefusedError("import.not_text", file=path.name, format=name)


def _prove(path: Path, encoding: str) -> int:
    """
    Return the number of lines, having seen that every byte is of the encoding and that no line is too long.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    line, carried, size = 1, 0, 0
    text = ""
    with _open_bytes(path) as raw:
        while chunk := _read(raw, path, _CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _NotInEncodingError(line + chunk[: error.start].count(b"\n")) from None
            size += len(text)
            line, carried = _advance(path, text, line, carried)
            if size > LARGEST_FILE:
                raise ImportRefusedError("import.too_large", file=path.name, most=LARGEST_FILE)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _NotInEncodingError(line) from None
    return line - (carried == 0)


def _advance(path: Path, text: str, line: int, carried: int) -> tuple[int, int]:
    """
    Return the line and how much of it was read after ``text``; chunks are shorter than the longest line allowed, so
    only a line that crosses a chunk's border can be too long.
    """
    first = text.find("\n")
    head = len(text) if first < 0 else first
    if carried + head > LONGEST_LINE:
        raise ImportRefusedError("import.line_too_long", file=path.name, line=line, most=LONGEST_LINE)
    if "\x00" in text:
        bad = line + text.count("\n", 0, text.index("\x00"))
        raise ImportRefusedError("import.binary", file=path.name, line=bad)
    if first < 0:
        return line, carried + head
    return line + text.count("\n"), len(text) - text.rfind("\n") - 1


def _prove_single_byte(path: Path) -> int:
    try:
        return _prove(path, "cp1252")
    except _NotInEncodingError as error:
        raise ImportRefusedError("import.unknown_encoding", file=path.name, line=error.line) from None


def _first_line(file: TextFile) -> tuple[str, int, str | None]:
    """
    Return the header's text, how many lines stand before it, and the delimiter if a ``sep=`` line declares one.
    """
    with _open_text(file) as text:
        first = text.readline()
        if first.lower().startswith("sep=") and len(first.rstrip("\r\n")) == len("sep=;"):
            return text.readline(), 1, first[4]
    return first, 0, None


def _split_header(line: str, delimiter: str) -> list[str]:
    """
    Return the header's cells, or one cell where quotes make no sense with this delimiter.
    """
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True), [])]
    except csv.Error:
        return [line.strip()]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
