"""
Django's engine for SQLite, with threads that write in turn.

SQLite has one writer at a time and no queue: who finds it busy sleeps, up to a tenth of a second, and tries again,
while others who came later go before. One of four clients waited ten times as long as the others for that. So the
threads of this process queue for the pen before a transaction begins; other processes are waited for as SQLite does it.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.sqlite3 import base

from upheld.config.sqlite.turns import Turns

LONGEST_WAIT_SECONDS: Final = 10
"""After so long without a turn SQLite itself is asked, which says that it is busy."""
_PENS: dict[str, Turns] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """
    The engine: a transaction has the pen of its database from its beginning to its end.
    """

    _pen: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        pen = _PENS.setdefault(str(self.settings_dict["NAME"]), Turns())
        if pen.take(LONGEST_WAIT_SECONDS):
            self._pen = pen
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs lack it
        except BaseException:
            self._lay_down()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # the stubs lack it; where it fails, Django rolls back
        self._lay_down()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs lack it
        finally:
            self._lay_down()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # the stubs lack it
        finally:
            self._lay_down()

    def _lay_down(self) -> None:
        pen, self._pen = self._pen, None
        if pen is not None:
            pen.give_back()
