"""
The quarter card: the row of a credit table in words.
"""

import pytest

from upheld.core.plan.model.bands import parse_band
from upheld.web.desk.quarter import _band


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("< 4%", "under 4 %"),
        ("<= 4%", "up to 4 %"),
        ("4% - 6%", "4 % to under 6 %"),
        (">= 10% and < 20%", "10 % to under 20 %"),
        ("> 10% and <= 20%", "above 10 % to 20 %"),
        (">= 20%", "20 % and more"),
        ("> 10.1%", "above 10.1 %"),
        ("3", "3"),
        (">= 0 and < 3", "0 to under 3"),
    ],
)
def test_a_row_of_the_table_is_told_in_words(written, told):
    assert _band(parse_band(written)) == told
