"""
A file is there if and only if its row is, with the digest that the row names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from upheld.apps.tickets import codec
from upheld.apps.tickets.models import Attachment
from upheld.apps.tickets.services import files as stored
from upheld.apps.work.models import OutboxRow
from upheld.trust.violations import Run, Violation, row_of

PIECE: Final = 1 << 20
LEFT_ALONE: Final = 2 * stored.ORPHAN_SECONDS
"""A file without a row may lie so long: it is swept after a day."""


def check(keys: Sequence[int], run: Run) -> Iterator[Violation]:
    """
    Yield attachments whose file is missing, is another one, or is still there although it was erased.
    """
    for row in Attachment.objects.filter(pk__in=keys).order_by("pk"):
        run.checked["files"] += 1
        if code := _fault(row):
            yield Violation(code, row_of(row), row.pk, {"name": row.name, "file": row.storage_key})


def _fault(row: Attachment) -> str:
    place = stored.place_of(row.storage_key)
    if row.erased_at is not None:
        if row.digest or row.salt:
            return "verify.file_traces"
        waits = OutboxRow.objects.filter(key=f"erase:{row.pk}", state=OutboxRow.State.WAITING)
        return "verify.file_left" if place.exists() and not waits.exists() else ""
    if not place.exists():
        return "verify.file_missing"
    digest, size = hashlib.sha256(), 0
    with place.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
    if (digest.hexdigest(), size) != (row.digest, row.size):
        return "verify.file_digest"
    return "" if codec.file_mark(row.salt, row.digest) == row.mark else "verify.file_mark"


def check_strays(run: Run) -> Iterator[Violation]:
    """
    Yield files that no row names and that the daily sweep should have taken away already.
    """
    if not stored.root().is_dir():
        return
    for folder in sorted(each for each in stored.root().iterdir() if each.is_dir()):
        keys = {
            f"{folder.name}/{each.name}" for each in folder.iterdir() if each.stat().st_mtime < run.now - LEFT_ALONE
        }
        run.checked["file_folders"] += 1
        for key in sorted(stored.unnamed(keys)):
            yield Violation("verify.file_without_row", f"file {key}", 0, {"file": key})
