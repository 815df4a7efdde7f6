"""
An index over the words of messages and subjects where the database has one (PostgreSQL); elsewhere they are read.
"""

from typing import Any

from django.db import migrations

INDEXES = {
    "payload_words": "CREATE INDEX payload_words ON tickets_payload USING gin (to_tsvector('simple', text))",
    "ticket_words": "CREATE INDEX ticket_words ON tickets_ticket USING gin (to_tsvector('simple', subject))",
}


def add(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in INDEXES.values():
            schema_editor.execute(statement)


def drop(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_saved_view")]
    operations = [migrations.RunPython(add, drop)]
