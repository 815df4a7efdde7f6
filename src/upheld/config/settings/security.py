"""
Hosts, keys, cookies, headers, and the limits of what a request may bring.
"""

from typing import Final

from upheld.config import environment
from upheld.config.settings.places import ADDRESS, IS_SECURE, KEYS

SECRET_KEY: Final = environment.kept_secret(KEYS, "secret_key", "UPHELD_SECRET_KEY")
SECRET_KEY_FALLBACKS: Final = environment.several("UPHELD_OLD_SECRET_KEYS")
SEALING_KEYS: Final = [
    environment.kept_secret(KEYS, "sealing_key", "UPHELD_SEALING_KEY"),
    *environment.several("UPHELD_OLD_SEALING_KEYS"),
]
"""By the first, secrets of second factors are sealed in the database; all of them open."""

_HOST: Final = ADDRESS.hostname or "localhost"
_LOCAL: Final = ["localhost", "127.0.0.1", "[::1]"] if _HOST == "localhost" else []
ALLOWED_HOSTS: Final = [*dict.fromkeys([_HOST, *_LOCAL, *environment.several("UPHELD_HOSTS")])]
CSRF_TRUSTED_ORIGINS: Final = [f"{ADDRESS.scheme}://{ADDRESS.netloc}"]

TRUSTED_PROXIES: Final = environment.number("UPHELD_TRUSTED_PROXIES", 0, most=10)
"""How many proxies stand in front, each of which adds to ``X-Forwarded-For``; without one it is not believed."""
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

API_CALLS_PER_MINUTE: Final = environment.number("UPHELD_API_CALLS_PER_MINUTE", 6000, most=1_000_000)
"""How many calls one key may make in a minute, counted by each process."""

SESSION_COOKIE_SECURE: Final = IS_SECURE
CSRF_COOKIE_SECURE: Final = IS_SECURE
SESSION_COOKIE_NAME: Final = "__Host-upheld" if IS_SECURE else "upheld"
CSRF_COOKIE_NAME: Final = "__Host-upheld-csrf" if IS_SECURE else "upheld-csrf"
SESSION_COOKIE_HTTPONLY: Final = True
CSRF_COOKIE_HTTPONLY: Final = True  # htmx gets the token from the page, so no script reads the cookie
SESSION_COOKIE_SAMESITE: Final = "Lax"
CSRF_COOKIE_SAMESITE: Final = "Lax"
SESSION_COOKIE_AGE: Final = environment.number("UPHELD_SESSION_HOURS", 14 * 24, least=1) * 3600
SESSION_ENGINE: Final = "django.contrib.sessions.backends.db"
CSRF_FAILURE_VIEW: Final = "upheld.web.errors.csrf_failed"

SECURE_HSTS_SECONDS: Final = 365 * 86_400 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS: Final = False
SECURE_CONTENT_TYPE_NOSNIFF: Final = True
SECURE_REFERRER_POLICY: Final = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY: Final = "same-origin"
X_FRAME_OPTIONS: Final = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE: Final = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS: Final = 500
DATA_UPLOAD_MAX_NUMBER_FILES: Final = 20
FILE_UPLOAD_MAX_MEMORY_SIZE: Final = 2**20
