"""
Secrets of second factors, which lay as they are, are sealed (``parties.sealing``).
"""

from typing import Any

from django.db import migrations

from upheld.apps.parties import sealing


def seal(apps: Any, _schema_editor: Any) -> None:
    sealing.reseal_factors(apps.get_model("mfa", "Authenticator").objects)


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_desk_rights"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(seal, migrations.RunPython.noop, elidable=True)]
