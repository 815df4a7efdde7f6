"""
The service from the command line: Django is loaded here, and only when a command needs it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import upheld
from upheld.core.errors import UpheldError


class ServiceError(UpheldError):
    """
    The service cannot do what was asked of it in the state in which it is.
    """


def load() -> None:
    """
    Load the settings and the apps; calling it again does nothing.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upheld.config.settings")
    import django  # noqa: PLC0415  (loading Django is what this is for)
    from django.apps import apps  # noqa: PLC0415

    if not apps.ready:
        django.setup()


def settings() -> Any:
    """
    Return Django's settings, after loading them.
    """
    load()
    from django.conf import settings as loaded  # noqa: PLC0415  (see load)

    return loaded


def pending_migrations() -> list[str]:
    """
    Return the migrations that the database lacks, in the order in which they would run.
    """
    load()
    from django.db import connection  # noqa: PLC0415  (see load)
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def require_known() -> None:
    """
    Refuse a database that a newer version has migrated: this one would write what that one does not expect.

    Raises :class:`ServiceError` ``service.database_newer``, or ``service.database_away`` where it does not answer.
    """
    load()
    from django.db import OperationalError, connection  # noqa: PLC0415  (see load)
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

    try:
        loader = MigrationLoader(connection)
    except OperationalError as error:
        raise ServiceError("service.database_away", reason=" ".join(str(error).split())) from error
    ours = {app for app, _ in loader.disk_migrations}
    unknown = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in ours and (app, name) not in loader.disk_migrations
    )
    if unknown:
        raise ServiceError("service.database_newer", count=len(unknown), first=unknown[0], version=upheld.__version__)


def database_place() -> str:
    """
    Return where the database is, for people to recognise: a file, or name and host; never the password.
    """
    load()
    from django.db import connection  # noqa: PLC0415  (see load)

    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(given["NAME"])
    return f"{given['NAME']} at {given['HOST'] or 'this machine'}"


def not_migrated() -> ServiceError | None:
    """
    Return what is wrong with a database that lacks changes of this version, or nothing where it lacks none. A file of
    SQLite that is not there is not made.
    """
    where = database_place()
    from django.db import connection  # noqa: PLC0415  (see load)
    from django.db.migrations.recorder import MigrationRecorder  # noqa: PLC0415

    if _is_missing_file():
        return ServiceError("service.not_set_up", where=where)
    missing = pending_migrations()
    if not missing:
        return None
    if not MigrationRecorder(connection).applied_migrations():
        return ServiceError("service.not_set_up", where=where)
    return ServiceError("service.not_migrated", where=where, count=len(missing), first=missing[0])


def _is_missing_file() -> bool:
    from django.db import connection  # noqa: PLC0415  (see load)

    if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined]  # SQLite's own
        return False
    return not Path(connection.settings_dict["NAME"]).exists()


def require_migrated() -> None:
    """
    Refuse to go on with a database that is not of this version.

    Raises :class:`ServiceError` ``service.not_set_up``, ``service.not_migrated`` or ``service.database_newer``, or
    ``service.database_away`` where it does not answer.
    """
    load()
    if not _is_missing_file():
        require_known()
    if error := not_migrated():
        raise error
