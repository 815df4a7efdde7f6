"""
What is logged, and how: one line an event on the error stream, as words or as JSON.

Invariant: no message body, no secret and no query with its values is logged.
"""

from typing import Any, Final

from upheld.config import environment

LOG_LEVEL: Final = environment.choice("UPHELD_LOG_LEVEL", "info", ("debug", "info", "warning", "error")).upper()
LOG_FORMAT: Final = environment.choice("UPHELD_LOG_FORMAT", "text", ("text", "json"))

LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "upheld.config.log_lines.TextLine",
            "fmt": "{asctime} {levelname:7} {name}: {message}",
            "style": "{",
            "datefmt": "%Y-%m-%dT%H:%M:%S",
        },
        "json": {"()": "upheld.config.log_lines.JsonLine"},
    },
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stream"], "level": "WARNING"},
    "loggers": {
        "upheld": {"level": LOG_LEVEL},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.security.DisallowedHost": {"level": "ERROR", "propagate": True},
        "django.request": {"level": "CRITICAL", "propagate": True},  # the page of an error logs it, with its id
    },
}
