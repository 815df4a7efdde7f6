"""
Registration of the app with Django.
"""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """
    The app as Django knows it.
    """

    name = "upheld.apps.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"
