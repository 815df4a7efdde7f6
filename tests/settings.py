"""
Settings of the tests: the real ones, with a home of their own and a quick password hash.

``UPHELD_TEST_DATABASE_URL`` names a PostgreSQL to run on; without it the tests run on SQLite.
"""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="upheld-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("UPHELD_") and not name.startswith("UPHELD_TEST_")]:
    if _name not in {"UPHELD_SHARED", "UPHELD_TRACEBACK"}:
        del os.environ[_name]
os.environ["UPHELD_HOME"] = _home
os.environ["UPHELD_MAIL_URL"] = "memory:"
os.environ["UPHELD_SECRET_KEY"] = "tests"  # noqa: S105  (known to everybody)
os.environ["DATABASE_URL"] = os.environ.get("UPHELD_TEST_DATABASE_URL", "sqlite:")

from upheld.config.settings import *  # noqa: E402, F403

# A name of its own for each run, so that two runs on one server do not meet; SQLite is in memory, in every process.
DATABASES["default"]["TEST"] = {"NAME": ":memory:" if IS_SQLITE else f"test_upheld_{os.getpid()}"}  # noqa: F405
# A test's transaction lives as long as its connection, however old that is when a response is closed.
DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405
STATIC_ROOT.mkdir(parents=True)  # noqa: F405  (whitenoise warns without it)
