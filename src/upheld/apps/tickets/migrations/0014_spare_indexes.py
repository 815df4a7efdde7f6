"""
Indexes of foreign keys that others begin with are dropped: they cost every write. SQLite would copy each table for it,
were it left to Django.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SPARE = {
    "eventrow": ("ticket", "tickets.ticket", "events"),
    "payload": ("ticket", "tickets.ticket", "payloads"),
    "message": ("ticket", "tickets.ticket", "messages"),
    "clockrow": ("ticket", "tickets.ticket", "clocks"),
    "timer": ("ticket", "tickets.ticket", "timers"),
}
OF_TICKETS = {
    "customer": ("parties.customer", "tickets"),
    "requester": (settings.AUTH_USER_MODEL, "requested_tickets"),
}


def foreign_key(to: str, related_name: str) -> Any:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to
    )


def drop(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    wanted = [(model, field) for model, (field, _to, _name) in SPARE.items()]
    wanted += [("ticket", field) for field in OF_TICKETS]
    for name, field in wanted:
        about_model = apps.get_model("tickets", name)._meta  # noqa: SLF001  (public, by its documentation)
        column, table = about_model.get_field(field).column, about_model.db_table
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, table)
        for index, about in found.items():
            is_plain = about["index"] and not about["unique"] and not about["foreign_key"]
            if is_plain and about["columns"] == [column] and index.startswith(f"{table}_{column}"):
                schema_editor.execute(f"DROP INDEX {connection.ops.quote_name(index)}")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0013_saved_answers")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                *(
                    migrations.AlterField(model_name=model, name=field, field=foreign_key(to, name))
                    for model, (field, to, name) in SPARE.items()
                ),
                *(
                    migrations.AlterField(model_name="ticket", name=field, field=foreign_key(to, name))
                    for field, (to, name) in OF_TICKETS.items()
                ),
            ],
            database_operations=[migrations.RunPython(drop, migrations.RunPython.noop)],
        ),
    ]
