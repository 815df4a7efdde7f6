# ruff: noqa: INP001  (scripts beside the project, not a package of it)
"""
The snapshot of the OpenAPI document: ``python -m tools.openapi --write`` renews ``docs/openapi.json``; without
``--write`` it is printed.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

SNAPSHOT = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def document() -> str:
    """
    Return the document as it is kept: indented, so that a change shows line by line.
    """
    from upheld.api.routes import api  # noqa: PLC0415  (Django must be set up before)

    return json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """
    Print the document, or write it.
    """
    with tempfile.TemporaryDirectory() as home:
        os.environ["UPHELD_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upheld.config.settings")
        import django  # noqa: PLC0415

        django.setup()
        text = document()
    if "--write" in sys.argv:
        SNAPSHOT.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
