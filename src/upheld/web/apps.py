"""
Registration with Django, for templates and static files.
"""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """
    The app as Django knows it; it has no models.
    """

    name = "upheld.web"
    label = "web"

    def ready(self) -> None:
        """
        Let components take tags in their attributes (``<c-nav-link href="{% url 'home' %}">``), register the work of
        accounts, and watch second factors.
        """
        import upheld.web.accounts.resets  # noqa: F401, PLC0415  (importing registers; the models must be ready first)
        from upheld.web.accounts import factors  # noqa: PLC0415

        factors.watch()
        from django_cotton.nested_tag_support import enable_nested_tag_support  # noqa: PLC0415  (once Django is set up)

        enable_nested_tag_support()
