"""
Locking rows that several workers want.
"""

from __future__ import annotations

from django.db import connection


def can_skip() -> bool:
    """
    Return whether the database can pass over rows that another worker holds; SQLite has one writer at a time and needs
    no such thing.
    """
    return connection.features.has_select_for_update_skip_locked
