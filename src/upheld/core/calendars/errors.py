"""
What a calendar refuses: one error class, its codes all begin with ``calendar.``.
"""

from __future__ import annotations

from upheld.core.errors import UpheldError


class CalendarError(UpheldError):
    """
    Hours that cannot be read or contradict themselves, or a question that lies outside a calendar's horizon.
    """
