"""
The material beside the clone: cases, policies and data that tests read where they are.

It lies in ``../shared``, or where ``UPHELD_SHARED`` points. Where a file is missing the test skips and says so; under
``CI=true`` it fails, so that nothing is ever left unshown by accident.
"""

import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("UPHELD_SHARED") or ROOT.parent / "shared")


def shared(path):
    """Return the path of a file of the shared material, such as ``cases/worktime.jsonl``; skip where it is absent."""
    found = SHARED / path
    if not found.exists():
        missing = f"{path} is not there: set UPHELD_SHARED to the folder that holds it, or lay it beside the clone"
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing, allow_module_level=True)
    return found


def shared_rows(path):
    """Return the rows of a JSONL file of the shared material; skip where it is absent."""
    return [json.loads(line) for line in shared(path).read_text(encoding="utf-8").splitlines() if line.strip()]
