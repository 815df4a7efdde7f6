"""
docs/lint.md lists every code of the linter, with the weight that it has.
"""

import pytest

from tests.core.plan.lint.test_lint import RULES, codes
from tests.source_tree import ROOT

PAGE = (ROOT / "docs/lint.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in PAGE.splitlines()
    if line.startswith("| `lint.") and (cells := [cell.strip() for cell in line.strip("| ").split(" | ")])
}
WEIGHTS = {code.removesuffix(".did_you_mean"): weight for param in RULES for weight, code, *_ in param.values[1]}


def test_every_code_has_its_row():
    assert set(ROWS) == {code.removesuffix(".did_you_mean") for code in codes()}


@pytest.mark.parametrize("code", ROWS)
def test_a_row_says_weight_meaning_example_and_what_to_do(code):
    weight, *rest = ROWS[code]
    assert weight == WEIGHTS.get(code, weight)
    assert len(rest) == 3
    assert all(rest)
