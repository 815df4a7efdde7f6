"""
The service from the command line: Django is loaded here, and only when a command needs it.
"""

from __future__ import annotations

import os
from typing import Any

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


def require_migrated() -> None:
    """
    Refuse to go on with a database that is not of this version.

    Raises :class:`ServiceError` ``service.not_migrated``.
    """
    if missing := pending_migrations():
        raise ServiceError("service.not_migrated", count=len(missing), first=missing[0])
