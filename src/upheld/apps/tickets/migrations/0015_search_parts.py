"""
Indexes over the parts of subjects, names and addresses where the database has them (PostgreSQL with ``pg_trgm``, which
whoever owns the database may add); elsewhere the texts are read, and reading has its limit (``UPHELD_READ_TIMEOUT``).
"""

from typing import Any

from django.db import DatabaseError, migrations, transaction

INDEXED = {
    "ticket_subject_parts": ("tickets_ticket", "subject"),
    "customer_name_parts": ("parties_customer", "name"),
    "person_name_parts": ("parties_person", "name"),
    "person_email_parts": ("parties_person", "email"),
}
"""Written as Django asks for a part of a text in any case: ``UPPER(subject::text) LIKE …``."""


def add(_apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:  # not installed on the server, or not ours to add: searching works without it
        return
    for name, (table, column) in INDEXED.items():
        schema_editor.execute(f"CREATE INDEX {name} ON {table} USING gin (upper({column}::text) gin_trgm_ops)")


def drop(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXED:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0014_spare_indexes"), ("parties", "0004_signature")]
    operations = [migrations.RunPython(add, drop)]
