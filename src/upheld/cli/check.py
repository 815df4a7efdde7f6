"""
``upheld check``: is everything as it should be before people use the service?
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer

from upheld.cli import service
from upheld.wording import say

app = typer.Typer(help="Check settings, database and files before people use them.")

OLDEST_SQLITE: Final = (3, 37, 0)
OLDEST_POSTGRESQL: Final = 150_000
OTHERS_MAY_READ: Final = 0o077
LOCAL_SILENCED: Final = frozenset({"security.W004", "security.W008", "security.W012", "security.W016", "security.W021"})
"""Warnings that make no sense for an address without TLS, which is right on one machine only."""
DECIDED: Final = frozenset({"security.W002", "security.W005", "security.W008", "security.W021", "urls.W005"})
"""Warnings about what was decided otherwise: our own header middleware, no redirect to TLS by the
application (the proxy does), no preload list."""


@app.command()
def check_command() -> None:
    """
    Look at settings, database, files and keys, change nothing, and leave with 1 when something has to be done.
    """
    settings = service.settings()
    found = [*_framework(settings), *_database(), *_work(), *_home(settings), *_address(settings)]
    for line in found:
        typer.echo(f"upheld: {line}")
    if found:
        raise typer.Exit(1)
    typer.echo("Everything is as it should be.")


def _framework(settings: Any) -> Iterator[str]:
    from django.core.checks import run_checks  # noqa: PLC0415  (Django is loaded when it is needed)

    passed_over = DECIDED if settings.ADDRESS.scheme == "https" else DECIDED | LOCAL_SILENCED
    for message in run_checks(include_deployment_checks=True):
        if message.id not in passed_over:
            yield f"{message.msg} ({message.id})"


def _database() -> Iterator[str]:
    from django.db import DatabaseError, connection  # noqa: PLC0415  (Django is loaded when it is needed)

    try:
        lacking = service.not_migrated()
    except DatabaseError as error:
        yield say("service.database_unreachable", {"reason": str(error).strip()})
        return
    if lacking:
        yield say(lacking.code, lacking.params)
    if connection.vendor == "sqlite" and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield say("service.database_too_old", {"given": f"SQLite {sqlite3.sqlite_version}", "oldest": "SQLite 3.37"})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            row = cursor.fetchone()
        if row and int(row[0]) < OLDEST_POSTGRESQL:
            yield say("service.database_too_old", {"given": f"PostgreSQL {row[0]}", "oldest": "PostgreSQL 15"})


def _work() -> Iterator[str]:
    from django.db import DatabaseError  # noqa: PLC0415  (Django is loaded when it is needed)

    from upheld.apps.work import away, relay  # noqa: PLC0415
    from upheld.apps.work.clock import now  # noqa: PLC0415
    from upheld.apps.work.services import LATE_SECONDS  # noqa: PLC0415

    try:
        lateness, absent = relay.lateness(now()), away.longest(now())
    except DatabaseError:
        return  # told already
    if lateness > LATE_SECONDS:
        yield say("service.work_late", {"seconds": lateness})
    if absent is not None and absent[1] > away.ALARM_SECONDS:
        yield say("service.other_side_away", {"handler": absent[0], "seconds": absent[1]})


def _home(settings: Any) -> Iterator[str]:
    from upheld.apps.work.room import LEAST_FREE_BYTES, has_room  # noqa: PLC0415  (Django is loaded when it is needed)

    home = Path(settings.HOME)
    if not os.access(home, os.W_OK):
        yield say("service.home_not_writable", {"home": home})
    for folder in (home, Path(settings.MEDIA_ROOT)):
        if not has_room([folder]):
            yield say("service.no_room", {"folder": folder, "least_mb": LEAST_FREE_BYTES // 2**20})
    keys = Path(settings.KEYS)
    for key in [keys, *keys.glob("*")] if keys.is_dir() else []:
        if key.stat().st_mode & OTHERS_MAY_READ:
            yield say("service.key_readable", {"file": key})


def _address(settings: Any) -> Iterator[str]:
    address = settings.ADDRESS
    if settings.DEBUG:
        yield say("service.debug_is_on", {})
    if address.scheme == "http" and address.hostname not in {"localhost", "127.0.0.1", "::1"}:
        yield say("service.address_without_tls", {"address": address.geturl()})
