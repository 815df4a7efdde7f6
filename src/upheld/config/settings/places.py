"""
Where an installation keeps what it must not lose, and where people reach it; read by the other topics.
"""

from pathlib import Path
from typing import Final

from upheld.config import environment

HOME: Final[Path] = environment.home()
KEYS: Final = HOME / "keys"

ADDRESS: Final = environment.address("UPHELD_ADDRESS", "http://localhost:8000", ("http", "https"))
"""The address that people type; links in mail and passkeys are made for it."""

IS_SECURE: Final = ADDRESS.scheme == "https"
IS_DEBUG: Final = environment.flag("UPHELD_DEBUG", default=False)
