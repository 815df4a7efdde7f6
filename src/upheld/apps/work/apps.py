"""
Registration of the app with Django.
"""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """
    The app as Django knows it.
    """

    name = "upheld.apps.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"
