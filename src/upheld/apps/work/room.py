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
_NOTHING_BYTES: Final = 2**20
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_POSTGRESQL_DISK_FULL: Final = "53100"


def is_full(error: BaseException | None, folders: Iterable[Path] = ()) -> bool:
    """
    Return whether an error, or one that caused it, says that a disk is full: ours, SQLite's or PostgreSQL's. SQLite on
    a full disk may also tell that it cannot read or open: what it says counts so while ``folders`` have no room at all.
    """
    is_of_sqlite = False
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if isinstance(error, sqlite3.OperationalError):
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                return True
            is_of_sqlite = True
        if getattr(error, "sqlstate", None) == _POSTGRESQL_DISK_FULL:
            return True
        error = error.__cause__ or error.__context__
    return is_of_sqlite and not has_room(folders, least=_NOTHING_BYTES)


def has_room(folders: Iterable[Path], *, least: int = LEAST_FREE_BYTES) -> bool:
    """
    Return whether each of the folders that are there has room for what people send.
    """
    return all(shutil.disk_usage(each).free >= least for each in folders if each.is_dir())
