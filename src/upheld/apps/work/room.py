"""
Room on the disk: whether an error says that there is none left, and whether there is enough to go on.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

LEAST_FREE_BYTES: Final = 50 * 2**20
"""Two of the largest files that may be sent; with less than this the service says that it is not ready."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_POSTGRESQL_DISK_FULL: Final = "53100"


def is_full(error: BaseException | None) -> bool:
    """
    Return whether an error, or one that caused it, says that a disk is full: ours, SQLite's or PostgreSQL's.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            return True
        if getattr(error, "sqlstate", None) == _POSTGRESQL_DISK_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


def has_room(folders: Iterable[Path]) -> bool:
    """
    Return whether each of the folders that are there has room for what people send.
    """
    return all(shutil.disk_usage(each).free >= LEAST_FREE_BYTES for each in folders if each.is_dir())
