"""
Rows of the shared cases in the ids of tests.
"""

import pytest


def row(*ids):
    """
    Show in a test's id which rows of the shared cases it is: ``@row("BI-WF-003")``.
    """
    return pytest.mark.parametrize((), [pytest.param(id=" ".join(ids))])
