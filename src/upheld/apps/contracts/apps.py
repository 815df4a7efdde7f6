"""
Registration of the app with Django.
"""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """
    The app as Django knows it.
    """

    name = "upheld.apps.contracts"
    label = "contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """
        Register the handlers of due work.
        """
        import upheld.apps.contracts.term_changes  # noqa: F401, PLC0415  (importing registers; the models come first)
