"""
Registration of the app with Django.
"""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """
    The app as Django knows it.
    """

    name = "upheld.apps.tickets"
    label = "tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """
        Register the handlers and rounds of due work.
        """
        import upheld.apps.tickets.tasks  # noqa: F401, PLC0415  (importing registers; the models must be ready first)
