"""
Each export that is ready has its file, as it was written, and was told of once; no other file lies there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from upheld.apps.exports import services
from upheld.apps.exports.models import Export
from upheld.apps.work.models import OutboxRow
from upheld.trust.violations import Run, Violation, row_of

LEFT_ALONE: Final = 3600
"""What is over may lie so long: it is deleted within a minute where a relay runs."""


def check(keys: Sequence[int], run: Run) -> Iterator[Violation]:
    """
    Yield exports whose file is missing, is another one, or outlived its time, and those that nobody was told of.
    """
    rows = list(Export.objects.filter(pk__in=keys).order_by("pk"))
    told = set(OutboxRow.objects.filter(key__in=[_cause(each) for each in rows]).values_list("key", flat=True))
    for row in rows:
        run.checked["exports"] += 1
        if code := _fault(row, run, is_told=_cause(row) in told):
            yield Violation(code, row_of(row), row.pk, {"file": services.place_of(row).name})


def _cause(row: Export) -> str:
    return f"export:{row.public_id}"


def _fault(row: Export, run: Run, *, is_told: bool) -> str:
    if row.state in (Export.State.READY, Export.State.FAILED) and not is_told:
        return "verify.export_untold"
    if not row.is_ready:
        return ""
    place, expires_at = services.place_of(row), row.expires_at or 0
    if not place.exists():
        return "verify.export_missing" if run.now < expires_at else ""
    if run.now >= expires_at + LEFT_ALONE:
        return "verify.export_left"
    with place.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return "" if (digest, place.stat().st_size) == (row.digest, row.size) else "verify.export_digest"


def check_strays(run: Run) -> Iterator[Violation]:
    """
    Yield files that no export has and that the relay should have deleted already.
    """
    for path in services.strays():
        if path.stat().st_mtime < run.now - LEFT_ALONE:
            yield Violation("verify.export_without_row", f"file exports/{path.name}", 0, {"file": path.name})
