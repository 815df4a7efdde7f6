from django.db import migrations, models

import upheld.apps.tickets.models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_recompute")]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("status"),
                upheld.apps.tickets.models.DueLast("next_due_at"),
                models.F("id"),
                condition=models.Q(("is_open", True)),
                name="ticket_open_by_status",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("is_open", True), ("next_state", "running")),
                fields=["next_at_risk_at"],
                name="ticket_open_at_risk",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("is_entitled", False), ("is_open", True)), fields=["id"], name="ticket_open_held"
            ),
        ),
    ]
