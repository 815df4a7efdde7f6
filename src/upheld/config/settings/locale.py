"""
Languages and zones: UTC inside, the reader's language and zone on the page.
"""

from pathlib import Path
from typing import Final

from upheld.config import environment

USE_I18N: Final = True
USE_TZ: Final = True
TIME_ZONE: Final = "UTC"
LANGUAGE_CODE: Final = environment.choice("UPHELD_LANGUAGE", "en", ("en", "fr", "de", "it"))
LANGUAGES: Final = [("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("it", "Italiano")]
LANGUAGE_COOKIE_SAMESITE: Final = "Lax"
LOCALE_PATHS: Final = [Path(__file__).parents[2] / "locale"]
"""Translations of the screens and of mail; those of sentences by code are in `upheld.wording.languages`."""
