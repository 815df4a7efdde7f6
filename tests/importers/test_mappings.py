"""
Mapping files: what ships is whole, what is wrong is refused with its line.
"""

import pytest

from upheld.core.plan.places import DocumentError
from upheld.importers import mappings

WHOLE = """\
upheld-mapping: 1
shape: csv
columns:
  ticket: Id
  opened: Created
"""


def load(tmp_path, text):
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return mappings.load(path)


@pytest.mark.parametrize("shape", ["servicenow", "csv"])
def test_what_ships(shape):
    mapping = mappings.shipped(shape)
    assert mapping.shape == shape
    assert set(mapping.required_columns) <= set(mapping.columns)


def test_words_stay_words(tmp_path):
    mapping = load(tmp_path, WHOLE + "states: {No: open, -100: on_hold, 2: resolved}\nnulls: ['?', '']\n")
    assert mapping.states == {"No": "open", "-100": "on_hold", "2": "resolved"}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        pytest.param(WHOLE.replace("ticket: Id", "tickets: Id"), "mapping.unknown_column", 4, id="unknown-column"),
        pytest.param(WHOLE.replace("  opened: Created\n", ""), "mapping.needs_column", 4, id="needs-column"),
        pytest.param(WHOLE + "colums: {}\n", "plan.unknown_key.did_you_mean", 6, id="unknown-key"),
        pytest.param(WHOLE + "states: {Done: reslved}\n", "plan.not_one_of.did_you_mean", 6, id="unknown-state"),
        pytest.param(WHOLE.replace("mapping: 1", "mapping: 2"), "plan.not_one_of", 1, id="newer-version"),
        pytest.param(WHOLE + "nulls: &a ['']\n", "plan.anchor", 6, id="anchor"),
        pytest.param("", "plan.empty", 1, id="empty"),
    ],
)
def test_what_is_refused(tmp_path, text, code, line):
    with pytest.raises(DocumentError) as refused:
        load(tmp_path, text)
    assert (refused.value.findings[0].code, refused.value.findings[0].places[0].line) == (code, line)
