from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0012_recompute_reached"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="retry_at",
            field=models.BigIntegerField(null=True),
        ),
    ]
