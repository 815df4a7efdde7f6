"""
How long one statement may take while somebody waits for a page: what takes longer is given up, on either database.

Invariant: giving up is only for reading; what writes keeps the longer limit of the database's own settings. A limit
holds for the thread's connection, and is gone from it afterwards.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import connection

STEPS: Final = 100_000
"""After so many steps of SQLite's machine, some milliseconds, it is asked whether to go on."""
_POSTGRESQL_CANCELED: Final = "57014"


class _Limit:
    """
    Looks at every statement: PostgreSQL's connection gives up by itself (``config.postgresql``), SQLite asks us.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.until = seconds, 0.0
        self.raw: Any = None

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  (as Django calls it)
        raw = context["connection"].connection
        if raw is not self.raw:
            self.forget()
            self.raw = raw
            if isinstance(raw, sqlite3.Connection):
                raw.set_progress_handler(self.is_over, STEPS)
            else:
                raw.most_seconds = self.seconds
        self.until = time.monotonic() + self.seconds
        return execute(sql, params, many, context)

    def is_over(self) -> bool:
        """
        Return whether the statement that runs has had its time.
        """
        return time.monotonic() > self.until

    def forget(self) -> None:
        """
        Leave the connection as it was.
        """
        if isinstance(self.raw, sqlite3.Connection):
            with contextlib.suppress(sqlite3.ProgrammingError):  # closed meanwhile
                self.raw.set_progress_handler(None, 0)
        elif self.raw is not None:
            self.raw.most_seconds = None


@contextlib.contextmanager
def statements_within(seconds: float) -> Iterator[None]:
    """
    Give each statement of this thread so many seconds while this lasts; one that takes longer raises
    ``OperationalError``, of which :func:`is_too_slow` knows.
    """
    limit = _Limit(seconds)
    try:
        with connection.execute_wrapper(limit):
            yield
    finally:
        limit.forget()


def is_too_slow(error: BaseException | None) -> bool:
    """
    Return whether an error, or one that caused it, says that a statement was given up because it took too long.
    """
    while error is not None:
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return True
        if getattr(error, "sqlstate", None) == _POSTGRESQL_CANCELED:
            return True
        error = error.__cause__ or error.__context__
    return False
