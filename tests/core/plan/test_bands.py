"""
Bands: exact at every edge; gaps and overlaps of a table found to the single point.
"""

from decimal import Decimal
from fractions import Fraction

import hypothesis
import pytest
from hypothesis import strategies as st

from upheld.core.plan.model.bands import Band, BandError, holes, parse_band

READ = [
    ("< 4%", ["3.999999", "0", "-1"], ["4", "4.000001"]),
    ("<= 4%", ["4", "3"], ["4.000001"]),
    ("> 10.1%", ["10.100001"], ["10.1", "10.05"]),
    (">= 99.9", ["99.9", "100"], ["99.899999"]),
    (">= 4% and < 6%", ["4", "5.999999"], ["3.999999", "6"]),
    (">= 4%, < 6%", ["4", "5.999999"], ["3.999999", "6"]),
    ("> 4 and <= 6", ["4.000001", "6"], ["4", "6.000001"]),
    ("4% - 6%", ["4", "5.999999"], ["3.999999", "6"]),
    ("99.0 to 99.9", ["99", "99.899999"], ["99.9"]),
    ("= 4%", ["4"], ["3.999999", "4.000001"]),
    ("4%", ["4"], ["3.999999", "4.000001"]),
    (">= 4 and <= 4", ["4"], ["3.999999"]),
]


@pytest.mark.parametrize(("text", "inside", "outside"), READ, ids=[text for text, *_ in READ])
def test_a_band_knows_its_edges(text, inside, outside):
    band = parse_band(text)
    assert [number for number in inside if Decimal(number) not in band] == []
    assert [number for number in outside if Decimal(number) in band] == []
    assert str(band) == text


def test_a_third_is_compared_exactly():
    assert Fraction(1, 3) * 100 in parse_band("> 33.333333333333333333 and < 33.333333333333333334")
    assert Fraction(39, 977) * 100 in parse_band("< 4%")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "band.unreadable"),
     ("about 4", "band.unreadable"), ("< four", "band.unreadable"), ("4 or 5", "band.unreadable"),
     ("< 4 and", "band.unreadable"), ("<> 4", "band.unreadable"), ("6% - 4%", "band.empty"), ("4 - 4", "band.empty"),
     ("> 4 and < 4", "band.empty"), (">= 4 and < 4", "band.empty"), ("> 6 and < 4", "band.empty")],
)  # fmt: skip
def test_what_is_no_band_is_refused(text, code):
    with pytest.raises(BandError) as refused:
        parse_band(text)
    assert refused.value.code == code


def found(texts, lowest, highest):
    lowest, highest = (None if end is None else Decimal(end) for end in (lowest, highest))
    return [
        (hole.kind, hole.low, hole.high, hole.bands)
        for hole in holes([parse_band(text) for text in texts], lowest, highest)
    ]


D = Decimal
TABLES = [
    (["< 4", ">= 4 and < 6", ">= 6"], 0, 100, []),
    (["< 4", "> 4 and < 6", ">= 6"], 0, 100, [("gap", D(4), D(4), ())]),
    (["<= 4", ">= 4"], 0, 100, [("overlap", D(4), D(4), (0, 1))]),
    (["< 4", "> 5"], 0, 100, [("gap", D(4), D(5), ())]),
    (["< 5", "> 4"], 0, 100, [("overlap", D(4), D(5), (0, 1))]),
    ([], 0, 100, [("gap", D(0), D(100), ())]),
    (["0 - 100"], 0, 100, [("gap", D(100), D(100), ())]),
    (["> 0"], 0, 100, [("gap", D(0), D(0), ())]),
    ([">= 4"], None, None, [("gap", None, D(4), ())]),
    (["< 4"], None, None, [("gap", D(4), None, ())]),
    (["< 4", ">= 4"], None, None, []),
    (["10", "> 10.1"], 10, 100, [("gap", D(10), D("10.1"), ())]),
    (["< 4", "< 4", ">= 4"], 0, 100, [("overlap", D(0), D(4), (0, 1))]),
]


@pytest.mark.parametrize(
    ("texts", "lowest", "highest", "expected"), TABLES, ids=[" | ".join(each[0]) or "none" for each in TABLES]
)
def test_gaps_and_overlaps(texts, lowest, highest, expected):
    assert found(texts, lowest, highest) == expected


def test_a_held_point_parts_two_gaps():
    assert found(["4"], 0, 8) == [("gap", D(0), D(4), ()), ("gap", D(4), D(8), ())]


@pytest.mark.parametrize("text", ["> 5 and >= 3", ">= 5 and > 3", "= 5 and < 9"])
def test_comparisons_narrow_each_other(text):
    band = parse_band(text)
    assert (Decimal(4) in band, Decimal("5.5") in band) == (False, not text.startswith("="))


EDGES = st.integers(0, 8).map(Decimal)


@st.composite
def bands(draw):
    low, high = sorted((draw(EDGES), draw(EDGES)))
    low_in, high_in = draw(st.booleans()), draw(st.booleans())
    if low == high:
        low_in = high_in = True
    return Band(low if draw(st.booleans()) else None, low_in, high if draw(st.booleans()) else None, high_in)


@hypothesis.given(st.lists(bands(), max_size=4))
def test_holes_are_exactly_where_not_one_band_holds(table):
    """Every quarter of the scale is tried; edges are whole, so nothing changes in between."""
    found_holes = holes(table, Decimal(0), Decimal(8))
    for quarter in range(33):
        number = Fraction(quarter, 4)
        holders = tuple(index for index, band in enumerate(table) if number in band)
        reported = [
            hole
            for hole in found_holes
            if hole.low <= number <= hole.high and hole.bands == holders and (hole.kind == "gap") == (not holders)
        ]
        if len(holders) != 1:
            assert reported, number
        inside = [hole for hole in found_holes if hole.low < number < hole.high]
        if len(holders) == 1 and number.denominator > 1:
            assert inside == [], number
    assert all(hole.kind == ("gap" if not hole.bands else "overlap") for hole in found_holes)
