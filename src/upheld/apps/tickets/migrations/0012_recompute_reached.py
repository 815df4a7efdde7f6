from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_file_marks")]

    operations = [
        migrations.AddField(model_name="recompute", name="reached", field=models.BigIntegerField(default=0)),
    ]
