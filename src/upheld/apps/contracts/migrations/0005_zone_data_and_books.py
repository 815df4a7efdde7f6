import django.db.models.deletion
import tzdata
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_terms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptZone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("zone", models.CharField(max_length=64)),
                ("release", models.CharField(max_length=20)),
                ("digest", models.CharField(max_length=64)),
                ("rules", models.BinaryField()),
                ("recorded_at", models.BigIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("zone", "release"), name="kept_zone_once")],
            },
        ),
        # What there is was compiled with the zone data that are installed now.
        migrations.AddField(
            model_name="calendaredition",
            name="zone_release",
            field=models.CharField(default=tzdata.IANA_VERSION, max_length=20),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="BooksClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plan", models.CharField(max_length=63)),
                ("through", models.DateField()),
                ("zone", models.CharField(max_length=64)),
                ("closed_at", models.BigIntegerField()),
                (
                    "closed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("plan", "through"), name="books_closing_once")],
            },
        ),
    ]
