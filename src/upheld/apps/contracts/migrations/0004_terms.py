"""
Terms: the last day of a first term stands beside the last day as things stand, and changes of contracts are kept.
"""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import upheld.apps.work.models


def keep_agreed_ends(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """
    What was written down as the last day is what was agreed; contracts of before end with it as they did.
    """
    contracts = apps.get_model("contracts", "Contract").objects
    contracts.filter(cancelled_at=None).update(first_ends_on=models.F("ends_on"))


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_first_editions"),
        ("parties", "0002_desk_rights"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="first_ends_on",
            field=models.DateField(null=True),
        ),
        migrations.RunPython(keep_agreed_ends, migrations.RunPython.noop),
        migrations.CreateModel(
            name="ContractChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=upheld.apps.work.models.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("cancelled", "Cancelled"), ("tier_changed", "Tier changed")], max_length=20
                    ),
                ),
                ("effective_on", models.DateField()),
                ("facts", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=500)),
                ("recorded_at", models.BigIntegerField()),
                ("applied_at", models.BigIntegerField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="contracts.contract"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.customer"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["contract", "recorded_at"], name="contract_change")],
            },
        ),
    ]
