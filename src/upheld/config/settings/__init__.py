"""
Django's settings: one file a topic, all from the environment (see ``docs/running.md``).

Invariant: importing this touches no database and no network; it makes ``UPHELD_HOME`` and the secret key when they
are missing.
"""

from upheld.config.settings.accounts import *  # noqa: F403
from upheld.config.settings.apps import *  # noqa: F403
from upheld.config.settings.database import *  # noqa: F403
from upheld.config.settings.locale import *  # noqa: F403
from upheld.config.settings.logging import *  # noqa: F403
from upheld.config.settings.mail import *  # noqa: F403
from upheld.config.settings.places import *  # noqa: F403
from upheld.config.settings.security import *  # noqa: F403
from upheld.config.settings.storage import *  # noqa: F403
