"""
The pages' own files, collected under names that hold their hash, so that a browser may keep them for ever.

Invariant: what is served was collected from exactly the files that are installed; a change is noticed at the start.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

UNUSED = ["htmax-*", "htmx-4*", "*-4.js", "*-4.min.js", "*-2.js", "*.LICENSE", ".stamp"]
"""Files of libraries that no page asks for; licences stay beside the originals."""


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """
    Name each file by its content, and keep it compressed beside.
    """

    manifest_strict = True
    keep_only_hashed_files = False


def installed_files() -> str:
    """
    Return a hash over names, sizes and times of all static files that are installed.
    """
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect() -> bool:
    """
    Collect the files unless that was done for those installed; return whether it was needed.
    """
    root = Path(settings.STATIC_ROOT)
    stamp, wanted = root / ".collected", installed_files()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return False
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    stamp.write_text(wanted, encoding="ascii")
    return True
