"""
What somebody has not read is counted on every page of the desk: by an index of its own, however much they have read.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_delivery")]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("fold__isnull", True), ("read_at__isnull", True)),
                fields=["person"],
                name="notice_unread",
            ),
        ),
    ]
