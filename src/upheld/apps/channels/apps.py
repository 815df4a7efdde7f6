"""
Registration of the app with Django.
"""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """
    The app as Django knows it.
    """

    name = "upheld.apps.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """
        Register the handlers and rounds of due work.
        """
        import upheld.apps.channels.tasks  # noqa: F401, PLC0415  (importing registers; the models must be ready first)
