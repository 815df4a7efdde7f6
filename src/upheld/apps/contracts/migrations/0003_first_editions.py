"""
Each plan version gets the first edition of its calendars, with the holiday revisions that ruled so far.
"""

import hashlib

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def first_editions(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    editions = apps.get_model("contracts", "CalendarEdition")
    revisions = apps.get_model("contracts", "HolidayRevision")
    for version in apps.get_model("contracts", "PlanVersion").objects.defer("document").iterator():
        known = revisions.objects.filter(plan_version=version).order_by("recorded_at", "pk")
        newest = {each.name: each for each in known}
        rows = [newest[name] for name in sorted(newest)]
        told = "\n".join(f"{each.name} {each.revision}" for each in rows)
        editions.objects.create(
            plan_version=version,
            number=1,
            name=f"1-{hashlib.sha256(told.encode()).hexdigest()[:12]}",
            revisions=[each.pk for each in rows],
            recorded_at=version.published_at,
            recorded_by_id=version.published_by_id,
        )


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_editions")]

    operations = [migrations.RunPython(first_editions, migrations.RunPython.noop)]
