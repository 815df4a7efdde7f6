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
