import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_first_editions"),
        ("tickets", "0005_text_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="edition",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.calendaredition",
            ),
        ),
    ]
