"""
Rows of the acceptance list of faults, by id: a test says which one it shows, and the collected id names it.
"""

import pytest


def row(*ids):
    """Mark a test with the rows that it shows: ``test_something[FA-TI-008]``."""
    return pytest.mark.parametrize("row", [pytest.param(ids, id=",".join(ids))], indirect=True)
