"""
The database: SQLite in ``UPHELD_HOME`` unless ``DATABASE_URL`` names a PostgreSQL.
"""

from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote

from upheld.config import environment
from upheld.config.settings.places import HOME

SCHEMES: Final = ("sqlite", "postgres", "postgresql")
STATEMENT_TIMEOUT_SECONDS: Final = environment.number("UPHELD_STATEMENT_TIMEOUT", 30, least=1, most=3600)
READ_SECONDS: Final = environment.number("UPHELD_READ_TIMEOUT", 5, most=3600)
"""For one statement of a request that only reads; 0 for no limit of its own."""
CONNECTION_SECONDS: Final = environment.number("UPHELD_CONNECTION_SECONDS", 60, most=3600)

NETWORK: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that has gone without a word is noticed within a minute: libpq's parameters, seconds but for the last."""
SERVER: Final = {
    "lock_timeout": 10_000,
    "idle_in_transaction_session_timeout": 60_000,
    "tcp_keepalives_idle": 30,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""
What the server is asked for: a process of ours that has gone without a word holds its locks for no more than a minute.
The last four are as above; the first two in milliseconds.
"""
NETWORK_SECONDS: Final = 15
"""So much longer than the server gives a statement we wait for the answer, see :mod:`upheld.config.postgresql.base`."""
SQLITE: Final = "upheld.config.sqlite"


def sqlite(path: str) -> dict[str, Any]:
    """
    Return the settings of an SQLite database that several threads write to.

    A transaction takes the write lock at its start (a reader that turns writer would fail at once instead of
    waiting), waits for it up to 10 s (threads of one process in turn, see :mod:`upheld.config.sqlite.base`), and is on
    the disk when it returns (``FULL``): a submission that was answered survives loss of power.
    """
    pragmas = ("journal_mode = WAL", "synchronous = FULL", "mmap_size = 134217728", "cache_size = -16000")
    return {
        "ENGINE": SQLITE,
        "NAME": path,
        "OPTIONS": {
            "timeout": 10,
            "transaction_mode": "IMMEDIATE",
            "init_command": "; ".join(f"PRAGMA {pragma}" for pragma in pragmas),
        },
    }


def postgresql(parts: SplitResult) -> dict[str, Any]:
    """
    Return the settings of a PostgreSQL database; the address's query becomes libpq's parameters, such as ``sslmode``.

    Server-side cursors are off, because PgBouncer gives each transaction another connection.
    """
    limits = {"statement_timeout": STATEMENT_TIMEOUT_SECONDS * 1000, **SERVER}
    return {
        "ENGINE": "upheld.config.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
            "patience": STATEMENT_TIMEOUT_SECONDS + NETWORK_SECONDS,
            **NETWORK,
            **dict(parse_qsl(parts.query)),
        },
    }


def database_of(parts: SplitResult) -> dict[str, Any]:
    """
    Return the settings of the database that an address names; ``sqlite:`` alone is the one in ``UPHELD_HOME``.
    """
    if parts.scheme == "sqlite":
        return sqlite(parts.path or str(HOME / "db.sqlite3"))
    return postgresql(parts)


DATABASES: Final = {
    "default": database_of(environment.address("DATABASE_URL", "sqlite:", SCHEMES, shown="SQLite in `UPHELD_HOME`"))
}
IS_SQLITE: Final = DATABASES["default"]["ENGINE"] == SQLITE
_LOCAL_CACHE: Final = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "upheld",
    "OPTIONS": {"MAX_ENTRIES": 20_000},
}
_SHARED_CACHE: Final = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "upheld_cache"}
# Attempts to log in are counted here: where several processes serve, they share one count.
CACHES: Final = {"default": _LOCAL_CACHE if IS_SQLITE else _SHARED_CACHE}
