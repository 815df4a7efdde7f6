import upheld.apps.tickets.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_first_editions"),
        ("parties", "0002_desk_rights"),
        ("tickets", "0007_edition_of_tickets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_open_due",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_mine",
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                upheld.apps.tickets.models.DueLast("next_due_at"),
                models.F("id"),
                condition=models.Q(("is_open", True)),
                name="ticket_open_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(upheld.apps.tickets.models.DueLast("next_due_at"), models.F("id"), name="ticket_by_due"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["changed_at"], name="ticket_changed"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("assignee"),
                upheld.apps.tickets.models.DueLast("next_due_at"),
                models.F("id"),
                condition=models.Q(("is_open", True)),
                name="ticket_mine_by_due",
            ),
        ),
    ]
