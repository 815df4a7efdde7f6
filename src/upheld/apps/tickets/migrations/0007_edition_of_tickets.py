"""
Tickets that come under a plan version run on the first edition of its calendars, as they did.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def take_the_first(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    tickets = apps.get_model("tickets", "Ticket")
    for edition in apps.get_model("contracts", "CalendarEdition").objects.filter(number=1).iterator():
        tickets.objects.filter(plan_version=edition.plan_version_id, edition=None).update(edition=edition)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_edition")]

    operations = [migrations.RunPython(take_the_first, migrations.RunPython.noop)]
