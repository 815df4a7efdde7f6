"""
Reading how the work stands.
"""

from __future__ import annotations

from django.db import Error

from upheld.apps.work.models import Switch


def is_database_ready() -> bool:
    """
    Return whether the database answers and has our tables. One query.
    """
    try:
        Switch.objects.exists()
    except Error:
        return False
    return True
