"""
The database as files, and back: SQLite by its backup interface, PostgreSQL by COPY in one snapshot.

COPY rather than pg_dump: it needs no client of the server's version on the machine. The schema is not in the dump; a
restore makes it by the migrations that the dump names, then migrates on. Invariant: a dump is of one instant.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from upheld.cli import service
from upheld.cli.service import ServiceError

SQLITE_FILE: Final = "db.sqlite3"
PIECE_BYTES: Final = 2**20
TABLE: Final = re.compile(r"[a-z0-9_]+\Z")


def _connection() -> Any:
    service.load()
    from django.db import connection  # noqa: PLC0415  (Django is loaded when it is needed)

    return connection


def is_in_home() -> bool:
    """
    Return whether the database is the file in UPHELD_HOME.
    """
    connection = _connection()
    home = Path(service.settings().HOME)
    return connection.vendor == "sqlite" and Path(connection.settings_dict["NAME"]) == home / SQLITE_FILE


def dump(target: Path) -> tuple[str, list[str]]:
    """
    Write the database into the directory ``target`` and return the engine and the migrations applied.
    """
    connection = _connection()
    service.require_migrated()
    target.mkdir(parents=True)
    if connection.vendor == "sqlite":
        _dump_sqlite(Path(connection.settings_dict["NAME"]), target / SQLITE_FILE)
    else:
        _dump_postgresql(connection, target)
    return connection.vendor, _applied(connection)


def _applied(connection: Any) -> list[str]:
    from django.db.migrations.recorder import MigrationRecorder  # noqa: PLC0415  (Django is loaded when it is needed)

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _dump_sqlite(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as live, contextlib.closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=1000, sleep=0.01)
        copy.execute("PRAGMA journal_mode = DELETE")


def _tables(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'django_migrations'"
        " ORDER BY tablename"
    )
    return [name for (name,) in cursor.fetchall() if TABLE.match(name)]


def _columns(cursor: Any, table: str) -> str:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
        " AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return ", ".join(f'"{name}"' for (name,) in cursor.fetchall())


@contextlib.contextmanager
def _snapshot(connection: Any) -> Iterator[Any]:
    from django.db import transaction  # noqa: PLC0415  (Django is loaded when it is needed)

    from upheld.config.postgresql.base import unhurried  # noqa: PLC0415  (Django is loaded when it is needed)

    with unhurried(connection), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield cursor


def _dump_postgresql(connection: Any, target: Path) -> None:
    with _snapshot(connection) as cursor:
        for table in _tables(cursor):
            columns = _columns(cursor, table)
            with (target / f"{table}.copy").open("wb") as file:
                file.write(f"{columns}\n".encode())
                with cursor.cursor.copy(f'COPY "{table}" ({columns}) TO STDOUT') as copy:
                    for piece in copy:
                        file.write(piece)


def require_fitting(engine: str, migrations: list[str], source: Path) -> None:
    """
    Refuse a dump of another engine, or of a version that this one does not know.

    Raises :class:`ServiceError` ``archive.wrong_database`` or ``archive.newer``.
    """
    connection = _connection()
    if engine != connection.vendor:
        raise ServiceError("archive.wrong_database", file=source, given=engine, expected=connection.vendor)
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415  (Django is loaded when it is needed)

    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(migrations) - known):
        raise ServiceError("archive.newer", file=source, first=unknown[0])


def require_empty() -> None:
    """
    Refuse a database that people are in already.

    Raises :class:`ServiceError` ``archive.database_not_empty``.
    """
    connection = _connection()
    if is_in_home() and not Path(connection.settings_dict["NAME"]).exists():
        return
    if "parties_person" not in connection.introspection.table_names():
        return
    from upheld.apps.parties.models import Person  # noqa: PLC0415  (Django is loaded when it is needed)

    if count := Person.objects.count():
        raise ServiceError("archive.database_not_empty", count=count)


def load(source: Path, migrations: list[str]) -> None:
    """
    Bring a dump back, then migrate it to this version.
    """
    connection = _connection()
    from django.core.management import call_command  # noqa: PLC0415  (Django is loaded when it is needed)

    if connection.vendor == "sqlite":
        connection.close()
        target = Path(connection.settings_dict["NAME"])
        shutil.copyfile(source / SQLITE_FILE, target)
        target.chmod(0o600)
    else:
        _make_schema(connection, migrations)
        _load_postgresql(connection, source)
    call_command("migrate", interactive=False, verbosity=0)


def _make_schema(connection: Any, migrations: list[str]) -> None:
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415  (Django is loaded when it is needed)

    executor = MigrationExecutor(connection)
    wanted = {(app, rest) for app, _, rest in (name.partition(".") for name in migrations)}
    graph = executor.loader.graph
    last = [
        key for key in wanted if key in graph.nodes and not any(c.key in wanted for c in graph.node_map[key].children)
    ]
    executor.migrate(sorted(last))


def _load_postgresql(connection: Any, source: Path) -> None:
    from django.db import transaction  # noqa: PLC0415  (Django is loaded when it is needed)

    from upheld.config.postgresql.base import unhurried  # noqa: PLC0415  (Django is loaded when it is needed)

    with unhurried(connection), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        tables = _tables(cursor)
        cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in tables))
        for table in tables:
            path = source / f"{table}.copy"
            if path.is_file():
                _copy_in(cursor, table, path)
        _reset_sequences(cursor, tables)


def _copy_in(cursor: Any, table: str, path: Path) -> None:
    with path.open("rb") as file:
        columns = file.readline().decode().strip()
        with cursor.cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            while piece := file.read(PIECE_BYTES):
                copy.write(piece)


def _reset_sequences(cursor: Any, tables: list[str]) -> None:
    cursor.execute(
        "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)"
        " FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND (is_identity = 'YES' OR column_default LIKE 'nextval(%%')"
    )
    for table, column, sequence in cursor.fetchall():
        if table in tables and sequence:
            cursor.execute(
                f'SELECT setval(%s, COALESCE((SELECT MAX("{column}") FROM "{table}"), 1),'  # noqa: S608  (names of ours)
                f' EXISTS (SELECT 1 FROM "{table}"))',
                [sequence],
            )
