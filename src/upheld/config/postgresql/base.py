"""
Django's engine for PostgreSQL, with connections on which no answer is waited for without end.

The server gives up on a statement by itself (``statement_timeout``), and the system notices a machine that is gone. A
proxy or a firewall in between that keeps the connection and lets nothing through is noticed by neither: a thread would
wait for ever. So every answer has a time within which it must come; then the connection is closed, and whoever asked
is told that the database cannot be reached.
"""

from __future__ import annotations

import contextlib
import select
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout
from psycopg.pq import TransactionStatus

PATIENCE: Final = "patience"
"""The option of the settings that says how many seconds an answer may take."""
FRESH_SECONDS: Final = 1.0
"""Where the server answered so lately it is not asked whether it is there, unless it has something to say."""
_INTERVAL: Final = 0.1
_CANCEL_SECONDS: Final = 5.0
Answer = TypeVar("Answer")


class Connection(psycopg.Connection[Any]):
    """
    A connection that is closed when an answer takes longer than its ``patience`` (seconds; ``None`` waits for ever).
    """

    patience: float | None = None
    most_seconds: float | None = None
    """After so long a statement is given up, while its connection goes on (``apps.work.patience``)."""
    heard_at: float = float("-inf")
    """When the server answered last, by the monotonic clock."""

    def wait(self, gen: PQGen[Answer], interval: float = _INTERVAL, timeout: float | None = None) -> Answer:
        """
        Return what comes of talking to the server.

        Raises :class:`psycopg.OperationalError` where no answer came in time; the connection is closed then, for what
        comes late would be taken for the answer to another question.
        """
        answer = self._answer(gen, interval, timeout)
        self.heard_at = time.monotonic()
        return answer

    def is_fresh(self) -> bool:
        """
        Return whether the server answered a moment ago and has said nothing since: one that stops, or ends this
        connection, says so, and what it says can be read without asking.
        """
        if self.closed or time.monotonic() - self.heard_at > FRESH_SECONDS:
            return False
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            return False
        said = select.poll()
        said.register(self.pgconn.socket, select.POLLIN)
        return not said.poll(0)

    def _answer(self, gen: PQGen[Answer], interval: float, timeout: float | None) -> Answer:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        if self.most_seconds is not None:
            try:
                return super().wait(gen, interval, self.most_seconds)
            except _WaitTimeout:
                with contextlib.suppress(psycopg.Error):  # then it is waited for below
                    self.cancel_safe(timeout=_CANCEL_SECONDS)
        try:
            return super().wait(gen, interval, self.patience)
        except _WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server has not answered for {self.patience} s") from None


def _driver() -> ModuleType:
    """
    Return the driver with our connections.
    """
    made = ModuleType(psycopg.__name__)
    vars(made).update({**vars(psycopg), "connect": Connection.connect})
    return made


class DatabaseWrapper(base.DatabaseWrapper):
    """
    The engine.
    """

    Database = _driver()

    def get_connection_params(self) -> dict[str, Any]:
        """
        Return what a connection is made with, which does not know of patience.
        """
        params: dict[str, Any] = super().get_connection_params()
        params.pop(PATIENCE, None)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """
        Return a connection that is as patient as the settings say.
        """
        made = super().get_new_connection(conn_params)
        made.patience = self.settings_dict["OPTIONS"].get(PATIENCE)
        return made

    def close_if_health_check_failed(self) -> None:
        """
        Close the connection where it is of no use any more, before a request's first statement: one on which the server
        answered a moment ago need not be asked, which a request would wait for each time.
        """
        made: Any = self.connection
        if made is not None and made.is_fresh():
            self.health_check_done = True
        super().close_if_health_check_failed()


@contextlib.contextmanager
def unhurried(wrapper: Any) -> Iterator[None]:
    """
    Wait for every answer as long as it takes, on a connection of Django's: a dump that is brought back checks all its
    references at the end, and that takes its time.
    """
    wrapper.ensure_connection()
    made = wrapper.connection
    kept, made.patience = made.patience, None
    try:
        yield
    finally:
        made.patience = kept
