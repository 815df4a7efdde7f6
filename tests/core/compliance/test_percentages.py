"""
Percentages in writing: never on the wrong side of an edge.
"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.core.compliance.percentages import written

EDGES = [Decimal(4), Decimal("10.1")]
WRITTEN = {
    "CEL-12-1": (Fraction(3900, 977), "3.991812"),
    "exact": (Fraction(11, 2), "5.5"),
    "whole": (Fraction(6), "6"),
    "zero": (Fraction(0), "0"),
    "CEL-12-13": (Fraction(100, 24), "4.166667"),
    "on the edge": (Fraction("10.1"), "10.1"),
    "just under an edge": (Fraction(4) - Fraction(1, 10**9), "3.999999999"),
    "just over an edge": (Fraction(4) + Fraction(3, 10**8), "4.00000003"),
    "half up": (Fraction("1.0000005"), "1.000001"),
    "negative": (Fraction(-1, 3), "-0.333333"),
    "negative and as good as zero": (Fraction(-1, 10**9), "0"),
}


@pytest.mark.parametrize(("number", "text"), WRITTEN.values(), ids=WRITTEN)
def test_written(number, text):
    assert written(number, EDGES) == text


@given(st.fractions(0, 100), st.lists(st.decimals(0, 100, places=2), max_size=5))
def test_written_stays_on_its_side(number, edges):
    shown = Fraction(written(number, edges))
    assert abs(shown - number) <= Fraction(1, 2 * 10**6)
    for edge in map(Fraction, edges):
        assert (shown < edge, shown == edge) == (number < edge, number == edge)
