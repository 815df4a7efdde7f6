"""
What the service is made of: apps, middleware, templates, addresses.
"""

from typing import Any, Final

from upheld.config import environment
from upheld.config.settings.places import IS_DEBUG

DEBUG = IS_DEBUG
ROOT_URLCONF: Final = "upheld.config.urls"
WSGI_APPLICATION: Final = "upheld.config.wsgi.application"
DEFAULT_AUTO_FIELD: Final = "django.db.models.BigAutoField"
AUTH_USER_MODEL: Final = "parties.Person"

INSTALLED_APPS: Final = [
    "upheld.web",  # first, so that its templates win over those of libraries
    "upheld.apps.work",
    "upheld.apps.parties",
    "upheld.apps.contracts",
    "upheld.apps.tickets",
    "upheld.apps.channels",
    "upheld.apps.exports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "ninja",  # its own bundled documentation page instead of one from a CDN
]

MIDDLEWARE: Final = [
    "upheld.web.headers.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "upheld.web.refusals.log_refusals",
    "upheld.web.reading_time.limit_reading",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "upheld.web.reader.attach_reader",
    "upheld.web.texts.StorableTexts",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# Cotton by its loader and its tags alone: its app would import the admin site, which we do not have.
_LOADERS: Final = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
COTTON_DIR: Final = "components"
TEMPLATES: Final[list[dict[str, Any]]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": _LOADERS if IS_DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "upheld.web.templatetags.upheld",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "upheld.web.context.shell",
            ],
        },
    }
]

SERVICE_NAME: Final = environment.text("UPHELD_NAME", "Upheld")
"""The name in the top bar and in mail."""

PROCESSES: Final = environment.number("UPHELD_PROCESSES", 2, least=1, most=64)
"""Processes of `upheld serve` on PostgreSQL; on SQLite there is one."""
THREADS: Final = environment.number("UPHELD_THREADS", 8, least=1, most=128)
