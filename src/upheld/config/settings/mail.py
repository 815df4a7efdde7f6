"""
Outgoing mail: written as files into ``UPHELD_HOME/mail`` unless ``UPHELD_MAIL_URL`` names a server.
"""

from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, unquote

from upheld.config import environment
from upheld.config.settings.places import ADDRESS, HOME

STARTTLS_PORT: Final = 587


def mail_of(parts: SplitResult) -> dict[str, Any]:
    """
    Return Django's settings for ``file:``, ``console:``, ``memory:``, ``smtp://user:password@host:587?tls=no``
    (STARTTLS unless told) or ``smtps://...``.
    """
    backend = {"file": "filebased", "console": "console", "memory": "locmem"}.get(parts.scheme, "smtp")
    chosen: dict[str, Any] = {"EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend", "EMAIL_TIMEOUT": 20}
    if backend == "filebased":
        chosen["EMAIL_FILE_PATH"] = parts.path or str(HOME / "mail")
    if backend == "smtp":
        is_plain = parse_qs(parts.query).get("tls") == ["no"]
        chosen |= {
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else STARTTLS_PORT),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": parts.scheme == "smtp" and not is_plain,
        }
    return chosen


globals().update(
    mail_of(
        environment.address(
            "UPHELD_MAIL_URL",
            "file:",
            ("file", "console", "memory", "smtp", "smtps"),
            shown="`file:`, files in `UPHELD_HOME/mail`",
        )
    )
)
DEFAULT_FROM_EMAIL: Final = environment.text("UPHELD_MAIL_FROM", "Upheld <support@localhost>")
UPHELD_MAILS_PER_MINUTE: Final = environment.number("UPHELD_MAILS_PER_MINUTE", 0, least=0)
"""So many mails go out in a minute; 0 for as many as there are."""
SERVER_EMAIL: Final = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX: Final = ""
UPHELD_BASE_URL: Final = ADDRESS.geturl().rstrip("/")
"""What links in mail begin with."""
UPHELD_MAIL_DOMAIN: Final = ADDRESS.hostname or "localhost"
"""The right side of every Message-ID."""
