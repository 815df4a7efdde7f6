"""
Rows of the shared cases in the ids of tests.
"""

import pytest


def of_row(*ids):
    """
    Show in a test's id which rows of the shared cases it is: ``@of_row("BI-WF-003")``.
    """
    return pytest.mark.parametrize((), [pytest.param(id=" ".join(ids))])
