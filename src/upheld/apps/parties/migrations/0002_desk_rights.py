"""
Roles that are there get the desk's new rights: to merge, to share views, to read the overview.
"""

from typing import Any

from django.db import migrations

GIVEN = {
    "tickets.merge": ("agent", "lead", "success_manager", "admin"),
    "views.share": ("lead", "admin"),
    "reports.read": ("lead", "auditor", "success_manager", "finance", "admin"),
}


def give(apps: Any, _schema_editor: Any) -> None:
    role = apps.get_model("parties", "Role")
    for each in role.objects.all():
        more = [right for right, roles in GIVEN.items() if each.name in roles and right not in each.rights]
        if more:
            each.rights = [*each.rights, *more]
            each.save(update_fields=["rights"])


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop, elidable=True)]
