"""
Files that people send: taken in, limited, typed by their content, and swept when nothing came to need them.

Invariant: a file lies under a key of ours, never under a name that somebody sent; what a client says about its type is
not believed; bytes are complete on disk before a row can name them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from django.conf import settings
from django.core import signing
from django.db.models import Sum

from upheld.apps.parties.models import Person
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import Attachment, Submission
from upheld.apps.work.faults import fault
from upheld.apps.work.room import is_full
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant

MOST_BYTES: Final = 25 * 2**20
"""Bytes of one file; so much are allowed."""
MOST_FILES: Final = 10
"""Files of one message."""
MOST_CUSTOMER_BYTES: Final = 20 * 2**30
"""Bytes of all files of one customer."""
MOST_NAME: Final = 255
ORPHAN_SECONDS: Final = 24 * 3600
SWEEP_EVERY_SECONDS: Final = 3600
_CHUNK: Final = 2**16
_HEAD: Final = 512
_SALT: Final = "upheld.files.kept"


class FileError(UpheldError):
    """
    A file that is refused; nothing of it is kept.
    """


class Sent(Protocol):
    """
    A file as a web form brings it.
    """

    @property
    def name(self) -> str | None:
        """
        The name that the sender gave.
        """

    @property
    def size(self) -> int | None:
        """
        Bytes.
        """

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """
        Yield the content.
        """


def store(*, sent: Sent, customer_id: int | None = None) -> dict[str, Any]:
    """
    Write a file to its place and return what a message needs to name it: storage key, name, size, digest (SHA-256), the
    salt and mark by which an event knows it, and content type. Nothing is written to the database; a file that no row
    comes to name is swept after a day.

    Raises :class:`FileError` ``file.too_large``, ``file.quota_reached`` or ``file.no_space``.
    """
    name = shown_name(sent.name or "")
    if (sent.size or 0) > MOST_BYTES:
        raise FileError("file.too_large", name=name, most_mb=MOST_BYTES // 2**20, given_mb=_megabytes(sent.size or 0))
    if customer_id is not None and stored_bytes(customer_id) + (sent.size or 0) > MOST_CUSTOMER_BYTES:
        raise FileError("file.quota_reached", name=name, most_gb=MOST_CUSTOMER_BYTES // 2**30)
    key = secrets.token_hex(20)
    storage_key = f"{key[:2]}/{key}"
    try:
        size, digest, head = _write(place_of(storage_key), sent.chunks(_CHUNK), name)
    except OSError as error:
        if is_full(error):
            raise FileError("file.no_space", name=name) from None
        raise
    fault("intake.file_written")
    salt = codec.new_salt()
    return {
        "storage_key": storage_key,
        "name": name,
        "size": size,
        "digest": digest,
        "salt": salt,
        "mark": codec.file_mark(salt, digest),
        "content_type": sniff(head),
    }


def store_all(
    *, sent: Iterable[Sent], customer_id: int | None = None, already: int = 0
) -> tuple[list[dict[str, Any]], list[FileError]]:
    """
    Store the files of one message, and return those that were kept with the refusals of the others; ``already`` counts
    files of the same message that were stored before.
    """
    kept: list[dict[str, Any]] = []
    refused: list[FileError] = []
    for each in sent:
        if already + len(kept) >= MOST_FILES:
            name = shown_name(each.name or "")
            refused.append(FileError("file.too_many", name=name, most=MOST_FILES, kept=already + len(kept)))
            continue
        try:
            kept.append(store(sent=each, customer_id=customer_id))
        except FileError as error:
            refused.append(error)
    return kept, refused


def _write(place: Path, chunks: Iterable[bytes], name: str) -> tuple[int, str, bytes]:
    """
    Write beside its place and move it there when it is complete; a failure leaves nothing.
    """
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = place.with_suffix(".part")
    size, digest, head = 0, hashlib.sha256(), b""
    try:
        with partial.open("xb") as file:
            partial.chmod(0o600)
            for chunk in chunks:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise FileError("file.too_large", name=name, most_mb=MOST_BYTES // 2**20, given_mb=_megabytes(size))
                head = head or chunk[:_HEAD]
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(place)
    finally:
        partial.unlink(missing_ok=True)
    return size, digest.hexdigest(), head


def _megabytes(size: int) -> str:
    return f"{-(-size * 10 // 2**20) / 10:g}"


def root() -> Path:
    """
    Return the folder of all files.
    """
    return Path(settings.MEDIA_ROOT)


def place_of(storage_key: str) -> Path:
    """
    Return where a file lies.

    Raises :class:`FileError` ``file.bad_key`` for a key that is none of ours.
    """
    folder, _, name = storage_key.partition("/")
    if not (name.isalnum() and folder == name[:2]):
        raise FileError("file.bad_key")
    return root() / folder / name


def read(attachment: Attachment) -> BinaryIO:
    """
    Open a file for reading.

    Raises :class:`FileError` ``file.missing`` where its bytes are gone.
    """
    try:
        return place_of(attachment.storage_key).open("rb")
    except FileNotFoundError:
        raise FileError("file.missing", name=attachment.name) from None


def stored_bytes(customer_id: int) -> int:
    """
    Return how many bytes a customer's files take. One query.
    """
    found = Attachment.objects.filter(customer_id=customer_id, erased_at__isnull=True)
    return int(found.aggregate(total=Sum("size"))["total"] or 0)


def shown_name(name: str) -> str:
    """
    Return the name under which a file is shown and downloaded: no folders, no control or invisible characters.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = "".join(each for each in last if unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    cleaned = " ".join(cleaned.split())
    if len(cleaned) > MOST_NAME:
        stem, dot, ending = cleaned.rpartition(".")
        tail = f"{dot}{ending}" if dot and len(ending) <= 10 else ""  # noqa: PLR2004  (a longer one is no ending)
        cleaned = (stem if tail else cleaned)[: MOST_NAME - len(tail)] + tail
    return cleaned if cleaned.strip(". ") else "file"


_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"OggS", "application/ogg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_MARKUP: Final = (
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<script", "text/html"),
    (b"<svg", "image/svg+xml"),
    (b"<?xml", "application/xml"),
)


def sniff(head: bytes) -> str:
    """
    Return the content type that the first bytes of a file show, whatever it is called.
    """
    for mark, found in _SIGNATURES:
        if head.startswith(mark):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if not head:
        return "application/x-empty"
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, found in _MARKUP:
        if lowered.startswith(mark):
            return found
    return "text/plain" if _is_text(head) else "application/octet-stream"


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    # The head may end within a character: up to three bytes of it are no error.
    return any(_decodes(head[: len(head) - cut]) for cut in range(4))


def _decodes(part: bytes) -> bool:
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def seal(*, stored: Mapping[str, Any], person: Person, place: str) -> str:
    """
    Return a text that lets a form that was refused send a file again which is stored already; it works for this
    person and place alone.
    """
    return signing.dumps({"file": dict(stored), "person": person.public_id, "place": place}, salt=_SALT)


def unseal(*, sealed: Iterable[str], person: Person, place: str) -> list[dict[str, Any]]:
    """
    Return the stored files of sealed texts; one that is forged, foreign, too old or gone is left out.
    """
    found = []
    for text in list(sealed)[:MOST_FILES]:
        try:
            given = signing.loads(text, salt=_SALT, max_age=ORPHAN_SECONDS - SWEEP_EVERY_SECONDS)
        except signing.BadSignature:
            continue
        if given["person"] == person.public_id and given["place"] == place:
            found.append(given["file"])
    known = set(
        Attachment.objects.filter(storage_key__in=[each["storage_key"] for each in found]).values_list(
            "storage_key", flat=True
        )
    )
    return [each for each in found if each["storage_key"] not in known and place_of(each["storage_key"]).exists()]


def sweep_orphans(*, now: Instant) -> int:
    """
    Delete files that are older than a day and that no row names, and return how many.

    A submission that waits or was refused names its files too; they stay with it.
    """
    swept = 0
    for folder in sorted(each for each in root().glob("??") if each.is_dir()):
        old = [each for each in folder.iterdir() if each.stat().st_mtime < now - ORPHAN_SECONDS]
        strays = unnamed({f"{folder.name}/{each.name}" for each in old})
        for each in old:
            if f"{folder.name}/{each.name}" in strays:
                each.unlink(missing_ok=True)
                swept += 1
    return swept


def unnamed(keys: set[str]) -> set[str]:
    """
    Return those of some storage keys that neither a message nor what waits or was refused names. Up to two queries.
    """
    named = set(Attachment.objects.filter(storage_key__in=keys).values_list("storage_key", flat=True))
    rest = keys - named
    return rest - _kept_with_submissions() if rest else rest


def _kept_with_submissions() -> set[str]:
    """
    Return the files of what was sent and became no ticket or message. One query.
    """
    kept = Submission.objects.filter(state__in=[Submission.State.SPOOLED, Submission.State.REFUSED])
    found: set[str] = set()
    for raw in kept.filter(erased_at__isnull=True).values_list("raw", flat=True):
        with contextlib.suppress(ValueError, AttributeError, TypeError):
            found |= {str(each["storage_key"]) for each in json.loads(bytes(raw)).get("files") or ()}
    return found
