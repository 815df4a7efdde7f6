"""
Files: those that people send, in ``UPHELD_HOME``; those of the pages, packaged and named by their content.
"""

from pathlib import Path
from typing import Any, Final

import upheld
from upheld.config.settings.places import HOME, IS_DEBUG

SPOOL_ROOT: Final = HOME / "spool"
"""Submissions as they arrived, written before any rule runs."""

EXPORT_ROOT: Final = HOME / "exports"
"""Tables of tickets that people asked for; each goes through a view that checks who asks, and is deleted after days."""

MEDIA_ROOT: Final = HOME / "files"
"""Attachments; they have no address of their own, every byte goes through a view that checks who asks."""

FILE_UPLOAD_TEMP_DIR: Final[str | None] = None
FILE_UPLOAD_PERMISSIONS: Final = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS: Final = 0o700

STATIC_URL: Final = "/static/"
STATIC_ROOT: Final = HOME / "static" / upheld.__version__
STATICFILES_FINDERS: Final = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
_PLAIN: Final = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES: Final[dict[str, dict[str, Any]]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _PLAIN if IS_DEBUG else "upheld.web.static_files.HashedStaticFiles"},
}
WHITENOISE_USE_FINDERS: Final = IS_DEBUG
WHITENOISE_AUTOREFRESH: Final = IS_DEBUG
WHITENOISE_ROOT: Final[Path | None] = None
