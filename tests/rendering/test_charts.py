"""
Charts: drawn to scale, told in words, and deaf to what texts would like to be.
"""

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

from upheld.rendering import charts
from upheld.rendering.charts import Allowed, Bin, Cell, Column
from upheld.rendering.svg import Words

HOSTILE = '"><script>alert(1)</script>&'
WORDS = Words("w", HOSTILE, HOSTILE)


def drawn(picture):
    """Return the parsed picture; hostile text must have stayed text."""
    assert "<script" not in picture
    root = ET.fromstring(picture)  # noqa: S314  our own picture
    titles = [each.text for each in root if each.tag.endswith("title")]
    assert titles == [WORDS.title]
    return root


def bars(root):
    return [each for each in root.iter() if each.tag.endswith("rect") and each.find("{*}title") is not None]


def test_months():
    columns = [Column("Jan", 90, 10, "10 %"), Column(HOSTILE, 95, 5, "5 %"), Column("Mar", 0, 0, "-")]
    root = drawn(charts.late_by_month(columns, WORDS, Allowed(Fraction(5, 100), HOSTILE)))
    heights = [float(each.get("height")) for each in bars(root)]
    assert heights == [150, 75, 0]
    assert [each.get("fill").startswith("url(") for each in bars(root)] == [True, False, False]
    texts = {each.text for each in root.iter() if each.tag.endswith("text")}
    assert {"10 %", "5 %", "of 100", HOSTILE} <= texts


def test_without_late_ones_the_bars_are_flat():
    root = drawn(charts.late_by_month([Column("Jan", 9, 0, "0 %")], WORDS))
    assert [float(each.get("height")) for each in bars(root)] == [0]


def test_distribution():
    bins = [Bin("10", 400, "met"), Bin("80", 100, "risk"), Bin("125", 200, "late")]
    root = drawn(charts.distribution(bins, WORDS, due_before=2, due_label="due"))
    assert [float(each.get("height")) for each in bars(root)] == [150, 37.5, 75]
    assert bars(root)[2].get("fill") == "url(#w-hatch-0)"


def test_week():
    cells = [[Cell(0, 0)] * 24 for _ in range(7)]
    cells[0][9] = Cell(40, 100)
    cells[4][16] = Cell(10, 20)
    root = drawn(charts.week(cells, WORDS, days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")))
    tips = [each.find("{*}title").text for each in bars(root)]
    assert len(tips) == 7 * 24
    assert "Mon 09:00-10:00: 40 late of 100" in tips
    strengths = [each.get("fill-opacity") for each in bars(root) if each.get("fill-opacity")]
    assert strengths == ["1", "0.34"]
    assert [each.text for each in root.iter() if each.get("fill") == "#ffffff"] == ["40"]


@pytest.mark.parametrize(
    ("share", "allowed", "widths"), [(Fraction(1, 2), None, ["96", "48"]), (Fraction(1), Fraction(1, 20), ["96", "96"])]
)
def test_meter(share, allowed, widths):
    assert re.findall(r'<rect x="0" y="3" width="(\d+)"', charts.meter(share, allowed)) == widths


def test_no_meter_without_a_share():
    assert charts.meter(None) == ""
