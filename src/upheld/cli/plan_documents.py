"""
Plan documents as commands name them: a file, standard input, or a plan that ships.
"""

from __future__ import annotations

import sys
from pathlib import Path

from upheld import catalogues
from upheld.core.plan.reading import MAX_BYTES


def plan_document(name: str) -> tuple[bytes, str]:
    """
    Return (bytes, name for messages) of a plan document: ``-`` is standard input, a file comes before a plan that
    ships.

    At most one byte more is read than a document may have, which is enough to refuse it. Raises :class:`OSError`
    where it cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1), name
    path = Path(name)
    if name in catalogues.names() and not path.exists():
        return catalogues.read(name), f"{name}.yaml"
    with path.open("rb") as opened:
        return opened.read(MAX_BYTES + 1), name
