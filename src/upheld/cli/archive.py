"""
The archive that ``upheld backup`` writes and ``upheld restore`` reads: one tar with database, files, spool and keys.

Layout: ``manifest.json`` first (format, version, instant, engine, migrations, and size and SHA-256 of every other
member), then ``database/...``, ``files/...``, ``spool/...``, ``keys/...``. Invariants: the database is one consistent
snapshot, taken before the files are read (a file is written before the row that names it, so none is missing, and
files newer than the snapshot are left out); a restore checks every hash before it puts anything in its place. The
archive holds secrets: it is readable by its owner only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from upheld.cli import database_dump
from upheld.cli.service import ServiceError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
TREES: Final = ("files", "spool", "keys")
"""Directories of UPHELD_HOME that are kept whole."""
MOST_MANIFEST_BYTES: Final = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    What an archive says about itself; ``members`` gives size and SHA-256 by name.
    """

    version: str
    made_at: int
    engine: str
    migrations: list[str]
    members: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT


def digest_of(path: Path) -> str:
    """
    Return the SHA-256 of a file, read in pieces.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(target: Path, home: Path, *, version: str, now: int) -> Manifest:
    """
    Write an archive of the installation and return its manifest.

    Raises :class:`ServiceError` ``archive.exists``.
    """
    if target.exists():
        raise ServiceError("archive.exists", file=target)
    part = target.with_name(f".{target.name}.part")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=home) as name:
        place = Path(name)
        engine, migrations = database_dump.dump(place / "database")
        taken_at = max(path.stat().st_mtime_ns for path in (place / "database").iterdir())
        sources = dict(_sources(place, home, taken_at))
        members = {member: (path.stat().st_size, digest_of(path)) for member, path in sources.items()}
        manifest = Manifest(version, now, engine, migrations, members)
        (place / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        try:
            _pack(part, {MANIFEST: place / MANIFEST, **sources})
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return manifest


def _sources(place: Path, home: Path, taken_at: int) -> Iterator[tuple[str, Path]]:
    for path in sorted((place / "database").iterdir()):
        yield f"database/{path.name}", path
    for tree in TREES:
        for path in sorted((home / tree).rglob("*")):
            if path.is_file() and not path.is_symlink() and path.stat().st_mtime_ns <= taken_at:
                yield path.relative_to(home).as_posix(), path


def _pack(part: Path, sources: dict[str, Path]) -> None:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz" if part.name.endswith(".gz.part") else "w") as tar:
            for member, path in sources.items():
                tar.add(path, arcname=member, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def restore(source: Path, home: Path) -> Manifest:
    """
    Put an archive into an empty home and an empty database, and return its manifest.

    Raises :class:`ServiceError` ``archive.*``; until every hash was found right, nothing is put in its place.
    """
    _require_empty(home)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home) as name:
        place = Path(name)
        manifest = _unpack(source, place)
        database_dump.require_fitting(manifest.engine, manifest.migrations, source)
        _require_whole(source, place, manifest)
        database_dump.load(place / "database", manifest.migrations)
        for tree in TREES:
            if (place / tree).is_dir():
                shutil.rmtree(home / tree, ignore_errors=True)  # an empty one, or the key that this start made
                (place / tree).replace(home / tree)
                _close(home / tree)
    return manifest


def _require_empty(home: Path) -> None:
    held = [name for name in ("files", "spool") if any((home / name).rglob("*"))] if home.is_dir() else []
    if (home / "db.sqlite3").exists() and database_dump.is_in_home():
        held.append("db.sqlite3")
    if held:
        raise ServiceError("archive.home_not_empty", home=home, found=held)
    database_dump.require_empty()


def _unpack(source: Path, place: Path) -> Manifest:
    try:
        with tarfile.open(source, "r:*") as tar:
            tar.extractall(place, filter=_inside)  # noqa: S202  (the filter is the check)
        given = (place / MANIFEST).read_bytes()[:MOST_MANIFEST_BYTES]
        facts: dict[str, Any] = json.loads(given)
        facts["members"] = {name: (int(size), str(digest)) for name, (size, digest) in facts["members"].items()}
        manifest = Manifest(**facts)
    except (tarfile.TarError, OSError, EOFError, ValueError, TypeError, KeyError) as error:
        raise ServiceError("archive.not_an_archive", file=source, reason=str(error) or type(error).__name__) from None
    if manifest.format != FORMAT:
        raise ServiceError("archive.newer", file=source, first=f"format {manifest.format}")
    return manifest


def _inside(member: tarfile.TarInfo, place: str) -> tarfile.TarInfo | None:
    """
    Return a member that is a file or folder below the place where it goes; every other one is refused by its name.
    """
    if member.name.startswith(("/", "\\")):
        raise tarfile.AbsolutePathError(member)
    if not (member.isfile() or member.isdir()):
        raise tarfile.SpecialFileError(member)
    return tarfile.data_filter(member, place)


def _require_whole(source: Path, place: Path, manifest: Manifest) -> None:
    there = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()} - {MANIFEST}
    for name in sorted(there ^ set(manifest.members)):
        reason = "not in the manifest" if name in there else "missing"
        raise ServiceError("archive.damaged", file=source, member=name, reason=reason)
    for name, (_, digest) in manifest.members.items():
        if digest_of(place / name) != digest:
            raise ServiceError("archive.damaged", file=source, member=name, reason="its hash is another")


def _close(tree: Path) -> None:
    for path in [tree, *tree.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
