"""
Registration of the app with Django.
"""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """
    The app as Django knows it.
    """

    name = "upheld.apps.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """
        Register the rounds of due work.
        """
        import upheld.apps.exports.tasks  # noqa: F401, PLC0415  (importing registers; the models must be ready first)
